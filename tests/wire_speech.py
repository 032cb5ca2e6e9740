"""A fake server of OpenAI's transcription API: `http://HOST:PORT/BEHAVIOUR/v1/audio/transcriptions`.

It records its requests. Its answers are scripted words, spread evenly over the sound that it was sent.
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
class SpeechRequest:
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
    """The server; `url` once it runs. `answer` makes the answer to a request."""

    answer: Callable[[SpeechRequest], dict[str, Any]] = lambda request: verbose(
        "The server heard this. And that too.", request.seconds
    )
    redirect: str = ""
    requests: list[SpeechRequest] = field(default_factory=list)
    url: str = ""
    _stopping: threading.Event = field(default_factory=threading.Event)

    def base(self, behaviour: str = "ok") -> str:
        """The base URL of the server with a behaviour."""
        return f"{self.url}/{behaviour}/v1"

    @contextlib.contextmanager
    def running(self) -> Iterator["SpeechWire"]:
        """Serve in threads while the context lasts."""
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
                self._stopping.set()
                server.shutdown()
                thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        request = _read(handler)
        self.requests.append(request)
        behaviour = handler.path.split("/")[1]
        if behaviour in ERRORS:
            status, code, headers = ERRORS[behaviour]
            _send(handler, status, {"error": {"code": code, "message": "You said: Zanzibar"}}, headers)
        elif behaviour == "redirect":
            _send(handler, 307, {}, {"Location": self.redirect})
        elif behaviour == "html":
            _send(handler, 200, b"<html>Please log in to the hotel's network</html>", {})
        elif behaviour == "hang":
            self._stopping.wait(30)
        elif behaviour == "text" and request.form["response_format"] == ["text"]:
            text = f"{self.answer(request)['text']}\n"
            _send(handler, 200, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})
        elif behaviour == "text" or (behaviour == "plain" and request.form["response_format"] == ["verbose_json"]):
            _send(handler, 400, {"error": {"code": "unsupported_value", "message": "response_format"}}, {})
        else:
            _send(handler, 200, _shaped(behaviour, self.answer(request)), {})


def _shaped(behaviour: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as servers of that kind give it."""
    if behaviour in ("plain", "bare"):  # in plain JSON, or asked for times and without them
        return {"text": answer["text"]}
    if behaviour == "segments":
        return {name: part for name, part in answer.items() if name != "words"}
    if behaviour == "some":  # every third word is missing
        return answer | {"words": [word for n, word in enumerate(answer["words"]) if n % 3]}
    if behaviour == "timeless":
        return answer | {"words": [{"word": word["word"]} for word in answer["words"]]}
    if behaviour == "textless":
        return {"words": answer["words"]}
    return answer


def _read(handler: BaseHTTPRequestHandler) -> SpeechRequest:
    body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
    message = message_from_bytes(f"Content-Type: {handler.headers.get('content-type', '')}\r\n\r\n".encode() + body)
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
    return SpeechRequest(handler.path, {name.lower(): value for name, value in handler.headers.items()}, form, file)


def _send(handler: BaseHTTPRequestHandler, status: int, body: Any, headers: dict[str, str]) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    with contextlib.suppress(ConnectionError):
        handler.wfile.write(data)
