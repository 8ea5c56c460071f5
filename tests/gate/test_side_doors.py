"""Each way round the gate that somebody might try, tried."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.db.camera_addresses import set_address, ways_of
from console.db.cameras import AddressKind, SealedAddress
from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    OwnerType,
    Purpose,
    Role,
    Secret,
    TileState,
    ViewKind,
    new_id,
)
from console.services.addresses import address_context
from console.services.authorities import ResumeAuthority, WithdrawAuthority
from console.services.cameras import AllowUnencrypted, ArchiveCamera, RestoreCamera, SetAddress
from console.services.feeds import FeedRequest
from console.services.walls import SaveWall
from console.video.grants import GrantRefused, Placement, Refusal, SignedGrant, Signer, Verifier
from tests.gate.room import PASSWORD, Room

# Grants


def signed(room: Room, tile: int = 0, worker: str = "worker-fake", counter: int = 1000) -> SignedGrant:
    """Return a grant that the gate gives for a running view."""
    grant = room.engine.streams[0].request.lease(Placement(worker, tile, counter))
    assert grant is not None
    return grant


def refused(room: Room, grant: SignedGrant, verifier: Verifier | None = None, after: float = 0.0) -> Refusal:
    with pytest.raises(GrantRefused) as caught:
        (verifier or room.engine.verifier).check(grant, room.clock.monotonic() + after)
    return caught.value.why


def test_forged_grant(room: Room) -> None:
    room.look(room.shop())
    real = signed(room)
    fields = json.loads(real.body) | {"camera": "another"}
    body = json.dumps(fields, separators=(",", ":"), sort_keys=True).encode()
    assert refused(room, SignedGrant(body, real.signature)) is Refusal.SIGNATURE
    grant = room.engine.streams[0].grants[0]
    assert refused(room, Signer().sign(replace(grant, counter=5000))) is Refusal.SIGNATURE


def test_replayed_grant(room: Room) -> None:
    room.look(room.shop())
    grant = signed(room)
    room.engine.verifier.check(grant, room.clock.monotonic())
    assert refused(room, grant) is Refusal.REPLAYED
    assert refused(room, signed(room, counter=999)) is Refusal.REPLAYED


def test_expired_grant(room: Room) -> None:
    room.look(room.shop())
    assert refused(room, signed(room), after=15.0) is Refusal.EXPIRED


def test_grant_for_another_worker(room: Room) -> None:
    room.look(room.shop())
    other = Verifier(room.signer.public, "worker-other")
    assert refused(room, signed(room), other) is Refusal.OTHER_WORKER


def test_grant_of_the_run_before(room: Room) -> None:
    room.look(room.shop())
    grant = signed(room)
    room.crash()
    room.reopen()
    assert refused(room, grant) is Refusal.SIGNATURE


def test_a_grant_names_camera_address_and_tile(room: Room) -> None:
    one, other = room.look(room.shop()), room.look(room.shop())
    first, second = room.stream(one).grants[0], room.stream(other).grants[0]
    assert first.camera_id != second.camera_id
    assert first.tile != second.tile
    assert not first.is_for_address(room.stream(other).request.address)
    assert not first.same_view(second)


def test_a_grant_after_the_end_is_not_given(room: Room) -> None:
    live = room.look(room.shop())
    lease = room.stream(live).request.lease
    live.end(EndReason.CLOSED)
    assert lease(Placement("worker-fake", 0, 2000)) is None


def test_a_grant_in_the_last_moment_is_not_given(room: Room) -> None:
    camera = room.camera()
    room.permit(camera, expires_at=room.clock.now() + timedelta(seconds=5))
    live = room.look(camera)
    room.clock.advance(5)
    assert room.stream(live).request.lease(Placement("worker-fake", 0, 2000)) is None


# Who asks


@pytest.mark.parametrize("role", [Role.IT, Role.AUDITOR, Role.CAMERA_REGISTRAR])
def test_roles_without_feeds(room: Room, role: Role) -> None:
    assert room.refusal(room.shop(), session=room.log_in(role)).reason is DenyReason.ROLE
    assert room.data("view.denied")[0]["reason"] == "role"


@pytest.mark.parametrize("role", [Role.IT, Role.AUDITOR])
def test_roles_without_probe(room: Room, role: Role) -> None:
    denied = room.feeds.probe(room.log_in(role), room.shop())
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.ROLE


def test_a_session_made_up(room: Room) -> None:
    camera = room.shop()
    risen = replace(room.log_in(Role.IT), role=Role.SUPERINTENDENT)
    assert room.refusal(camera, session=risen).reason is DenyReason.NOT_LOGGED_IN
    assert room.refusal(camera, session=replace(room.officer, id=new_id())).reason is DenyReason.NOT_LOGGED_IN


def test_the_session_of_somebody_logged_out(room: Room) -> None:
    camera, session = room.shop(), room.officer
    room.station.people.log_out(session)
    room.station.people.log_out(session)
    assert room.refusal(camera, session=session).reason is DenyReason.NOT_LOGGED_IN
    with pytest.raises(Denied):
        room.run(SaveWall(layout="4", cells=(camera,)), session)


# Other ways to a picture


def test_set_up_is_no_way_around_the_hours(room: Room) -> None:
    camera = room.shop(AccessLevel.HOURS, hours=((0, 60),))
    for purpose, kind in [
        (Purpose.SETUP, ViewKind.WALL),
        (Purpose.SETUP, ViewKind.TOUR),
        (Purpose.SETUP, ViewKind.PREWARM),
        (Purpose.RISK_SPOT, ViewKind.PROBE),
        (Purpose.SETUP, ViewKind.PROBE),
    ]:
        assert room.refusal(camera, purpose, kind=kind).reason is DenyReason.PURPOSE_NOT_ALLOWED
    assert room.refusal(camera, Purpose.SETUP, kind=ViewKind.FOCUS).reason is DenyReason.OUTSIDE_HOURS
    prober = room.refusal(room.shop(), Purpose.SETUP, kind=ViewKind.FOCUS, session=room.registrar)
    assert prober.reason is DenyReason.ROLE
    assert room.engine.streams == []


def test_a_probe_after_withdrawal(room: Room) -> None:
    camera = room.shop()
    room.withdraw(camera)
    denied = room.feeds.probe(room.registrar, camera)
    assert isinstance(denied, Denied)
    assert denied.reason is DenyReason.WITHDRAWN


def test_a_restored_wall_asks_anew(room: Room) -> None:
    camera = room.shop()
    room.run(SaveWall(layout="4", cells=(camera, None, None, None)), room.officer)
    room.withdraw(camera)
    wall = room.station.walls.of(room.officer)
    assert wall is not None
    answers = room.feeds.open_many(
        room.officer, [FeedRequest(cell, Purpose.RISK_SPOT) for cell in wall.cells if cell is not None]
    )
    assert [answer.reason for answer in answers if isinstance(answer, Denied)] == [DenyReason.WITHDRAWN]


def test_prewarming_and_tours_need_the_right_too(room: Room) -> None:
    camera = room.camera()
    for kind in (ViewKind.PREWARM, ViewKind.TOUR, ViewKind.FOCUS):
        assert room.refusal(camera, kind=kind).reason is DenyReason.NO_AUTHORITY


def test_a_lying_worker_after_withdrawal(room: Room) -> None:
    """Engine and worker go on as if nothing had happened; the painter's door is shut all the same."""
    camera = room.shop()
    live = room.look(camera)
    room.engine.obeys = False
    room.withdraw(camera)
    room.stream(live).tell(TileState.LIVE)
    assert live.picture() is None
    assert live.state().state is TileState.DENIED
    assert room.data("view.picture") == []


