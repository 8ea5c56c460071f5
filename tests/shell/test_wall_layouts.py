"""How the wall is divided: geometry, keys, the list with its pictures, and the canvas that paints it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDrag, QDropEvent
from PySide6.QtTest import QTest

from console.kernel import Purpose
from console.views.wall_canvas import CAMERA_MIME, TILE_MIME
from console.views.wall_keys import Act
from console.views.wall_layouts import CELLS, LAYOUTS, Layout, large_enough, layout_named
from console.views.wall_model import PlaceCamera, PurposeChoice
from tests.shell.conftest import Wall
from tests.shell.wall_fakes import INCIDENTS

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MakeWall = Callable[..., Wall]
MIXED = ("1+5", "1+7", "1+12")


def named(key: str) -> Layout:
    found = layout_named(key)
    assert found is not None
    return found


def frames(wall: Wall) -> list[QRect]:
    return [tile.frame for tile in wall.page.canvas._tiles]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.key)
def test_cells_fill_the_grid_and_never_overlap(layout: Layout) -> None:
    fields = [
        (column, row)
        for box in layout.cells
        for column in range(box.column, box.right)
        for row in range(box.row, box.bottom)
    ]
    assert sorted(fields) == sorted((column, row) for column in range(layout.side) for row in range(layout.side))
    assert layout.count == sum(int(part) for part in layout.key.split("+"))


def test_where_the_large_tiles_lie() -> None:
    assert [(box.column, box.row, box.span) for box in (named(key).cells[0] for key in MIXED)] == [
        (0, 0, 2),
        (0, 0, 3),
        (1, 1, 2),
    ]
    assert CELLS == 100


@pytest.mark.parametrize(
    ("key", "start", "way", "reached"),
    [
        ("9", 4, (1, 0), 5),
        ("9", 5, (1, 0), None),
        ("1+5", 0, (1, 0), 1),
        ("1+5", 0, (0, 1), 3),
        ("1+5", 2, (-1, 0), 0),
        ("1+5", 5, (0, -1), 2),
        ("1+7", 3, (-1, 0), 0),
        ("1+12", 0, (0, -1), 2),
        ("1+12", 5, (1, 0), 0),
        ("1+12", 0, (0, 1), 10),
    ],
)
def test_arrows_go_to_what_lies_beside(key: str, start: int, way: tuple[int, int], reached: int | None) -> None:
    assert named(key).neighbour(start, *way) == reached


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.key)
def test_every_cell_is_reached_by_arrows(layout: Layout) -> None:
    seen, ahead = {0}, [0]
    while ahead:
        here = ahead.pop()
        beside = {layout.neighbour(here, *way) for way in ((1, 0), (-1, 0), (0, 1), (0, -1))} - {None} - seen
        seen |= {at for at in beside if at is not None}
        ahead += [at for at in beside if at is not None]
    assert len(seen) == layout.count


def test_a_camera_beyond_the_layout_takes_the_next_square() -> None:
    assert large_enough(named("1+5"), 5).key == "1+5"
    assert large_enough(named("1+5"), 6).key == "9"
    assert large_enough(named("64"), 70).key == "100"


@pytest.mark.parametrize("key", MIXED)
def test_the_large_tile_is_as_large_as_it_says(make_wall: MakeWall, key: str) -> None:
    wall = make_wall(layout=key, count=13)
    layout = named(key)
    assert wall.board.layout is layout
    lie = frames(wall)
    assert len(lie) == layout.count
    assert not any(one.intersects(other) for at, one in enumerate(lie) for other in lie[:at])
    small, span = lie[-1], layout.cells[0].span
    assert abs(lie[0].width() - span * small.width()) <= span
    assert abs(lie[0].height() - span * small.height()) <= span
    wall.page.act(Act.FOCUS)
    assert len(frames(wall)) == 1
    assert frames(wall)[0].width() > lie[0].width()


def test_a_hundred_tiles_are_kept_for_the_next_start(make_wall: MakeWall) -> None:
    wall = make_wall(layout="100", count=100)
    assert len(frames(wall)) == 100
    wall.board.swap(0, 99)
    assert wall.desk.writes[-1].layout == "100"
    assert wall.desk.writes[-1].cells[99] == "camera-0"


class Drop(QDropEvent):
    """What is let go over a canvas, and the widget that the pointer took it from."""

    def __init__(self, middle: QPointF, data: QMimeData, source: QObject | None) -> None:
        buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        super().__init__(middle, Qt.DropAction.MoveAction, data, buttons, none)
        self._source = source

    def source(self) -> QObject | None:  # type: ignore[override]  # Qt's own is declared to be there always
        return self._source


def drop(wall: Wall, index: int, *, camera: str, tile: int | None = None, source: QObject | None = None) -> None:
    """Let a camera go over a tile: one of the list, or one that stands on a tile of `source`."""
    data = QMimeData()
    data.setData(CAMERA_MIME, QByteArray(camera.encode()))
    if tile is not None:
        data.setData(TILE_MIME, QByteArray(str(tile).encode()))
    middle = QPointF(next(tile.frame for tile in wall.page.canvas._tiles if tile.index == index).center())
    wall.page.canvas.dropEvent(Drop(middle, data, source))


@pytest.mark.parametrize("key", MIXED)
def test_dragging_into_and_between_unequal_tiles(make_wall: MakeWall, key: str) -> None:
    wall = make_wall(layout=key, count=3)
    wall.board.choose(PurposeChoice(Purpose.INCIDENT, INCIDENTS[0]))
    calls = len(wall.desk.calls)
    drop(wall, 2, camera="camera-0", tile=0, source=wall.page.canvas)
    assert [cell.camera and cell.camera.id for cell in wall.board.cells[:3]] == ["camera-2", "camera-1", "camera-0"]
    assert len(wall.desk.calls) == calls, "running views move along"
    assert wall.desk.feed_of("camera-0").sizes[-1] == wall.board.cells[2].size
    drop(wall, 5, camera="camera-20")
    assert wall.board.selected == 5
    assert wall.desk.feed_of("camera-20").ask.size == wall.board.cells[5].size


def test_a_tile_of_the_other_window_brings_its_camera(make_wall: MakeWall) -> None:
    wall = make_wall(layout="9", count=3)
    other = QObject()
    drop(wall, 1, camera="camera-20", tile=2, source=other)
    drop(wall, 5, camera="camera-0", tile=7, source=other)
    there = [cell.camera and cell.camera.id for cell in wall.board.cells[:6]]
    assert there == [None, "camera-20", "camera-2", None, None, "camera-0"], "its number there is another tile here"


def test_what_is_dragged_from_a_tile_names_its_camera(make_wall: MakeWall, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[dict[str, str]] = []

    def carry(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        data = drag.mimeData()
        taken.append({name: bytes(data.data(name).data()).decode() for name in data.formats()})
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", carry)
    canvas = make_wall(layout="9", count=3).page.canvas
    start = canvas._tiles[1].frame.center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(60, 0))
    assert taken == [{TILE_MIME: "1", CAMERA_MIME: "camera-1"}]


def test_a_camera_dropped_on_an_enlarged_tile_takes_its_place(make_wall: MakeWall) -> None:
    wall = make_wall(layout="1+5", count=3)
    wall.board.select(1)
    wall.page.act(Act.FOCUS)
    drop(wall, 1, camera="camera-10")
    assert wall.board.cells[1].camera == wall.board.cameras["camera-10"]
    assert list(wall.board.visible()) == [1]


def test_somebody_elses_camera_grows_the_wall_only_if_it_must(make_wall: MakeWall) -> None:
    wall = make_wall(layout="1+5", count=6)
    wall.board.show_camera(PlaceCamera("camera-9"))
    assert wall.board.layout.key == "9"


def test_the_list_shows_every_layout_and_arrows_walk_through_it(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=4)
    QTest.keyClick(wall.page.canvas, Qt.Key.Key_L)
    sheet = wall.page.layouts
    assert list(sheet.list.buttons) == list(LAYOUTS)
    assert [layout.key for layout, button in sheet.list.buttons.items() if button.isChecked()] == ["9"]
    QTest.keyClick(sheet, Qt.Key.Key_Down)
    assert sheet.focusWidget() is sheet.list.buttons[named("9")]
    QTest.keyClick(sheet.list.buttons[named("9")], Qt.Key.Key_Down)
    assert sheet.focusWidget() is sheet.list.buttons[named("36")]
    for key, step in (("64", Qt.Key.Key_Down), ("1+5", Qt.Key.Key_Right), ("100", Qt.Key.Key_Down)):
        QTest.keyClick(sheet.focusWidget(), step)
        if key == "64":
            QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Left)
            QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Left)
        assert sheet.focusWidget() is sheet.list.buttons[named(key)]
    QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Return)
    assert wall.board.layout.key == "100"
    assert not sheet.isVisible()
    QTest.keyClick(wall.page.canvas, Qt.Key.Key_9)
    assert wall.board.layout.key == "1+7"
    assert wall.page.tools._few.text() == "1+7", "what has no button of its own stands on that of the list"


def test_every_layout_has_a_picture_of_its_own(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=0)
    images = [button.icon().pixmap(72, 42).toImage() for button in wall.page.layouts.list.buttons.values()]
    assert not any(one == other for at, one in enumerate(images) for other in images[:at])
