"""The settings as the window shows and changes them: each with its value, where it came from, and who may change it.

What is chosen here goes to `preferences.json`: checked as a whole first, written whole or not at all, and journaled.
"""

from __future__ import annotations

import json
import os
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, TypeAlias

import annotated_types
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo

from console.db.journal import JournalEvent
from console.db.store import Tx
from console.kernel import Change, ConsoleError, Invalid, Right, Session, Unavailable, new_id
from console.services.commands import COMMAND_CONFIG, Command, command
from console.settings import (
    ARGUMENTS,
    ENVIRONMENT,
    PREFERENCES_FILE,
    STATION_ONLY,
    Settings,
    read_preferences,
    with_preferences,
)

Value: TypeAlias = bool | int | float | str | None
AT_ONCE: Final = frozenset({"ui.language", "ui.theme", "ui.idle_lock_min"})
"""Keys whose change is felt at once; every other one at the next start."""
_PRIVATE: Final = 0o600


class Shape(StrEnum):
    """What kind of value a setting has."""

    FLAG = "flag"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


class Place(StrEnum):
    """Where a setting is changed."""

    HERE = "here"
    STATION_FILE = "station_file"
    """Nobody who starts the program must choose it."""
    ADMINISTRATOR = "administrator"
    """In station.toml or the environment, by whoever looks after the computer."""


@plain_dataclass(frozen=True, slots=True)
class Limits:
    """Of a number. `above`: the lowest value itself is not allowed. None: no limit on that side."""

    lowest: float | None = None
    highest: float | None = None
    above: bool = False
    whole: bool = True


