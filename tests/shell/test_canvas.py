"""What reaches the screen: only pictures the gate gives now, whole, at their own size; words for everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from console.i18n import WORD_BREAK, plain
from console.kernel import Denied, DenyReason, EndReason, Fault, Purpose, StreamFacts, TileState
from console.views.theme import DARK, Theme, font
from console.views.wall_canvas import LARGEST, _edges, _grain, affordable
from console.views.wall_model import Cell, PurposeChoice, Waiting
from console.views.wall_paint import TilePainter, _that_fits, wrapped
from console.views.wall_plates import SIGN, is_low, lock_point, plate_point
from console.views.wall_words import Show, Words, allowance, cell_words, explanation, picture_text, status_words
from tests.shell.conftest import Wall
from tests.shell.wall_fakes import INCIDENTS, NOW, FakeFeed, FakeStatus, camera, hours_denied, painted

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
"""The offscreen platform says this at every window."""

MakeWall = Callable[..., Wall]
INCIDENT = PurposeChoice(Purpose.INCIDENT, INCIDENTS[0])


def one(make_wall: MakeWall, number: int = 1, layout: int = 1) -> tuple[Wall, FakeFeed]:
    """A wall of one camera that is live."""
    wall = make_wall(layout=layout, count=0)
    wall.board.choose(INCIDENT)
    wall.board.place(0, f"camera-{number}")
    wall.tick()
    return wall, wall.desk.feed_of(f"camera-{number}")


def screen(wall: Wall) -> QImage:
    return wall.page.canvas.grab().toImage()


def is_dark(wall: Wall) -> bool:
    """Whether the middle of the picture bears no colour of the camera: only the tile's ground and the letters on it."""
    image = screen(wall)
    tile = wall.page.canvas._by_index[0]
    ground = QColor(DARK.tile)
    points = [
        (x, y)
        for x in range(tile.target.left(), tile.target.right(), 16)
        for y in (tile.target.top() + 4, tile.target.bottom() - 4)
    ]
    return all(image.pixelColor(x, y) == ground for x, y in points)


