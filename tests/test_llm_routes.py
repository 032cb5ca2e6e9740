"""Settings become routes, errors become kinds, schemas become dialects: what needs no server."""

from decimal import Decimal
from email.utils import formatdate
from pathlib import Path
from time import time
from typing import Any

import pytest
from pydantic import BaseModel, Field

from diary_pipeline.bootstrap import new_router, open_catalog, open_store
from diary_pipeline.errors import UserError
from diary_pipeline.llm.prices import FREE, FixedPrice, TablePrice, estimate_tokens
from diary_pipeline.llm.routes import build, policy
from diary_pipeline.llm.schemas import lint, strict
from diary_pipeline.net.failures import classify, error_code, retry_after
from diary_pipeline.settings import Settings
from diary_pipeline.settings.llm import LlmSettings

KEYS = {"openai": "k1", "anthropic": "k2", "mistral": "k3"}
GPT, CLAUDE, MISTRAL, OWN = (
    "openai/gpt-5-mini-2025-08-07",
    "anthropic/claude-haiku-5-5",
    "mistral/mistral-small-2603",
    "local/qwen3:8b",
)


def test_routes_have_their_providers_addresses_and_prices() -> None:
    routes = build(LlmSettings(routes=(GPT, CLAUDE, MISTRAL, OWN)), KEYS)
    assert [route.name for route in routes] == [GPT, CLAUDE, MISTRAL, OWN]
    assert [route.provider.host for route in routes] == [
        "api.openai.com",
        "api.anthropic.com",
        "api.mistral.ai",
        "127.0.0.1",
    ]
    assert [route.local for route in routes] == [False, False, False, True]
    assert all(isinstance(route.provider.price(route.model), TablePrice) for route in routes[:3])
    assert routes[3].provider.price("anything") is FREE
    assert [route.provider.batch is not None for route in routes] == [True, True, True, False]
    assert routes[3].provider.limits.concurrency == 1


def test_without_routes_nothing_is_asked_whatever_keys_lie_around(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY"):
        monkeypatch.setenv(name, "sk-lies-around")
    settings = Settings.load(home=home)
    assert set(settings.llm_keys) == set(KEYS)
    assert "sk-lies-around" not in repr(settings)
    catalog = open_catalog(settings)
    assert new_router(settings, catalog, open_store(settings)) is None, "there is nothing that could ask"
    catalog.close()


def test_a_route_without_a_key_or_a_known_provider_is_refused_with_its_name() -> None:
    with pytest.raises(UserError, match="DIARY_OPENAI_API_KEY"):
        build(LlmSettings(routes=(GPT,)), {})
    with pytest.raises(UserError, match="groq"):
        build(LlmSettings(routes=("groq/llama",)), KEYS)
    with pytest.raises(UserError, match=r"LLM__ROUTES.*gpt"):
        Settings.load(llm={"routes": ["gpt"]})


def test_the_settings_files_own_provider_price_and_limits_are_used() -> None:
    settings = LlmSettings.model_validate(
        {
            "routes": ["groq/llama-4", "nas/qwen3"],
            "providers": {
                "groq": {
                    "kind": "openai",
                    "base_url": "https://groq.example/v1",
                    "api_key": "k",
                    "concurrency": 2,
                    "context": 9000,
                },
                "nas": {"kind": "local", "base_url": "http://nas.home:8080/v1"},
            },
            "prices": {"groq/llama-4": {"input": 0.5, "output": 1.5}},
            "allowed_hosts": ["nas.home"],
        }
    )
    groq, nas = build(settings, {})
    assert (groq.provider.host, groq.provider.limits.concurrency, groq.provider.limits.context) == (
        "groq.example",
        2,
        9000,
    )
    assert groq.provider.price("llama-4") == FixedPrice(Decimal("0.5"), Decimal("1.5"))
    assert groq.provider.price("llama-5") is None
    assert (groq.local, nas.local) == (False, True)
    assert policy(settings).allowed_hosts == {"nas.home"}


def test_a_cloud_provider_is_not_local_by_its_kind() -> None:
    (route,) = build(
        LlmSettings.model_validate(
            {"routes": ["local/m"], "providers": {"local": {"base_url": "https://gpu.example/v1"}}}
        ),
        {},
    )
    assert not route.local


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, {"error": {"code": "insufficient_quota"}}, "quota"),
        (429, {"error": {"code": "rate_limit_exceeded", "message": "Limit reached for requests"}}, "rate_limit"),
        (
            400,
            {"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low"}},
            "quota",
        ),
        (402, "", "quota"),
        (401, "", "auth"),
        (403, {"error": {"code": "model_not_allowed"}}, "auth"),
        (404, {"error": {"code": "model_not_found"}}, "not_found"),
        (400, {"object": "error", "message": "Invalid model: x", "type": "invalid_model", "code": "1500"}, "not_found"),
        (400, {"error": {"code": 400, "type": "exceed_context_size_error", "n_ctx": 1024}}, "context"),
        (400, {"error": {"message": "prompt is too long: 210000 tokens > 200000 maximum"}}, "context"),
        (413, "", "context"),
        (400, {"error": {"code": "content_policy_violation"}}, "policy"),
        (422, {"detail": [{"msg": "field required"}]}, "bad_request"),
        (529, "", "overloaded"),
        (503, "<html>", "overloaded"),
        (504, "", "timeout"),
        (500, "", "server"),
        (307, "", "bad_response"),
    ],
)
def test_an_error_status_has_one_meaning(status: int, body: Any, kind: str) -> None:
    assert classify(status, {}, body).kind == kind


