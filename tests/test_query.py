"""`diary query`: SQL over day tables that the command line writes too, and that sees nothing else."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.diary import Diary
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.day_tables import ASSETS
from diary_pipeline.views.query import VIEWS, plain, queried
from diary_pipeline.views.refresh import refresh
from tests.command import diary as command
from tests.memos import memos, tone
from tests.test_schemas import validator

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("2026-03-14 08.00.wav", "2026-03-14 09.00.wav", "2026-03-15 08.00.wav", "anna/2026-04-01 08.00.wav")
PRIVATE = recording_id("me", NAMES[1], 1)
SENTENCE = "I have to call the dentist on Monday."
FORBIDDEN = (
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('{home}/days/me/2026-03-14.md')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'https://example.org/a.parquet'",
    "SELECT * FROM read_parquet('{home}/tables/recordings/2026-03-14.parquet')",
    "COPY (SELECT 1) TO '{home}/stolen.csv'",
    "COPY days TO '{home}/stolen.parquet'",
    "ATTACH '{home}/catalog.db'",
    "ATTACH ':memory:' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CREATE TABLE mine AS SELECT 1",
    "DROP VIEW days",
    "DELETE FROM days",
    "EXPORT DATABASE '{home}/stolen'",
    "SELECT 1; DROP VIEW days",
    "SELECT * FROM diary",
    "SELECT * FROM connection",
    "",
    ";",
    "SELEC 1",
    "SELECT nothing FROM days",
    "SELECT CAST(recording AS INTEGER) FROM recordings",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose memos the command's own functions have processed; one memo is private."""
    home = tmp_path_factory.mktemp("asked") / "home"
    memos(home / "inbox", list(NAMES))
    with opened(home) as diary:
        pipeline.process(diary)
        pipeline.set_privacy(diary, PRIVATE, "local_only")
        pipeline.process(diary)
        refresh(diary)
    return home


@pytest.fixture(scope="module")
def diary(home: Path) -> Iterator[Diary]:
    with opened(home) as diary:
        yield diary


def opened(home: Path, **settings: Any) -> Diary:
    given = Settings.load(home=home, timezone="UTC", settle_seconds=0, authors={"anna": {}}, **settings)
    return open_diary(given, ScriptedEngine(lambda _: [SENTENCE], model="script"))


def rows(diary: Diary, statement: str) -> list[list[Any]]:
    with queried(diary, statement) as found:
        return [[plain(value) for value in row.values()] for batch in found.batches for row in batch.to_pylist()]


def test_a_run_without_dagster_writes_the_tables_and_they_say_what_status_says(home: Path, diary: Diary) -> None:
    days = {"2026-03-14.parquet", "2026-03-15.parquet", "2026-04-01.parquet"}
    assert all({file.name for file in (home / "tables" / asset).iterdir()} == days for asset in ASSETS)
    assert rows(diary, "SELECT day, count(*), sum(seconds) > 0 FROM recordings GROUP BY day ORDER BY day") == [
        ["2026-03-14", 2, True],
        ["2026-03-15", 1, True],
        ["2026-04-01", 1, True],
    ]
    assert rows(diary, "SELECT DISTINCT state FROM recordings") == [["done"]]
    assert rows(diary, "SELECT sum(words), max(author) FROM days WHERE day >= '2026-04-01'")[0][1] == "anna"


def test_the_tables_follow_what_changes_and_what_is_taken_away(home: Path, diary: Diary) -> None:
    identity = recording_id("me", NAMES[2], 1)
    asked = f"SELECT privacy FROM recordings WHERE recording = '{identity}'"
    diary.catalog.recordings.update(identity, privacy="local_only")
    assert rows(diary, asked) == [["local_only"]]
    diary.catalog.recordings.update(identity, privacy="standard")
    (home / "tables" / "recordings" / "2026-03-15.parquet").unlink()
    assert rows(diary, asked) == [["standard"]]


def test_only_the_days_that_are_asked_for_are_read(home: Path, diary: Diary) -> None:
    rows(diary, "SELECT 1")
    broken = home / "tables" / "days"
    file = home / "tables" / "diary_days" / "2026-04-01.parquet"
    whole = file.read_bytes()
    file.write_bytes(b"no table")
    try:
        for where in ("day = '2026-03-14'", "day BETWEEN '2026-03-14' AND '2026-03-31'", "day < '2026-04-01'"):
            assert rows(diary, f"SELECT DISTINCT author FROM days WHERE {where}") == [["me"]]
    finally:
        file.write_bytes(whole)
    assert not broken.exists()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_statement_reads_the_views_and_nothing_else(statement: str, diary: Diary, home: Path) -> None:
    before = sorted(home.rglob("*"))
    with pytest.raises(UserError) as caught:
        rows(diary, statement.format(home=home))
    assert "dentist" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert PRIVATE not in str(caught.value)
    assert sorted(home.rglob("*")) == before


