"""Masks drawn on a camera's picture, by mouse and by keyboard, over a real store and the real gate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from console.i18n import plain
from console.kernel import (
    ConsoleError,
    EndReason,
    Purpose,
    Role,
    Session,
    StreamFacts,
    TileState,
    ViewKind,
)
from console.masking import Mask
from console.services.cameras import CameraRow, ChangeMasks
from console.services.feeds import LiveFeed
from console.video.frames import Picture
from console.views.mask_draft import MaskDraft
from console.views.mask_editor import MaskEditor
from console.views.ui import UNEXPECTED
from console.views.wall_board import Board
from console.views.wall_desk import ServiceDesk
from console.views.wall_panel import Card
from console.views.wall_words import Show
from tests.fakes import FakeStream
from tests.gate.room import Room
from tests.shell.cameras_stage import Seat, seated
from tests.shell.record_stage import ui_of

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]

STORED = Mask.rectangle(0, 0, 200, 200)
FACTS = StreamFacts("h264", 640, 480, 15.0, "tcp")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _painted_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stream shows a picture of four thirds, white from edge to edge."""

    def picture(stream: FakeStream) -> Picture | None:
        if not stream.has_right():
            return None
        words = memoryview(bytearray(8)).cast("Q")
        return Picture(
            memoryview(b"\xff" * (64 * 48 * 4)), 64, 48, 256, 1, stream._engine.clock.monotonic(), 1, words, 0, 0
        )

    monkeypatch.setattr(FakeStream, "picture", picture)


@contextmanager
def drawing(room: Room, camera: str, session: Session | None = None) -> Iterator[tuple[Seat, MaskEditor]]:
    """Open the sheet of a camera's masks by its act."""
    with seated(room, session or room.chief) as seat:
        seat.open(camera)
        seat.do("masks")
        assert seat.page.masking is not None
        yield seat, seat.page.masking


def live(room: Room, sheet: MaskEditor) -> LiveFeed:
    assert sheet.feed is not None
    room.stream(sheet.feed).tell(TileState.LIVE, facts=FACTS)
    sheet.tick()
    sheet.canvas.grab()
    return sheet.feed


def at(sheet: MaskEditor, *point: int) -> QPoint:
    return sheet.canvas.place_of((point[0], point[1])).toPoint()


def drag(sheet: MaskEditor, start: tuple[int, int], end: tuple[int, int]) -> None:
    canvas = sheet.canvas
    QTest.mousePress(canvas, LEFT, pos=at(sheet, *start))
    for place in (at(sheet, *start) + QPoint(30, 30), at(sheet, *end)):
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, LEFT, pos=at(sheet, *end))


def stored(room: Room, camera: str) -> CameraRow:
    return room.station.cameras.camera(camera)


def close_to(mask: Mask, *corners: tuple[int, int]) -> bool:
    pairs = zip(mask.corners, corners, strict=True)
    return all(abs(one[axis] - other[axis]) <= 3 for one, other in pairs for axis in (0, 1))


