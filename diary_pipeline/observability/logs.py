"""Logs on stderr, as JSON or as lines for people. They hold ids, stages and counts, never diary text.

The formatter also serves Dagster's `python_logs`; there it adds the run, the step and the partition.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from diary_pipeline.file_names import printable

_DAGSTER_FIELDS = ("run_id", "job_name", "step_key")


class JsonFormatter(logging.Formatter):
    """One record as one line. What a caller passes as `extra={"ctx": {...}}` becomes fields of their own."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "msg": record.getMessage(),
            "pid": record.process,
        }
        meta = getattr(record, "dagster_meta", None)
        if isinstance(meta, dict):
            line["msg"] = meta.get("orig_message") or line["msg"]
            line |= {name: meta[name] for name in _DAGSTER_FIELDS if meta.get(name)}
            if partition := (meta.get("job_tags") or {}).get("dagster/partition"):
                line["partition"] = partition
        line |= getattr(record, "ctx", {})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__  # its message and its frames could quote the diary
        return json.dumps(line, default=str)


class LineFormatter(logging.Formatter):
    """One record as a line for people: what is wrong, and the ids and counts with it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text without line ends."""
        context = ", ".join(f"{name} {value}" for name, value in getattr(record, "ctx", {}).items())
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        more = f" ({'; '.join(filter(None, (context, error)))})" if context or error else ""
        return printable(f"{record.levelname.lower()}: {record.getMessage()}{more}").replace("\n", " ")


def set_up_logging(level: str, *, for_people: bool = False) -> None:
    """Send the diary's own logs to stderr; called once by each entry point.

    They are JSON, or, *for_people* at a terminal, lines about what is wrong. Level DEBUG shows all lines there too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter() if for_people else JsonFormatter())
    logger = logging.getLogger("diary")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel("WARNING" if for_people and level.upper() == "INFO" else level.upper())
