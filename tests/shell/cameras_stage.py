"""The page of cameras for tests, in front of somebody, over a real store and the real gate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QApplication, QLineEdit

from console.i18n import plain
from console.kernel import OwnerType, Session
from console.services.camera_register import CameraEntry
from console.services.cameras import RegisterCamera
from console.views.cameras import CameraList, CamerasPage, page
from console.views.page import Page
from console.views.record_choice import ChoiceBox
from console.views.record_spec import Act
from tests.gate.room import Room
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks


@dataclass
class Seat:
    """The page in front of somebody."""

    room: Room
    page: CamerasPage
    tasks: InlineTasks

    @property
    def register(self) -> CameraList:
        return self.page.cameras

    def codes(self) -> list[str]:
        model = self.register.table.records
        return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]

    def cell(self, row: int, key: str) -> str:
        model = self.register.table.records
        number = [column.key for column in model.columns].index(key)
        return str(model.data(model.index(row, number)))

    def open(self, camera_id: str) -> CameraEntry:
        self.register.select(camera_id)
        row = self.register.panel.row
        assert row is not None
        return row

    def write(self, **texts: str) -> None:
        form = self.register.panel.form
        assert form is not None
        for name, text in texts.items():
            editor = form.box(name).editor
            if isinstance(editor, ChoiceBox):
                editor.set_raw(text)
            else:
                assert isinstance(editor, QLineEdit)
                editor.setText(text)

    def save(self) -> None:
        self.register.panel.save()

    def said(self, field: str) -> str:
        form = self.register.panel.form
        assert form is not None
        return plain(form.box(field).said)

    def act(self, key: str) -> Act[CameraEntry]:
        return next(act for act in self.register.spec.acts if act.key == key)

    def acts(self) -> list[str]:
        row = self.register.panel.row
        assert row is not None
        return [act.key for act in self.register.spec.acts if act.can(row)]

    def do(self, key: str) -> None:
        """Press the button of an act, and its verb again where it warns."""
        row = self.register.panel.row
        assert row is not None
        self.register.panel.run_act(self.act(key), row)
        if self.register.panel._strip.asks:
            self.register.panel._strip._answer(0)

    @property
    def strip(self) -> str:
        return plain(self.register.strip.said)


@contextmanager
def seated(room: Room, session: Session | None = None) -> Iterator[Seat]:
    tasks = InlineTasks()
    ui = ui_of(room, session, tasks)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    made: Page = page(ui, room.station, room.feeds)
    assert isinstance(made, CamerasPage)
    made.resize(1270, 720)
    made.show()
    made.start()
    try:
        yield Seat(room, made, tasks)
    finally:
        made.stop()
        made.close()
        made.deleteLater()


def registered(room: Room, code: str, **more: Any) -> str:
    fields: dict[str, Any] = {"name": f"กล้อง {code}", "owner_type": OwnerType.SHOP} | more
    made: str = room.run(RegisterCamera(code=code, **fields), room.registrar)
    return made
