"""The batch and file APIs of OpenAI, Anthropic and Mistral, as far as the diary uses them.

`fate` decides each item (ok, error, expired, or a scenario of an answer), `ready` whether batches have ended. Bodies of
answers are in `wire_shapes.py`.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.wire_shapes import envelope

Answerer = Callable[[dict[str, Any]], str]


@dataclass
class Job:
    """One batch at the provider."""

    id: str
    provider: str
    items: list[tuple[str, dict[str, Any]]]
    model: str
    metadata: dict[str, str]
    input_file: str
    created: float = field(default_factory=time.time)
    ended: bool = False
    cancelled: bool = False
    files: dict[str, str] = field(default_factory=dict)


@dataclass
class Batches:
    """All of one server's batches and files."""

    fate: Callable[[str, int], str] = lambda _item, _number: "ok"
    ready: bool = False
    done_when_cancelled: int = 0
    fail_after_submit: bool = False
    jobs: dict[str, Job] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    billed: dict[str, tuple[int, int]] = field(default_factory=dict)
    submitted: int = 0
    nonsense: set[str] = field(default_factory=set)
    hang: bool = False

    async def handle(self, exchange: Any, provider: str, path: str, answer: Answerer) -> bool:
        """Answer one request about batches or files; False when it is about neither."""
        for method, pattern, name in _ROUTES.get(provider, ()):
            found = re.fullmatch(pattern, path)
            if exchange.method == method and found:
                await getattr(self, name)(exchange, provider, answer, *found.groups())
                return True
        return False

    async def upload(self, exchange: Any, provider: str, answer: Answerer) -> None:
        boundary = exchange.headers["content-type"].partition("boundary=")[2].encode()
        part = next(part for part in exchange.raw.split(b"--" + boundary) if b"filename=" in part)
        filename = re.search(rb'filename="([^"]+)"', part)
        name = f"file-in-{len(self.files)}"
        self.files[name] = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        self.names[name] = filename[1].decode() if filename else ""
        await exchange.send(200, self._file(name))

    async def listing(self, exchange: Any, provider: str, answer: Answerer) -> None:
        rows = [self._file(name) for name in self.files]
        await exchange.send(200, {"object": "list", "data": rows, "has_more": False, "total": len(rows)})

    def _file(self, name: str) -> dict[str, Any]:
        sized = {
            "id": name,
            "object": "file",
            "bytes": 1,
            "created_at": 1,
            "filename": self.names.get(name, name),
            "purpose": "batch",
        }
        return sized | {"status": "processed", "sample_type": "batch_request", "source": "upload"}

    async def create(self, exchange: Any, provider: str, answer: Answerer) -> None:
        body = exchange.body
        if provider == "anthropic":
            items = [(row["custom_id"], row["params"]) for row in body["requests"]]
            source = ""
        else:
            source = body["input_file_id"] if provider == "openai" else body["input_files"][0]
            rows = [json.loads(line) for line in self.files[source].splitlines()]
            items = [(row["custom_id"], row["body"]) for row in rows]
        job = Job(
            f"batch-{len(self.jobs)}", provider, items, body.get("model") or "m", body.get("metadata") or {}, source
        )
        self.jobs[job.id] = job
        self.submitted += 1
        if self.fail_after_submit:
            exchange.writer.close()
            return
        await exchange.send(200, _BATCH_BODIES[job.provider](job))

    async def show(self, exchange: Any, provider: str, answer: Answerer, name: str) -> None:
        job = self.jobs.get(name)
        if job is None:
            await exchange.send(404, {"error": {"type": "not_found_error", "message": "no such batch"}})
            return
        if self.hang:
            await asyncio.sleep(30)
        if name in self.nonsense:
            await exchange.send(200, b"<html>", kind="text/html")
            return
        if self.ready and not job.ended:
            self._end(job, answer, len(job.items))
        await exchange.send(200, _BATCH_BODIES[job.provider](job))

    async def index(self, exchange: Any, provider: str, answer: Answerer) -> None:
        rows = [_BATCH_BODIES[job.provider](job) for job in reversed(self.jobs.values()) if job.provider == provider]
        await exchange.send(
            200,
            {"object": "list", "data": rows, "has_more": False, "first_id": None, "last_id": None, "total": len(rows)},
        )

    async def cancel(self, exchange: Any, provider: str, answer: Answerer, name: str) -> None:
        job = self.jobs[name]
        job.cancelled = True
        self._end(job, answer, self.done_when_cancelled)
        await exchange.send(200, _BATCH_BODIES[job.provider](job))

    async def remove(self, exchange: Any, provider: str, answer: Answerer, name: str) -> None:
        self.deleted.append(name)
        job = self.jobs.pop(name, None) if provider == "anthropic" else None
        known = job is not None or name in self.files
        for file in job.files.values() if job else (name,):
            self.files.pop(file, None)
        status = 200 if known else 404
        await exchange.send(status, {"id": name, "object": "file", "deleted": known, "type": "message_batch_deleted"})

    async def content(self, exchange: Any, provider: str, answer: Answerer, name: str) -> None:
        await exchange.send(200, self.files[name], kind="application/octet-stream")

    async def results(self, exchange: Any, provider: str, answer: Answerer, name: str) -> None:
        await exchange.send(200, self.files[self.jobs[name].files["output"]], kind="application/x-jsonl")

    def _end(self, job: Job, answer: Answerer, count: int) -> None:
        """Finish the first *count* items, each by its fate; the rest is cancelled (Anthropic) or missing."""
        job.ended = True
        output: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for number, (item, body) in enumerate(job.items):
            fate = self.fate(item, number) if number < count else "canceled"
            if fate in ("error", "expired", "canceled"):
                errors.append(self._failed(job, item, fate))
                continue
            text = '{"heading": 3}' if fate == "schema" else answer(body)
            usage = self.billed[item] = (max(1, len(json.dumps(body)) // 5), max(1, len(text) // 4))
            output.append(
                self._done(job, item, envelope(job.provider, body.get("model", job.model), text, fate, usage))
            )
        if job.provider == "anthropic":
            output, errors = output + errors, []
        else:
            errors = [row for row in errors if row["error"] and row["error"]["code"] != "canceled"]
        for kind, rows in (("output", output), ("errors", errors)):
            if rows:
                job.files[kind] = f"file-{kind}-{job.id}"
                self.files[job.files[kind]] = "".join(json.dumps(row) + "\n" for row in rows).encode()

    def _done(self, job: Job, item: str, body: dict[str, Any]) -> dict[str, Any]:
        if job.provider == "anthropic":
            return {"custom_id": item, "result": {"type": "succeeded", "message": body}}
        return {
            "id": f"x-{item}",
            "custom_id": item,
            "response": {"status_code": 200, "request_id": "r", "body": body},
            "error": None,
        }

    def _failed(self, job: Job, item: str, fate: str) -> dict[str, Any]:
        if job.provider == "anthropic":
            inner = {"type": "error", "error": {"type": "api_error", "message": "oops"}, "request_id": None}
            return {
                "custom_id": item,
                "result": {"type": "errored", "error": inner} if fate == "error" else {"type": fate},
            }
        return {"id": f"x-{item}", "custom_id": item, "response": None, "error": {"code": fate, "message": "oops"}}


def _openai_batch(job: Job) -> dict[str, Any]:
    status = "cancelled" if job.cancelled else "completed" if job.ended else "in_progress"
    return {
        "id": job.id,
        "object": "batch",
        "endpoint": "/v1/responses",
        "completion_window": "24h",
        "input_file_id": job.input_file,
        "output_file_id": job.files.get("output"),
        "error_file_id": job.files.get("errors"),
        "metadata": job.metadata,
        "status": status,
        "created_at": int(job.created),
    }


def _anthropic_batch(job: Job) -> dict[str, Any]:
    moment = datetime.fromtimestamp(job.created, UTC).isoformat().replace("+00:00", "Z")
    counts: dict[str, int] = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
    counts["succeeded" if job.ended else "processing"] = len(job.items)
    return {
        "id": job.id,
        "type": "message_batch",
        "processing_status": "ended" if job.ended else "in_progress",
        "request_counts": counts,
        "created_at": moment,
        "expires_at": moment,
        "ended_at": moment if job.ended else None,
        "archived_at": None,
        "cancel_initiated_at": None,
        "results_url": f"/v1/messages/batches/{job.id}/results",
    }


def _mistral_batch(job: Job) -> dict[str, Any]:
    status = "CANCELLED" if job.cancelled else "SUCCESS" if job.ended else "RUNNING"
    return {
        "id": job.id,
        "object": "batch",
        "input_files": [job.input_file],
        "metadata": job.metadata,
        "errors": [],
        "model": job.model,
        "output_file": job.files.get("output"),
        "error_file": job.files.get("errors"),
        "created_at": int(job.created),
        "endpoint": "/v1/chat/completions",
        "total_requests": len(job.items),
        "completed_requests": 0,
        "succeeded_requests": 0,
        "failed_requests": 0,
        "status": status,
    }


_BATCH_BODIES = {"openai": _openai_batch, "anthropic": _anthropic_batch, "mistral": _mistral_batch}
_FILES = (
    ("POST", "/files", "upload"),
    ("GET", "/files", "listing"),
    ("DELETE", "/files/([^/]+)", "remove"),
    ("GET", "/files/([^/]+)/content", "content"),
)
_ROUTES = {
    "openai": (
        *_FILES,
        ("POST", "/batches", "create"),
        ("GET", "/batches", "index"),
        ("GET", "/batches/([^/]+)", "show"),
        ("POST", "/batches/([^/]+)/cancel", "cancel"),
    ),
    "anthropic": (
        ("POST", "/messages/batches", "create"),
        ("GET", "/messages/batches", "index"),
        ("GET", "/messages/batches/([^/]+)", "show"),
        ("GET", "/messages/batches/([^/]+)/results", "results"),
        ("POST", "/messages/batches/([^/]+)/cancel", "cancel"),
        ("DELETE", "/messages/batches/([^/]+)", "remove"),
    ),
    "mistral": (
        *_FILES,
        ("POST", "/batch/jobs", "create"),
        ("GET", "/batch/jobs", "index"),
        ("GET", "/batch/jobs/([^/]+)", "show"),
        ("POST", "/batch/jobs/([^/]+)/cancel", "cancel"),
    ),
}
