"""The styles that ship with the diary, one Markdown file each; a home's own `prompts/NAME.md` comes before them."""
