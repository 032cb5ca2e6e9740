"""A person's edits of a page survive: the page is merged by blocks with identities, never by lines."""