def test_no_column_holds_diary_text(diary: Diary) -> None:
    found = str([rows(diary, f"SELECT * FROM {view}") for view in VIEWS])
    assert PRIVATE in found
    assert "dentist" not in found.lower()


def test_the_answer_comes_as_table_csv_json_and_parquet(home: Path, tmp_path: Path) -> None:
    statement = "SELECT day, author, words, NULL AS none FROM days WHERE day < '2026-04-01' ORDER BY day"
    table, listed = command(home, "query", statement), command(home, "query", statement, "--format", "csv")
    assert (table.code, listed.code) == (0, 0), table.err + listed.err
    assert table.out.split()[:4] == ["day", "author", "words", "none"]
    read = list(csv.DictReader(io.StringIO(listed.out)))
    assert [row["day"] for row in read] == ["2026-03-14", "2026-03-15"]
    answer = command(home, "query", statement, "--json").json
    assert list(validator("query").iter_errors(answer)) == []
    assert [row[:2] for row in answer["rows"]] == [["2026-03-14", "me"], ["2026-03-15", "me"]]
    file = tmp_path / "answer.parquet"
    assert command(home, "query", statement, "--format", "parquet", "--output", file).code == 0
    assert pq.read_table(file).column_names == ["day", "author", "words", "none"]
    refused = command(home, "query", "DROP VIEW days", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "UserError")
    assert json.loads(command(home, "query", "SELECT 0.1::DECIMAL(3,1) a, 'nan'::FLOAT b", "--json").out)["rows"] == [
        [0.1, None]
    ]


def test_rows_about_private_memos_are_not_in_a_bucket_but_in_the_answer(home: Path, gcs_bucket: str) -> None:
    home = home.parent / "bucket"
    for number, name in enumerate(NAMES):
        tone(home / "inbox" / name, hertz=300 + 100 * number)
    with opened(home, store=f"{gcs_bucket}/diary") as diary:
        pipeline.process(diary)
        pipeline.set_privacy(diary, PRIVATE, "local_only")
        pipeline.process(diary)
        refresh(diary)
        assert len(rows(diary, "SELECT * FROM recordings")) == len(NAMES)
        assert rows(diary, "SELECT count(*) FROM notes WHERE day BETWEEN '2026-03-14' AND '2026-03-14'") == [[2]]
        outside = [diary.store.root / "tables" / asset / "2026-03-14.parquet" for asset in ASSETS[:3]]
        names = [pq.read_table(io.BytesIO(file.read_bytes()))["recording"].to_pylist() for file in outside]
        assert names == [[recording_id("me", NAMES[0], 1)]] * 3
        (private,) = pq.read_table(home / "tables" / "recordings" / "2026-03-14.parquet")["recording"].to_pylist()
        assert private == PRIVATE


def examples() -> list[str]:
    """The statements of the documentation."""
    return [
        block.partition("```")[0].strip()
        for block in (ROOT / "docs" / "query.md").read_text("utf-8").split("```sql\n")[1:]
    ]


@pytest.mark.parametrize("statement", examples(), ids=range(len(examples())))
def test_the_examples_of_the_documentation_work(statement: str, diary: Diary) -> None:
    assert rows(diary, statement)


def test_the_documentation_names_every_column(diary: Diary) -> None:
    text = (ROOT / "docs" / "query.md").read_text("utf-8")
    for view in VIEWS:
        part = text.partition(f"## {view}\n")[2].partition("\n## ")[0]
        for column, *_ in rows(diary, f"DESCRIBE {view}"):
            assert f"| `{column}` |" in part, f"{view}.{column}"


def test_a_damaged_table_is_told_and_written_anew(home: Path, diary: Diary) -> None:
    (home / "tables" / "diary_days" / "2026-04-01.parquet").write_bytes(b"no table")
    with pytest.raises(TransientError, match="writes all tables anew"):
        rows(diary, "SELECT * FROM days")
    assert len(rows(diary, "SELECT * FROM days")) == 3
