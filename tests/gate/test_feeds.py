"""The gate from opening to end: order, journal, leases, and what ends a view at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.kernel import (
    AccessLevel,
    Change,
    Denied,
    DenyReason,
    EndReason,
    PixelSize,
    Purpose,
    Role,
    TileState,
)
from console.masking import Mask
from console.services.authorities import ResumeAuthority
from console.services.cameras import ChangeCamera
from console.services.feeds import FeedRequest, LiveFeed
from console.services.feeds.gate import ALIVE_S
from console.services.people import ChangePerson
from console.video.streams import StreamRequest
from tests.fakes import FakeStream
from tests.gate.room import HERE, PASSWORD, Room

MASK = Mask.rectangle(0, 0, 500, 500)


def last_end(room: Room) -> str:
    return str(room.data("view.ended")[-1]["reason"])


def test_a_view_is_journaled_before_its_picture(room: Room) -> None:
    camera = room.shop()
    seen: list[str] = []
    open_stream = room.engine.open

    def look_first(request: StreamRequest) -> FakeStream:
        seen.extend(row.event_class for row in room.rows("view.opened"))
        return open_stream(request)

    room.engine.open = look_first  # type: ignore[method-assign]
    live = room.look(camera)
    assert seen == ["view.opened"]
    assert live.picture() is not None
    assert live.private
    assert live.state().state is TileState.CONNECTING
    room.stream(live).tell(TileState.LIVE)
    room.stream(live).tell(TileState.LIVE, kbps=512.5, reconnects=3)
    assert live.state().state is TileState.LIVE
    assert (live.state().kbps, live.state().reconnects) == (512.5, 3)
    live.end(EndReason.CLOSED)
    live.end(EndReason.HANDOVER)
    assert live.picture() is None
    rows = room.rows("view.opened", "view.picture", "view.ended")
    assert [row.event_class for row in rows] == ["view.opened", "view.picture", "view.ended"]
    assert [row.camera_id for row in rows] == [camera] * 3
    assert rows[0].actor_id == room.officer.person_id
    assert rows[0].data["purpose"] == "risk_spot"
    assert rows[2].data["reason"] == "closed"


def test_no_journal_no_picture(room: Room) -> None:
    camera = room.shop()
    session = room.officer

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    room.store.submit = broken  # type: ignore[method-assign, assignment]
    denied = room.refusal(camera, session=session)
    assert denied.reason is DenyReason.JOURNAL_UNAVAILABLE
    assert room.engine.streams == []
    del room.store.submit


def test_a_layout_opens_in_one_transaction(room: Room) -> None:
    cameras = [room.shop() for _ in range(4)]
    closed = room.camera()
    requests = [FeedRequest(camera, Purpose.RISK_SPOT) for camera in [*cameras, closed]]
    answers = room.feeds.open_many(room.officer, requests)
    assert [type(answer) for answer in answers] == [LiveFeed] * 4 + [Denied]
    rows = room.rows("view.opened", "view.denied")
    assert len({row.command_id for row in rows}) == 1
    assert [row.event_class for row in rows] == ["view.opened"] * 4 + ["view.denied"]
    assert len(room.feeds.views()) == 4


def test_leases_are_short_and_renewed_from_memory(room: Room) -> None:
    live = room.look(room.shop())
    stream = room.stream(live)
    start = room.clock.monotonic()
    assert stream.deadline == start + 15
    room.clock.advance(4)
    room.feeds.tick()
    assert len(stream.grants) == 1
    room.clock.advance(1)
    room.feeds.tick()
    assert stream.deadline == start + 20
    assert [grant.counter for grant in stream.grants] == [1, 2]


def test_renewal_works_while_the_database_hangs(room: Room) -> None:
    live = room.look(room.shop())

    def hang(*_: object, **__: object) -> None:
        raise AssertionError("the lease thread asked the database")

    room.store.read = room.store.submit = hang  # type: ignore[method-assign, assignment]
    for _ in range(10):
        room.clock.advance(5)
        room.feeds.tick()
    assert live.picture() is not None
    # What is known grows old all the same: a private camera is dark after 15 minutes without news.
    for _ in range(170):
        room.clock.advance(5)
        room.feeds.tick()
        assert room.engine.streams[0].deadline <= 1000 + 60 + 900 + 0.001 or live.picture() is None
    assert live.picture() is None
    assert live.state().deny is not None
    assert live.state().deny.reason is DenyReason.KNOWLEDGE_TOO_OLD  # type: ignore[union-attr]
    del room.store.read, room.store.submit


def test_no_renewal_no_picture(room: Room) -> None:
    """The painter's side: a lease that ran out is dark though engine and worker go on."""
    live = room.look(room.shop())
    room.engine.obeys = False
    room.stream(live).tell(TileState.LIVE)
    room.clock.advance(14.9)
    assert live.picture() is not None
    room.clock.advance(0.1)
    assert live.picture() is None
    assert live.state().state is TileState.CONNECTING