def test_only_an_errors_code_is_kept_never_its_message() -> None:
    assert error_code({"error": {"code": "bad thing: Emma!", "message": "Emma said"}}) == "bad_thing_Emma_"[:60]
    assert (
        error_code({"error": {"code": None, "type": "rate_limit_error", "message": "Emma said"}}) == "rate_limit_error"
    )
    assert [
        error_code(body) for body in ("", "<html>", None, [1], {"message": "Emma said"}, {"error": "Emma said"})
    ] == [""] * 6


def test_a_wait_is_read_in_all_its_forms() -> None:
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after-ms": "250"}) == 0.25
    assert retry_after({"retry-after": formatdate(time() + 10, usegmt=True)}) == pytest.approx(10, abs=1.5)
    assert retry_after({"retry-after": formatdate(time() - 10, usegmt=True)}) == 0
    assert [retry_after(headers) for headers in ({}, {"retry-after": "soon"}, {"retry-after": ""})] == [
        None,
        None,
        None,
    ]


class Shape(BaseModel):
    """A shape with everything that strict modes trip over."""

    title: str = Field("", max_length=60, pattern="^[A-Z]")
    mood: str | None = None
    numbers: list[int] = Field(default=[], max_length=3)


def test_strict_schemas_require_everything_and_keep_bounds_only_for_grammars() -> None:
    hosted, own = (strict(Shape.model_json_schema(), bounds=bounds) for bounds in (False, True))
    assert hosted["required"] == own["required"] == ["title", "mood", "numbers"]
    assert hosted["additionalProperties"] is own["additionalProperties"] is False
    assert hosted["properties"]["title"] == {"type": "string"}
    assert own["properties"]["title"] == {"type": "string", "maxLength": 60}
    assert own["properties"]["numbers"]["maxItems"] == 3


@pytest.mark.parametrize(
    "part",
    [
        {"type": "string", "minLength": 5, "maxLength": 2},
        {"type": "array", "items": {}, "minItems": 2, "maxItems": 1},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"enum": []},
        {"type": "text"},
        {"type": "array", "items": {}, "uniqueItems": True},
        {"type": "string", "pattern": "(?=x)"},
        {"$ref": "#/$defs/Missing"},
        {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 5, "maxLength": 2}]},
    ],
)
def test_a_schema_that_a_grammar_cannot_keep_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        lint({"type": "object", "properties": {"x": part}})


def test_a_good_schema_is_not_refused() -> None:
    lint(Shape.model_json_schema())


@pytest.mark.parametrize(
    ("text", "at_least"),
    [("I watered the plants. " * 50, 250), ("水をやりました。" * 50, 250), ("Полила цветы. " * 50, 200)],
)
def test_tokens_are_never_estimated_below_what_a_tokenizer_would_count(text: str, at_least: int) -> None:
    assert estimate_tokens(text) >= at_least
