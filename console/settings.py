"""Typed settings. Sources, later wins: defaults < station.toml < preferences.json < CONSOLE_* < arguments.

`station.toml` is the administrator's, `preferences.json` the program's own. Every problem is reported at once, with its
source and key. Parts are handed out (`VideoSettings` to the supervisor); nothing here is a secret.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from platformdirs import user_data_path, user_state_path
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from console.kernel import ConsoleError

PREFIX: Final = "CONSOLE_"
STATION_FILE: Final = "station.toml"
PREFERENCES_FILE: Final = "preferences.json"
ENVIRONMENT: Final = "environment"
ARGUMENTS: Final = "arguments"
ORDER: Final = (STATION_FILE, PREFERENCES_FILE, ENVIRONMENT, ARGUMENTS)
"""The sources, weakest first."""
STATION_ONLY: Final = frozenset({"gate", "station"})
"""Parts that whoever starts the program must not choose: whose store this is, and how long a right may rest."""
_PASSWORD: Final = re.compile(r"^[^:/]+://[^:/]*:[^@]+@|[?&](ssl)?password=", re.IGNORECASE)
"""As SQLAlchemy reads an address: everything between the first colon and the @ is the password, a slash too."""

_TOML_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")

Problem = tuple[str, str, str]
"""Source (file, `environment` or `arguments`), key (dotted; of a file that is no such file `line:column`), and what is
wrong as a key of the catalogue."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class DatabaseSettings(_Part):
    """`url` None: one SQLite file in the data folder. A password does not belong here but into `.pgpass`."""

    url: str | None = None

    @field_validator("url")
    @classmethod
    def _no_password(cls, url: str | None) -> str | None:
        if url is not None and _PASSWORD.search(url):
            raise PydanticCustomError("settings.password", "a password does not belong here")
        return url


class VideoSettings(_Part):
    streams_per_worker: Annotated[int, Field(ge=1, le=64)] = 16
    rtsp_open_timeout_s: Annotated[float, Field(gt=0, le=120)] = 5.0
    read_timeout_s: Annotated[float, Field(gt=0, le=120)] = 5.0
    stale_after_s: Annotated[float, Field(gt=0, le=3)] = 2.4
    prefer_tcp: bool = True
    hardware_decoding: bool = False
    sandbox: bool = True


class GateSettings(_Part):
    """Leases and ages. A lease is never longer than 15 s: it is the promise to the owners."""

    lease_s: Annotated[float, Field(gt=0, le=15)] = 15.0
    renew_s: Annotated[float, Field(gt=0, le=15, validate_default=True)] = 5.0
    private_age_s: Annotated[float, Field(gt=0, le=900)] = 900.0
    agency_age_s: Annotated[float, Field(gt=0, le=604800)] = 86400.0
    clock_slack_s: Annotated[float, Field(gt=0, le=120)] = 120.0
    ack_ms: Annotated[int, Field(gt=0, le=5000)] = 300

    @field_validator("renew_s")
    @classmethod
    def _twice_in_a_lease(cls, renew_s: float, info: ValidationInfo) -> float:
        """One renewal that comes to nothing must not darken a tile."""
        lease_s = info.data.get("lease_s")
        if lease_s is not None and renew_s > lease_s / 2:
            raise PydanticCustomError("settings.half_a_lease", "at most half of a lease")
        return renew_s


class HealthSettings(_Part):
    """How long is kept what was seen of the cameras' health."""

    keep_days: Annotated[int, Field(ge=31, le=3660)] = 400


class BackupSettings(_Part):
    """How long a backup lives: what was erased is gone for good when the last backup that held it is."""

    keep_days: Annotated[int, Field(ge=7, le=3660)] = 90


class UiSettings(_Part):
    language: Literal["th", "en"] = "th"
    theme: Literal["dark", "light"] = "dark"
    full_screen: bool = False
    idle_lock_min: Annotated[int, Field(ge=0, le=240)] = 10
    """Minutes without a key or a movement of the mouse until the console locks itself; 0: never."""


class StationSettings(_Part):
    """`id` stands on every row: it is set once, before the first start, and never changed."""

    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")] = "station"
    name_th: str = ""
    name_en: str = ""
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    statement_names: bool = False
    """Owners' statements name the officers; otherwise they name role and pseudonym."""


@dataclass(frozen=True, slots=True)
class Source:
    """One of the places that settings come from, with what it says, unchecked."""

    name: str
    values: Mapping[str, Any]

    def has(self, place: tuple[int | str, ...]) -> bool:
        values: Any = self.values
        for step in place:
            if not isinstance(values, Mapping) or step not in values:
                return False
            values = values[step]
        return True


class Settings(BaseSettings):
    """All settings, built once by the composition root. `sources` tells where each value came from."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database: DatabaseSettings = DatabaseSettings()
    video: VideoSettings = VideoSettings()
    gate: GateSettings = GateSettings()
    health: HealthSettings = HealthSettings()
    backups: BackupSettings = BackupSettings()
    ui: UiSettings = UiSettings()
    station: StationSettings = StationSettings()
    _sources: tuple[Source, ...] = PrivateAttr(default=())

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return what was merged, weakest first; empty for settings that no file and nobody had a say in."""
        return self._sources

    def source_of(self, key: str) -> str:
        """Return the name of the source whose value of a dotted key was taken; empty for the default."""
        place = tuple(key.split("."))
        return next((source.name for source in reversed(self._sources) if source.has(place)), "")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the merged values of `load_settings` only: there each problem still knows where it came from."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def data_dir_default() -> Path:
    """Return where this user's data lies if nobody says otherwise."""
    return user_data_path("ccoc-console", appauthor=False, roaming=False)


