"""What leaves the program: CSV that a Thai spreadsheet reads and that holds no formula, and paper."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from console.kernel import OwnerType
from console.services.cameras import ArchiveCamera, CameraRow, RegisterCamera
from console.services.papers import Report, Table
from console.views.printing import Preview
from console.views.record_output import Run, all_rows, harmless, made_by, paper_of
from console.views.record_spec import Found, Query
from tests.gate.room import Room
from tests.shell.record_stage import COLUMNS, furnish, press, seated, spec_of, ui_of

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support"), pytest.mark.usefixtures("qapp")]


def test_csv_holds_what_is_listed_for_a_thai_excel_and_no_formula(room: Room, tmp_path: Path) -> None:
    furnish(room, 3)
    for number, name in enumerate(("=HYPERLINK(1)", "+66 81", "-1+2", "@cmd", "'quoted'", "a,b\nc")):
        command = RegisterCamera(code=f"X{number}", name=name.replace("\n", " "), owner_type=OwnerType.TEMPLE)
        room.run(command, room.registrar)
    path = tmp_path / "cameras.csv"
    with seated(room) as seat:
        seat.type("X")
        seat.page.output.save_csv(path, seat.page._query, 6)
        assert "6 rows were saved in" in seat.page.strip.said
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert rows[0] == [column.title for column in COLUMNS]
    assert [row[1] for row in rows[1:]] == ["'=HYPERLINK(1)", "'+66 81", "'-1+2", "'@cmd", "'quoted'", "a,b c"]
    assert list(tmp_path.glob("*.new")) == []


def test_numbers_stay_numbers_in_csv() -> None:
    assert [harmless(text) for text in ("-7.2", "+5", "-", "7", "=1", "\tx", "–", "")] == [
        "-7.2",
        "+5",
        "'-",
        "7",
        "'=1",
        "'\tx",
        "–",
        "",
    ]


def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(room: Room, tmp_path: Path) -> None:
    furnish(room, 1)
    (tmp_path / "cameras.csv").mkdir()
    with seated(room) as seat:
        seat.page.output.save_csv(tmp_path / "cameras.csv", Query(), 1)
        assert "could not be written" in seat.page.strip.said
        assert seat.page.states.saying == ""
    assert [path.name for path in tmp_path.glob("*.new")] == []


def test_a_long_run_tells_how_far_it_is_and_can_be_stopped(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        seat.tasks.hold = True
        seat.page.output.save_csv(tmp_path / "cameras.csv", Query(), 1)
        qtbot.waitUntil(lambda: seat.page.strip.said == "Reading the list: 0 of 1")
        seat.page.output.save_csv(tmp_path / "twice.csv", Query(), 1)
        assert len(seat.tasks.held) == 1
        seat.page.strip._answer(0)
        seat.tasks.hold = False
        seat.tasks.let_go()
        assert seat.page.strip.said == "Stopped. No file was left behind."
    assert list(tmp_path.glob("*.csv")) == []


class Growing:
    """Rows come in at the top while the list is being read."""

    def __init__(self, rows: Sequence[CameraRow]) -> None:
        self.rows = list(rows)
        self.asked = 0

    def find(self, query: Query, start: int, limit: int) -> Found[CameraRow]:
        del query
        self.asked += 1
        if self.asked > 1:
            self.rows.insert(0, replace(self.rows[0], id=f"new{self.asked}"))
        return Found(self.rows[start : start + min(limit, 4)], len(self.rows))

    def forget(self) -> None:
        """Nothing is remembered."""


def test_a_list_that_grows_while_it_is_read_gives_no_row_twice(room: Room) -> None:
    furnish(room, 10)
    rows = room.station.cameras.cameras()
    heard: list[tuple[int, int]] = []
    read = list(all_rows(Growing(rows), Query(), Run(lambda done, total: heard.append((done, total)), Event())))
    assert [row.id for row in read] == [row.id for row in rows]
    assert heard[-1][0] >= 10


def test_what_may_not_leave_unseen_is_journaled_first(room: Room, tmp_path: Path) -> None:
    cameras = furnish(room, 1)
    asked: list[tuple[str, int]] = []

    def extracted(query: Query, how: str, rows: int) -> ArchiveCamera:
        del query
        asked.append((how, rows))
        return ArchiveCamera(camera_id=cameras[0], version=1)

    with seated(room, extracted=extracted) as seat:
        seat.page.output.save_csv(tmp_path / "cameras.csv", Query(), 1)
        assert asked == [("csv", 1)]
        assert seat.page.strip.said.startswith("Somebody else changed this record first.")
        assert not (tmp_path / "cameras.csv").exists()


def test_the_file_dialog_comes_with_its_key_and_a_name(room: Room, tmp_path: Path) -> None:
    furnish(room, 1)
    with seated(room) as seat:
        press(seat.page.filter.box, Qt.Key.Key_E, ctrl=True)
        dialog = seat.page.findChild(QFileDialog)
        assert dialog is not None
        assert dialog.selectedFiles()[0].endswith("Cameras 2026-11-22.csv")
        dialog.fileSelected.emit(str(tmp_path / "chosen.csv"))
        assert (tmp_path / "chosen.csv").exists()
        dialog.close()


def test_the_list_is_shown_as_paper(room: Room) -> None:
    furnish(room, 3)
    with seated(room) as seat:
        seat.type("C00")
        press(seat.page.table, Qt.Key.Key_P, ctrl=True)
        preview = seat.page.findChild(Preview)
        assert preview is not None
        preview.close_preview()


def test_a_paper_of_a_part_of_the_list_says_so(room: Room) -> None:
    furnish(room, 3)
    ui = ui_of(room)
    made = made_by(ui.session, ui.clock, ui.station)
    report = paper_of(spec_of(room.station), Query("C00"), room.station.cameras.cameras(), 7000, made)
    assert isinstance(report, Report)
    assert dict(report.facts) == {"Filter": "C00", "Entries": "3 of 7,000"}
    assert isinstance(report.blocks[0], Table)
    assert report.blocks[0].rows[0][0] == "C001"
    assert len(report.blocks) == 2
