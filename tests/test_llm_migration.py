"""A catalog of an older version gets the ledger's tables, and they are the ones that the code describes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

import diary_pipeline.catalog
from diary_pipeline.catalog.database import HEAD, Database
from diary_pipeline.catalog.tables import metadata
from diary_pipeline.errors import UserError

SCRIPTS = Path(diary_pipeline.catalog.__file__).parent / "migrations"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, home: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{home / 'catalog.db'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return make()


def test_threads_of_one_process_may_open_catalogs_at_the_same_moment(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def opened(number: int) -> str:
        database = Database(f"sqlite:///{tmp_path / f'{number % 6}.db'}", 20)  # two pairs share a file
        together.wait()
        database.migrate()
        with database.reading() as connection:
            found = connection.execute(text("SELECT version_num FROM diary_version")).scalar_one()
        database.close()
        return str(found)

    with ThreadPoolExecutor(8) as threads:
        for _ in range(3):
            assert set(threads.map(opened, range(8))) == {HEAD}
            for file in tmp_path.glob("*.db*"):
                file.unlink()


def test_a_new_catalog_may_be_opened_by_many_at_the_same_moment(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def opened(url: str) -> None:
        database = Database(url, 20)
        together.wait()
        database.migrate()
        database.close()

    with ThreadPoolExecutor(8) as threads:
        for number in range(40):
            list(threads.map(opened, [f"sqlite:///{tmp_path / f'{number}.db'}"] * 8))


def test_an_older_catalog_is_brought_to_the_shape_that_the_code_describes(url: str) -> None:
    database = Database(url, 20)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database.migrate()
    with database.reading() as connection:
        names = set(database.engine.dialect.get_table_names(connection))
        differences: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
    database.close()
    assert {"llm_calls", "llm_spending", "llm_batches", "recordings", "attempts"} <= names
    assert [
        d
        for d in differences
        if d[0] in ("add_table", "add_column", "remove_column", "add_index", "remove_index")
        and not (d[0] == "remove_index" and d[1].table.name == "search_entries")  # PostgreSQL's alone
    ] == []


def test_a_catalog_older_than_the_table_of_versions_is_adopted(url: str) -> None:
    database = Database(url, 20)
    database.migrate()
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE alembic_version AS SELECT version_num FROM diary_version"))
        connection.execute(text("DROP TABLE diary_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('5f3c-another-program')"))
    database.migrate()
    with database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM diary_version")).scalars().all() == [HEAD]
        others = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    database.close()
    assert others == ["5f3c-another-program"], "another program's version is not touched"


def test_a_catalog_of_a_newer_version_is_not_changed_and_is_named(url: str) -> None:
    database = Database(url, 20)
    database.migrate()
    with database.writing() as connection:
        connection.execute(text("UPDATE diary_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="newer version of diary-pipeline"):
        database.migrate()
    database.close()
