"""The drawer, the page of incidents and a wall over one real room, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from console.i18n.errors import error_text
from console.kernel import AccessLevel, ConsoleError, Session, Zone
from console.services.commands import Command
from console.services.incidents import AddEntry, IncidentRow, OpenIncident
from console.services.station import Station
from console.views.incident_form import IncidentDrawer
from console.views.incidents import IncidentsPage, page
from console.views.ui import Ui
from console.views.wall_model import WallCamera
from tests.gate.room import HERE, Room
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks

NEWS = frozenset({"incident", "incident_entry", "view"})
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def open_one(room: Room, title: str, by: Session | None = None, **more: Any) -> str:
    made: str = room.run(OpenIncident(title=title, **more), by or room.officer)
    return made


def add_entry(room: Room, incident_id: str, words: str, by: Session | None = None) -> str:
    made: str = room.run(AddEntry(incident_id=incident_id, words=words), by or room.officer)
    return made


def row_of(room: Room, incident_id: str) -> IncidentRow:
    return room.station.incidents.incident(incident_id)


def wall_camera(room: Room, camera_id: str) -> WallCamera:
    row = room.station.cameras.camera(camera_id)
    return WallCamera(row.id, row.code, row.name, row.place, row.owner_type, lat=row.lat, lon=row.lon, zone=row.zone)


def level_1(room: Room, **more: Any) -> str:
    """A shop's camera that opens only while an incident nearby is open."""
    camera = room.camera(place="ถนนนครใน", zone=Zone.INSIDE, **more)
    room.permit(camera, AccessLevel.INCIDENT, radius_m=300)
    return camera


def key(widget: QWidget, code: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(widget, code, held)


def type_keys(widget: QWidget, words: str) -> None:
    """Type as a keyboard does, Thai letters too, which Qt's own helper does not know."""
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, 0, NONE, letter))


class Heard(QObject):
    """What signals said, in order."""

    def __init__(self, *signals: Any) -> None:
        super().__init__()
        self.said: list[Any] = []
        for signal in signals:
            signal.connect(self.hear)

    def hear(self, what: Any = None) -> None:
        self.said.append(what)


@dataclass
class Refusing:
    """A dispatcher that says no, or loses the answer, until it is told otherwise."""

    station: Station
    problem: ConsoleError | None = None
    after: bool = False
    """True: the command is stored and the answer lost."""

    def __post_init__(self) -> None:
        self._run = self.station.dispatcher.run
        self.station.dispatcher.run = self.run  # type: ignore[method-assign]  # a broken connection

    def run(self, cmd: Command, session: Session) -> Any:
        if self.problem is not None and not self.after:
            raise self.problem
        answer = self._run(cmd, session)
        if self.problem is not None:
            raise self.problem
        return answer

    def mend(self) -> None:
        self.problem = None

    @property
    def words(self) -> str:
        assert self.problem is not None
        return error_text(self.problem)


@dataclass
class Drawn:
    """A drawer in front of somebody."""

    drawer: IncidentDrawer
    room: Room
    ui: Ui
    tasks: InlineTasks

    def line(self, name: str) -> QLineEdit:
        assert self.drawer.form is not None
        editor = self.drawer.form.box(name).editor
        assert isinstance(editor, QLineEdit)
        return editor

    def said_at(self, name: str) -> str:
        assert self.drawer.form is not None
        return self.drawer.form.box(name).said

    def type(self, name: str, words: str) -> None:
        """Replace what stands in a field, by keys."""
        line = self.line(name)
        line.setFocus()
        line.selectAll()
        type_keys(line, words)
        if name in {"category", "priority", "zone"}:
            key(line, Qt.Key.Key_Return)

    def save(self) -> None:
        assert self.drawer.form is not None
        key(self.drawer.form, Qt.Key.Key_S, CTRL)


@contextmanager
def drawn(room: Room, session: Session | None = None) -> Iterator[Drawn]:
    tasks = InlineTasks()
    ui = ui_of(room, session or room.officer, tasks)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    drawer = IncidentDrawer(ui, room.station)
    drawer.resize(440, 720)
    drawer.show()
    try:
        yield Drawn(drawer, room, ui, tasks)
    finally:
        drawer.stop()
        drawer.close()
        drawer.deleteLater()


@dataclass
class Seated:
    """The page of incidents in front of somebody."""

    page: IncidentsPage
    room: Room
    ui: Ui
    tasks: InlineTasks

    def news(self, *kinds: str) -> None:
        """Tell the page that something was committed, as the store does a moment later."""
        self.ui.changes.changed.emit(frozenset(kinds) or NEWS)

    def cards(self) -> list[str]:
        model = self.page.board.cards
        return [str(model.data(model.index(row))) for row in range(model.rowCount())]

    def write(self, words: str) -> None:
        """Type an entry and press Enter."""
        type_keys(self.page.panel.box.typed, words)
        key(self.page.panel.box.typed, Qt.Key.Key_Return)

    def entries(self) -> list[str]:
        return [view.line.entry.words for view in self.page.panel.log.entries]


@contextmanager
def seated(room: Room, session: Session | None = None) -> Iterator[Seated]:
    tasks = InlineTasks()
    ui = ui_of(room, session or room.officer, tasks)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    made = page(ui, room.station)
    assert isinstance(made, IncidentsPage)
    made.resize(1270, 708)
    made.show()
    made.start()
    try:
        yield Seated(made, room, ui, tasks)
    finally:
        made.stop()
        made.close()
        made.deleteLater()


__all__ = [
    "CTRL",
    "HERE",
    "SHIFT",
    "Heard",
    "Refusing",
    "add_entry",
    "drawn",
    "key",
    "level_1",
    "open_one",
    "row_of",
    "seated",
    "type_keys",
    "wall_camera",
]