def test_a_picture_of_the_tiles_size_is_copied_pixel_by_pixel(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    tile = wall.page.canvas._by_index[0]
    expected = painted(feed.sizes[-1], feed.hue)
    shown = screen(wall).copy(tile.target).convertToFormat(QImage.Format.Format_RGB32)
    assert shown.size() == expected.size()
    assert shown == expected


def test_past_its_lease_the_tile_goes_dark_with_the_next_tick(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    assert not is_dark(wall)
    feed.leased = False
    wall.tick()
    assert is_dark(wall)
    assert wall.page.canvas.words_of(0).show is Show.NOTHING, "LIVE is not said without a picture"


def test_an_ended_view_is_dark_even_before_the_tick(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.end(EndReason.WITHDRAWN)
    assert is_dark(wall)


def test_a_torn_picture_is_painted_again(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.torn = 1
    assert not is_dark(wall)
    assert feed.torn == 0


def test_a_picture_that_stays_torn_is_not_shown(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.torn = 10_000
    assert is_dark(wall)
    feed.torn = 0
    wall.page.canvas.tick()
    assert not is_dark(wall)


def test_only_new_pictures_are_fetched(make_wall: MakeWall, monkeypatch: pytest.MonkeyPatch) -> None:
    wall, feed = one(make_wall)
    screen(wall)
    updated: list[object] = []
    monkeypatch.setattr(wall.page.canvas, "update", updated.append)
    wall.tick()
    assert updated == []
    feed.advance()
    wall.page.canvas.tick()
    assert updated == [wall.page.canvas._by_index[0].target]


def test_a_denied_tile_takes_no_picture(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.status = FakeStatus(TileState.DENIED, deny=hours_denied())
    wall.tick()
    taken = feed.taken
    assert is_dark(wall)
    assert feed.taken == taken


def test_a_stale_picture_is_grey(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.status = FakeStatus(TileState.STALE, Fault.FROZEN, age_s=4.2)
    wall.tick()
    tile = wall.page.canvas._by_index[0]
    image = screen(wall)
    colours = [image.pixelColor(tile.target.left() + 20 * step, tile.target.top() + 20) for step in range(20)]
    assert all(colour.saturation() < 30 for colour in colours)
    before = wall.page.canvas.words_of(0)
    feed.status.age_s = 6.0
    wall.tick()
    assert wall.page.canvas.words_of(0) != before, "the age grows"


def test_a_private_picture_bears_officer_time_and_camera(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall, number=0)
    tile = wall.page.canvas._by_index[0]
    assert tile.overlay is not None
    lines = wall.page.canvas._overlay_lines(tile, "SK-001")
    assert lines[0] == wall.board.ui.session.display_name
    assert lines[1].endswith("13:05 · SK-001")
    shown = screen(wall).copy(tile.target).convertToFormat(QImage.Format.Format_RGB32)
    assert shown != painted(feed.sizes[-1], feed.hue)
    first = tile.overlay
    wall.clock.pass_time(60)
    wall.tick()
    assert tile.overlay is not first, "the minute on the picture moves"
    _public, _feed = one(make_wall, number=1)
    assert _public.page.canvas._by_index[0].overlay is None


def test_unencrypted_is_marked(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.unencrypted = True
    wall.board.cells_changed.emit((0,))
    assert wall.page.canvas._by_index[0].lock_plate is not None


def test_the_true_aspect_is_asked_for_and_shown(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.status = FakeStatus(facts=StreamFacts("h264", 640, 480, 15.0))
    wall.tick()
    size = feed.sizes[-1]
    assert abs(size.width / size.height - 4 / 3) < 0.01


@pytest.mark.parametrize("layout", [1, 4, 9, 16, 25])
def test_even_widths_are_asked_for_and_painted_pixel_by_pixel(make_wall: MakeWall, layout: int) -> None:
    wall, feed = one(make_wall, layout=layout)
    canvas = wall.page.canvas
    for shape in ((640, 480), (704, 576), (1080, 1920), (640, 360)):
        feed.status = FakeStatus(facts=StreamFacts("h264", *shape, 15.0))
        wall.tick()
        for width in range(1000, 1012):
            wall.page.resize(width, 700)
            asked, target = feed.sizes[-1], canvas._by_index[0].target
            assert asked.width % 2 == 0
            assert (asked.width, asked.height) == (target.width(), target.height())


def test_a_picture_of_another_size_is_scaled_into_place(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    feed.sizes.append(affordable(feed.sizes[-1]).__class__(320, 180))
    feed.advance()
    wall.page.canvas.tick()
    assert not is_dark(wall)


def test_no_more_is_asked_for_than_a_worker_can_give() -> None:
    big = type(LARGEST)(3840, 2160)
    assert affordable(big) == LARGEST
    assert affordable(type(LARGEST)(1000, 2160)).height == 1080
    assert affordable(type(LARGEST)(480, 270)) == type(LARGEST)(480, 270)


@pytest.mark.parametrize(("ratio", "grain"), [(1.0, 1), (1.25, 4), (1.5, 2), (1.75, 4), (2.0, 1), (1.1, 1)])
def test_edges_lie_on_device_pixels(ratio: float, grain: int) -> None:
    assert _grain(ratio) == grain
    edges = _edges(1001, 7, grain, 3)
    assert edges == sorted(edges)
    assert all((edge + 3) % grain == 0 for edge in edges)
    assert edges[-1] <= 1001


def test_the_mouse_selects_enlarges_and_reports(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    canvas = wall.page.canvas
    spot = canvas._by_index[4].frame.center()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    assert wall.board.selected == 4
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    assert list(wall.board.visible()) == [4]
    assert canvas.tile_at(QPoint(-5, -5)) is None


def test_the_live_count_counts_live_tiles_only(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(INCIDENT)
    wall.desk.feed_of("camera-1").status = FakeStatus(TileState.STALE, age_s=5.0)
    wall.tick()
    assert wall.page.canvas.live_count() == (8, 9)


def test_the_live_count_goes_on_while_another_page_is_in_front(make_wall: MakeWall) -> None:
    wall = make_wall(layout=9, count=9)
    wall.board.choose(INCIDENT)
    wall.tick()
    told: list[tuple[int, int]] = []
    wall.page.live_changed.connect(lambda *count: told.append(count))
    wall.page.hide()
    wall.desk.feed_of("camera-1").status = FakeStatus(TileState.STALE, age_s=5.0)
    wall.page._tell_count()
    wall.desk.feed_of("camera-1").status = FakeStatus()
    wall.page._tell_count()
    assert told == [(8, 9), (9, 9)]


STATES = {
    TileState.EMPTY: (FakeStatus(TileState.EMPTY, age_s=None), "ปิดแล้ว"),
    TileState.CONNECTING: (FakeStatus(TileState.CONNECTING, age_s=None), "กำลังเชื่อมต่อ"),
    TileState.LIVE: (FakeStatus(), "สด"),
    TileState.STALE: (FakeStatus(TileState.STALE, Fault.FROZEN, age_s=4.9), "ภาพค้าง 4 วิ"),
    TileState.RECONNECTING: (
        FakeStatus(TileState.RECONNECTING, Fault.NO_ANSWER, age_s=None, attempt=3),
        "กำลังเชื่อมต่อใหม่ (3)",
    ),
    TileState.DOWN: (FakeStatus(TileState.DOWN, Fault.REFUSED, since=NOW - timedelta(hours=1)), "ขาดการเชื่อมต่อ"),
    TileState.DENIED: (FakeStatus(TileState.DENIED, deny=hours_denied()), "ไม่มีสิทธิ์ดู"),
    TileState.PAUSED: (FakeStatus(TileState.PAUSED, deny=Denied(DenyReason.PAUSED_BY_OWNER)), "เจ้าของพักการเชื่อมโยง"),
    TileState.QUARANTINED: (FakeStatus(TileState.QUARANTINED, Fault.QUARANTINED), "แยกออก"),
}


@pytest.mark.parametrize("state", TileState)
@pytest.mark.usefixtures("_thai")
def test_every_state_has_shape_colour_and_word(state: TileState) -> None:
    status, badge = STATES[state]
    words = status_words(status, NOW)
    assert plain(words.badge) == badge
    assert words.icon
    assert hasattr(DARK, words.colour)
    assert (words.show is Show.PICTURE) is (state is TileState.LIVE)
    if words.show is Show.NOTHING:
        assert words.message


@pytest.mark.usefixtures("_thai")
def test_sentences_of_the_tile() -> None:
    denied = status_words(STATES[TileState.DENIED][0], NOW)
    assert plain(denied.message) == "ไม่มีสิทธิ์ดู: นอกช่วงเวลาที่เจ้าของอนุญาต (18.00–06.00 น.)"
    down = status_words(STATES[TileState.DOWN][0], NOW)
    assert plain(down.message) == "ขาดการเชื่อมต่อตั้งแต่ 12.05 น.\nกล้องปฏิเสธการเชื่อมต่อ"
    old = status_words(FakeStatus(TileState.RECONNECTING, age_s=17.0, attempt=2), NOW)
    assert old.show is Show.GREY
    assert plain(old.plate) == "กำลังเชื่อมต่อใหม่ (2) · ภาพเมื่อ 17 วิ ก่อน"
    assert status_words(FakeStatus(), NOW).plate == ""
    reduced = status_words(FakeStatus(shown_rate=7.4), NOW)
    assert (plain(reduced.plate), reduced.brief, reduced.colour) == ("ลดเหลือ 7 จาก 15 ภาพ/วิ", "7/15", "good")
    assert status_words(FakeStatus(TileState.DENIED), NOW).message
    assert status_words(FakeStatus(TileState.PAUSED), NOW).icon == "paused"


@pytest.mark.usefixtures("_thai")
def test_what_is_late_or_eased_is_called_so() -> None:
    late = FakeStatus(TileState.STALE, Fault.BEHIND, age_s=4.9)
    assert plain(status_words(late, NOW).plate) == "ภาพช้า 4 วิ"
    cell = Cell(camera=camera(5))
    seen = "ภาพที่เห็นเป็นเหตุการณ์เมื่อ 4 วิ ก่อน ระบบกำลังไล่ให้ทันปัจจุบัน"
    assert plain(explanation(cell, late, NOW)) == seen
    busy = "เครื่องทำงานหนัก จึงลดรายละเอียดหรือจำนวนภาพลงชั่วคราวจนกว่าจะทำงานทัน"
    for eased, rate, badge in ((1, 0.0, "สด · ลดรายละเอียด"), (2, 7.4, "สด")):
        status = FakeStatus(eased=eased, shown_rate=rate)
        assert plain(status_words(status, NOW).badge) == badge
        assert plain(explanation(cell, status, NOW)) == busy


def test_a_tile_says_that_less_is_drawn_of_it(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    before = wall.page.canvas.words_of(0).badge
    feed.status = replace(feed.status, eased=1)
    wall.tick()
    assert wall.page.canvas.words_of(0).badge != before


@pytest.mark.usefixtures("_thai", "qapp")
@pytest.mark.parametrize("width", [60, 90, 120, 160, 240, 480])
def test_words_fit_their_tile_or_make_room_for_fewer(width: int) -> None:
    paint = TilePainter(Theme("dark"), 1.0)
    old = status_words(FakeStatus(TileState.RECONNECTING, Fault.NO_ANSWER, age_s=17.0, attempt=12), NOW)
    lock = Words("unencrypted", "warning", "", plate="ไม่เข้ารหัส")
    for height in (26, 38, 60, 72, 270):
        area = QRect(5, 7, width, height)
        target = QRect(5 + (width - height) // 2, 7, height, height) if height < width else area
        low = is_low(target)
        plate = paint.plate(old, width - (SIGN if low else 0))
        sign = paint.plate(lock, 0 if low else width)
        first = QRect(lock_point(area, target, sign, plate), sign.size())
        second = QRect(plate_point(area, target, plate, sign), plate.size())
        assert area.left() <= second.left() <= second.right() <= area.right()
        assert area.contains(first)
        assert not first.intersects(second) or width == 60, (first, second)
    message = _that_fits(old, font(), QSize(width - 24, 21), 21)
    assert not any(line.endswith("…") for line in message)


@pytest.mark.usefixtures("_thai", "qapp")
def test_a_tile_too_low_for_words_says_its_state_in_the_strip() -> None:
    paint = TilePainter(Theme("dark"), 1.0)
    down, live = (status_words(FakeStatus(state), NOW) for state in (TileState.DOWN, TileState.LIVE))
    low, high = QSize(63, 7), QSize(63, 60)
    assert paint.message(low, down).toImage() == paint.message(low, status_words(hung(), NOW)).toImage()
    assert paint.strip(low, camera(0), down, 0).toImage() != paint.strip(high, camera(0), down, 0).toImage()
    # Where a name would be its first letters only, the code stands; where nothing has room, nothing does.
    other = replace(camera(0), name="ร้านอื่นที่มีชื่อยาวกว่า")
    wide = QSize(110, 60)
    assert paint.strip(wide, camera(0), live, 0).toImage() == paint.strip(wide, other, live, 0).toImage()
    assert paint.strip(high, camera(0), live, 0).toImage() == paint.strip(high, other, live, 0).toImage()


@pytest.mark.usefixtures("_thai", "qapp")
def test_no_word_is_parted_whatever_the_width() -> None:
    down = status_words(FakeStatus(TileState.DOWN, since=NOW), NOW)
    words = {plain(word) for word in down.badge.split(WORD_BREAK)}
    assert "เชื่อมต่อ" in words
    for width in range(70, 200, 3):
        lines = wrapped(down.badge, font(), width, 9)
        assert "".join(lines) == plain(down.badge)
        assert any("เชื่อมต่อ" in line for line in lines), lines


@pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")
def test_a_tile_under_the_pointer_tells_its_whole_name_and_state(make_wall: MakeWall) -> None:
    wall, feed = one(make_wall)
    canvas = wall.page.canvas
    feed.status = FakeStatus(TileState.DOWN, Fault.NO_ANSWER, since=NOW)
    wall.tick()

    def under(index: int) -> str:
        point = canvas._by_index[index].area.center()
        QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, point, canvas.mapToGlobal(point)))
        return QToolTip.text()

    said = under(0)
    assert feed.camera.name in said
    assert feed.camera.code in said
    assert "The camera does not answer" in said
    assert not wall.page._hint.text(1)


def hung() -> FakeStatus:
    return FakeStatus(TileState.CONNECTING, age_s=None)


@pytest.mark.parametrize("waiting", [waiting for waiting in Waiting if waiting is not Waiting.NOTHING])
def test_every_waiting_says_why(waiting: Waiting) -> None:
    words = cell_words(Cell(camera=camera(0), waiting=waiting), None, NOW)
    assert words.message
    assert words.show is Show.NOTHING


@pytest.mark.usefixtures("_thai")
def test_the_card_says_what_the_owner_allows_and_what_to_do() -> None:
    allowed = [plain(line) for line in allowance(camera(0), NOW)]
    assert allowed == [
        "หนังสือยินยอมของเจ้าของ",
        "ระดับ 1 ดูสดเมื่อมีเหตุที่เปิดอยู่ในรัศมี",
        "ภายใน 300 ม. จากจุดเกิดเหตุ",
        "ถึงสิ้นวันที่ 30 มิ.ย. 2570",
    ]
    assert "เวลา 18.00–06.00 น." in [plain(line) for line in allowance(camera(4), NOW)]
    cell = Cell(camera=camera(5), feed=None)
    status = FakeStatus(TileState.DOWN, Fault.UNAUTHORISED)
    assert plain(explanation(cell, status, NOW)) == (
        "เปิดกล้อง “ประตูโรงเรียนวัดกลาง” ไม่ได้: ชื่อผู้ใช้หรือรหัสผ่านของกล้องไม่ถูกต้อง — กรุณาให้เจ้าหน้าที่ทะเบียนกล้องแก้ไขการเชื่อมต่อ"
    )
    assert explanation(Cell(), None, NOW)
    assert explanation(Cell(camera=camera(1)), FakeStatus(), NOW)
    plain_words = "แสดงภาพขนาดใหญ่ไม่ได้: ชื่อผู้ใช้หรือรหัสผ่านของกล้องไม่ถูกต้อง"
    assert plain(explanation(cell, FakeStatus(why_small=Fault.UNAUTHORISED), NOW)) == plain_words
    refused = FakeStatus(why_small=Denied(DenyReason.UNENCRYPTED_PUBLIC))
    assert plain(explanation(cell, refused, NOW)).startswith("แสดงภาพขนาดใหญ่ไม่ได้: ")
    assert plain(status_words(refused, NOW).badge) == "สด · ภาพเล็ก"


def test_the_card_follows_the_stream_that_is_shown(make_wall: MakeWall) -> None:
    wall = make_wall(layout=1, count=1)
    wall.board.choose(INCIDENT)
    wall.tick()
    card = wall.page.panel.card._figures
    assert "640×360" in plain(card.text())
    feed = wall.desk.feed_of("camera-0")
    feed.status = FakeStatus(facts=StreamFacts("h264", 1920, 1080, 25.0, "tcp"))
    wall.tick()
    assert "1920×1080" in plain(card.text())
    feed.status = replace(feed.status, why_small=Fault.NO_ANSWER)
    wall.tick()
    assert wall.page.canvas.live_count() == (1, 1)


@pytest.mark.usefixtures("_thai")
def test_the_card_says_what_the_camera_sends() -> None:
    assert picture_text(StreamFacts("h264", 640, 360, 15.0, "tcp")) == "640×360 · 15 ภาพ/วิ · H.264"
    assert picture_text(StreamFacts("", 640, 360, 0.0, "tcp")) == "640×360"