def test_a_worker_that_hangs_at_renewal(room: Room) -> None:
    live = room.look(room.shop())
    room.engine.deaf = True
    room.engine.obeys = False
    for _ in range(3):
        room.clock.advance(5)
        room.feeds.tick()
    assert live.picture() is None


# Cameras that change their name


def test_a_withdrawn_camera_does_not_come_back_as_own(room: Room) -> None:
    camera = room.camera("rtsp://10.0.0.7/Streaming/Channels/101")
    room.permit(camera)
    room.withdraw(camera)
    new = room.camera(owner=OwnerType.POLICE)
    room.countersign(room.permit(new, kind=AuthorityKind.OWN))
    for spelling in (
        "rtsp://10.0.0.7/Streaming/Channels/101",
        "rtsp://admin:other@10.0.0.7:554/streaming//channels/101/",
        "rtsp://[::ffff:10.0.0.7]/Streaming/%43hannels/101",
        "rtsp://10.0.0.7/Streaming/Channels/102",
        "rtsp://10.0.0.7/Streaming/Channels/101?x=1",
    ):
        with pytest.raises(Denied) as denied:
            room.address(new, spelling)
        assert denied.value.reason is DenyReason.FINGERPRINT_TAKEN
    with pytest.raises(Denied):
        room.permit(camera, kind=AuthorityKind.OWN)


