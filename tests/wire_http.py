"""HTTP for the fake server of providers: one request, and the bytes of its answer."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


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


async def read_exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange:
    """Read one request from a connection."""
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
