"""The command line about cameras and rights: a file of them, addresses, tests, signatures, from nothing to the wall."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console import cli
from console.kernel import Denied, DenyReason, Fault, Purpose, StreamFacts, TileState
from console.services import permits
from console.services.authorities import PauseAuthority
from console.services.feeds import Feeds, Probe
from tests.cli_terminal import FIRST, WORD, Terminal, choose_own, opened
from tests.gate.room import PASSWORD


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
