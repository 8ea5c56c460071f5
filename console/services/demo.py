"""Filling the demonstration's store: the invented town, written through the ordinary commands by invented people.

Nothing here is a shortcut: passwords are hashed, addresses sealed, second signatures given by a second person, and
every step is in the demonstration's own journal. Only the store differs (new each time, no row shared with a real one)
and its clock, which begins a month ago and has caught up when the window opens.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Final

from console.i18n.typed import day_begins
from console.kernel import (
    STATION_ZONE,
    AccessLevel,
    Aim,
    AuthorityKind,
    Clock,
    Purpose,
    Secret,
    Session,
    SystemClock,
    Zone,
)
from console.services.addresses import DEMO_SCHEME
from console.services.authorities import CountersignAuthority, PauseAuthority, RecordAuthority
from console.services.cameras import RegisterCamera
from console.services.consent_commands import DraftConsent
from console.services.consents import CameraTerms
from console.services.demo_consents import sign_on_paper
from console.services.demo_owners import NOTICE_WORDS, OWNERS, VISITS, SampleOwner
from console.services.demo_town import (
    CAMERAS,
    HAPPENINGS,
    LEAD,
    OTHERS,
    REGISTRAR,
    STATION_LAT,
    STATION_LON,
    SUPERINTENDENT,
    THEFT,
    WALL,
    Happening,
    Person,
    Sample,
    Terms,
)
from console.services.incidents import AddEntry, CloseIncident, OpenIncident, StrikeEntry
from console.services.notices import OFFERED, PublishNotice, filled
from console.services.owner_path import AddStep
from console.services.owners import LinkCamera, RegisterOwner
from console.services.people import AddPerson, NewFirst
from console.services.station import Station
from console.services.visitors import RecordVisit
from console.services.walls import SaveWall

WALL_LAYOUT: Final = "9"
FOUNDED: Final = timedelta(days=30)
VALID: Final = timedelta(days=365)
REPORTED_AFTER: Final = timedelta(minutes=4)
SHIFT: Final = timedelta(hours=4)
"""What happens closer together is written by one shift lead at one sitting."""
CLOSED_AFTER: Final = timedelta(minutes=25)

_METRES_A_DEGREE: Final = 111_320.0
WATCH: Final = frozenset({Purpose.INCIDENT, Purpose.SOS, Purpose.RISK_SPOT, Purpose.TRAFFIC, Purpose.CAMERA_CHECK})
_HALF_DAYS: Final = ((360, 1080), (1080, 360), (180, 900), (900, 180))
"""Level-2 hours to choose from: at any moment one of them has begun at least an hour ago and lasts another hour."""
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


class StagedClock:
    """The demonstration's clock: put back while the town's past is written, the computer's own afterwards."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._behind = timedelta()

    def put_back(self, behind: timedelta) -> None:
        """Stand so far behind the computer's clock from now on; time in the store only ever goes forward."""
        self._behind = behind

    def now(self) -> datetime:
        return self._clock.now() - self._behind

    def monotonic(self) -> float:
        return self._clock.monotonic()


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Who to log in and why he looks: with this incident as the purpose all nine tiles of his wall open.

    All sample people have the one password, made up at each start: a visitor may sit down as any of them.
    """

    login: str
    password: Secret
    incident_id: str


def is_current(names: Iterable[str]) -> bool:
    """Tell whether there is a painted scene for every camera that shows one."""
    return {sample.scene.partition("/")[0] for sample in CAMERAS} - {""} <= set(names)


def fill(station: Station, clock: StagedClock) -> Demonstration:
    """Write the whole demonstration into an empty store and leave nobody logged in."""
    return _Filling(station, clock).run()


class _Filling:
    def __init__(self, station: Station, clock: StagedClock) -> None:
        self._station = station
        self._clock = clock
        self._password = Secret(f"sathit-{secrets.randbelow(9000) + 1000}-{secrets.randbelow(9000) + 1000}")
        self._cameras: dict[str, str] = {}
        self._owners: dict[str, str] = {}

    def run(self) -> Demonstration:
        self._clock.put_back(FOUNDED)
        chief = self._found()
        registrar = self._enter(REGISTRAR)
        self._register(registrar)
        self._enter_owners(registrar)
        self._publish(registrar)
        self._consent(registrar)
        self._sign(chief)
        cells = tuple(self._cameras[sample.code] for sample in WALL)
        self._station.dispatcher.run(SaveWall(layout=WALL_LAYOUT, cells=cells), chief)
        self._leave(registrar, chief)
        incident_id = self._past()
        self._clock.put_back(timedelta())
        self._talk()
        return Demonstration(SUPERINTENDENT.login, self._password, incident_id)

    def _enter(self, person: Person) -> Session:
        return self._station.people.log_in(person.login, self._password)

    def _leave(self, *sessions: Session) -> None:
        for session in sessions:
            self._station.people.log_out(session)

    # People

    def _found(self) -> Session:
        """Make the superintendent and, by him, the others; his open vault gives those who may watch their slot."""
        first = SUPERINTENDENT
        self._station.people.add_first(
            NewFirst(first.login, first.name, first.role, self._password, first.rank, first.position)
        )
        chief = self._enter(first)
        for person in OTHERS:
            command = AddPerson(
                login=person.login,
                display_name=person.name,
                role=person.role,
                password=self._password,
                rank=person.rank,
                position=person.position,
            )
            self._station.dispatcher.run(command, chief)
        return chief

    # Cameras

    def _register(self, registrar: Session) -> None:
        """Register every camera, and what agencies allowed; what owners allow, they sign."""
        run = self._station.dispatcher.run
        for sample in CAMERAS:
            lat, lon = _place(*sample.spot)
            camera = RegisterCamera(
                code=sample.code,
                name=sample.name,
                owner_type=sample.owner,
                owner_name=sample.owner_name,
                place=sample.place,
                lat=lat,
                lon=lon,
                zone=sample.zone,
                connection=sample.connection,
                address=address_of(sample) if sample.scene else None,
            )
            camera_id = self._cameras[sample.code] = str(run(camera, registrar))
            if sample.terms is not None and sample.terms.kind is not AuthorityKind.OWNER:
                run(_agreement(camera_id, sample, self._clock.now()), registrar)

    def _enter_owners(self, registrar: Session) -> None:
        """Register the owners, each with the cameras that are his."""
        run = self._station.dispatcher.run
        for number, owner in enumerate(OWNERS, start=1):
            owner_id = self._owners[owner.name] = str(run(_registration(owner, number), registrar))
            for code in owner.cameras:
                run(LinkCamera(owner_id=owner_id, camera_id=self._cameras[code]), registrar)

    def _publish(self, registrar: Session) -> None:
        """Fill the blanks of the notice, without which nobody may sign."""
        text = filled(self._station.notices.proposal(), NOTICE_WORDS)
        self._station.dispatcher.run(PublishNotice(text=text, purposes=OFFERED, follows=0), registrar)

    def _consent(self, registrar: Session) -> None:
        """Let each owner sign for his camera."""
        now = self._clock.now()
        open_hours = hours_around(now + FOUNDED)
        owner_of = {code: self._owners[owner.name] for owner in OWNERS for code in owner.cameras}
        for sample in CAMERAS:
            if sample.terms is None or sample.terms.kind is not AuthorityKind.OWNER:
                continue
            camera = CameraTerms(self._cameras[sample.code], "", Aim.FRONT)
            draft = DraftConsent(
                owner_id=owner_of[sample.code],
                cameras=(camera,),
                valid_from=now,
                expires_at=now + VALID,
                **_reach(sample.terms, open_hours),
            )
            sign_on_paper(self._station, draft, registrar)

    def _talk(self) -> None:
        """Record what was talked about with owners, and who came to see the room."""
        registrar, run = self._enter(REGISTRAR), self._station.dispatcher.run
        today = day_begins(self._clock.now().astimezone(STATION_ZONE).date())
        for owner in OWNERS:
            for talk in owner.talks:
                step = AddStep(
                    owner_id=self._owners[owner.name],
                    kind=talk.kind,
                    day=today - timedelta(days=talk.days_ago),
                    went=frozenset({registrar.person_id}),
                    result=talk.result,
                    next_step=talk.next_step,
                    next_day=None if talk.next_in is None else today + timedelta(days=talk.next_in),
                )
                run(step, registrar)
        for visit in VISITS:
            book = RecordVisit(
                day=today - timedelta(days=visit.days_ago),
                group_name=visit.group,
                counts=dict(visit.counts),
                received_by=registrar.person_id,
                purpose=visit.purpose,
                sign_ups=visit.sign_ups,
                wishes=visit.wishes,
            )
            run(book, registrar)
        self._leave(registrar)

    def _sign(self, chief: Session) -> None:
        """Give the second signatures, and pause what its owner paused."""
        rows, run = self._station.authorities.by_camera(), self._station.dispatcher.run
        for sample in CAMERAS:
            if sample.terms is None:
                continue
            row = rows[self._cameras[sample.code]]
            if sample.terms.kind is not AuthorityKind.OWNER and sample.terms.countersigned:
                run(CountersignAuthority(authority_id=row.id, version=row.version), chief)
            if sample.terms.paused:
                run(PauseAuthority(authority_id=row.id, version=row.version), chief)

    # What happened

    def _past(self) -> str:
        """Write the incidents as they happened, by the shift lead; returns the one that is the wall's purpose."""
        purpose, lead = "", None
        for happening, following in zip_longest(HAPPENINGS, HAPPENINGS[1:]):
            self._clock.put_back(happening.ago)
            # Not by who sits before the wall: a view through one's own incident would wait for review.
            lead = lead or self._enter(LEAD)
            incident_id = self._happen(happening, lead)
            if happening is THEFT:
                purpose = incident_id
            if following is None or happening.ago - following.ago > SHIFT:
                self._leave(lead)
                lead = None
        return purpose

    def _happen(self, happening: Happening, lead: Session) -> str:
        run, incidents = self._station.dispatcher.run, self._station.incidents
        incident_id = str(run(self._opening(happening), lead))
        for entry in happening.entries:
            self._clock.put_back(happening.ago - entry.after)
            entry_id = str(run(AddEntry(incident_id=incident_id, words=entry.words), lead))
            if entry.struck:
                known = next(
                    line.entry for line in incidents.file(incident_id, lead).entries if line.entry.id == entry_id
                )
                run(StrikeEntry(entry_id=entry_id, version=known.version, reason=entry.struck), lead)
        if happening.outcome is not None:
            self._clock.put_back(happening.ago - CLOSED_AFTER)
            version = incidents.incident(incident_id).version
            run(CloseIncident(incident_id=incident_id, version=version, outcome=happening.outcome), lead)
        return incident_id

    def _opening(self, happening: Happening) -> OpenIncident:
        where = next((sample for sample in CAMERAS if sample.code == happening.camera), None)
        lat, lon = (None, None) if where is None else _place(*where.spot)
        return OpenIncident(
            title=happening.title,
            place=happening.place,
            lat=lat,
            lon=lon,
            zone=Zone.UNKNOWN if where is None else where.zone,
            category=happening.category,
            priority=happening.priority,
            happened_at=self._clock.now() - REPORTED_AFTER,
            camera_id=None if where is None else self._cameras[where.code],
        )


