"""The command line: who may, what it says, and its exit codes."""

from __future__ import annotations

import argparse
import io
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console import cli, i18n
from console.db import migrate
from console.db.engines import SqliteFacts, sqlite_facts
from console.kernel import AuthorityKind, Denied, DenyReason, Fault, Purpose, StreamFacts, SystemClock, TileState
from console.room import Room as OpenRoom
from console.services import feeds, permits
from console.services.authorities import PauseAuthority
from console.services.feeds import Feeds, Probe
from console.services.seal_codes import seal_code
from console.settings import GateSettings, VideoSettings, load_settings
from tests.gate.room import PASSWORD, Room, Template

WORD = PASSWORD.reveal()
FIRST = "chosen by whoever adds 1"
"""The password that others are added with; each chooses `WORD` instead."""


class Terminal:
    """Runs verbs in English and keeps what they said."""

    def __init__(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.data_dir = data_dir
        self.out = self.err = ""
        self._patch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str, typed: tuple[str, ...] = (), login: str | None = None) -> int:
        self._patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        more = () if login is None else ("--login", login)
        arguments = [*words, "--data", str(self.data_dir), "--language", "en", "--password-stdin", *more]
        code = cli.run(arguments)
        said = self._capsys.readouterr()
        self.out, self.err = said.out, said.err
        return code


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    before = i18n.language()
    (tmp_path / "station.toml").write_text('[station]\nid = "SKA"\n')
    yield Terminal(tmp_path, monkeypatch, capsys)
    i18n.install(before)


@pytest.fixture
def founded(terminal: Terminal) -> Terminal:
    assert terminal("user", "add", "--first", "chief", "--role", "superintendent", typed=(WORD,)) == cli.GOOD
    return terminal


def choose_own(terminal: Terminal, login: str) -> None:
    """Put `WORD` in place of the password that somebody was added with."""
    assert terminal("user", "password", typed=(FIRST, WORD, WORD), login=login) == cli.GOOD


def test_the_first_person_and_the_sheet(founded: Terminal) -> None:
    assert "RECOVERY SHEET" in founded.out
    assert WORD not in founded.out
    assert founded("user", "add", "--first", "second", "--role", "it", typed=(WORD,)) == cli.REFUSED


def test_the_code_for_the_first_start_in_the_window(terminal: Terminal) -> None:
    assert terminal("user", "code") == cli.GOOD
    code = terminal.out.splitlines()[0].rpartition(" ")[2]
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    kept = (terminal.data_dir / "first-code").read_text()
    assert code.replace("-", "") not in kept
    assert terminal("user", "code") == cli.GOOD
    assert code not in terminal.out, "each call makes a new one"
    assert terminal("user", "add", "--first", "chief", "--role", "it", typed=(WORD,)) == cli.GOOD
    assert not (terminal.data_dir / "first-code").exists()
    assert terminal("user", "code") == cli.REFUSED
    assert "already users here" in terminal.err


def test_a_station_without_an_id_is_told_before_it_is_too_late(terminal: Terminal) -> None:
    (terminal.data_dir / "station.toml").unlink()
    assert terminal("user", "code") == cli.GOOD
    assert "no id of its own yet" in terminal.out
    (terminal.data_dir / "station.toml").write_text('[station]\nid = "SKA"\n')
    assert terminal("user", "code") == cli.GOOD
    assert "no id of its own" not in terminal.out
    assert terminal("user", "add", "--first", "chief", "--role", "it", typed=(WORD,)) == cli.GOOD
    assert terminal("db", "backup", typed=(WORD,), login="chief") == cli.GOOD


def test_adding_needs_somebody_who_may(founded: Terminal) -> None:
    add = ("user", "add", "somchai", "--role", "duty_officer")
    assert founded(*add, typed=(WORD, FIRST)) == cli.REFUSED
    assert founded(*add, typed=("wrong wrong", FIRST), login="chief") == cli.REFUSED
    assert founded(*add, typed=(), login="chief") == cli.REFUSED
    assert founded(*add, typed=(WORD, "short"), login="chief") == cli.REFUSED
    assert founded(*add, typed=(WORD, FIRST), login="chief") == cli.GOOD
    choose_own(founded, "somchai")
    assert founded("user", "add", "other", "--role", "it", typed=(WORD, FIRST), login="somchai") == cli.REFUSED