def test_masks_are_drawn_on_the_picture_and_the_view_begins_anew_with_them(room: Room) -> None:
    camera = room.shop()
    with drawing(room, camera, room.officer) as (_seat, sheet):
        feed = live(room, sheet)
        assert (feed.opened.request.purpose, feed.opened.request.kind) == (Purpose.SETUP, ViewKind.FOCUS)
        assert sheet.canvas.shown.words.show is Show.PICTURE
        assert sheet.canvas.shown.lines[0] == room.officer.display_name
        assert not sheet.open_button.isVisible()
        drag(sheet, (100, 100), (400, 300))
        for point in ((600, 600), (900, 600), (700, 900)):
            QTest.mouseClick(sheet.canvas, LEFT, pos=at(sheet, *point))
        assert not sheet.save_button.isEnabled()
        QTest.keyClick(sheet, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert "Close the shape first" in plain(sheet.strip.said)
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Return)
        rectangle, triangle = sheet.canvas.draft.masks
        assert close_to(rectangle, *Mask.rectangle(100, 100, 400, 300).corners)
        assert close_to(triangle, (600, 600), (900, 600), (700, 900))
        assert [plain(sheet.list.item(row).text()) for row in range(2)] == [
            "1 · rectangle · 6.0 % · not saved",
            "2 · 3 corners · 4.6 % · not saved",
        ]
        QTest.keyClick(sheet, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert stored(room, camera).masks == (rectangle, triangle)
        assert feed.ending is not None
        assert feed.ending.reason is EndReason.REPLACED
        sheet.tick()
        again = live(room, sheet)
        assert again is not feed
        assert room.stream(again).grants[0].masks == (rectangle, triangle)
        assert not sheet.dirty
        assert "nobody sees" in plain(sheet.strip.said)
    assert again.ending is not None
    assert len(room.rows("view.opened")) == 2


def test_by_keyboard_a_mask_is_added_moved_undone_and_taken_off(room: Room) -> None:
    camera = room.shop()
    with drawing(room, camera) as (_seat, sheet):
        sheet.add_button.click()
        for key, held in ((Qt.Key.Key_Right, False), (Qt.Key.Key_Down, True), (Qt.Key.Key_Tab, False)):
            QTest.keyClick(sheet.canvas, key, Qt.KeyboardModifier.ShiftModifier if held else Qt.KeyboardModifier(0))
        assert sheet.canvas.draft.masks == [Mask.rectangle(352, 370, 652, 670)]
        assert (sheet.canvas.draft.selected, sheet.canvas.draft.corner) == (0, 0)
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
        assert sheet.canvas.draft.masks[0].corners[0] == (352, 350)
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert sheet.canvas.draft.masks == [Mask.rectangle(352, 370, 652, 670)]
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Tab)
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Delete)
        assert sheet.canvas.draft.masks == []
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        sheet.list.setCurrentRow(0)
        sheet.remove_button.click()
        assert not sheet.dirty


def test_a_corner_is_dragged_and_undone_as_one_step(room: Room) -> None:
    with drawing(room, room.shop()) as (_seat, sheet):
        sheet.canvas.draft.add(STORED)
        drag(sheet, (200, 200), (400, 500))
        assert close_to(sheet.canvas.draft.masks[0], (0, 0), (200, 0), (400, 500), (0, 200))
        assert sheet.canvas.draft.undo()
        assert sheet.canvas.draft.masks == [STORED]


def test_a_stored_mask_stays_for_everybody_but_the_superintendent(room: Room) -> None:
    camera = room.shop()
    room.run(ChangeMasks(camera_id=camera, version=stored(room, camera).version, masks=(STORED,)), room.officer)
    with drawing(room, camera, room.lead) as (_seat, sheet):
        assert sheet.rule.isVisible()
        QTest.mouseClick(sheet.canvas, LEFT, pos=at(sheet, 100, 100))
        assert sheet.canvas.draft.selected == 0
        for key in (Qt.Key.Key_Delete, Qt.Key.Key_Right):
            QTest.keyClick(sheet.canvas, key)
            assert "superintendent" in plain(sheet.strip.said)
        drag(sheet, (200, 200), (600, 600))
        assert sheet.canvas.draft.masks[0] == STORED
        assert len(sheet.canvas.draft.masks) == 2
    with drawing(room, camera) as (_seat, sheet):
        assert not sheet.rule.isVisible()
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Tab)
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Delete)
        sheet.save()
    assert stored(room, camera).masks == ()


def test_what_another_console_stored_meanwhile_is_kept_beside_what_is_drawn(room: Room) -> None:
    camera = room.shop()
    with drawing(room, camera) as (_seat, sheet):
        drag(sheet, (500, 500), (900, 900))
        (drawn,) = sheet.canvas.draft.masks
        room.run(ChangeMasks(camera_id=camera, version=stored(room, camera).version, masks=(STORED,)), room.officer)
        sheet._hear(frozenset({"camera"}))
        sheet.save()
        assert "meanwhile" in plain(sheet.strip.said)
        assert stored(room, camera).masks == (STORED,)
        assert sheet.canvas.draft.masks == [STORED, drawn]
        sheet.save()
    assert stored(room, camera).masks == (STORED, drawn)


