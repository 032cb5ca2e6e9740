"""The real servers that other tests use do answer."""

from collections.abc import Callable

from sqlalchemy import create_engine, text
from upath import UPath


def test_postgresql_answers_over_the_driver_that_dagster_uses(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1
    engine.dispose()


def test_two_databases_share_nothing(new_postgres_database: Callable[[], str]) -> None:
    first, second = (create_engine(new_postgres_database()) for _ in range(2))
    with first.begin() as connection:
        connection.execute(text("create table memo (id int)"))
    with second.connect() as connection:
        assert connection.execute(text("select to_regclass('memo')")).scalar_one() is None
    first.dispose()
    second.dispose()


def test_a_bucket_returns_the_bytes_it_was_given(gcs_bucket: str) -> None:
    document = UPath(gcs_bucket) / "audio" / "memo.m4a"
    document.write_bytes(b"\x00\x01spoken")
    assert document.read_bytes() == b"\x00\x01spoken"
    assert [child.name for child in (UPath(gcs_bucket) / "audio").iterdir()] == ["memo.m4a"]


def test_googles_own_client_reaches_the_same_bucket(gcs_bucket: str) -> None:
    from google.cloud import storage

    (UPath(gcs_bucket) / "page.md").write_bytes(b"text")
    client = storage.Client(project="test")
    assert client.bucket(gcs_bucket.removeprefix("gs://")).blob("page.md").download_as_bytes() == b"text"