def test_whoever_was_added_chooses_a_password_before_anything_else(founded: Terminal) -> None:
    add = ("user", "add", "tech", "--role", "it")
    assert founded(*add, typed=(WORD, FIRST), login="chief") == cli.GOOD
    assert "user password --login tech" in founded.out
    assert founded("db", "backup", typed=(FIRST,), login="tech") == cli.REFUSED
    assert "user password --login NAME" in founded.err
    choose = ("user", "password")
    assert founded(*choose) == cli.REFUSED
    for typed, said in (
        (("not this one", WORD, WORD), "not correct"),
        ((FIRST, WORD, WORD + "x"), "not the same"),
        ((FIRST, FIRST, FIRST), "other than the present one"),
        ((FIRST, WORD), "No password"),
    ):
        assert founded(*choose, typed=typed, login="tech") == cli.REFUSED
        assert said in founded.err
    assert founded(*choose, typed=(FIRST, WORD, WORD), login="tech") == cli.GOOD
    assert founded("db", "backup", typed=(FIRST,), login="tech") == cli.REFUSED
    assert founded("db", "backup", typed=(WORD,), login="tech") == cli.GOOD


def test_whoever_it_adds_waits_for_access(founded: Terminal) -> None:
    assert founded("user", "add", "tech", "--role", "it", typed=(WORD, FIRST), login="chief") == cli.GOOD
    choose_own(founded, "tech")
    assert founded("user", "add", "new", "--role", "duty_officer", typed=(WORD, FIRST), login="tech") == cli.GOOD
    assert "must give this person access" in founded.out


def test_verify(founded: Terminal) -> None:
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.GOOD
    assert "The journal is whole" in founded.out
    log = founded.data_dir / "checkpoints.log"
    lines = log.read_text("ascii").splitlines()
    log.write_text("\n".join([lines[0].replace('"body": "A', '"body": "B'), *lines[1:]]) + "\n")
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "findings" in founded.out


def test_verify_names_what_was_done_past_the_program(founded: Terminal) -> None:
    """Guards are put back by the very opening: it says which they were. What was changed meanwhile is named too."""
    database = founded.data_dir / "console.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TRIGGER guard_notice_insert")
        connection.execute(
            "INSERT INTO notice (id, station_id, number, text, purposes, sha256, published_at)"
            " VALUES ('x', 'SKA', 7, 'x', '[]', 'x', '2026-01-01T00:00:00.000000Z')"
        )
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "guard of the database guard_notice_insert: it was missing or altered" in founded.out
    assert "notice to owners 7: it is not as the journal says" in founded.out
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "guard_notice_insert" not in founded.out, "put back by the opening before"


