"""The door for typed addresses: facts only, journaled first, every rule of addresses, and the owner's word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.kernel import (
    AccessLevel,
    AuthorityKind,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Fault,
    OwnerType,
    Role,
    Secret,
    Session,
    StreamFacts,
    TileState,
)
from console.masking import Mask
from console.services.addresses import parse
from console.services.cameras import AllowUnencrypted
from console.services.feeds import WatchedAddress
from tests.gate.room import Room

NEW = "rtsp://10.7.7.7/live"
SHOP = "rtsp://192.168.1.50:554/live"
PUBLIC = "rtsp://203.0.113.9/live".replace("203.0.113.9", "8.8.8.8")


def ask(room: Room, url: str = NEW, session: Session | None = None) -> WatchedAddress | Denied:
    who = session or room.log_in(Role.IT)
    return room.feeds.addresses.watch(who, [parse(Secret(url), (Secret("viewer"), Secret("s3cret")))])[0]


def watch(room: Room, url: str = NEW, session: Session | None = None) -> WatchedAddress:
    watched = ask(room, url, session)
    assert isinstance(watched, WatchedAddress), watched
    return watched


def refusal(room: Room, url: str = NEW, session: Session | None = None) -> DenyReason:
    denied = ask(room, url, session)
    assert isinstance(denied, Denied)
    return denied.reason


def why(watched: WatchedAddress) -> DenyReason | None:
    deny = watched.state().deny
    return None if deny is None else deny.reason


def test_it_learns_facts_under_a_grant_that_masks_everything(room: Room) -> None:
    room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0, "tcp")
    watched = watch(room)
    stream = room.engine.streams[-1]
    assert stream.grants[-1].masks == (Mask.rectangle(0, 0, 1000, 1000),)
    assert stream.request.private
    assert stream.request.address.reveal() == "rtsp://viewer:s3cret@10.7.7.7/live"
    stream.tell(TileState.LIVE, kbps=512.0, reconnects=2)
    status = watched.state()
    assert (status.state, status.facts.codec, status.kbps, status.reconnects) == (TileState.LIVE, "h264", 512.0, 2)
    assert room.feeds.views() == []
    watched.end()
    assert stream.closed
    assert room.feeds.addresses.watched() == []


def test_it_stands_in_the_journal_before_it_is_dialled_and_when_it_ended(room: Room) -> None:
    room.engine.broken = True
    watched = watch(room)
    assert why(watched) is DenyReason.ENGINE_UNAVAILABLE
    opened, ended = room.rows("address.watched", "address.watch_ended")
    assert opened.subject == ended.subject
    assert opened.actor_id == room.log_in(Role.IT).person_id
    assert (opened.action, opened.camera_id) == ("watch_addresses", None)
    assert ended.data["reason"] == "not_started"
    told = f"{opened.data}{ended.data}"
    assert "viewer" not in told
    assert "10.7.7.7" not in told


def test_what_cannot_be_journaled_is_not_dialled(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    it = room.log_in(Role.IT)
    for problem, reason in (
        (OSError("disk"), DenyReason.JOURNAL_UNAVAILABLE),
        (ConsoleError("store.disk_full"), DenyReason.JOURNAL_UNAVAILABLE),
        (ConsoleError("vault.locked"), DenyReason.VAULT_LOCKED),
    ):

        def fail(*_: object, problem: Exception = problem, **__: object) -> None:
            raise problem

        with monkeypatch.context() as patch:
            patch.setattr(room.store, "submit", fail)
            assert refusal(room, session=it) is reason
    assert room.engine.streams == []


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.SHIFT_LEAD, Role.OPERATIONS_DEPUTY, Role.AUDITOR])
def test_only_who_registers_cameras_may(room: Room, role: Role) -> None:
    assert refusal(room, session=room.log_in(role)) is DenyReason.ROLE
    assert room.engine.streams == []


@pytest.mark.parametrize("role", [Role.IT, Role.CAMERA_REGISTRAR, Role.SUPERINTENDENT])
def test_who_registers_cameras_may(room: Room, role: Role) -> None:
    watch(room, session=room.log_in(role))


def test_a_session_that_is_over_opens_nothing(room: Room) -> None:
    it = room.log_in(Role.IT)
    room.station.sessions.end(it, EndReason.LOGOUT)
    assert refusal(room, session=it) is DenyReason.NOT_LOGGED_IN


def test_a_forged_session_is_nobodys(room: Room) -> None:
    judge, forged = room.feeds._judge, replace(room.log_in(Role.IT), id="another")
    denied = judge.set_up(forged, None, judge.memory.newest)
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.NOT_LOGGED_IN


def test_the_rules_of_addresses_hold(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(room, PUBLIC) is DenyReason.UNENCRYPTED_PUBLIC
    watch(room, PUBLIC.replace("rtsp:", "rtsps:"))
    object.__setattr__(room.feeds.addresses._parts, "schemes", frozenset({"rtsps"}))
    assert refusal(room) is DenyReason.FORBIDDEN_SCHEME


def test_the_superintendents_leave_counts_for_his_camera_only(room: Room) -> None:
    camera = room.camera("rtsps://8.8.8.8:554/live")
    room.permit(camera)
    version = room.station.cameras.camera(camera).version
    room.run(AllowUnencrypted(camera_id=camera, version=version, allowed=True), room.chief)
    watched = watch(room, PUBLIC)
    assert room.engine.streams[-1].request.camera_id == camera
    assert room.rows("address.watched")[-1].camera_id == camera
    version = room.station.cameras.camera(camera).version
    room.run(AllowUnencrypted(camera_id=camera, version=version, allowed=False), room.chief)
    assert why(watched) is DenyReason.UNENCRYPTED_PUBLIC


def test_a_withdrawn_camera_stays_refused_and_the_refusal_is_journaled_once(room: Room) -> None:
    camera = room.camera(SHOP)
    room.permit(camera)
    room.withdraw(camera)
    assert refusal(room, SHOP) is DenyReason.WITHDRAWN
    assert refusal(room, SHOP.upper().replace("RTSP", "rtsp")) is DenyReason.WITHDRAWN
    denials = [row for row in room.rows("view.denied") if row.subject[0] == "address"]
    assert [row.data["reason"] for row in denials] == ["withdrawn"]
    # Its owner permits it anew, and it is entered again: his own withdrawal is behind it.
    room.permit(camera)
    room.address(camera, SHOP)
    watch(room, SHOP)


def test_one_address_given_twice_is_refused_twice_and_journaled_once(room: Room) -> None:
    twice = [parse(Secret(PUBLIC), None)] * 2
    answers = room.feeds.addresses.watch(room.log_in(Role.IT), twice)
    assert [isinstance(answer, Denied) for answer in answers] == [True, True]
    assert len(room.rows("view.denied")) == 1


def test_what_the_watch_reads_anew_makes_a_refusal_worth_a_row_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(room, PUBLIC) is DenyReason.UNENCRYPTED_PUBLIC
    with monkeypatch.context() as patch:
        patch.setattr(room.feeds._judge.memory, "install", lambda _known: True)
        watch(room)
    assert refusal(room, PUBLIC) is DenyReason.UNENCRYPTED_PUBLIC
    assert len(room.rows("view.denied")) == 2


def test_a_registered_camera_needs_its_owners_word(room: Room) -> None:
    camera = room.camera(SHOP)
    assert refusal(room, SHOP) is DenyReason.NO_AUTHORITY
    room.permit(camera)
    room.pause(camera)
    assert refusal(room, SHOP) is DenyReason.PAUSED_BY_OWNER


@pytest.mark.parametrize(
    ("level", "more"),
    [(AccessLevel.INCIDENT, {"radius_m": 300}), (AccessLevel.HOURS, {"hours": ((0, 1),)})],
    ids=["only while an incident is near", "only at another hour"],
)
def test_facts_without_a_picture_need_no_hour_and_no_incident(
    room: Room, level: AccessLevel, more: dict[str, object]
) -> None:
    camera = room.camera(SHOP)
    room.permit(camera, level, **more)
    assert room.refusal(camera).reason in {DenyReason.NO_INCIDENT, DenyReason.OUTSIDE_HOURS}
    assert why(watch(room, SHOP)) is None


def test_a_withdrawal_ends_it_in_the_middle(room: Room) -> None:
    camera = room.camera(SHOP)
    room.permit(camera)
    watched, other = watch(room, SHOP), watch(room)
    room.withdraw(camera)
    assert why(watched) is DenyReason.WITHDRAWN
    assert room.engine.streams[0].closed
    assert room.data("address.watch_ended")[-1]["reason"] == "withdrawn"
    assert why(other) is None


def test_an_address_that_becomes_a_cameras_is_judged_as_its(room: Room) -> None:
    watched = watch(room, SHOP)
    room.camera(SHOP)
    assert why(watched) is DenyReason.NO_AUTHORITY


def test_leases_are_renewed_and_end_without_renewal(room: Room) -> None:
    watched = watch(room)
    stream = room.engine.streams[-1]
    room.clock.advance(room.settings.renew_s)
    room.feeds.tick()
    room.feeds.tick()
    assert len(stream.grants) == 2
    room.engine.deaf = True
    room.clock.advance(room.settings.lease_s)
    assert not stream.has_right()
    stream.tell(TileState.LIVE)
    assert watched.state().state is TileState.CONNECTING


def test_old_knowledge_renews_nothing(room: Room) -> None:
    watched = watch(room)
    room.clock.advance(room.settings.private_age_s)
    room.engine.streams[-1].ask()
    assert room.engine.streams[-1].refused
    room.feeds.tick()
    assert why(watched) is DenyReason.KNOWLEDGE_TOO_OLD


def test_a_lease_that_would_be_over_is_not_signed(room: Room) -> None:
    watched = watch(room)
    watched.end()
    stream = room.engine.streams[-1]
    stream.closed = False
    stream.ask()
    assert stream.refused


def test_log_out_lock_visitors_and_the_end_of_the_console_end_it(room: Room) -> None:
    it = room.log_in(Role.IT)
    own = room.camera(SHOP, owner=OwnerType.POLICE)
    room.countersign(room.permit(own, kind=AuthorityKind.OWN))
    shown = watch(room, SHOP)
    watched = watch(room)
    room.feeds.end_all(EndReason.VISITORS, private_only=True)
    assert why(watched) is DenyReason.VISITORS
    assert why(shown) is None
    assert refusal(room) is DenyReason.VISITORS
    room.feeds.release()
    watched, others = watch(room), watch(room, session=room.registrar)
    room.station.sessions.lock(it)
    assert why(watched) is DenyReason.LOCKED
    assert refusal(room) is DenyReason.LOCKED
    assert why(others) is None
    room.station.sessions.end(it, EndReason.LOGOUT)
    assert why(others) is None
    room.station.sessions.end(room.registrar, EndReason.LOGOUT)
    assert why(others) is DenyReason.NOT_LOGGED_IN
    last = watch(room, session=room.chief)
    room.feeds.stop()
    assert last.state().end is EndReason.SHUTDOWN
    assert refusal(room, session=room.chief) is DenyReason.ENGINE_UNAVAILABLE


def test_a_right_that_ends_between_journal_and_engine_dials_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = room.camera(SHOP)
    room.permit(camera)
    install = room.feeds._judge.memory.install

    def pause_first(known: object) -> bool:
        monkeypatch.setattr(room.feeds._judge.memory, "install", install)
        told = install(known)  # type: ignore[arg-type]
        room.pause(camera)
        return told

    it = room.log_in(Role.IT)
    monkeypatch.setattr(room.feeds._judge.memory, "install", pause_first)
    assert why(watch(room, SHOP, it)) is DenyReason.PAUSED_BY_OWNER
    assert room.engine.streams == []


def test_a_console_that_closes_between_journal_and_engine_dials_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, install, it = room.feeds.addresses, room.feeds._judge.memory.install, room.log_in(Role.IT)

    def close_first(known: object) -> bool:
        door.end_all(EndReason.SHUTDOWN, None, private_only=False)
        return install(known)  # type: ignore[arg-type]

    monkeypatch.setattr(room.feeds._judge.memory, "install", close_first)
    assert watch(room, session=it).state().end is EndReason.SHUTDOWN
    assert room.engine.streams == []
    assert door.watched() == []


def test_the_fault_is_told(room: Room) -> None:
    room.engine.fault_at_once = Fault.UNAUTHORISED
    assert watch(room).state().fault is Fault.UNAUTHORISED
