"""The views that are kept, brought up to date at the end of a run: the search index and the day tables."""

import logging

from diary_pipeline.diary import Diary
from diary_pipeline.errors import type_and_place
from diary_pipeline.views.search_index import home_index, refresh_search
from diary_pipeline.views.table_files import refresh_tables

log = logging.getLogger("diary.views")


def refresh(diary: Diary) -> None:
    """Bring the search index and the day tables up to date.

    The run is not spoilt by what goes wrong here: it is logged, and the next search or query tries again.
    """
    try:
        with home_index(diary) as index:
            days = refresh_search(diary, index)
            tables = refresh_tables(diary, index)
    except Exception as error:  # noqa: BLE001 - its message could quote the diary
        log.warning("the views are not up to date", extra={"ctx": {"error": type_and_place(error)}})
        return
    if days or tables:
        log.info("views brought up to date", extra={"ctx": {"searched_days": days, "table_days": tables}})