def test_import(founded: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text("code,name,owner_type\nA1,ร้านทอง,shop\nA2,x,castle\n", "utf-8")
    taken = ("camera", "import", str(path))
    assert founded(*taken, "--check", typed=(WORD,), login="chief") == cli.FOUND
    for said in ("only checked", "Lines: 2, good ones: 1.", "with “--partial” 1 would be"):
        assert said in founded.out
    assert "Cameras registered" not in founded.out
    assert founded(*taken, typed=(WORD,), login="chief") == cli.REFUSED
    for said in ("Cameras registered: 0.", "Good lines: 1.", "Line 3, owner_type", "--partial"):
        assert said in founded.out
    assert founded(*taken, "--partial", typed=(WORD,), login="chief") == cli.FOUND
    assert "Cameras registered: 1." in founded.out
    assert "Line 3" in founded.out
    path.write_text("code,name,owner_type,lat,lon,colour\nA4,x,shop,51.5,0.1,red\n", "utf-8")
    assert founded(*taken, "--check", typed=(WORD,), login="chief") == cli.GOOD
    for said in ("good ones: 1.", "1 cameras would be registered", "Line 2, lat, please check", "not read: colour"):
        assert said in founded.out
    path.write_text("code,name,owner_type\nA5,x,castle\n", "utf-8")
    assert founded(*taken, "--check", typed=(WORD,), login="chief") == cli.FOUND
    assert "good ones: 0." in founded.out
    assert "no camera would be registered." in founded.out
    path.write_text("code,name,owner_type\nA3,x,shop\n", "utf-8")
    assert founded("camera", "import", str(path), typed=(WORD,), login="chief") == cli.GOOD
    assert founded("camera", "import", str(tmp_path / "none.csv"), typed=(WORD,), login="chief") == cli.REFUSED


def test_database(founded: Terminal) -> None:
    assert founded("db", "status") == cli.GOOD
    assert founded("db", "upgrade") == cli.GOOD
    assert founded("db", "backup") == cli.REFUSED
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    assert list((founded.data_dir / "backups").iterdir())
    founded("user", "add", "somchai", "--role", "duty_officer", typed=(WORD, FIRST), login="chief")
    choose_own(founded, "somchai")
    assert founded("db", "backup", typed=(WORD,), login="somchai") == cli.REFUSED


def test_a_damaged_database_is_restored(founded: Terminal, tmp_path: Path) -> None:
    """The way that the sentence about a damaged database names; what lay there is kept, not overwritten."""
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    (backup,) = (founded.data_dir / "backups").iterdir()
    assert founded("user", "add", "eye", "--role", "duty_officer", typed=(WORD, FIRST), login="chief") == cli.GOOD
    database = founded.data_dir / "console.db"
    database.write_bytes(b"nothing of a database is left here" + database.read_bytes()[34:])
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.REFUSED
    assert "db restore" in founded.err
    damaged = database.read_bytes()
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_bytes(b"rubbish")
    newer = shutil.copy2(backup, tmp_path / "newer.db")
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for file, login, said in (
        (tmp_path / "none.db", "chief", "There is no backup"),
        (rubbish, "chief", "is damaged or is none"),
        (newer, "chief", "newer version"),
        (backup, None, "--login"),
        (backup, "eye", "not correct"),  # the backup does not know him
    ):
        assert founded("db", "restore", str(file), typed=(WORD,), login=login) == cli.REFUSED
        assert said in founded.err
        assert database.read_bytes() == damaged
    assert founded("db", "restore", str(backup), typed=(WORD,), login="chief") == cli.GOOD
    (kept,) = (founded.data_dir / "replaced").glob("*.db")
    assert kept.read_bytes() == damaged
    assert str(kept) in founded.out
    # What the backup lacks is found: the file beside the database has sealed more rows than it holds.
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert founded("db", "restore", str(backup), typed=(WORD, WORD), login="nobody") == cli.REFUSED


def test_restoring_is_for_those_who_maintain(founded: Terminal) -> None:
    founded("user", "add", "eye", "--role", "duty_officer", typed=(WORD, FIRST), login="chief")
    choose_own(founded, "eye")
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    (backup,) = (founded.data_dir / "backups").iterdir()
    assert founded("db", "restore", str(backup), typed=(WORD,), login="eye") == cli.REFUSED
    (founded.data_dir / "station.toml").write_text(
        '[station]\nid = "SKA"\n[database]\nurl = "postgresql+psycopg://x@127.0.0.1:1/x"\n'
    )
    assert founded("db", "restore", str(backup), typed=(WORD,), login="chief") == cli.REFUSED
    assert "own tools" in founded.err


def test_an_older_database_is_upgraded(founded: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    path = founded.data_dir / "backups" / "x.db"
    made = migrate.Upgrade("0001", "0002", path)
    monkeypatch.setattr(migrate, "upgrade", lambda *_words, **_named: made)
    assert founded("db", "upgrade") == cli.GOOD
    assert "x.db" in founded.out


def test_settings_that_are_wrong(terminal: Terminal) -> None:
    (terminal.data_dir / "station.toml").write_text("[gate]\nlease_s = 900\n")
    assert terminal("db", "status") == cli.REFUSED
    assert "lease_s" in terminal.err


def test_a_prompt_where_there_is_a_terminal(founded: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return WORD

    monkeypatch.setattr("getpass.getpass", ask)
    arguments = ["journal", "verify", "--data", str(founded.data_dir), "--language", "en", "--login", "chief"]
    assert cli.run(arguments) == cli.GOOD
    assert len(asked) == 1


# With cameras


@pytest.fixture
def stocked(terminal: Terminal, template: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A station with a shop's camera and an own one that waits for its second signature."""
    room = Room(terminal.data_dir, template)
    room.shop()
    room.permit(room.camera(), kind=AuthorityKind.OWN)
    room.camera()
    room.close()
    monkeypatch.setattr("console.services.people.find_keyring", lambda: room.keyring)
    yield terminal
    shutil.rmtree(terminal.data_dir, ignore_errors=True)


def test_countersign(stocked: Terminal) -> None:
    assert stocked("authority", "countersign", "C002", typed=(WORD,), login="camera_registrar") == cli.REFUSED
    assert stocked("authority", "countersign", "C002", typed=(WORD,), login="chief") == cli.GOOD
    assert stocked("authority", "countersign", "C003", typed=(WORD,), login="chief") == cli.REFUSED
    assert stocked("authority", "countersign", "C999", typed=(WORD,), login="chief") == cli.REFUSED


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (Probe(StreamFacts("h264", 640, 360, 15.0, "tcp"), TileState.LIVE, Fault.NONE), cli.GOOD, "h264, 640x360, 15"),
        (Probe(StreamFacts(), TileState.DOWN, Fault.UNAUTHORISED), cli.FOUND, ""),
        (Probe(StreamFacts(), TileState.CONNECTING, Fault.NO_ANSWER), cli.FOUND, "does not answer"),
        (Denied(DenyReason.WITHDRAWN), cli.REFUSED, ""),
    ],
)
def test_probe(
    stocked: Terminal, monkeypatch: pytest.MonkeyPatch, answer: Probe | Denied, code: int, said: str
) -> None:
    asked: list[str] = []

    def probe(_feeds: Feeds, _session: object, _camera: str, kind: str) -> Probe | Denied:
        asked.append(kind)
        return answer

    monkeypatch.setattr(Feeds, "probe", probe)
    assert stocked("camera", "probe", "C001", typed=(WORD,), login="camera_registrar") == code
    assert (said in stocked.out, asked) == (True, ["sub"])
    typed = (WORD, "rtsp://10.9.9.9/s", "", "")
    assert not stocked("camera", "address", "C001", "--sub", typed=typed, login="camera_registrar")
    assert "C001 stays dark: it has another address" in stocked.out
    assert stocked("camera", "probe", "C001", typed=(WORD,), login="camera_registrar") == code
    assert asked == ["sub", "sub"] if isinstance(answer, Denied) else ["sub", "sub", "main"]
    assert stocked("camera", "probe", "C999", typed=(WORD,), login="camera_registrar") == cli.REFUSED


# From nothing to the wall, with the command line alone


def test_the_whole_way_of_an_own_camera(founded: Terminal, tmp_path: Path) -> None:
    """Import with the address → authority → second signature. Each step says the next."""
    add = ("user", "add", "registrar", "--role", "camera_registrar")
    assert founded(*add, typed=(WORD, FIRST), login="chief") == cli.GOOD
    choose_own(founded, "registrar")
    path = tmp_path / "cameras.csv"
    path.write_text("code,name,owner_type,address\nP1,แยกวชิรา,police,rtsp://10.0.0.8/live\n", "utf-8")
    assert founded("camera", "import", str(path), typed=(WORD,), login="registrar") == cli.GOOD
    assert "authority record CODE" in founded.out
    record = ("authority", "record", "P1", "--kind", "own", "--level", "3", "--purpose", "risk_spot", "traffic")
    assert founded(*record, typed=(WORD,), login="registrar") == cli.GOOD
    assert "authority countersign P1" in founded.out
    assert "no address yet" not in founded.out
    assert founded("authority", "countersign", "P1", typed=(WORD,), login="chief") == cli.GOOD
    assert "Nothing is missing" in founded.out
    with opened(founded) as room:
        camera = room.station.cameras.by_code("P1")
        assert camera is not None
        assert camera.has_address
        row = room.station.authorities.current(camera.id)
        assert row is not None
        assert permits.countersigned(row)
        assert row.purposes == {Purpose.RISK_SPOT, Purpose.TRAFFIC}


def test_an_agencys_terms_in_both_eras(stocked: Terminal) -> None:
    words = ("--kind", "agency", "--level", "2", "--purpose", "risk_spot", "--hours", "18:00-06:00", "๑๒.๐๐–๑๓.๐๐")
    dates = ("--from", "1/12/2569", "--until", "2026-12-31", "--reference", "ตช 0029/12")
    assert stocked("authority", "record", "C003", *words, *dates, typed=(WORD,), login="camera_registrar") == cli.GOOD
    assert "authority countersign C003" in stocked.out
    with opened(stocked) as room:
        camera = room.station.cameras.by_code("C003")
        assert camera is not None
        row = room.station.authorities.current(camera.id)
    assert row is not None
    assert row.hours == ((1080, 360), (720, 780))
    assert row.valid_from == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert row.expires_at == datetime(2026, 12, 31, 17, tzinfo=UTC), "the last day is included"
    assert row.reference == "ตช 0029/12"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--level", "2", "--purpose", "risk_spot"), "Level 2 needs the hours"),
        (("--level", "1", "--purpose", "incident"), "Level 1 needs the radius"),
        (("--level", "3"), "at least one purpose"),
        (("--level", "0", "--from", "30/2/2569"), "There is no such day"),
        (("--level", "0", "--until", "1/1"), "This is not a date"),
        (("--level", "0", "--until", "1/1/69"), "The end must be after the beginning"),
        (("--level", "0", "--hours", "6-18"), "These are not hours"),
        (("--level", "0", "--kind", "owner"), "comes from a consent that the owner signed"),
    ],
)
def test_terms_that_are_wrong(stocked: Terminal, more: tuple[str, ...], said: str) -> None:
    words = ("authority", "record", "C003", "--kind", "agency", *more)
    assert stocked(*words, typed=(WORD,), login="camera_registrar") == cli.REFUSED
    assert said in stocked.err


