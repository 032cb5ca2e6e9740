"""A server that speaks OpenAI's transcription format, and misbehaves on request: `http://HOST:PORT/MOOD/v1/audio/transcriptions`.

It keeps what it was asked. Belongs here: bytes on the wire. What it "hears" is a script, spread evenly over the sound that it was sent.
"""

import contextlib
import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ERRORS = {
    "e500": (500, "server_error", {}),
    "e401": (401, "invalid_api_key", {}),
    "e404": (404, "model_not_found", {}),
    "e429": (429, "rate_limit_exceeded", {"Retry-After": "3600"}),
    "e413": (413, "too_large", {}),
}


@dataclass
class Asked:
    """One request: the form's fields, and the sound that came with them."""

    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]
    file: bytes = field(repr=False)

    @property
    def seconds(self) -> float:
        with wave.open(io.BytesIO(self.file)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 16_000)
            return float(sound.getnframes() / 16_000)


def verbose(text: str, seconds: float, **figures: float) -> dict[str, Any]:
    """OpenAI's answer with words (without their punctuation) and one segment."""
    tokens = text.split()
    each = seconds / max(1, len(tokens))
    words = [{"word": token.strip(".,?!"), "start": n * each, "end": (n + 1) * each} for n, token in enumerate(tokens)]
    good = {"avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 1.1}
    segment = {"id": 0, "start": 0.0, "end": seconds, "text": f" {text}", "temperature": 0.0} | good | figures
    return {
        "task": "transcribe",
        "language": "english",
        "duration": seconds,
        "text": text,
        "words": words,
        "segments": [segment],
    }


@dataclass
class SpeechWire:
    """The server; `url` once it runs. `hears` is what it understands of a request."""

    hears: Callable[[Asked], dict[str, Any]] = lambda asked: verbose(
        "The server heard this. And that too.", asked.seconds
    )
    redirect: str = ""
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    _over: threading.Event = field(default_factory=threading.Event)

    def base(self, mood: str = "ok") -> str:
        """The base URL of the server in a mood."""
        return f"{self.url}/{mood}/v1"

    @contextlib.contextmanager
    def running(self) -> Iterator["SpeechWire"]:
        """The server, on threads of its own."""
        wire = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                wire.handle(self)

            def do_GET(self) -> None:
                wire.handle(self)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self._over.set()
                server.shutdown()
                thread.join()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        asked = _read(request)
        self.asked.append(asked)
        mood = request.path.split("/")[1]
        if mood in ERRORS:
            status, code, headers = ERRORS[mood]
            _send(request, status, {"error": {"code": code, "message": "You said: Zanzibar"}}, headers)
        elif mood == "redirect":
            _send(request, 307, {}, {"Location": self.redirect})
        elif mood == "html":
            _send(request, 200, b"<html>Please log in to the hotel's network</html>", {})
        elif mood == "hang":
            self._over.wait(30)
        elif mood == "plain" and asked.form["response_format"] == ["verbose_json"]:
            _send(request, 400, {"error": {"code": "unsupported_value", "message": "response_format"}}, {})
        else:
            _send(request, 200, _shaped(mood, self.hears(asked)), {})


def _shaped(mood: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as servers of that kind give it."""
    if mood == "plain":
        return {"text": answer["text"]}
    if mood == "segments":
        return {name: part for name, part in answer.items() if name != "words"}
    if mood == "some":  # every third word has got lost
        return answer | {"words": [word for n, word in enumerate(answer["words"]) if n % 3]}
    if mood == "timeless":
        return answer | {"words": [{"word": word["word"]} for word in answer["words"]]}
    if mood == "textless":
        return {"words": answer["words"]}
    return answer


def _read(request: BaseHTTPRequestHandler) -> Asked:
    body = request.rfile.read(int(request.headers.get("content-length", 0)))
    message = message_from_bytes(f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode() + body)
    form: dict[str, list[str]] = {}
    file = b""
    for part in message.walk():
        name, data = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if name is None or not isinstance(data, bytes):
            continue
        if name == "file":
            file = data
            form["filename"] = [str(part.get_filename())]
        else:
            form.setdefault(str(name).removesuffix("[]"), []).append(data.decode())
    return Asked(request.path, {name.lower(): value for name, value in request.headers.items()}, form, file)


def _send(request: BaseHTTPRequestHandler, status: int, body: Any, headers: dict[str, str]) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
        request.send_header(name, value)
    request.end_headers()
    with contextlib.suppress(ConnectionError):
        request.wfile.write(data)
