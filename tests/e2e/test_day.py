"""A day at a station, by keyboard alone, through the real window: from the one-time code to the printed log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console import cli
from console.db.cameras import find_camera
from console.db.incidents import open_incidents
from console.kernel import AccessLevel, DenyReason, Role
from console.services.camera_register import Standing
from console.views.access_log import AccessLogPage
from console.views.cameras import CamerasPage
from console.views.first_start import FirstCard, SheetCard
from console.views.incident_form import IncidentDrawer
from console.views.record_page import RecordPage
from console.views.wall import WallPage
from tests.e2e.day import Day
from tests.rtsp import ClipSpec, RtspServer, make_clip

pytestmark = [pytest.mark.window, pytest.mark.rtsp, pytest.mark.timeout(400)]

CHIEF, REGISTRAR, LEAD, OFFICER = "chief", "registrar", "lead", "officer"
CHIEF_KEY, OWN_KEY, GIVEN_KEY = "ริมน้ำ-ตลาดสด-๒๕๖๙", "lantern-74-plum-rain", "first-day-at-work-3"
CAMERAS = 20
OWN, AGENCY, SHOP, NEARBY = "C00", "C01", "C02", "C03"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", ClipSpec())
    with RtspServer(clip, mounts=CAMERAS) as running:
        yield running


@pytest.fixture
def day(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Day]:
    made = Day(tmp_path / "data", qtbot)
    yield made
    made.close()


def test_a_day_at_a_station(day: Day, server: RtspServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    founding(day, one_time_code(day, capsys))
    people(day)
    day.change_officer(REGISTRAR, GIVEN_KEY, OWN_KEY)
    cameras(day, server, tmp_path / "cameras.csv")
    permissions(day)
    day.change_officer(CHIEF, CHIEF_KEY)
    countersignatures(day)
    day.change_officer(OFFICER, GIVEN_KEY, OWN_KEY)
    wall(day)
    incident(day)
    day.change_officer(LEAD, GIVEN_KEY, OWN_KEY)
    withdrawal(day)
    day.change_officer(CHIEF, CHIEF_KEY)
    log(day, tmp_path / "log.pdf")


def one_time_code(day: Day, capsys: pytest.CaptureFixture[str]) -> str:
    """What installation prints."""
    assert cli.run(["user", "code", "--data", str(day.data_dir), "--language", "en"]) == cli.GOOD
    found = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", capsys.readouterr().out)
    assert found is not None
    return found.group()


def founding(day: Day, code: str) -> None:
    """First start: the one-time code of the installation, the first administrator, the recovery sheet."""
    day.start()
    reception, hands = day.window.reception, day.hands
    day.until(lambda: isinstance(reception.card, FirstCard), "the first administrator is asked for")
    card = reception.card
    assert isinstance(card, FirstCard)
    for field, text in (
        (card.code, code),
        (card.login, CHIEF),
        (card.rank, "พ.ต.อ."),
        (card.name, "สาธิต ตัวอย่างธรรม"),
        (card.position, "ผกก.สภ.เมืองสาธิต"),
        (card.password, CHIEF_KEY),
        (card.again, CHIEF_KEY),
    ):
        day.go(field)
        hands.type(text)
    hands.press("Return")
    day.until(lambda: isinstance(reception.card, SheetCard), "the recovery sheet is shown")
    sheet = reception.card
    assert isinstance(sheet, SheetCard)
    day.go(sheet.proof)
    hands.type(sheet._groups[-1])
    hands.press("Return")
    day.until(lambda: day.window.seat is not None, "the first administrator sits down")
    assert day.session.role is Role.SUPERINTENDENT


def people(day: Day) -> None:
    """Three people, each with a first password that must be changed."""
    page = day.open("people")
    assert isinstance(page, RecordPage)
    for rank, name, login, role in (
        ("ร.ต.ท.หญิง", "สมมติ ทะเบียนดี", REGISTRAR, "registrar"),
        ("ร.ต.อ.", "ทดลอง นำเวร", LEAD, "shift lead"),
        ("ด.ต.", "จำลอง ตื่นตัว", OFFICER, "duty officer"),
    ):
        day.add(page, rank=rank, display_name=name, role=role, login=login, password=GIVEN_KEY, again=GIVEN_KEY)


def cameras(day: Day, server: RtspServer, file: Path) -> None:
    """Twenty cameras from a file as a spreadsheet writes it, with a Thai heading or two."""
    lines = ["รหัส,ชื่อ,สถานที่,ประเภทเจ้าของ,lat,lon,zone,address"]
    for number in range(CAMERAS):
        owner = {0: "police", 1: "municipality"}.get(number, "shop")
        lines.append(f"C{number:02},กล้องตัวอย่าง {number},ถนนสาธิต {number},{owner},7.2,100.6,inside,{server.url(number)}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    page = day.open("cameras")
    assert isinstance(page, CamerasPage)
    day.push(page, "From a file")
    sheet = page.importing
    assert sheet is not None
    day.go(sheet.path)
    day.hands.type(str(file))
    day.hands.press("Return")
    day.until(sheet.take_button.hasFocus, "the file was checked and all of it can be taken")
    day.hands.press("Space")
    day.until(sheet.close_button.hasFocus, "the cameras are registered")
    day.hands.press("Escape")
    day.until(lambda: page.cameras.table.records.total == CAMERAS, "twenty cameras are in the list")


def permissions(day: Day) -> None:
    """Authorities of each kind: own, an agency's agreement, and owners who sign for level 3 and level 1."""
    day.sign(SHOP, AccessLevel.ALWAYS)
    day.sign(NEARBY, AccessLevel.INCIDENT, radius_m=300)
    page = day.permissions()
    for code, words in (
        (OWN, {"kind": "station", "level": "Level 3"}),
        (AGENCY, {"kind": "agency", "level": "Level 3"}),
    ):
        day.find(page, code)
        form = day.form(page)
        day.fill(form, **words)
        day.tick(form, "purposes", "Incident", "Planned watch of a risk spot")
        day.hands.press("Ctrl+S")
        day.until(lambda: page.panel.row is not None and page.panel.row.authority is not None, f"{code} is recorded")
        day.leave(page)


