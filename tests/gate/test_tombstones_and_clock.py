"""What an owner withdrew stays away, whatever is put back; and a clock that stood in the future has one way out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from console.db.journal import verify
from console.kernel import ConsentState, Denied, DenyReason, Role
from console.services.authorities import ResumeAuthority, WithdrawAuthority
from console.services.cameras import ArchiveCamera
from console.services.station_clock import ConfirmClock
from console.services.tombstones import Tombstone, bury
from tests.consent_desk import Desk
from tests.gate.room import Room


def shut_down(room: Room) -> None:
    room.feeds.stop()
    room.store.close()


def put_back(room: Room, backup: Path) -> None:
    """Somebody puts the old database back; what lies beside it stays."""
    shut_down(room)
    for file in backup.glob("console.db*"):
        shutil.copy2(file, room.data_dir / file.name)
    room.reopen()
    room.sessions.clear()


def copied(room: Room, to: Path) -> Path:
    shut_down(room)
    shutil.copytree(room.data_dir, to)
    room.reopen()
    room.sessions.clear()
    return to


def refused_as_withdrawn(room: Room, camera_id: str, address: str) -> bool:
    with pytest.raises(Denied) as denied:
        room.address(camera_id, address)
    return denied.value.reason is DenyReason.FINGERPRINT_TAKEN and denied.value.params["withdrawn"] is True


EARLIER = "rtsp://user:pass@192.168.7.7:554/one"


def test_an_earlier_address_of_a_withdrawn_camera(room: Room) -> None:
    """Changing the address before the withdrawal leaves no way back to the camera under another record."""
    camera = room.camera(EARLIER)
    room.permit(camera)
    room.address(camera, "rtsp://user:pass@192.168.7.7:554/two")
    other = room.camera(EARLIER.replace("one", "three"))
    room.withdraw(camera)
    assert refused_as_withdrawn(room, other, EARLIER)
    assert refused_as_withdrawn(room, other, "rtsp://x:y@192.168.7.7:554/two")
    # Only the owner's new permission, on the same record, opens either of them again.
    assert refused_as_withdrawn(room, camera, EARLIER)
    room.permit(camera)
    room.address(camera, EARLIER)
    assert room.look(camera).picture() is not None
    assert room.station.authorities.reapply_tombstones() == 0, "the ordinary life of a camera is no restored backup"


def test_an_address_replaced_without_withdrawal_stays_usable(room: Room) -> None:
    camera = room.camera(EARLIER)
    room.address(camera, "rtsp://user:pass@192.168.7.7:554/two")
    other = room.camera(EARLIER)
    room.permit(camera)
    room.withdraw(camera)
    # It stood at another record before: that one may go on changing its log-in, and nobody else may take it.
    room.address(other, EARLIER.replace("user:pass", "user:new"))
    for elsewhere in (camera, room.camera()):
        with pytest.raises(Denied):
            room.address(elsewhere, EARLIER)


def test_archiving_before_withdrawing_is_no_way_round(room: Room) -> None:
    camera = room.camera(EARLIER)
    room.permit(camera)
    row = room.current(camera)
    version = room.station.cameras.camera(camera).version
    room.run(ArchiveCamera(camera_id=camera, version=version), room.registrar)
    room.run(WithdrawAuthority(authority_id=row.id, version=row.version), room.registrar)
    other = room.camera()
    assert refused_as_withdrawn(room, other, EARLIER)


def test_an_old_backup_that_does_not_know_the_camera(room: Room, tmp_path: Path) -> None:
    backup = copied(room, tmp_path.parent / f"{tmp_path.name}-before")
    camera = room.camera(EARLIER)
    room.permit(camera)
    room.address(camera, "rtsp://user:pass@192.168.7.7:554/two")
    room.withdraw(camera)
    put_back(room, backup)
    assert camera not in {row.id for row in room.station.cameras.cameras()}
    assert room.station.authorities.reapply_tombstones() == 0
    assert room.data("store.restored") == [{"withdrawn": 0, "refused": 2, "paused": 0}]
    fresh = room.camera()
    assert refused_as_withdrawn(room, fresh, EARLIER)
    assert refused_as_withdrawn(room, fresh, "rtsp://user:pass@192.168.7.7:554/two")
    room.station.authorities.reapply_tombstones()
    assert len(room.data("store.restored")) == 1, "once is enough"


def test_an_old_backup_in_which_the_address_was_only_replaced(room: Room, tmp_path: Path) -> None:
    camera = room.camera(EARLIER)
    room.permit(camera)
    room.address(camera, "rtsp://user:pass@192.168.7.7:554/two")
    backup = copied(room, tmp_path.parent / f"{tmp_path.name}-before")
    room.withdraw(camera)
    put_back(room, backup)
    room.station.authorities.reapply_tombstones()
    assert refused_as_withdrawn(room, room.camera(), EARLIER)


def test_the_list_beside_the_database_tells_no_address(room: Room, tmp_path: Path) -> None:
    camera = room.camera(EARLIER)
    room.permit(camera)
    room.withdraw(camera)
    text = (tmp_path / "tombstones.log").read_text("utf-8")
    (mark,) = json.loads(text)["fingerprints"]
    assert len(mark) == 64
    assert "192.168.7.7" not in text
    # An older line without fingerprints, or one with rubbish in it, is read as far as it goes.
    with (tmp_path / "tombstones.log").open("a", encoding="utf-8") as log:
        log.write('{"authority": "a", "camera": "c", "at": "x"}\n["rubbish"]\n')
    assert room.station.authorities.reapply_tombstones() == 0


# The clock


def test_a_clock_that_stood_in_the_future(room: Room) -> None:
    """The superintendent confirms it in the journal; nobody else may, and the next wrong clock is refused again."""
    private = room.shop()
    room.row_of_tomorrow(days=400)
    assert room.refusal(private).reason is DenyReason.CLOCK_SET_BACK
    for role in set(Role) - {Role.SUPERINTENDENT}:
        with pytest.raises(Denied):
            room.run(ConfirmClock(), room.log_in(role))
        assert room.refusal(private).reason is DenyReason.CLOCK_SET_BACK
    room.run(ConfirmClock(), room.chief)
    assert room.look(private).picture() is not None
    row = room.rows("clock.confirmed")[-1]
    assert row.actor_id == room.chief.person_id
    assert row.data["heads"] == {row.writer_id: row.seq - 1}
    # The next run of the console compares with the rows behind the confirmation as well.
    shut_down(room)
    room.reopen()
    room.sessions.clear()
    assert room.look(private).picture() is not None
    room.clock.shift_wall(-121)
    assert room.refusal(private).reason is DenyReason.CLOCK_SET_BACK
    room.clock.shift_wall(121)
    # A second excursion needs a second word.
    room.row_of_tomorrow()
    assert room.refusal(private).reason is DenyReason.CLOCK_SET_BACK
    room.run(ConfirmClock(), room.chief)
    assert room.look(private).picture() is not None
    key = room.store.read(room.vault.public_key)
    assert room.store.read(lambda tx: verify(tx, key)).problems == ()


def test_a_clock_set_back_in_a_quiet_hour(room: Room) -> None:
    """No row was written for an hour, so the journal does not tell; what the gate read in that hour does."""
    private = room.shop()
    for _ in range(720):
        room.clock.advance(5)
        room.feeds.keep()
    room.clock.shift_wall(-300)
    assert room.refusal(private).reason is DenyReason.CLOCK_SET_BACK
    room.clock.shift_wall(300)
    assert room.look(private).picture() is not None


def test_a_confirmation_lost_with_an_old_backup_does_not_count(room: Room, tmp_path: Path) -> None:
    private = room.shop()
    room.row_of_tomorrow()
    backup = copied(room, tmp_path.parent / f"{tmp_path.name}-before")
    room.run(ConfirmClock(), room.chief)
    room.look(private)
    put_back(room, backup)
    assert room.refusal(private).reason is DenyReason.CLOCK_SET_BACK


def test_a_backup_that_knows_an_earlier_paper_only(room: Room, tmp_path: Path) -> None:
    """The owner withdrew the second paper; the backup was made while the first one stood: he has withdrawn."""
    desk = Desk(room.station, room.registrar)
    camera = room.camera("rtsp://10.0.0.7/live")
    first = desk.signed(camera)
    owner = desk.entry(first).owner.id
    backup = copied(room, tmp_path.parent / f"{tmp_path.name}-backup")
    desk = Desk(room.station, room.registrar)
    room.clock.advance(60)
    desk.withdraw(desk.signed(camera, owner_id=owner, supersedes=first))
    put_back(room, backup)
    assert room.station.authorities.reapply_tombstones() == 1
    assert room.refusal(camera).reason is DenyReason.WITHDRAWN
    assert not room.station.cameras.camera(camera).has_address
    desk = Desk(room.station, room.registrar)
    assert desk.entry(first).state is ConsentState.WITHDRAWN
    row = room.current(camera)
    with pytest.raises(Denied):
        room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.registrar)
    room.clock.advance(60)
    desk.signed(camera, owner_id=owner)
    room.address(camera, "rtsp://10.0.0.7/live")
    assert room.station.authorities.reapply_tombstones() == 0, "what the owner signed since is his newer word"
    assert room.look(camera).picture() is not None


def test_a_line_outside_that_tells_no_time_ends_nothing_that_it_does_not_name(room: Room, tmp_path: Path) -> None:
    camera = room.shop()
    for at in ("yesterday", "2099-01-01"):
        bury(tmp_path, Tombstone("unknown", camera, at))
    assert room.station.authorities.reapply_tombstones() == 0
    assert room.look(camera).picture() is not None