def test_withdrawal_is_dark_before_it_returns(room: Room) -> None:
    camera = room.shop()
    live, other = room.look(camera), room.look(room.shop())
    room.engine.obeys = False
    room.withdraw(camera)
    assert live.picture() is None
    assert room.stream(live).closed
    assert live.state().state is TileState.DENIED
    assert live.state().end is EndReason.WITHDRAWN
    assert other.picture() is not None
    assert last_end(room) == "withdrawn"
    assert room.refusal(camera).reason is DenyReason.WITHDRAWN


def test_pause_and_resume(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    room.pause(camera)
    assert live.picture() is None
    assert live.state().state is TileState.PAUSED
    assert last_end(room) == "paused"
    row = room.current(camera)
    room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.registrar)
    assert room.look(camera).picture() is not None


def test_timed_rights_end_exactly(room: Room) -> None:
    camera = room.camera()
    room.permit(camera, expires_at=room.clock.now() + timedelta(seconds=7))
    live = room.look(camera)
    assert room.stream(live).deadline == room.clock.monotonic() + 7
    room.clock.advance(5)
    room.feeds.tick()
    room.engine.obeys = False
    room.clock.advance(1.999)
    assert live.picture() is not None
    room.clock.advance(0.001)
    assert live.picture() is None
    room.feeds.tick()
    assert live.state().deny is not None
    assert live.state().deny.reason is DenyReason.EXPIRED  # type: ignore[union-attr]
    assert last_end(room) == "right_ended"


def test_hours_end_exactly(room: Room) -> None:
    camera = room.shop(AccessLevel.HOURS, hours=((0, 10 * 60 + 2),))  # the room's clock says 10.01 in Bangkok
    live = room.look(camera)
    for _ in range(11):
        room.clock.advance(5)
        room.feeds.tick()
    assert live.picture() is not None
    room.clock.advance(5)
    assert live.picture() is None
    room.feeds.tick()
    assert room.refusal(camera).reason is DenyReason.OUTSIDE_HOURS


