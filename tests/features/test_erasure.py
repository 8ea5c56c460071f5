"""Erasure of personal values: what goes, what stays, what the certificate says, and what a restored backup meets."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console import i18n
from console.db.backups import backups_of, lifetime, prune
from console.db.journal import verify
from console.kernel import ConsoleError, Denied, ErasureGround, Invalid, OwnerType, Party
from console.services.cameras import ChangeCamera
from console.services.commands import build
from console.services.erasure import Certificate, ErasePersonal, ErasureOrder
from console.services.erasure_papers import erasure_certificate
from console.services.incidents import AddEntry, OpenIncident
from console.services.owners import LinkCamera, RegisterOwner
from console.services.papers import Made, Numerals
from console.services.tombstones import TOMBSTONES, buried
from tests.gate.room import Room

OWNER = "นางสมใจ รักสงบ"
HOME: dict[str, Any] = {"party": Party.PERSON, "owner_type": OwnerType.HOME}


def owned(room: Room) -> str:
    """A camera whose owner's name was written twice."""
    camera = room.camera(owner_name="เดิม")
    row = room.station.cameras.camera(camera)
    fields: dict[str, Any] = {"code": row.code, "name": row.name, "place": row.place, "owner_type": row.owner_type}
    change = build(
        ChangeCamera, camera_id=camera, version=row.version, owner_name=OWNER, lat=row.lat, lon=row.lon, **fields
    )
    room.run(change, room.registrar)
    return camera


def erase(room: Room, *subjects: tuple[str, str], request: str = "ส-0007") -> Certificate:
    order = build(ErasePersonal, subjects=subjects, ground=ErasureGround.OBJECTION, request=request)
    made = room.run(order, room.chief)
    assert isinstance(made, Certificate)
    return made


def bytes_of(room: Room) -> bytes:
    """Everything that lies in the data folder, the write-ahead log too."""
    room.store.close()
    found = b"".join(path.read_bytes() for path in room.data_dir.glob("*") if path.is_file())
    room.reopen()
    return found


def test_what_is_personal_goes_and_the_chain_stays_valid(room: Room) -> None:
    camera = owned(room)
    incident = room.run(OpenIncident(title="ลักทรัพย์", place="บ้านนายดำ"), room.officer)
    room.run(AddEntry(incident_id=incident, words="ผู้แจ้งชื่อนายดำ"), room.officer)
    assert room.station.erasure.held([("camera", camera), ("incident", incident)]) == {
        "camera.owner_name": 1,
        "incident.place": 1,
        "incident.title": 1,
    }
    assert OWNER.encode() in bytes_of(room)
    room.sessions.clear()
    made = erase(room, ("camera", camera), ("incident", incident))
    assert made.record == {"camera.owner_name": 1, "incident.place": 1, "incident.title": 1}
    assert made.journal["camera.owner_name"] == 2, "both names; that it is empty now may be known"
    assert made.values == sum(made.record.values()) + sum(made.journal.values())
    assert (made.by, made.request, made.ground) == (room.chief.person_id, "ส-0007", ErasureGround.OBJECTION)
    assert made.after.seq > made.before.seq > 0
    assert (made.backups_until, made.unnamed_backups, made.elsewhere) == (None, 0, False)
    assert room.station.cameras.camera(camera).owner_name == ""
    assert room.station.erasure.held([("camera", camera)]) == {}
    assert room.station.erasure.certificate(made.id) == made
    left = bytes_of(room)
    assert OWNER.encode() not in left
    assert "บ้านนายดำ".encode() not in left
    report = room.store.read(lambda tx: verify(tx, room.vault.public_key(tx)))
    assert report.problems == ()
    assert report.erased == sum(made.journal.values())


