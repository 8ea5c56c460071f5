"""The visitor book on the screen and on paper: groups, counts by sector, sums of each month, names of the sectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from console.i18n import plain
from console.kernel import Session
from console.services.commands import build
from console.services.papers import Report, Table
from console.services.visitors import NameSectors, RecordVisit
from console.views.record_choice import ChoiceBox
from console.views.record_form import RecordForm
from console.views.record_spec import Query
from console.views.visitors import VisitList, VisitorsPage
from tests.gate.room import Room
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


@dataclass
class Seat:
    page: VisitorsPage
    tasks: InlineTasks

    @property
    def book(self) -> VisitList:
        assert self.page.list is not None
        return self.page.list

    def cells(self, key: str) -> list[str]:
        model = self.book.table.records
        number = [column.key for column in model.columns].index(key)
        return [plain(str(model.data(model.index(row, number)))) for row in range(model.rowCount())]

    @property
    def form(self) -> RecordForm[Any]:
        form = self.book.panel.form if self.page.act_panel is None else self.page.act_panel.form
        assert form is not None
        return form

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


@contextmanager
def seated(room: Room, session: Session | None = None) -> Iterator[Seat]:
    tasks = InlineTasks()
    ui = ui_of(room, session or room.lead, tasks)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    made = VisitorsPage(ui, room.station)
    made.resize(1270, 720)
    made.show()
    made.start()
    try:
        yield Seat(made, tasks)
    finally:
        made.stop()
        made.close()
        made.deleteLater()


def record(room: Room, days_ago: int = 1, **more: Any) -> str:
    fields: dict[str, Any] = {
        "day": room.clock.now() - timedelta(days=days_ago),
        "group_name": "ชมรมผู้ค้าสมมติ",
        "counts": {4: 12, 5: 3},
        "received_by": room.chief.person_id,
    } | more
    made: str = room.run(build(RecordVisit, **fields), room.officer)
    return made


def test_a_visit_is_recorded_by_sector_and_what_is_wrong_stands_at_its_field(room: Room) -> None:
    with seated(room) as seat:
        assert "No visit is recorded yet" in plain(seat.book.states.saying)
        seat.book.open_new()
        seat.write(group_name="คณะครูสมมติ")
        seat.book.panel.save()
        assert "at one sector at least" in seat.said("count_1")
        seat.write(count_3="๑๒", count_5="3", sign_ups="20")
        seat.book.panel.save()
        assert "more than the people" in seat.said("sign_ups")
        seat.write(sign_ups="2", wishes="ขอเชื่อมกล้องโรงเรียน")
        seat.book.panel.save()
        assert seat.cells("people") == ["15"]
        assert seat.cells("sectors") == ["State agencies and non-profit bodies 12 · Residents of the community 3"]
        assert "1 groups, 15 people, want to link a camera: 2" in plain(seat.book.head.summary.text())


def test_a_visit_is_struck_and_counted_no_more(room: Room) -> None:
    made = record(room)
    with seated(room) as seat:
        seat.book.select(made)
        row = seat.book.panel.row
        assert row is not None
        act = next(act for act in seat.book.spec.acts if act.can(row))
        seat.book.panel.run_act(act, row)
        seat.book.panel._strip.put_reason("บันทึกซ้ำ")
        seat.book.panel._strip._answer(0)
        assert seat.cells("state") == ["Struck out"]
        assert "0 groups" in plain(seat.book.head.summary.text())
        seat.book.filter.chips["struck"].click()
        assert len(seat.cells("state")) == 1
        seat.book.filter.chips["wishes"].click()
        assert seat.cells("state") == []


def test_saving_the_book_is_journaled_before(room: Room, tmp_path: Path) -> None:
    record(room)
    with seated(room) as seat:
        seat.book.output.save_csv(tmp_path / "visits.csv", seat.book._query, 1)
        assert room.data("visits.extracted") == [{"how": "csv", "rows": 1}]
        assert (tmp_path / "visits.csv").exists()


def test_the_paper_sums_each_month(room: Room) -> None:
    record(room, sign_ups=2)
    record(room, counts={1: 4})
    record(room, days_ago=60)
    struck = record(room, counts={6: 1})
    with seated(room) as seat:
        report = seat.book.spec.report
        assert report is not None
        lines = seat.book.spec.source.find(Query(), 0, 100).rows
        paper = report(lines, Query(typed="สมมติ"))
        assert isinstance(paper, Report)
        months, visits = (block for block in paper.blocks if isinstance(block, Table))
        assert [row[0] for row in months.rows] == ["Nov 2026", "Sep 2026"]
        assert [row[1] for row in months.rows] == ["3", "1"]
        assert months.rows[0][-2:] == ("20", "2")
        assert len(visits.rows) == 4
    assert struck


def test_sectors_are_named_anew_and_the_list_follows(room: Room) -> None:
    made = record(room)
    with seated(room) as seat:
        seat.page.open_sectors()
        seat.write(sector_1="ตำรวจสมมติ", sector_4="", sector_7="นักเรียน")
        seat.form.save()
        assert seat.page.act_panel is None
        assert seat.cells("sectors") == ["Business 12 · Residents of the community 3"], "out of use, but counted by it"
        seat.book.select(made)
        form = seat.form
        assert "count_7" in form._body.boxes
        assert "count_4" not in form._body.boxes
        seat.write(count_5="5")
        seat.book.panel.save()
        assert seat.cells("people") == ["17"], "what was counted by the sector out of use is not lost"
        room.run(NameSectors(names=("ตำรวจ",)), room.lead)
        seat.page._hear(frozenset({"sector"}))
        assert "Residents of the community 5" in seat.cells("sectors")[0]
    with seated(room, room.officer) as seat:
        assert "Sectors" not in [button.text() for button in seat.book.head.findChildren(type(seat.book.print_button))]
