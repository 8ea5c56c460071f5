"""The page of statements: a camera's month in sight, and what its owner gets, as the readers beside it check it."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from console.db.camera_heads import heads_of
from console.db.places import load_writer
from console.db.statements import delays
from console.i18n import plain
from console.i18n.dates import format_date, format_time
from console.kernel import STATION_ZONE, AccessLevel, EndReason, Purpose, Role, Session, TileState, Unavailable
from console.services.papers import Note
from console.views import statements
from console.views.log_tabs import (
    BREACHES,
    DELETIONS,
    HOLDS,
    PROCESSING,
    RETENTION,
    RIGHTS_REQUESTS,
    STATEMENTS,
    log_tabs,
)
from console.views.pages import ACCESS_LOG
from console.views.printing import Preview
from console.views.statements import StatementRow, StatementsPage, months, page
from console.views.tabs import TabPage
from tests.gate.room import Room
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]


@contextmanager
def opened(room: Room, session: Session | None = None, tasks: InlineTasks | None = None) -> Iterator[StatementsPage]:
    ui = ui_of(room, session, tasks=tasks or InlineTasks())
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    made = page(ui, room.station)
    assert isinstance(made, StatementsPage)
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


def looked(room: Room) -> str:
    """A shop's camera that was looked at through an incident, and refused for another purpose."""
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    live = room.look(camera, Purpose.INCIDENT, incident_id=room.incident())
    room.stream(live).tell(TileState.LIVE)
    room.clock.advance(12)
    live.end(EndReason.CLOSED)
    room.refusal(camera, Purpose.TRAFFIC)
    room.feeds.keep()
    return camera


def told(shown: StatementsPage) -> list[str]:
    records = shown.table.records
    found = (records.record(number) for number in range(records.total))
    return [plain(row.words.did) for row in found if row is not None]


def numbers(room: Room, camera: str) -> list[int]:
    return [head.number for head in room.store.read(lambda tx: heads_of(tx, camera))]


def test_a_camera_s_month_is_in_sight_and_nothing_is_made_by_looking(room: Room) -> None:
    camera = looked(room)
    with opened(room) as shown:
        assert shown.camera.raw() == camera
        assert {"Camera refused", "Watched: On the wall"} <= set(told(shown))
        assert "Views: 1 · Refused: 1 · the owner holds no confirmation yet" in shown.head.summary.text()
        shown.month.set_raw(list(shown._months)[1])
        shown._choose()
        assert told(shown) == []
        assert shown.print_button.isEnabled(), "that nobody looked is a statement too"
    assert numbers(room, camera) == []


def test_what_the_owner_gets_proves_itself_on_another_machine(room: Room, tmp_path: Path) -> None:
    camera = looked(room)
    out = tmp_path / "out"
    out.mkdir()
    with opened(room) as shown:
        shown.save_into(out)
        assert "Saved for the owner" in plain(shown.strip.said)
        (folder,) = out.iterdir()
        names = {path.suffix for path in folder.iterdir()}
        assert names == {".json", ".csv", ".pdf", ".html", ".py"}
        lines = list(csv.reader((folder / f"{folder.name}.csv").read_text("utf-8-sig").splitlines()))
        assert len(lines) == 2 + len([each for each in told(shown) if each]) == 2 + shown.table.records.total
        assert lines[-1][1].startswith("What happened after "), "the month is not over: the table says so itself"
        assert (folder / f"{folder.name}.pdf").read_bytes().startswith(b"%PDF")
        fingerprint = room.station.journal.fingerprint()
        asked = [sys.executable, "-I", "verify_statement.py", f"{folder.name}.json", "--fingerprint", fingerprint]
        assert subprocess.run(asked, cwd=folder, check=False, capture_output=True).returncode == 0
        assert "last confirmation: no. 1" in shown.head.summary.text()
        # Printed behind it, it is the same statement; a new look makes a new one.
        shown.print_list()
        assert numbers(room, camera) == [1]
        (preview,) = shown.findChildren(Preview)
        assert "your camera" in preview._report.title
        preview.close_preview()
        room.refusal(camera, Purpose.FOLLOW)
        shown.print_list()
        assert numbers(room, camera) == [1, 2]


def test_a_folder_that_cannot_be_written_is_said(room: Room, tmp_path: Path) -> None:
    looked(room)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with opened(room) as shown:
        shown.save_into(blocked)
        assert "could not be written" in plain(shown.strip.said)
        shown.save_into(tmp_path)
        assert "Saved" in plain(shown.strip.said), "and it can be tried again"


def test_the_folder_is_asked_for(room: Room) -> None:
    looked(room)
    with opened(room) as shown:
        shown.export()
        (dialog,) = shown.findChildren(QFileDialog)
        assert dialog.fileMode() is QFileDialog.FileMode.Directory
        dialog.reject()


def rows_of(shown: StatementsPage) -> list[StatementRow]:
    records = shown.table.records
    return [row for number in range(records.total) if (row := records.record(number)) is not None]