def test_an_address_entered_later(stocked: Terminal) -> None:
    """Without a camera's address, or after a new permission, it is asked for: never an argument."""
    enter = ("camera", "address", "C003")
    typed = (WORD, "rtsp://10.9.9.9/live", "viewer", "s3cret/with#marks")
    assert stocked(*enter, typed=typed, login="camera_registrar") == cli.GOOD
    assert "stored, sealed" in stocked.out
    assert "authority record C003" in stocked.out
    assert "s3cret" not in stocked.out + stocked.err
    assert stocked(*enter, typed=(WORD,), login="camera_registrar") == cli.REFUSED
    assert "No address" in stocked.err
    assert stocked(*enter, typed=(WORD, "file:///etc/passwd"), login="camera_registrar") == cli.REFUSED
    assert stocked(*enter, typed=(WORD, "rtsp://10.9.9.9/live"), login="auditor") == cli.REFUSED


# Who gets a key


def test_a_station_that_it_set_up(terminal: Terminal) -> None:
    """The first person is IT, who has no key to hand out: the recovery sheet gives the superintendent his."""
    assert terminal("user", "add", "--first", "tech", "--role", "it", typed=(WORD,)) == cli.GOOD
    code = next(line for line in terminal.out.splitlines() if "Recovery code" in line).split(": ")[1]
    add = ("user", "add", "boss", "--role", "superintendent")
    assert terminal(*add, typed=(WORD, FIRST), login="tech") == cli.GOOD
    assert "user grant boss" in terminal.out
    choose_own(terminal, "boss")
    grant = ("user", "grant", "boss")
    assert terminal(*grant, typed=(WORD,), login="tech") == cli.REFUSED
    assert terminal(*grant, "--recovery-code", typed=(WORD,), login="tech") == cli.REFUSED
    assert terminal(*grant, "--recovery-code", typed=(WORD, "AAAA-BBBB"), login="tech") == cli.REFUSED
    assert terminal(*grant, "--recovery-code", typed=(WORD, code), login="tech") == cli.GOOD
    assert code not in terminal.out + terminal.err
    # From now on the superintendent gives the others theirs.
    assert terminal("user", "add", "eye", "--role", "duty_officer", typed=(WORD, FIRST), login="tech") == cli.GOOD
    assert terminal("user", "grant", "eye", typed=(WORD,), login="boss") == cli.GOOD
    assert terminal("user", "grant", "nobody", typed=(WORD,), login="boss") == cli.REFUSED
    assert terminal("user", "grant", "tech", typed=(WORD,), login="boss") == cli.REFUSED
    assert terminal("user", "grant", "tech", "--recovery-code", typed=(WORD, code), login="boss") == cli.REFUSED
    with opened(terminal) as room:
        for login in ("boss", "eye"):
            row = room.station.people.by_login(login)
            assert row is not None
            assert row.id not in room.station.people.waiting_for_slot()
            assert row.password_temporary is (login == "eye")
        room.log_in("boss", PASSWORD)
        assert room.station.vault.unlocked
    assert terminal("journal", "verify", typed=(WORD,), login="boss") == cli.GOOD


