"""The cameras' health in words and signs: alike in the list, in the chart, on the strip and on the status line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt

from console.i18n import N_, _
from console.i18n.dates import format_clock, format_date, format_date_time, format_time
from console.i18n.errors import fault_text
from console.i18n.labels import label
from console.kernel import Fault, TileState
from console.services.health import FEW_S, DayFigures, Ending, Outage, Piece, Sums
from console.services.papers import format_duration
from console.views.record_spec import Mark

STATES: Final[Mapping[str, tuple[str, str, Qt.BrushStyle]]] = {
    "live": (N_("LIVE"), "good", Qt.BrushStyle.SolidPattern),
    "stale": (N_("Frozen"), "warning", Qt.BrushStyle.BDiagPattern),
    "reconnecting": (N_("Reconnecting"), "warning", Qt.BrushStyle.Dense4Pattern),
    "down": (N_("No connection"), "bad", Qt.BrushStyle.DiagCrossPattern),
}
"""Word, colour and pattern of each state, worst last; what nobody watched has none of them."""

_MARKS: Final = {
    TileState.LIVE: ("live", "good"),
    TileState.STALE: ("stale", "warning"),
    TileState.RECONNECTING: ("reconnecting", "warning"),
    TileState.CONNECTING: ("connecting", "quiet"),
    TileState.DOWN: ("down", "bad"),
    TileState.QUARANTINED: ("quarantined", "bad"),
}
_ENDINGS: Final = {
    Ending.BACK: N_("picture back"),
    Ending.UNWATCHED: N_("not watched any longer"),
}
NAMED: Final = 3
"""So many cameras are named on the status line, then they are counted."""


def state_mark(state: TileState | None) -> Mark:
    """Return what a camera's best view says now; None: nobody watches it at this console."""
    if state is None:
        return Mark("empty", "muted", _("Not watched"))
    icon, colour = _MARKS[state]
    return Mark(icon, colour, label(state))


def share_text(share: float) -> str:
    """99.9 %, and 100 % only if nothing was missing."""
    thousandths = int(share * 1000)
    return f"{thousandths // 10}.{thousandths % 10} %" if thousandths % 10 else f"{thousandths // 10} %"


def live_text(sums: Sums | None) -> str:
    """Say how much of the watched time was live; with little time, how little it was."""
    if sums is None or sums.share is None:
        return _("Not watched")
    share = share_text(sums.share)
    if sums.watched < FEW_S:
        return _("{share} (watched {time} only)", share=share, time=format_duration(sums.watched))
    return share


def rate_text(sums: Sums) -> str:
    return "–" if sums.rate is None else f"{sums.rate:.1f}"


def kbps_text(sums: Sums) -> str:
    return "–" if sums.kbps is None else f"{sums.kbps:,.0f}"


def tests_text(sums: Sums) -> str:
    """Say what today's connection tests found; empty if there was none."""
    if not sums.probes:
        return ""
    return _("Connection tests today: {n}, answered: {answered}", n=sums.probes, answered=sums.answered)


def outages_text(day: DayFigures | None) -> str:
    return "–" if day is None or not day.sums.watched else str(day.outages)


def span_text(piece: Piece) -> str:
    """From when to when: 22 พ.ย. 2569 13.10–13.20 น."""
    end = piece.began + timedelta(seconds=piece.seconds)
    return f"{format_date(piece.began)} {format_clock(piece.began)}–{format_time(end)}"


def piece_text(piece: Piece) -> str:
    """Say what was seen in a stretch of time."""
    return f"{span_text(piece)}: {seconds_text(piece.sums)}"


def seconds_text(sums: Sums) -> str:
    """Say how long it was in which state, the states that there were."""
    if not sums.watched:
        return _("Not watched")
    told = ((_(word), getattr(sums, name)) for name, (word, _colour, _pattern) in STATES.items())
    return " · ".join(f"{word} {format_duration(seconds)}" for word, seconds in told if seconds)


def whole_of(pieces: Sequence[Piece]) -> Sums:
    return sum((piece.sums for piece in pieces), Sums())


def figures_text(piece: Piece) -> str:
    """Say what was seen and measured in a stretch of time; with little time watched, how little it was."""
    sums = piece.sums
    if not sums.watched:
        return piece_text(piece)
    parts = [
        f"{span_text(piece)}: {live_text(sums)}",
        seconds_text(sums),
        f"{_('Pictures/s')} {rate_text(sums)}",
        f"{_('kbit/s')} {kbps_text(sums)}",
        f"{_('Reconnects')} {sums.reconnects}" if sums.reconnects else "",
    ]
    return " · ".join(filter(None, parts))


def sum_text(pieces: Sequence[Piece]) -> str:
    """Say of a longer time how much of it was live."""
    whole = whole_of(pieces)
    return f"{_('Live')} {live_text(whole)}. {seconds_text(whole)}" if whole.watched else _("Not watched")


def strip_text(pieces: Sequence[Piece]) -> str:
    """Say in a sentence what the strip of the last day shows."""
    whole = whole_of(pieces)
    if not whole.watched:
        return _("Last 24 h: not watched")
    return _(
        "Last 24 h: watched {time}, live {share}. {states}",
        time=format_duration(whole.watched),
        share=share_text(whole.share or 0.0),
        states=seconds_text(whole),
    )


def outage_text(outage: Outage, now: datetime) -> str:
    """Say when, how long and why: 13.05.10–13.06.00 น. · 50 วิ · กล้องไม่ตอบ."""
    began = format_date_time(outage.began, seconds=True)
    fault = "" if outage.fault is Fault.NONE else fault_text(outage.fault)
    if outage.ending is Ending.GOES_ON:
        lasts = format_duration((now - outage.began).total_seconds())
        parts = [_("since {since}", since=began), _("goes on, {time} so far", time=lasts), fault]
    else:
        until = format_time(outage.until, seconds=True)
        parts = [f"{began} – {until}", format_duration(outage.seconds), fault, _(_ENDINGS[outage.ending])]
    return " · ".join(part for part in parts if part)


def trouble_texts(cameras: Sequence[tuple[str, str]], *, named: bool) -> tuple[str, ...]:
    """Say of which cameras (code, name) there is no current picture: in full, shorter, and as a number."""
    counted = _("Cameras with no current picture: {n}", n=len(cameras)), _("No picture: {n}", n=len(cameras))
    if not named:
        return counted
    more = _(" and {n} more", n=len(cameras) - NAMED) if len(cameras) > NAMED else ""
    full, short = (", ".join(camera[which] for camera in cameras[:NAMED]) + more for which in (1, 0))
    return _("No current picture: {names}", names=full), _("No current picture: {names}", names=short), *counted
