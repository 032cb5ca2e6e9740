"""What there is to say of the pages as they lie there: conflicts, and memos that a person took off them."""

from collections.abc import Collection
from datetime import date

from diary_pipeline.diary import Diary
from diary_pipeline.notes.page.state import PageState, page_state
from diary_pipeline.schema import Privacy
from diary_pipeline.store import page_path

MOST_REMOTE = 31
"""Pages of a bucket that are read for one answer, the newest first."""


def page_states(diary: Diary, pages: Collection[tuple[str, date]]) -> dict[tuple[str, date], PageState]:
    """The states of *pages* (author and day). Where one lies in a bucket and in the home, both count."""
    store = diary.store
    places: tuple[Privacy, ...] = ("standard",) if store.is_local else ("standard", "local_only")
    newest = sorted(pages, key=lambda page: page[1], reverse=True)
    found = {}
    for author, day in newest if store.is_local else newest[:MOST_REMOTE]:
        path = page_path(author, day)
        texts = {privacy: store.read(f"{path}.md", privacy) for privacy in places}
        states = [page_state(data, store.read(f"{path}.json", place)) for place, data in texts.items() if data]
        found[author, day] = PageState(
            exists=texts["standard"] is not None,
            conflicts=sum(state.conflicts for state in states),
            off_page=tuple(dict.fromkeys(name for state in states for name in state.off_page)),
            unseen=tuple(dict.fromkeys(name for state in states for name in state.unseen)),
        )
    return found


def page_views(diary: Diary, pages: Collection[tuple[str, date]]) -> list[dict[str, object]]:
    """The pages that somebody should look at, as `diary status --json` lists them."""
    return [
        {"author": author, "day": day.isoformat(), "conflicts": state.conflicts, "off_page": list(state.off_page)}
        for (author, day), state in sorted(page_states(diary, pages).items(), key=lambda item: (item[0][1], item[0][0]))
        if state.conflicts or state.off_page
    ]
