"""A console in its real window, worked by keyboard alone: what `test_day.py` is written with.

The test knows where things stand (a form, a field, a row) as an officer sees them; it reaches them with keys only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console.db.authorities import AuthorityTerms
from console.db.cameras import find_camera
from console.db.keyrings import MemoryKeyring
from console.db.store import CommandStamp, Tx
from console.kernel import AccessLevel, AuthorityKind, Purpose, new_id
from console.room import Room, RoomPlan
from console.services.people import station_vault
from console.settings import load_settings
from console.views.authorities import PermissionsPage
from console.views.cameras import PERMISSION, TABS, CamerasPage
from console.views.credentials import CredentialsForm
from console.views.log_in import LogInCard
from console.views.officer_panel import LockPanel
from console.views.page import Page
from console.views.printing import Preview
from console.views.record_form import RecordForm
from console.views.record_page import RecordPage
from console.views.seating import Behind
from console.views.wall import WallPage
from console.views.wall_model import WallCamera
from console.views.window import Frame, Window
from tests.keyboard import Hands
from tests.signing import permit

if TYPE_CHECKING:
    from console.kernel import Session

PATIENCE_MS = 30_000
PROBLEMS = frozenset({"fieldProblem", "formProblem", "stripText"})
"""Object names of the labels in which a form says what is wrong."""

STATION = '[station]\nid = "sathit-1"\nname_th = "สภ.เมืองสาธิต"\nname_en = "Sathit station"\n'
"""What IT writes before the first start."""

Answer = TypeVar("Answer")


class Day:
    """One workstation from morning to evening."""

    def __init__(self, data_dir: Path, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.data_dir = data_dir
        data_dir.mkdir()
        (data_dir / "station.toml").write_text(STATION, encoding="utf-8")
        settings = load_settings(data_dir, {"ui": {"language": "en"}}, {})
        self.plan = RoomPlan(data_dir, settings, station_vault(MemoryKeyring()))
        self.room: Room | None = None
        self._forget: Callable[[], None] = lambda: None
        self.window = Window(settings, Frame(size=(1600, 900)))
        self.hands = Hands(self.window.shell)

    # The console's life

    def start(self) -> None:
        """Start as `main.py` does: the window comes first, the room opens behind it."""
        here = threading.get_ident()

        def opening() -> Behind:
            room = self.room = Room.open(self.plan)
            self._forget = room.station.store.on_change(self.window.hear)
            room.station.store.guard_thread(here)
            room.start_gate()
            return Behind(room.station, room.feeds, self.plan.settings, room.attend)

        self.window.receive(opening)
        self.qtbot.waitExposed(self.window.shell)
        self.window.shell.activateWindow()
        self.until(lambda: QApplication.focusWidget() is not None, "the window has the keyboard")

    def close(self) -> None:
        self._forget()
        self.until(lambda: not self.window._changes._timer.isActive(), "the last news is told")
        self.window.close()
        if self.room is not None:
            self.room.station.store.guard_thread(0)
            self.room.close()

    @property
    def session(self) -> Session:
        assert self.window.seat is not None
        return self.window.seat.session

    # Waiting and looking

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something can be seen, and say what it was if it never comes."""
        try:
            self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)
        except Exception as error:
            raise AssertionError(f"it never came that {what}; {self.said()}; {self._picture()}") from error

    def _picture(self) -> str:
        """Leave a picture of the window for whoever reads the failure."""
        picture = self.data_dir.parent / "day.png"
        self.window.shell.grab().save(str(picture))
        return f"see {picture}"

    def said(self) -> str:
        """Return what stands at the fields of the forms that are open: the reason, if there is one."""
        labels = self.window.shell.findChildren(QLabel)
        problems = [label for label in labels if label.objectName() in PROBLEMS and label.isVisible()]
        return " / ".join(f"it says: {label.text()}" for label in problems) or "nothing is said to be wrong"

    def ask(self, work: Callable[[Tx], Answer]) -> Answer:
        """Read the store beside the window."""
        answers: list[Answer] = []
        assert self.room is not None
        store = self.room.station.store
        thread = threading.Thread(target=lambda: answers.append(store.read(work)))
        thread.start()
        thread.join()
        return answers[0]

    def sign(self, code: str, level: AccessLevel, **more: Any) -> None:
        """Let a camera's owner sign, beside the window: how that goes by keyboard is told elsewhere."""
        assert self.room is not None
        store, session = self.room.station.store, self.session
        wanted = frozenset({Purpose.INCIDENT, Purpose.RISK_SPOT})
        terms = AuthorityTerms(AuthorityKind.OWNER, level, wanted, self.room.station.clock.now(), **more)

        def work(tx: Tx) -> None:
            camera = find_camera(tx, code)
            assert camera is not None
            permit(tx, camera.id, terms)

        stamp = CommandStamp(new_id(), "sign_consent", session)
        thread = threading.Thread(target=lambda: store.submit(work, command=stamp))
        thread.start()
        thread.join()

    # Pages and forms

    def open(self, key: str) -> Page:
        """Open a page with Ctrl and its number in the rail."""
        shell = self.window.shell
        listed = [button.property("page") for button in shell.rail.findChildren(QToolButton)]
        self.hands.press(f"Ctrl+{listed.index(key) + 1}")
        self.until(lambda: shell.page is not None and shell.made(key) is shell.page, f"page {key} is in front")
        page = shell.made(key)
        assert page is not None
        self.until(lambda: self.holds_cursor(page), f"the cursor is on page {key}")
        return page

    @staticmethod
    def holds_cursor(widget: QWidget) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and (focused is widget or widget.isAncestorOf(focused))

    def go(self, target: QWidget) -> None:
        """Tab to a widget, or to something inside it."""
        self.until(lambda: QApplication.focusWidget() is not None, "the cursor is somewhere")
        try:
            self.hands.tab_to(lambda widget: widget is target or target.isAncestorOf(widget))
        except AssertionError as error:
            raise AssertionError(f"{error}; {self._picture()}") from None

    def fill(self, form: RecordForm[Any], **typed: str) -> None:
        """Type into the fields of a form, in the order given."""
        for name, text in typed.items():
            self.go(form.box(name))
            self.hands.press("Ctrl+A")
            self.hands.type(text)
        self.hands.press("Tab")

    def add(self, page: RecordPage[Any], **typed: str) -> None:
        """Ctrl+N, type, Ctrl+S, Esc: a new record, from the keyboard."""
        self.hands.press("Ctrl+N")
        form = page.panel.form
        assert form is not None
        self.until(lambda: form.isVisible() and not form._filling, "the form is open")
        self.fill(form, **typed)
        self.hands.press("Ctrl+S")
        self.until(lambda: page.panel.row is not None, f"{typed} is saved")
        self.hands.press("Escape")
        self.until(lambda: not page.panel.isVisible(), "the form is closed")

    def permissions(self) -> PermissionsPage:
        """Open the page of cameras and go to what is permitted at them."""
        page = self.open("cameras")
        assert isinstance(page, CamerasPage)
        wanted = [key for key, _name in TABS].index(PERMISSION)
        while page.tabs.currentIndex() < wanted:
            self.hands.press("Ctrl+Tab")
        self.until(lambda: self.holds_cursor(page.permissions), "permissions are listed")
        return page.permissions

    def wall(self) -> WallPage:
        page = self.open("wall")
        assert isinstance(page, WallPage)
        page.setFocus()
        return page

    def camera(self, page: WallPage, code: str) -> WallCamera:
        """Return what the wall knows of a camera now."""
        return next(camera for camera in page.board.cameras.values() if camera.code == code)

    def find(self, page: RecordPage[Any], code: str) -> None:
        """Filter a list by a code, go to the one row that is left, and open it."""
        self.hands.press("Ctrl+F")
        self.hands.press("Ctrl+A")
        self.hands.type(code)
        records = page.table.records

        def only_this() -> bool:
            cells = records.cells(0) if records.total == 1 else None
            return cells is not None and cells[0].text == code

        self.until(only_this, f"{code} alone is listed")
        self.hands.press("Return", "Return")
        row = records.record(0)
        assert row is not None
        self.until(lambda: page.panel.isVisible() and page.panel.row == row, f"{code} is open")

    def form(self, page: RecordPage[Any]) -> RecordForm[Any]:
        form = page.panel.form
        assert form is not None
        self.until(lambda: not form._filling, "the form is filled")
        return form

    def leave(self, page: RecordPage[Any]) -> None:
        self.hands.press("Escape")
        self.until(lambda: not page.panel.isVisible(), "the panel is closed")

    def tick(self, form: RecordForm[Any], name: str, *labels: str) -> None:
        """Tick boxes of a field."""
        for box in form.box(name).findChildren(QCheckBox):
            if box.text() in labels and not box.isChecked():
                self.go(box)
                self.hands.press("Space")

    def push(self, page: QWidget, text: str) -> None:
        """Tab to a button and press it."""
        [button] = [each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisible()]
        self.go(button)
        self.hands.press("Space")

    def choose(self, label: str) -> None:
        """Choose what to do with the record that is open: Ctrl+Enter lists what there is."""
        self.hands.press("Ctrl+Return")
        self.until(lambda: QApplication.activePopupWidget() is not None, "the acts are listed")
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        listed = [action.text() for action in menu.actions()]
        self.hands.press(*["Down"] * listed.index(label), "Return")

    def act(self, page: RecordPage[Any], label: str) -> None:
        """Do something with the record that is open, and confirm it with Enter."""
        self.choose(label)
        self.until(lambda: page.strip.asks or page.panel._strip.asks, f"{label} says what will happen")
        self.hands.press("Return")

    def name_file(self, window: QWidget, path: Path) -> None:
        """Type a path into the dialog that asks for one."""
        self.until(lambda: window.findChild(QFileDialog) is not None, "a file is asked for")
        dialog = window.findChild(QFileDialog)
        assert dialog is not None
        # There is no window manager on the test's screen that would do it.
        dialog.activateWindow()
        self.until(lambda: self.holds_cursor(dialog), "the dialog has the keyboard")
        self.hands.type(str(path))
        self.hands.press("Return")
        self.until(lambda: not isValid(dialog) or not dialog.isVisible(), "the dialog is closed")
        self.window.shell.activateWindow()
        self.until(lambda: QApplication.focusWidget() is not None, "the window has the keyboard again")

    def save_paper(self, page: QWidget, path: Path) -> None:
        """Save the paper that is shown as PDF, and close it."""
        self.until(lambda: page.findChild(Preview) is not None, "the paper is shown")
        preview = page.findChild(Preview)
        assert preview is not None
        self.until(lambda: preview.desk.count > 0, "its pages are laid out")
        self.hands.press("Ctrl+S")
        self.name_file(preview, path)
        self.until(lambda: path.exists() and path.stat().st_size > 0, "the PDF is written")

    def log_in(self, login: str, password: str) -> None:
        """Sit down at a console that somebody set up before."""
        reception = self.window.reception
        self.until(lambda: isinstance(reception.card, LogInCard), "a log-in is asked for")
        card = reception.card
        assert isinstance(card, LogInCard)
        self._enter(card.form, login, password, "")
        self.until(lambda: self.window.seat is not None and self.session.login == login, f"{login} sits down")

    def change_officer(self, login: str, password: str, new: str = "") -> None:
        """Lock the console and let another officer take over; with a temporary password, choose one's own."""
        self.hands.press("F12")
        self.until(lambda: isinstance(self.window.shell.panel, LockPanel), "the console is locked")
        panel = self.window.shell.panel
        assert isinstance(panel, LockPanel)
        self.push(panel, "Another officer…")
        self._enter(panel.form, login, password, new)
        self.until(lambda: not self.window.shell.locked and self.session.login == login, f"{login} sits down")

    def _enter(self, form: CredentialsForm, login: str, password: str, new: str) -> None:
        self.go(form.login)
        self.hands.type(login)
        self.go(form.password)
        self.hands.type(password)
        self.hands.press("Return")
        if new:
            self.until(lambda: form.asks_new, "a password of one's own is asked for")
            for field in (form.new, form.again):
                self.go(field)
                self.hands.type(new)
            self.hands.press("Return")
