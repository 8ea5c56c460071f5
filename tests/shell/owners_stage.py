"""The register of owners for tests, in front of somebody, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit

from console.i18n import plain
from console.kernel import OwnerType, Party, Session
from console.services.commands import build
from console.services.owners import OwnerLine, RegisterOwner
from console.views.act_panel import ActPanel
from console.views.owners import OwnersPage
from console.views.photos import LargePhoto
from console.views.record_choice import ChoiceBox
from console.views.record_form import RecordForm
from tests.gate.room import Room
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks

HOME: dict[str, Any] = {"party": Party.PERSON, "owner_type": OwnerType.HOME, "name": "นางสมมติ ใจดี"}


@dataclass
class Seat:
    """The page in front of somebody."""

    room: Room
    page: OwnersPage
    tasks: InlineTasks

    def cells(self, key: str) -> list[str]:
        model = self.page.table.records
        number = [column.key for column in model.columns].index(key)
        return [str(model.data(model.index(row, number))) for row in range(model.rowCount())]

    def open(self, owner_id: str) -> OwnerLine:
        self.page.select(owner_id)
        row = self.page.panel.row
        assert row is not None
        return row

    @property
    def form(self) -> RecordForm[Any]:
        """The form over the page, or the one in its panel."""
        form = self.page.panel.form if self.page.act_panel is None else self.page.act_panel.form
        assert form is not None
        return form

    def sheet(self) -> ActPanel[Any] | None:
        """The form that lies over the page now."""
        return self.page.act_panel

    def large(self) -> LargePhoto | None:
        return self.page.photo

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            editor = self.form.box(name).editor
            if isinstance(editor, ChoiceBox):
                editor.set_raw(text)
            elif isinstance(editor, QLineEdit):
                editor.setText(text)
            else:
                self.form.box(name).set_raw(text)

    def said(self, field: str) -> str:
        return plain(self.form.box(field).said)

    @property
    def strip(self) -> str:
        return plain(self.page.strip.said)


@contextmanager
def seated(room: Room, session: Session | None = None) -> Iterator[Seat]:
    tasks = InlineTasks()
    ui = ui_of(room, session or room.registrar, tasks)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    made = OwnersPage(ui, room.station)
    made.resize(1270, 720)
    made.show()
    made.start()
    try:
        yield Seat(room, made, tasks)
    finally:
        made.stop()
        made.close()
        made.deleteLater()


def registered(room: Room, **fields: Any) -> str:
    made: str = room.run(build(RegisterOwner, **HOME | fields), room.registrar)
    return made


def photo_file(folder: Path, name: str = "photo.jpg", size: tuple[int, int] = (640, 480)) -> Path:
    """A real picture, in the format of its name."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    path = folder / name
    assert image.save(str(path))
    return path