def test_only_who_may_and_only_what_is_there(room: Room) -> None:
    camera = owned(room)
    order = build(ErasePersonal, subjects=(("camera", camera),), ground=ErasureGround.UNLAWFUL)
    with pytest.raises(Denied):
        room.run(order, room.registrar)
    with pytest.raises(ConsoleError, match="not_found"):
        erase(room, ("camera", camera), ("camera", "nobody"))
    with pytest.raises(ConsoleError, match="not_found"):
        erase(room, ("ghost", camera))
    whole: dict[str, Any] = {"subjects": [("camera", camera)], "ground": "unlawful"}
    for wrong in ({"request": "เลข\u202eที่"}, {"subjects": ()}):
        with pytest.raises(Invalid):
            room.run(build(ErasePersonal, **(whole | wrong)), room.chief)
    assert room.station.cameras.camera(camera).owner_name == OWNER
    assert room.station.erasure.certificates() == []
    with pytest.raises(ConsoleError, match="not_found"):
        room.station.erasure.certificate("none")
    with pytest.raises(Invalid):
        room.store.read(lambda tx: room.station.erasure.erase(tx, ErasureOrder((), ErasureGround.UNLAWFUL)))


def test_a_restored_backup_is_erased_again(room: Room, tmp_path: Path) -> None:
    camera = owned(room)
    room.store.close()
    kept = shutil.copy2(room.data_dir / "console.db", tmp_path.with_name(f"{tmp_path.name}.kept"))
    room.reopen()
    room.sessions.clear()
    made = erase(room, ("camera", camera))
    assert room.station.erasure.reapply() == 0
    room.store.close()
    shutil.copy2(kept, room.data_dir / "console.db")
    room.reopen()
    assert room.station.cameras.camera(camera).owner_name == OWNER
    assert room.station.erasure.reapply() == 1
    assert room.station.erasure.reapply() == 0
    assert room.station.cameras.camera(camera).owner_name == ""
    (again,) = room.station.erasure.certificates()
    assert (again.id, again.by, again.request) == (made.id, None, "ส-0007")
    assert OWNER.encode() not in bytes_of(room)
    assert room.store.read(lambda tx: verify(tx, room.vault.public_key(tx))).problems == ()


def test_with_an_owner_goes_the_name_that_was_typed_with_his_cameras(room: Room, tmp_path: Path) -> None:
    owner, other = (room.run(build(RegisterOwner, **HOME | {"name": name}), room.registrar) for name in ("ก", "ข"))
    linked, sold, apart = owned(room), owned(room), owned(room)
    for camera in (linked, sold):
        room.run(LinkCamera(owner_id=owner, camera_id=camera), room.registrar)
    assert room.station.cameras.camera(linked).owner_name == "", "the register of owners knows the name now"
    room.run(LinkCamera(owner_id=other, camera_id=sold, instead_of=owner), room.registrar)
    room.store.close()
    kept = shutil.copy2(room.data_dir / "console.db", tmp_path.with_name(f"{tmp_path.name}.kept"))
    room.reopen()
    room.sessions.clear()
    made = erase(room, ("owner", owner))
    assert set(made.subjects) == {("owner", owner), ("camera", linked), ("camera", sold)}
    assert made.journal["camera.owner_name"] == 6, "both names, and the empty one in their place, of two cameras"
    assert room.station.cameras.camera(apart).owner_name == OWNER, "nobody said that it is his"
    assert room.station.erasure.held([("owner", owner)]) == {}
    room.store.close()
    shutil.copy2(kept, room.data_dir / "console.db")
    room.reopen()
    assert room.station.erasure.reapply() == 1
    room.sessions.clear()
    assert erase(room, ("owner", owner)).journal.get("camera.owner_name", 0) == 0, "of a restored backup as well"
    erase(room, ("camera", apart))
    assert OWNER.encode() not in bytes_of(room)
    assert room.store.read(lambda tx: verify(tx, room.vault.public_key(tx))).problems == ()


def test_the_line_outside_holds_no_value_and_is_written_again_if_it_was_lost(room: Room) -> None:
    camera = owned(room)
    erase(room, ("camera", camera))
    file = room.data_dir / TOMBSTONES
    line = file.read_text("utf-8")
    assert camera in line
    assert OWNER not in line
    assert buried(room.data_dir) == []
    file.write_text('{"erasure": "x"}\n[1]\n{"authority": "a", "camera": "b", "at": "c"}\n', "utf-8")
    assert room.station.erasure.reapply() == 0
    assert len(buried(room.data_dir)) == 1
    assert line in file.read_text("utf-8")


