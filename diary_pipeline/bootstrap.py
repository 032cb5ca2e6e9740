"""Settings in, a wired `Diary` out: the only place that chooses implementations.

Engine, writer and router are made, and their modules imported, when they are first needed: reading a diary needs none.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diary_pipeline.catalog import Catalog
from diary_pipeline.diary import Diary
from diary_pipeline.errors import TransientError
from diary_pipeline.file_names import readable
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.notes.style import Style, load_style
from diary_pipeline.notes.writer_identity import writer_identity
from diary_pipeline.schema import Recording, Stage
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.vocabulary import entries, memo_time, names_of

if TYPE_CHECKING:
    from diary_pipeline.llm import Router
    from diary_pipeline.media import MediaReader
    from diary_pipeline.notes.note_writer import NoteWriter
    from diary_pipeline.transcribe.engine import Engine
    from diary_pipeline.transcribe.options import Options
    from diary_pipeline.transcribe.whisper import WhisperEngine


Styles = Callable[[str], Style]


def open_diary(settings: Settings, engine: "Engine | None" = None, router: "Router | None" = None) -> Diary:
    """Connect the catalog and the store; choose engine and router, or take the ones given.

    No model is loaded and no provider connected. Close the diary, or use it as a context manager.

    Raises:
        UserError: a setting cannot be used.
        TransientError: the catalog or the store cannot be reached.
    """
    _make_home(settings.root)
    catalog, store = open_catalog(settings), open_store(settings)

    styles = style_loader(settings)

    @cache
    def the_engine() -> "Engine":
        return engine or new_engine(settings)

    @cache
    def the_router() -> "Router | None":
        return router or new_router(settings, catalog, store)

    @cache
    def the_writer() -> "NoteWriter":
        return new_writer(settings, the_router(), styles)

    def close_router(wait: bool) -> None:  # noqa: FBT001 - the callback's only argument
        if the_router.cache_info().currsize and (used := the_router()) is not None:
            used.close(wait=wait)

    return Diary(
        settings=settings,
        catalog=catalog,
        store=store,
        fingerprints=new_fingerprints(settings, styles, the_engine, the_router),
        new_engine=the_engine,
        new_writer=the_writer,
        new_router=the_router,
        new_reader=reader_factory(settings),
        close_router=close_router,
        on_heartbeat=partial(_unload_idle_model, settings.unload_after_seconds),
        reopen=partial(open_diary, settings, engine, router),
        free_memory=_unload_model,
    )


def _make_home(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TransientError(
            f"The home {readable(str(root))} cannot be made: {error.strerror}. Set DIARY_HOME to a folder of yours."
        ) from error


def _unload_idle_model(seconds: float) -> bool:
    from diary_pipeline.transcribe.resident import RESIDENT

    return RESIDENT.unload_idle(seconds)


def _unload_model() -> None:
    from diary_pipeline.transcribe.resident import RESIDENT

    RESIDENT.unload()


def open_catalog(settings: Settings) -> Catalog:
    """Connect to the catalog and bring its tables up to date."""
    return Catalog.open(
        settings.catalog_url,
        timeout_seconds=settings.catalog_timeout_seconds,
        lease_seconds=settings.lease_seconds,
        threads=settings.llm.notes_at_once,
    )


def open_store(settings: Settings) -> Store:
    """The store, once it has answered."""
    return Store(settings.store_url, settings.root, settings.store_timeout_seconds)


def new_engine(settings: Settings) -> "WhisperEngine":
    """The speech engine that the settings ask for; its weights are located when they are needed."""
    from diary_pipeline.transcribe.chain import EngineContext
    from diary_pipeline.transcribe.devices import leased_device
    from diary_pipeline.transcribe.options import Plan
    from diary_pipeline.transcribe.weights import aligning_weights, describe, locate
    from diary_pipeline.transcribe.whisper import WhisperEngine

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
            aligning_weights=lambda language: aligning_weights(language, home),
        ),
    )


def _options(settings: Settings, model: str) -> "Options":
    """The decoding options for a model of that name."""
    from diary_pipeline.transcribe.options import SHORT_INPUT_MODELS, Options

    short = settings.short_input == "on" or (settings.short_input == "auto" and model in SHORT_INPUT_MODELS)
    return Options(
        beam_size=settings.beam_size,
        short_input=short,
        task="translate" if settings.translate else "transcribe",
        initial_prompt=settings.initial_prompt,
    )


def new_router(settings: Settings, catalog: Catalog, store: Store) -> "Router | None":
    """The router over the models that the settings name, not connected yet.

    None where they name none, and no provider has diary text in a batch that is to be deleted there.
    """
    if not settings.llm.routes and not settings.llm.shadows and not catalog.queue.batches_at_providers():
        return None
    from diary_pipeline.llm import Router
    from diary_pipeline.llm.routes import build, policy, provider_again

    routes, again = build(settings.llm, settings.llm_keys), provider_again(settings.llm, settings.llm_keys)
    return Router(routes, catalog, store, policy(settings.llm), provider_again=again)


def new_writer(settings: Settings, router: "Router | None", styles: Styles) -> "NoteWriter":
    """The writer of notes, with each author's style."""
    from diary_pipeline.notes.note_writer import NoteWriter

    return NoteWriter(
        style=styles(settings.note_style),
        styles={name: styles(author.note_style) for name, author in settings.authors.items() if author.note_style},
        router=router,
        deadline_seconds=settings.llm.deadline_seconds,
        nightly_deadline_seconds=settings.llm.nightly_deadline_seconds,
        spellings=partial(_spellings, settings.root),
        vocabulary=partial(names_of, settings.root),
    )


