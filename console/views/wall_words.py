"""What a tile says: from the state of its cell to words, a shape and a colour. Pure, so that every state can be tested.

A tile says LIVE only if the gate says LIVE. Whatever is not known to be current is marked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from console.i18n import _, plain
from console.i18n.dates import format_age, format_date, format_hours, format_moment, format_time, local
from console.i18n.errors import deny_reason, deny_text, fault_text, open_failed_text
from console.i18n.labels import label, owner_number
from console.kernel import AccessLevel, Denied, DenyReason, Fault, Session, StreamFacts, TileState
from console.views.wall_model import Cell, TileStatus, Waiting, WallCamera


class Show(Enum):
    """How much of the camera's picture may be painted."""

    PICTURE = "picture"
    GREY = "grey"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Words:
    """The face of a tile.

    `badge` stands in the strip, `message` in the middle of a dark tile, `plate` on the picture; `brief` takes the
    place of the last two where they do not fit, and `short` that of any where nothing else does.
    """

    icon: str
    colour: str
    badge: str
    show: Show = Show.NOTHING
    message: str = ""
    plate: str = ""
    brief: str = ""
    short: str = ""


NOTHING: Final = Words("plus", "faint", "")
_QUIET_FAULTS: Final = (Fault.NONE, Fault.FROZEN, Fault.BEHIND)


def cell_words(cell: Cell, status: TileStatus | None, now: datetime) -> Words:
    """Return what this cell says now. `status` is the feed's, None without a feed."""
    if cell.camera is None:
        return NOTHING
    if cell.waiting is not Waiting.NOTHING:
        return _waiting_words(cell.waiting)
    if cell.feed is None or status is None:
        return denied_words(cell.denied) if cell.denied is not None else _waiting_words(Waiting.GATE)
    return status_words(status, now)


def _waiting_words(waiting: Waiting) -> Words:
    if waiting is Waiting.PURPOSE:
        return Words("purpose", "warning", _("Purpose?"), message=_("Choose why you need to look (P)"))
    if waiting is Waiting.VISITORS:
        return Words("visitors", "quiet", _("Visitors"), message=_("Visitors in the room.\nPrivate cameras are dark."))
    if waiting is Waiting.LOCKED:
        return Words("lock", "quiet", _("Locked"), message=_("This console is locked.\nPrivate cameras are dark."))
    if waiting is Waiting.HIDDEN:
        return Words("refresh", "quiet", _("Closed"), message=_("Closed while hidden. Press R to open it again"))
    return connecting_words()


def connecting_words() -> Words:
    return Words("connecting", "quiet", label(TileState.CONNECTING), message=_("Connecting…"), short=_("Opening"))


def denied_words(denied: Denied) -> Words:
    if denied.reason is DenyReason.PAUSED_BY_OWNER:
        return Words(
            "paused", "quiet", label(TileState.PAUSED), message=_("The owner has paused the link"), short=_("Paused")
        )
    if denied.reason is DenyReason.VISITORS:
        return _waiting_words(Waiting.VISITORS)
    reason = _sentence(deny_reason(denied))
    state = label(TileState.DENIED)
    return Words("denied", "quiet", state, message=deny_text(denied), brief=reason, short=_("Denied"))


def status_words(status: TileStatus, now: datetime) -> Words:
    """Return the words for what the gate says of a running view."""
    return _BY_STATE[status.state](status, now)


def _live_words(status: TileStatus, now: datetime) -> Words:
    del now
    live = label(status.state)
    badge = live
    if status.why_small is not None:
        badge = _("{live} · small picture", live=live)
    elif status.eased and not status.shown_rate:
        badge = _("{live} · less detail", live=live)
    if not status.shown_rate:
        return Words("live", "good", badge, Show.PICTURE, short=live)
    n, m = f"{status.shown_rate:.0f}", f"{status.facts.rate:.0f}"
    reduced = _("Reduced: {n} of {m} pictures/s", n=n, m=m)
    return Words("live", "good", badge, Show.PICTURE, plate=reduced, brief=f"{n}/{m}", short=live)


def _connecting_words(status: TileStatus, now: datetime) -> Words:
    del status, now
    return connecting_words()


def _stale_words(status: TileStatus, now: datetime) -> Words:
    del now
    age = format_age(status.age_s or 0.0)
    said = _("{age} late", age=age) if status.fault is Fault.BEHIND else _("Frozen {age}", age=age)
    return Words("stale", "warning", said, Show.GREY, plate=said, short=age)


def _reconnecting_words(status: TileStatus, now: datetime) -> Words:
    del now
    badge = _("Reconnecting ({n})", n=max(1, status.attempt))
    if status.age_s is None:
        fault = "" if status.fault in _QUIET_FAULTS else _sentence(fault_text(status.fault))
        message = "\n".join(filter(None, (badge, fault)))
        return Words("reconnecting", "warning", badge, message=message, short=_("Retry {n}", n=max(1, status.attempt)))
    age = format_age(status.age_s)
    old = _("Picture {age} old", age=age)
    return Words("reconnecting", "warning", badge, Show.GREY, plate=f"{badge} · {old}", brief=old, short=age)