def test_the_superintendent_lets_a_case_wait_until_a_day_of_his_choice(room: Room) -> None:
    looked(room)
    with opened(room) as shown:
        (act,) = shown.spec.acts
        (view,) = [row for row in rows_of(shown) if act.can(row)]
        shown.panel.run_act(act, view)
        assert shown.delay_panel is not None
        form = shown.delay_panel.form
        until, reason = form.box("until"), form.box("reason")
        assert "SKA-2569-0001" in shown.delay_panel._title.text()
        assert until.raw() == "22/12/2026", "thirty days are offered"
        reason.set_raw("คดี")
        form.save()
        assert "too short" in plain(reason.said)
        reason.set_raw("คดีอยู่ระหว่างสืบสวน ยังบอกไม่ได้")
        for day, said in (
            ("22/11/2026", "Choose a day after today"),
            ("21/02/2027", "Choose 20 Feb 2027 or an earlier day"),
            ("", "must be filled in"),
            ("31/02/2027", "no such day"),
        ):
            until.set_raw(day)
            form.save()
            assert said in plain(until.said), day
            assert reason.raw() == "คดีอยู่ระหว่างสืบสวน ยังบอกไม่ได้", "nothing typed is lost"
        until.set_raw("๑๕/๑/๒๕๗๐")
        form.save()
        assert "wait" in plain(shown.strip.said)
        (delay,) = room.store.read(delays).values()
        assert delay.astimezone(STATION_ZONE).date() == date(2027, 1, 15)
        assert not any(each.startswith("Watched") for each in told(shown))
        assert "Waiting entries: 3" in shown.head.summary.text()
    with opened(room, room.lead) as shown:
        assert not shown.spec.acts[0].can(view)


def test_consoles_that_were_not_heard_from_are_named_with_the_time(room: Room, tmp_path: Path) -> None:
    looked(room)
    with opened(room) as shown:
        assert shown.unheard.isHidden()
    other = load_writer(tmp_path / "other", "SKA")
    here = room.store.writer
    room.store.writer = other
    since = room.clock.now()
    room.incident()
    room.store.writer = here
    room.clock.advance(3600)
    looked(room)
    with opened(room) as shown:
        assert not shown.unheard.isHidden()
        assert (
            plain(shown.unheard.said)
            == f"Not heard since {format_date(since)} {format_time(since)}: console {other.id}"
        )
        shown.print_list()
        (preview,) = shown.findChildren(Preview)
        notes = [block.text for block in preview._report.blocks if isinstance(block, Note)]
        assert shown.unheard.said in notes, "the paper says the same"


def test_on_a_narrow_page_what_is_remarkable_stays_in_sight(room: Room) -> None:
    looked(room)
    with opened(room) as shown:
        shown.resize(771, 450)
        QTest.qWait(1)
        widths = {column.key: shown.table.columnWidth(number) for number, column in enumerate(shown.spec.columns)}
        assert min(widths[key] for key in ("at", "did", "who", "why", "remarks")) > 0, widths
        assert widths["remarks"] >= 150


def test_the_public_gets_figures_only(room: Room) -> None:
    looked(room)
    with opened(room) as shown:
        shown.show_public()
        (preview,) = shown.findChildren(Preview)
        assert "figures for the public" in preview._report.title


def test_a_failure_is_told_and_nothing_hangs(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    looked(room)

    def fail(*_asked: object) -> None:
        raise Unavailable("store.unreachable")

    with opened(room) as shown:
        with monkeypatch.context() as broken:
            broken.setattr(room.station.dispatcher, "run", fail)
            shown.print_list()
        assert shown.strip.said
        assert shown.findChildren(Preview) == []
        shown.print_list()
        assert len(shown.findChildren(Preview)) == 1


KEEPERS = [RIGHTS_REQUESTS, BREACHES, PROCESSING, RETENTION, DELETIONS, HOLDS]


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        (Role.SUPERINTENDENT, [ACCESS_LOG, STATEMENTS, *KEEPERS]),
        (Role.CAMERA_REGISTRAR, [STATEMENTS, *KEEPERS]),
        (Role.IT, [ACCESS_LOG]),
    ],
)
def test_the_tabs_are_those_of_the_role(room: Room, role: Role, keys: list[str]) -> None:
    camera = room.shop()
    ui = ui_of(room, room.log_in(role), tasks=InlineTasks())
    tabs = TabPage(log_tabs(ui, room.station), ui, home=ACCESS_LOG)
    try:
        tabs.start()
        assert [spec.key for spec in tabs._specs] == keys
        tabs.go_to((STATEMENTS, camera))
        made = tabs.made(STATEMENTS)
        assert (made is not None) is (STATEMENTS in keys)
        if isinstance(made, StatementsPage):
            assert made.camera.raw() == camera
    finally:
        tabs.stop()
        tabs.deleteLater()


def test_the_months_go_back_over_the_year() -> None:
    found = months(date(2026, 1, 31))
    assert list(found)[:3] == ["2026-01", "2025-12", "2025-11"]
    assert len(found) == statements.MONTHS
    for (since, until), (earlier, end) in zip(list(found.values()), list(found.values())[1:], strict=False):
        assert earlier < end == since < until
