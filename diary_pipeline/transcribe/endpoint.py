"""A decoder over an OpenAI-compatible transcription server. It sends chunks, so all audits apply to its answers too.

A failed request is not repeated, except in the simpler form that some models need: a recording without an answer waits
for the next run. `permission` decides which audio may be sent, `endpoint_answer` reads the answers.
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
from diary_pipeline.transcribe.aligner import Align, keep_untimed
from diary_pipeline.transcribe.engine import SAMPLE_RATE
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.permission import Permission
from diary_pipeline.transcribe.rows import DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import Chunk

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

log = logging.getLogger("diary.transcribe")

MAX_CONCURRENT_REQUESTS = 4
"""Chunks sent at the same time: a private server has one GPU, and OpenAI's lowest tier allows few requests a minute."""

_REMEDIES: Mapping[str, str] = {
    "auth": "Correct DIARY_SPEECH_ENDPOINT__API_KEY.",
    "quota": "Look at the account's credit.",
    "not_found": "Correct DIARY_SPEECH_ENDPOINT__URL or __MODEL.",
    "connection": "Start it, or correct DIARY_SPEECH_ENDPOINT__URL.",
    "timeout": "Look at the server, or raise DIARY_SPEECH_ENDPOINT__TIMEOUT_SECONDS.",
    "bad_response": "DIARY_SPEECH_ENDPOINT__URL may not be that of a transcription server.",
}
_FORMS: Sequence[Mapping[str, Any]] = (
    {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"]},
    {"response_format": "json"},
    {"response_format": "text"},
)
"""The forms of an answer, asked for in turn until the server's model supports one."""

_STOPS_RUN = frozenset({"auth", "quota", "not_found", "connection"})
"""Failures that the next chunk would meet too: the server is not asked again by this run."""

_PERMANENT = frozenset({"bad_request", "context", "policy"})
"""Failures that this chunk would meet again in every run."""


class EndpointDecoder:
    """A `rows.Decoder` over a server. Holds one connection pool; `close` releases it."""

    languages = frozenset(endpoint_answer.LANGUAGES)

    def __init__(
        self, settings: SpeechEndpoint, options: Options, permission: Permission, align: Align = keep_untimed
    ) -> None:
        """*align* gives answers without times those of their words."""
        self._settings, self._options, self._permission = settings, options, permission
        self._align = keep_untimed if options.task == "translate" else align  # a translation is not what was spoken
        self._loop = LoopThread("speech-endpoint")
        self._format = 0
        self._not_before = 0.0
        self._stopped: DiaryError | None = None
        self.about: Mapping[str, Any] = {
            "device": "endpoint",
            "endpoint": {"host": settings.host, "model": settings.model},
        }

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`. Empty: the server gets the sound itself."""
        import numpy as np

        return np.zeros((0, 0), np.float32)

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Decode rows concurrently.

        Permission is checked here, in the caller's thread, because it may have to run the local model.
        """
        refusals = [self._permission.refusal(row.recording.job) for row in rows]
        slots = asyncio.Semaphore(MAX_CONCURRENT_REQUESTS)

        async def all_answers() -> list[DecodedChunk | Exception]:
            return await asyncio.gather(
                *(self._answer(row, refusal, slots) for row, refusal in zip(rows, refusals, strict=True))
            )

        answers = self._loop.run(all_answers())
        return [
            answer if isinstance(answer, Exception) else self._align(row.chunk, answer)
            for row, answer in zip(rows, answers, strict=True)
        ]

    def close(self) -> None:
        """Close the connections."""
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

    async def _answer(self, row: Row, refusal: Exception | None, slots: asyncio.Semaphore) -> DecodedChunk | Exception:
        async with slots:
            stopped = refusal or self._stopped or self._paused()
            if stopped is not None:
                return stopped
            try:
                answer = await self._transcribe(row)
                decoded = endpoint_answer.parse_answer(answer, row.chunk.seconds, row.chunk.voice, row.known_language)
            except endpoint_answer.NotAnAnswerError as error:
                return self._error(ProviderError("bad_response", str(error)))
            except Exception as error:  # noqa: BLE001 - any failure of a server or the SDK becomes one of our errors
                return self._error(of(error))
        row.padded = True  # the server pads by itself: repeating the request for that would change nothing
        if row.known_language is None:
            row.recording.vote(row, {decoded.language: 1.0 if decoded.language != endpoint_answer.UNKNOWN else 0.5})
        return decoded

    async def _transcribe(self, row: Row) -> Any:
        """The server's answer with words and figures, or in the plainest form that its model supports."""
        number = self._format
        while True:
            try:
                answer = await self._post(row, **_FORMS[number])
                break
            except Exception as error:
                if of(error).kind != "bad_request" or number + 1 == len(_FORMS):
                    raise
            number += 1
        if number > self._format:
            log.warning("the endpoint gives no times", extra={"ctx": dict(self.about["endpoint"])})
            self._format = number
        return answer

    async def _post(self, row: Row, **form: Any) -> Any:
        language, hotwords = row.known_language, self._permission.hotwords(row.recording.job)
        prompt = ", ".join(filter(None, (self._options.initial_prompt, hotwords)))
        if prompt:
            form["prompt"] = prompt
        sound = ("chunk.wav", wav_bytes(row.chunk), "audio/wav")  # a neutral name
        request: dict[str, Any] = {
            "file": sound,
            "model": self._settings.model,
            "temperature": self._options.temperatures[row.temperature_step],
            **form,
        }
        async with asyncio.timeout(self._settings.timeout_seconds):
            if self._options.task == "translate":
                return await self._post_translation(request)
            if language not in (None, endpoint_answer.UNKNOWN):
                request["language"] = language
            raw = await self._client.audio.transcriptions.with_raw_response.create(**request)
        return _read(raw.http_response)

    async def _post_translation(self, request: Mapping[str, Any]) -> Any:
        """Translate; servers other than OpenAI support it. The SDK's method warns that OpenAI ends it in 2027."""
        import httpx2

        unsupported = ("file", "timestamp_granularities")  # the file is sent beside; translations have no word times
        form = {name: value for name, value in request.items() if name not in unsupported}
        multipart: Any = {"headers": {"Content-Type": "multipart/form-data"}}
        files = [("file", request["file"])]
        raw = await self._client.post(
            "/audio/translations", cast_to=httpx2.Response, body=form, files=files, options=multipart
        )
        return _read(raw)

    def _paused(self) -> Exception | None:
        """The error while a pause that the server asked for lasts; else None."""
        left = self._not_before - time.monotonic()
        if left <= 0:
            return None
        return TransientError(
            f"{self._settings.host} asks to be left alone for {left:.0f} s more. The next run tries again."
        )

    def _error(self, error: ProviderError) -> Exception:
        remedy = _REMEDIES.get(error.kind, "")
        message = f"The transcription server {self._settings.host} gave no answer ({error}). {remedy}".strip()
        if error.kind in _PERMANENT:
            return PermanentError(f"{message} `diary process --retry` tries it again.")
        if error.retry_after:
            self._not_before = time.monotonic() + error.retry_after
        failed = TransientError(f"{message} The next run tries again.")
        if error.kind in _STOPS_RUN:
            self._stopped = failed
        log.warning("the endpoint gave no answer", extra={"ctx": {"host": self._settings.host, "kind": error.kind}})
        return failed


def _read(response: "httpx2.Response") -> Any:
    """An answer in JSON, or as text where its type says so."""
    if response.headers.get("content-type", "").startswith("text/plain"):
        return response.text
    return json.loads(response.content)


def wav_bytes(chunk: Chunk) -> bytes:
    """A chunk's sound as a WAV file: 16 kHz, mono, 16 bits."""
    import numpy as np

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.clip(chunk.samples * 32768, -32768, 32767).astype(np.int16).tobytes())
    return out.getvalue()