def test_a_pause_is_ended(stocked: Terminal) -> None:
    with opened(stocked) as room:
        camera = room.station.cameras.by_code("C001")
        assert camera is not None
        row = room.station.authorities.current(camera.id)
        assert row is not None
        chief = room.log_in("chief", PASSWORD)
        room.station.dispatcher.run(PauseAuthority(authority_id=row.id, version=row.version), chief)
    assert stocked("authority", "resume", "C001", typed=(WORD,), login="duty_officer") == cli.REFUSED
    assert stocked("authority", "resume", "C003", typed=(WORD,), login="chief") == cli.REFUSED
    assert stocked("authority", "resume", "C001", typed=(WORD,), login="camera_registrar") == cli.GOOD
    with opened(stocked) as room:
        row = room.station.authorities.current(camera.id)
        assert row is not None
        assert not row.paused


def test_confirming_the_clock(stocked: Terminal) -> None:
    assert stocked("clock", "confirm", typed=(WORD,), login="camera_registrar") == cli.REFUSED
    assert stocked("clock", "confirm", typed=(WORD,), login="chief") == cli.GOOD
    assert "The clock was confirmed" in stocked.out


@contextmanager
def opened(terminal: Terminal) -> Iterator[OpenRoom]:
    desk = cli.Desk(argparse.Namespace(), terminal.data_dir, load_settings(terminal.data_dir))
    with desk.room() as room:
        yield room


