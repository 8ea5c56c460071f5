"""The lines of a statement in words: for the list, the table and the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from console.db.base import parse_time
from console.i18n import N_, _
from console.i18n.dates import format_date_time
from console.i18n.events import event_words
from console.i18n.labels import label, short_level
from console.kernel import AccessLevel, DenyReason, EndReason, LegalBasis, Purpose, Role, ViewKind, WithdrawalWay
from console.services.papers import format_duration
from console.services.statement_file import Line

_RIGHTS: Final = {
    "recorded": N_("Right to look recorded"),
    "withdrawn": N_("Right to look withdrawn"),
    "paused": N_("Right to look paused"),
    "resumed": N_("Right to look in force again"),
    "rested": N_("Right to look rests: the camera's address was changed"),
    "reconfirmed": N_("Owner's word for the camera's address written down"),
    "countersigned": N_("Right to look countersigned"),
    "replaced": N_("Right to look replaced by a newer one"),
    "changed": N_("Right to look changed"),
}
_CAMERA: Final = {
    "registered": N_("Camera entered in the register"),
    "archived": N_("Camera taken out of use"),
    "restored": N_("Camera taken into use again"),
    "changed": N_("Camera's entry changed"),
    "address_destroyed": N_("Camera's address and password destroyed"),
    "address_noted": N_("Mark of a former address kept, so that it cannot come back unseen"),
    "tested": N_("Result of a connection test noted (no picture)"),
    "watched": N_("Address watched for set-up (no picture)"),
    "watch_ended": N_("Watch of the address ended"),
}
_CONSENTS: Final = {
    "signed": N_("Consent signed"),
    "paused": N_("Consent paused by the owner"),
    "resumed": N_("Consent in force again"),
    "withdrawn": N_("Consent withdrawn by the owner"),
    "refused": N_("Consent refused"),
    "voided": N_("Consent void"),
    "superseded": N_("Consent replaced by a newer one"),
    "readdressed": N_("Camera's address changed: the link rests until the owner confirms the camera"),
    "reconfirmed": N_("Owner confirmed the camera at its new address"),
}
_WHAT: Final[Mapping[str, Mapping[str, str]]] = {"right": _RIGHTS, "camera": _CAMERA, "consent": _CONSENTS}


@dataclass(frozen=True, slots=True)
class LineWords:
    """A line as it is shown. `lasted_s` None: no view, or one without an end."""

    at: datetime
    did: str
    who: str
    why: str
    remarks: str
    lasted_s: int | None

    @property
    def when(self) -> str:
        return format_date_time(self.at, seconds=True)

    @property
    def lasted(self) -> str:
        return "" if self.lasted_s is None else format_duration(self.lasted_s)


def line_words(line: Line, names: Mapping[str, str]) -> LineWords:
    """Return a line in words; `names` tells who a pseudonym is."""
    words = _words(line, names)
    if line["confirmed"]:
        return words
    return replace(words, remarks=" · ".join(filter(None, (words.remarks, _("not confirmed yet")))))


def _words(line: Line, names: Mapping[str, str]) -> LineWords:
    """Return a line in the chosen language. A code that this program does not know stands as it is."""
    role = known(Role, line["role"])
    who = " · ".join(filter(None, (names.get(line["who"], ""), role, line["who"])))
    at, kind = parse_time(line["at"]), line["kind"]
    if kind in {"view", "earlier"}:
        return LineWords(at, _view(line), who, _why(line), " · ".join(_remarks(line)), line["seconds"])
    if kind == "refused":
        purpose, reason = known(Purpose, line["purpose"]), known(DenyReason, line["reason"])
        return LineWords(at, _("Camera refused"), who, purpose, reason, None)
    if kind == "statement":
        number = "" if line["number"] is None else _("no. {n}", n=line["number"])
        remarks = filter(None, (number, _period(line)))
        return LineWords(at, event_words("statement.issued"), who, "", " · ".join(remarks), None)
    if kind == "delay":
        return LineWords(at, event_words("statement.delayed"), who, "", _until(line), None)
    if kind in _WHAT:
        told = _WHAT[kind].get(line["what"])
        did = _(told) if told else f"{kind}.{line['what']}"
        # How the owner's word reached the station is what he can hold against his own memory.
        way = known(WithdrawalWay, line["way"]) if line.get("way") else ""
        return LineWords(at, did, who, "", " · ".join(filter(None, (_level(line), _until(line), way))), None)
    data = {"op": "changed"} if line["about"] else {}
    return LineWords(at, event_words(line["class"], line["about"], data), who, "", "", None)


def known(kind: type[Enum], code: str) -> str:
    """Return a code's label; the code itself if this program does not know it."""
    return label(kind(code)) if code in {each.value for each in kind} else code


def _view(line: Line) -> str:
    if line["kind"] == "earlier":
        return _("A view that began before these entries")
    kind = known(ViewKind, line["view"])
    return kind if line["view"] == ViewKind.PROBE.value else _("Watched: {kind}", kind=kind)


def _why(line: Line) -> str:
    incident = line["incident"] or (_("an incident") if line["through_incident"] else "")
    return " · ".join(filter(None, (known(Purpose, line["purpose"]), incident)))


def _remarks(line: Line) -> list[str]:
    """The gravest first."""
    found = []
    if line["emergency"]:
        found.append(_("EMERGENCY OVERRIDE by the superintendent"))
        found += [known(LegalBasis, line["law"])] if line["law"] else []
    if line["purpose"] == Purpose.URGENT.value:
        found.append(_("urgent, explained later") if line["justified"] else _("urgent, NOT explained"))
    if line["self_opened"]:
        reviews = {"ok": _("reviewed: in order"), "not_ok": _("reviewed: not in order")}
        review = reviews.get(line["reviewed"], _("not reviewed yet"))
        found += [_("through an incident that the viewer opened"), review]
    if line["kind"] == "view" and line["picture_ms"] is None:
        found.append(_("no picture was shown"))
    if line["ended"]:
        found.append(known(EndReason, line["ended"]))
    else:
        found.append(_("still open") if line["kind"] == "view" else _("its end is not among these entries"))
    if line["within"] != line["seconds"]:
        found.append(_("{time} of it in this period", time=format_duration(line["within"])))
    return found


def _level(line: Line) -> str:
    level = line.get("level")
    return short_level(AccessLevel(level)) if level in set(AccessLevel) else ""


def _until(line: Line) -> str:
    try:
        moment = parse_time(line.get("until", ""))
    except ValueError:
        return ""
    return _("until {until}", until=format_date_time(moment))


def _period(line: Line) -> str:
    try:
        ends = [format_date_time(parse_time(line[name])) for name in ("from", "until")]
    except ValueError:
        return ""
    return " – ".join(ends)


def unheard_words(unheard: Mapping[str, datetime]) -> list[str]:
    """Return a sentence for each console whose entries may still be missing, named with the time of its last one."""
    return [
        _("Not heard since {at}: console {name}", at=format_date_time(at), name=writer)
        for writer, at in sorted(unheard.items())
    ]
