"""Whatever happens in whatever order: no frame is painted after the right to it has ended.

The model below knows rights only as an owner would tell them. Workers lie throughout (they show pictures for ever), so
that every dark tile is the gate's own doing.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from console.db.cameras import AddressKind
from console.db.journal import newest_time
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Denied,
    DenyReason,
    EndReason,
    LegalBasis,
    PixelSize,
    Purpose,
    Role,
    StreamFacts,
    TileState,
)
from console.services.authorities import ResumeAuthority
from console.services.emergencies import BeginEmergency
from console.services.feeds import FeedRequest, LiveFeed
from tests.fakes import FakeStream
from tests.gate.room import HERE, Room, Template

FAR = (HERE[0] + 0.1, HERE[1])
KNOWN_FOR = timedelta(minutes=15)
BANGKOK = timedelta(hours=7)
MOST_VIEWS = 6
MORNING = (9 * 60, 12 * 60)
TILE, FOCUS = PixelSize(480, 270), PixelSize(1600, 900)
SMALL, LARGE = StreamFacts("h264", 640, 360, 15.0), StreamFacts("h264", 1920, 1080, 25.0)
TERMS: dict[str, dict[str, Any]] = {
    "always": {"level": AccessLevel.ALWAYS},
    "hours": {"level": AccessLevel.HOURS, "hours": (MORNING,)},
    "incident": {"level": AccessLevel.INCIDENT, "radius_m": 300},
    "nothing": {"level": AccessLevel.REGISTER_ONLY, "purposes": frozenset()},
}


@dataclass
class Spot:
    """One camera as its owner sees it."""

    id: str
    terms: str = ""
    authority: str = ""
    expires: datetime | None = None
    hours: tuple[int, int] = MORNING
    paused: bool = False
    withdrawn: bool = False
    moved: bool = False
    """It has another address than its owner knows."""
    addresses: int = 0


@dataclass
class Override:
    """A superintendent's override as he remembers it."""

    id: str
    spot: Spot
    incident: str
    session: str
    until: datetime


@dataclass
class Shown:
    """One view as the model remembers it."""

    live: LiveFeed
    spot: Spot
    authority: str
    incident: str | None
    override: Override | None = None
    on: bool = True


@dataclass
class Model:
    spots: list[Spot] = field(default_factory=list)
    views: list[Shown] = field(default_factory=list)
    incidents: dict[str, bool] = field(default_factory=dict)
    """Open incidents: whether they lie near."""
    hanging_since: datetime | None = None
    read_at: datetime | None = None
    visitors: bool = False
    overrides: list[Override] = field(default_factory=list)


