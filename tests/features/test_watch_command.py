"""`watch`: whose log-in stands where, what is printed, and the exit codes. Cameras are real in tests/e2e."""

from __future__ import annotations

import io
import json
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console import cli, i18n
from console.cli import watch
from console.kernel import Denied, DenyReason, EndReason, Fault, Role, Secret, Session, StreamFacts, TileState
from console.services.addresses import Address, parse
from console.services.feeds import AddressDoor, TileStatus
from tests.gate.room import PASSWORD, Room, Template

WORD = PASSWORD.reveal()
URL = "rtsp://10.0.0.9/live"
AT = datetime(2026, 11, 22, tzinfo=UTC)
FACTS = StreamFacts("h264", 640, 360, 15.0, "tcp")
LIVE = TileStatus(TileState.LIVE, Fault.NONE, None, 0.08, 0, AT, FACTS, kbps=512.34)
STALE = replace(LIVE, state=TileState.STALE, fault=Fault.FROZEN, age_s=4.0, reconnects=2)
WRONG = TileStatus(TileState.DOWN, Fault.UNAUTHORISED, None, None, 3, AT)
ENDED = TileStatus(TileState.PAUSED, Fault.NONE, Denied(DenyReason.PAUSED_BY_OWNER), None, 0, AT)


class Fake:
    """A watched address that says what it is told to, the last word again and again."""

    def __init__(self, *said: TileStatus) -> None:
        self.said = list(said)
        self.ended: list[EndReason] = []

    def state(self) -> TileStatus:
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]

    def end(self, reason: EndReason) -> None:
        self.ended.append(reason)


class Terminal:
    def __init__(self, data_dir: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.data_dir, self.capsys, self.patch = data_dir, capsys, patch
        self.answers: list[Fake | Denied] = [Fake(LIVE)]
        self.asked: list[Address] = []
        self.out = self.err = ""

    def __call__(self, *words: str, typed: tuple[str, ...] = (WORD,), login: str = Role.IT.value) -> int:
        self.patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        common = ["--data", str(self.data_dir), "--language", "en", "--password-stdin", "--login", login]
        code = cli.run(["watch", *words, *common])
        said = self.capsys.readouterr()
        self.out, self.err = said.out, said.err
        return code


@pytest.fixture(name="terminal")
def make_terminal(
    tmp_path: Path, template: Template, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    before = i18n.language()
    (tmp_path / "station.toml").write_text('[station]\nid = "SKA"\n')
    room = Room(tmp_path, template)
    room.close()
    made = Terminal(tmp_path, capsys, monkeypatch)

    def answer(_door: AddressDoor, _session: Session, addresses: list[Address]) -> list[Fake | Denied]:
        made.asked = addresses
        return made.answers

    monkeypatch.setattr("console.services.people.find_keyring", lambda: room.keyring)
    monkeypatch.setattr(AddressDoor, "watch", answer)
    monkeypatch.setattr(watch, "_BEAT_S", 0.01)
    yield made
    i18n.install(before)
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_live_to_the_end_is_good(terminal: Terminal) -> None:
    fake = Fake(LIVE)
    terminal.answers = [fake]
    code = terminal(URL, "--user", "viewer", "--ask-password", "--seconds", "0.03", "--json", typed=(WORD, "s3cret"))
    assert code == cli.GOOD
    assert terminal.asked[0].url().reveal() == "rtsp://viewer:s3cret@10.0.0.9/live"
    offer, *lines = [json.loads(line) for line in terminal.out.splitlines()]
    assert offer == {
        "url": URL, "codec": "h264", "width": 640, "height": 360, "rate": 15.0, "transport": "tcp", "encrypted": False,
    }  # fmt: skip
    assert len(lines) == 3
    assert datetime.fromisoformat(lines[0].pop("t")).tzinfo is not None
    assert lines[0] == {"url": URL, "state": "live", "age_ms": 80, "fps": 15.0, "kbps": 512.3, "reconnects": 0}
    assert "s3cret" not in terminal.out + terminal.err
    assert fake.ended == [EndReason.CLOSED]


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        (Fake(LIVE, STALE), "stale", "no new picture"),
        (Fake(WRONG), "denied", "user name or password"),
        (Fake(LIVE, ENDED), "denied", "paused"),
        (Denied(DenyReason.WITHDRAWN), "denied", "withdrew"),
        (Fake(replace(WRONG, state=TileState.EMPTY, fault=Fault.NONE)), "down", ""),
    ],
)
def test_whatever_is_not_live_at_the_end_is_found(
    terminal: Terminal, answer: Fake | Denied, state: str, said: str
) -> None:
    terminal.answers = [answer, Fake(LIVE)]
    assert terminal(URL, "rtsp://10.0.0.8/b", "--seconds", "0.03", "--json") == cli.FOUND
    lines = [json.loads(line) for line in terminal.out.splitlines()]
    assert [line["state"] for line in lines if line["url"] == URL and "t" in line][-1] == state
    assert terminal.err.count(URL) == bool(said), "told once, not each second"
    assert said in terminal.err.lower()