def state_dir_default() -> Path:
    """Return where this user's console remembers what it has seen: beside no data folder, in no backup of one."""
    return user_state_path("ccoc-console-seen", appauthor=False)


def load_settings(
    data_dir: Path, overrides: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Merge all sources, check the result, and report every problem in one `settings.invalid`.

    `overrides` are the arguments, `{"ui": {"language": "en"}}`; `environment` is the process's unless given.
    Variables are `CONSOLE_<PART>__<KEY>`; `gate` and `station` are refused there.
    """
    problems: list[Problem] = []
    variables = os.environ if environment is None else environment
    said: tuple[Mapping[str, Any], ...] = (
        _station_file(data_dir / STATION_FILE, problems),
        _preferences_file(data_dir / PREFERENCES_FILE, problems),
        _from_environment(variables, problems),
        overrides or {},
    )
    sources = tuple(Source(name, values) for name, values in zip(ORDER, said, strict=True))
    return _checked(sources, problems)


def read_preferences(data_dir: Path) -> Mapping[str, Any]:
    """Return what `preferences.json` says now; raises `settings.invalid` if it cannot be read."""
    problems: list[Problem] = []
    values = _preferences_file(data_dir / PREFERENCES_FILE, problems)
    if problems:
        raise ConsoleError("settings.invalid", problems=problems)
    return values


def with_preferences(settings: Settings, values: Mapping[str, Any], chosen: frozenset[str] = frozenset()) -> Settings:
    """Return the settings as they are with this `preferences.json`; raises `settings.invalid` like loading.

    What was `chosen` now (dotted keys) counts more than what the program was started with.
    """
    problems: list[Problem] = []
    known = {source.name: source.values for source in settings.sources}
    for name in (ENVIRONMENT, ARGUMENTS):
        known[name] = _without(known.get(name, {}), chosen)
    known[PREFERENCES_FILE] = _without_station(PREFERENCES_FILE, values, problems)
    return _checked(tuple(Source(name, known.get(name, {})) for name in ORDER), problems)


def _without(values: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    return {
        part: {key: value for key, value in of_part.items() if f"{part}.{key}" not in keys}
        if isinstance(of_part, Mapping)
        else of_part
        for part, of_part in values.items()
    }


def _checked(sources: tuple[Source, ...], problems: list[Problem]) -> Settings:
    merged: dict[str, Any] = {}
    for source in sources:
        _merge(merged, source.values)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            # The library's own checks are told by their kind, ours bear their key.
            kind = found["type"]
            problems.append(_problem(sources, found["loc"], kind if "." in kind else f"field.{kind}"))
    if problems:
        raise ConsoleError("settings.invalid", problems=problems)
    settings._sources = sources  # noqa: SLF001 - our own class; it is frozen for everybody else
    return settings


def _station_file(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    values: Mapping[str, Any] = _read(path, tomllib.loads, problems)
    return values


def _preferences_file(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    values = _read(path, json.loads, problems)
    if not isinstance(values, dict):
        problems.append((path.name, "", "settings.malformed"))
        return {}
    return _without_station(path.name, values, problems)


def _read(path: Path, parse: Callable[[str], Any], problems: list[Problem]) -> Any:
    """Return what a file says; nothing, and a problem noted, if it cannot be read."""
    try:
        return parse(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError:
        problems.append((path.name, "", "settings.unreadable"))
    except (ValueError, RecursionError) as error:
        problems.append((path.name, _place_in_file(error), "settings.malformed"))
    return {}


def _place_in_file(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.lineno}:{error.colno}"
    found = _TOML_PLACE.search(str(error))
    return "" if found is None else f"{found[1]}:{found[2]}"


def _without_station(source: str, values: Mapping[str, Any], problems: list[Problem]) -> Mapping[str, Any]:
    """Leave out what only `station.toml` may set, and note it: whoever writes here must not choose it."""
    problems += [(source, part, "settings.station_only") for part in sorted(STATION_ONLY & values.keys())]
    return {part: of_part for part, of_part in values.items() if part not in STATION_ONLY}


def _from_environment(variables: Mapping[str, str], problems: list[Problem]) -> Mapping[str, Any]:
    """Read `CONSOLE_UI__LANGUAGE`; names without a part are somebody else's and left alone."""
    values: dict[str, Any] = {}
    for name, text in variables.items():
        part, separator, key = name.removeprefix(PREFIX).lower().partition("__")
        if not name.startswith(PREFIX) or not separator or part not in Settings.model_fields:
            continue
        if part in STATION_ONLY:
            problems.append((ENVIRONMENT, f"{part}.{key}", "settings.station_only"))
        else:
            values.setdefault(part, {})[key] = text
    return values


def _merge(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = dict(value) if isinstance(value, Mapping) else value


def _problem(sources: tuple[Source, ...], place: tuple[int | str, ...], key: str) -> Problem:
    """Name the source whose value was taken: the last one that has the key."""
    named = [source.name for source in sources if source.has(place)]
    return (named[-1] if named else STATION_FILE, ".".join(str(step) for step in place), key)
