"""The page of the access log over a real station: list, filters, the whole entry, the check, paper and CSV."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.db.journal import erase_personal
from console.db.store import CommandStamp, Tx
from console.i18n import plain
from console.kernel import Change, ConsoleError, EndReason, Role, Secret, Session, new_id
from console.services.access_log import LogRow
from console.services.journal import Problem
from console.views import access_log_check, access_log_words
from console.views.access_log import AccessLogPage, page
from console.views.access_log_check import CheckSheet
from console.views.access_log_row import LogPanel
from console.views.printing import Preview
from console.views.record_spec import Query
from console.views.record_table import ROW_HEIGHT
from tests.gate.room import PASSWORD, Room
from tests.shell.record_stage import press, ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]


@contextmanager
def opened(room: Room, session: Session | None = None, tasks: InlineTasks | None = None) -> Iterator[AccessLogPage]:
    ui = ui_of(room, session, tasks=tasks or InlineTasks())
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    made = page(ui, room.station)
    assert isinstance(made, AccessLogPage)
    made.resize(1270, 720)
    made.show()
    QTest.qWaitForWindowActive(made)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        made.close()
        made.deleteLater()


def rows(log: AccessLogPage) -> list[LogRow]:
    records = log.table.records
    found = [records.record(number) for number in range(records.total)]
    return [row for row in found if row is not None]


def type_in(log: AccessLogPage, words: str) -> None:
    log.filter.box.setText(words)
    log._ask()


def looked(room: Room, number: int = 1) -> str:
    camera = room.shop()
    for _number in range(number):
        live = room.look(camera)
        room.clock.advance(61)
        live.end(EndReason.CLOSED)
        room.feeds.keep()
    return camera


def panel(log: AccessLogPage) -> LogPanel:
    return log.panel.findChild(LogPanel)  # type: ignore[return-value] # it is always there


def sheet(log: AccessLogPage) -> CheckSheet:
    assert log.sheet is not None
    return log.sheet


def preview(log: AccessLogPage) -> Preview | None:
    return next(iter(log.findChildren(Preview)), None)


# List and filters


def test_the_list_shows_who_looked_at_what_and_why(room: Room) -> None:
    looked(room)
    with opened(room) as log:
        model = log.table.records
        number = next(at for at, row in enumerate(rows(log)) if row.event_class == "view.opened")
        cells = [str(model.data(model.index(number, column))) for column in range(6)]
        assert cells[1:] == [
            f"{room.officer.display_name} · CCOC duty officer",
            "Camera opened",
            "C001 กล้อง C001",
            "Planned watch of a risk spot",
            "On the wall · 1 min 1 s · closed by the officer",
        ]
        assert cells[0].endswith(":00") or cells[0].count(":") == 2


def test_chips_choose_kinds_and_days_and_words_narrow_them(room: Room) -> None:
    looked(room)
    room.clock.advance(3 * 86_400)
    looked(room)
    with opened(room) as log:
        log.filter.chips["views"].click()
        assert [row.event_class for row in rows(log)] == ["view.opened", "view.opened"]
        log.filter.chips["today"].click()
        assert len(rows(log)) == 1
        log.filter.chips["week"].click()
        assert not log.filter.chips["today"].isChecked()
        assert len(rows(log)) == 2
        type_in(log, "c002")
        assert [row.camera for row in rows(log)] == ["C002 กล้อง C002"]
        type_in(log, "nothing like it")
        assert "Nothing matches the filter" in plain(log.states.saying)


def test_from_and_until_are_written_into_the_filter(room: Room) -> None:
    looked(room)
    with opened(room) as log:
        fields = log.span_fields
        fields.button.click()
        assert fields.first.isVisible()
        fields.first.setText("no day")
        press(fields.first, Qt.Key.Key_Return)
        assert "not a date" in fields.wrong.text()
        assert fields.first.hasFocus()
        fields.first.setText("๑/๑๑/๒๕๖๙")
        fields.last.setText("31/10/2026")
        press(fields.last, Qt.Key.Key_Return)
        assert log.filter.box.text() == "31/10/2026 – ๑/๑๑/๒๕๖๙"
        assert not fields.first.isVisible()
        fields.button.click()
        fields.last.clear()
        press(fields.first, Qt.Key.Key_Return)
        assert log.filter.box.text() == f"๑/๑๑/๒๕๖๙ – {room.clock.now():%d/%m/%Y}"
        log._ask()
        assert len(rows(log)) > 3
        fields.button.click()
        press(fields.first, Qt.Key.Key_Escape)
        assert not fields.first.isVisible()


def test_what_happens_meanwhile_comes_to_the_top(room: Room, qtbot: QtBot) -> None:
    with opened(room) as log:
        before = len(rows(log))
        incident = room.incident()
        log.ui.changes.hear((Change("incident", incident, 1, ""),))
        qtbot.waitUntil(lambda: len(rows(log)) > before)
        assert rows(log)[0].what == "Added: incident"


def test_entries_that_change_no_record_come_by_themselves(room: Room, qtbot: QtBot) -> None:
    """Refusals, log-ins: many at once are one reading, and without any the list is not read at all."""
    looked(room, 30)
    with opened(room) as log:
        forget = room.store.on_change(log.ui.changes.hear)
        bar = log.table.verticalScrollBar()
        readings: list[int] = []
        log.table.records.answered.connect(readings.append)
        with pytest.raises(ConsoleError, match=r"login\.wrong"):
            room.station.people.log_in("chief", Secret("not this one"))
        qtbot.waitUntil(lambda: rows(log)[0].event_class == "login.failed")
        assert bar.value() == 0, "whoever stands at the top sees what is new"
        count = len(readings)
        log.table.select_row(20)
        bar.setValue(10 * ROW_HEIGHT)
        chosen, top = log.table.selected, log.table.records.record(log.table.rowAt(0))
        for _number in range(3):
            room.station.people.log_in("auditor", PASSWORD)
        qtbot.waitUntil(lambda: len(readings) > count)
        assert [row.event_class for row in rows(log)[:3]] == ["login.ok"] * 3
        assert len(readings) == count + 1
        assert log.table.selected == chosen
        assert log.table.records.record(log.table.rowAt(0)) == top, "the rows in sight stay where they are"
        assert not log._news.isActive(), "nothing came, nothing is read"
        forget()


def test_who_may_not_read_is_told_so(room: Room) -> None:
    with opened(room, room.officer) as log:
        assert "Not permitted" in plain(log.states.saying)
        assert log.check_button is None


# The entry


def test_an_entry_is_shown_whole_and_leads_to_its_records(room: Room) -> None:
    camera = looked(room)
    wanted: list[tuple[str, object]] = []
    with opened(room) as log:
        log.open_wanted.connect(lambda key, target: wanted.append((key, target)))
        view = next(row for row in rows(log) if row.event_class == "view.opened")
        log.open_row(view)
        (stored,) = [row for row in room.rows("view.opened") if row.seq == view.seq]
        text = html.unescape(plain(panel(log).text))
        for part in (stored.hash, camera, room.officer.person_id, "Number in the camera's chain", '"view.opened"'):
            assert part in text, part
        assert "open cameras" in text
        for act in log.spec.acts:
            assert act.open is not None
            if act.can(view):
                act.open(view)
        assert wanted == [("cameras", camera), ("people", room.officer.person_id)]


def test_only_pages_that_this_role_may_open_are_led_to(room: Room) -> None:
    looked(room)
    for session, keys in ((room.log_in(Role.AUDITOR), set()), (room.lead, {"camera", "incident"})):
        with opened(room, session) as log:
            assert {act.key for act in log.spec.acts} == keys


def test_personal_words_are_shown_until_they_are_erased(room: Room) -> None:
    incident = room.incident()
    with opened(room) as log:
        row = next(row for row in rows(log) if row.what == "Added: incident")
        log.open_row(row)
        assert "เหตุสมมติ" in plain(panel(log).text)
        room.store.submit(
            lambda tx: erase_personal(tx, ("incident", incident)), command=CommandStamp(new_id(), "erase")
        )
        panel(log).show_row(None)
        panel(log)._read()
        assert "เหตุสมมติ" not in plain(panel(log).text)
        assert "erased" in plain(panel(log).text)


def test_who_may_not_open_an_incident_is_not_told_its_words(room: Room) -> None:
    room.incident()
    with opened(room, room.log_in(Role.AUDITOR)) as log:
        log.open_row(next(row for row in rows(log) if row.what == "Added: incident"))
        assert "เหตุสมมติ" not in plain(panel(log).text)
        assert "not for this role to read" in plain(panel(log).text)


def test_an_entry_that_was_changed_from_outside_is_shown_as_it_lies(room: Room) -> None:
    room.incident()
    spoil(room, "UPDATE journal SET body = x'00ff' WHERE seq = (SELECT max(seq) FROM journal)")
    with opened(room) as log:
        assert rows(log)[0].event_class == "unreadable"
        log.open_row(rows(log)[0])
        assert "00ff" in panel(log).text


def test_another_page_brings_an_entry_into_sight(room: Room) -> None:
    looked(room)
    with opened(room) as log:
        type_in(log, "refused")
        target = room.rows("view.opened")[0]
        log.go_to(f"{target.writer_id}:{target.seq}")
        assert log.filter.box.text() == ""
        assert log.panel.row is not None
        assert log.panel.row.event_class == "view.opened"


# The check


def spoil(room: Room, *changes: str) -> None:
    """What somebody does who has the database file in his hands."""

    def work(tx: Tx) -> None:
        connection = tx.session.connection()
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS guard_journal_{verb}")
        for change in changes:
            connection.exec_driver_sql(change)

    room.store.submit(work, command=CommandStamp(new_id(), "spoil"))


def test_a_whole_log_is_said_in_one_large_sentence(room: Room) -> None:
    looked(room)
    room.station.journal.seal()
    room.incident()
    with opened(room) as log:
        assert log.check_button is not None
        log.check_button.click()
        count = len(room.rows())
        said = plain(sheet(log).said)
        assert said.startswith("The access log is whole\nNothing was changed, left out, doubled or cut off.")
        assert f"Entries checked: {count} · consoles: 1 · cameras: 1 · seals: " in said
        assert "the next seal takes in: " in said
        assert sheet(log).findings == ""
        press(sheet(log), Qt.Key.Key_Escape)
        assert log.sheet is None
        assert log.table.hasFocus()


def test_findings_are_listed_with_their_numbers(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    looked(room, 2)
    first = room.rows("view.opened")[0].seq
    spoil(
        room,
        "UPDATE journal SET body = replace(body, 'risk_spot', 'traffic')"
        " WHERE seq = (SELECT min(seq) FROM journal WHERE event_class = 'view.opened')",
    )
    with opened(room) as log:
        log.check()
        assert plain(sheet(log).said).startswith("The access log is not whole\nFindings: ")
        assert f"number {first}: the row was changed" in plain(sheet(log).findings)
        assert "Tell the superintendent" in plain(sheet(log).said)
        monkeypatch.setattr(access_log_check, "MOST_FINDINGS", 1)
        log.check()
        assert "more findings" in plain(sheet(log).findings)


def test_a_check_can_be_stopped_and_a_page_that_closes_stops_it(room: Room) -> None:
    looked(room)
    tasks = InlineTasks()
    with opened(room, tasks=tasks) as log:
        tasks.hold = True
        log.check()
        assert "is being checked" in plain(sheet(log).said)
        press(sheet(log), Qt.Key.Key_Escape)
        tasks.let_go()
        assert log.sheet is None
        assert log._checked is None
        log.check()
        log.close_sheet()
        tasks.let_go()
        assert log._checked is None


def test_the_check_tells_how_far_it_is(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = InlineTasks()
    with opened(room, tasks=tasks) as log:
        tasks.hold = True
        log.check()
        sheet(log)._moved.emit(3_000, 12_000)
        qtbot.waitUntil(lambda: "Entry 3,000 of 12,000" in plain(sheet(log).said))
        tasks.let_go()


def test_a_check_that_could_not_be_made_says_why(room: Room) -> None:
    with opened(room) as log:
        room.station.sessions.end(log.ui.session, EndReason.LOGOUT)
        log.check()
        assert "could not be checked" in plain(sheet(log).said)
        assert not sheet(log).print_button.isVisible()


# Out of the program


def test_a_paper_carries_the_check_that_is_made_before_it(room: Room) -> None:
    looked(room)
    with opened(room) as log:
        press(log.table, Qt.Key.Key_P, ctrl=True)
        shown = preview(log)
        assert shown is not None
        assert log._checked is not None
        report = shown._report
        texts = "\n".join(str(block) for block in report.blocks)
        assert "The access log is whole" in texts
        assert "C001 กล้อง C001" in texts
        assert log._checked.fingerprint[:8] in texts.replace(" ", "").replace("-", "").lower()
        shown.close_preview()
        (row,) = room.rows("journal.extracted")
        assert (row.data["how"], row.data["filtered"]) == ("print", False)


def test_findings_stop_the_paper_until_somebody_asks_for_it_again(room: Room) -> None:
    looked(room)
    spoil(room, "UPDATE journal SET body = replace(body, 'risk_spot', 'traffic') WHERE event_class = 'view.opened'")
    with opened(room) as log:
        log.print_list()
        assert preview(log) is None
        sheet(log).print_button.click()
        shown = preview(log)
        assert shown is not None
        assert "The access log is not whole" in "\n".join(str(block) for block in shown._report.blocks)
        shown.close_preview()


def test_who_may_read_but_not_check_prints_a_paper_that_says_so(room: Room) -> None:
    looked(room)
    with opened(room, room.lead) as log:
        assert log.check_button is None
        type_in(log, "c001")
        log.filter.chips["views"].click()
        log.print_list()
        shown = preview(log)
        assert shown is not None
        texts = "\n".join(map(str, shown._report.blocks))
        assert "The log was not checked for this extract" in texts
        facts = dict(shown._report.facts)
        assert facts["Chosen"] == "Views · “c001”"
        shown.close_preview()


def test_the_csv_has_every_cell_whole_and_is_journaled(room: Room, tmp_path: Path) -> None:
    looked(room)
    room.refusal(room.camera())
    with opened(room, room.log_in(Role.AUDITOR)) as log:
        log.output.save_csv(tmp_path / "log.csv", log._query, log.table.records.total)
        with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
            head, *lines = csv.reader(file)
        assert head == ["Date and time", "Who", "What", "Camera", "Purpose", "Details"]
        refused = next(line for line in lines if line[2] == "Camera refused")
        assert refused[1] == f"{room.officer.display_name} · CCOC duty officer"
        assert refused[3:] == [
            "C002 กล้อง C002",
            "Planned watch of a risk spot",
            "no right to look is recorded for this camera",
        ]
        (row,) = room.rows("journal.extracted")
        # The row that tells of this file came after the rows were counted.
        assert row.data["rows"] == len(lines) - 1


def test_what_leaves_is_told_whole_though_the_list_was_not_counted_yet(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(room)
    monkeypatch.setattr("console.services.access_log.GLANCED", 2)
    with opened(room, room.log_in(Role.AUDITOR)) as log:
        log.table.ask(Query("camera"))
        shown = log.table.records.total
        assert (shown, log.table.records.counted) == (2, False)
        log.output.save_csv(tmp_path / "log.csv", Query("camera"), shown)
        (row,) = room.rows("journal.extracted")
        lines = (tmp_path / "log.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
        assert row.data["rows"] == len(lines) > shown


# Words


def test_what_is_no_row_has_no_number_and_old_consents_are_counted(room: Room) -> None:
    """Also in the sheet: a record is named by what it is, and what nobody can say of old consents is said."""
    looked(room)
    with opened(room) as log:
        log.check()
        checked = log._checked
        assert checked is not None
        assert access_log_words.older(checked) == ""
        old = replace(checked, report=replace(checked.report, undigested=3))
        assert "before digests" in access_log_words.on_paper(old)
        wrong = Problem("guard", "", 0, "journal.guard", "guard guard_consent_update")
        sheet(log)._finish(replace(old, report=replace(old.report, problems=(wrong,))))
        assert "guard of the database guard_consent_update: it was missing" in plain(sheet(log)._findings.text())


@pytest.mark.usefixtures("_thai")
def test_the_page_speaks_thai(room: Room) -> None:
    looked(room)
    with opened(room) as log:
        log.check()
        assert plain(sheet(log).said).startswith("บันทึกการเข้าถึงครบถ้วน")
        assert log._checked is not None
        written = plain(access_log_words.on_paper(log._checked))
        assert "ครบถ้วนถูกต้อง ไม่มีรายการใด" in written, "no full stop between Thai sentences"
        view = next(row for row in rows(log) if row.event_class == "view.opened")
        assert plain(view.what) == "เปิดดูภาพกล้อง"
        assert plain(access_log_words.console_words("x-12345678", "y")) == "เครื่อง 12345678"
        type_in(log, "opened จุดเสี่ยง")
        assert [row.event_class for row in rows(log)] == ["view.opened"]