@plain_dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it stands. `source` is empty for the default; `right` None: everybody may change it."""

    key: str
    value: Value
    default: Value
    source: str
    shape: Shape
    place: Place
    right: Right | None = None
    options: tuple[str, ...] = ()
    limits: Limits = Limits()

    @property
    def part(self) -> str:
        return self.key.partition(".")[0]

    @property
    def at_once(self) -> bool:
        return self.key in AT_ONCE

    @property
    def chosen(self) -> bool:
        """Whether it was chosen here, and can be taken back."""
        return self.source == PREFERENCES_FILE

    @property
    def overruled(self) -> bool:
        """Whether the program was started with it, so that a choice made here would come to nothing."""
        return self.source in {ENVIRONMENT, ARGUMENTS} and not self.at_once


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangePreferences(Command):
    """How this workstation looks and behaves. Dotted key → new value; None: as if nothing had been chosen here."""

    PART: ClassVar[str] = "ui"

    values: Mapping[str, Value]

    def problems(self) -> dict[str, str]:
        return {key: "preferences.not_here" for key in self.values if key.partition(".")[0] != self.PART}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeVideoSettings(ChangePreferences):
    """How the video processes of this workstation work."""

    PART: ClassVar[str] = "video"


COMMANDS: Final[Mapping[str, type[ChangePreferences]]] = {
    kind.PART: kind for kind in (ChangePreferences, ChangeVideoSettings)
}
"""Which command changes the settings of a part; other parts are changed elsewhere."""
RIGHTS: Final[Mapping[str, Right | None]] = {"ui": None, "video": Right.MAINTAIN_STORE}


class Preferences:
    """The settings in use. Changing one needs no second look at the others: all are checked together."""

    def __init__(self, data_dir: Path, settings: Settings) -> None:
        self._data_dir = data_dir
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """Return the settings with everything that was chosen since the start."""
        return self._settings

    def table(self) -> list[Setting]:
        """Return every setting, in the order of the typed settings. Reads no file and no database."""
        settings = self._settings
        return [
            _setting(settings, part, name, info)
            for part in type(settings).model_fields
            for name, info in type(getattr(settings, part)).model_fields.items()
        ]

    @command(right=RIGHTS["ui"])
    def change_preferences(self, tx: Tx, cmd: ChangePreferences, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        self._change(tx, cmd.values)

    @command(right=RIGHTS["video"])
    def change_video(self, tx: Tx, cmd: ChangeVideoSettings, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        self._change(tx, cmd.values)

    def _change(self, tx: Tx, values: Mapping[str, Value]) -> None:
        before = {setting.key: setting for setting in self.table()}
        refused = {key: "field.unknown" for key in values if key not in before}
        refused |= {key: "preferences.overruled" for key in values if key in before and before[key].overruled}
        if refused:
            raise Invalid(refused)
        stored = read_preferences(self._data_dir)
        preferences = _with(stored, values)
        settings = self._checked(preferences, frozenset(values))
        changed = {key: _value(settings, key) for key in values if _value(settings, key) != before[key].value}
        subject = ("settings", tx.writer.id)
        for key, value in changed.items():
            data = {"key": key, "old": before[key].value, "new": value}
            tx.record(JournalEvent("settings.changed", subject, dict(data)))
        tx.changes[subject] = Change(*subject, version=1, origin=tx.written_stamp.command_id)
        if preferences != stored:
            tx.on_rollback(_write(self._data_dir / PREFERENCES_FILE, preferences))
        tx.after_commit(lambda: self._take(settings))

    def _checked(self, preferences: Mapping[str, Any], chosen: frozenset[str]) -> Settings:
        try:
            return with_preferences(self._settings, preferences, chosen)
        except ConsoleError as wrong:
            problems = wrong.params["problems"]
            fields = {key: why for _source, key, why in problems} if isinstance(problems, list) else {}
            if chosen >= fields.keys():
                raise Invalid(fields) from None
            raise

    def _take(self, settings: Settings) -> None:
        self._settings = settings


def _setting(settings: Settings, part: str, name: str, info: FieldInfo) -> Setting:
    key = f"{part}.{name}"
    shape, options, limits = _shape(info)
    place = Place.STATION_FILE if part in STATION_ONLY else Place.HERE if part in COMMANDS else Place.ADMINISTRATOR
    return Setting(
        key=key,
        value=_value(settings, key),
        default=info.default,
        source=settings.source_of(key),
        shape=shape,
        place=place,
        right=RIGHTS.get(part),
        options=options,
        limits=limits,
    )


def _shape(info: FieldInfo) -> tuple[Shape, tuple[str, ...], Limits]:
    kind: Any = info.annotation
    metadata = list(info.metadata)
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        # An optional value: what it is when it is there.
        (kind,) = (each for each in typing.get_args(kind) if each is not type(None))
        if typing.get_origin(kind) is typing.Annotated:
            kind, *more = typing.get_args(kind)
            metadata += [each for field in more for each in getattr(field, "metadata", [field])]
    if typing.get_origin(kind) is Literal:
        return Shape.CHOICE, typing.get_args(kind), Limits()
    if kind is bool:
        return Shape.FLAG, (), Limits()
    if kind in {int, float}:
        return Shape.NUMBER, (), _limits(metadata, whole=kind is int)
    return Shape.TEXT, (), Limits()


def _limits(metadata: list[Any], *, whole: bool) -> Limits:
    lowest = highest = None
    above = False
    for each in metadata:
        if isinstance(each, annotated_types.Ge | annotated_types.Gt):
            above = isinstance(each, annotated_types.Gt)
            lowest = each.gt if isinstance(each, annotated_types.Gt) else each.ge
        elif isinstance(each, annotated_types.Le):
            highest = each.le
    return Limits(_number(lowest), _number(highest), above=above, whole=whole)


def _number(limit: Any) -> float | None:
    return None if limit is None else float(limit)


def _value(settings: Settings, key: str) -> Value:
    part, _dot, name = key.partition(".")
    value: Value = getattr(getattr(settings, part), name)
    return value


def _with(preferences: Mapping[str, Any], values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the preferences with these values put in or, for None, taken out."""
    made = {part: dict(of_part) if isinstance(of_part, dict) else of_part for part, of_part in preferences.items()}
    for key, value in values.items():
        part, _dot, name = key.partition(".")
        of_part = made.setdefault(part, {})
        if not isinstance(of_part, dict):
            raise ConsoleError("settings.invalid", problems=[(PREFERENCES_FILE, part, "field.model_type")])
        if value is None:
            of_part.pop(name, None)
        else:
            of_part[name] = value
    return {part: of_part for part, of_part in made.items() if of_part != {}}


def _write(path: Path, preferences: Mapping[str, Any]) -> Any:
    """Write the file whole or not at all, for this account alone; returns what puts the former one back."""
    text = json.dumps(preferences, ensure_ascii=False, indent=2) + "\n"
    try:
        former = path.read_bytes() if path.exists() else None
        _put(path, text.encode())
    except OSError:
        raise Unavailable("preferences.not_written", path=str(path)) from None
    return lambda: path.unlink(missing_ok=True) if former is None else _put(path, former)


def _put(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{new_id()}")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:  # noqa: PTH123 - a mode is given
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
