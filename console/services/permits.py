"""May this person look through this camera, for this purpose, now, and until when? A pure function and its words.

The order is the contract: role → authority (standing, level, purposes, hours, incident) → freshness of what is known.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from console.db.authorities import AuthorityRow
from console.db.emergencies import EmergencyRow
from console.kernel import STATION_ZONE, AccessLevel, AuthorityKind, Denied, DenyReason, Purpose, Right, Session

DAY: Final = 24 * 60
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
EARTH_RADIUS_M: Final = 6_371_008.8
# A purpose that names a happening must name which one.
NEEDS_INCIDENT: Final = frozenset({Purpose.INCIDENT, Purpose.SOS})
# Not ticked by the owner: urgent has its debt, demonstration its own permission, set-up serves his own masks.
NEVER_TICKED: Final = frozenset({Purpose.URGENT, Purpose.DEMONSTRATION, Purpose.SETUP})


@dataclass(frozen=True, slots=True)
class Place:
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Happening:
    """The incident that a view names: where, by whom opened and placed there, and whether it still is open."""

    id: str
    place: Place | None
    opened_by: str | None
    is_open: bool
    placed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Ages:
    """How old the knowledge of an authority may be, and how far the wall clock may lag behind the journal."""

    private_s: float
    agency_s: float
    clock_slack_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """Everything beside the authority that the decision depends on."""

    session: Session
    purpose: Purpose
    now: datetime
    known_at: datetime
    camera: Place | None = None
    incident: Happening | None = None
    newest_record: datetime | None = None
    probe: bool = False
    """Whether facts are asked for and no picture."""
    emergency_id: str | None = None
    """The override that the request names, if it names one."""
    emergency: EmergencyRow | None = None
    """What is known of it; None once its half hour is over."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Yes, until then; `until` is never passed by a lease, so timed rights end exactly."""

    until: datetime
    authority_id: str
    private: bool
    self_opened: bool = False
    emergency_until: datetime | None = None
    """When the override ends by which alone it holds; None for what the owner allows."""


def decide(authority: AuthorityRow | None, case: Case, ages: Ages) -> Permit | Denied:
    """Return the permit, or the first reason against it in the order of the contract."""
    needed = Right.PROBE_CAMERAS if case.probe else Right.VIEW_FEEDS
    if not case.session.may(needed):
        return Denied(DenyReason.ROLE, right=needed.value)
    ordinary = allowed_by(authority, case, ages)
    if case.emergency_id is None or isinstance(ordinary, Permit):
        # What the owner allows needs no override, and is not told as one.
        return ordinary
    return ordinary if authority is None else _in_emergency(authority, case, ages)


def _in_emergency(authority: AuthorityRow, case: Case, ages: Ages) -> Permit | Denied:
    """Return what a superintendent's override lifts: an owner's pause, level, hours and purposes, and nothing else.

    No withdrawal, no expiry and no missing signature: where there is no consent any more, there is none to look past.
    A pause since a backup came back stays too, it may hide a withdrawal; so does the question how old the knowledge is.
    """
    if not case.session.may(Right.OVERRIDE):
        return Denied(DenyReason.ROLE, right=Right.OVERRIDE.value)
    if authority.kind is not AuthorityKind.OWNER:
        return Denied(DenyReason.EMERGENCY_NOT_HERE)
    lifted = dataclasses.replace(
        authority,
        paused=authority.unconfirmed,
        level=AccessLevel.ALWAYS,
        purposes=authority.purposes | {Purpose.INCIDENT},
    )
    permit = allowed_by(lifted, case, ages)
    if isinstance(permit, Denied):
        return permit
    override = case.emergency
    if override is None or not _covers(override, authority, case):
        return Denied(DenyReason.EMERGENCY_OVER)
    until = min(permit.until, override.until)
    return dataclasses.replace(permit, until=until, self_opened=_answers_for(case), emergency_until=override.until)


def _covers(override: EmergencyRow, authority: AuthorityRow, case: Case) -> bool:
    """Whether it is this session's, for this camera and this incident, and still runs."""
    named = (override.session_id, override.camera_id, override.incident_id)
    asked = (case.session.id, authority.camera_id, case.incident.id if case.incident is not None else "")
    return named == asked and case.purpose is Purpose.INCIDENT and case.now < override.until


def allowed_by(authority: AuthorityRow | None, case: Case, ages: Ages) -> Permit | Denied:
    """Return what the authority alone says: everything after the viewer's role."""
    if authority is None:
        return Denied(DenyReason.NO_AUTHORITY)
    against = standing_against(authority, case.now, probe=case.probe) or _purpose(authority, case.purpose)
    if against is not None:
        return against
    until = authority.expires_at or FOR_EVER
    # A probe shows no pixel: it needs the authority, not the hour or the incident.
    if not case.probe:
        limit = _level(authority, case)
        if isinstance(limit, Denied):
            return limit
        until = min(until, limit)
    fresh = _freshness(authority.kind, case, ages)
    if isinstance(fresh, Denied):
        return fresh
    return Permit(
        until=min(until, fresh),
        authority_id=authority.id,
        private=authority.private,
        self_opened=_self_opened(authority, case),
    )


def allowed_unregistered(case: Case, ages: Ages) -> Permit | Denied:
    """Return what is allowed at an address of which no owner has said anything: it is treated as a private one."""
    fresh = _freshness(AuthorityKind.OWNER, case, ages)
    return fresh if isinstance(fresh, Denied) else Permit(until=fresh, authority_id="", private=True)


