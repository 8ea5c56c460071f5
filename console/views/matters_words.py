"""What a shift has left open, in words: on the status line, in the panel, and where the next officer takes over."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from console.i18n import _
from console.i18n.dates import format_moment
from console.i18n.labels import label
from console.kernel import Purpose
from console.services.matters import Debt, Noteworthy, OpenMatters, WaitingReview
from console.services.papers import format_duration

MINUTE_S: Final = 60


def countdown(until: datetime, now: datetime) -> str:
    """Return what is left: 12:34; 0:00 once it is over."""
    left = max(0, int((until - now).total_seconds()))
    return f"{left // MINUTE_S}:{left % MINUTE_S:02}"


def overdue(debts: tuple[Debt, ...], now: datetime) -> int:
    return sum(debt.overdue(now) for debt in debts)


def status_texts(found: OpenMatters, now: datetime) -> tuple[str, ...]:
    """Return what the status line says, the longest first; nothing where nothing is open for this officer."""
    long = " · ".join(filter(None, (_mine(found, now), _others(found, now), _reviews(found))))
    short = " · ".join(filter(None, (_mine_short(found, now), _rest_short(found, now))))
    return (long, short) if long else ()


def status_sign(found: OpenMatters, now: datetime) -> tuple[str, str]:
    """Return the shape and the colour that stand beside the words."""
    if overdue(found.debts, now):
        return "urgent", "bad"
    return ("clock", "warning") if found.debts else ("review", "warning")


def _mine(found: OpenMatters, now: datetime) -> str:
    n = len(found.mine)
    if not n:
        return ""
    if late := overdue(found.mine, now):
        return _("Urgent views to explain: {n}, overdue: {late}", n=n, late=late)
    left = countdown(found.mine[0].due_at, now)
    return _("Urgent views to explain: {n}, within {left} min", n=n, left=left)


def _others(found: OpenMatters, now: datetime) -> str:
    n = len(found.others)
    if not n:
        return ""
    if late := overdue(found.others, now):
        return _("others' urgent views: {n}, overdue: {late}", n=n, late=late)
    return _("others' urgent views: {n}", n=n)


def _reviews(found: OpenMatters) -> str:
    return _("to review: {n}", n=len(found.reviews)) if found.reviews else ""


def _mine_short(found: OpenMatters, now: datetime) -> str:
    if not found.mine:
        return ""
    if late := overdue(found.mine, now):
        return _("Urgent {n}, overdue: {late}", n=len(found.mine), late=late)
    return _("Urgent {n} · {left} min", n=len(found.mine), left=countdown(found.mine[0].due_at, now))


def _rest_short(found: OpenMatters, now: datetime) -> str:
    n = len(found.others) + len(found.reviews)
    if late := overdue(found.others, now):
        return _("shift: {n}, overdue: {late}", n=n, late=late)
    return _("shift: {n}", n=n) if n else ""


def debt_line(debt: Debt, now: datetime) -> str:
    """Name one urgent view: camera, who, when, how long."""
    who = "" if debt.mine else debt.who
    return "\n".join((debt.camera, " · ".join(filter(None, (who, _when(debt.opened_at, debt.ended_at, now))))))


def due_text(debt: Debt, now: datetime) -> str:
    """Say how much time is left to explain it, or how long ago that was over."""
    if debt.overdue(now):
        ago = format_duration((now - debt.due_at).total_seconds())
        return _("Overdue for {ago}", ago=ago)
    return _("{left} min left to explain", left=countdown(debt.due_at, now))


def review_line(waiting: WaitingReview, now: datetime) -> str:
    """Name one view that waits: camera, who, incident, when, how long."""
    what = " · ".join((label(Purpose.INCIDENT), waiting.incident))
    if waiting.emergency:
        what = " · ".join((_("emergency access"), what))
    when = _when(waiting.opened_at, waiting.ended_at, now)
    return "\n".join((waiting.camera, f"{waiting.who} · {what}", when))


def noteworthy_line(told: Noteworthy, now: datetime) -> str:
    """Say what the superintendent is told of one view."""
    head = f"{told.who} · {told.camera} · {format_moment(told.opened_at, now)}"
    said = []
    if told.overdue_before:
        said.append(_("urgent again, with urgent views overdue: {n}", n=told.overdue_before))
    if told.fault:
        said.append(_("not in order: {words}", words=told.fault))
    return "\n".join((head, *said))


def _when(opened_at: datetime, ended_at: datetime | None, now: datetime) -> str:
    lasted = _("still open") if ended_at is None else format_duration((ended_at - opened_at).total_seconds())
    return f"{format_moment(opened_at, now)} · {lasted}"


def left_open(found: OpenMatters, now: datetime) -> tuple[str, ...]:
    """Return what is handed over with the shift, line by line; nothing where nothing is open."""
    lines = [f"{debt.camera} · {debt.who} · {due_text(debt, now)}" for debt in found.debts]
    lines += [
        f"{waiting.camera} · {waiting.who} · {waiting.incident} · {_('waits for review')}" for waiting in found.reviews
    ]
    return tuple(lines)


def counts_text(found: OpenMatters) -> str:
    """Return the counts alone, without anybody's name."""
    parts = (
        _("urgent views to explain: {n}", n=len(found.debts)) if found.debts else "",
        _("views to review: {n}", n=len(found.reviews)) if found.reviews else "",
    )
    return " · ".join(filter(None, parts))
