"""The page of incidents over a real store: board, list, file, entries, ends, reviews; and level 1 through the wall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.kernel import (
    AccessLevel,
    Category,
    DenyReason,
    EndReason,
    Outcome,
    Priority,
    Purpose,
    Unavailable,
)
from console.services.incidents import CloseIncident, StrikeEntry
from console.views.incident_words import age_text
from console.views.ui import Ui
from console.views.wall import WallPage
from console.views.wall_desk import ServiceDesk
from console.views.wall_model import PurposeChoice, Waiting
from tests.gate.room import HERE, Room
from tests.shell.incident_stage import (
    CTRL,
    SHIFT,
    Heard,
    Refusing,
    add_entry,
    drawn,
    key,
    level_1,
    open_one,
    row_of,
    seated,
    type_keys,
    wall_camera,
)
from tests.shell.record_stage import ui_of

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]


# The board


def test_the_board_tells_what_is_open_the_most_urgent_first(room: Room) -> None:
    level_1(room)
    open_one(room, "เสียงดัง", room.lead, category=Category.NOISE, place="หมู่บ้านชายทะเล")
    room.clock.advance(3 * 3600)
    open_one(room, "ปล้นร้านทอง", priority=Priority.MOST_URGENT, lat=HERE[0], lon=HERE[1])
    with seated(room) as stage:
        first, second = stage.cards()
        assert stage.page.tabs.tabText(0) == "Open incidents (2)"
    for words in (
        "Most urgent",
        "ปล้นร้านทอง",
        "1 cameras within 300 m, opens 1 of level 1",
        "duty_officer",
        "0 entries",
    ):
        assert words in first
    for words in ("Normal", "Noise", "หมู่บ้านชายทะเล", "no coordinates", "shift_lead", "open for 3 h"):
        assert words in second


def test_an_age_grows(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room) as stage:
        assert "open for 0 s" in stage.cards()[0]
        room.clock.advance(90)
        assert "open for 1 min" in stage.cards()[0]
    room.close_incident(incident)
    room.clock.advance(900)
    assert age_text(row_of(room, incident), room.clock.now()) == "1 min", "a closed one grows no older"


def test_an_empty_board_says_what_it_is_for_and_offers_the_first_step(room: Room) -> None:
    with seated(room) as stage:
        wanted = Heard(stage.page.incident_wanted)
        assert "No incident is open" in stage.page.states.saying
        stage.page.states.step_taken.emit()
        stage.page.new.click()
        key(stage.page, Qt.Key.Key_N, CTRL)
        assert wanted.said == [None] * 3


def test_a_board_that_cannot_be_read_says_so_and_is_read_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    open_one(room, "เหตุ")
    with monkeypatch.context() as broken:

        def fail(_session: object) -> None:
            raise Unavailable("store.unreachable")

        broken.setattr(room.station.incidents, "board", fail)
        with seated(room) as stage:
            assert "does not answer" in stage.page.states.saying
            broken.undo()
            stage.page.states.again.emit()
            assert stage.page.states.saying == ""
            assert len(stage.cards()) == 1


def test_what_others_open_and_close_is_seen_and_the_choice_stays(room: Room) -> None:
    mine = open_one(room, "ของฉัน")
    with seated(room) as stage:
        stage.page.board.choose(mine)
        theirs = open_one(room, "ด่วนกว่า", room.lead, priority=Priority.MOST_URGENT)
        stage.news("incident")
        assert len(stage.cards()) == 2
        line = stage.page.board.chosen_line()
        assert line is not None
        assert line.id == mine
        stage.page.hide()
        room.close_incident(theirs)
        stage.news("incident")
        assert len(stage.cards()) == 2, "a hidden page reads nothing"
        stage.page.show()
        assert len(stage.cards()) == 1
        stage.news("wall")


def test_arrows_choose_and_enter_opens_the_file(room: Room) -> None:
    open_one(room, "แรก")
    second = open_one(room, "สอง")
    with seated(room) as stage:
        key(stage.page.board, Qt.Key.Key_Down)
        key(stage.page.board, Qt.Key.Key_Return)
        assert stage.page.panel.isVisible()
        shown = stage.page.panel.shown
        assert shown is not None
        assert shown.line.id == second
        assert stage.page.focusWidget() is stage.page.panel.box.typed
        key(stage.page.panel.box.typed, Qt.Key.Key_Escape)
        assert not stage.page.panel.isVisible()
        assert stage.page.focusWidget() is stage.page.board


def test_the_file_follows_the_choice_while_it_is_open(room: Room) -> None:
    first, second = open_one(room, "แรก"), open_one(room, "สอง")
    with seated(room) as stage:
        stage.page.board.choose(second)
        stage.page._follow()
        assert not stage.page.panel.isVisible(), "a closed file stays closed"
        stage.page.open_incident(second)
        stage.page.board.choose(first)
        stage.page._follow()
        shown = stage.page.panel.shown
        assert shown is not None
        assert shown.line.id == first


def test_a_link_shows_its_incident(room: Room) -> None:
    closed = open_one(room, "ปิดแล้ว")
    room.close_incident(closed)
    with seated(room) as stage:
        stage.page.go_to(closed)
        shown = stage.page.panel.shown
        assert shown is not None
        assert shown.line.id == closed
        stage.page.go_to(object())


# The list


def test_ctrl_tab_goes_to_the_list_of_all_and_back(room: Room) -> None:
    incident = open_one(room, "ลักทรัพย์", category=Category.THEFT)
    room.close_incident(incident)
    open_one(room, "ยังไม่ปิด")
    with seated(room) as stage:
        key(stage.page, Qt.Key.Key_PageDown, CTRL)
        assert stage.page.tabs.currentIndex() == 1
        assert stage.page.list.table.records.total == 2
        key(stage.page, Qt.Key.Key_Tab, CTRL)
        assert stage.page.tabs.currentIndex() == 0
        key(stage.page, Qt.Key.Key_Backtab, CTRL | SHIFT)
        assert stage.page.tabs.currentIndex() == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ลักทรัพย์", 1),
        ("theft", 1),
        ("2569-0002", 1),
        ("๒๒/๑๑/๒๕๖๙", 2),
        ("settled", 1),
        ("C001", 1),
        ("ตลาดสด", 1),
        ("ไม่มีคำนี้", 0),
    ],
)
def test_the_list_is_filtered_by_words_codes_dates_and_numbers(room: Room, typed: str, found: int) -> None:
    camera = room.camera()
    one = open_one(room, "ลักทรัพย์ในร้าน", category=Category.THEFT, camera_id=camera)
    open_one(room, "เสียงดัง", category=Category.NOISE, place="หลังตลาดสด")
    room.close_incident(one)
    with seated(room) as stage:
        stage.page.tabs.setCurrentIndex(1)
        stage.page.list.filter.box.setText(typed)
        stage.page.list._ask()
        assert stage.page.list.table.records.total == found


def test_the_list_opens_the_same_file_and_esc_closes_it(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room) as stage:
        stage.page.tabs.setCurrentIndex(1)
        stage.page.list.table.select_row(0)
        key(stage.page.list.table, Qt.Key.Key_Return)
        shown = stage.page.panel.shown
        assert shown is not None
        assert shown.line.id == incident
        stage.page.list.table.setFocus()
        key(stage.page.list.table, Qt.Key.Key_Escape)
        assert not stage.page.panel.isVisible()


def test_chips_keep_open_closed_and_those_that_wait(room: Room) -> None:
    open_one(room, "เปิด")
    room.close_incident(open_one(room, "ปิด"))
    with seated(room) as stage:
        wanted = Heard(stage.page.incident_wanted)
        stage.page.tabs.setCurrentIndex(1)
        for name, found in (("closed", 1), ("review", 0)):
            chip = stage.page.list.filter.chips[name]
            chip.click()
            assert stage.page.list.table.records.total == found
            chip.click()
        key(stage.page.list, Qt.Key.Key_N, CTRL)
        assert wanted.said == [None]


# Entries


def test_enter_saves_an_entry_and_shift_enter_begins_a_new_line(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        typed = stage.page.panel.box.typed
        key(typed, Qt.Key.Key_Return)
        assert stage.entries() == [], "an empty entry is none"
        type_keys(typed, "สายตรวจถึง")
        key(typed, Qt.Key.Key_Return, SHIFT)
        stage.write("พบผู้เสียหาย")
        assert stage.entries() == ["สายตรวจถึง\nพบผู้เสียหาย"]
        assert typed.toPlainText() == ""
        stage.write("ส่งโรงพยาบาล")
        assert stage.entries() == ["สายตรวจถึง\nพบผู้เสียหาย", "ส่งโรงพยาบาล"]


@pytest.mark.parametrize("after", [False, True])
def test_a_refused_entry_stays_and_a_lost_answer_stores_it_once(room: Room, *, after: bool) -> None:
    incident = open_one(room, "เหตุ")
    refusing = Refusing(room.station, Unavailable("store.unreachable"), after=after)
    with seated(room) as stage:
        stage.page.open_incident(incident)
        stage.write("เขียนครั้งเดียว")
        assert stage.page.panel.box.words() == "เขียนครั้งเดียว"
        assert "does not answer" in stage.page.panel.box.strip.said
        refusing.mend()
        key(stage.page.panel.box.typed, Qt.Key.Key_Return)
        assert stage.page.panel.box.words() == ""
        assert stage.entries() == ["เขียนครั้งเดียว"]


def test_other_words_after_a_refusal_are_another_entry(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    refusing = Refusing(room.station, Unavailable("store.unreachable"), after=True)
    with seated(room) as stage:
        stage.page.open_incident(incident)
        stage.write("หนึ่ง")
        refusing.mend()
        stage.write(" สอง")
        assert stage.entries() == ["หนึ่ง", "หนึ่ง สอง"]


def test_signs_that_nobody_sees_are_refused_and_stay_to_be_mended(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        stage.write("เสื้อ\u202eแดง")
        assert stage.page.panel.box.strip.said
        assert stage.page.panel.box.words() == "เสื้อ\u202eแดง"
        assert stage.entries() == []


def test_a_half_written_entry_waits_for_its_incident(room: Room) -> None:
    one, other = open_one(room, "แรก"), open_one(room, "สอง")
    with seated(room) as stage:
        stage.page.open_incident(one)
        type_keys(stage.page.panel.box.typed, "ยังเขียนไม่จบ")
        stage.page.open_incident(other)
        assert stage.page.panel.box.words() == ""
        stage.write("ของเหตุที่สอง")
        stage.page.open_incident(one)
        assert stage.page.panel.box.words() == "ยังเขียนไม่จบ"
    with seated(room) as later:
        later.page.open_incident(one)
        assert later.page.panel.box.words() == "ยังเขียนไม่จบ"
        later.write(" จบแล้ว")
        assert later.entries() == ["ยังเขียนไม่จบ จบแล้ว"]
    with seated(room) as last:
        last.page.open_incident(one)
        assert last.page.panel.box.words() == ""
    with seated(room, room.lead) as others:
        others.page.open_incident(other)
        assert others.page.panel.box.words() == ""


def test_what_others_write_appears_and_leaves_ones_own_words_alone(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        type_keys(stage.page.panel.box.typed, "กำลังเขียน")
        add_entry(room, incident, "จากหัวหน้าเวร", room.lead)
        stage.news("incident_entry")
        assert stage.entries() == ["จากหัวหน้าเวร"]
        assert stage.page.panel.box.words() == "กำลังเขียน"


def test_an_entry_is_struck_with_a_reason_and_stays_readable(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    add_entry(room, incident, "เสื้อสีแดง")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        panel = stage.page.panel
        (view,) = panel.log.entries
        view._strike()
        assert "stays readable" in panel.reason.said
        key(panel.reason, Qt.Key.Key_Return)
        assert row_of(room, incident).is_open
        panel.reason._reason.setText("เป็นสีส้ม")
        key(panel.reason._reason, Qt.Key.Key_Return)
        (view,) = panel.log.entries
        assert "<s>" in view.words.text()
        assert (view.line.entry.strike_reason, view.line.struck_by) == ("เป็นสีส้ม", "duty_officer")
        stage.news("incident_entry")
        assert "0 entries" in stage.cards()[0]


def test_a_strike_that_came_too_late_says_so(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    entry = add_entry(room, incident, "เสื้อสีแดง")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        (view,) = stage.page.panel.log.entries
        room.run(StrikeEntry(entry_id=entry, version=1, reason="ก่อนหน้า"), room.lead)
        view._strike()
        stage.page.panel.reason._reason.setText("ทีหลัง")
        key(stage.page.panel.reason._reason, Qt.Key.Key_Return)
        assert "already struck" in stage.page.panel.strip.said
        (view,) = stage.page.panel.log.entries
        assert view.line.entry.strike_reason == "ก่อนหน้า"
        assert stage.page.panel.reason._reason.text() == "ทีหลัง"


def test_a_reason_survives_a_conflict(room: Room) -> None:
    """Typed once, pressed twice: the second press strikes the entry as it stands now."""
    incident = open_one(room, "เหตุ")
    add_entry(room, incident, "เสื้อสีแดง")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        panel = stage.page.panel
        (view,) = panel.log.entries
        old = replace(view.line, entry=replace(view.line.entry, version=0))
        assert panel.shown is not None
        panel.shown = replace(panel.shown, entries=(old,))
        view._strike()
        panel.reason._reason.setText("เป็นสีส้ม")
        key(panel.reason._reason, Qt.Key.Key_Return)
        assert panel.strip.said
        assert panel.reason.asks
        assert panel.reason._reason.text() == "เป็นสีส้ม"
        key(panel.reason._reason, Qt.Key.Key_Return)
        (view,) = panel.log.entries
        assert view.line.entry.strike_reason == "เป็นสีส้ม"
        assert not panel.reason.asks


# The incident itself


def test_an_incident_is_closed_with_an_outcome_and_last_words(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        panel = stage.page.panel
        panel.head.end.click()
        form = panel.form
        assert form is not None
        key(form, Qt.Key.Key_S, CTRL)
        assert form.box("outcome").said
        form.box("outcome").set_raw(Outcome.TO_INVESTIGATOR.value)
        form.box("words").set_raw("ส่งพนักงานสอบสวนแล้ว")
        key(form, Qt.Key.Key_S, CTRL)
        assert panel.form is not form, "the form is gone"
        assert row_of(room, incident).outcome is Outcome.TO_INVESTIGATOR
        assert stage.entries() == ["ส่งพนักงานสอบสวนแล้ว"]
        for button in (panel.head.wall, panel.head.correct, panel.head.end):
            assert button.isHidden()
        stage.news("incident")
        assert stage.cards() == []
        stage.write("แก้ไข: ได้ของคืนแล้ว")
        assert stage.entries() == ["ส่งพนักงานสอบสวนแล้ว", "แก้ไข: ได้ของคืนแล้ว"]


def test_entries_after_closing_are_marked(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    close = CloseIncident(incident_id=incident, version=1, outcome=Outcome.SETTLED, words="ยุติ")
    room.run(close, room.officer)
    room.clock.advance(60)
    add_entry(room, incident, "แก้ไข")
    with seated(room) as stage:
        stage.page.open_incident(incident)
        assert [view.late for view in stage.page.panel.log.entries] == [False, True]


def test_a_correction_moves_the_place_and_not_the_words(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room, room.lead) as stage:
        stage.page.open_incident(incident)
        stage.page.panel.head.correct.click()
        form = stage.page.panel.form
        assert form is not None
        for name, raw in (("category", Category.FIRE.value), ("lat", "7.2"), ("lon", "100.595"), ("place", "ตลาด")):
            form.box(name).set_raw(raw)
        key(form, Qt.Key.Key_S, CTRL)
    row = row_of(room, incident)
    assert (row.category, row.lat, row.place, row.title) == (Category.FIRE, 7.2, "ตลาด", "เหตุ")
    assert row.placed_by == room.lead.person_id


def test_two_who_correct_one_incident_see_both_values(room: Room) -> None:
    incident = open_one(room, "เหตุ", place="หน้าร้าน")
    with seated(room) as mine, seated(room, room.lead) as theirs:
        for stage, place in ((mine, "หลังร้าน"), (theirs, "ข้างร้าน")):
            stage.page.open_incident(incident)
            stage.page.panel.head.correct.click()
            form = stage.page.panel.form
            assert form is not None
            form.box("place").set_raw(place)
        for stage in (theirs, mine):
            assert stage.page.panel.form is not None
            key(stage.page.panel.form, Qt.Key.Key_S, CTRL)
        assert row_of(room, incident).place == "ข้างร้าน"
        assert mine.page.panel.form is not None
        assert mine.page.panel.form.box("place").raw() == "หลังร้าน"


def test_it_can_be_taken_to_the_wall(room: Room) -> None:
    incident = open_one(room, "เหตุ")
    with seated(room) as stage:
        asked: list[tuple[str, object]] = []
        stage.page.open_wanted.connect(lambda page, target: asked.append((page, target)))
        stage.page.open_incident(incident)
        stage.page.panel.head.wall.click()
        ((page, choice),) = asked
        assert page == "wall"
        assert isinstance(choice, PurposeChoice)
        assert (choice.purpose, choice.incident_id) == (Purpose.INCIDENT, incident)


# Reviews


def viewed_through_his_own(room: Room) -> str:
    camera = level_1(room)
    incident = open_one(room, "เหตุของผู้ดู", lat=HERE[0], lon=HERE[1])
    room.look(camera, Purpose.INCIDENT, incident_id=incident)
    return incident


def test_the_shift_lead_reviews_what_was_viewed_through_ones_own_incident(room: Room) -> None:
    incident = viewed_through_his_own(room)
    with seated(room) as officers:
        assert "Waits for review" in officers.cards()[0]
        officers.page.open_incident(incident)
        facts = officers.page.panel.log.facts
        assert facts is not None
        assert facts.review.isHidden(), "the officer's role may not"
    with seated(room, room.lead) as stage:
        stage.page.open_incident(incident)
        facts = stage.page.panel.log.facts
        assert facts is not None
        facts.review.click()
        assert row_of(room, incident).needs_review, "asked first"
        stage.page.panel.strip._buttons[0].click()
        assert not row_of(room, incident).needs_review
        stage.news("incident")
        assert "Waits for review" not in stage.cards()[0]
        read = stage.page.panel.shown
        assert read is not None
        assert read.reviewed_by == "shift_lead"


def test_nobody_reviews_his_own_views_on_the_page_either(room: Room) -> None:
    camera = level_1(room)
    incident = open_one(room, "เหตุ", room.lead, lat=HERE[0], lon=HERE[1])
    room.look(camera, Purpose.INCIDENT, incident_id=incident, session=room.lead)
    with seated(room, room.lead) as stage:
        stage.page.open_incident(incident)
        facts = stage.page.panel.log.facts
        assert facts is not None
        facts.review.click()
        stage.page.panel.strip._buttons[0].click()
        assert "cannot review" in stage.page.panel.strip.said
        assert row_of(room, incident).needs_review


# Level 1 through the wall: the whole circle


@pytest.fixture
def wall(qtbot: QtBot, room: Room) -> Iterator[tuple[WallPage, Ui]]:
    """A wall over the real gate, for the duty officer."""
    ui = ui_of(room, room.officer)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    page = WallPage(ui, ServiceDesk(room.station, room.feeds, room.officer))
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    page.start()
    page.canvas.pause()
    yield page, ui
    page.stop()
    page.close()


def test_f2_on_a_level_1_tile_opens_it_marks_it_and_ends_with_the_incident(
    wall: tuple[WallPage, Ui], room: Room
) -> None:
    page, ui = wall
    camera = level_1(room)
    ui.changes.changed.emit(frozenset({"camera", "authority"}))
    board = page.board
    board.place(0, camera)
    assert board.cells[0].waiting is Waiting.PURPOSE, "a private camera waits for a reason"
    board.choose(PurposeChoice(Purpose.RISK_SPOT))
    denied = board.cells[0].denied
    assert denied is not None
    assert denied.reason is DenyReason.NO_INCIDENT
    wanted = Heard(page.incident_wanted)
    key(page.canvas, Qt.Key.Key_F2)
    (at,) = wanted.said
    assert at == board.cameras[camera]
    with drawn(room) as stage:
        stage.drawer.wall_wanted.connect(page.go_to)
        stage.drawer.open_for(at)
        stage.type("category", "4")
        stage.type("title", "ลักทรัพย์")
        stage.save()
        assert room.engine.streams == [], "opening an incident opens no picture by itself"
        stage.drawer.done._watch.click()
    feed = board.cells[0].feed
    assert feed is not None
    ui.changes.changed.emit(frozenset({"incident"}))
    (incident,) = board.contents.incidents
    assert board.cells[0].choice == PurposeChoice(Purpose.INCIDENT, incident)
    assert page.tools.chips._offered[1].incident == incident, "the chip is there"
    row = row_of(room, incident.id)
    assert row.needs_review
    assert [data["self_opened_incident"] for data in room.data("view.opened")] == [True]
    # And its end is the picture's.
    room.run(CloseIncident(incident_id=row.id, version=row.version, outcome=Outcome.SETTLED), room.lead)
    assert feed.picture() is None
    assert feed.state().end is EndReason.INCIDENT_CLOSED
    ui.changes.changed.emit(frozenset({"incident"}))
    assert board.contents.incidents == ()
    assert board.purpose is None
    assert board.cells[0].waiting is Waiting.PURPOSE, "and waits for another reason"


def test_the_walls_camera_brings_its_place(wall: tuple[WallPage, Ui], room: Room) -> None:
    page, ui = wall
    camera = level_1(room)
    ui.changes.changed.emit(frozenset({"camera"}))
    known = page.board.cameras[camera]
    plain = wall_camera(room, camera)
    assert (known.lat, known.lon, known.zone, known.level) == (*HERE, plain.zone, AccessLevel.INCIDENT)
