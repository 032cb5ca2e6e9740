"""An OpenAI-compatible transcription server as the model behind the batches: it hears chunks, so that all audits hold for it too.

What belongs here: sending chunks and telling why one has no answer. Nothing is tried again here beyond the simpler form that some models
want: a recording without an answer waits for the next run. What does not: who may be heard (`permission`), answers (`endpoint_answer`).
"""

import asyncio
import io
import json
import logging
import time
import wave
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from diary_pipeline.errors import DiaryError, PermanentError, TransientError
from diary_pipeline.net.client import close_debug_logs, new_client
from diary_pipeline.net.failures import ProviderError, of
from diary_pipeline.net.loop import LoopThread
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.transcribe import endpoint_answer
from diary_pipeline.transcribe.engine import SAMPLE_RATE
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.permission import Permission
from diary_pipeline.transcribe.rows import DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import Chunk

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = logging.getLogger("diary.transcribe")

AT_ONCE = 4
"""Chunks on their way together: servers of one's own have one GPU, and OpenAI's lowest tier allows few requests a minute."""

_MENDS: Mapping[str, str] = {
    "auth": "Correct DIARY_SPEECH_ENDPOINT__API_KEY.",
    "quota": "Look at the account's credit.",
    "not_found": "Correct DIARY_SPEECH_ENDPOINT__URL or __MODEL.",
    "connection": "Start it, or correct DIARY_SPEECH_ENDPOINT__URL.",
    "timeout": "Look at the server, or raise DIARY_SPEECH_ENDPOINT__TIMEOUT_SECONDS.",
    "bad_response": "DIARY_SPEECH_ENDPOINT__URL may not be that of a transcription server.",
}
_HOPELESS = frozenset({"auth", "quota", "not_found", "connection"})
"""What the next chunk would meet too: the server is not asked again by this run."""

_REFUSED = frozenset({"bad_request", "context", "policy"})
"""What is wrong with this chunk, and will be wrong with it again."""


class EndpointDecoder:
    """A `rows.Decoder` over a server. Holds one connection pool; `close` gives it back."""

    languages = frozenset(endpoint_answer.LANGUAGES)

    def __init__(self, settings: SpeechEndpoint, options: Options, permission: Permission) -> None:
        self._settings, self._options, self._permission = settings, options, permission
        self._loop = LoopThread("speech-endpoint")
        self._plain = False
        self._not_before = 0.0
        self._closed: DiaryError | None = None
        self.about: Mapping[str, Any] = {
            "device": "endpoint",
            "endpoint": {"host": settings.host, "model": settings.model},
        }

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`. Nothing: the server gets the sound itself."""
        import numpy as np

        return np.zeros((0, 0), np.float32)

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Hear rows side by side.

        Who may not be sent is asked here, in the caller's thread: it may take a local model to know.
        """
        refused = [self._permission.refusal(row.recording.job) for row in rows]
        places = asyncio.Semaphore(AT_ONCE)

        async def everything() -> list[DecodedChunk | Exception]:
            return await asyncio.gather(*(self._answer(row, no, places) for row, no in zip(rows, refused, strict=True)))

        return self._loop.run(everything())

    def close(self) -> None:
        """Give the connections back."""
        if "_client" in vars(self):
            self._loop.run(self._client.close())
            del self._client
        self._loop.close()

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        close_debug_logs("openai", "httpx2", "httpcore2")
        key = self._settings.api_key.get_secret_value() if self._settings.api_key else "none"
        return AsyncOpenAI(
            api_key=key, base_url=self._settings.url, max_retries=0, http_client=new_client(self._settings.url)
        )

    async def _answer(self, row: Row, refused: Exception | None, places: asyncio.Semaphore) -> DecodedChunk | Exception:
        async with places:
            stopped = refused or self._closed or self._resting()
            if stopped is not None:
                return stopped
            try:
                answer = await self._ask(row)
                heard = endpoint_answer.heard(answer, row.chunk.seconds, row.chunk.voice, row.known_language)
            except endpoint_answer.NotAnAnswerError as error:
                return self._error(ProviderError("bad_response", str(error)))
            except Exception as error:  # noqa: BLE001 - whatever a server or the SDK does is told in our words
                return self._error(of(error))
        row.padded = True  # the server pads by itself: asking again for that would cost and change nothing
        if row.known_language is None:
            row.recording.vote(row, {heard.language: 1.0 if heard.language != endpoint_answer.UNKNOWN else 0.5})
        return heard

    async def _ask(self, row: Row) -> Any:
        """The server's answer with words and figures, or as plainly as its model can give it."""
        if not self._plain:
            try:
                return await self._post(
                    row, response_format="verbose_json", timestamp_granularities=["word", "segment"]
                )
            except Exception as error:
                if of(error).kind != "bad_request":
                    raise
        answer = await self._post(row, response_format="json")
        if not self._plain:
            log.warning("the endpoint gives no times", extra={"ctx": dict(self.about["endpoint"])})
            self._plain = True
        return answer

    async def _post(self, row: Row, **form: Any) -> Any:
        language, names = row.known_language, self._permission.names(row.recording.job)
        said_before = ", ".join(filter(None, (self._options.initial_prompt, names)))
        if said_before:
            form["prompt"] = said_before
        sound = ("chunk.wav", wav(row.chunk), "audio/wav")  # no name of ours
        asked: dict[str, Any] = {
            "file": sound,
            "model": self._settings.model,
            "temperature": self._options.temperatures[row.step],
            **form,
        }
        async with asyncio.timeout(self._settings.timeout_seconds):
            if self._options.task == "translate":
                return await self._translated(asked)
            if language not in (None, endpoint_answer.UNKNOWN):
                asked["language"] = language
            raw = await self._client.audio.transcriptions.with_raw_response.create(**asked)
        return json.loads(raw.http_response.content)

    async def _translated(self, asked: Mapping[str, Any]) -> Any:
        """What servers of one's own still give; the SDK's method for it warns that OpenAI ends it in 2027."""
        import httpx2

        form = {
            name: value for name, value in asked.items() if name not in ("file", "timestamp_granularities")
        }  # it has no words
        multipart: Any = {"headers": {"Content-Type": "multipart/form-data"}}
        files = [("file", asked["file"])]
        raw = await self._client.post(
            "/audio/translations", cast_to=httpx2.Response, body=form, files=files, options=multipart
        )
        return json.loads(raw.content)

    def _resting(self) -> Exception | None:
        """A server that asked for a pause is left alone until it is over."""
        left = self._not_before - time.monotonic()
        if left <= 0:
            return None
        return TransientError(
            f"{self._settings.host} asks to be left alone for {left:.0f} s more. The next run tries again."
        )

    def _error(self, error: ProviderError) -> Exception:
        told = f"The transcription server {self._settings.host} gave no answer ({error}). {_MENDS.get(error.kind, '')}".strip()
        if error.kind in _REFUSED:
            return PermanentError(f"{told} `diary process --retry` tries it again.")
        if error.retry_after:
            self._not_before = time.monotonic() + error.retry_after
        failed = TransientError(f"{told} The next run tries again.")
        if error.kind in _HOPELESS:
            self._closed = failed
        log.warning("the endpoint gave no answer", extra={"ctx": {"host": self._settings.host, "kind": error.kind}})
        return failed


def wav(chunk: Chunk) -> bytes:
    """A chunk's sound as a WAV file: 16 kHz, mono, 16 bits."""
    import numpy as np

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.clip(chunk.samples * 32768, -32768, 32767).astype(np.int16).tobytes())
    return out.getvalue()
