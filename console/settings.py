"""Typed settings. Sources, later wins: defaults < station.toml < preferences.json < CONSOLE_* < arguments.

`station.toml` is the administrator's, `preferences.json` the program's own. Every problem is reported at once, with its
source and key. Parts are handed out (`VideoSettings` to the supervisor); nothing here is a secret.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from console.kernel import ConsoleError

PREFIX: Final = "CONSOLE_"
STATION_FILE: Final = "station.toml"
PREFERENCES_FILE: Final = "preferences.json"

Problem = tuple[str, str, str]
"""Source (file, `environment` or `arguments`), key (dotted), what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class DatabaseSettings(_Part):
    """`url` None: one SQLite file in the data folder. A password does not belong here but into the keyring."""

    url: str | None = None


class VideoSettings(_Part):
    streams_per_worker: Annotated[int, Field(ge=1, le=64)] = 16
    rtsp_open_timeout_s: Annotated[float, Field(gt=0, le=120)] = 5.0
    read_timeout_s: Annotated[float, Field(gt=0, le=120)] = 5.0
    stale_after_s: Annotated[float, Field(gt=0, le=3)] = 3.0
    prefer_tcp: bool = True
    sandbox: bool = True


class GateSettings(_Part):
    """Leases and ages. A lease is never longer than 15 s: it is the promise to the owners."""

    lease_s: Annotated[float, Field(gt=0, le=15)] = 15.0
    renew_s: Annotated[float, Field(gt=0, le=15)] = 5.0
    private_age_s: Annotated[float, Field(gt=0, le=86400)] = 900.0
    agency_age_s: Annotated[float, Field(gt=0, le=604800)] = 86400.0
    clock_slack_s: Annotated[float, Field(gt=0, le=3600)] = 120.0
    ack_ms: Annotated[int, Field(gt=0, le=5000)] = 300


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
    Variables are `CONSOLE_<PART>__<KEY>`.
    """
    problems: list[Problem] = []
    variables = os.environ if environment is None else environment
    sources: list[tuple[str, Mapping[str, Any]]] = [
        (STATION_FILE, _station_file(data_dir / STATION_FILE, problems)),
        (PREFERENCES_FILE, _preferences_file(data_dir / PREFERENCES_FILE, problems)),
        ("environment", _from_environment(variables)),
        ("arguments", overrides or {}),
    ]
    merged: dict[str, Any] = {}
    for _source, values in sources:
        _merge(merged, values)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        problems += [_problem(sources, found["loc"], found["msg"]) for found in error.errors(include_url=False)]
    if problems:
        raise ConsoleError("settings.invalid", problems=problems)
    return settings


def _station_file(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        problems.append((path.name, "", str(error)))
        return {}


def _preferences_file(path: Path, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        problems.append((path.name, "", str(error)))
        return {}
    if not isinstance(values, dict):
        problems.append((path.name, "", "an object is expected"))
        return {}
    return values


def _from_environment(variables: Mapping[str, str]) -> Mapping[str, Any]:
    """Read `CONSOLE_UI__LANGUAGE`; names without a part are somebody else's and left alone."""
    values: dict[str, Any] = {}
    for name, text in variables.items():
        part, separator, key = name.removeprefix(PREFIX).lower().partition("__")
        if name.startswith(PREFIX) and separator and part in Settings.model_fields:
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
