"""How a consent stands, told from its events, its terms and the calendar; who has to sign; what it reminds of. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.db.consents import ConsentRow, ConsentTerms, EventRow
from console.db.notices import NoticeRow
from console.db.owners import OwnerRow
from console.kernel import STATION_ZONE, ConsentEventKind, ConsentState, Party

REMIND_DAYS: Final = (1, 7, 30)
OF_AGE: Final = 20
SIGNS_BESIDE: Final = 10
"""Up to this age the guardian signs alone."""

LIVING: Final = frozenset({ConsentState.AWAITING_SIGNATURE, ConsentState.IN_FORCE, ConsentState.PAUSED})
"""States in which no other consent may claim the same camera."""
_CAMERA: Final = {
    ConsentEventKind.SIGNED: ConsentState.IN_FORCE,
    ConsentEventKind.RESUMED: ConsentState.IN_FORCE,
    ConsentEventKind.PAUSED: ConsentState.PAUSED,
    ConsentEventKind.WITHDRAWN: ConsentState.WITHDRAWN,
}


def state(events: Sequence[EventRow], terms: ConsentTerms, now: datetime) -> ConsentState:
    """Return how the whole consent stands at `now`."""
    kinds = {event.event for event in events}
    if ConsentEventKind.VOIDED in kinds:
        return ConsentState.VOID
    if ConsentEventKind.SIGNED not in kinds:
        return _unsigned(events)
    linked = [camera_state(events, camera.camera_id) for camera in terms.cameras]
    if all(each is ConsentState.WITHDRAWN for each in linked):
        return ConsentState.WITHDRAWN
    if ConsentEventKind.SUPERSEDED in kinds or now >= terms.expires_at:
        return ConsentState.EXPIRED
    standing = {each for each in linked if each is not ConsentState.WITHDRAWN}
    return ConsentState.PAUSED if standing == {ConsentState.PAUSED} else ConsentState.IN_FORCE


def _unsigned(events: Sequence[EventRow]) -> ConsentState:
    last = events[-1].event if events else ConsentEventKind.DRAFTED
    if last is ConsentEventKind.REFUSED:
        return ConsentState.REFUSED
    return ConsentState.AWAITING_SIGNATURE if last is ConsentEventKind.PRESENTED else ConsentState.DRAFT


def camera_state(events: Sequence[EventRow], camera_id: str) -> ConsentState:
    """Return what the events say of one camera of a signed consent; what was withdrawn stays so."""
    found = ConsentState.IN_FORCE
    for event in events:
        if event.camera_id in {None, camera_id} and found is not ConsentState.WITHDRAWN:
            found = _CAMERA.get(event.event, found)
    return found


_RESTS_NO_MORE: Final = frozenset(
    {
        ConsentEventKind.RECONFIRMED,
        ConsentEventKind.WITHDRAWN,
        ConsentEventKind.VOIDED,
        ConsentEventKind.SUPERSEDED,
    }
)


def resting_cameras(events: Sequence[EventRow]) -> frozenset[str]:
    """Return which cameras rest since they got another address, until the owner's word for it."""
    found: frozenset[str] = frozenset()
    for event in events:
        # An event that names no camera is about all of them.
        named = found if event.camera_id is None else {event.camera_id}
        if event.event is ConsentEventKind.READDRESSED:
            found |= named
        elif event.event in _RESTS_NO_MORE:
            found -= named
    return found


_ENDS: Final = {
    ConsentState.VOID: ConsentEventKind.VOIDED,
    ConsentState.REFUSED: ConsentEventKind.REFUSED,
    ConsentState.WITHDRAWN: ConsentEventKind.WITHDRAWN,
}


def ended(row: ConsentRow, now: datetime) -> datetime | None:
    """Return since when a consent is over for good; None while it stands or may still be signed."""
    found = state(row.events, row.terms, now)
    if found is ConsentState.EXPIRED:
        replaced = [event.at for event in row.events if event.event is ConsentEventKind.SUPERSEDED]
        return min((*replaced, row.terms.expires_at))
    end = _ENDS.get(found)
    return None if end is None else max(event.at for event in row.events if event.event is end)


# Who signs


class Signers(StrEnum):
    """Who has to sign (PDPA s.20)."""

    OWNER = "owner"
    BOTH = "both"
    """A minor, and the guardian beside him."""
    GUARDIAN = "guardian"


def signers(owner: OwnerRow, now: datetime) -> Signers:
    """Tell who has to sign. Of a birth only the year is known: who may still be too young counts as that."""
    born = owner.facts.birth_year
    if born is None or owner.party is not Party.PERSON:
        return Signers.OWNER
    surely = now.astimezone(STATION_ZONE).year - born - 1
    if surely >= OF_AGE:
        return Signers.OWNER
    return Signers.BOTH if surely > SIGNS_BESIDE else Signers.GUARDIAN


# Reminders


class Ask(StrEnum):
    """Why the owner should be asked again, the most pressing first."""

    EXPIRY = "expiry"
    PURPOSE = "purpose"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Reminder:
    """`within` days the consent ends (1, 7 or 30); None: it is asked anew for another reason."""

    ask: Ask
    within: int | None = None


def reminder(row: ConsentRow, shown: NoticeRow, newest: NoticeRow, now: datetime) -> Reminder | None:
    """Return what a consent in force reminds of; `shown` is the notice that its owner was shown."""
    if state(row.events, row.terms, now) not in {ConsentState.IN_FORCE, ConsentState.PAUSED}:
        return None
    left = row.terms.expires_at - now
    for days in REMIND_DAYS:
        if left <= timedelta(days=days):
            return Reminder(Ask.EXPIRY, days)
    if newest.purposes - shown.purposes:
        return Reminder(Ask.PURPOSE)
    return Reminder(Ask.NOTICE) if newest.number > shown.number else None