@pytest.mark.parametrize("archived", [True, False])
def test_a_paused_camera_does_not_come_back_as_own(room: Room, *, archived: bool) -> None:
    """Its record is archived, or given another address: the one that its owner permitted is opened by nobody else."""
    old = "rtsp://10.0.0.7/live"
    camera = room.camera(old)
    room.permit(camera)
    room.pause(camera)
    if archived:
        version = room.station.cameras.camera(camera).version
        room.run(ArchiveCamera(camera_id=camera, version=version), room.registrar)
    else:
        room.address(camera, "rtsp://10.0.0.99/x")
    with pytest.raises(Denied) as denied:
        room.address(room.own_camera(), old)
    assert denied.value.reason is DenyReason.FINGERPRINT_TAKEN
    new = room.camera(old, OwnerType.POLICE)
    right = room.permit(new, kind=AuthorityKind.OWN)
    with pytest.raises(Denied) as denied:
        room.countersign(right)
    assert denied.value.reason is DenyReason.FINGERPRINT_TAKEN
    assert room.refusal(new).reason is DenyReason.NOT_COUNTERSIGNED


def test_an_archived_camera_comes_back_dark_and_its_consent_says_so(room: Room) -> None:
    camera = room.shop()
    version = room.station.cameras.camera(camera).version
    room.run(ArchiveCamera(camera_id=camera, version=version), room.registrar)
    room.run(RestoreCamera(camera_id=camera, version=version + 1), room.registrar)
    assert room.refusal(camera).reason is DenyReason.ADDRESS_CHANGED
    (entry,) = room.station.consents.entries(room.registrar)
    assert entry.resting == {camera}


def test_the_owner_may_permit_again(room: Room) -> None:
    camera = room.camera("rtsp://10.0.0.7/live")
    room.permit(camera)
    room.withdraw(camera)
    with pytest.raises(Denied):
        room.address(camera, "rtsp://10.0.0.7/live")
    room.permit(camera)
    room.address(camera, "rtsp://10.0.0.7/live")
    assert room.look(camera).picture() is not None


def test_one_camera_has_one_record(room: Room) -> None:
    room.camera("rtsp://10.0.0.7/live")
    other = room.camera()
    with pytest.raises(Denied) as denied:
        room.address(other, "rtsp://10.0.0.7:554/live")
    assert denied.value.reason is DenyReason.FINGERPRINT_TAKEN


def test_an_owners_camera_is_not_renamed_own(room: Room) -> None:
    camera = room.shop()
    with pytest.raises(Invalid):
        room.permit(camera, kind=AuthorityKind.OWN)


def test_own_and_agency_without_countersignature(room: Room) -> None:
    for kind in (AuthorityKind.OWN, AuthorityKind.AGENCY):
        camera = room.camera()
        room.permit(camera, kind=kind)
        assert room.refusal(camera).reason is DenyReason.NOT_COUNTERSIGNED


