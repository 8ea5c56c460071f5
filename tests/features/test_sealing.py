"""Seals: when they are made, what a console remembers of them, and what stands on paper."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from console.db import journal
from console.db.journal import JournalEvent, key_id
from console.db.journal_format import checkpoint_hash
from console.db.store import CommandStamp, Grown, Tx
from console.db.vault import MemoryKeyring, Vault
from console.kernel import EndReason, Invalid, Role, new_id
from console.services import remembered
from console.services.papers import Code, QrCode, seal_on_paper
from console.services.remembered import ClientMemory
from console.services.seal_codes import read_seal_code, seal_code
from console.services.sealing import Sealer
from tests.gate.room import Room


def write(room: Room, count: int = 1, event_class: str = "test.row", **data: str) -> None:
    def work(tx: Tx) -> None:
        for number in range(count):
            tx.record(JournalEvent(event_class, ("test", str(number)), data))

    room.store.submit(work, command=CommandStamp(new_id(), "test"))


class Sealed:
    """Counts instead of sealing."""

    def __init__(self, room: Room) -> None:
        self.times = 0
        self._more = threading.Semaphore(0)
        self.sealer = Sealer(room.store, self.seal)

    def seal(self) -> None:
        self.times += 1
        self._more.release()

    def await_seal(self) -> None:
        assert self._more.acquire(timeout=20)


def test_each_five_hundred_entries_are_sealed(room: Room) -> None:
    made = Sealed(room)
    made.sealer.start()
    write(room, 400)
    write(room, 99)
    assert made.times == 0
    write(room)
    made.await_seal()
    write(room, 499)
    assert made.times == 1
    write(room, 1200)
    made.await_seal()
    assert made.times == 2
    made.sealer.stop()
    assert made.times == 3, "and once at the end"
    write(room, 500)
    assert made.times == 3


@pytest.mark.parametrize(
    ("event_class", "data", "sealed"),
    [
        ("login.ended", {"reason": EndReason.HANDOVER.value}, True),
        ("login.ended", {"reason": EndReason.LOGOUT.value}, False),
        ("consent.withdrawn", {}, True),
        ("journal.extracted", {}, True),
        ("shift.handed_over", {}, True),
        ("statement.issued", {}, True),
        ("view.opened", {}, False),
    ],
)
def test_what_is_sealed_at_once(room: Room, event_class: str, data: dict[str, str], sealed: bool) -> None:  # noqa: FBT001 - a table
    heard: list[Grown] = []
    stop = room.store.on_entries(heard.append)
    write(room, 1, event_class, **data)
    stop()
    write(room)
    ((newest, at_once),) = [(grown.newest, grown.seal_at_once) for grown in heard]
    assert at_once is sealed
    assert room.store.read(lambda tx: journal.journal_head(tx.session, tx.writer.id)).seq == newest + 1


def test_a_withdrawal_an_erasure_and_a_hand_over_are_sealed_at_once(room: Room) -> None:
    camera = room.camera()
    room.permit(camera)
    heard: list[bool] = []
    room.store.on_entries(lambda grown: heard.append(grown.seal_at_once))
    room.withdraw(camera)
    assert heard == [True]
    session = room.log_in(Role.DUTY_OFFICER)
    room.station.people.log_out(session, EndReason.HANDOVER)
    assert heard[-1] is True


def test_without_the_stations_secret_nothing_fails(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    from console.room import Room as WholeRoom

    whole = WholeRoom.__new__(WholeRoom)
    whole.station = room.station
    room.station.journal._keys = Vault(MemoryKeyring())
    whole._seal()
    assert "vault" in caplog.text
    write(room)


# Remembered


@pytest.fixture
def memory(tmp_path: Path) -> ClientMemory:
    return ClientMemory(tmp_path.with_name(f"{tmp_path.name}.state"))


def folder_kept(room: Room) -> Path:
    """A copy of the whole data folder, checkpoints.log included, as a thief of time would keep it."""
    room.store.close()
    kept = room.data_dir.with_name(f"{room.data_dir.name}.kept")
    shutil.copytree(room.data_dir, kept, dirs_exist_ok=True)
    room.reopen()
    return kept


def put_back(room: Room, kept: Path) -> None:
    room.store.close()
    shutil.rmtree(room.data_dir)
    shutil.copytree(kept, room.data_dir)
    room.reopen()
    room.sessions.clear()


def test_a_folder_put_back_together_with_its_seals_is_noticed(room: Room, memory: ClientMemory) -> None:
    camera = room.camera()
    room.permit(camera)
    assert room.station.journal.recall(memory) is False
    room.station.journal.seal()
    kept = folder_kept(room)
    assert room.station.journal.recall(memory) is False
    write(room, 3)
    room.station.journal.seal()
    put_back(room, kept)
    assert room.store.read(lambda tx: journal.verify(tx, room.vault.public_key(tx))).sound, (
        "nothing in the folder knows"
    )
    assert room.station.journal.recall(memory) is True
    report = room.station.journal.verify(room.chief)
    assert {problem.kind for problem in report.problems} == {"older", "truncated"}
    assert room.station.authorities.reapply_tombstones(older=room.station.journal.older) == 1
    paused = room.station.authorities.current(camera)
    assert paused is not None
    assert paused.paused
    room.station.journal.notice()
    assert room.station.journal.recall(memory) is False, "told once; the check goes on finding it"
    assert not room.station.journal.verify(room.chief).sound


def test_what_is_remembered_is_bounded_and_survives_a_torn_line(
    room: Room, memory: ClientMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_LINES", 12)
    monkeypatch.setattr(remembered, "KEPT_LINES", 5)
    room.station.journal.recall(memory)
    key = room.store.read(room.vault.public_key)
    for _number in range(4):
        write(room)
        room.station.journal.seal()
    room.station.journal.notice()
    file = next(memory._folder.iterdir())
    assert file.name == f"{key_id(key)}.log"
    before = memory.text(key).splitlines()
    for _number in range(19):
        write(room)
        room.station.journal.seal()
        assert len(file.read_text("ascii").splitlines()) <= 13
    file.write_text(file.read_text("ascii") + '{"body": "torn', "ascii")
    write(room)
    made = room.station.journal.seal()
    assert memory.heads(key) == made.heads
    assert before[-1] in memory.text(key), "the farthest seal before a notice stays"
    assert room.station.journal.recall(memory) is False
    assert room.station.journal.verify(room.chief).sound


def test_a_memory_that_cannot_be_written_stops_nothing(room: Room, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", "ascii")
    assert room.station.journal.recall(ClientMemory(in_the_way / "state")) is False
    room.station.journal.seal()
    room.station.journal.notice()


def test_a_store_without_a_station_has_nothing_to_remember(empty_room: Room, memory: ClientMemory) -> None:
    assert empty_room.station.journal.recall(memory) is False


# On paper


def test_a_seal_on_paper_is_typed_again(room: Room) -> None:
    assert room.station.journal.paper_code() == ""
    assert seal_on_paper("") == []
    made = room.station.journal.seal()
    code = room.station.journal.paper_code()
    digest = checkpoint_hash(made.body)
    assert len(code.split("-")) == 9
    assert digest.startswith(read_seal_code(code))
    assert read_seal_code(code.lower().replace("-", " ")) == read_seal_code(code)
    assert room.station.journal.verify(room.chief, [code, code]).sound
    square, characters = seal_on_paper(code)[:2]
    assert isinstance(square, QrCode)
    assert isinstance(characters, Code)
    assert square.text == characters.text == code


def test_a_journal_without_the_seal_on_paper_is_older(room: Room) -> None:
    other = seal_code("ab" * 32)
    report = room.station.journal.verify(room.chief, [other])
    assert [problem.kind for problem in report.problems] == ["older_paper"]


def test_a_slip_of_the_pen_is_told(room: Room) -> None:
    code = seal_code("0c" * 32)
    for typed in ("", code[:-1], f"Z{code[1:]}", f"*{code[1:]}", f"{code}0"):
        with pytest.raises(Invalid) as wrong:
            room.station.journal.verify(room.chief, [typed])
        assert wrong.value.fields == {"checkpoint": "journal.not_a_seal_code"}