def aged(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(b"")
    return path


def test_the_certificate_names_the_day_when_the_last_backup_is_gone(room: Room) -> None:
    camera = owned(room)
    now = room.clock.now()
    stamp = (now - timedelta(days=10)).strftime("%Y%m%dT%H%M%SZ")
    aged(room.data_dir / "backups", f"console-{stamp}.db")
    aged(room.data_dir / "replaced", "console-20200101T000000Z-2.db")
    aged(room.data_dir / "backups", "copied by hand.db")
    aged(room.data_dir / "backups", "console-20269901T000000Z.db")
    made = erase(room, ("camera", camera))
    expected = (now - timedelta(days=10)).replace(microsecond=0) + timedelta(days=91)
    assert (made.backups_until, made.unnamed_backups) == (expected, 2)
    future = aged(room.data_dir / "backups", "console-29990101T000000Z.db")
    assert lifetime(room.store.place, now, 90).until == now + timedelta(days=91)
    future.unlink()


def test_old_backups_go_but_never_the_last_one_before_another_was_made(room: Room) -> None:
    place = room.store.place
    old = aged(room.data_dir / "backups", "console-20200101T000000Z.db")
    beside = aged(room.data_dir / "replaced", "console-20200101T000000Z-2.db-wal")
    replaced = aged(room.data_dir / "replaced", "console-20200101T000000Z-2.db")
    by_hand = aged(room.data_dir / "backups", "by hand.db")
    os.utime(by_hand, (0, 0))
    assert sorted(prune(place, room.clock, 90)) == sorted([old, replaced])
    assert not beside.exists()
    (fresh, unnamed) = backups_of(place)
    assert (unnamed.path, unnamed.made) == (by_hand, None)
    assert fresh.made == room.clock.now().replace(microsecond=0)
    with closing(sqlite3.connect(fresh.path)) as copy:
        assert copy.execute("SELECT count(*) FROM journal").fetchone()[0] > 0
    assert prune(place, room.clock, 90) == []
    room.clock.advance(91 * 86_400)
    assert prune(place, room.clock, 90) == [fresh.path]
    assert backups_of(place)[0].made == room.clock.now().replace(microsecond=0)


def test_a_store_that_was_never_backed_up_is_not_now(room: Room) -> None:
    assert prune(room.store.place, room.clock, 7) == []
    assert backups_of(room.store.place) == []


@pytest.fixture
def _english() -> Iterator[None]:
    before = i18n.language()
    i18n.install("en")
    yield
    i18n.install(before)


@pytest.mark.usefixtures("_english")
def test_the_paper_tells_counts_heads_and_the_day_and_never_a_value(room: Room) -> None:
    camera = owned(room)
    stamp = room.clock.now().strftime("%Y%m%dT%H%M%SZ")
    aged(room.data_dir / "backups", f"console-{stamp}.db")
    aged(room.data_dir / "backups", "copied by hand.db")
    found = erase(room, ("camera", camera))
    made = Made("Sample station", "Head", room.clock.now(), Numerals.ARABIC)
    paper = erasure_certificate(found, made, by="Head", asked_by="Mrs. S.")
    text = repr(paper)
    assert OWNER not in text
    assert found.before.hash[:8] in text
    assert found.after.hash[:8] in text
    assert ("Asked for by", "Mrs. S.") in paper.facts
    assert "is deleted by 22" in text or "is deleted by 21" in text
    assert "1 files in the folders of backups" in text
    other = replace(found, elsewhere=True)
    assert "administrator" in repr(erasure_certificate(other, made, by="Head"))
    none = replace(found, backups_until=None, unnamed_backups=0)
    assert "No backup made by the console held them." in repr(erasure_certificate(none, made, by="Head"))


def test_old_backups_are_deleted_and_the_journal_says_so(room: Room) -> None:
    aged(room.data_dir / "backups", "console-20200101T000000Z.db")
    assert room.station.erasure.prune_backups() == 1
    assert room.station.erasure.prune_backups() == 0
    assert room.data("backups.deleted") == [{"files": 1}]
