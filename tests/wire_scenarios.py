"""How the fake server of providers answers a request: well, slowly, broken, or with an error, by a scenario's name."""

import asyncio
import email.utils
import json
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.wire_http import Exchange
from tests.wire_shapes import BAD_SHAPE, GOOD, envelope, error_body, sse

if TYPE_CHECKING:
    from tests.wire import Seen, Wire

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
    "ok slow5 rl_once rl_2 rl_3600 rldate quota e500 e529 e401 e403 e404 ctx policy400 hang drip cut rst "
    "outerbad html trunc schema prose refusal schema_once cfilter empty"
).split()


def most_tokens(body: dict[str, Any]) -> int:
    """How many tokens the answer may have."""
    return int(body.get("max_output_tokens") or body["max_tokens"])


@dataclass
class ScenarioPlayer:
    """Answers one request as a scenario says."""

    wire: "Wire"
    exchange: Exchange
    provider: str
    seen: "Seen"
    count: int

    async def play(self, scenario: str) -> None:
        """Answer the request."""
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

    async def _thinks(self) -> None:
        """A model with its usual effort: its thoughts count as output, and cut off what does not fit."""
        needed = 1408 + len(self.wire.answer(self.seen.body)) // 4
        await self._good("ok" if most_tokens(self.seen.body) >= needed else "trunc")

    async def _fixed(self) -> None:
        """A model whose thinking cannot be changed."""
        fields = ("reasoning", "thinking", "reasoning_effort", "chat_template_kwargs")
        if any(name in self.seen.body for name in fields):
            await self.exchange.send(400, error_body(self.provider, "unsupported_value", "not supported"))
        else:
            await self._thinks()

    async def _terse(self) -> None:
        """A model that may not be allowed more than 2,000 tokens."""
        if most_tokens(self.seen.body) > 2000:
            text = "max_tokens is above the maximum number of output tokens"
            await self.exchange.send(400, error_body(self.provider, "invalid_request_error", text))
        else:
            await self._good()

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