# Self-test


@pytest.mark.parametrize(
    ("version", "wal_reset"),
    [
        ((3, 6, 23), False),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_which_sqlite_has_the_fault(version: tuple[int, int, int], *, wal_reset: bool) -> None:
    assert sqlite_facts(version).wal_reset is wal_reset


def test_self_test_in_plain_sentences(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = feeds.EngineFacts("process limits only (bubblewrap is not installed); nice +10", {"libvlc": "3.0.21"})
    monkeypatch.setattr(feeds, "examine_engine", lambda *_: bare)
    monkeypatch.setattr("console.services.people.keyring_found", lambda: "")
    terminal("self-test")
    assert f"SQLite {sqlite3.sqlite_version}" in terminal.out
    assert "Passwords alone protect" in terminal.out
    assert "That is no sandbox" in terminal.out
    for faulty in (True, False):
        monkeypatch.setattr("console.db.engines.sqlite_facts", lambda faulty=faulty: SqliteFacts("3.99.0", faulty))
        terminal("self-test")
        assert ("has the WAL-reset fault" in terminal.out) is faulty


@pytest.mark.parametrize("versions", [{}, {"libvlc": "3.0.21"}])
def test_self_test(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, versions: dict[str, str]) -> None:
    monkeypatch.setattr(feeds, "examine_engine", lambda *_: feeds.EngineFacts("bubblewrap", versions))
    assert terminal("self-test") == (cli.GOOD if versions else cli.FOUND)
    assert ("3.0.21" in terminal.out) is bool(versions)
    monkeypatch.setattr("console.services.people.keyring_found", lambda: "OsKeyring")
    terminal("self-test")
    assert "OsKeyring" in terminal.out


def test_self_test_on_this_machine(terminal: Terminal) -> None:
    """A real worker comes up, says what it is, and goes."""
    assert terminal("self-test") == cli.GOOD
    assert "libVLC 3." in terminal.out


def test_a_station_over_a_real_engine(tmp_path: Path, template: Template) -> None:
    room = Room(tmp_path, template)
    engine = feeds.start_engine(VideoSettings(), room.clock, command=("/bin/false",))
    gate = room.station.gate(engine, GateSettings())
    gate.start()
    gate.stop()
    engine.supervisor.close()
    room.close()


def test_an_engine_that_never_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.services.feeds.engine.worker_command", lambda: ("/bin/false",))
    assert feeds.examine_engine(VideoSettings(), SystemClock(), 0.2) == feeds.EngineFacts("", {})


def test_the_worker_of_a_frozen_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert feeds.worker_command()[1].endswith("main.py")
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert feeds.worker_command()[1:] == ("worker",)


def test_a_mistake_of_ours_is_one_sentence_and_the_log_has_the_rest(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistake(*_words: object) -> None:
        logging.getLogger("console.x").warning("vault.locked()")
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(migrate, "status", mistake)
    assert terminal("db", "status") == cli.REFUSED
    assert len(terminal.err.splitlines()) == 1
    assert "deep inside" not in terminal.err + terminal.out
    assert "vault.locked" not in terminal.err + terminal.out
    log = (terminal.data_dir / "logs" / "console.log").read_text("utf-8")
    assert "deep inside" in log
    assert "vault.locked" in log


def test_findings_of_the_checkpoint_file_are_counted_by_line(founded: Terminal) -> None:
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.GOOD
    log = founded.data_dir / "checkpoints.log"
    log.write_text(log.read_text("ascii") + "".join(f"damaged {number:02}\n" for number in range(14)))
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    lines = [line for line in founded.out.splitlines() if line.startswith("checkpoints.log, line ")]
    assert len(lines) == 10
    assert "… and 4 more of this kind." in founded.out
    assert "–, row" not in founded.out


def test_a_refused_line_of_a_file_says_why(founded: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    row = "shop,rtsp://10.0.0.20/live"
    path.write_text(f"code,name,owner_type,address\nA1,one,{row}\nA2,two,{row}\n", "utf-8")
    assert founded("camera", "import", str(path), typed=(WORD,), login="chief") == cli.REFUSED
    assert "Line 3, address: The same stands in line 2" in founded.out
    path.write_text(f"code,name,owner_type,address\nA1,one,{row}\n", "utf-8")
    assert founded("camera", "import", str(path), typed=(WORD,), login="chief") == cli.GOOD
    path.write_text(f"code,name,owner_type,address\nA2,two,{row}\n", "utf-8")
    assert founded("camera", "import", str(path), typed=(WORD,), login="chief") == cli.REFUSED
    assert "the same camera is already registered" in founded.out
    assert "denied." not in founded.out
    assert founded("camera", "import", str(tmp_path / "none.csv"), typed=(WORD,), login="chief") == cli.REFUSED
    assert "There is no file" in founded.err


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://u@h:port/x", "mysql://u@h/x"])
def test_an_address_that_names_no_database_is_said(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("CONSOLE_DATABASE__URL", url)
    assert terminal("db", "status") == cli.REFUSED
    assert "address of the database is not correct" in terminal.err


def test_a_seal_on_paper_is_asked_for(founded: Terminal) -> None:
    def verify(code: str) -> int:
        return founded("journal", "verify", "--checkpoint", code, typed=(WORD,), login="chief")

    assert verify("no seal") == cli.REFUSED
    assert "group by group" in founded.err
    assert verify(seal_code("ab" * 32)) == cli.FOUND
    assert "older than the paper" in founded.out


def test_an_earlier_database_is_told_at_each_verb_until_it_was_noticed(founded: Terminal, tmp_path: Path) -> None:
    kept = tmp_path.with_name(f"{tmp_path.name}.kept")
    shutil.copytree(founded.data_dir, kept)
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.GOOD
    shutil.rmtree(founded.data_dir)
    shutil.copytree(kept, founded.data_dir)
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "older than what this console has seen: an earlier database" in founded.out
    assert "a seal that it remembers is not there" in founded.out
