"""A record page for tests: cameras of a real store, described as a feature would describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from console.i18n.dates import sort_key
from console.i18n.labels import label
from console.kernel import OwnerType, Session
from console.services.cameras import ArchiveCamera, CameraRow, ChangeCamera, RegisterCamera
from console.services.commands import Command, build
from console.services.drafts import DRAFTS
from console.services.station import Station
from console.views.record_form import RecordForm
from console.views.record_page import RecordPage
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Chip,
    Choice,
    Column,
    Day,
    Empty,
    Field,
    FormSpec,
    Hidden,
    LongText,
    Mark,
    Number,
    RecordSpec,
    Section,
    Text,
    Values,
)
from console.views.ui import Ui
from tests.gate.room import Room
from tests.shell.wall_fakes import InlineTasks, context

COLUMNS: Sequence[Column[CameraRow]] = (
    Column("code", "Code", lambda row: row.code, 8, sort=lambda row: row.code),
    Column("name", "Camera", lambda row: row.name, 0, sort=lambda row: sort_key(row.name)),
    Column("place", "Place", lambda row: row.place, 24),
    Column("owner", "Owner", lambda row: label(row.owner_type), 16, sort=lambda row: label(row.owner_type)),
    Column(
        "state",
        "State",
        lambda row: str(row.has_address),
        14,
        mark=lambda row: Mark("live", "good", "พร้อม") if row.has_address else Mark("denied", "quiet", "ไม่มีที่อยู่"),
    ),
    Column("lat", "Latitude", lambda row: "" if row.lat is None else f"{row.lat:.4f}", 9, number=True),
)
CHIPS: Sequence[Chip[CameraRow]] = (
    Chip("shop", "Shop", lambda row: row.owner_type is OwnerType.SHOP, group="owner"),
    Chip("police", "Police", lambda row: row.owner_type is OwnerType.POLICE, group="owner"),
    Chip("bare", "Without address", lambda row: not row.has_address),
)


def _stored(row: CameraRow | None) -> Values:
    if row is None:
        return {"owner_type": None}
    return {name: getattr(row, name) for name in ("code", "name", "place", "owner_type", "lat", "lon")}


def _command(values: Values, row: CameraRow | None) -> Command:
    known: Mapping[str, Any] = {name: values[name] for name in ("code", "name", "place", "owner_type", "lat", "lon")}
    if row is None:
        return build(RegisterCamera, **known)
    return build(ChangeCamera, camera_id=row.id, version=row.version, masks=row.masks, **known)


def _doubt(values: Values) -> Mapping[str, str]:
    lat = values.get("lat")
    return {"lat": "These coordinates lie outside Thailand."} if lat is not None and not 5 <= lat <= 21 else {}


FORM: FormSpec[CameraRow] = FormSpec(
    title=lambda row: "New camera" if row is None else row.name,
    sections=(
        Section(
            "Camera",
            (
                Field("code", "Code", Text(32), required=True, hint="As it stands on the sticker"),
                Field("name", "Camera", Text(200), required=True),
                Field("owner_type", "Owner", Choice(lambda: {kind: label(kind) for kind in OwnerType}), required=True),
            ),
        ),
        Section(
            "Place",
            (
                Field("place", "Place", LongText(300)),
                Field("lat", "Latitude", Number(-90, 90, 6, "°")),
                Field("lon", "Longitude", Number(-180, 180, 6, "°"), shown=lambda values: values["lat"] is not None),
                Field("since", "Since", Day()),
            ),
        ),
        Section("Connection", (Field("password", "Password", Hidden()),)),
    ),
    stored=_stored,
    command=_command,
    doubt=_doubt,
)


def acts() -> Sequence[Act[CameraRow]]:
    def archive(row: CameraRow, reason: str) -> Command:
        del reason
        return ArchiveCamera(camera_id=row.id, version=row.version)

    return (
        Act(
            "archive",
            "Archive",
            "strike",
            can=lambda row: not row.archived,
            command=archive,
            warning=lambda row: f"{row.name}: the address is destroyed.",
            reason="Reason",
            done=lambda row, _answer: f"{row.name} is archived.",
        ),
    )


def spec_of(station: Station, **changes: Any) -> RecordSpec[CameraRow]:
    made: RecordSpec[CameraRow] = RecordSpec(
        kind="camera",
        title="Cameras",
        source=Shelf(station.cameras.cameras, COLUMNS, CHIPS),
        columns=COLUMNS,
        empty=Empty("No camera yet", "Cameras of the station stand here.", "Register the first camera"),
        watch=frozenset({"camera"}),
        form=FORM,
        may_add=True,
        may_change=True,
        new="New camera",
        chips=CHIPS,
        acts=acts(),
        sort="code",
        summary=lambda: "3 registered · 2 linked · 1 online",
    )
    return replace(made, **changes)


@dataclass
class Seat:
    """A page in front of somebody, with what stands behind it in reach."""

    page: RecordPage[CameraRow]
    room: Room
    tasks: InlineTasks

    @property
    def form(self) -> RecordForm[CameraRow]:
        assert self.page.panel.form is not None
        return self.page.panel.form

    def line(self, name: str) -> QLineEdit:
        editor = self.form.box(name).editor
        assert isinstance(editor, QLineEdit)
        return editor

    def codes(self) -> list[str]:
        """What the table shows, from the first row on."""
        model = self.page.table.records
        return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]

    def type(self, words: str) -> None:
        """Type into the filter and let the pause after typing pass."""
        self.page.filter.box.setText(words)
        self.page._ask()


@contextmanager
def seated(room: Room, **changes: Any) -> Iterator[Seat]:
    """A page of this room, shown and started; `ui` and `size` may be given, the rest goes to the description."""
    tasks = InlineTasks()
    ui = changes.pop("ui", None) or ui_of(room, tasks=tasks)
    size = changes.pop("size", (1270, 720))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    page = RecordPage(ui, room.station, spec_of(room.station, **changes))
    page.resize(*size)
    page.show()
    QTest.qWaitForWindowActive(page)
    page.start()
    try:
        yield Seat(page, room, tasks)
    finally:
        page.stop()
        page.close()
        page.deleteLater()


def furnish(room: Room, count: int = 5) -> list[str]:
    """Register cameras, shops' and the police's in turn."""
    return [room.camera(owner=OwnerType.POLICE if n % 2 else OwnerType.SHOP, place=f"ถนน {n}") for n in range(count)]


def open_first(seat: Seat) -> None:
    """Open the first row of the table, as Enter does."""
    seat.page.table.select_row(0)
    press(seat.page.table, Qt.Key.Key_Return)


def change(room: Room, camera: str, **values: Any) -> None:
    """Somebody else changes a camera."""
    row = room.station.cameras.camera(camera)
    facts = {name: getattr(row, name) for name in ("code", "name", "place", "owner_type", "lat", "lon")} | values
    room.run(ChangeCamera(camera_id=camera, version=row.version, **facts), room.registrar)


def kept(room: Room) -> list[str]:
    """The drafts on the disk, as they stand there."""
    folder = room.data_dir / DRAFTS
    return [path.read_text("utf-8") for path in folder.glob("*.json")] if folder.exists() else []


def press(widget: QWidget, key: Qt.Key, *, ctrl: bool = False, alt: bool = False) -> None:
    held = Qt.KeyboardModifier.NoModifier
    if ctrl:
        held = Qt.KeyboardModifier.ControlModifier
    if alt:
        held = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(widget, key, held)


def ui_of(room: Room, session: Session | None = None, tasks: InlineTasks | None = None, theme: str = "dark") -> Ui:
    """The context of a page over this room."""
    made = context(tasks, theme=theme)
    return replace(made, session=session or room.chief, clock=room.clock)