def test_level_1_lives_and_dies_with_the_incident(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    assert room.refusal(camera).reason is DenyReason.NO_INCIDENT
    far = room.incident(at=(HERE[0] + 0.01, HERE[1]))
    assert room.refusal(camera, incident_id=far).reason is DenyReason.INCIDENT_TOO_FAR
    near = room.incident()
    live = room.look(camera, Purpose.INCIDENT, incident_id=near)
    assert not live.opened.permit.self_opened
    room.close_incident(near)
    assert live.picture() is None
    assert last_end(room) == "incident_closed"
    assert room.refusal(camera, incident_id=near).reason is DenyReason.INCIDENT_CLOSED


def test_ones_own_incident_is_marked_and_waits_for_review(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    mine = room.incident(by=room.officer)
    for _ in range(2):
        room.look(camera, Purpose.INCIDENT, incident_id=mine)
    assert all(data["self_opened_incident"] for data in room.data("view.opened"))
    assert room.station.incidents.incident(mine).needs_review


def test_urgent_leaves_a_debt(room: Room) -> None:
    camera = room.shop()
    room.look(camera, Purpose.URGENT)
    debts = room.station.views.debts(room.officer.person_id)
    assert [debt.camera_id for debt in debts] == [camera]


def test_demonstration_needs_its_permission(room: Room) -> None:
    assert room.refusal(room.shop(), Purpose.DEMONSTRATION).reason is DenyReason.PURPOSE_NOT_ALLOWED
    assert room.look(room.shop(permission_demonstration=True), Purpose.DEMONSTRATION).picture() is not None


def test_a_denial_is_journaled_once_until_something_changes(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    for _ in range(3):
        room.refusal(camera)
    assert len(room.rows("view.denied")) == 1
    room.refusal(camera, Purpose.TRAFFIC)
    assert [data["reason"] for data in room.data("view.denied")] == ["no_incident", "purpose_not_allowed"]
    incident = room.incident()
    room.refusal(camera)
    assert len(room.rows("view.denied")) == 3
    room.look(camera, incident_id=incident).end(EndReason.CLOSED)
    room.refusal(camera)
    assert len(room.rows("view.denied")) == 4


def test_an_unknown_camera_is_denied_and_journaled(room: Room) -> None:
    assert room.refusal("no such camera" * 20).reason is DenyReason.UNKNOWN_CAMERA
    assert room.rows("view.denied")[0].camera_id is None


def test_a_camera_without_address(room: Room) -> None:
    camera = room.shop()
    room.withdraw(camera)
    room.permit(camera)
    assert room.refusal(camera).reason is DenyReason.NO_ADDRESS


def test_a_locked_vault(room: Room) -> None:
    camera, officer = room.shop(), room.officer
    room.vault.lock()
    assert room.refusal(camera, session=officer).reason is DenyReason.VAULT_LOCKED


def test_masks_travel_in_the_grant_and_a_change_reopens(room: Room) -> None:
    camera = room.camera(masks=(MASK,))
    room.permit(camera)
    live = room.look(camera)
    assert room.stream(live).grants[0].masks == (MASK,)
    row = room.station.cameras.camera(camera)
    wider = (MASK, Mask.rectangle(500, 500, 1000, 1000))
    command = ChangeCamera(
        camera_id=camera, version=row.version, code=row.code, name=row.name, owner_type=row.owner_type, masks=wider
    )
    room.run(command, room.registrar)
    assert live.picture() is None
    assert live.state().end is EndReason.REPLACED
    assert room.stream(room.look(camera)).grants[0].masks == wider


def test_a_lease_asked_for_after_a_change_of_terms_is_refused(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    room.permit(camera)
    assert live.state().end is EndReason.REPLACED
    assert room.stream(live).request.lease is not None
    room.stream(live).closed = False
    room.stream(live).ask()
    assert room.stream(live).refused


def test_visitors_mode(room: Room) -> None:
    private, own = room.look(room.shop()), room.look(room.own_camera())
    room.feeds.end_all(EndReason.VISITORS, private_only=True)
    assert private.picture() is None
    assert private.state().state is TileState.DENIED
    assert own.picture() is not None
    assert room.feeds.hold is DenyReason.VISITORS
    assert room.refusal(private.camera_id).reason is DenyReason.VISITORS
    assert room.look(own.camera_id).picture() is not None
    room.feeds.release()
    assert room.look(private.camera_id).picture() is not None
    assert {data["reason"] for data in room.data("view.ended")} == {"visitors"}


def test_log_out_ends_the_persons_views_only(room: Room) -> None:
    mine, other = room.look(room.shop()), room.look(room.shop(), session=room.lead)
    room.station.people.log_out(room.officer, EndReason.HANDOVER)
    assert mine.picture() is None
    assert other.picture() is not None
    assert last_end(room) == "handover"
    assert room.refusal(mine.camera_id, session=room.officer).reason is DenyReason.NOT_LOGGED_IN


def test_a_disabled_person_is_dark_at_once(room: Room) -> None:
    live, kept = room.look(room.shop()), room.look(room.shop(), session=room.lead)
    person = next(row for row in room.station.people.people() if row.role is Role.DUTY_OFFICER)
    room.run(ChangePerson(person_id=person.id, version=person.version, active=False), room.chief)
    assert live.picture() is None
    assert kept.picture() is not None
    assert room.refusal(live.camera_id).reason is DenyReason.NOT_LOGGED_IN


def test_another_role_ends_the_views_of_the_former(room: Room) -> None:
    live = room.look(room.shop())
    person = next(row for row in room.station.people.people() if row.role is Role.DUTY_OFFICER)
    room.run(ChangePerson(person_id=person.id, version=person.version, role=Role.IT), room.chief)
    assert live.picture() is None
    assert room.refusal(live.camera_id).reason is DenyReason.ROLE


def test_sleep_ends_every_lease(room: Room) -> None:
    live = room.look(room.own_camera())
    room.clock.shift_wall(3600)
    room.feeds.tick()
    assert live.picture() is None
    assert last_end(room) == "slept"
    assert room.data("clock.jump")[0]["seconds"] == pytest.approx(3600)


def test_a_clock_set_back_shortens_no_view(room: Room) -> None:
    room.look(room.own_camera())
    room.clock.advance(90)
    room.clock.shift_wall(-3600)
    room.feeds.tick()
    (end,) = room.data("view.ended")
    assert (end["reason"], end["seconds"]) == ("slept", 90)


def test_many_small_steps_back_are_a_jump(room: Room) -> None:
    live = room.look(room.shop())
    for _ in range(3):
        room.clock.advance(5)
        room.clock.shift_wall(-4)
        room.feeds.tick()
    assert live.picture() is None


def test_a_drift_is_no_jump(room: Room) -> None:
    live = room.look(room.shop())
    for _ in range(200):
        room.clock.advance(5)
        room.clock.shift_wall(0.004)
        room.feeds.tick()
        room.feeds.keep()
    assert live.picture() is not None


def test_a_clock_set_back_refuses_private_cameras(room: Room) -> None:
    private, own = room.shop(), room.own_camera()
    room.clock.shift_wall(-121)
    assert room.refusal(private).reason is DenyReason.CLOCK_SET_BACK
    assert room.look(own).picture() is not None
    room.clock.shift_wall(121)
    assert room.look(private).picture() is not None


def test_alive_rows_and_a_crash(room: Room) -> None:
    live = room.look(room.shop())
    quiet = room.clock.now()
    for _ in range(13):
        room.clock.advance(5)
        room.feeds.tick()
        room.feeds.keep()
    alive = room.rows("views.alive")
    assert [row.data["views"] for row in alive] == [[live.view_id]]
    room.clock.advance(100)
    room.crash()
    room.reopen()
    room.feeds.start()
    ended = room.rows("view.ended")[-1]
    assert ended.data["reason"] == "crashed"
    # It may have gone on until the next sign was due.
    assert ended.data["seconds"] == (alive[0].at - quiet).total_seconds() + ALIVE_S


def test_an_end_that_cannot_be_written_is_kept(room: Room) -> None:
    live, other = room.look(room.shop()), room.look(room.shop())
    submit = room.store.submit

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    room.store.submit = broken  # type: ignore[method-assign, assignment]
    live.end(EndReason.CLOSED)
    for _ in range(2):
        with pytest.raises(OSError, match="disk full"):
            room.feeds.keep()
    assert live.picture() is None
    other.end(EndReason.CLOSED)
    assert room.feeds.waiting == 2
    room.store.submit = submit  # type: ignore[method-assign]
    assert last_end(room) == "closed"
    room.feeds.keep()
    assert room.feeds.waiting == 0
    assert len(room.rows("view.ended")) == 2


def test_an_answer_lost_after_commit_writes_nothing_twice(room: Room) -> None:
    live = room.look(room.shop())
    submit = room.store.submit

    def lost(*work: object, **stamp: object) -> None:
        submit(*work, **stamp)  # type: ignore[arg-type]
        raise OSError("the line broke after the commit")

    room.store.submit = lost  # type: ignore[method-assign, assignment]
    live.end(EndReason.CLOSED)
    with pytest.raises(OSError, match="line broke"):
        room.feeds.keep()
    room.store.submit = submit  # type: ignore[method-assign]
    assert len(room.rows("view.ended")) == 1


def test_a_change_that_cannot_be_read_darkens_private_cameras(room: Room) -> None:
    private, own = room.look(room.shop()), room.look(room.own_camera())
    read = room.store.read

    def broken(*_: object) -> None:
        raise OSError("unreachable")

    room.store.read = broken  # type: ignore[method-assign, assignment]
    room.feeds._on_change((Change("authority", "x", 2, "elsewhere"),))
    room.store.read = read  # type: ignore[method-assign]
    assert private.picture() is None
    assert own.picture() is not None
    assert room.look(private.camera_id).picture() is not None


def test_entries_that_carry_no_right_are_not_read(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[bool] = []
    monkeypatch.setattr(room.feeds, "refresh", lambda *, anew=True: readings.append(anew))
    room.station.people.log_in("auditor", PASSWORD)
    assert room.rows("login.ok")
    assert readings == []


def test_an_engine_that_does_not_start(room: Room) -> None:
    camera = room.shop()
    room.engine.broken = True
    assert room.refusal(camera).reason is DenyReason.ENGINE_UNAVAILABLE
    assert last_end(room) == "not_started"


def test_a_closed_gate_opens_nothing(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    room.feeds.stop()
    assert live.picture() is None
    assert room.refusal(camera).reason is DenyReason.ENGINE_UNAVAILABLE
    assert last_end(room) == "shutdown"


def test_resize_and_sequence_pass_through(room: Room) -> None:
    live = room.look(room.shop())
    live.resize(PixelSize(800, 450))
    assert room.stream(live).size == PixelSize(800, 450)
    live.picture()
    assert live.sequence() == 1
    live.end(EndReason.CLOSED)
    live.resize(PixelSize(1, 1))
    live.renew()
    assert room.stream(live).size == PixelSize(800, 450)
    assert live.state().state is TileState.EMPTY


def test_a_view_not_yet_given_to_the_engine(room: Room) -> None:
    live = room.look(room.shop())
    bare = LiveFeed(live.opened, room.clock, lambda _live, _ending: None, lambda _live: None, lambda: None)
    assert bare.picture() is None
    assert bare.sequence() == 0
    assert bare.state().state is TileState.CONNECTING
    bare.renew()
    bare.resize(PixelSize(1, 1))
    bare.end(EndReason.CLOSED)
    assert not bare.granted(bare.line, room.clock.monotonic() + 15)
    assert not bare.unencrypted


@pytest.mark.parametrize(
    ("reason", "lingers"),
    [(EndReason.CLOSED, True), (EndReason.HANDOVER, True), (EndReason.WITHDRAWN, False), (EndReason.LOCK, False)],
)
def test_a_connection_outlives_a_view_only_if_no_right_ended(room: Room, reason: EndReason, *, lingers: bool) -> None:
    live = room.look(room.shop())
    live.end(reason)
    assert room.stream(live).lingers is lingers


def test_what_fails_at_one_view_neither_darkens_nor_keeps_open_another(room: Room) -> None:
    broken, whole = room.look(room.shop()), room.look(room.shop())

    def fail(**_: object) -> None:
        raise OSError("pipe")

    room.stream(broken).renew = room.stream(broken).close = fail  # type: ignore[method-assign]
    room.clock.advance(room.settings.renew_s)
    room.feeds.tick()
    assert len(room.stream(whole).grants) == 2
    room.feeds.end_all(EndReason.VISITORS, private_only=True)
    assert room.stream(whole).closed


def test_a_failing_close_is_still_journaled(room: Room) -> None:
    live = room.look(room.shop())

    def broken(*, linger: bool = False) -> None:
        del linger
        raise OSError("pipe")

    room.stream(live).close = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="pipe"):
        live.end(EndReason.CLOSED)
    assert live.picture() is None
    assert last_end(room) == "closed"
