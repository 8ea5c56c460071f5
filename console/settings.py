"""Typed settings. Sources, later wins: defaults < station.toml < preferences.json < CONSOLE_* < arguments.

`station.toml` is the administrator's, `preferences.json` the program's own. Every problem is reported at once, with its
source and key. Parts are handed out (`VideoSettings` to the supervisor); nothing here is a secret.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from console.kernel import ConsoleError

PREFIX: Final = "CONSOLE_"
STATION_FILE: Final = "station.toml"
PREFERENCES_FILE: Final = "preferences.json"
_FILES_ONLY: Final = frozenset({"gate", "station"})
"""Parts that whoever starts the program must not choose: whose store this is, and how long a right may rest."""
_PASSWORD: Final = re.compile(r"^[^:/]+://[^:/]*:[^@]+@|[?&](ssl)?password=", re.IGNORECASE)
"""As SQLAlchemy reads an address: everything between the first colon and the @ is the password, a slash too."""

Problem = tuple[str, str, str]
"""Source (file, `environment` or `arguments`), key (dotted), what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class DatabaseSettings(_Part):
    """`url` None: one SQLite file in the data folder. A password does not belong here but into `.pgpass`."""

    url: str | None = None

    @field_validator("url")
    @classmethod
    def _no_password(cls, url: str | None) -> str | None:
        if url is not None and _PASSWORD.search(url):
            raise ValueError("a password does not belong here: keep it in PostgreSQL's password file (.pgpass)")
        return url


class VideoSettings(_Part):
    streams_per_worker: Annotated[int, Field(ge=1, le=64)] = 16
    rtsp_open_timeout_s: Annotated[float, Field(gt=0, le=120)] = 5.0
    read_timeout_s: Annotated[float, Field(gt=0, le=120)] = 5.0
    stale_after_s: Annotated[float, Field(gt=0, le=3)] = 2.4
    prefer_tcp: bool = True
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
            raise ValueError(f"at most half of gate.lease_s, which is {lease_s:g}")
        return renew_s


class UiSettings(_Part):
    language: Literal["th", "en"] = "th"
    theme: Literal["dark", "light"] = "dark"
    full_screen: bool = False


class StationSettings(_Part):
    """`id` stands on every row: it is set once, before the first start, and never changed."""

    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")] = "station"
    name_th: str = ""
    name_en: str = ""
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None


class Settings(BaseSettings):
    """All settings, built once by the composition root."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database: DatabaseSettings = DatabaseSettings()
    video: VideoSettings = VideoSettings()
    gate: GateSettings = GateSettings()
    ui: UiSettings = UiSettings()
    station: StationSettings = StationSettings()

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


def load_settings(
    data_dir: Path, overrides: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Merge all sources, check the result, and report every problem in one `settings.invalid`.

    `overrides` are the arguments, `{"ui": {"language": "en"}}`; `environment` is the process's unless given.
    Variables are `CONSOLE_<PART>__<KEY>`; `gate` and `station` are refused there.
    """
    problems: list[Problem] = []
    variables = os.environ if environment is None else environment
    sources: list[tuple[str, Mapping[str, Any]]] = [
        (STATION_FILE, _station_file(data_dir / STATION_FILE, problems)),
        (PREFERENCES_FILE, _preferences_file(data_dir / PREFERENCES_FILE, problems)),
        ("environment", _from_environment(variables, problems)),
        ("arguments", overrides or {}),
    ]
    merged: dict[str, Any] = {}
    for _source, values in sources:
        _merge(merged, values)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            # The library's own checks are told by their kind, for the catalogue; ours say what they want themselves.
            said = found["msg"] if found["type"] == "value_error" else f"field.{found['type']}"
            problems.append(_problem(sources, found["loc"], said))
    if problems:
        raise ConsoleError("settings.invalid", problems=problems)
    return settings


def _station_file(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        problems.append((path.name, "", str(error)))
        return {}


def _preferences_file(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        problems.append((path.name, "", str(error)))
        return {}
    if not isinstance(values, dict):
        problems.append((path.name, "", "an object is expected"))
        return {}
    return values


def _from_environment(variables: Mapping[str, str], problems: list[Problem]) -> Mapping[str, Any]:
    """Read `CONSOLE_UI__LANGUAGE`; names without a part are somebody else's and left alone."""
    values: dict[str, Any] = {}
    for name, text in variables.items():
        part, separator, key = name.removeprefix(PREFIX).lower().partition("__")
        if not name.startswith(PREFIX) or not separator or part not in Settings.model_fields:
            continue
        if part in _FILES_ONLY:
            problems.append(("environment", f"{part}.{key}", f"only {STATION_FILE} sets this"))
        else:
            values.setdefault(part, {})[key] = text
    return values


def _merge(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = dict(value) if isinstance(value, Mapping) else value


def _problem(sources: list[tuple[str, Mapping[str, Any]]], place: tuple[int | str, ...], message: str) -> Problem:
    """Name the source whose value was taken: the last one that has the key."""
    named = [source for source, values in sources if _has(values, place)]
    return (named[-1] if named else STATION_FILE, ".".join(str(step) for step in place), message)


def _has(values: Any, place: tuple[int | str, ...]) -> bool:
    for step in place:
        if not isinstance(values, Mapping) or step not in values:
            return False
        values = values[step]
    return True
