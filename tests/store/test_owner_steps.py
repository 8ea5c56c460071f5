"""Steps with owners, the visitor book, its sectors, and files beside the database."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from console.db import attachments, journal, owner_steps, owners, visits
from console.db.attachments import Attachments, FileKind
from console.db.owner_steps import StepFacts
from console.db.owners import OwnerFacts
from console.db.store import Store
from console.db.visits import SectorRow, VisitFacts
from console.kernel import Conflict, ConsoleError, OwnerType, Party, StepKind, Unavailable
from tests.pictures import jpeg, segment
from tests.store.history import Export
from tests.store.world import START, enrol, write

CONTACT = StepFacts(
    StepKind.FIRST_CONTACT,
    START - timedelta(days=3),
    ("p1", "p2"),
    "กำนันสมมติ",
    "สนใจ ขอดูห้อง",
    "เชิญดูห้อง CCOC",
    START + timedelta(days=4),
)
GROUP = VisitFacts(START, "ชมรมผู้ค้าสมมติ", {4: 12, 5: 3, 6: 0}, "p1", "ดูงาน", 2, "ขอเชื่อม 2 ตัว")
JPEG = jpeg(b"a picture" * 20)


def test_steps_are_kept_in_their_order_changed_illustrated_and_struck(store: Store) -> None:
    officer = enrol(store)
    owner = write(store, lambda tx: owners.add_owner(tx, OwnerFacts(Party.PERSON, OwnerType.HOME, "นายสมมติ")))
    later = write(store, lambda tx: owner_steps.add_step(tx, owner.id, CONTACT))
    visit = StepFacts(StepKind.BRIEFING, START - timedelta(days=9))
    first = write(store, lambda tx: owner_steps.add_step(tx, owner.id, visit))
    assert (later.facts, later.photos, later.stands) == (CONTACT, (), True)
    assert store.read(lambda tx: owner_steps.steps_of(tx, owner.id)) == [first, later]
    assert store.read(owner_steps.list_steps) == [first, later]
    told = dataclasses.replace(CONTACT, result="ตกลงแล้ว", next_day=None)
    changed = write(store, lambda tx: owner_steps.change_step(tx, later.id, 1, told))
    assert changed.facts == told
    shown = write(store, lambda tx: owner_steps.set_photos(tx, later.id, 2, ("a" * 64,)))
    assert shown.photos == ("a" * 64,)
    with pytest.raises(Conflict):
        write(store, lambda tx: owner_steps.strike_step(tx, later.id, 2, "ผิดคน"))
    struck = write(store, lambda tx: owner_steps.strike_step(tx, later.id, 3, "ผิดคน"), officer.session)
    assert (struck.stands, struck.struck_by, struck.strike_reason) == (False, officer.id, "ผิดคน")
    assert store.read(lambda tx: owner_steps.get_step(tx, later.id)) == struck
    with pytest.raises(ConsoleError, match="not_found"):
        write(store, lambda tx: owner_steps.add_step(tx, "nobody", CONTACT))
    rows = Export.of(store).rows
    for secret in ("กำนัน", "สนใจ", "เชิญดูห้อง", "ตกลงแล้ว", "ผิดคน"):
        assert not any(secret.encode() in row.body for row in rows), secret


def test_visits_are_counted_by_sector_and_struck_ones_stay(store: Store) -> None:
    officer = enrol(store)
    visit = write(store, lambda tx: visits.add_visit(tx, GROUP))
    assert (visit.people, visit.facts.counts, visit.stands) == (15, {4: 12, 5: 3}, True)
    later = dataclasses.replace(GROUP, day=START + timedelta(days=1), counts={1: 1})
    second = write(store, lambda tx: visits.add_visit(tx, later))
    assert store.read(visits.list_visits) == [second, visit]
    changed = write(store, lambda tx: visits.change_visit(tx, visit.id, 1, later))
    assert changed.facts == later
    struck = write(store, lambda tx: visits.strike_visit(tx, visit.id, 2, "บันทึกซ้ำ"), officer.session)
    assert (struck.stands, struck.struck_by) == (False, officer.id)
    assert store.read(lambda tx: visits.get_visit(tx, visit.id)) == struck
    assert not any("ชมรม".encode() in row.body for row in Export.of(store).rows)


def test_sectors_are_named_and_keep_their_numbers(store: Store) -> None:
    assert store.read(visits.list_sectors) == []
    write(store, lambda tx: visits.set_sectors(tx, [SectorRow(1, "ตำรวจ"), SectorRow(2, "ธุรกิจ")]))
    write(store, lambda tx: visits.set_sectors(tx, [SectorRow(2, "ภาคธุรกิจ", used=False)]))
    assert store.read(visits.list_sectors) == [SectorRow(1, "ตำรวจ"), SectorRow(2, "ภาคธุรกิจ", used=False)]
    assert store.read(lambda tx: journal.read_rows(tx, {}, 10))[-1].subject[0] == "sector"


@pytest.fixture
def folder(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path)


def test_a_file_is_kept_once_under_its_hash(folder: Attachments, tmp_path: Path) -> None:
    source = tmp_path / "IMG 01.whatever"
    source.write_bytes(JPEG)
    kept = folder.keep(source)
    assert (kept.kind, kept.size, kept.new, len(kept.name)) == (FileKind.JPEG, len(JPEG), True, 64)
    assert not folder.keep(source).new
    assert folder.read(kept.name) == JPEG
    path = tmp_path / attachments.FOLDER / kept.name[:2] / kept.name
    assert list(path.parent.iterdir()) == [path]
    assert folder.keep_bytes(jpeg(b"a picture" * 20, segment(0xE1, b"Exif where"))).name == kept.name, (
        "only the picture"
    )
    path.write_bytes(JPEG + b"x")
    with pytest.raises(ConsoleError, match=r"attachment\.altered"):
        folder.read(kept.name)
    assert folder.keep_bytes(JPEG).new, "what was altered is put right by the same file"
    folder.forget(kept.name)
    folder.forget(kept.name)
    with pytest.raises(ConsoleError, match=r"attachment\.gone"):
        folder.read(kept.name)
    with pytest.raises(ValueError, match="SHA-256"):
        folder.read("../secret")


def test_what_is_no_picture_or_too_large_is_refused(
    folder: Attachments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "photo.jpg"
    for content, key in ((b"", "empty"), (b"%PDF-1.7 a scan", "no_picture"), (b"MZ a program", "no_picture")):
        source.write_bytes(content)
        with pytest.raises(ConsoleError, match=f"attachment.{key}"):
            folder.keep(source)
    with pytest.raises(ConsoleError, match=r"attachment\.no_scan"):
        folder.keep_bytes(b"MZ", frozenset(FileKind))
    assert folder.keep_bytes(b"%PDF-1.7 a scan", frozenset(FileKind)).kind is FileKind.PDF
    for missing in (tmp_path / "nowhere.jpg", tmp_path):
        with pytest.raises(ConsoleError, match=r"attachment\.(unreadable|empty)"):
            folder.keep(missing)
    monkeypatch.setattr(attachments, "LARGEST", 100)
    source.write_bytes(JPEG)
    with pytest.raises(ConsoleError, match=r"attachment\.too_large"):
        folder.keep(source)
    with pytest.raises(ConsoleError, match=r"attachment\.too_large"):
        folder.keep_bytes(JPEG)


def test_a_disk_that_takes_no_file_says_so(tmp_path: Path) -> None:
    (tmp_path / attachments.FOLDER).write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match=r"attachment\.not_kept"):
        Attachments(tmp_path).keep_bytes(JPEG)
