"""Consents in words: states with their marks, what is allowed and until when, and what an owner should be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_time
from console.i18n.labels import label, short_level
from console.kernel import ConsentState
from console.services.consent_papers import span_of
from console.services.consent_state import Ask, Reminder
from console.services.consents import ConsentEntry, Stopped
from console.services.stop_papers import done_text, waiting_text
from console.views.reconfirming import SHORT
from console.views.record_spec import Mark

MARKS: Final[Mapping[ConsentState, tuple[str, str]]] = {
    ConsentState.DRAFT: ("note", "quiet"),
    ConsentState.AWAITING_SIGNATURE: ("clock", "warning"),
    ConsentState.IN_FORCE: ("check", "good"),
    ConsentState.PAUSED: ("paused", "warning"),
    ConsentState.WITHDRAWN: ("strike", "quiet"),
    ConsentState.EXPIRED: ("clock", "quiet"),
    ConsentState.REFUSED: ("close", "quiet"),
    ConsentState.VOID: ("denied", "quiet"),
}
_ASKS: Final[Mapping[Ask, str]] = {
    Ask.EXPIRY: N_("ends within {n} days"),
    Ask.PURPOSE: N_("new purpose: ask again"),
    Ask.NOTICE: N_("new notice: ask again"),
}


def state_mark(entry: ConsentEntry) -> Mark:
    icon, colour = ("review", "warning") if waits_for_word(entry) else MARKS[entry.state]
    return Mark(icon, colour, state_text(entry))


def state_text(entry: ConsentEntry) -> str:
    """Return the state; of one that was replaced, by which."""
    text = label(entry.state)
    if entry.successor and entry.state is ConsentState.EXPIRED:
        return f"{text} · {_('replaced by {number}', number=entry.successor)}"
    return f"{text} · {_('link rests')}" if waits_for_word(entry) else text


def waits_for_word(entry: ConsentEntry) -> bool:
    """Whether a camera of a consent that stands leads to another address than its owner knows."""
    return entry.state in {ConsentState.IN_FORCE, ConsentState.PAUSED} and bool(entry.resting)


def ask_text(entry: ConsentEntry) -> str:
    """Return what the owner is to be asked, the most pressing thing."""
    return _(SHORT) if waits_for_word(entry) else reminder_text(entry.reminder)


def reminder_text(reminder: Reminder | None) -> str:
    return "" if reminder is None else _(_ASKS[reminder.ask], n=reminder.within or 0)


def cameras_text(entry: ConsentEntry) -> str:
    return ", ".join(camera.code for camera in entry.cameras)


def level_text(entry: ConsentEntry) -> str:
    return short_level(entry.row.terms.level)


def span_text(entry: ConsentEntry) -> str:
    return " – ".join(span_of(entry.row.terms))


def stopped_text(stopped: Stopped) -> str:
    """Return what is read to the owner after a withdrawal or a pause, with the consoles that have not answered yet."""
    if not stopped.ends:
        told = _(
            "Paused at {time}, dark until somebody resumes it: {cameras}.",
            time=format_time(min(each.at for each in stopped.cameras)),
            cameras=", ".join(f"{each.camera_code} {each.camera_name}" for each in stopped.cameras),
        )
        return f"{told}\n{waiting_text(stopped.waiting)}"
    ended = [done_text(each.camera_code, each.camera_name, format_time(each.at)) for each in stopped.cameras]
    return "\n".join((*ended, waiting_text(stopped.waiting)))