def address_of(sample: Sample) -> Secret:
    """Return the address of a sample camera, as somebody would type it."""
    return Secret(f"{DEMO_SCHEME}://{sample.scene}")


def _registration(owner: SampleOwner, number: int) -> RegisterOwner:
    person, position = owner.signs or ("", "")
    return RegisterOwner(
        party=owner.legal_form,
        owner_type=owner.owner_type,
        name=owner.name,
        authorised_person=person,
        authorised_position=position,
        community=owner.community,
        zone=owner.zone,
        phone=f"000-000-{number:04d}",
    )


def _agreement(camera_id: str, sample: Sample, now: datetime) -> RecordAuthority:
    terms = sample.terms
    assert terms is not None  # noqa: S101 - asked by the caller
    return RecordAuthority(
        camera_id=camera_id,
        kind=terms.kind,
        valid_from=now,
        expires_at=None if terms.kind is AuthorityKind.OWN else now + VALID,
        reference=f"ตัวอย่าง {sample.code}/2569",
        **_reach(terms),
    )


def _reach(terms: Terms, open_hours: tuple[int, int] | None = None) -> dict[str, Any]:
    """Return how far a right reaches, as a consent and a recorded permission both say it."""
    hours: Sequence[tuple[int, int]] = ()
    if terms.level is AccessLevel.HOURS and open_hours is not None:
        hours = (open_hours,) if terms.inside_hours else (open_hours[::-1],)
    nothing = terms.level is AccessLevel.REGISTER_ONLY
    return {
        "level": terms.level,
        "purposes": frozenset() if nothing else WATCH,
        "hours": tuple(hours),
        "radius_m": terms.radius_m,
        "permission_demonstration": terms.demonstration,
    }


def hours_around(now: datetime) -> tuple[int, int]:
    """Return level-2 hours that hold now and go on for an hour at least, so that a tile does not close while shown."""
    local = now.astimezone(STATION_ZONE)
    minute = local.hour * _HOUR + local.minute
    return next(
        hours for hours in _HALF_DAYS if _HOUR <= (minute - hours[0]) % _DAY <= (hours[1] - hours[0]) % _DAY - 2 * _HOUR
    )


def _place(north_m: float, east_m: float) -> tuple[float, float]:
    lat = STATION_LAT + north_m / _METRES_A_DEGREE
    return round(lat, 6), round(STATION_LON + east_m / (_METRES_A_DEGREE * math.cos(math.radians(lat))), 6)