def test_the_readable_line(terminal: Terminal) -> None:
    terminal.answers = [Fake(LIVE, STALE)]
    assert terminal(URL, "--seconds", "0.02") == cli.FOUND
    offered, live, stale = terminal.out.splitlines()
    assert offered == f"{URL}: h264, 640x360, 15 pictures a second, tcp"
    assert live[8:] == f"  {URL}  LIVE  picture 80 ms old  15 pictures a second, 512 kbit/s"
    assert "Frozen  picture 4000 ms old  0 pictures a second, 512 kbit/s  reconnected 2 times  no new" in stale


def test_interrupted_it_ends_by_what_was_last_seen(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(LIVE)
    terminal.answers = [fake]
    tell: Callable[..., None] = watch._tell
    before = signal.getsignal(signal.SIGINT)
    told = []

    def once(*arguments: object, **more: object) -> None:
        # In the midst of work it is not raised: whatever lock is held there would stay held.
        signal.raise_signal(signal.SIGINT)
        tell(*arguments, **more)
        told.append(True)

    monkeypatch.setattr(watch, "_tell", once)
    assert terminal(URL, "--seconds", "9") == cli.GOOD
    assert fake.ended == [EndReason.CLOSED]
    assert told == [True]
    assert signal.getsignal(signal.SIGINT) is before


def test_interrupted_while_it_waits(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_seconds: float) -> None:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("nobody heard it")

    monkeypatch.setattr("time.sleep", sleep)
    fake = Fake(LIVE)
    terminal.answers = [fake]
    assert terminal(URL, "--seconds", "9") == cli.FOUND
    assert terminal.out == ""
    assert fake.ended == [EndReason.CLOSED]


def test_interrupted_before_anything_was_seen(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(LIVE)

    def interrupt(*_: object) -> list[Fake]:
        signal.raise_signal(signal.SIGINT)
        return [fake]

    monkeypatch.setattr(AddressDoor, "watch", interrupt)
    assert terminal(URL) == cli.FOUND
    assert terminal.out == ""
    assert fake.ended == [EndReason.CLOSED]


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://viewer:hunter2@10.0.0.9/live",
        "rtsp://viewer@10.0.0.9/live",
        "http://10.0.0.9/video.cgi?user=viewer&pwd=hunter2",
        "rtsp://10.0.0.9:554/user=viewer_password=hunter2_channel=1",
    ],
)
def test_nothing_secret_in_arguments(terminal: Terminal, url: str) -> None:
    assert terminal(url) == cli.REFUSED
    assert "--ask-password" in terminal.err
    assert "hunter2" not in terminal.out + terminal.err
    assert terminal.asked == []


def test_what_is_refused(terminal: Terminal) -> None:
    assert terminal("file:///etc/passwd") == cli.REFUSED
    assert "Only rtsp" in terminal.err
    assert terminal(URL, "--ask-password") == cli.REFUSED
    assert "--user NAME" in terminal.err
    assert terminal(URL, "--user", "viewer", "--ask-password") == cli.REFUSED, "no second line came"
    assert terminal(URL, typed=("wrong",)) == cli.REFUSED
    for seconds in ("0", "nan", "many"):
        with pytest.raises(SystemExit):
            terminal(URL, "--seconds", seconds)
    assert terminal.asked == []
    assert terminal(URL, "--user", "viewer", "--seconds", "0.01") == cli.GOOD, "a camera without a password"


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    text = "http://viewer:hunter2@10.0.0.9:8080/cam/realmonitor?channel=1&key=abc&k=12345"
    assert watch.redacted(parse(Secret(text))) == "http://10.0.0.9:8080/cam/realmonitor?channel=1&key=…&k=…"