def test_self_countersignature(room: Room) -> None:
    camera = room.camera()
    room.sessions[Role.CAMERA_REGISTRAR] = room.chief  # the superintendent records it himself
    authority = room.permit(camera, kind=AuthorityKind.OWN)
    with pytest.raises(ConsoleError, match="self_countersigned"):
        room.countersign(authority)
    assert room.refusal(camera).reason is DenyReason.NOT_COUNTERSIGNED


def test_nobody_else_countersigns(room: Room) -> None:
    authority = room.permit(room.camera(), kind=AuthorityKind.OWN)
    for role in set(Role) - {Role.SUPERINTENDENT}:
        with pytest.raises(Denied):
            room.countersign(authority, room.log_in(role))


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "demo://street",
        "file:///etc/passwd",
        "concat:rtsp://10.0.0.1/a|rtsp://10.0.0.2/b",
        "pipe:0",
        "tcp://10.0.0.1:80",
        "ftp://10.0.0.1/x",
        "rtmp://10.0.0.1/x",
        "udp://@239.0.0.1:1234",
        "data:text/plain,x",
    ],
)
def test_forbidden_schemes(room: Room, address: str) -> None:
    camera = room.shop()
    with pytest.raises(Invalid):
        room.address(camera, address)
    # Even an address that got past the form, sealed by somebody with the public key, is not dialled.
    row = room.station.cameras.camera(camera)
    sealed = room.store.read(lambda tx: room.vault.seal(tx, Secret(address), address_context(camera)))
    stamp = CommandStamp(new_id(), "smuggle", room.registrar)
    made = SealedAddress(sealed, "f" * 64, room.store.read(lambda tx: min(ways_of(tx, camera))))
    room.store.submit(lambda tx: set_address(tx, camera, row.version, AddressKind.MAIN, made) and None, command=stamp)
    assert room.refusal(camera).reason is DenyReason.FORBIDDEN_SCHEME
    assert room.engine.streams == []
    assert room.data("view.ended")[-1]["reason"] == "not_started"


def test_a_sealed_address_moved_to_another_camera(room: Room) -> None:
    mine, theirs = room.shop(), room.shop()
    row = room.station.cameras.camera(mine)
    sealed = room.store.read(lambda tx: room.vault.seal(tx, Secret("rtsp://10.1.1.1/x"), address_context(theirs)))
    stamp = CommandStamp(new_id(), "smuggle", room.registrar)
    made = SealedAddress(sealed, "e" * 64, room.store.read(lambda tx: min(ways_of(tx, mine))))
    room.store.submit(lambda tx: set_address(tx, mine, row.version, AddressKind.MAIN, made) and None, command=stamp)
    assert room.refusal(mine).reason is DenyReason.VAULT_LOCKED
    assert room.engine.streams == []


def test_public_and_unencrypted(room: Room) -> None:
    camera = room.shop()
    with pytest.raises(Denied) as denied:
        room.address(camera, "rtsp://user:pass@8.8.8.8/live")
    assert denied.value.reason is DenyReason.UNENCRYPTED_PUBLIC
    room.address(camera, "rtsps://user:pass@8.8.8.8/live")
    room.confirm(camera)
    assert not room.look(camera).unencrypted
    row = room.station.cameras.camera(camera)
    with pytest.raises(Denied):
        room.run(AllowUnencrypted(camera_id=camera, version=row.version, allowed=True), room.registrar)
    room.run(AllowUnencrypted(camera_id=camera, version=row.version, allowed=True), room.chief)
    room.address(camera, "rtsp://user:pass@8.8.8.8/live")
    room.confirm(camera)
    live = room.look(camera)
    assert live.unencrypted
    row = room.station.cameras.camera(camera)
    room.run(AllowUnencrypted(camera_id=camera, version=row.version, allowed=False), room.chief)
    assert live.picture() is None
    assert room.refusal(camera).reason is DenyReason.UNENCRYPTED_PUBLIC


# Commands


