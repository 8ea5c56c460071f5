"""The owner's circle on a real stream, in the real window: visit, consent, receipt, view, statement, withdrawal, dark.

What the owner takes home (a paper and a folder) is checked as on another machine: by another process that has nothing
of the console, and in a browser.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import qGray
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from console.db.cameras import Camera
from console.db.store import Tx
from console.i18n import plain
from console.kernel import ConsentState, Denied, DenyReason, OwnerType, Party, Purpose, Right, Role, Secret, TileState
from console.room import Room, RoomPlan
from console.services.cameras import RegisterCamera, SetAddress
from console.services.feeds import FeedRequest
from console.services.notices import OFFERED, PublishNotice, filled
from console.services.owners import RegisterOwner
from console.services.people import AddPerson, NewFirst
from console.views.cameras import CONSENT, OWNER, CamerasPage
from console.views.consents import ConsentsPage
from console.views.log_tabs import STATEMENTS
from console.views.owners import OwnersFace, OwnersPage
from console.views.printing import Preview
from console.views.signature_pad import SignaturePad
from console.views.statements import StatementsPage
from console.views.tabs import TabPage
from tests.browser import running_browser
from tests.consent_desk import BLANKS
from tests.e2e.day import Day
from tests.rtsp import ClipSpec, RtspServer, make_clip

pytestmark = [pytest.mark.window, pytest.mark.rtsp, pytest.mark.timeout(180)]

CHIEF, PASSWORD = "chief", "lantern-74-plum-rain"
SHOP, OWNER_NAME, WITNESS = "P01", "นางสมหญิง ตัวอย่าง", "นายพยาน ตัวอย่าง"
PAINTED = 40
"""Darker than this is the ground of a tile without a picture."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", ClipSpec())
    with RtspServer(clip) as running:
        yield running


@pytest.fixture
def day(tmp_path: Path, qtbot: QtBot, qapp: QApplication, server: RtspServer) -> Iterator[Day]:
    made = Day(tmp_path / "data", qtbot)
    furnish(made.plan, server.url())
    made.start()
    made.log_in(CHIEF, PASSWORD)
    yield made
    made.close()


def furnish(plan: RoomPlan, address: str) -> None:
    """One person of every role, an owner in the register, and a camera with its address that nobody may look at."""
    room = Room.open(plan)
    try:
        run = room.station.dispatcher.run
        room.station.people.add_first(NewFirst(CHIEF, "Head of the station", Role.SUPERINTENDENT, Secret(PASSWORD)))
        chief = room.log_in(CHIEF, Secret(PASSWORD))
        for role in set(Role) - {Role.SUPERINTENDENT}:
            run(AddPerson(login=role.value, display_name=role.value, role=role, password=Secret(PASSWORD)), chief)
        notice = filled(room.station.notices.proposal(), BLANKS)
        run(PublishNotice(text=notice, purposes=OFFERED, follows=0), chief)
        run(RegisterOwner(party=Party.PERSON, owner_type=OwnerType.SHOP, name=OWNER_NAME, phone="000-000-0001"), chief)
        camera_id = run(RegisterCamera(code=SHOP, name="หน้าร้าน", owner_type=OwnerType.SHOP, place="ถ.สาธิต"), chief)
        version = room.station.cameras.camera(camera_id).version
        run(SetAddress(camera_id=camera_id, version=version, address=Secret(address)), chief)
    finally:
        room.close()


@dataclass(frozen=True)
class Held:
    """What the owner has at home after the signature, as it stands on the paper."""

    fingerprint: str
    confirmation: str


def test_the_full_circle(day: Day, tmp_path: Path) -> None:
    visit(day)
    held = consent(day, tmp_path / "receipt.pdf")
    look(day)
    first = statement(day, tmp_path / "stick")
    elsewhere(first, held, tmp_path)
    in_a_browser(first, held)
    withdrawal(day)
    nobody_looks_again(day)
    second = statement(day, tmp_path / "stick")
    what_the_owner_reads_then(second, first, held)


def visit(day: Day) -> None:
    """The superintendent's visit, on the page of owners."""
    page = to_tab(day, OWNER).made("register")
    assert isinstance(page, OwnersPage)
    day.find(page, "O-0001")
    day.choose("Record a step")
    day.until(lambda: page.act_panel is not None, "the form of a step is open")
    assert page.act_panel is not None
    form = page.act_panel.form
    people = form.box("went")
    day.until(lambda: not form._filling, "the form is filled")
    day.until(lambda: all(box.isVisible() for box in people.findChildren(QCheckBox)), "who may have gone is listed")
    day.fill(form, kind="Visit by the superintendent", result="เจ้าของเข้าใจระดับการเข้าถึงและสิทธิในการถอน")
    day.hands.press("Ctrl+S")
    day.until(lambda: page.act_panel is None, "the visit is recorded")
    day.leave(page)


