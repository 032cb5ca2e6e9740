"""Words that must not leave the machine stay, whatever environment, server or settings say; proved at the socket."""

import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.tables import recordings
from diary_pipeline.llm import Outcome, Policy, Router, explain
from diary_pipeline.llm.provider import Route
from diary_pipeline.net.local_hosts import is_local
from diary_pipeline.store import Store
from diary_pipeline.testing.provider import ScriptedProvider
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import Wire

HOSTED = ("openai", "anthropic", "mistral")
SECRET = "s01 The doctor called about the Zanzibar results."
GOOD = {"title": "A day", "lines": []}
_connected: list[Any] = []


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        _connected.append(arguments[1])


sys.addaudithook(_listen)  # every connection of this process, of any library


@pytest.fixture
def trap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A server that must get nothing, and an environment that sends everything there."""
    with Wire().running() as wire:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, wire.url)
        for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "MISTRAL_BASE_URL", "MISTRAL_SERVER_URL"):
            monkeypatch.setenv(name, wire.url)
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY"):
            monkeypatch.setenv(name, "sk-of-the-environment")
        monkeypatch.setenv("MISTRAL_SDK_TELEMETRY", "dedicated")
        monkeypatch.setenv("MISTRAL_OTLP_TRACES_ENDPOINT", f"{wire.url}/v1/traces")
        monkeypatch.setenv("OPENAI_LOG", "debug")
        monkeypatch.setenv("ANTHROPIC_LOG", "debug")
        yield wire


def ask(
    catalog: Catalog, home: Path, *routes: Route, privacy: str, recording: str = "r1", **policy: Any
) -> tuple[Outcome, set[int]]:
    """The outcome, and the ports that were connected to."""
    _connected.clear()
    with a_router(catalog, home, *routes, policy=Policy(**policy)) as router:
        outcome = router.ask(a_request(recording, material=SECRET, privacy=privacy), accept)
    return outcome, {address[1] for address in _connected if isinstance(address, tuple)}


def port(wire: Wire) -> int:
    return int(wire.url.rpartition(":")[2])


def test_a_private_memo_reaches_the_local_server_and_nobody_else(home: Path, trap: Wire) -> None:
    with Wire().running() as cloud, Wire().running() as local, a_catalog(home) as catalog:
        hosted = [a_route(a_provider(kind, cloud.base(kind))) for kind in HOSTED]
        outcome, ports = ask(
            catalog, home, *hosted, a_route(a_provider("local", local.base("local"))), privacy="local_only"
        )
        rows = explain(catalog, "r1")
    assert outcome.route == "local/m"
    assert ports == {port(local)}
    assert trap.contacts == []
    assert "Zanzibar" in str(local.seen[0].body)
    assert [(row["route"], row["outcome"], row["reason"]) for row in rows[:3]] == [
        (f"{k}/m", "skipped", "local_only") for k in HOSTED
    ]


@pytest.mark.parametrize("cloud_is_local", [True, False])
def test_cloud_providers_are_not_local_because_of_their_address_or_label(home: Path, *, cloud_is_local: bool) -> None:
    """A route is local if its label and its host both are."""
    host = "api.example.com" if cloud_is_local else "127.0.0.1"
    provider = ScriptedProvider(lambda _: GOOD, name="cloud", host=host)
    with a_catalog(home) as catalog:
        outcome, _ = ask(catalog, home, Route(provider, "m", local=cloud_is_local), privacy="local_only")
    assert not outcome.accepted
    assert not provider.calls


def test_a_memo_that_became_private_after_it_was_asked_about_is_private(home: Path) -> None:
    provider = ScriptedProvider(lambda _: GOOD, name="cloud", host="api.example.com")
    with a_catalog(home) as catalog:
        with catalog.database.writing() as connection:
            row = {
                "id": "r1",
                "author": "mere",
                "source": "a",
                "path": "a",
                "privacy": "local_only",
                "registered_at": datetime.now(UTC),
            }
            connection.execute(insert(recordings).values(**row))
        outcome, _ = ask(catalog, home, Route(provider, "m"), privacy="standard")
    assert not outcome.accepted
    assert not provider.calls


def test_a_redirect_of_the_local_server_is_not_followed(home: Path, trap: Wire) -> None:
    with Wire(redirect=f"{trap.url}/elsewhere").running() as local, a_catalog(home) as catalog:
        outcome, ports = ask(
            catalog, home, a_route(a_provider("local", local.base("local", "redirect"))), privacy="local_only"
        )
    assert not outcome.accepted, "the caller uses its fallback"
    assert {a.outcome for a in outcome.attempts} == {"bad_response"}
    assert ports == {port(local)}
    assert trap.contacts == []


def test_with_a_dead_local_server_a_private_memo_is_sent_nowhere(home: Path, trap: Wire) -> None:
    with Wire().running() as gone:
        address = gone.base("local")
    with Wire().running() as cloud, a_catalog(home) as catalog:
        routes = (a_route(a_provider("openai", cloud.base("openai"))), a_route(a_provider("local", address)))
        outcome, ports = ask(catalog, home, *routes, privacy="local_only")
    assert not outcome.accepted
    assert ports <= {port(gone)}
    assert (cloud.contacts, trap.contacts) == ([], [])


@pytest.mark.parametrize("kind", [*HOSTED, "local"])
def test_an_ordinary_memo_goes_to_the_address_in_the_settings_with_its_own_key(
    home: Path, trap: Wire, kind: str
) -> None:
    with Wire().running() as cloud, a_catalog(home) as catalog:
        outcome, ports = ask(catalog, home, a_route(a_provider(kind, cloud.base(kind))), privacy="standard")
    assert outcome.accepted
    assert ports == {port(cloud)}
    assert trap.contacts == []
    assert "sk-of-the-environment" not in str(cloud.seen[0].headers)


@pytest.mark.parametrize("kind", [*HOSTED, "local"])
def test_neither_words_nor_keys_are_logged_at_any_level(
    home: Path, trap: Wire, kind: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with Wire().running() as cloud, a_catalog(home) as catalog:
        for scenario in ("ok", "e401", "schema", "outerbad"):
            route = a_route(a_provider(kind, cloud.base(kind, scenario), name=f"{kind}-{scenario}"))
            ask(catalog, home, route, privacy="standard", recording=scenario)
        rows = [explain(catalog, scenario) for scenario in ("ok", "e401", "schema", "outerbad")]
        said = caplog.text + "".join(capfd.readouterr()) + str(rows)
    assert len(cloud.seen) >= 4
    assert "Zanzibar" not in said
    assert "watered" not in said
    assert "sk-test" not in said


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_loopback_is_local(host: str) -> None:
    assert is_local(host, ())


@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",
        "192.168.1.5",
        "10.0.0.1",
        "ollama",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "169.254.1.1",
        "2130706433",
    ],
)
def test_nothing_else_is_local_unless_the_settings_trust_it(host: str) -> None:
    assert not is_local(host, ())
    assert is_local(host, {host}) == bool(host)


def test_a_trusted_host_may_see_private_memos(home: Path) -> None:
    provider = ScriptedProvider(lambda _: GOOD, name="nas", host="nas.home")
    with a_catalog(home) as catalog:
        trusted, _ = ask(
            catalog, home, Route(provider, "m", local=True), privacy="local_only", allowed_hosts=frozenset({"nas.home"})
        )
    assert trusted.accepted


def test_a_private_answer_is_stored_in_the_home_even_where_the_store_is_a_bucket(home: Path, tmp_path: Path) -> None:
    provider = ScriptedProvider(lambda _: GOOD, name="local")
    with a_catalog(home) as catalog:
        router = Router([Route(provider, "m", local=True)], catalog, Store(str(tmp_path / "bucket"), home, 5))
        router.ask(a_request("r1", privacy="local_only"), accept)
        router.ask(a_request("r2"), accept)
        router.close()
    assert [path.parent.name for path in (tmp_path / "bucket").rglob("*.json")] == ["r2"]
    assert [path.parent.name for path in (home / "answers").rglob("*.json")] == ["r1"]
