"""Looking closer: what lies under the pointer stays there, no pixel is distorted, and the words stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest

from console.kernel import Fault, PixelSize, Purpose, TileState
from console.views.wall_canvas import LARGEST
from console.views.wall_keys import Act
from console.views.wall_layouts import layout_of
from console.views.wall_model import PurposeChoice
from console.views.wall_zoom import MOST, WHOLE, Zoom
from tests.shell.conftest import Wall
from tests.shell.wall_fakes import INCIDENTS, FakeFeed, FakeStatus, hours_denied, painted

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
"""The offscreen platform says this at every window."""

MakeWall = Callable[..., Wall]


def one(make_wall: MakeWall, number: int = 1, layout: int = 9) -> tuple[Wall, FakeFeed]:
    """A wall with one camera, live on its first tile."""
    wall = make_wall(layout=layout, count=0)
    wall.board.choose(PurposeChoice(Purpose.INCIDENT, INCIDENTS[0]))
    wall.board.place(0, f"camera-{number}")
    wall.tick()
    return wall, wall.desk.feed_of(f"camera-{number}")


def target(wall: Wall, index: int = 0) -> QRect:
    return wall.page.canvas._by_index[index].target


def zoom(wall: Wall, index: int = 0) -> Zoom:
    return wall.page.canvas._by_index[index].zoom


def turn_wheel(wall: Wall, at: QPoint, notches: int) -> None:
    canvas = wall.page.canvas
    where = QPointF(at)
    canvas.wheelEvent(
        QWheelEvent(
            where,
            canvas.mapToGlobal(where),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
    )


def screen(wall: Wall, index: int = 0) -> QImage:
    shown = wall.page.canvas.grab().toImage().copy(target(wall, index))
    return shown.convertToFormat(QImage.Format.Format_RGB32)


def test_what_lies_under_the_pointer_stays_there() -> None:
    at = QPointF(0.8, 0.25)
    before = Zoom("c", 2.0, 0.3, 0.1)
    after = before.by(1.5, at)
    for name, share in (("left", at.x()), ("top", at.y())):
        assert getattr(after, name) + share / after.factor == pytest.approx(getattr(before, name) + share / 2.0)
    assert before.by(1 / 1.5, QPointF(1.0, 1.0)).by(1 / 1.5) == Zoom("c"), "nothing lies beyond the edge"
    assert before.by(100.0).factor == MOST
    assert before.moved(5.0, -5.0) == Zoom("c", 2.0, 0.5, 0.0)
    assert WHOLE.moved(1.0, 1.0) == WHOLE


def test_the_visible_part_keeps_its_shape_and_lies_on_whole_pixels_where_it_can() -> None:
    close = Zoom("c", 2.0, 0.1003, 0.2)
    part = close.part(QSize(960, 540), QSize(480, 270))
    assert (part.x(), part.y(), part.width(), part.height()) == (96, 108, 480, 270)
    part = close.part(QSize(640, 360), QSize(480, 270))
    assert (part.width(), part.height()) == (320, 180)


def test_the_wheel_zooms_and_the_view_follows_once_it_rests(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    whole = feed.sizes[-1]
    turn_wheel(wall, target(wall).center(), 3)
    assert zoom(wall).factor == pytest.approx(2.0)
    assert feed.sizes[-1] == whole, "the running picture is enough while the wheel turns"
    wall.page.canvas.settle()
    assert feed.sizes[-1] == PixelSize(whole.width * 2, whole.height * 2)
    middle = QRect(target(wall).center() - target(wall).topLeft(), QSize(whole.width, whole.height))
    expected = painted(feed.sizes[-1], feed.hue).copy(middle)
    plate = QRect(target(wall).width() - 90, 0, 90, 40)
    assert _same(screen(wall), expected, but=plate), "one pixel of the picture is one of the screen"
    turn_wheel(wall, target(wall).center(), 20)
    wall.page.canvas.settle()
    assert zoom(wall).factor == MOST
    assert feed.sizes[-1].width <= LARGEST.width
    assert feed.sizes[-1].height <= LARGEST.height
    turn_wheel(wall, target(wall).center(), -30)
    wall.page.canvas.settle()
    assert feed.sizes[-1] == whole
    assert screen(wall) == painted(whole, feed.hue), "as if nothing had been"


def _same(shown: QImage, expected: QImage, but: QRect) -> bool:
    points = [(x, y) for x in range(0, shown.width(), 3) for y in range(0, shown.height(), 3)]
    return all(shown.pixel(x, y) == expected.pixel(x, y) for x, y in points if not but.contains(x, y))


def test_dragging_moves_the_enlarged_picture_with_the_hand(make_wall: MakeWall) -> None:
    wall, _feed = one(make_wall)
    canvas, start = wall.page.canvas, target(wall).center()
    turn_wheel(wall, start, 6)
    before = zoom(wall)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(-40, 0))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(-40, 0))
    assert zoom(wall).left == pytest.approx(before.left + 40 / target(wall).width() / 4)
    assert wall.board.cells[0].camera is not None, "no tile was carried away"
    moved = zoom(wall)
    QTest.mouseMove(canvas, start)
    assert zoom(wall) == moved


def test_keys_look_closer_and_back(make_wall: MakeWall) -> None:
    wall, _feed = one(make_wall)
    canvas = wall.page.canvas
    wall.board.toggle_focus()
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert zoom(wall).words == "2.0×"
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert zoom(wall).left == pytest.approx(0.175)
    assert zoom(wall).top == pytest.approx(0.175)
    wall.page.act(Act.ZOOM_OUT)
    assert zoom(wall).words == "1.4×"
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert zoom(wall).factor == 1.0
    wall.page.act(Act.ZOOM_IN)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert zoom(wall).factor == 1.0
    assert wall.board.focused == 0, "one step at a time"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert wall.board.focused is None


def test_it_belongs_to_the_camera_on_the_tile(make_wall: MakeWall) -> None:
    wall, _feed = one(make_wall)
    wall.page.act(Act.ZOOM_IN)
    wall.board.swap(0, 3)
    assert zoom(wall, 3).factor > 1.0
    assert zoom(wall, 0).factor == 1.0
    wall.board.set_layout(layout_of(4))
    assert zoom(wall, 3).factor > 1.0
    wall.board.place(3, "camera-2")
    assert zoom(wall, 3).factor == 1.0
    wall.board.place(3, "camera-1")
    assert zoom(wall, 3).factor == 1.0
    wall.board.select(3)
    wall.tick()
    wall.page.act(Act.ZOOM_IN)
    wall.board.cells[3].camera = wall.board.cameras["camera-4"]
    wall.board.cells_changed.emit((3,))
    assert zoom(wall, 3).factor == 1.0, "whoever puts another camera there"


def test_name_and_time_stay_on_the_visible_part_of_a_private_picture(make_wall: MakeWall) -> None:
    wall, _feed = one(make_wall, number=0)
    tile = wall.page.canvas._by_index[0]
    assert tile.overlay is not None
    before = tile.overlay.points
    turn_wheel(wall, target(wall).topLeft() + QPoint(5, 5), 6)
    wall.tick()
    assert tile.overlay is not None
    assert tile.overlay.points == before
    assert all(tile.target.contains(point) for point in before)


def test_without_a_picture_there_is_nothing_to_look_closer_at(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.status = FakeStatus(TileState.DENIED, deny=hours_denied())
    wall.tick()
    turn_wheel(wall, target(wall).center(), 3)
    wall.page.act(Act.ZOOM_IN)
    assert zoom(wall).factor == 1.0
    feed.status = FakeStatus(TileState.STALE, Fault.FROZEN, age_s=4.2)
    wall.tick()
    wall.page.act(Act.ZOOM_IN)
    image = screen(wall)
    colours = [image.pixelColor(10 + 9 * step, 30) for step in range(12)]
    assert all(abs(colour.red() - colour.blue()) <= 4 for colour in colours), "old pictures stay grey"
