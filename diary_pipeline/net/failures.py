"""Failures of one call to a provider: any exception or status becomes a `ProviderError` of a kind.

What the router then does is in `llm.retry` and `llm.breaker`. A provider's message may quote the diary, so only its
code is kept.
"""

import email.utils
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "rate_limit",  # too many requests or tokens per minute
    "quota",  # no money left at the provider: nothing will work until a person acts
    "auth",  # the key is wrong or may not do this: likewise
    "not_found",  # no such model or address
    "overloaded",
    "server",
    "connection",
    "timeout",
    "bad_response",  # an answer that is not the provider's format at all
    "context",  # the prompt does not fit
    "policy",  # the provider does not want this prompt
    "bad_request",  # the provider refuses the request's form
    "refused",  # the model declined
    "filtered",
    "truncated",  # stopped at max_tokens
    "empty",
    "oversized",  # more than the request can have asked for
    "schema",  # an answer, but not of the shape asked for
    "rejected",  # the right shape, but the caller did not accept the content
    "placeholder",  # the placeholder of a hidden name was lost or made up
]
_TOO_LONG = (
    "context_length",
    "context window",
    "context length",
    "context limit",
    "prompt is too long",
    "3051",
    "exceed_context",
    "request_too_large",
)
_NO_MONEY = ("insufficient_quota", "credit balance", "billing", "payment")
_POLICY = (
    "content_policy",
    "content policy",
    "content_filter",
    "usage policy",
    "usage policies",
    "policy_violation",
    "moderation",
)
_MAX_TOKENS = ("max_tokens", "max_output_tokens", "max_completion_tokens")  # a model may write less than was allowed
_NO_MODEL = ("model_not_found", "invalid_model", "invalid model", "unknown model")
_CODE = re.compile(r"[^a-zA-Z0-9_.-]+")


@dataclass(frozen=True)
class Usage:
    """Tokens as the provider counts them. `cached_tokens` are those of the input that it had in its prompt cache."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


class ProviderError(Exception):
    """One call that gave no usable answer.

    `detail` is a code, never a message. `usage` is what the provider reported; None with `maybe_billed`: it may have
    been billed without a report. `retry_after` is in seconds.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        retry_after: float | None = None,
        usage: Usage | None = None,
        maybe_billed: bool = False,
    ) -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind: Kind = kind
        self.detail, self.retry_after, self.usage, self.maybe_billed = detail[:200], retry_after, usage, maybe_billed


def of(error: BaseException) -> ProviderError:
    """Any exception of an adapter as a `ProviderError`; an unknown one is a `bad_response` with its type's name."""
    import httpx2

    if isinstance(error, ProviderError):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 300:
        response = getattr(error, "response", None)
        headers = getattr(response, "headers", None) or getattr(error, "headers", None) or {}
        return classify(status, headers, getattr(error, "body", None))
    causes = [error, *_causes(error)]
    if any(isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout) for cause in causes):
        return ProviderError("connection", "not reached")
    if any(isinstance(cause, TimeoutError | httpx2.TimeoutException) for cause in causes):
        return ProviderError("timeout", maybe_billed=True)
    if any(isinstance(cause, httpx2.TransportError) for cause in causes):
        return ProviderError("connection", "broken off", maybe_billed=True)
    return ProviderError("bad_response", type(error).__name__, maybe_billed=True)


def classify(status: int, headers: Mapping[str, str], body: Any) -> ProviderError:  # noqa: PLR0911 - one line for each meaning of a status
    """The failure that an error status and its body mean, for all providers. None of these is billed."""
    text = (body if isinstance(body, str) else json.dumps(body, default=str) if body else "").lower()
    detail, wait = f"{status} {error_code(body)}".strip(), retry_after(headers)
    if status == 402 or (status in (400, 403, 429) and any(word in text for word in _NO_MONEY)):
        return ProviderError("quota", detail)
    if status == 429:
        return ProviderError("rate_limit", detail, retry_after=wait)
    if status in (401, 403):
        return ProviderError("auth", detail)
    if status == 404 or any(word in text for word in _NO_MODEL):
        return ProviderError("not_found", detail)
    if status in (408, 504):
        return ProviderError("timeout", detail, maybe_billed=True)
    if status in (400, 413, 422):
        if status == 413:
            return ProviderError("context", detail)
        return _refused_request(text, detail)
    if status in (503, 529):
        return ProviderError("overloaded", detail, retry_after=wait)
    if status >= 500:
        return ProviderError("server", detail, retry_after=wait)
    return ProviderError("bad_response", detail)


def _refused_request(text: str, detail: str) -> ProviderError:
    if any(word in text for word in _TOO_LONG):
        return ProviderError("context", detail)
    if any(word in text for word in _POLICY):
        return ProviderError("policy", detail)
    longest = " max_tokens" if any(word in text for word in _MAX_TOKENS) else ""
    return ProviderError("bad_request", f"{detail}{longest}")


def error_code(body: Any) -> str:
    """The machine-readable code in an error's body, or nothing; never its message."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return ""
    inner = body.get("error", body) if isinstance(body, Mapping) else None
    if not isinstance(inner, Mapping):
        return ""
    for name in ("code", "type"):
        if isinstance(value := inner.get(name), str) and value:
            return _CODE.sub("_", value)[:60]
    return ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait that a response asks for: `retry-after-ms`, or `Retry-After` as a number or an HTTP date."""
    try:
        if value := headers.get("retry-after-ms"):
            return max(0.0, float(value) / 1000)
        if value := headers.get("retry-after") or headers.get("Retry-After"):
            return max(0.0, float(value))
    except ValueError:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value or "").timestamp() - time.time())
        except ValueError:
            return None
    return None


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found
