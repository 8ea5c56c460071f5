"""Owners in words and signs, alike in the list, in the panels and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from console.i18n import N_, _, plain
from console.i18n.dates import format_date
from console.i18n.labels import label, owner_number
from console.kernel import BUDDHIST_ERA, PersuasionStage, StepKind
from console.services.owners import NextStep, OwnerLine
from console.views.record_spec import Mark

_STAGES: Final[Mapping[PersuasionStage, tuple[str, str]]] = {
    PersuasionStage.LISTED: ("empty", "quiet"),
    PersuasionStage.CONTACT: ("person", "muted"),
    PersuasionStage.VISITED: ("visitors", "muted"),
    PersuasionStage.BRIEFED: ("eye", "muted"),
    PersuasionStage.AGREED: ("key", "good"),
    PersuasionStage.LINKED: ("check", "good"),
}
_UNWILLING: Final[Mapping[StepKind, tuple[str, str, str]]] = {
    StepKind.POSTPONED: ("paused", "warning", N_("{stage} – consent postponed")),
    StepKind.REFUSED: ("strike", "bad", N_("{stage} – consent refused")),
}


def stage_mark(line: OwnerLine) -> Mark:
    """How far the talks have come; and if the last that was heard is a no, that too."""
    stage = plain(label(line.stage))
    if line.unwilling is not None:
        icon, colour, text = _UNWILLING[line.unwilling]
        return Mark(icon, colour, plain(_(text, stage=stage)))
    icon, colour = _STAGES[line.stage]
    return Mark(icon, colour, stage)


def owner_text(line: OwnerLine) -> str:
    """O-0001 บริษัท สมมติ จำกัด; the number alone for who may not read the name."""
    return f"{owner_number(line.row.number)} {line.row.name}".rstrip()


def cameras_text(line: OwnerLine) -> str:
    """How many cameras are registered as this owner's, and how many of them are linked."""
    if not line.cameras:
        return "–"
    linked = sum(entry.linked for entry in line.cameras)
    return _("{n}, linked {linked}", n=len(line.cameras), linked=linked)


def next_text(step: NextStep | None) -> str:
    """12 ธ.ค. 2569 โทรนัด ผกก.."""
    if step is None:
        return ""
    return " ".join(filter(None, ("" if step.day is None else format_date(step.day), step.text)))


def next_mark(line: OwnerLine, now: datetime) -> Mark | None:
    step = line.next_step
    if step is None:
        return None
    due = step.due(now)
    return Mark("clock" if due else "note", "warning" if due else "muted", plain(next_text(step)))


def shown_year(year: int | None, *, thai: bool) -> int | None:
    """A year of birth in the era of the language."""
    return None if year is None else year + (BUDDHIST_ERA if thai else 0)
