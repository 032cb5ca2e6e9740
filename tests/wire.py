"""A fake server with the APIs of OpenAI, Anthropic, Mistral and OpenAI-compatible local servers.

`http://HOST:PORT/PROVIDER/SCENARIO/...` is an API of that provider that answers as the scenario says; `plan` may choose
the scenario of each request instead. It records the requests and what it would have billed. Batches and files are in
`wire_batches.py`, scenarios in `wire_scenarios.py`.
"""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.wire_batches import Batches
from tests.wire_http import Exchange, read_exchange
from tests.wire_scenarios import ScenarioPlayer
from tests.wire_shapes import GOOD, error_body

PROVIDERS = ("openai", "anthropic", "mistral", "local")
GENERATE = ("/responses", "/messages", "/chat/completions")


@dataclass
class Seen:
    """One request to generate, and the tokens that were billed for it (None: nothing, or unknown)."""

    provider: str
    scenario: str
    body: dict[str, Any]
    headers: dict[str, str]
    began: float
    billed: tuple[int, int] | None = None
    unsure: bool = False


@dataclass
class Wire:
    """The server; `url` is set once it runs.

    `answer` gives the JSON text for a request's body, `plan` its scenario; `latency` is in seconds.
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
        """The base URL of a provider that answers as the scenario says."""
        return f"{self.url}/{provider}/{scenario}" + ("/v1" if provider in ("openai", "local") else "")

    def of(self, provider: str, scenario: str | None = None) -> list[Seen]:
        """The requests to generate that a provider got."""
        return [s for s in self.seen if s.provider == provider and scenario in (None, s.scenario)]

    @contextlib.contextmanager
    def running(self) -> Iterator["Wire"]:
        """The server, on a thread."""
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
                exchange = await read_exchange(reader, writer)
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
        await ScenarioPlayer(self, exchange, provider, seen, count).play(scenario)

    def bill(self, seen: Seen, text: str) -> tuple[int, int]:
        """What the request costs in tokens, noted as billed."""
        asked = max(1, len(json.dumps(seen.body)) // 5)
        seen.billed = (min(asked, self.prompt_holds or asked), max(1, len(text) // 4))
        return seen.billed


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
