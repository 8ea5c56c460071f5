"""What an owner's permission may say, and who may do what with it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db import migrate
from console.db.journal_format import checkpoint_message, encode, log_line
from console.kernel import AccessLevel, AuthorityKind, Denied, Invalid, Purpose
from console.services.authorities import ResumeAuthority
from console.services.tombstones import TOMBSTONES, Tombstone, buried
from tests.gate.room import Room


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"purposes": frozenset()}, "purposes"),
        ({"purposes": frozenset({Purpose.URGENT})}, "purposes"),
        ({"level": AccessLevel.HOURS}, "hours"),
        ({"level": AccessLevel.HOURS, "hours": ((600, 600),)}, "hours"),
        ({"level": AccessLevel.HOURS, "hours": ((1440, 600),)}, "hours"),
        ({"hours": tuple((minute, minute + 1) for minute in range(13))}, "hours"),
        ({"level": AccessLevel.INCIDENT}, "radius_m"),
    ],
)
def test_refused_terms(room: Room, fields: dict[str, object], where: str) -> None:
    with pytest.raises(Invalid) as wrong:
        room.permit(room.camera(), **fields)  # type: ignore[arg-type]
    assert where in wrong.value.fields


def test_it_does_not_end_before_it_begins(room: Room) -> None:
    with pytest.raises(Invalid) as wrong:
        room.permit(room.camera(), expires_at=room.clock.now() - timedelta(days=2))
    assert "expires_at" in wrong.value.fields


def test_history_and_supersession(room: Room) -> None:
    camera = room.camera()
    first = room.permit(camera)
    second = room.permit(camera, AccessLevel.HOURS, hours=((480, 960),))
    assert [row.id for row in room.station.authorities.history(camera)] == [first, second]
    assert room.station.authorities.by_camera()[camera].id == second


def test_withdrawn_stays_withdrawn(room: Room) -> None:
    camera = room.shop()
    room.withdraw(camera)
    row = room.current(camera)
    with pytest.raises(Denied):
        room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.lead)
    own = room.camera()
    authority = room.permit(own, kind=AuthorityKind.OWN)
    room.withdraw(own)
    with pytest.raises(Denied):
        room.countersign(authority)


def test_officers_may_pause_but_not_withdraw(room: Room) -> None:
    camera = room.shop()
    room.pause(camera)
    assert room.current(camera).paused
    row = room.current(camera)
    with pytest.raises(Denied):
        room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.officer)


def test_tombstones_survive_a_torn_line(room: Room, tmp_path: Path) -> None:
    assert buried(tmp_path) == []
    one, other = room.shop(), room.shop()
    room.withdraw(one)
    path = tmp_path / TOMBSTONES
    path.write_text(path.read_text("utf-8") + '{"authority": "x", "cam', "utf-8")
    room.withdraw(other)
    found = buried(tmp_path)
    assert [stone.camera_id for stone in found] == [one, other]
    assert isinstance(found[0], Tombstone)
    assert room.station.authorities.reapply_tombstones() == 0


def test_a_torn_checkpoint_is_passed_over(room: Room, tmp_path: Path) -> None:
    room.station.journal.seal()
    with (tmp_path / "checkpoints.log").open("a", encoding="ascii") as log:
        log.write('{"body": "AA')
    assert room.station.authorities.reapply_tombstones() == 0
    (tmp_path / "checkpoints.log").write_text("nothing\n")
    assert room.station.authorities.reapply_tombstones() == 0


def test_lines_nested_too_deeply_are_passed_over(room: Room, tmp_path: Path) -> None:
    camera = room.shop()
    room.withdraw(camera)
    room.station.journal.seal()
    for name in (TOMBSTONES, "checkpoints.log"):
        with (tmp_path / name).open("a", encoding="ascii") as log:
            log.write("[" * 200_000 + "\n")
    assert [stone.camera_id for stone in buried(tmp_path)] == [camera]
    assert room.station.authorities.reapply_tombstones() == 0
    report = room.station.journal.verify(room.chief)
    assert not report.sound
    assert report.rows > 0


def test_only_the_stations_own_checkpoints_tell_how_old_a_backup_is(room: Room, tmp_path: Path) -> None:
    """A line that anybody can write, saying that nothing was sealed, made a restored backup look current."""
    room.shop()
    room.station.journal.seal()
    old = (tmp_path / "checkpoints.log").read_text("ascii").splitlines()[-1]
    database = tmp_path / "console.db"
    backup = migrate.backup(room.station.store.place, room.clock)
    camera = room.shop()
    room.station.journal.seal()
    stranger = Ed25519PrivateKey.generate()
    empty = encode({"writers": {}})
    with (tmp_path / "checkpoints.log").open("a", encoding="ascii") as log:
        for key in (stranger, room.station.store.read(room.station.vault.signer)):
            log.write(log_line(empty, key.sign(checkpoint_message(empty))) + "\n")
        log.write(f"{old}\n")
    assert room.station.authorities.reapply_tombstones() == 0, "this database has all that was sealed"
    room.close()
    for name in ("console.db-wal", "console.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copyfile(backup, database)
    room.reopen()
    assert room.data("store.restored") or room.station.authorities.reapply_tombstones() == 1
    assert all(row.paused for row in room.station.authorities.by_camera().values())
    assert camera not in room.station.authorities.by_camera()