def to_tab(day: Day, key: str) -> Any:
    """Go to a tab of the page of cameras."""
    day.open("cameras")
    day.window.shell.go_to("cameras", (key, ""))
    page = day.window.shell.made("cameras")
    assert isinstance(page, CamerasPage)
    day.until(lambda: page.face(key) is not None and day.holds_cursor(page), f"tab {key} is in front")
    found = page.face(key)
    assert isinstance(found, OwnersFace | ConsentsPage)
    return found


def consent(day: Day, paper: Path) -> Held:
    """The form is filled in, shown and signed on the pad; the receipt lies ready and is handed over as a PDF."""
    page = to_tab(day, CONSENT)
    day.hands.press("Ctrl+N")
    form = page.panel.form
    assert form is not None
    day.until(lambda: form.isVisible() and not form._filling, "the form is open")
    day.fill(form, owner_id=OWNER_NAME, cameras=SHOP, aim_1="Front of the building", sight_1="ประตูร้าน", level="Level 3")
    day.tick(form, "purposes", "Planned watch of a risk spot")
    day.hands.press("Ctrl+S")
    stands(day, page, ConsentState.DRAFT)
    day.choose("Show for signature")
    stands(day, page, ConsentState.AWAITING_SIGNATURE)
    day.choose("Sign…")
    day.until(lambda: page.act_panel is not None and not page.act_panel.form._filling, "it is laid before the owner")
    signing = page.act_panel.form
    day.tick(signing, "agreed", "The owner agrees to A")
    sign(signing.box("signature").editor)
    day.fill(signing, witness=WITNESS)
    day.hands.press("Ctrl+S")
    day.save_paper(page, paper)
    preview = page.findChild(Preview)
    assert preview is not None
    preview.close_preview()
    text = "\n".join(each.extract_text() for each in PdfReader(paper).pages)
    key = re.search(r"((?:[0-9a-f]{8}\s+){7}[0-9a-f]{8})", text)
    head = re.search(r"(1: (?:[0-9a-f]{8}\s+){3}[0-9a-f]{8})", text)
    assert key is not None, text
    assert head is not None, text
    return Held(key[1], head[1])


def stands(day: Day, page: ConsentsPage, state: ConsentState) -> None:
    """Wait until the consent stands so in the list, selected, and beside it."""

    def seen() -> set[ConsentState | None]:
        return {None if row is None else row.state for row in (page.table.selected_record(), page.panel.row)}

    day.until(lambda: seen() == {state}, f"the consent is {state}")


def sign(editor: object) -> None:
    assert isinstance(editor, SignaturePad)
    pad, left, none = editor.pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(pad, left, none, QPoint(20, 30))
    for x in range(20, 160, 10):
        QTest.mouseMove(pad, QPoint(x, 30 + x % 40))
    QTest.mouseRelease(pad, left, none, QPoint(160, 40))


