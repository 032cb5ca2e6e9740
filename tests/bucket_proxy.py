"""A proxy before the emulator of a bucket, which keeps a condition that the emulator does not know.

`hidden` objects are answered as if they were not there, as to a client that looked a moment too early. `meanwhile` are
objects that somebody else writes right before the next upload to their place, with their bytes.
"""

import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

TIMEOUT_SECONDS = 30


class BucketProxy(ThreadingHTTPServer):
    """Forwards to the emulator at *target*; an upload for another generation than the object has is refused."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target, self.hidden, self.refused = target, set[str](), 0
        self.meanwhile = dict[str, bytes]()

    @property
    def url(self) -> str:
        """Its own address."""
        return f"http://127.0.0.1:{self.server_port}"

    def generation(self, bucket: str, name: str) -> str:
        """The generation of the emulator's object; "0" where there is none."""
        with contextlib.suppress(urllib.error.HTTPError):
            place = f"{self.target}/storage/v1/b/{bucket}/o/{quote(name, safe='')}"
            with urllib.request.urlopen(place, timeout=TIMEOUT_SECONDS) as answer:
                return str(json.load(answer)["generation"])
        return "0"

    def write(self, bucket: str, name: str, data: bytes) -> None:
        """Write an object, as somebody else would."""
        place = f"{self.target}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={quote(name, safe='')}"
        with urllib.request.urlopen(urllib.request.Request(place, data=data), timeout=TIMEOUT_SECONDS):
            pass


class _Handler(BaseHTTPRequestHandler):
    server: BucketProxy

    def do_GET(self) -> None:
        if any(quote(name, safe="") in self.path for name in self.server.hidden):
            self._answer(404, b"{}", "application/json")
        else:
            self._forward()

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = parse_qs(parts.query)
        if "ifGenerationMatch" in query:
            bucket = parts.path.split("/")[-2]
            name = query.get("name", [""])[0] or body.split(b'"name": "')[1].split(b'"')[0].decode()
            if name in self.server.meanwhile:
                self.server.write(bucket, name, self.server.meanwhile.pop(name))
            if query["ifGenerationMatch"] != [self.server.generation(bucket, name)]:
                self.server.refused += 1
                self._answer(412, b"{}", "application/json")
                return
        self._forward(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _forward(self, body: bytes | None = None) -> None:
        request = urllib.request.Request(f"{self.server.target}{self.path}", data=body, method=self.command)
        if kind := self.headers.get("Content-Type"):
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                self._answer(answer.status, answer.read(), answer.headers.get("Content-Type", ""))
        except urllib.error.HTTPError as error:
            with error:
                self._answer(error.code, error.read(), error.headers.get("Content-Type", ""))

    def _answer(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextlib.contextmanager
def bucket_proxy(target: str) -> Iterator[BucketProxy]:
    """The proxy, for as long as the context lasts."""
    with BucketProxy(target) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
