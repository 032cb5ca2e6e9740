"""The report on each model and each version of a prompt, from the ledger."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from diary_pipeline.llm import AnswerVerdict, report
from diary_pipeline.llm.provider import NANO, Route
from diary_pipeline.net.failures import ProviderError
from diary_pipeline.testing.provider import ScriptedProvider
from tests.asking import TOKEN_PRICE, Note, a_catalog, a_request, a_router
from tests.command import diary
from tests.test_schemas import checked

DAY = date(2026, 3, 14)


def judged(note: Note) -> AnswerVerdict:
    if note.title == "half":
        return AnswerVerdict(note, ("not so",), ("number",), score=0.5, omitted=0.25)
    return AnswerVerdict(note, score=1.0, omitted=0.0)


def test_a_report_has_a_line_for_each_model_and_version_with_scores_fallbacks_tokens_and_dollars(home: Path) -> None:
    def weak(call: Any) -> Any:
        if "(r3)" in call.turns[0].text:
            return ProviderError("server", "500")
        return {"title": "half" if "(r2)" in call.turns[0].text else "good", "lines": []}

    routes = [
        Route(ScriptedProvider(weak, name="weak", cost=TOKEN_PRICE), "m"),
        Route(ScriptedProvider(lambda _: {"title": "good", "lines": []}, name="strong", cost=TOKEN_PRICE), "m"),
    ]
    with a_catalog(home) as catalog, a_router(catalog, home, *routes) as router:
        for name in ("r1", "r2", "r3"):
            assert router.ask(a_request(name, day=DAY, version="7"), judged).accepted
        assert router.ask(a_request("r4", day=DAY, version="8"), judged).accepted
        rows = router.ledger.rows()
        first, *others = report(catalog, [DAY])
        assert (first.route, first.prompt, first.asked, first.accepted, first.fallback_rate) == (
            "weak/m",
            "7",
            3,
            1,
            0.667,
        )
        assert (first.evidence_score, first.also_said) == (0.667, 0.167), (
            "one right answer, and one that no repair made better"
        )
        assert {(line.route, line.prompt, line.asked, line.fallback_rate) for line in others} == {
            ("strong/m", "7", 2, 0.0),
            ("weak/m", "8", 1, 0.0),
        }
        assert sum(round(line.dollars * NANO) for line in (first, *others)) == sum(row["settled"] for row in rows)
        assert sum(line.input_tokens for line in (first, *others)) == sum(row["input_tokens"] or 0 for row in rows)
        assert report(catalog, [date(2026, 3, 15)]) == []
    answer = diary(home, "report", "--json")
    (first_reported, *_) = checked("report", answer)["models"]
    assert (first_reported["route"], first_reported["prompt"]) == ("weak/m", "7")
    assert "weak/m" in diary(home, "report").out
    assert json.loads(answer.out)["models"][0]["trial"] is False
