"""A server that speaks the wire formats of OpenAI, Anthropic, Mistral and OpenAI-compatible local servers, and misbehaves on request.

`http://HOST:PORT/PROVIDER/SCENARIO/...` is an API of that provider in that mood; `plan` may choose the mood of each request instead. It
counts what it was asked and what it would have billed. Belongs here: bytes on the wire. Batches and files: `wire_batches.py`.
"""

import asyncio
import contextlib
import email.utils
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.wire_batches import Batches
from tests.wire_shapes import BAD_SHAPE, GOOD, envelope, error_body, sse

PROVIDERS = ("openai", "anthropic", "mistral", "local")
GENERATE = ("/responses", "/messages", "/chat/completions")


@dataclass
class Seen:
    """One request to generate: what was asked, and the tokens that were billed for it (None: nothing, or nobody knows)."""

    provider: str
    scenario: str
    body: dict[str, Any]
    headers: dict[str, str]
    began: float
    billed: tuple[int, int] | None = None
    unsure: bool = False


@dataclass
class Exchange:
    """A request being answered."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    writer: asyncio.StreamWriter

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw) if self.raw else {}

    async def send(
        self, status: int, body: Any = None, *, kind: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.head(status, len(data), kind, headers)
        self.writer.write(data)
        await self.writer.drain()

    def head(self, status: int, length: int | None, kind: str, headers: dict[str, str] | None = None) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
        lines += [f"Content-Length: {length}"] if length is not None else []
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())


@dataclass
class Wire:
    """The server; `url` once it runs.

    `answer` gives the JSON text for a request's body, `plan` the scenario, `latency` seconds.
    """

    answer: Callable[[dict[str, Any]], str] = lambda _: GOOD
    plan: Callable[[str, dict[str, Any]], str] | None = None
    latency: float = 0.0
    redirect: str = ""
    models: tuple[str, ...] = ("m",)
    context: int | None = None
    prompt_holds: int | None = None
    seen: list[Seen] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    batches: Batches = field(default_factory=Batches)
    url: str = ""
    host: str = "127.0.0.1"
    _counts: dict[str, int] = field(default_factory=dict)

    def base(self, provider: str, scenario: str = "ok") -> str:
        """The base URL of a provider in a mood."""
        return f"{self.url}/{provider}/{scenario}" + ("/v1" if provider in ("openai", "local") else "")

    def of(self, provider: str, scenario: str | None = None) -> list[Seen]:
        """The requests to generate that a provider got."""
        return [s for s in self.seen if s.provider == provider and scenario in (None, s.scenario)]

    @contextlib.contextmanager
    def running(self) -> Iterator["Wire"]:
        """The server, on a thread of its own."""
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(asyncio.start_server(self._connection, self.host, 0))
        self.url = f"http://{self.host}:{server.sockets[0].getsockname()[1]}"
        thread = threading.Thread(target=loop.run_forever, daemon=True, name="wire")
        thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                exchange = await _read(reader, writer)
                self.contacts.append(f"{exchange.method} {exchange.path}")
                self.raw.append(exchange.raw)
                gone = asyncio.create_task(reader.read(1))  # ends when the client hangs up
                work = asyncio.create_task(self._handle(exchange))
                await asyncio.wait({gone, work}, return_when=asyncio.FIRST_COMPLETED)
                for task in (gone, work):
                    task.cancel()
                for result in await asyncio.gather(work, gone, return_exceptions=True):
                    if isinstance(result, Exception) and not isinstance(result, ConnectionError):
                        raise result
        finally:
            writer.close()

    async def _handle(self, exchange: Exchange) -> None:
        _, provider, scenario, *rest = exchange.path.partition("?")[0].split("/")
        path = "/" + "/".join(rest).removeprefix("v1/")
        if exchange.method == "POST" and path.endswith(GENERATE):
            await self._generate(exchange, provider, scenario)
        elif path == "/models":
            await exchange.send(
                200,
                {
                    "object": "list",
                    "data": [{"id": model, "object": "model", "max_model_len": self.context} for model in self.models],
                },
            )
        elif not await self.batches.handle(exchange, provider, path, self.answer):
            await exchange.send(404, error_body(provider, "not_found", "no such path"))

    async def _generate(self, exchange: Exchange, provider: str, scenario: str) -> None:
        body = exchange.body
        if self.plan is not None:
            scenario = self.plan(provider, body)
        seen = Seen(provider, scenario, body, exchange.headers, time.monotonic())
        self.seen.append(seen)
        key = f"{provider}/{scenario}"
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if self.latency:
            await asyncio.sleep(self.latency)
        await Mood(self, exchange, provider, seen, count).play(scenario)

    def bill(self, seen: Seen, text: str) -> tuple[int, int]:
        """What the request costs in tokens, noted as billed."""
        asked = max(1, len(json.dumps(seen.body)) // 5)
        seen.billed = (min(asked, self.prompt_holds or asked), max(1, len(text) // 4))
        return seen.billed


@dataclass
class Mood:
    """One request answered in one scenario."""

    wire: Wire
    exchange: Exchange
    provider: str
    seen: Seen
    count: int

    async def play(self, scenario: str) -> None:
        special = getattr(self, f"_{scenario}", None)
        if special is not None:
            await special()
        elif scenario in ERRORS:
            status, code, message = ERRORS[scenario]
            await self.exchange.send(status, error_body(self.provider, code, message))
        else:
            await self._good(scenario)

    async def _good(self, scenario: str = "ok") -> None:
        """200 with an envelope; what is in it depends on the scenario. Billed in every case."""
        text = {
            "schema": BAD_SHAPE,
            "prose": "What a lovely day that was!",
            "refusal": "I cannot help with that.",
            "empty": "",
        }.get(scenario)
        text = self.wire.answer(self.seen.body) if text is None else text
        text = text[: len(text) // 2] if scenario == "trunc" else text
        usage = self.wire.bill(self.seen, text)
        if self.provider == "local":
            await self._stream(text, scenario, usage)
        else:
            await self.exchange.send(200, envelope(self.provider, self.seen.body["model"], text, scenario, usage))

    async def _stream(self, text: str, scenario: str, usage: tuple[int, int] | None, part: float = 1.0) -> None:
        self.exchange.head(200, None, "text/event-stream")
        chunks = sse(self.seen.body["model"], text, scenario, usage)
        for chunk in chunks[: max(1, int(len(chunks) * part))]:
            self.exchange.writer.write(chunk)
        await self.exchange.writer.drain()

    async def _redirect(self) -> None:
        await self.exchange.send(307, b"", headers={"Location": self.wire.redirect})

    async def _slow3(self) -> None:
        await asyncio.sleep(3)
        await self._good()

    async def _slow5(self) -> None:
        await asyncio.sleep(5)
        await self._good()

    async def _rl_once(self) -> None:
        await (self._limited("1") if self.count == 1 else self._good())

    async def _rl_quick(self) -> None:
        await self._limited("0.05")

    async def _rl_2(self) -> None:
        await self._limited("2")

    async def _rl_3600(self) -> None:
        await self._limited("3600")

    async def _rldate(self) -> None:
        await (self._limited(email.utils.formatdate(time.time() + 1, usegmt=True)) if self.count == 1 else self._good())

    async def _limited(self, wait: str) -> None:
        await self.exchange.send(
            429, error_body(self.provider, "rate_limit_exceeded", "slow down"), headers={"Retry-After": wait}
        )

    async def _schema_once(self) -> None:
        await self._good("schema" if self.count == 1 else "ok")

    async def _hang(self) -> None:
        await asyncio.sleep(30)

    async def _drip(self) -> None:
        streamed = self.provider == "local"
        self.exchange.head(200, None if streamed else 1000, "text/event-stream" if streamed else "application/json")
        for _ in range(60):
            self.exchange.writer.write(b":\n" if streamed else b" ")
            await self.exchange.writer.drain()
            await asyncio.sleep(0.5)

    async def _cut(self) -> None:
        self.seen.unsure = True
        if self.provider == "local":
            await self._stream(GOOD, "ok", None, part=0.4)
            return
        data = json.dumps(envelope(self.provider, "m", GOOD, "ok", (1, 1))).encode()
        self.exchange.head(200, len(data), "application/json")
        self.exchange.writer.write(data[: len(data) // 2])
        await self.exchange.writer.drain()

    async def _rst(self) -> None:
        self.seen.unsure = True
        sock = self.exchange.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def _outerbad(self) -> None:
        self.seen.unsure = True
        await self.exchange.send(
            200,
            b'{"id": "x", "output": [',
            kind="text/event-stream" if self.provider == "local" else "application/json",
        )

    async def _html(self) -> None:
        self.seen.unsure = True
        await self.exchange.send(
            200, b"<html><body>Please log in to the hotel's network</body></html>", kind="text/html"
        )


ERRORS = {
    "quota": (429, "insufficient_quota", "You exceeded your current quota"),
    "e500": (500, "server_error", "oops"),
    "e529": (529, "overloaded_error", "overloaded"),
    "e401": (401, "invalid_api_key", "bad key"),
    "e403": (403, "permission_error", "not you"),
    "e404": (404, "model_not_found", "no such model"),
    "ctx": (400, "context_length_exceeded", "prompt is too long for the context window"),
    "policy400": (400, "content_policy_violation", "against our usage policies"),
}
SCENARIOS = (
    "ok slow5 rl_once rl_2 rl_3600 rldate quota e500 e529 e401 e403 e404 ctx policy400 hang drip cut rst outerbad html trunc schema prose "
    "refusal schema_once cfilter empty"
).split()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    if "chunked" in headers.get("transfer-encoding", ""):
        raw = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            raw += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    else:
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
    return Exchange(method, path, headers, raw, writer)


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