class Console(RuleBasedStateMachine):
    """One console through a night."""

    template: Template

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.room = Room(self.folder, self.template)
        self.room.engine.obeys = False
        self.model = Model()
        for terms in ("always", "hours", "incident"):
            spot = Spot(self.room.camera())
            self.model.spots.append(spot)
            self.sub_address(spot)
            self.record(spot, terms, 3600 if terms == "always" else None)
        own = self.room.own_camera()
        self.model.spots.append(Spot(own, "own", self.room.current(own).id))
        self.sub_address(self.model.spots[-1])
        self.open_incident(near=True)

    def teardown(self) -> None:
        if not hasattr(self, "room"):
            return
        if self.model.hanging_since is not None:
            self.heal()
        self.room.close()
        shutil.rmtree(self.folder)

    # What the model knows

    def now(self) -> datetime:
        return self.room.clock.now()

    def seen(self) -> None:
        """Note that the gate has just read the store."""
        self.model.read_at = self.now()

    def working(self) -> bool:
        return self.model.hanging_since is None

    def allowed(self, spot: Spot, incident: str | None) -> bool:
        """Whether the owner allows this now."""
        if incident is not None and incident not in self.model.incidents:
            return False
        if spot.terms == "own":
            return True
        ended = spot.expires is not None and self.now() >= spot.expires
        if spot.paused or spot.withdrawn or spot.moved or self.model.visitors or ended:
            return False
        local = self.now() + BANGKOK
        return {
            "always": True,
            "hours": spot.hours[0] <= local.hour * 60 + local.minute < spot.hours[1],
            "incident": self.model.incidents.get(incident or "", False),
            "nothing": False,
        }[spot.terms]

    def lifted(self, override: Override, spot: Spot, incident: str | None) -> bool:
        """Whether an override opens this now: it lifts neither the end of a consent nor that of the incident."""
        if spot.terms == "own" or incident not in self.model.incidents or self.model.visitors:
            return False
        if spot.withdrawn or spot.moved:
            return False
        ended = spot.expires is not None and self.now() >= spot.expires
        named = (override.spot, override.incident, override.session) == (spot, incident, self.room.chief.id)
        return named and not ended and self.now() < override.until

    def may_show(self, view: Shown) -> bool:
        override = view.override
        lifted = override is not None and self.lifted(override, view.spot, view.incident)
        if view.authority != view.spot.authority or not (lifted or self.allowed(view.spot, view.incident)):
            return False
        hanging = self.model.hanging_since
        return view.spot.terms == "own" or hanging is None or self.now() - hanging < KNOWN_FOR

    @invariant()
    def nothing_is_shown_without_the_right(self) -> None:
        for view in getattr(self, "model", Model()).views:
            if not self.may_show(view):
                assert view.live.picture() is None, f"{view.spot.terms} shown without the right"
                view.on = False

    # What may happen

    def record(self, spot: Spot, terms: str, seconds: int | None) -> None:
        expires = None if seconds is None else self.now() + timedelta(seconds=seconds)
        more: dict[str, Any] = {"expires_at": expires, **TERMS[terms]}
        if terms == "hours":
            # Hours that end within a minute or two, so that the night meets their end.
            local = self.now() + BANGKOK
            spot.hours = (0, min(local.hour * 60 + local.minute + 2, 1440))
            more["hours"] = (spot.hours,)
        spot.authority = self.room.permit(spot.id, kind=AuthorityKind.OWNER, **more)
        spot.terms, spot.expires, spot.paused, spot.moved = terms, expires, False, False
        if spot.withdrawn:
            spot.addresses += 1
            self.room.address(spot.id, f"rtsp://10.9.{self.model.spots.index(spot)}.{spot.addresses}/again")
            spot.withdrawn = False
            self.sub_address(spot)
            self.room.confirm(spot.id)
        self.seen()
        self.ask_again(spot)

    def sub_address(self, spot: Spot) -> None:
        where = f"rtsp://10.8.{self.model.spots.index(spot)}.{spot.addresses}/small"
        self.room.address(spot.id, where, AddressKind.SUB)

    @precondition(working)
    @rule(
        which=st.integers(0, 2),
        terms=st.sampled_from(sorted(TERMS)),
        seconds=st.sampled_from([None, 7, 100]),
        later=st.sampled_from([0.0, 6.5, 7.0, 7.5, 14.0]),
    )
    def grant(self, which: int, terms: str, seconds: int | None, later: float) -> None:
        """A new permission, and a while in which nobody renews."""
        self.record(self.model.spots[which], terms, seconds)
        self.room.clock.advance(later)

    @precondition(working)
    @rule(which=st.integers(0, 2))
    def withdraw(self, which: int) -> None:
        spot = self.model.spots[which]
        if not spot.withdrawn:
            self.room.withdraw(spot.id)
            spot.withdrawn = True
            self.seen()
        self.ask_again(spot)

    @precondition(working)
    @rule(which=st.integers(0, 2))
    def pause(self, which: int) -> None:
        spot = self.model.spots[which]
        self.room.pause(spot.id)
        spot.paused = True
        self.seen()
        self.ask_again(spot)

    @precondition(working)
    @rule(which=st.integers(0, 2))
    def resume(self, which: int) -> None:
        spot = self.model.spots[which]
        if not spot.withdrawn:
            row = self.room.current(spot.id)
            self.room.run(ResumeAuthority(authority_id=row.id, version=row.version), self.room.registrar)
            spot.paused = False
            self.seen()
        self.ask_again(spot)

    @precondition(working)
    @rule(which=st.integers(0, 2), back=st.booleans())
    def move(self, which: int, back: bool) -> None:  # noqa: FBT001 - Hypothesis passes by name
        """The registrar leads the camera elsewhere; somebody else may ask its owner."""
        spot = self.model.spots[which]
        if not spot.withdrawn:
            spot.addresses += 1
            self.room.address(spot.id, f"rtsp://10.7.{which}.{spot.addresses}/elsewhere")
            spot.moved = True
            self.seen()
            self.ask_again(spot)
        if back and not spot.withdrawn:
            self.room.confirm(spot.id)
            spot.moved = False
            self.seen()
            self.ask_again(spot)

    @precondition(working)
    @rule(near=st.booleans())
    def open_incident(self, near: bool) -> None:  # noqa: FBT001 - Hypothesis passes by name
        made = self.room.incident(HERE if near else FAR)
        self.model.incidents[made] = near
        self.seen()
        for spot in self.model.spots:
            self.ask(spot, made)

    @precondition(lambda self: self.working() and self.model.incidents)
    @rule(pick=st.integers(0, 9))
    def close_incident(self, pick: int) -> None:
        known = list(self.model.incidents)
        incident = known[pick % len(known)]
        self.room.close_incident(incident)
        del self.model.incidents[incident]
        self.seen()
        for spot in self.model.spots:
            self.ask(spot, incident)

    @rule(which=st.integers(0, 3), pick=st.integers(0, 9), names=st.booleans())
    def look(self, which: int, pick: int, names: bool) -> None:  # noqa: FBT001 - the same
        known = list(self.model.incidents)
        self.ask(self.model.spots[which], known[pick % len(known)] if known and names else None)

    def ask(self, spot: Spot, incident: str | None) -> None:
        """Ask the gate; it must answer what the owner would."""
        answer = self.room.feeds.open(self.room.officer, FeedRequest(spot.id, Purpose.RISK_SPOT, incident))
        if not self.working():
            assert isinstance(answer, Denied), "opened without the journal"
            return
        self.seen()
        assert isinstance(answer, LiveFeed) is self.allowed(spot, incident), f"{spot.terms}: {answer}"
        if isinstance(answer, Denied) and spot.withdrawn:
            assert answer.reason is DenyReason.WITHDRAWN
        if isinstance(answer, LiveFeed):
            assert answer.picture() is not None
            self.model.views.append(Shown(answer, spot, spot.authority, incident))
            self.streams(answer)[0].tell(TileState.LIVE, facts=SMALL)
            self.enlarge(answer)
            assert answer.state().facts == LARGE
        if len(self.model.views) > MOST_VIEWS:
            self.model.views.pop(0).live.end(EndReason.REPLACED)

    @precondition(lambda self: self.working() and self.model.incidents)
    @rule(which=st.integers(0, 3), pick=st.integers(0, 9))
    def begin_override(self, which: int, pick: int) -> None:
        """The superintendent answers for half an hour at one camera; while that runs it is not made longer."""
        known, spot, chief = list(self.model.incidents), self.model.spots[which], self.room.chief
        incident = known[pick % len(known)]
        mine = [each for each in self.model.overrides if each.spot is spot and each.session == chief.id]
        if not any(self.now() < each.until for each in mine):
            reason = "ได้ยินเสียงร้องขอความช่วยเหลือจากในร้าน"
            basis = LegalBasis.DANGER_TO_LIFE
            command = BeginEmergency(camera_id=spot.id, incident_id=incident, legal_basis=basis, reason=reason)
            begun = self.room.run(command, chief)
            self.model.overrides.append(Override(begun.id, spot, incident, chief.id, begun.until))
            self.seen()
        self.use_override(which, -1)

    @precondition(lambda self: self.model.overrides)
    @rule(which=st.integers(0, 3), pick=st.integers(-1, 9))
    def use_override(self, which: int, pick: int) -> None:
        """An override is named once more: in time or long after, at its own camera or at another."""
        override = self.model.overrides[pick % len(self.model.overrides)]
        spot = self.model.spots[which]
        asked = FeedRequest(spot.id, Purpose.INCIDENT, override.incident, emergency_id=override.id)
        answer = self.room.feeds.open(self.room.chief, asked)
        if not self.working():
            assert isinstance(answer, Denied), "opened without the journal"
            return
        self.seen()
        ordinary, lifted = self.allowed(spot, override.incident), self.lifted(override, spot, override.incident)
        assert isinstance(answer, LiveFeed) is (ordinary or lifted), f"{spot.terms} in an emergency: {answer}"
        if isinstance(answer, Denied) and spot.withdrawn:
            assert answer.reason is DenyReason.WITHDRAWN
        if isinstance(answer, LiveFeed):
            assert (answer.emergency_until is None) is ordinary, (
                "an emergency is told where there is one, and only there"
            )
            self.model.views.append(Shown(answer, spot, spot.authority, override.incident, override))
        if len(self.model.views) > MOST_VIEWS:
            self.model.views.pop(0).live.end(EndReason.REPLACED)
        # Nobody else takes it over.
        other = self.room.feeds.open(self.room.officer, asked)
        assert isinstance(other, LiveFeed) is ordinary
        if isinstance(other, LiveFeed):
            assert other.emergency_until is None
            other.end(EndReason.CLOSED)

    def streams(self, live: LiveFeed) -> list[FakeStream]:
        return [each for each in self.room.engine.streams if each.request.lease.args[0].live is live]  # type: ignore[attr-defined]

    def enlarge(self, live: LiveFeed) -> None:
        """Put the camera before everything else: from now on the view has both streams. Nobody renews for that."""
        live.resize(FOCUS)
        self.room.feeds._turn(live)
        self.streams(live)[-1].tell(TileState.LIVE, facts=LARGE)

    @rule(pick=st.integers(0, MOST_VIEWS), larger=st.booleans())
    def focus(self, pick: int, larger: bool) -> None:  # noqa: FBT001 - the same
        """Another of the two streams is asked for, whatever right there is."""
        if self.model.views:
            view = self.model.views[pick % len(self.model.views)]
            if larger:
                self.enlarge(view.live)
            else:
                view.live.resize(TILE)

    def ask_again(self, spot: Spot) -> None:
        """Something about this camera changed: look with the best reason there is."""
        near = [incident for incident, is_near in self.model.incidents.items() if is_near]
        self.ask(spot, near[0] if near else None)

    @rule(seconds=st.sampled_from([0.5, 3.0, 4.9, 5.0, 10.0, 14.9, 15.0, 30.0]), which=st.integers(0, 3))
    def time_passes(self, seconds: float, which: int) -> None:
        """The lease thread is held up: nobody renews."""
        self.room.clock.advance(seconds)
        self.nothing_is_shown_without_the_right()
        self.ask_again(self.model.spots[which])

    @rule()
    def renew(self) -> None:
        self.room.feeds.tick()

    @rule(minutes=st.sampled_from([1, 6, 16]))
    def time_runs(self, minutes: int) -> None:
        """Everything runs as it should for a while."""
        for step in range(minutes * 6):
            self.room.clock.advance(5 if step % 2 else 15)
            self.nothing_is_shown_without_the_right()
            self.room.feeds.tick()
            if self.working() and step % 6 == 0:
                self.room.feeds.keep()
                self.seen()
            self.nothing_is_shown_without_the_right()
        assert self.model.read_at is not None
        fresh = self.now() - self.model.read_at < KNOWN_FOR
        for view in self.model.views:
            if view.on and view.override is None and (fresh or view.spot.terms == "own"):
                assert view.live.picture() is not None, f"{view.spot.terms} dark without a reason"

    @rule()
    def close_a_view(self) -> None:
        if self.model.views:
            view = self.model.views.pop()
            view.live.end(EndReason.CLOSED)
            assert view.live.picture() is None

    @rule()
    def visitors_come(self) -> None:
        self.room.feeds.end_all(EndReason.VISITORS, private_only=True)
        self.model.visitors = True
        for spot in self.model.spots:
            self.ask_again(spot)

    @rule()
    def visitors_leave(self) -> None:
        self.room.feeds.release()
        self.model.visitors = False

    def all_dark(self) -> None:
        for view in self.model.views:
            assert view.live.picture() is None
        self.model.views.clear()

    @precondition(working)
    @rule()
    def shift_changes(self) -> None:
        for role in {Role.DUTY_OFFICER, Role.SUPERINTENDENT} & set(self.room.sessions):
            self.room.station.people.log_out(self.room.sessions.pop(role), EndReason.HANDOVER)
        self.all_dark()
        self.seen()

    @rule(seconds=st.sampled_from([-7200, -300, -20, 20, 300, 7200]))
    def clock_jumps(self, seconds: int) -> None:
        """Sleep, or somebody sets the clock; set right again before anything is opened."""
        newest = self.room.store.read(newest_time) if self.working() else None
        self.room.clock.shift_wall(seconds)
        self.room.feeds.tick()
        self.all_dark()
        if seconds < 0 and newest is not None:
            # Two minutes behind the newest record and more: no private camera, whatever its owner allows.
            private = [FeedRequest(spot.id, Purpose.RISK_SPOT) for spot in self.model.spots[:3]]
            answers = self.room.feeds.open_many(self.room.officer, private)
            late = self.room.clock.now() < newest - timedelta(seconds=120)
            assert not (late and any(isinstance(answer, LiveFeed) for answer in answers)), "clock set back"
        self.room.clock.shift_wall(-seconds)
        self.room.feeds.tick()
        self.model.read_at = self.now() if self.working() else self.model.read_at

    @precondition(working)
    @rule()
    def database_hangs(self) -> None:
        def hang(*_: object, **__: object) -> None:
            raise OSError("no answer")

        self.room.store.read = self.room.store.submit = hang  # type: ignore[method-assign, assignment]
        self.model.hanging_since = self.now()

    @precondition(lambda self: not self.working())
    @rule()
    def heal(self) -> None:
        del self.room.store.read, self.room.store.submit
        self.room.feeds.refresh()
        self.model.hanging_since = None
        self.seen()

    @precondition(working)
    @rule()
    def crash(self) -> None:
        self.room.crash()
        for stream in self.room.engine.streams:
            stream.closed = True  # workers die with their parent
        self.model.views.clear()
        self.model.visitors = False
        self.room.reopen()
        self.room.engine.obeys = False
        self.room.feeds.recover()
        opened = {row.subject for row in self.room.rows("view.opened")}
        ended = {row.subject for row in self.room.rows("view.ended")}
        assert opened == ended
        self.seen()


@pytest.fixture
def machine(template: Template) -> type[Console]:
    Console.template = template
    return Console


@pytest.mark.timeout(400)
def test_no_frame_without_a_right(machine: type[Console]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
