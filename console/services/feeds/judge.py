"""The gate's decision as it stands: live session, active person, known camera, `permits.decide`, nothing on hold."""

from __future__ import annotations

from datetime import datetime

from console.kernel import Clock, Denied, DenyReason, EndReason, Purpose, Right, Session, ViewKind
from console.services.feeds.knowledge import Knowledge, Memory, place_of
from console.services.feeds.live import FeedRequest, LiveFeed
from console.services.permits import Ages, Case, Permit, allowed_by, allowed_unregistered, decide
from console.services.sessions import Sessions

END_OF = {
    DenyReason.WITHDRAWN: EndReason.WITHDRAWN,
    DenyReason.PAUSED_BY_OWNER: EndReason.PAUSED,
    DenyReason.ADDRESS_CHANGED: EndReason.ADDRESS_CHANGED,
    DenyReason.INCIDENT_CLOSED: EndReason.INCIDENT_CLOSED,
    DenyReason.NOT_LOGGED_IN: EndReason.LOGOUT,
    DenyReason.VISITORS: EndReason.VISITORS,
    DenyReason.LOCKED: EndReason.LOCK,
}
"""How a view ends when a renewal is denied; every other reason is a right that ended."""

SETUP_KINDS = frozenset({ViewKind.PROBE, ViewKind.FOCUS})


class Judge:
    """Decides from a reading in memory only; never touches the database."""

    def __init__(self, sessions: Sessions, clock: Clock, ages: Ages) -> None:
        self.memory = Memory()
        self.holds: frozenset[DenyReason] = frozenset()
        self._sessions = sessions
        self._clock = clock
        self._ages = ages

    @property
    def hold(self) -> DenyReason | None:
        """Why private cameras are held closed now; of two reasons the one that a visitor's leaving does not lift."""
        return next((reason for reason in (DenyReason.LOCKED, DenyReason.VISITORS) if reason in self.holds), None)

    def ask(self, session: Session, request: FeedRequest, known: Knowledge) -> Permit | Denied:
        """Decide on a request under one reading."""
        against = self._person(session, known)
        if against is not None:
            return against
        # A probe looks through no level and no hours; a picture for set-up does, and is one large one, not a wall.
        if request.kind not in SETUP_KINDS if request.purpose is Purpose.SETUP else request.kind is ViewKind.PROBE:
            return Denied(DenyReason.PURPOSE_NOT_ALLOWED, purpose=request.purpose.value)
        camera = known.cameras.get(request.camera_id)
        if camera is None:
            return Denied(DenyReason.UNKNOWN_CAMERA)
        case = Case(
            session=session,
            purpose=request.purpose,
            now=self._clock.now(),
            known_at=known.known_at,
            camera=place_of(camera.lat, camera.lon),
            incident=known.happening(request.incident_id),
            newest_record=known.newest_record,
            probe=request.kind is ViewKind.PROBE,
            emergency_id=request.emergency_id,
            emergency=known.emergencies.get(request.emergency_id or ""),
        )
        return self._unless_held(session, decide(known.authorities.get(request.camera_id), case, self._ages))

    def set_up(self, session: Session, camera_id: str | None, known: Knowledge) -> Permit | Denied:
        """Decide whether facts of a typed address may be learnt; `camera_id` is the camera to which it belongs, if any.

        It takes the right to register cameras, not that to open them: who has the address needs no key to it. What the
        owner of a registered camera says counts all the same.
        """
        against = self._person(session, known)
        if against is not None:
            return against
        if not session.may(Right.WRITE_CAMERAS):
            return Denied(DenyReason.ROLE, right=Right.WRITE_CAMERAS.value)
        case = Case(
            session=session,
            purpose=Purpose.SETUP,
            now=self._clock.now(),
            known_at=known.known_at,
            newest_record=known.newest_record,
            probe=True,
        )
        if camera_id is None:
            return self._unless_held(session, allowed_unregistered(case, self._ages))
        return self._unless_held(session, allowed_by(known.authorities.get(camera_id), case, self._ages))

    def _unless_held(self, session: Session, verdict: Permit | Denied) -> Permit | Denied:
        hold = DenyReason.LOCKED if self._sessions.is_locked(session) else self.hold
        if isinstance(verdict, Permit) and verdict.private and hold is not None:
            return Denied(hold)
        return verdict

    def again(self, live: LiveFeed) -> Permit | Denied | None:
        """Decide anew on a running view. None: permitted, but not as the journal has it, so it must be reopened."""
        known = self.memory.newest
        opened = live.opened
        verdict = self.ask(opened.session, opened.request, known)
        if isinstance(verdict, Denied):
            return verdict
        camera = known.cameras[live.camera_id]
        same_terms = _terms(verdict) == _terms(opened.permit)
        return verdict if same_terms and camera.version == opened.camera.version else None

    def seconds_left(self, until: datetime) -> float:
        return (until - self._clock.now()).total_seconds()

    def _person(self, session: Session, known: Knowledge) -> Denied | None:
        if not self._sessions.holds(session):
            return Denied(DenyReason.NOT_LOGGED_IN)
        person = known.people.get(session.person_id)
        if person is None or not person.active:
            return Denied(DenyReason.NOT_LOGGED_IN)
        return None if person.role is session.role else Denied(DenyReason.ROLE)


def _terms(permit: Permit) -> tuple[object, ...]:
    """What of a permit stands in the journal."""
    return permit.authority_id, permit.private, permit.self_opened, permit.emergency_until