def test_without_a_picture_the_outlines_stand_on_grey_in_the_known_shape(room: Room) -> None:
    camera = room.shop()
    room.engine.facts_at_once = FACTS
    room.feeds.probe(room.registrar, camera)
    room.feeds.keep()
    room.pause(camera)
    with drawing(room, camera) as (_seat, sheet):
        sheet.canvas.grab()
        assert sheet.feed is None
        assert "paused" in plain(sheet.state.said)
        assert sheet.canvas.target.width() * 3 == pytest.approx(sheet.canvas.target.height() * 4, abs=4)
        drag(sheet, (100, 100), (400, 300))
        sheet.save()
        assert len(stored(room, camera).masks) == 1
        assert sheet.open_button.isVisible()
        sheet.open_button.click()
        assert sheet.feed is None


def test_what_could_not_be_asked_for_is_not_said_to_be_connecting(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_request: object) -> None:
        raise ConsoleError(UNEXPECTED)

    monkeypatch.setattr(room.feeds, "open", fail)
    with drawing(room, room.shop()) as (_seat, sheet):
        assert "Connecting" not in plain(sheet.state.said)
        assert sheet.state.said
        assert sheet.open_button.isVisible()
        monkeypatch.undo()
        sheet.open_button.click()
        assert sheet.feed is not None


def test_leaving_asks_about_what_is_not_saved(room: Room) -> None:
    camera = room.shop()
    with drawing(room, camera) as (seat, sheet):
        feed = live(room, sheet)
        assert not seat.page.tabs.isEnabled()
        seat.page.hide()
        assert feed.ending is not None
        seat.page.show()
        again = live(room, sheet)
        QTest.mouseClick(sheet.canvas, LEFT, pos=at(sheet, 500, 500))
        QTest.keyClick(sheet.canvas, Qt.Key.Key_Escape)
        assert not sheet.canvas.draft.drawing
        sheet.add_button.click()
        seat.page.go_to(camera)
        assert "not saved" in plain(sheet.strip.said)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        assert sheet.strip.isHidden()
        assert sheet.isVisible()
        sheet.leave()
        sheet.strip._answer(1)
        assert seat.page.masking is None
        assert again.ending is not None
        assert seat.page.tabs.isEnabled()
    assert stored(room, camera).masks == ()


def test_who_sees_no_pictures_has_no_sheet_but_reads_how_much_is_covered(room: Room) -> None:
    camera = room.shop()
    room.run(ChangeMasks(camera_id=camera, version=stored(room, camera).version, masks=(STORED,)), room.officer)
    with seated(room, room.log_in(Role.CAMERA_REGISTRAR)) as seat:
        entry = seat.open(camera)
        assert "masks" not in seat.acts()
        form = seat.register.panel.form
        assert form is not None
        editor = form.box("masked").editor
        assert isinstance(editor, QLineEdit)
        assert plain(editor.text()) == "1, covering 4.0 % of the picture"
        seat.write(name="ใหม่")
        seat.save()
    assert stored(room, camera) == replace(entry.camera, version=entry.version + 1, name="ใหม่")


def test_the_wall_says_in_words_that_parts_are_covered(room: Room) -> None:
    camera, bare = room.own_camera(), room.own_camera()
    room.run(ChangeMasks(camera_id=camera, version=stored(room, camera).version, masks=(STORED,)), room.officer)
    board = Board(ui_of(room, room.officer), ServiceDesk(room.station, room.feeds, room.officer))
    card = Card(board)
    try:
        board.restore()
        for camera_id, covered in ((camera, True), (bare, False)):
            board.place(0, camera_id)
            assert ("Parts of the picture are covered" in plain(card._grid.text())) is covered
    finally:
        board.stop()
        card.deleteLater()


def test_a_draft_knows_its_limits() -> None:
    draft = MaskDraft()
    assert not draft.add_rectangle((10, 10), (12, 500))
    assert not draft.close()
    for number in range(16):
        assert draft.add_rectangle((0, 0), (500, 100 + number))
    assert not draft.add_in_the_middle()
    assert not draft.put((1, 1))
    draft = MaskDraft()
    for number in range(32):
        assert draft.put((number, number % 2))
    assert not draft.put((500, 500))
    assert draft.close()
    draft.select(0)
    assert draft.move((-50, 2000))
    assert min(x for x, _y in draft.masks[0].corners) == 0
    assert max(y for _x, y in draft.masks[0].corners) == 1000