def _down_words(status: TileStatus, now: datetime) -> Words:
    since = _("No connection since {since}", since=format_moment(status.since, now))
    fault = "" if status.fault is Fault.NONE else _sentence(fault_text(status.fault))
    message = "\n".join(filter(None, (since, fault)))
    return Words("down", "bad", label(status.state), message=message, brief=since, short=_("Lost"))


def _refused_words(status: TileStatus, now: datetime) -> Words:
    del now
    if status.deny is not None:
        return denied_words(status.deny)
    if status.state is TileState.PAUSED:
        return denied_words(Denied(DenyReason.PAUSED_BY_OWNER))
    return Words("denied", "quiet", label(status.state), message=label(status.state))


def _quarantined_words(status: TileStatus, now: datetime) -> Words:
    del now
    return Words("quarantined", "bad", label(status.state), message=_sentence(fault_text(Fault.QUARANTINED)))


def _ended_words(status: TileStatus, now: datetime) -> Words:
    del status, now
    return Words("down", "quiet", _("Closed"), message=_("The view has ended. Press R to open it again"))


_BY_STATE: Final[Mapping[TileState, Callable[[TileStatus, datetime], Words]]] = {
    TileState.EMPTY: _ended_words,
    TileState.CONNECTING: _connecting_words,
    TileState.LIVE: _live_words,
    TileState.STALE: _stale_words,
    TileState.RECONNECTING: _reconnecting_words,
    TileState.DOWN: _down_words,
    TileState.DENIED: _refused_words,
    TileState.PAUSED: _refused_words,
    TileState.QUARANTINED: _quarantined_words,
}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def allowance(camera: WallCamera, now: datetime) -> tuple[str, ...]:
    """Say what the owner allows and until when, line by line, for the tile's card."""
    if camera.kind is None:
        return (_("No permission is recorded for this camera"),)
    lines = [label(camera.kind)]
    if camera.level is not None:
        lines.append(label(camera.level))
    if camera.level is AccessLevel.HOURS and camera.hours:
        lines.append(_("Hours: {hours}", hours=format_hours(camera.hours)))
    if camera.level is AccessLevel.INCIDENT and camera.radius_m:
        lines.append(_("Within {n} m of the incident", n=camera.radius_m))
    if camera.paused:
        lines.append(_("The owner has paused the link"))
    if camera.expires_at is not None:
        lines.append(_until(camera.expires_at, now))
    else:
        lines.append(_("No end date"))
    return tuple(lines)


def _until(end: datetime, now: datetime) -> str:
    """Midnight is the end of the day before it; nobody reads “until 1 July 00.00” as 30 June."""
    here = local(end)
    if here.hour == here.minute == here.second == 0:
        return _("Until the end of {date}", date=format_date(end - timedelta(minutes=1)))
    return _("Until {when}", when=format_moment(end, now))


_CODECS: Final[Mapping[str, str]] = {"h264": "H.264", "hevc": "H.265", "mjpeg": "MJPEG"}


def picture_text(facts: StreamFacts) -> str:
    """Return what a camera sends: 640×360 · 15 ภาพ/วิ · H.264."""
    rate = _("{n} pictures/s", n=f"{facts.rate:.0f}") if facts.rate else ""
    codec = _CODECS.get(facts.codec, facts.codec.upper())
    return plain(" · ".join(filter(None, (f"{facts.width}×{facts.height}", rate, codec))))


def overlay_lines(session: Session, code: str, now: datetime, *, dated: bool = True) -> tuple[str, str]:
    """Return what stands faintly on a private picture: who looks, when, at which camera."""
    when = f"{format_date(now)} {format_time(now)}" if dated else format_time(now)
    return session.display_name, f"{when} · {code}"


def explanation(cell: Cell, status: TileStatus | None, now: datetime) -> str:
    """Say the state in one full sentence for the card: what it is, and what to do if anything."""
    if cell.camera is None:
        return _("Press F to find a camera for this place, or drag one here from the list.")
    if status is not None and status.state is TileState.STALE and status.fault is Fault.BEHIND:
        age = format_age(status.age_s or 0.0)
        return _("What is seen happened {age} ago; the console is catching up", age=age)
    if status is not None and status.fault is not Fault.NONE and status.state is not TileState.LIVE:
        return open_failed_text(cell.camera.name, status.fault)
    if status is not None and status.why_small is not None and status.state is TileState.LIVE:
        why = status.why_small
        reason = deny_reason(why) if isinstance(why, Denied) else fault_text(why)
        return _("The large picture is not available: {reason}", reason=reason)
    if status is not None and status.eased and status.state is TileState.LIVE:
        return _("This computer is busy: less is drawn of the picture until it can keep up again")
    words = cell_words(cell, status, now)
    return words.message.replace("\n", " · ") or words.badge


def owner_words(camera: WallCamera, *, visitors: bool) -> str:
    """Say whose the camera is, of one without a name which kind of owner; private names are not for visitors."""
    number = "" if camera.owner_number is None else owner_number(camera.owner_number)
    name = "" if visitors and camera.private else camera.owner
    return f"{number} {name or label(camera.owner_type)}".strip()
