"""Settings in, a wired `Diary` out: the only place that chooses implementations."""

from collections.abc import Callable
from functools import partial

from diary_pipeline.catalog import Catalog
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.llm import Router
from diary_pipeline.llm.routes import build, policy
from diary_pipeline.media import MediaLimits, MediaReader
from diary_pipeline.notes.extract.spelling import spellings
from diary_pipeline.notes.note_writer import NoteWriter
from diary_pipeline.notes.style import load_style
from diary_pipeline.pipeline import Diary
from diary_pipeline.schema import Stage
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.transcribe.chain import EngineContext
from diary_pipeline.transcribe.devices import leased_device
from diary_pipeline.transcribe.engine import Engine
from diary_pipeline.transcribe.options import SHORT_INPUT_MODELS, Options, Plan
from diary_pipeline.transcribe.resident import RESIDENT
from diary_pipeline.transcribe.weights import describe, locate
from diary_pipeline.transcribe.whisper import WhisperEngine
from diary_pipeline.vocabulary import entries, names_of


def open_diary(settings: Settings, engine: Engine | None = None, router: Router | None = None) -> Diary:
    """Connect the catalog and the store and choose engine and router (or take the ones given).

    Loads no model, connects to none.
    """
    settings.root.mkdir(parents=True, exist_ok=True)
    engine = engine or new_engine(settings)
    catalog, store = open_catalog(settings), open_store(settings)
    writer = new_writer(settings, router or new_router(settings, catalog, store))
    return Diary(
        settings=settings,
        catalog=catalog,
        store=store,
        engine=engine,
        writer=writer,
        fingerprints=new_fingerprints(settings, engine, writer),
        new_reader=reader_factory(settings),
        each_beat=lambda: RESIDENT.unload_idle(settings.unload_after_seconds),
    )


def open_catalog(settings: Settings) -> Catalog:
    """Connect to the catalog and bring its tables up to date."""
    return Catalog.open(
        settings.catalog_url, timeout_seconds=settings.catalog_timeout_seconds, lease_seconds=settings.lease_seconds
    )


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
        describe=lambda: describe(model, home),
        context=EngineContext(
            memory_mb=settings.memory_mb,
            lease=lambda: leased_device(settings),
            endpoint=settings.speech_endpoint,
            trusted_hosts=settings.llm.allowed_hosts,
            private_phrases=settings.private_phrases,
        ),
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


def new_router(settings: Settings, catalog: Catalog, store: Store) -> Router:
    """The router over the models that the settings name; connects to none of them yet."""
    return Router(build(settings.llm, settings.llm_keys), catalog, store, policy(settings.llm))


def new_writer(settings: Settings, router: Router | None) -> NoteWriter:
    """Who writes notes, in which styles."""
    styles = {
        name: load_style(author.note_style, settings.root)
        for name, author in settings.authors.items()
        if author.note_style
    }
    return NoteWriter(
        style=load_style(settings.note_style, settings.root),
        styles=styles,
        router=router,
        deadline_seconds=settings.llm.deadline_seconds,
        nightly_deadline_seconds=settings.llm.nightly_deadline_seconds,
        spellings=lambda recording: spellings(entries(settings.root, recording.author), recording.day),
        vocabulary=partial(names_of, settings.root),
    )


def new_fingerprints(settings: Settings, engine: Engine, writer: NoteWriter) -> Fingerprints:
    """What decides each stage's output under these settings."""
    own = {author: style.sha256 for author, style in writer.styles.items()}
    return Fingerprints(
        settings,
        engine.identity,
        lambda: writer.identity(None if writer.router else settings.llm.routes),
        own,
        writer.spellings,
    )


def code_versions(settings: Settings, engine: Engine | None = None) -> dict[Stage, str]:
    """What Dagster shows as the version of each stage's code, without opening the catalog, the store or a model.

    Each holds the ones before it: another model makes transcripts, and so notes and pages, pending.
    """
    return new_fingerprints(settings, engine or new_engine(settings), new_writer(settings, None)).chained


def reader_factory(settings: Settings) -> Callable[[], MediaReader]:
    """Makes readers of unchecked audio with the limits of the settings."""
    limits = MediaLimits(
        max_seconds=settings.max_recording_hours * 3600,
        max_bytes=settings.max_recording_mb * 1_000_000,
        memory_mb=settings.decode_memory_mb,
        timeout_seconds=settings.decode_timeout_seconds,
    )
    return lambda: MediaReader(limits)
