"""What an owner's permission may say, and who may do what with it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db import migrate
from console.db.authorities import AuthorityTerms, record_authority
from console.db.journal_format import checkpoint_message, encode, log_line
from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Conflict,
    Denied,
    DenyReason,
    Invalid,
    Purpose,
    Role,
    new_id,
)
from console.services.authorities import (
    CountersignAuthority,
    PauseAuthority,
    RecordAuthority,
    ResumeAuthority,
    Withdrawal,
    WithdrawAuthority,
)
from console.services.commands import build
from console.services.tombstones import TOMBSTONES, Tombstone, buried
from tests.consent_desk import PERSON
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
        ({"level": AccessLevel.HOURS, "hours": ((1320, 1320),)}, "hours"),
        ({"hours": ((1080, 360),)}, "hours"),
        ({"level": AccessLevel.INCIDENT}, "radius_m"),
        ({"radius_m": 100}, "radius_m"),
        ({"reference": "หนังสือ\u202eที่ 7"}, "reference"),
        ({"reference": "หนังสือ\nที่ 7"}, "reference"),
        ({"valid_from": datetime(2569, 11, 22, tzinfo=UTC)}, "valid_from"),
        ({"valid_from": datetime(1483, 11, 22, tzinfo=UTC)}, "valid_from"),
        ({"expires_at": datetime(2570, 11, 22, tzinfo=UTC)}, "expires_at"),
    ],
)
def test_refused_terms(room: Room, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as wrong:
        room.permit(room.camera(), kind=AuthorityKind.AGENCY, **fields)
    assert where in wrong.value.fields


@pytest.mark.parametrize("role", [Role.CAMERA_REGISTRAR, Role.SHIFT_LEAD, Role.SUPERINTENDENT])
def test_nobody_records_an_owners_permission_without_his_signature(room: Room, role: Role) -> None:
    camera, session = room.camera(), room.log_in(role)
    command = RecordAuthority(
        camera_id=camera,
        kind=AuthorityKind.OWNER,
        level=AccessLevel.REGISTER_ONLY,
        valid_from=room.clock.now(),
    )
    with pytest.raises(Invalid) as wrong:
        room.run(command, session)
    assert wrong.value.fields == {"kind": "authority.owner_by_consent"}
    terms = AuthorityTerms(AuthorityKind.OWNER, AccessLevel.REGISTER_ONLY, frozenset(), room.clock.now())
    stamp = CommandStamp(new_id(), "record_authority", session)
    with pytest.raises(Invalid, match="owner_by_consent"):
        room.store.submit(lambda tx: record_authority(tx, camera, terms), command=stamp)
    assert room.station.authorities.history(camera) == []


def test_what_owners_permitted_before_consents_stands_and_can_be_stopped(room: Room) -> None:
    camera, other = room.camera(), room.camera()
    for each in (camera, other):
        room.permit_before(each)
    live = room.look(camera)
    room.pause(camera)
    assert live.picture() is None
    row = room.current(camera)
    assert (row.kind, row.consent_id, row.paused) == (AuthorityKind.OWNER, None, True)
    room.run(ResumeAuthority(authority_id=row.id, version=row.version), room.registrar)
    assert room.look(camera).picture() is not None
    room.withdraw(camera)
    assert room.refusal(camera).reason is DenyReason.WITHDRAWN
    room.permit(other, AccessLevel.REGISTER_ONLY)
    assert room.current(other).consent_id is not None, "a consent takes its place"


@pytest.mark.parametrize(
    "fields",
    [
        {"radius_m": 5001},
        {"radius_m": -1},
        {"radius_m": "๓๐๐"},
        {"hours": ((1081, 1441),)},
        {"hours": ((-1, 60),)},
        {"level": 4},
        {"kind": "friend"},
        {"purposes": {"curiosity"}},
        {"valid_from": datetime(2026, 11, 22)},  # noqa: DTZ001 - a moment without a zone is what is tried
        {"reference": "x" * 201},
        {"permission_clip": "perhaps"},
    ],
)
def test_terms_that_are_none(room: Room, fields: dict[str, Any]) -> None:
    known: dict[str, Any] = {
        "camera_id": "c",
        "kind": AuthorityKind.OWNER,
        "level": AccessLevel.ALWAYS,
        "valid_from": room.clock.now(),
    }
    with pytest.raises(Invalid) as wrong:
        build(RecordAuthority, **(known | fields))
    assert list(wrong.value.fields) == list(fields)


def test_nothing_but_watching_is_allowed_unless_ticked(room: Room) -> None:
    row = room.current(room.shop())
    ticked = (row.permission_snapshot, row.permission_clip, row.permission_export, row.permission_demonstration)
    assert ticked == (False, False, False, False)


def test_hours_across_midnight(room: Room) -> None:
    camera = room.shop(AccessLevel.HOURS, hours=((1320, 300),))
    assert room.current(camera).hours == ((1320, 300),)


def test_a_permission_is_recorded_over_the_one_that_was_seen(room: Room) -> None:
    """Two registrars with the same paper in hand: the second one is told, and nothing is superseded unseen."""
    camera, agency = room.camera(), AuthorityKind.AGENCY
    first = room.permit(camera, kind=agency, supersedes="")
    with pytest.raises(Conflict):
        room.permit(camera, AccessLevel.REGISTER_ONLY, kind=agency, purposes=frozenset(), supersedes="")
    second = room.permit(camera, kind=agency, supersedes=first)
    with pytest.raises(Conflict):
        room.permit(camera, kind=agency, supersedes=first)
    assert room.current(camera).id == second
    room.permit(camera, kind=agency)


def test_the_stations_own_camera_is_not_given_up_by_whoever_is_on_duty(room: Room) -> None:
    camera = room.own_camera()
    row = room.current(camera)
    command = WithdrawAuthority(authority_id=row.id, version=row.version)
    with pytest.raises(Denied):
        room.run(command, room.officer)
    room.run(WithdrawAuthority(authority_id=row.id, version=row.version), room.lead)
    assert room.current(camera).withdrawn_at is not None


def test_a_withdrawal_says_what_was_done_and_who_has_not_heard(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    row, known = room.current(camera), room.station.cameras.camera(camera)
    done = room.run(WithdrawAuthority(authority_id=row.id, version=row.version), room.registrar)
    assert done == Withdrawal(
        known.code, known.name, room.clock.now(), consent="0001/2569", owner=PERSON.name, addresses=1
    )
    assert live.picture() is None
    again = room.shop()
    room.look(again)
    row = room.current(again)
    # The same database, seen from another console.
    mine, room.store.writer = room.store.writer, replace(room.store.writer, id="other-console")
    done = room.run(WithdrawAuthority(authority_id=row.id, version=row.version), room.registrar)
    room.store.writer = mine
    assert done.waiting == (mine.id,)


def test_it_does_not_end_before_it_begins(room: Room) -> None:
    with pytest.raises(Invalid) as wrong:
        room.permit(room.camera(), kind=AuthorityKind.AGENCY, expires_at=room.clock.now() - timedelta(days=2))
    assert "expires_at" in wrong.value.fields


def test_history_and_supersession(room: Room) -> None:
    camera = room.camera()
    first = room.permit(camera)
    second = room.permit(camera, AccessLevel.HOURS, hours=((480, 960),))
    assert [row.id for row in room.station.authorities.history(camera)] == [first, second]
    assert room.station.authorities.by_camera()[camera].id == second


def test_nothing_is_done_to_a_permission_that_another_has_replaced(room: Room) -> None:
    camera = room.shop()
    first = room.station.authorities.current(camera)
    assert first is not None
    room.permit(camera)
    old = next(row for row in room.station.authorities.history(camera) if row.id == first.id)
    for kind in (WithdrawAuthority, PauseAuthority, ResumeAuthority, CountersignAuthority):
        with pytest.raises(Conflict):
            room.run(kind(authority_id=old.id, version=old.version), room.chief)
    assert room.station.cameras.camera(camera).has_address


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