def standing_against(authority: AuthorityRow, now: datetime, *, probe: bool = False) -> Denied | None:
    """Return why nobody may look by this authority at all now, whatever the purpose and the hour; None if he may.

    A new address is probed before its owner is asked whether it is his camera's: a probe shows no pixel.
    """
    if authority.withdrawn_at is not None:
        return Denied(DenyReason.WITHDRAWN)
    if not countersigned(authority):
        return Denied(DenyReason.NOT_COUNTERSIGNED)
    if authority.paused:
        return Denied(DenyReason.PAUSED_BY_OWNER)
    if now < authority.valid_from:
        return Denied(DenyReason.NOT_YET_VALID, at=authority.valid_from)
    if authority.expires_at is not None and now >= authority.expires_at:
        return Denied(DenyReason.EXPIRED, at=authority.expires_at)
    return Denied(DenyReason.ADDRESS_CHANGED) if authority.readdressed_by and not probe else None


def countersigned(authority: AuthorityRow) -> bool:
    """An owner's own signature suffices; naming a camera own or agency takes a second person of the station."""
    if authority.kind is AuthorityKind.OWNER and not authority.countersign_needed:
        return True
    return authority.countersigned_by is not None and authority.countersigned_by != authority.recorded_by


def _purpose(authority: AuthorityRow, purpose: Purpose) -> Denied | None:
    if authority.level is AccessLevel.REGISTER_ONLY:
        return Denied(DenyReason.REGISTER_ONLY)
    if purpose is Purpose.DEMONSTRATION:
        allowed = authority.permission_demonstration
    else:
        allowed = purpose in NEVER_TICKED or purpose in authority.purposes
    return None if allowed else Denied(DenyReason.PURPOSE_NOT_ALLOWED, purpose=purpose.value)


def _level(authority: AuthorityRow, case: Case) -> datetime | Denied:
    """Return the moment at which the level itself ends the view, or why it does not begin."""
    needs_incident = authority.level is AccessLevel.INCIDENT or case.purpose in NEEDS_INCIDENT
    if needs_incident and case.incident is None:
        return Denied(DenyReason.NO_INCIDENT)
    if case.incident is not None and not case.incident.is_open:
        return Denied(DenyReason.INCIDENT_CLOSED)
    if authority.level is AccessLevel.INCIDENT:
        return _near(authority, case)
    if authority.level is AccessLevel.HOURS:
        end = hours_end(authority.hours, case.now)
        return Denied(DenyReason.OUTSIDE_HOURS, hours=tuple(authority.hours)) if end is None else end
    return FOR_EVER


def _near(authority: AuthorityRow, case: Case) -> datetime | Denied:
    """Level 1: the incident lies within the camera's radius. An unknown place is not near."""
    spot = case.incident.place if case.incident is not None else None
    if spot is None or case.camera is None:
        return Denied(DenyReason.INCIDENT_TOO_FAR, radius_m=authority.radius_m)
    away = distance_m(spot, case.camera)
    if away > authority.radius_m:
        return Denied(DenyReason.INCIDENT_TOO_FAR, radius_m=authority.radius_m, distance_m=round(away))
    return FOR_EVER


def _freshness(kind: AuthorityKind, case: Case, ages: Ages) -> datetime | Denied:
    """Return when the knowledge grows too old. Own cameras do not depend on somebody's withdrawal."""
    if kind is AuthorityKind.OWN:
        return FOR_EVER
    age = ages.agency_s
    if kind is AuthorityKind.OWNER:
        age = ages.private_s
        newest = max(case.known_at, case.newest_record or case.known_at)
        if case.now < newest - timedelta(seconds=ages.clock_slack_s):
            return Denied(DenyReason.CLOCK_SET_BACK, newest=newest)
    stale = case.known_at + timedelta(seconds=age)
    return Denied(DenyReason.KNOWLEDGE_TOO_OLD, known_at=case.known_at) if case.now >= stale else stale


def _self_opened(authority: AuthorityRow, case: Case) -> bool:
    return authority.level is AccessLevel.INCIDENT and _answers_for(case)


def _answers_for(case: Case) -> bool:
    """Who moves somebody else's incident to a camera has as much to answer for as who invents one there."""
    return case.incident is not None and case.session.person_id in {case.incident.opened_by, case.incident.placed_by}


def hours_end(windows: Iterable[tuple[int, int]], now: datetime) -> datetime | None:
    """Return when the hours that hold `now` end, None outside them. Windows that touch are one, midnight included."""
    local = now.astimezone(STATION_ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    allowed = _allowed_minutes(tuple(windows))
    first = local.hour * 60 + local.minute
    if not allowed[first]:
        return None
    ahead = next((step for step in range(1, DAY) if not allowed[(first + step) % DAY]), None)
    if ahead is None:
        return FOR_EVER
    # Bangkok keeps no summer time: minutes of the wall clock are minutes of time.
    return (midnight + timedelta(minutes=first + ahead)).astimezone(UTC)


@functools.lru_cache(maxsize=256)
def _allowed_minutes(windows: tuple[tuple[int, int], ...]) -> tuple[bool, ...]:
    allowed = [False] * DAY
    for start, end in windows:
        for minute in range(start, end if end >= start else end + DAY):
            allowed[minute % DAY] = True
    return tuple(allowed)


def distance_m(one: Place, other: Place) -> float:
    """Return the great-circle distance (haversine)."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(other.lon - one.lon) / 2
    slope = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, slope)))