def countersignatures(day: Day) -> None:
    """The superintendent, who recorded neither, signs what is the station's own and the agency's."""
    page = day.permissions()
    for code in (OWN, AGENCY):
        day.find(page, code)
        day.act(page, "Countersign")
        day.until(
            lambda: page.panel.row is not None and page.panel.row.standing is Standing.IN_FORCE,
            f"{code} is countersigned",
        )
        day.leave(page)


def wall(day: Day) -> None:
    """Four cameras on the wall: two open by themselves, the owners' wait for a purpose."""
    page = day.wall()
    hands = day.hands
    hands.press("2")
    day.until(lambda: page.board.layout.key == "4", "there are four tiles")
    for code, move in ((OWN, "Right"), (AGENCY, "Down"), (NEARBY, "Left"), (SHOP, "")):
        at = page.board.selected
        hands.press("F")
        hands.type(code)
        hands.press("Return")
        day.until(partial(_has_camera, page, at), f"{code} stands on the wall")
        if move:
            hands.press(move)
    day.until(lambda: page.canvas.live_count() == (2, 4), "the public cameras are live")
    assert len(page.board.waiting_for_purpose()) == 2, "a private camera opens for a purpose, not by itself"


def _has_camera(page: WallPage, at: int) -> bool:
    return page.board.cells[at].camera is not None


def incident(day: Day) -> None:
    """F2 at the level-1 camera: the incident opens it, and the view waits for somebody's review."""
    page, hands = day.wall(), day.hands
    hands.press("Right")
    assert page.board.cells[page.board.selected].camera == day.camera(page, NEARBY)
    hands.press("F2")
    day.until(lambda: isinstance(day.window.shell.panel, IncidentDrawer), "the drawer is open")
    drawer = day.window.shell.panel
    assert isinstance(drawer, IncidentDrawer)
    day.until(lambda: drawer.form is not None and not drawer.form._filling, "the form is filled in")
    form = drawer.form
    assert form is not None
    day.fill(form, category="theft", title="ลักทรัพย์ในร้าน (ตัวอย่าง)")
    hands.press("Ctrl+S")
    day.until(drawer.done._watch.hasFocus, "the incident has its number")
    hands.press("Return")
    day.until(lambda: page.canvas.live_count() == (4, 4), "all four are live, the level-1 camera through the incident")
    assert [row.needs_review for row in day.ask(open_incidents)] == [True]


def withdrawal(day: Day) -> None:
    """The next officer looks with the same incident as purpose; the owner withdraws; dark."""
    page, hands = day.wall(), day.hands
    day.until(lambda: len(page.board.waiting_for_purpose()) == 2, "private cameras wait for the new officer's purpose")
    hands.press("P", "1")
    day.until(lambda: page.canvas.live_count() == (4, 4), "all four are live again")
    listed = day.permissions()
    day.find(listed, SHOP)
    day.act(listed, "Withdraw")
    day.until(
        lambda: listed.panel.row is not None and listed.panel.row.standing is Standing.WITHDRAWN, "it is withdrawn"
    )
    page = day.wall()
    day.until(lambda: page.canvas.live_count() == (3, 4), "the camera is dark")
    shop = next(cell for cell in page.board.cells if cell.camera == day.camera(page, SHOP))
    day.until(lambda: shop.denied is not None and shop.denied.reason is DenyReason.WITHDRAWN, "the tile says why")
    gone = day.ask(lambda tx: find_camera(tx, SHOP))
    assert gone is not None
    assert not gone.has_address


def log(day: Day, file: Path) -> None:
    """The log is checked and printed, while the station's own and the agency's camera play on."""
    wall = day.wall()
    day.until(lambda: wall.canvas.live_count() == (2, 4), "public cameras play on for the superintendent")
    page = day.open("access_log").findChild(AccessLogPage)
    assert isinstance(page, AccessLogPage)
    day.until(lambda: page.table.records.total > 0, "the log is listed")
    day.push(page, "Check the log")
    day.until(lambda: page.sheet is not None and "whole" in page.sheet.said, "the log is whole")
    day.hands.press("Escape")
    day.until(lambda: page.sheet is None, "the result is closed")
    day.hands.press("Ctrl+P")
    day.save_paper(page, file)
    assert file.read_bytes().startswith(b"%PDF-")
