"""What a shift leaves open, in the window: counted down on the status line, settled in the panel, handed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.db.health import Ending, Outage, put_outages
from console.db.store import Tx
from console.i18n import plain
from console.kernel import AccessLevel, ConsoleError, EndReason, Fault, Purpose, Role, Unavailable, new_id
from console.services.matters import Debt, Noteworthy, OpenMatters, WaitingReview
from console.services.matters_paper import hand_over_sheet
from console.services.papers import Made, QrCode, Table
from console.services.views import JustifyView
from console.views.matters_panel import MattersPanel
from console.views.matters_words import counts_text, left_open, noteworthy_line, status_sign, status_texts
from console.views.officer_panel import LockPanel, TakeOverPanel
from console.views.printing import Preview
from console.views.wall_model import PurposeChoice
from console.views.window_keys import WindowAct
from tests.gate.room import PASSWORD, Room
from tests.shell.incident_stage import Refusing, key, type_keys
from tests.shell.seat_stage import SeatStage, panel_of, seat_stage
from tests.shell.wall_fakes import NOW

WHY = "ได้ยินเสียงปืนหน้าร้านจึงเปิดดูทันที"
KINDS = frozenset({"view"})

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


def urgent(stage: SeatStage, index: int = 0, camera: str = "") -> str:
    """Look at a camera by F4; returns the camera."""
    board = stage.wall.board
    shop = camera or stage.room.shop()
    board._on_changed(frozenset({"camera"}))
    board.place(index, shop)
    board.select(index)
    board.choose(PurposeChoice(Purpose.URGENT))
    news(stage)
    return shop


def news(stage: SeatStage) -> None:
    """Tell the window that something was committed, as the store does a moment later."""
    stage.changes.changed.emit(KINDS)


def said(stage: SeatStage) -> str:
    line = stage.shell.status
    return "" if line.matters.isHidden() else line._matter_texts[0]


def opened(stage: SeatStage) -> MattersPanel:
    stage.shell.act(WindowAct.MATTERS)
    panel = panel_of(stage)
    assert isinstance(panel, MattersPanel)
    return panel


def words(panel: MattersPanel) -> str:
    return plain(" | ".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden()))


def tick(stage: SeatStage, seconds: float) -> None:
    stage.room.clock.advance(seconds)
    stage.room.feeds.keep()
    stage.shell.status.ticked.emit()


def test_the_status_line_counts_down_and_says_overdue_in_words(stage: SeatStage) -> None:
    stage.sit()
    assert said(stage) == ""
    urgent(stage)
    assert said(stage) == "Urgent views to explain: 1, within 15:00 min"
    tick(stage, 61)
    assert said(stage) == "Urgent views to explain: 1, within 13:59 min"
    tick(stage, 839)
    assert said(stage) == "Urgent views to explain: 1, overdue: 1"
    assert stage.shell.status.matters.accessibleName() == said(stage)
    live = stage.room.feeds.views()
    assert len(live) == 1, "the wall plays on"


def test_the_panel_settles_a_debt_with_a_sentence(stage: SeatStage) -> None:
    stage.sit()
    urgent(stage)
    stage.shell.status.matters.click()
    panel = panel_of(stage)
    assert isinstance(panel, MattersPanel)
    assert len(panel.ticked()) == 1
    type_keys(panel.form.box.typed, "เสียงปืน")
    key(panel.form.box.typed, Qt.Key.Key_Return)
    assert "20 letters" in panel.form.box.strip.said
    assert panel.form.box.words() == "เสียงปืน", "nothing typed is lost"
    panel.form.box.typed.clear()
    panel.form.box.typed.setFocus()
    urgent_elsewhere = stage.room.look(stage.room.shop(), Purpose.URGENT, session=stage.room.lead)
    news(stage)
    assert "Shift lead" in words(panel)
    assert panel.focusWidget() is panel.form.box.typed, "news takes the cursor from nobody who types"
    type_keys(panel.form.box.typed, WHY)
    key(panel.form.box.typed, Qt.Key.Key_Return)
    stage.room.run(JustifyView(view_id=urgent_elsewhere.view_id, words=WHY), stage.room.lead)
    news(stage)
    assert said(stage) == ""
    assert "Nothing is open" in words(panel)
    assert panel.form.box.words() == ""
    assert len(stage.room.rows("view.justified")) == 2
    key(panel, Qt.Key.Key_Escape)
    assert panel_of(stage) is None


def test_one_incident_settles_all_that_are_ticked(stage: SeatStage) -> None:
    stage.sit()
    first = urgent(stage)
    other = urgent(stage, 1)
    urgent(stage, 0, first)
    stage.wall.board.retry(0)
    news(stage)
    incident = stage.room.incident()
    news(stage)
    panel = opened(stage)
    cameras = {row.debt.view_id: row.debt.camera for row in panel.rows}
    assert len(cameras) == 3
    assert len({cameras[view] for view in panel.ticked()}) == 1, "what was opened of one camera goes together"
    for row in panel.rows:
        assert row.tick is not None
        row.tick.setChecked(row.debt.view_id in panel.ticked() or row.debt.camera.startswith("C002"))
    panel.form.incident.set_raw(incident)
    panel.form.save.click()
    news(stage)
    assert [row.data["incident"] for row in stage.room.rows("view.justified")] == [incident] * 3
    assert {row.camera_id for row in stage.room.rows("view.justified")} == {first, other}


def test_nothing_ticked_and_no_known_incident_settle_nothing(stage: SeatStage) -> None:
    stage.sit()
    urgent(stage)
    panel = opened(stage)
    panel.form.incident.setText("zzz")
    panel.form.save.click()
    assert "of the list" in panel.form.box.strip.said
    panel.form.incident.set_raw("")
    for row in panel.rows:
        assert row.tick is not None
        row.tick.setChecked(False)
    panel.form.save.click()
    assert "Tick the views" in panel.form.box.strip.said
    refusing = Refusing(stage.room.station, ConsoleError("store.unreachable"))
    panel._tick(())
    panel.form.box.put(WHY)
    panel.form.save.click()
    assert panel.form.box.strip.said == refusing.words
    assert panel.form.box.words() == WHY
    assert stage.room.rows("view.justified") == []


def test_what_was_typed_survives_lock_hand_over_and_a_closed_panel(stage: SeatStage) -> None:
    stage.sit()
    urgent(stage)
    panel = opened(stage)
    type_keys(panel.form.box.typed, WHY)
    stage.seat.lock()
    assert said(stage).startswith("Urgent views to explain: 1"), "debts stand while the console is locked"
    assert panel.isHidden()
    stage.shell.status.matters.click()
    assert isinstance(panel_of(stage), LockPanel)
    stage.shell.unlock()
    assert panel.form.box.words() == WHY
    stage.sit(Role.SHIFT_LEAD)
    assert said(stage) == "others' urgent views: 1"
    assert opened(stage).form.isHidden()
    stage.room.station.people.log_out(stage.room.officer, EndReason.HANDOVER)
    del stage.room.sessions[Role.DUTY_OFFICER]
    stage.sit()
    again = opened(stage)
    assert again.form.box.words() == WHY
    assert len(again.rows) == 1


def test_the_lead_s_words_are_kept_until_they_are_saved(stage: SeatStage) -> None:
    room = stage.room
    seen = room.shop(AccessLevel.INCIDENT, radius_m=300)
    room.look(seen, Purpose.INCIDENT, incident_id=room.incident(by=room.officer))
    for _number in range(2):
        room.look(room.shop(), Purpose.URGENT)
    stage.sit(Role.SHIFT_LEAD)
    panel = opened(stage)
    for ask, text in ((panel.rows[0].note_wanted, "ถามแล้ว รอคำตอบ"), (panel.reviews[0].wrong, "ไม่มีเหตุจริง")):
        ask.emit(panel.rows[0].debt if ask is panel.rows[0].note_wanted else panel.reviews[0].waiting)
        type_keys(panel.strip._reason, text)
    panel.rows[1].note_wanted.emit(panel.rows[1].debt)
    assert panel.strip._reason.text() == "", "each view has words of its own"
    stage.shell.close_panel()
    again = opened(stage)
    again.reviews[0].wrong.emit(again.reviews[0].waiting)
    assert again.strip._reason.text() == "ไม่มีเหตุจริง"
    again.rows[0].note_wanted.emit(again.rows[0].debt)
    assert again.strip._reason.text() == "ถามแล้ว รอคำตอบ"
    again.strip._answer(0)
    news(stage)
    assert "ถามแล้ว รอคำตอบ" in words(again)
    stage.shell.close_panel()
    last = opened(stage)
    last.rows[0].note_wanted.emit(last.rows[0].debt)
    assert last.strip._reason.text() == "", "what was saved is no draft any more"


def test_an_urgent_view_with_one_overdue_opens_and_is_told(stage: SeatStage, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(stage.shell, "say", told.append)
    stage.sit()
    urgent(stage)
    tick(stage, 901)
    assert [sentence for sentence in told if "15 minutes" in sentence]
    told.clear()
    urgent(stage, 1)
    assert len(stage.room.feeds.views()) == 2
    assert len(told) == 1
    assert "superintendent" in told[0]


def test_the_shift_lead_is_told_notes_and_reviews(stage: SeatStage, monkeypatch: pytest.MonkeyPatch) -> None:
    room = stage.room
    told: list[str] = []
    mine = room.incident(by=room.officer)
    seen = room.shop(AccessLevel.INCIDENT, radius_m=300)
    room.look(seen, Purpose.INCIDENT, incident_id=mine)
    room.look(seen, Purpose.INCIDENT, incident_id=mine)
    room.look(room.shop(), Purpose.URGENT)
    stage.sit(Role.SHIFT_LEAD)
    monkeypatch.setattr(stage.shell, "say", told.append)
    assert said(stage) == "others' urgent views: 1 · to review: 2"
    tick(stage, 900)
    assert said(stage) == "others' urgent views: 1, overdue: 1 · to review: 2"
    assert "duty_officer" in told[-1]
    panel = opened(stage)
    panel.rows[0].note_wanted.emit(panel.rows[0].debt)
    refusing = Refusing(room.station, ConsoleError("store.unreachable"))
    panel.strip.put_reason("ถามแล้ว")
    panel.strip._answer(0)
    assert refusing.words in panel.strip.said
    assert panel.strip._reason.text() == "ถามแล้ว", "nothing typed is lost"
    refusing.mend()
    panel.strip._answer(0)
    news(stage)
    assert "ถามแล้ว" in words(panel)
    assert said(stage).startswith("others' urgent views: 1"), "a note settles nothing"
    panel.reviews[0].in_order.emit(panel.reviews[0].waiting)
    panel.strip._answer(0)
    news(stage)
    (row,) = panel.reviews
    row.wrong.emit(row.waiting)
    panel.strip._answer(0)
    assert room.data("view.reviewed") == [{"ok": True}], "what is not in order needs a word"
    panel.strip.put_reason("ไม่มีเหตุจริง")
    panel.strip._answer(0)
    news(stage)
    assert room.data("view.reviewed") == [{"ok": True}, {"ok": False}]
    assert panel.reviews == []
    stage.sit(Role.SUPERINTENDENT)
    assert "not in order: ไม่มีเหตุจริง" in words(opened(stage))


def test_from_a_review_to_its_incident(stage: SeatStage) -> None:
    room = stage.room
    mine = room.incident(by=room.officer)
    room.look(room.shop(AccessLevel.INCIDENT, radius_m=300), Purpose.INCIDENT, incident_id=mine)
    stage.sit()
    (row,) = opened(stage).reviews
    assert "neither opened nor looked" in words(panel_of(stage))  # type: ignore[arg-type]
    row.file_wanted.emit(mine)
    assert stage.shell.pages.current == "incidents"


def test_whoever_watches_nothing_has_nothing_open(stage: SeatStage) -> None:
    stage.sit(Role.AUDITOR)
    assert said(stage) == ""
    stage.shell.act(WindowAct.MATTERS)
    assert panel_of(stage) is None


def test_the_hand_over_names_what_is_open_and_goes_on(stage: SeatStage) -> None:
    stage.sit()
    urgent(stage)
    stage.shell.act(WindowAct.OFFICER)
    panel = panel_of(stage)
    assert isinstance(panel, TakeOverPanel)
    told = " ".join(plain(label.text()) for label in panel.findChildren(QLabel))
    assert "handed over with the shift: 1" in told
    assert "C001" in told
    panel.matters_wanted.emit()
    assert isinstance(panel_of(stage), MattersPanel)
    stage.shell.act(WindowAct.OFFICER)
    panel = panel_of(stage)
    assert isinstance(panel, TakeOverPanel)
    panel.form.login.setText("shift_lead")
    panel.form.password.line.setText(PASSWORD.reveal())
    key(panel.form.password.line, Qt.Key.Key_Return)
    assert stage.seat.session.login == "shift_lead"
    (row,) = stage.room.rows("shift.handed_over")
    assert row.data["to"] == stage.seat.session.person_id
    assert isinstance(row.data["debts"], list)
    assert len(row.data["debts"]) == 1
    assert said(stage) == "others' urgent views: 1"
    stage.seat.log_out()
    assert [data["to"] for data in stage.room.data("shift.handed_over")] == [stage.room.lead.person_id, None]


def test_the_lock_tells_counts_and_no_names(stage: SeatStage) -> None:
    stage.sit()
    urgent(stage)
    stage.seat.lock()
    panel = panel_of(stage)
    assert isinstance(panel, LockPanel)
    panel._change()
    assert "urgent views to explain: 1" in panel._notice.said
    assert "C001" not in panel._notice.said


# Words and paper


DEBT = Debt("v1", "C001 ร้านทอง", "ด.ต.ก", True, NOW, None, NOW + timedelta(minutes=15), 0, "", "")
REVIEW = WaitingReview("v2", "C002 บ้าน", "ด.ต.ก", "i1", "0001", NOW, NOW, Purpose.INCIDENT, True, False)


def test_words_of_what_is_open() -> None:
    later = NOW + timedelta(minutes=16)
    assert status_texts(OpenMatters(), NOW) == ()
    found = OpenMatters(mine=(DEBT,), others=(replace(DEBT, mine=False),), reviews=(REVIEW,))
    assert status_texts(found, NOW)[-1] == "Urgent 1 · 15:00 min · shift: 2"
    assert status_texts(found, later)[-1] == "Urgent 1, overdue: 1 · shift: 2, overdue: 1"
    assert (status_sign(found, NOW), status_sign(found, later)) == (("clock", "warning"), ("urgent", "bad"))
    assert status_sign(OpenMatters(reviews=(REVIEW,)), NOW) == ("review", "warning")
    assert len(left_open(found, NOW)) == 3
    assert counts_text(found) == "urgent views to explain: 2 · views to review: 1"
    told = Noteworthy("v", "C001", "ด.ต.ก", NOW, 2, "ไม่จริง")
    assert noteworthy_line(told, NOW).count("\n") == 2


def test_the_sheet_lists_what_is_open_and_has_room_for_both_names() -> None:
    noted = replace(DEBT, note="ถามแล้ว", due_at=NOW)
    made = Made("สภ.เมืองตัวอย่าง", "ด.ต.ก", NOW)
    report = hand_over_sheet(OpenMatters(mine=(DEBT, noted), reviews=(REVIEW,)), made)
    debts, reviews, *_rest = [block for block in report.blocks if isinstance(block, Table)]
    assert [row[-1].split("\n")[-1] for row in debts.rows] == ["until 13:20", "ถามแล้ว"]
    assert [row[-1] for row in reviews.rows] == ["0001"]
    empty = hand_over_sheet(OpenMatters(), made)
    assert [len(block.rows) for block in empty.blocks if isinstance(block, Table)] == [0, 0, 0, 0, 0]


def test_the_sheet_names_incidents_stopped_links_and_cameras_without_a_picture(room: Room) -> None:
    room.close_incident(room.incident())
    mine = room.incident()
    ended_before, ended, paused, moved = room.shop(), room.shop(), room.shop(), room.shop()
    room.address(moved, "rtsp://192.168.9.71/live")
    room.withdraw(ended_before)
    room.clock.advance(3600)
    room.station.matters.hand_over(room.officer, room.lead)
    room.clock.advance(600)
    room.withdraw(ended)
    room.pause(paused)
    broken(room, ended, Ending.UNWATCHED)
    broken(room, paused, Ending.GOES_ON)
    found = room.station.matters.open_ones(room.lead)
    rest = found.rest
    told = [(link.camera[:4], link.at is None) for link in rest.links]
    assert told == [("C002", False), ("C003", True), ("C004", True)]
    assert [each.camera[:4] for each in rest.down] == ["C003"]
    assert rest == room.station.matters.open_ones(room.lead).rest, "nothing new, nothing drawn anew"
    report = hand_over_sheet(found, Made("สถานี", "ผู้ทำ", room.clock.now()))
    incidents, links, down = [block.rows for block in report.blocks if isinstance(block, Table)][2:]
    number = room.station.incidents.incident(mine).number
    assert [row[0] for row in incidents] == [number]
    assert [len(links), len(down)] == [3, 1]
    assert [row[-1] for row in links][1:] == ["paused", "new address: ask the owner"]
    room.clock.advance(400)
    assert room.station.matters.open_ones(room.lead).rest.down == (), "nobody has told of it for a while"


def broken(room: Room, camera: str, ending: Ending) -> None:
    """An outage as the health watch notes it."""

    def work(tx: Tx) -> None:
        put_outages(tx, [Outage(camera, tx.now - timedelta(minutes=9), tx.now, Fault.NO_ANSWER, ending, new_id())])

    room.store.note(work)


def test_the_sheet_is_laid_before_the_officer_with_the_newest_seal(stage: SeatStage) -> None:
    stage.sit()
    urgent(stage)
    panel = opened(stage)
    panel.print_wanted.emit()
    (preview,) = stage.shell.findChildren(Preview)
    assert not any(isinstance(block, QrCode) for block in preview._report.blocks), "nothing is sealed yet"
    preview.close_preview()
    stage.room.station.journal.seal()
    panel.print_wanted.emit()
    (preview,) = [each for each in stage.shell.findChildren(Preview) if each._open]
    (seal,) = [block.text for block in preview._report.blocks if isinstance(block, QrCode)]
    stage.room.station.journal.verify(stage.room.chief, [seal])
    preview.close_preview()


def test_a_sheet_without_a_seal_is_printed_where_the_journal_cannot_be_read(
    stage: SeatStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> str:
        raise Unavailable("store.gone")

    stage.sit()
    stage.room.station.journal.seal()
    monkeypatch.setattr(stage.room.station.journal, "paper_code", gone)
    opened(stage).print_wanted.emit()
    (preview,) = stage.shell.findChildren(Preview)
    assert not any(isinstance(block, QrCode) for block in preview._report.blocks)
    preview.close_preview()


def test_one_command_explains_several(room: Room) -> None:
    views = [room.look(room.shop(), Purpose.URGENT).view_id for _ in range(2)]
    room.run(JustifyView(view_id=views[0], also=tuple(views), words=WHY), room.officer)
    assert {row.subject[1] for row in room.rows("view.justified")} == set(views)
