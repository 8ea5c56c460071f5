"""The record of processing in the window: delivered lines, wording, versions, the whole record as CSV and paper."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu

from console.i18n import plain
from console.services.processing_papers import ITEMS
from console.views.printing import Preview
from console.views.processing import ProcessingPage
from console.views.record_spec import Query
from tests.gate.room import Room
from tests.shell.register_stage import InFront, answer

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard"),
    pytest.mark.usefixtures("qapp"),
]

MakePage = Callable[..., ProcessingPage]


@pytest.fixture
def make_page(in_front: InFront, room: Room) -> MakePage:
    return lambda session=None: in_front(ProcessingPage, session or room.chief)


def test_a_line_is_worded_and_stays_in_sight_with_its_history(make_page: MakePage, room: Room) -> None:
    page = make_page()
    line = room.station.processing.lines(room.chief)[0]
    page.select(line.id)
    form = page.panel.form
    assert form is not None
    form.box("security").set_raw("")
    form.save()
    assert plain(form.box("security").said) == "This must be filled in."
    form.box("security").set_raw("ตู้ล็อก")
    form.save()
    assert page.panel.row is not None
    assert page.panel.row.facts.security == "ตู้ล็อก"
    assert page.spec.columns[-1].text(page.panel.row) == "Worded by the station"
    strike = page.spec.acts[0]
    page.panel.run_act(strike, page.panel.row)
    page.panel._strip._accept()
    assert line.id not in [each.id for each in room.station.processing.lines(room.chief)]


def test_versions_are_issued_and_shown_as_paper(make_page: MakePage, room: Room) -> None:
    page = make_page()
    page.list_versions()
    assert plain(page.strip.said) == "No version was issued yet."
    page.ask_issue()
    answer(page, "Issue it")
    assert plain(page.strip.said) == "Version 1 was issued."
    page.ask_issue()
    answer(page, "Issue it")
    assert "Nothing was issued" in plain(page.strip.said)
    page.list_versions()
    (menu,) = page.findChildren(QMenu, "versions")
    menu.actions()[0].trigger()
    menu.close()
    assert page.findChild(Preview) is not None
    assert room.data("register.extracted") == [{"register": "processing", "how": "print", "rows": 1}]


def test_the_whole_record_leaves_as_csv_and_paper(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page()
    file = tmp_path / "ropa.csv"
    page.output.save_csv(file, Query(), 8)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        head, *rows = list(csv.reader(opened))
    assert len(head) == 3 + len(ITEMS)
    assert len(rows) == 8
    assert all(all(cell for cell in row) for row in rows)
    page.print_list()
    assert page.findChild(Preview) is not None


def test_the_registrar_words_and_does_not_issue(make_page: MakePage, room: Room) -> None:
    page = make_page(room.registrar)
    assert page.issue_button is None
    assert page.spec.may_change
