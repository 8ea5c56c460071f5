"""The sheet for a file of cameras: what is wrong with it, what is taken of it, how far it is, and leaving it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.i18n import plain
from console.views.camera_import import ImportSheet
from tests.gate.room import Room
from tests.shell.cameras_stage import Seat, seated
from tests.shell.record_stage import press

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]

HEAD = "code,name,owner_type,lat,lon,address\n"


def sheet_of(seat: Seat) -> ImportSheet:
    seat.register.import_wanted.emit()
    assert seat.page.importing is not None
    return seat.page.importing


def problems(sheet: ImportSheet) -> list[tuple[str, ...]]:
    model = sheet.problems
    return [
        tuple(str(model.data(model.index(row, column))) for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def test_a_good_file_is_checked_and_taken(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text(HEAD + "A1,ร้าน,shop,7.2,100.6,rtsp://10.5.0.1/a\nA2,วัด,temple,,,\n", "utf-8")
    with seated(room, room.registrar) as seat:
        sheet = sheet_of(seat)
        assert not sheet.take_button.isVisible()
        sheet.path.setText(f' "{path}" ')
        QTest.keyClick(sheet.path, Qt.Key.Key_Return)
        assert "2 cameras in the file; 2 can be registered." in plain(sheet.found.text())
        assert room.station.cameras.cameras() == [], "a check registers nothing"
        assert plain(sheet.take_button.text()) == "Register 2 cameras"
        assert not sheet.whole.isVisible(), "nothing to choose where nothing is wrong"
        press(sheet, Qt.Key.Key_S, ctrl=True)
        assert "Cameras registered: 2." in plain(sheet.strip.said)
        press(sheet, Qt.Key.Key_Escape)
        assert seat.page.importing is None
        assert seat.codes() == ["A1", "A2"]


def test_bad_lines_are_listed_and_left_out_only_if_wished(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text(HEAD + "A1,ร้าน,shop,51.5,0.1,\nA2,วัด,ปราสาท,,,\nA1,ซ้ำ,shop,,,rtsp://u:geheim@10.5.0.1/a\n", "utf-8")
    with seated(room, room.registrar) as seat:
        sheet = sheet_of(seat)
        sheet.choose(str(path))
        rows = problems(sheet)
        assert [row[:3] for row in rows] == [("2", "lat", "51.5"), ("3", "owner_type", "ปราสาท"), ("4", "code", "A1")]
        assert "outside Thailand" in rows[0][3]
        assert "line 2" in rows[2][3]
        assert "geheim" not in str(rows)
        assert sheet.whole.isChecked()
        assert not sheet.take_button.isEnabled(), "all or nothing"
        sheet.take()
        assert room.station.cameras.cameras() == []
        sheet.good.setChecked(True)
        assert plain(sheet.take_button.text()) == "Register 1 cameras"
        sheet.take_button.click()
        assert [row.code for row in room.station.cameras.cameras()] == ["A1"]
        assert "Cameras registered: 1." in plain(sheet.strip.said)


def test_a_file_that_is_none_is_said_and_the_next_one_taken(room: Room, tmp_path: Path) -> None:
    with seated(room, room.registrar) as seat:
        sheet = sheet_of(seat)
        sheet.check()
        assert sheet.strip.said == ""
        sheet.choose(str(tmp_path / "none.csv"))
        assert "There is no file" in plain(sheet.strip.said)
        (tmp_path / "bad.csv").write_text("name\nx\n")
        sheet.choose(str(tmp_path / "bad.csv"))
        assert "lacks these columns: code, owner_type" in plain(sheet.strip.said)
        assert not sheet.take_button.isVisible()
        (tmp_path / "good.csv").write_text(HEAD + "A1,x,shop,,,\n")
        sheet.choose(str(tmp_path / "good.csv"))
        assert sheet.take_button.isEnabled()
        sheet.path.textEdited.emit("elsewhere")
        assert not sheet.take_button.isVisible(), "what was found is of another file"


def test_an_import_shows_how_far_it_is_and_can_be_cancelled(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text(HEAD + "".join(f"A{n:03},x,shop,,,\n" for n in range(30)), "utf-8")
    with seated(room, room.registrar) as seat:
        sheet = sheet_of(seat)
        sheet.choose(str(path))
        seat.tasks.hold = True
        sheet.take()
        assert sheet.running
        assert sheet.bar.isVisible()
        assert not sheet.path.isEnabled()
        sheet._remember(12, 30)
        sheet._show_progress()
        assert (sheet.bar.value(), sheet.bar.maximum(), plain(sheet.far.text())) == (12, 30, "Line 12 of 30")
        sheet.take()
        assert len(seat.tasks.held) == 1
        press(sheet, Qt.Key.Key_Escape)
        assert seat.page.importing is sheet, "first it is cancelled"
        seat.tasks.let_go()
        assert "Cameras registered: 0. The import was cancelled." in plain(sheet.strip.said)
        assert room.station.cameras.cameras() == []
        seat.tasks.hold = False
        sheet.choose(str(path))
        assert sheet.take_button.isEnabled()


def test_leaving_the_page_cancels_what_runs(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text(HEAD + "A1,x,shop,,,\n", "utf-8")
    with seated(room, room.registrar) as seat:
        sheet = sheet_of(seat)
        sheet.choose(str(path))
        seat.tasks.hold = True
        sheet.take()
        seat.page.stop()
        seat.tasks.let_go()
        assert room.station.cameras.cameras() == []
