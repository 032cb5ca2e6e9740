"""The settings under `[speech_endpoint]`: a transcription server, as a fallback for this machine or before it.

Which memo may be sent there is decided in `transcribe.permission`.
"""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class SpeechEndpoint(BaseModel):
    """An OpenAI-compatible transcription server: speaches, vLLM, or OpenAI itself. Without `url` there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    """Its base address, such as http://127.0.0.1:8000/v1 or https://api.openai.com/v1.

    Empty: none, and no memo is ever sent.
    """
    model: str = ""
    """The model's name as the server knows it, such as whisper-1."""
    api_key: SecretStr | None = None
    """Its key, if it wants one. OPENAI_API_KEY is not read: a key in the environment alone switches nothing on."""
    use: Literal["fallback", "first"] = "fallback"
    """fallback: only when this machine cannot transcribe a memo; first: before this machine, which then
    transcribes only what may not be sent."""
    timeout_seconds: float = Field(120.0, gt=0)
    """How long one chunk of at most 30 s of speech may take."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.url:
            return self
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError("url is no address; write one like http://127.0.0.1:8000/v1")
        if not self.model:
            raise ValueError("url is given without model; name the model that the server should use")
        return self

    @property
    def host(self) -> str:
        """The host that requests go to."""
        return urlsplit(self.url).hostname or ""
