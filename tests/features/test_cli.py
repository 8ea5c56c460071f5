"""The command line: who may, what it says, and its exit codes."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import cli, i18n
from console.db import migrate
from console.kernel import AuthorityKind, Denied, DenyReason, Fault, StreamFacts, SystemClock, TileState
from console.services import feeds
from console.services.feeds import Feeds, Probe
from console.settings import GateSettings, VideoSettings
from tests.gate.room import PASSWORD, Room, Template

WORD = PASSWORD.reveal()


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


def test_the_first_person_and_the_sheet(founded: Terminal) -> None:
    assert "RECOVERY SHEET" in founded.out
    assert WORD not in founded.out
    assert founded("user", "add", "--first", "second", "--role", "it", typed=(WORD,)) == cli.REFUSED


def test_adding_needs_somebody_who_may(founded: Terminal) -> None:
    add = ("user", "add", "somchai", "--role", "duty_officer")
    assert founded(*add, typed=(WORD, WORD)) == cli.REFUSED
    assert founded(*add, typed=("wrong wrong", WORD), login="chief") == cli.REFUSED
    assert founded(*add, typed=(), login="chief") == cli.REFUSED
    assert founded(*add, typed=(WORD, "short"), login="chief") == cli.REFUSED
    assert founded(*add, typed=(WORD, WORD), login="chief") == cli.GOOD
    assert founded("user", "add", "other", "--role", "it", typed=(WORD, WORD), login="somchai") == cli.REFUSED


def test_whoever_it_adds_waits_for_access(founded: Terminal) -> None:
    assert founded("user", "add", "tech", "--role", "it", typed=(WORD, WORD), login="chief") == cli.GOOD
    assert founded("user", "add", "new", "--role", "duty_officer", typed=(WORD, WORD), login="tech") == cli.GOOD
    assert "must give this person access" in founded.out


def test_verify(founded: Terminal) -> None:
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.GOOD
    assert "The journal is whole" in founded.out
    log = founded.data_dir / "checkpoints.log"
    lines = log.read_text("ascii").splitlines()
    log.write_text("\n".join([lines[0].replace('"body": "A', '"body": "B'), *lines[1:]]) + "\n")
    assert founded("journal", "verify", typed=(WORD,), login="chief") == cli.FOUND
    assert "findings" in founded.out


def test_import(founded: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text("code,name,owner_type\nA1,ร้านทอง,shop\nA2,x,castle\n", "utf-8")
    assert founded("camera", "import", str(path), typed=(WORD,), login="chief") == cli.FOUND
    assert "Cameras registered: 1." in founded.out
    assert "Line 3" in founded.out
    path.write_text("code,name,owner_type\nA3,x,shop\n", "utf-8")
    assert founded("camera", "import", str(path), typed=(WORD,), login="chief") == cli.GOOD
    assert founded("camera", "import", str(tmp_path / "none.csv"), typed=(WORD,), login="chief") == cli.REFUSED


def test_database(founded: Terminal) -> None:
    assert founded("db", "status") == cli.GOOD
    assert founded("db", "upgrade") == cli.GOOD
    assert founded("db", "backup") == cli.REFUSED
    assert founded("db", "backup", typed=(WORD,), login="chief") == cli.GOOD
    assert list((founded.data_dir / "backups").iterdir())
    founded("user", "add", "somchai", "--role", "duty_officer", typed=(WORD, WORD), login="chief")
    assert founded("db", "backup", typed=(WORD,), login="somchai") == cli.REFUSED


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
        (Probe(StreamFacts(), TileState.CONNECTING, Fault.NONE), cli.FOUND, ""),
        (Denied(DenyReason.WITHDRAWN), cli.REFUSED, ""),
    ],
)
def test_probe(
    stocked: Terminal, monkeypatch: pytest.MonkeyPatch, answer: Probe | Denied, code: int, said: str
) -> None:
    monkeypatch.setattr(Feeds, "probe", lambda _self, _session, _camera: answer)
    assert stocked("camera", "probe", "C001", typed=(WORD,), login="camera_registrar") == code
    assert said in stocked.out
    assert stocked("camera", "probe", "C999", typed=(WORD,), login="camera_registrar") == cli.REFUSED


# Self-test


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
    assert "libvlc 3." in terminal.out


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