def shows(day: Day) -> bool:
    """Whether a camera's picture stands in the first tile when it is painted now."""
    assert day.window.wall is not None
    canvas = day.window.wall.canvas
    small = canvas.grab(canvas._by_index[0].target).toImage()
    small = small.scaled(16, 9, mode=Qt.TransformationMode.SmoothTransformation)
    greys = [qGray(small.pixel(at % 16, at // 16)) for at in range(16 * 9)]
    return sum(grey > PAINTED for grey in greys) > len(greys) // 2


def look(day: Day) -> None:
    """On the wall: placed, dark without a purpose, opened for one, real pictures."""
    page, hands = day.wall(), day.hands
    hands.press("1", "F")
    hands.type(SHOP)
    hands.press("Return")
    cell = page.board.cells[0]
    day.until(lambda: cell.camera is not None and cell.camera.code == SHOP, "the shop stands on the wall")
    assert not shows(day), "without a purpose there is no picture"
    hands.press("P", "5")
    day.until(lambda: shows(day), "its picture is on the screen")
    feed = cell.feed
    assert feed is not None
    day.until(lambda: feed.state().state is TileState.LIVE, "it is live")
    begun = feed.picture()
    assert begun is not None
    before = begun.sequence
    day.until(lambda: (now := feed.picture()) is not None and now.sequence > before + 5, "pictures follow each other")


def statement(day: Day, stick: Path) -> Path:
    """Save the month's statement for the owner, and take the folder out of the station."""
    stick.mkdir(exist_ok=True)
    known = set(stick.iterdir())
    page = day.open("access_log")
    assert isinstance(page, TabPage)
    page.go_to(STATEMENTS)
    shown = page.made(STATEMENTS)
    assert isinstance(shown, StatementsPage)
    shown.refresh()
    day.until(lambda: shown.table.records.total > 0 and day.holds_cursor(shown), "the camera's month is listed")
    day.push(shown, "Save for the owner…")
    day.name_file(shown, stick)
    day.until(lambda: set(stick.iterdir()) - known and not shown._working, "it is saved")
    assert "Saved for the owner" in plain(shown.strip.said)
    (made,) = set(stick.iterdir()) - known
    return made


def check(folder: Path, fingerprint: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Run the reader that came with the folder as an auditor does: a bare Python, nothing of ours in reach."""
    command = [sys.executable, "-I", "-S", "verify_statement.py", f"{folder.name}.json"]
    command += ["--fingerprint", fingerprint, "--json", *words]
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def elsewhere(folder: Path, held: Held, tmp_path: Path) -> None:
    """Only the folder and what stands on paper; whatever is changed on the way is found."""
    code, found = check(folder, held.fingerprint, "--holds", held.confirmation)
    assert (code, found["problem"], found["holds"]) == (0, "", True)
    (view,) = [line for line in found["lines"] if line["kind"] == "view"]
    assert (view["purpose"], view["role"], view["picture_ms"] is not None) == ("risk_spot", "superintendent", True)
    assert "signed" in [line["what"] for line in found["lines"] if line["kind"] == "consent"]
    assert check(folder, "0" * 64)[0] == 1, "another key's"
    forged = tmp_path / "forged" / folder.name
    shutil.copytree(folder, forged)
    file = forged / f"{folder.name}.json"
    values = json.loads(file.read_bytes())
    del values["rows"][
        next(at for at, row in enumerate(values["rows"]) if b"view.opened" in base64.b64decode(row["b"]))
    ]
    file.write_bytes(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    code, found = check(forged, held.fingerprint, "--holds", held.confirmation)
    assert (code, found["problem"]) == (1, "signature")


def in_a_browser(folder: Path, held: Held) -> None:
    """The owner's own page says the same."""
    data = base64.b64encode((folder / f"{folder.name}.json").read_bytes()).decode()
    script = """
        chosen.file = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
        document.getElementById("fingerprint").value = arguments[1];
        document.getElementById("holds").value = arguments[2];
        document.getElementById("check").click();
    """
    answered = "(async () => { while (!shown) await new Promise(requestAnimationFrame); return shown; })()"
    with running_browser() as browser:
        browser.open(folder / "verify.html")
        browser.run(script, data, held.fingerprint, held.confirmation)
        page = browser.wait_for(answered)
    assert page == check(folder, held.fingerprint, "--holds", held.confirmation)[1]
    assert page["verdict"] == 0


def withdrawal(day: Day) -> None:
    """By telephone, from the camera's card beside the wall, in one step: dark on the screen, the address gone."""
    page = day.wall()
    day.until(lambda: shows(day), "it plays on")
    feed = page.board.cells[0].feed
    assert feed is not None
    day.push(page, "Owner withdraws…")
    day.push(page, "End the link, said by telephone")
    day.until(lambda: not shows(day), "the tile is dark")
    assert feed.picture() is None
    day.until(lambda: page.board.cells[0].denied is not None, "the tile says why")
    denied = page.board.cells[0].denied
    assert denied is not None
    assert denied.reason is DenyReason.WITHDRAWN
    assert day.ask(addresses) == [None, None]


def addresses(tx: Tx) -> list[bytes | None]:
    """Return what the store holds of the camera's way, sealed."""
    columns = select(Camera.sealed_address, Camera.sealed_sub_address)
    return [each for row in tx.session.execute(columns) for each in row]


def nobody_looks_again(day: Day) -> None:
    """Whoever sits down, the administrator included, and whoever has no say anyway."""
    room = day.room
    assert room is not None
    assert day.window.wall is not None
    camera = day.window.wall.board.cells[0].camera
    assert camera is not None

    def ask() -> dict[Role, tuple[bool, DenyReason]]:
        said = {}
        for role in Role:
            login = CHIEF if role is Role.SUPERINTENDENT else role.value
            session = room.station.people.log_in(login, Secret(PASSWORD))
            answer = room.feeds.open(session, FeedRequest(camera.id, Purpose.RISK_SPOT))
            assert isinstance(answer, Denied), role
            said[role] = (session.may(Right.VIEW_FEEDS), answer.reason)
            room.station.people.log_out(session)
        return said

    with ThreadPoolExecutor(1) as desk:
        said = desk.submit(ask).result()
    assert {reason for may, reason in said.values() if may} == {DenyReason.WITHDRAWN}
    assert {reason for may, reason in said.values() if not may} == {DenyReason.ROLE}


def what_the_owner_reads_then(second: Path, first: Path, held: Held) -> None:
    """The next statement goes on from what the owner holds, and shows the withdrawal and who tried since."""
    for holds in (held.confirmation, str(first / f"{first.name}.json")):
        code, found = check(second, held.fingerprint, "--holds", holds)
        assert (code, found["holds"]) == (0, True)
    told = [line.get("what", line["kind"]) for line in found["lines"]]
    assert told.index("signed") < told.index("view") < told.index("withdrawn")
    assert "address_destroyed" in told
    (view,) = [line for line in found["lines"] if line["kind"] == "view"]
    assert view["ended"] == "withdrawn"
    refused = [line for line in found["lines"] if line["kind"] == "refused" and line["reason"] == "withdrawn"]
    assert {line["role"] for line in refused} >= {"superintendent", "duty_officer", "shift_lead"}
    assert check(first, held.fingerprint, "--holds", str(second / f"{second.name}.json"))[0] == 1, "an old one is found"
