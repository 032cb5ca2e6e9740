"""One `Settings` object, built once per entry point and handed down; nothing else reads the environment.

Values come from, in this order: arguments, `DIARY_*` environment variables, `.env`, the home's `settings.toml`,
defaults.
"""

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import readable
from diary_pipeline.settings.checks import absolute, check_numbers, check_places, setting_name, unusable
from diary_pipeline.settings.clock import CalendarDay, ClockTime, TimeZone, local_zone
from diary_pipeline.settings.file import SettingsFile
from diary_pipeline.settings.llm import LlmSettings
from diary_pipeline.settings.speech_endpoint import SpeechEndpoint
from diary_pipeline.settings.unknown import check_arguments, without_unknown


def _level(name: str) -> str:
    if name.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        raise ValueError("is not a level; write DEBUG, INFO, WARNING or ERROR")
    return name


def _home(path: Any) -> Any:
    """An empty variable names no folder: it is as if it were not set."""
    return path if path != "" else _default_home()


def _default_home() -> Path:
    return Path.home() / "diary"


def _key(name: str) -> Any:
    """A provider's key, also under the name that its own tools use."""
    return Field(None, validation_alias=AliasChoices(f"{name}_api_key", f"DIARY_{name}_api_key"))


class Author(BaseModel):
    """What is known of one author. Empty fields fall back to the diary's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    timezone: TimeZone | None = None
    language: str | None = None
    note_style: str | None = None
    remote_speech: bool = False


class Settings(BaseSettings):
    """Everything that can be configured; the text under a field says what it means."""

    model_config = SettingsConfigDict(
        env_prefix="DIARY_",
        env_file=".env",
        frozen=True,
        extra="ignore",
        env_nested_delimiter="__",
    )

    home: Annotated[Path, BeforeValidator(_home)] = Field(default_factory=_default_home)
    """The folder that holds everything a person owns: inbox, pages, store, catalog, models, Dagster's files."""
    inbox: str = ""
    """Where new memos arrive: a folder or a gs:// address. Empty: `inbox` in the home."""
    store: str = ""
    """Root of all documents: a folder or a gs:// address. Empty: the home."""
    catalog: str = ""
    """SQLAlchemy URL of the catalog. Empty: SQLite in the home; PostgreSQL: postgresql+psycopg2://user@host/name."""

    timezone: TimeZone = Field(default_factory=local_zone)
    """The diary's time zone, for authors who have none of their own."""
    authors: dict[str, Author] = {}
    """Per author: timezone, language, note_style, remote_speech (may another machine transcribe their memos?)."""
    day_start: ClockTime = time(4)
    """When a diary day begins: a memo at 01:38 belongs to the day before. 4, "4:30" and 04:30:00 are times of day."""
    start_date: CalendarDay = date(2015, 1, 1)
    """The diary's first day. Memos dated earlier are kept and reported, not filed."""

    whisper_model: str = "auto"
    """An official model's name, a folder of weights, or auto (decided once by `diary setup`)."""
    beam_size: int = Field(5, ge=1)
    """Beams of Whisper's search; 1 is faster and half a point of word error rate worse."""
    batch_size: int = Field(8, ge=1)
    """Chunks of speech decoded together; more needs more memory and gains little on a CPU. A GPU wants 32 to 64."""
    look_ahead: int = Field(8, ge=1)
    """Batches of chunks to choose from, so that those of one length are decoded together; more delays the first
    transcript."""
    preparation_threads: int = Field(2, ge=1)
    """Threads that decode audio and find speech ahead of the model. A GPU wants 4 to 16."""
    short_input: Literal["auto", "on", "off"] = "auto"
    """Encode short memos without padding them to 30 s; auto: for models that were measured to lose no words by it."""
    translate: bool = False
    """Write English whatever is spoken; needs a multilingual model."""
    initial_prompt: str = ""
    """Text that Whisper takes for what was said before: style and spelling. It can be echoed, so empty."""
    hotwords: bool = False
    """Tell Whisper (no other machine) the names in `vocabulary.txt`, `vocabulary/AUTHOR.txt` and AUTHOR.learnt.txt.

    It seldom helps.
    """
    learn_names: bool = True
    """Where you correct a name on a page, remember it in `vocabulary/AUTHOR.learnt.txt`; later notes spell it so."""
    memory_mb: int = Field(0, ge=0)
    """Memory (MiB) that a process may take while it transcribes on a CPU: the batch shrinks until the estimate fits.

    0: no bound.
    """
    unload_after_seconds: float = Field(0.0, ge=0)
    """Give the model's memory back when the process goes on with other work for so long without transcribing.

    0: never before its end.
    """
    threads: int = Field(0, ge=0)
    """CPU threads of the engine; 0: as many as there are cores."""
    chunks_mb: int = Field(200, ge=0)
    """Megabytes of the home for the decoded chunks of recordings over ten minutes (about two an hour), so that only the
    changed part of a recording is decoded again. 0: kept until its transcript is written, for a run after a crash."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto, cpu or cuda."""
    devices: tuple[str, ...] = ()
    """GPUs that may be used, each by one process at a time, as CUDA_VISIBLE_DEVICES names them.

    Empty: all that the driver reports.
    """
    executor: Literal["local", "kubernetes"] = "local"
    """Where the nightly job's steps run: on this machine, or as pods (extra k8s; the runs are pods too)."""
    batch_minutes: float = Field(20.0, gt=0)
    """Minutes of audio that one Dagster step transcribes: a step starts in three seconds, and a crash repeats it."""

    speech_endpoint: SpeechEndpoint = SpeechEndpoint()
    """A transcription server: see below."""

    note_style: str = "verbatim"
    """Name of the style a note is written in: `prompts/NAME.md` in the home, else the one shipped."""
    private_phrases: tuple[str, ...] = (
        "private note",
        "private memo",
        "private",
        "off the record",
        "this is private",
        "this is a private note",
        "this is a private memo",
        "this memo is private",
        "this note is private",
        "for my ears only",
        "privat",
        "das ist privat",
        "privé",
        "c'est privé",
        "privado",
        "esto es privado",
    )
    """A memo that opens with one of these, in any language, becomes local_only; a single word needs a pause or a mark
    behind it."""

    llm: LlmSettings = LlmSettings()
    """Language models: see below."""
    openai_api_key: SecretStr | None = _key("openai")
    """Key of OpenAI; OPENAI_API_KEY is read too. Used only if a route names it."""
    anthropic_api_key: SecretStr | None = _key("anthropic")
    """Key of Anthropic; ANTHROPIC_API_KEY is read too. Used only if a route names it."""
    mistral_api_key: SecretStr | None = _key("mistral")
    """Key of Mistral; MISTRAL_API_KEY is read too. Used only if a route names it."""

    ui_port: int = Field(0, ge=0, lt=65_536)
    """Port of Dagster's web interface on this machine (`make ui`). 0: this home's own, chosen once from 3000 on."""
    code_port: int = Field(0, ge=0, lt=65_536)
    """Port of Dagster's code server, likewise from 4266 on."""

    settle_seconds: float = Field(2.0, ge=0)
    """A file is taken when its size and time have not changed for so long."""
    watch_seconds: float = Field(50.0, ge=0, lt=55)
    """How long one tick of the sensor watches the inbox. Dagster starts a tick every 5 s, and ends it after 60 s."""
    lease_seconds: float = Field(120.0, gt=0)
    """A claim on work that is not renewed for so long may be taken over."""
    max_recording_hours: float = Field(8.0, gt=0)
    """Longer recordings are refused: a few kilobytes can decode to hours of silence."""
    max_recording_mb: int = Field(2048, gt=0)
    """Larger files are refused."""
    decode_memory_mb: int = Field(1024, ge=256)
    """Address space of the child process that opens audio nobody has checked yet."""
    decode_timeout_seconds: float = Field(60.0, gt=0)
    """The child is ended when it makes no progress for so long."""
    catalog_timeout_seconds: float = Field(20.0, gt=0)
    """How long to wait for a catalog that another process has locked."""
    store_timeout_seconds: float = Field(15.0, gt=0)
    """How long to wait for a bucket before calling it unreachable."""
    notify: tuple[SecretStr, ...] = ()
    """Where notices go when memos are held: addresses of Apprise, such as ntfys://TOPIC. They have counts and ids."""
    log_level: Annotated[str, AfterValidator(_level)] = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Add the home's settings file below the environment: the home itself may come from any source above it."""
        del file_secret_settings
        variables = [without_unknown(settings_cls, source()) for source in (env_settings, dotenv_settings)]
        homes = (values.get("home") for values in (init_settings(), *variables))
        home = Path(str(next(filter(None, homes), _default_home()))).expanduser()
        known = (InitSettingsSource(settings_cls, values) for values in variables)
        return init_settings, *known, SettingsFile(settings_cls, home)

    @classmethod
    def load(cls, **overrides: Any) -> "Settings":
        """Build the settings, turning what pydantic says into a `UserError` that names the setting.

        Raises:
            UserError: a value cannot be used, values do not go together, or a file of settings cannot be read.
        """
        check_arguments(cls, overrides)
        try:
            settings = cls(**overrides)
            check_numbers(settings.model_dump())
            check_places(settings.inbox_url, settings.store_url, str(settings.root))
        except ValidationError as error:
            raise UserError(unusable(f"{setting_name(e['loc'])}: {e['msg']}" for e in error.errors())) from error
        except SettingsError as error:
            field = re.search(r'field "(\w+)"', str(error))
            raise UserError(unusable([f"{setting_name([field[1]] if field else [])} is not JSON"])) from error
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"The file .env in {readable(str(Path.cwd()))} cannot be read ({type(error).__name__}). "
                "Save it as UTF-8 text that the diary's user may read."
            ) from error
        except RuntimeError as error:
            raise UserError("The home folder of this user is not known. Set DIARY_HOME to a whole path.") from error
        return settings

    @property
    def root(self) -> Path:
        """The home as an absolute path."""
        return self.home.expanduser().absolute()

    @property
    def inbox_url(self) -> str:
        """Where new memos arrive, absolute."""
        return absolute(self.inbox) if self.inbox else str(self.root / "inbox")

    @property
    def store_url(self) -> str:
        """Root of the documents, absolute."""
        return absolute(self.store) if self.store else str(self.root)

    @property
    def catalog_url(self) -> str:
        """SQLAlchemy URL of the catalog."""
        return self.catalog or f"sqlite:///{self.root / 'catalog.db'}"

    @property
    def llm_keys(self) -> dict[str, str]:
        """The providers' API keys, by kind."""
        keys = {"openai": self.openai_api_key, "anthropic": self.anthropic_api_key, "mistral": self.mistral_api_key}
        return {kind: key.get_secret_value() for kind, key in keys.items() if key}

    def zone(self, author: str) -> ZoneInfo:
        """The time zone that decides the author's days."""
        known = self.authors.get(author)
        return ZoneInfo((known and known.timezone) or self.timezone)
