"""Incidents in words and signs: urgency, state, place and time, alike on the board, in the list and in the file."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from console.i18n import N_, _, plain
from console.i18n.dates import format_age, format_date_time, format_moment
from console.i18n.labels import label
from console.i18n.words import broken
from console.kernel import Priority, Zone
from console.services.incidents import IncidentLine, IncidentRow, Nearby
from console.views.record_spec import Mark

_SIGNS: Final = {
    Priority.MOST_URGENT: ("priority_most", "bad"),
    Priority.VERY_URGENT: ("priority_very", "warning"),
    Priority.URGENT: ("priority_urgent", "accent"),
    Priority.NORMAL: ("priority_normal", "quiet"),
}
_SHORT_PRIORITIES: Final = {
    Priority.MOST_URGENT: N_("Most urgent"),
    Priority.VERY_URGENT: N_("Very urgent"),
    Priority.URGENT: N_("Urgent"),
    Priority.NORMAL: N_("Normal"),
}


def short_priority(priority: Priority) -> str:
    return _(_SHORT_PRIORITIES[priority])


def priority_mark(priority: Priority) -> Mark:
    icon, colour = _SIGNS[priority]
    return Mark(icon, colour, plain(short_priority(priority)))


def state_mark(row: IncidentRow) -> Mark:
    """Open, or how it ended."""
    if row.is_open:
        return Mark("clock", "accent", plain(_("Still open")))
    return Mark("done", "muted", plain(_("Closed") if row.outcome is None else label(row.outcome)))


def review_mark(row: IncidentRow) -> Mark | None:
    """Views of private cameras through it wait for the shift lead."""
    return Mark("review", "warning", plain(_("Waits for review"))) if row.needs_review else None


def age_text(row: IncidentRow, now: datetime) -> str:
    """How long it has been open, or was."""
    return format_age(((row.closed_at or now) - row.opened_at).total_seconds())


def moment_text(moment: datetime | None) -> str:
    return "–" if moment is None else format_date_time(moment)


def happened_text(row: IncidentRow, now: datetime) -> str:
    return _("not known") if row.happened_at is None else format_moment(row.happened_at, now)


def place_text(row: IncidentRow) -> str:
    """Place and zone; where nothing is known, nothing is said."""
    zone = "" if row.zone is Zone.UNKNOWN else label(row.zone)
    return " · ".join(filter(None, (row.place, zone)))


def coordinates_text(row: IncidentRow) -> str:
    return "" if row.lat is None or row.lon is None else f"{row.lat:.5f}, {row.lon:.5f}"


def near_text(near: Nearby | None) -> str:
    """Say how many cameras lie near, and how many of level 1 the incident opens."""
    if near is None:
        return _("no coordinates: opens no level-1 camera")
    if not near.opened:
        return _("{n} cameras within 300 m", n=near.within)
    return _("{n} cameras within 300 m, opens {opened} of level 1", n=near.within, opened=len(near.opened))


def people_text(line: IncidentLine) -> str:
    return _("opened by {name}", name=line.opened_by)


def wrapped(text: str, *, struck: bool = False) -> str:
    """Return text of several lines as a label shows it: at one and a half times the size of its letters."""
    lines = html.escape(broken(text)).replace("\n", "<br>")
    return f'<p style="line-height:118%; margin:0">{f"<s>{lines}</s>" if struck else lines}</p>'


def words_label(text: str, role: str = "", *, struck: bool = False) -> QLabel:
    made = QLabel(wrapped(text, struck=struck))
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.RichText)
    made.setProperty("role", role)
    return made