def style_loader(settings: Settings) -> Styles:
    """Loads note styles by name, each once: the writer must use the very text that is in the fingerprint."""
    return cache(lambda name: load_style(name, settings.root))


def _spellings(root: Path, recording: Recording) -> Mapping[str, str]:
    """Recognised words to the names that the recording's author spells instead."""
    known = entries(root, recording.author)
    if not known:
        return {}
    from diary_pipeline.notes.extract.spelling import spellings

    return spellings(known, recording.day, memo_time(recording.recorded_at))


def new_fingerprints(
    settings: Settings,
    styles: Styles,
    engine: "Callable[[], Engine]",
    router: "Callable[[], Router | None]" = lambda: None,
) -> Fingerprints:
    """What decides each stage's output under these settings; without a router, the settings' routes are meant."""

    def style_sha256(author: str) -> str | None:
        known = settings.authors.get(author)
        return styles(known.note_style).sha256 if known and known.note_style else None

    def writer() -> Mapping[str, Any]:
        used = router()
        routes = [route.name for route in used.routes] if used else settings.llm.routes
        return writer_identity(styles(settings.note_style), routes)

    return Fingerprints(
        settings,
        lambda: engine().identity(),
        writer,
        style_sha256,
        partial(_spellings, settings.root),
    )


def code_versions(settings: Settings, engine: "Engine | None" = None) -> dict[Stage, str]:
    """What Dagster shows as the version of each stage's code, without opening the catalog, the store or a model.

    Each holds the ones before it: another model makes transcripts, and so notes and pages, pending.
    """
    made_engine = engine or new_engine(settings)
    return new_fingerprints(settings, style_loader(settings), lambda: made_engine).chained


def reader_factory(settings: Settings) -> "Callable[[], MediaReader]":
    """Makes readers of unchecked audio with the limits of the settings."""

    def new_reader() -> "MediaReader":
        from diary_pipeline.media import MediaLimits, MediaReader
        from diary_pipeline.transcribe.speech import find_speech

        limits = MediaLimits(
            max_seconds=settings.max_recording_hours * 3600,
            max_bytes=settings.max_recording_mb * 1_000_000,
            memory_mb=settings.decode_memory_mb,
            timeout_seconds=settings.decode_timeout_seconds,
        )
        return MediaReader(limits, find_speech)

    return new_reader