def test_a_handler_called_past_dispatch(room: Room) -> None:
    camera = room.shop()
    row = room.current(camera)
    command = WithdrawAuthority(authority_id=row.id, version=row.version)
    authorities = room.station.authorities
    # Under another actor than the one the journal is stamped with.
    for stamp in (CommandStamp(command.command_id, "x", None), CommandStamp(new_id(), "x", room.registrar)):
        with pytest.raises(Denied):
            room.store.submit(lambda tx: authorities.withdraw_authority(tx, command, room.registrar), command=stamp)
    # In a reading transaction.
    with pytest.raises(RuntimeError):
        room.store.read(lambda tx: authorities.withdraw_authority(tx, command, room.registrar))
    # Without the right.
    auditor = room.log_in(Role.AUDITOR)
    stamp = CommandStamp(command.command_id, "x", auditor)
    with pytest.raises(Denied):
        room.store.submit(lambda tx: authorities.withdraw_authority(tx, command, auditor), command=stamp)
    assert room.current(camera).withdrawn_at is None


def test_whoever_writes_an_address_cannot_read_it(room: Room) -> None:
    camera = room.shop()
    command = SetAddress(camera_id=camera, version=1, address=Secret("rtsp://10.0.0.9/x"), password=PASSWORD)
    assert PASSWORD.reveal() not in repr(command)
    assert "10.0.0.9" not in repr(command)
    assert "rtsp" not in repr(room.station.cameras.camera(camera))


# Time and backups


def test_old_knowledge(room: Room) -> None:
    live = room.look(room.shop())
    own = room.look(room.own_camera())
    for _ in range(181):
        room.clock.advance(5)
        room.feeds.tick()
    assert live.picture() is None
    assert own.picture() is not None


def test_an_old_backup(room: Room, tmp_path: Path) -> None:
    withdrawn, other, own = room.shop(), room.shop(), room.own_camera()
    backup = tmp_path.parent / f"{tmp_path.name}-backup"
    room.feeds.stop()
    room.store.close()
    shutil.copytree(tmp_path, backup)
    room.reopen()
    room.sessions.clear()
    room.withdraw(withdrawn)
    room.feeds.stop()
    room.store.close()
    # Somebody puts the old database back; what lies beside it stays.
    for file in backup.glob("console.db*"):
        shutil.copy2(file, tmp_path / file.name)
    room.reopen()
    room.sessions.clear()
    assert room.current(withdrawn).withdrawn_at is None
    assert room.station.authorities.reapply_tombstones() == 2
    assert room.refusal(withdrawn).reason is DenyReason.WITHDRAWN
    assert not room.station.cameras.camera(withdrawn).has_address
    assert room.refusal(other).reason is DenyReason.PAUSED_BY_OWNER
    assert room.look(own).picture() is not None
    assert room.data("store.restored") == [{"withdrawn": 1, "refused": 0, "paused": 1}]
    row = room.current(other)
    room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.registrar)
    assert room.look(other).picture() is not None
    assert room.station.authorities.reapply_tombstones() == 0


def test_an_old_backup_without_withdrawals_pauses_too(room: Room, tmp_path: Path) -> None:
    shop = room.shop()
    room.station.journal.seal()
    backup = tmp_path.parent / f"{tmp_path.name}-backup"
    room.feeds.stop()
    room.store.close()
    shutil.copytree(tmp_path, backup)
    room.reopen()
    room.sessions.clear()
    assert room.station.authorities.reapply_tombstones() == 0
    room.look(shop).end(EndReason.CLOSED)
    room.feeds.keep()
    room.station.journal.seal()
    room.feeds.stop()
    room.store.close()
    for file in backup.glob("console.db*"):
        shutil.copy2(file, tmp_path / file.name)
    room.reopen()
    room.sessions.clear()
    assert room.station.authorities.reapply_tombstones() == 1
    assert room.refusal(shop).reason is DenyReason.PAUSED_BY_OWNER


def test_a_withdrawal_that_cannot_be_buried_is_not_stored(room: Room, tmp_path: Path) -> None:
    camera = room.shop()
    (tmp_path / "tombstones.log").mkdir()
    with pytest.raises(ConsoleError, match="tombstones"):
        room.withdraw(camera)
    assert room.current(camera).withdrawn_at is None
    with pytest.raises(ConsoleError, match="tombstones"):
        room.station.authorities.reapply_tombstones()
