"""A part of the settings as a form: one field for each setting, from its kind and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.i18n import _
from console.i18n.setting_words import OPTIONS, PARTS, SOURCES, WORDS, unit, value_text
from console.services.commands import Command, build
from console.services.preferences import COMMANDS, Limits, Setting, Shape
from console.views.record_spec import Choice, Field, Flag, FormSpec, Kind, Number, Section, Text, Values

_DECIMALS: Final = 2
_NO_LIMIT: Final = 1e9


@dataclass(frozen=True, slots=True)
class SettingsPart:
    """The settings of one part. They are looked at and changed by one person at a time, so there is one version."""

    id: str
    settings: Sequence[Setting]
    version: int = 1


def parts(table: Sequence[Setting]) -> list[SettingsPart]:
    """Return the parts; first those that are changed in the window."""
    return [SettingsPart(name, [setting for setting in table if setting.part == name]) for name in PARTS]


def part_form(part: SettingsPart) -> FormSpec[SettingsPart]:
    """Return the form of a part that is changed here."""
    stored = {setting.key: setting.value for setting in part.settings}
    return FormSpec(
        title=lambda _part: part.id,
        sections=(Section("", [_field(setting) for setting in part.settings]),),
        stored=lambda _part: stored,
        command=lambda values, _part: _command(part, stored, values),
        saved=lambda _answer: _("Saved."),
    )


def reset_command(part: SettingsPart) -> Command:
    """Return the command that forgets everything that was chosen here."""
    return COMMANDS[part.id](values={setting.key: None for setting in part.settings if setting.chosen})


def told_source(setting: Setting) -> str:
    """Return where the value came from; for one that was chosen, what it was before."""
    source = _(SOURCES[setting.source])
    if setting.source:
        return _("{source}; as delivered: {value}", source=source, value=value_text(setting.key, setting.default))
    return source


def told_limits(setting: Setting) -> str:
    """Return what may be entered, empty if anything may."""
    limits = setting.limits
    if setting.shape is not Shape.NUMBER or limits.highest is None:
        return ""
    highest = value_text(setting.key, limits.highest)
    if limits.lowest is None or limits.above:
        return _("at most {highest}", highest=highest)
    return _("{lowest} to {highest}", lowest=f"{limits.lowest:g}", highest=highest)


def _field(setting: Setting) -> Field:
    return Field(
        setting.key,
        WORDS[setting.key].label,
        _kind(setting),
        required=setting.shape is not Shape.FLAG and not setting.overruled,
        hint=_hint(setting),
        fixed=setting.overruled,
    )


def _hint(setting: Setting) -> str:
    """Return what the setting means, then what may be entered, where its value came from and when it counts."""
    when = _("counts at once") if setting.at_once else _("counts from the next start on")
    if setting.overruled:
        when = _("not to be changed here")
    facts = " · ".join(filter(None, (told_limits(setting), told_source(setting), when)))
    return f"{_(WORDS[setting.key].hint)}\n{facts}"


def _kind(setting: Setting) -> Kind:
    match setting.shape:
        case Shape.FLAG:
            return Flag()
        case Shape.CHOICE:
            return Choice(lambda: _options(setting))
        case Shape.NUMBER:
            return _number(setting.limits, unit(setting.key))
        case Shape.TEXT:
            return Text()


def _number(limits: Limits, in_unit: str) -> Number:
    lowest = -_NO_LIMIT if limits.lowest is None else limits.lowest
    highest = _NO_LIMIT if limits.highest is None else limits.highest
    return Number(lowest, highest, 0 if limits.whole else _DECIMALS, in_unit)


def _options(setting: Setting) -> Mapping[Any, str]:
    return {option: _(OPTIONS[setting.key, option]) for option in setting.options}


def _command(part: SettingsPart, stored: Mapping[str, Any], values: Values) -> Command:
    """Only what differs is a choice; the rest goes on following what is delivered."""
    fixed = {setting.key for setting in part.settings if setting.overruled}
    changed = {key: value for key, value in values.items() if key not in fixed and value != stored[key]}
    return build(COMMANDS[part.id], values=changed)
