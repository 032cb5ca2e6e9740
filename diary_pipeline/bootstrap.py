"""Settings in, a wired `Diary` out: the only place that chooses implementations."""

from collections.abc import Callable
from typing import Any

from diary_pipeline.catalog import Catalog
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.media import MediaLimits, MediaReader
from diary_pipeline.notes.stage import writer_identity
from diary_pipeline.notes.style import Style, load_style
from diary_pipeline.pipeline import Diary
from diary_pipeline.schema import Stage
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.transcribe.engine import Engine
from diary_pipeline.transcribe.options import SHORT_INPUT_MODELS, Options, Plan
from diary_pipeline.transcribe.weights import describe, locate
from diary_pipeline.transcribe.whisper import WhisperEngine


def open_diary(settings: Settings, engine: Engine | None = None) -> Diary:
    """Connect the catalog and the store and choose the engine (or take *engine*). Loads no model."""
    settings.root.mkdir(parents=True, exist_ok=True)
    engine = engine or new_engine(settings)
    style = load_style(settings.note_style, settings.root)
    return Diary(
        settings=settings,
        catalog=open_catalog(settings),
        store=open_store(settings),
        engine=engine,
        style=style,
        fingerprints=new_fingerprints(settings, engine, style),
        new_reader=reader_factory(settings),
    )


def open_catalog(settings: Settings) -> Catalog:
    """Connect to the catalog and bring its tables up to date."""
    return Catalog.open(settings.catalog_url, timeout_seconds=settings.catalog_timeout_seconds, lease_seconds=settings.lease_seconds)


def open_store(settings: Settings) -> Store:
    """The store, after a look whether it answers."""
    return Store(settings.store_url, settings.root, settings.store_timeout_seconds)


def new_engine(settings: Settings) -> WhisperEngine:
    """The speech engine that the settings ask for; its weights are looked for when they are needed."""
    model, home = settings.whisper_model, settings.root
    return WhisperEngine(
        lambda: locate(model, home),
        options=lambda name: _options(settings, name),
        plan=Plan(settings.batch_size, settings.look_ahead, settings.preparation_threads),
        device=settings.device,
        threads=settings.threads,
        described=lambda: describe(model, home),
    )


def _options(settings: Settings, model: str) -> Options:
    """What is asked of a model of that name."""
    short = settings.short_input == "on" or (settings.short_input == "auto" and model in SHORT_INPUT_MODELS)
    return Options(
        beam_size=settings.beam_size,
        short_input=short,
        task="translate" if settings.translate else "transcribe",
        initial_prompt=settings.initial_prompt,
    )


def new_fingerprints(settings: Settings, engine: Engine, style: Style) -> Fingerprints:
    """What decides each stage's output under these settings."""

    def writer() -> dict[str, Any]:
        return dict(writer_identity(style))

    return Fingerprints(settings, engine.identity, writer)


def code_versions(settings: Settings, engine: Engine | None = None) -> dict[Stage, str]:
    """The global part of every stage's fingerprint, without opening the catalog, the store or a model."""
    style = load_style(settings.note_style, settings.root)
    return new_fingerprints(settings, engine or new_engine(settings), style).code_versions


def reader_factory(settings: Settings) -> Callable[[], MediaReader]:
    """Makes readers of unchecked audio with the limits of the settings."""
    limits = MediaLimits(
        max_seconds=settings.max_recording_hours * 3600,
        max_bytes=settings.max_recording_mb * 1_000_000,
        memory_mb=settings.decode_memory_mb,
        timeout_seconds=settings.decode_timeout_seconds,
    )
    return lambda: MediaReader(limits)
