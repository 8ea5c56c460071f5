"""Photographs in backups: each copied once, put back with a backup, and gone everywhere once they were erased."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from console import cli
from console.db import kept_files, migrate
from console.db.attachments import LARGEST, Attachments
from console.db.owner_steps import StepFacts, add_step, set_photos
from console.db.owners import OwnerFacts, add_owner
from console.db.store import CommandStamp, Store, StorePlace, Tx, load_writer
from console.i18n.sentences import SENTENCES
from console.kernel import ConsoleError, ErasureGround, OwnerType, Party, StepKind, SystemClock, Unavailable, new_id
from console.protection import Decision, HoldKind, IdentityCheck, RequestKind, RequestWay
from console.services import photo_files
from console.services.consent_commands import wrong_file
from console.services.owner_path import AddStep, AttachPhoto, RemovePhoto
from console.services.retention import HoldRecord, ReleaseHold
from console.services.rights_requests import CarryOutRequest, DecideRequest, IdentifyRequester, ReceiveRequest
from tests.cli_terminal import WORD, Terminal
from tests.consent_desk import Desk
from tests.gate.room import Room
from tests.pictures import jpeg

DAY = 86_400.0


class Album:
    """Photographs with one step of an owner."""

    def __init__(self, room: Room, folder: Path) -> None:
        self.room = room
        self.source = folder / "photo.jpg"
        self.owner = Desk(room.station, room.registrar).owner()
        day = room.clock.now() - timedelta(hours=1)
        self.step: str = room.run(AddStep(owner_id=self.owner, kind=StepKind.BRIEFING, day=day), room.registrar)

    @property
    def version(self) -> int:
        return self.room.station.owner_path.steps(self.owner, self.room.registrar)[0].version

    def add(self, words: bytes) -> str:
        self.source.write_bytes(jpeg(words))
        made: str = self.room.run(
            AttachPhoto(step_id=self.step, version=self.version, path=self.source), self.room.registrar
        )
        return made

    def remove(self, photo: str) -> None:
        self.room.run(RemovePhoto(step_id=self.step, version=self.version, photo=photo), self.room.registrar)

    def shown(self) -> dict[str, bool]:
        """Every photograph of the step, and whether its file lies here."""
        (line,) = self.room.station.owner_path.steps(self.owner, self.room.registrar)
        return {name: self.room.station.owner_path.files.sound(name) for name in line.step.photos}


@pytest.mark.parametrize("through", [None, HoldKind.OWNER, HoldKind.CAMERA, HoldKind.REQUEST])
def test_a_photograph_of_what_is_held_is_not_taken_away(room: Room, tmp_path: Path, through: HoldKind | None) -> None:
    """Held is the owner, by itself or through one of his cameras, also where only a request is about that camera."""
    album = Album(room, tmp_path)
    photo, camera = album.add(b"somebody"), room.camera()
    Desk(room.station, room.registrar).signed(camera, owner_id=album.owner)
    now, anybody = room.clock.now(), room.registrar
    asked = ReceiveRequest(
        requester="นางสมใจ สมมติ",
        contact="",
        request_kind=RequestKind.ACCESS,
        about="ขอดูรายการ",
        received_at=now,
        way=RequestWay.VISIT,
        camera_id=camera,
    )
    about = {HoldKind.OWNER: album.owner, HoldKind.CAMERA: camera, HoldKind.REQUEST: room.run(asked, anybody)}
    if through is None:
        album.remove(photo)
        assert album.shown() == {}
        return
    held = room.run(HoldRecord(hold_kind=through, subject_id=about[through], reason="คดีอาญา"), anybody)
    with pytest.raises(ConsoleError, match=r"retention\.held"):
        album.remove(photo)
    assert album.shown() == {photo: True}
    room.run(ReleaseHold(hold_id=held, version=1, reason="จบแล้ว"), room.chief)
    album.remove(photo)


@pytest.fixture
def album(room: Room, tmp_path: Path) -> Album:
    return Album(room, tmp_path)


def backup(room: Room) -> Path:
    room.clock.advance(2)
    return migrate.backup(room.store.place, room.clock)


def saved(room: Room) -> dict[str, int]:
    """What lies beside the backups, and when it was copied."""
    files = kept_files.beside_backups(room.data_dir)
    return {name: files._path(name).stat().st_mtime_ns for name in files.names()}


def restore(room: Room, file: Path) -> tuple[int, int]:
    """Put a backup in place as `db restore` does; returns how many files came back, and how many are nowhere."""
    room.clock.advance(2)
    room.store.close()
    migrate.restore(room.store.place, file, room.clock)
    told = photo_files.put_back(room.store.place, file)
    room.reopen()
    session = room.registrar
    room.station.sessions.begin(session, keyed=True)
    photo_files.reapply(room.store)
    return told


def test_a_backup_takes_photographs_along_once_and_a_restore_puts_them_back(room: Room, album: Album) -> None:
    first = album.add(b"one")
    one = backup(room)
    copied = saved(room)
    assert set(copied) == {first}
    second = album.add(b"two")
    two = backup(room)
    assert saved(room).items() > copied.items(), "the first was not copied again"
    assert set(saved(room)) == {first, second}
    assert kept_files.missing(room.data_dir, two) == (2, 0)
    shutil.rmtree(room.data_dir / "attachments")
    assert restore(room, two) == (2, 0)
    assert album.shown() == {first: True, second: True}
    # What lay there before is kept whole too: its newer photograph is wanted when that database is put back.
    third = album.add(b"three")
    assert restore(room, one) == (0, 0)
    assert album.shown() == {first: True}
    assert photo_files.sweep(room.store) == 2
    assert album.shown() == {first: True}
    former = max((room.data_dir / "replaced").glob("*.db"))
    assert restore(room, former) == (2, 0)
    assert album.shown() == {first: True, second: True, third: True}


def test_a_photograph_that_was_altered_or_lost_is_counted_and_comes_back(room: Room, album: Album) -> None:
    first, second = album.add(b"one"), album.add(b"two")
    file = backup(room)
    (room.data_dir / "attachments" / first[:2] / first).write_bytes(b"altered")
    kept_files.beside_backups(room.data_dir).forget(second)
    assert kept_files.missing(room.data_dir, file) == (2, 1)
    Attachments(room.data_dir).forget(second)
    assert restore(room, file) == (1, 1)
    assert album.shown() == {first: True, second: False}


def test_what_was_erased_leaves_the_backups_at_once_and_stays_away_after_a_restore(room: Room, album: Album) -> None:
    gone, kept = album.add(b"gone"), album.add(b"kept")
    file = backup(room)
    album.remove(gone)
    assert set(saved(room)) == {kept}
    assert restore(room, file) == (0, 0)
    assert album.shown() == {kept: True}, "the restored step names it no more"
    assert photo_files.reapply(room.store) == 0
    # Somebody adds the same picture again: then it is wanted.
    assert album.add(b"gone") == gone
    again = backup(room)
    shutil.rmtree(room.data_dir / "attachments")
    assert restore(room, again) == (2, 0)
    assert album.shown() == {gone: True, kept: True}


def test_an_owner_who_is_erased_takes_his_steps_and_photographs_along(room: Room, album: Album) -> None:
    photo = album.add(b"one")
    backup(room)
    now = room.clock.now()
    asked = ReceiveRequest(
        requester="นางสมใจ",
        contact="",
        request_kind=RequestKind.ERASURE,
        about="ขอให้ลบ",
        received_at=now,
        way=RequestWay.LETTER,
        owner_id=album.owner,
    )
    request = room.run(asked, room.chief)
    room.run(IdentifyRequester(request_id=request, version=1, identity=IdentityCheck.CARD_SEEN, words=""), room.chief)
    room.run(DecideRequest(request_id=request, version=2, decision=Decision.GRANTED, words="ให้ลบ"), room.chief)
    done = CarryOutRequest(request_id=request, version=3, words="ลบแล้ว", ground=ErasureGround.CONSENT_WITHDRAWN)
    room.run(done, room.chief)
    (certificate,) = room.station.erasure.certificates()
    assert ("owner_step", album.step) in certificate.subjects
    assert album.shown() == {}
    assert saved(room) == {}
    with pytest.raises(ConsoleError, match=r"attachment\.gone"):
        room.station.owner_path.photo(photo, room.registrar)


def test_old_backups_take_along_what_no_other_one_needs(room: Room, album: Album) -> None:
    first = album.add(b"one")
    old = backup(room)
    album.remove(first)
    album.add(b"one")
    album.remove(album.add(b"two"))
    room.clock.advance(60 * DAY)
    third = album.add(b"three")
    new = backup(room)
    assert set(saved(room)) == {first, third}
    place, pool = room.store.place, kept_files.beside_backups(room.data_dir)
    stray = pool.keep_bytes(jpeg(b"nobody's")).name
    assert kept_files.prune(place) == 1
    assert stray not in pool.names()
    unreadable = room.data_dir / "backups" / "by hand.db"
    unreadable.write_bytes(b"SQLite format 3\0 and nothing more")
    pool.keep_bytes(jpeg(b"nobody's"))
    assert kept_files.prune(place) == 0, "what cannot be read may need it"
    unreadable.write_bytes(b"no database")
    new.unlink()
    assert kept_files.prune(place) == 2
    assert pool.names() == {first}
    room.clock.advance(40 * DAY)
    assert room.station.erasure.prune_backups() == 1
    assert not old.exists()
    assert pool.names() == {first, third}, "another backup was made first, of what there is today"


def test_a_file_that_no_record_names_is_nobodys(room: Room, album: Album) -> None:
    photo = album.add(b"one")
    files = Attachments(room.data_dir)
    files.keep_bytes(jpeg(b"left by a crash"))
    assert photo_files.sweep(room.store) == 1
    assert files.names() == {photo}


def test_twenty_megabytes_are_kept_of_a_photograph_and_of_a_scan_and_no_more(room: Room, album: Album) -> None:
    assert all(f"{LARGEST // 1024 // 1024} MB" in SENTENCES[key] for key in ("attachment.too_large", "paper.too_large"))
    largest = jpeg(bytes(LARGEST - len(jpeg(b""))))
    album.source.write_bytes(largest + b"!")
    with pytest.raises(ConsoleError, match=r"attachment\.too_large"):
        room.run(AttachPhoto(step_id=album.step, version=album.version, path=album.source), room.registrar)
    assert album.shown() == {}
    album.source.write_bytes(largest)
    photo = room.run(AttachPhoto(step_id=album.step, version=album.version, path=album.source), room.registrar)
    assert album.shown() == {photo: True}
    assert wrong_file(album.source.read_bytes()) == ""
    assert wrong_file(album.source.read_bytes() + b"!") == "paper.too_large"


def test_a_full_disk_makes_no_backup_by_half(room: Room, album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    album.add(b"one")

    def full(*_words: object, **_named: object) -> None:
        raise Unavailable("attachment.not_kept", path="backups")

    monkeypatch.setattr(Attachments, "keep_bytes", full)
    with pytest.raises(Unavailable, match=r"attachment\.not_kept"):
        backup(room)
    assert list((room.data_dir / "backups").glob("*.db")) == []


def test_whatever_keeps_files_is_named_where_backups_look() -> None:
    """A module that keeps files without a column in `HOLDERS` would lose them in backups, and to the daily sweep."""
    root = Path(kept_files.__file__).parents[1]
    users = {path.stem for path in root.rglob("*.py") if "Attachments(" in path.read_text("utf-8")}
    assert users == {"kept_files", "owner_path", "photo_files"}


def test_a_backup_tells_of_its_photographs_and_a_restore_puts_them_back(founded: Terminal) -> None:
    place = StorePlace.standalone(founded.data_dir)
    files = Attachments(founded.data_dir)
    names = [files.keep_bytes(jpeg(word)).name for word in (b"one", b"two")]
    store = Store.open(place, clock=SystemClock(), writer=load_writer(founded.data_dir, "SKA"))

    def work(tx: Tx) -> None:
        owner = add_owner(tx, OwnerFacts(Party.PERSON, OwnerType.SHOP, "นางสมหญิง ตัวอย่าง"))
        step = add_step(tx, owner.id, StepFacts(StepKind.BRIEFING, tx.now))
        set_photos(tx, step.id, step.version, (*names, "0" * 64))

    store.submit(work, command=CommandStamp(new_id(), "test"))
    store.close()
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    assert "Photographs with it: 2" in founded.out
    assert "lie nowhere: 1" in founded.out
    (backup,) = (founded.data_dir / "backups").glob("*.db")
    shutil.rmtree(founded.data_dir / "attachments")
    assert founded("db", "restore", str(backup), typed=(WORD,), login="chief") == cli.GOOD
    assert "Photographs with it: 2" in founded.out
    assert all(files.sound(name) for name in names)
