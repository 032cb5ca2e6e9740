"""Dagster with its instance on PostgreSQL, the catalog there too, and documents and tables in a bucket."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import pytest
from upath import UPath

from assets.partitions import PARTITION
from definitions import build_defs
from deploy.dagster.home import environment, prepare
from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from jobs.jobs import ARRIVALS
from tests.dagster_world import Ticks, World
from tests.memos import day_names, memos

DAY = "2026-03-14"


@pytest.mark.timeout(40)
def test_a_day_through_dagster_with_postgresql_for_runs_and_catalog_and_a_bucket_for_documents(
    home: Path, postgres_url: str, gcs_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = urlsplit(postgres_url)
    for name, value in {
        "HOST": server.hostname,
        "PORT": str(server.port),
        "USER": server.username,
        "PASSWORD": "unused",
        "DB": server.path[1:],
    }.items():
        monkeypatch.setenv(f"DIARY_PG_{name}", value or "")
    memos(home / "inbox", day_names(DAY, 3))
    settings = Settings.load(
        home=home, store=f"{gcs_bucket}/diary", catalog=postgres_url, timezone="UTC", settle_seconds=0
    )
    engine = ScriptedEngine(lambda identity: [f"This is what {identity} says."])
    diary = open_diary(settings, engine)
    with dg.DagsterInstance.from_config(str(prepare(home, "dagster-postgres.yaml"))) as instance:
        assert (
            "postgresql" in str(instance.run_storage.__class__).lower()
            or "postgres" in type(instance.run_storage).__module__
        )
        resource = dg.ResourceDefinition.hardcoded_resource(diary)
        job = build_defs(settings, engine, diary=resource).resolve_job_def(ARRIVALS)
        result = job.execute_in_process(instance=instance, tags={PARTITION: DAY}, partition_key=DAY)
        assert result.success
        assert instance.get_materialized_partitions(dg.AssetKey("diary_days")) == {DAY}
        ticks = Ticks(World(instance, diary))
        assert ticks.tick() == "0 days were made elsewhere; 0 wait."
        memos(home / "inbox", ["2026-03-15 08.00.wav"])
        pipeline.process(diary)
        assert ticks.tick() == "1 days were made elsewhere; 0 wait."
        assert instance.get_materialized_partitions(dg.AssetKey("diary_days")) == {DAY, "2026-03-15"}
        assert diary.catalog.queue.arrived() == {}
    page = (UPath(gcs_bucket) / "diary" / "days" / "me" / f"{DAY}.md").read_text()
    assert page.count("This is what") == 2 * 3
    assert _done_by_table(home, gcs_bucket) == 3
    diary.close()


def _done_by_table(home: Path, bucket: str) -> int:
    """How many recordings of the day are done by the day table in the bucket."""
    import duckdb

    frames = {
        name: (UPath(bucket) / "diary" / "tables" / name / f"{DAY}.parquet").read_bytes()
        for name in ("recordings", "diary_days")
    }
    for name, data in frames.items():
        (home / "tables" / name).mkdir(parents=True)
        (home / "tables" / name / f"{DAY}.parquet").write_bytes(data)
    with duckdb.connect() as connection:
        done = "select count(*) from read_parquet(?) where state = 'done'"
        found = connection.execute(done, [str(home / "tables" / "recordings" / "*.parquet")]).fetchone()
    return int(found[0]) if found else 0


@pytest.mark.parametrize("instance", ["dagster.yaml", "dagster-postgres.yaml"])
def test_an_instance_file_that_is_there_already_stays(home: Path, instance: str) -> None:
    (home / "dagster").mkdir()
    (home / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false} # mine\n")
    assert prepare(home, instance) == home / "dagster"
    assert "# mine" in (home / "dagster" / "dagster.yaml").read_text()


@pytest.mark.slow
def test_several_processes_may_open_a_prepared_instance_at_once(home: Path) -> None:
    prepare(home)
    code = "import dagster as dg; i = dg.DagsterInstance.get(); i.get_runs(limit=1); i.all_asset_keys()"
    opened = [subprocess.Popen([sys.executable, "-c", code], env={"PATH": "", **environment(home)}) for _ in range(4)]
    assert [process.wait(120) for process in opened] == [0] * 4
