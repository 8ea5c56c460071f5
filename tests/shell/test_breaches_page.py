"""The register of breaches in the window: the clock in words, the assessment, the late notice, the form on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.kernel import Session
from console.protection import BreachKind, BreachState, DataType, Risk
from console.services.breaches import BreachLine
from console.views.breaches import BreachesPage
from console.views.printing import Preview
from console.views.record_spec import Query
from tests.gate.room import Room
from tests.shell.record_stage import ui_of

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]

MakePage = Callable[..., BreachesPage]
NOON = "22/11/2569 09.00"


@pytest.fixture
def make_page(qtbot: QtBot, qapp: QApplication, room: Room) -> Iterator[MakePage]:
    made: list[BreachesPage] = []

    def make(session: Session | None = None) -> BreachesPage:
        ui = ui_of(room, session or room.chief)
        ui.theme.apply(qapp)
        page = BreachesPage(ui, room.station)
        qtbot.addWidget(page)
        page.resize(1366, 700)
        page.show()
        page.start()
        made.append(page)
        return page

    yield make
    for page in made:
        page.stop()


def enter(page: BreachesPage, **raws: object) -> None:
    page.open_new()
    form = page.panel.form
    assert form is not None
    given = {"title": "แฟลชไดรฟ์หาย", "discovered_at": NOON, "breach_kinds": [BreachKind.CONFIDENTIALITY.value]}
    for name, raw in (given | raws).items():
        form.box(name).set_raw(raw)  # type: ignore[arg-type]  # as the field keeps it
    form.save()


def row(page: BreachesPage) -> BreachLine:
    return page.spec.source.find(Query(), 0, 9).rows[0]


def act(page: BreachesPage, key: str, **raws: str) -> None:
    chosen = next(each for each in page.spec.acts if each.key == key)
    assert chosen.can(row(page)), f"{key} is not offered"
    page.panel.run_act(chosen, row(page))
    for name, raw in raws.items():
        assert page.act_panel is not None
        page.act_panel.form.box(name).set_raw(raw)
    if raws and page.act_panel is not None:
        page.act_panel.form.save()


def cell(page: BreachesPage, key: str) -> str:
    return next(column for column in page.spec.columns if column.key == key).text(row(page))


def test_from_the_discovery_to_a_late_notice(make_page: MakePage, room: Room) -> None:
    page = make_page()
    assert "No breach is recorded" in plain(page.states.saying)
    enter(
        page,
        data_types=[DataType.NAMES.value],
        effect="อาจมีผู้โทรรบกวน",
        measures="เปลี่ยนรหัสผ่าน",
        contact="DPO",
        risk=Risk.HIGH.value,
        assessment="มีชื่อ",
    )
    assert "hours left" in cell(page, "clock")
    room.clock.advance(100 * 3600)
    page._minute.timeout.emit()
    assert "Overdue by" in cell(page, "clock")
    act(page, "notify", submitted_at="26/11/2569 12.00")
    panel = page.act_panel
    assert panel is not None
    assert plain(panel.form.box("late_words").said) == "This must be filled in."
    panel.form.box("late_words").set_raw("ระบบขัดข้อง")
    panel.form.save()
    assert row(page).row.state is BreachState.TO_TELL
    assert cell(page, "clock") == ""
    act(page, "tell", told_at="26/11/2569 12.30", words="โทรแจ้งทุกคน")
    act(page, "add", words="พบแล้ว")
    act(page, "paper")
    assert page.findChild(Preview) is not None
    assert room.data("register.extracted") == [{"register": "breach", "how": "print", "rows": 1}]
    act(page, "close")
    page.panel._strip._accept()
    assert row(page).row.state is BreachState.CLOSED


def test_what_is_wrong_is_said_at_its_field_and_stays_typed(make_page: MakePage) -> None:
    page = make_page()
    enter(page, happened_at="22/11/2569 10.00", risk=Risk.NONE.value)
    form = page.panel.form
    assert form is not None
    assert plain(form.box("happened_at").said) == "It cannot have come to be known before it happened."
    assert plain(form.box("assessment").said).startswith("Say why")
    assert form.box("title").raw() == "แฟลชไดรฟ์หาย"
    assert page.table.records.total == 0


def test_steps_and_clock_stand_beside_the_form(make_page: MakePage) -> None:
    page = make_page()
    enter(page)
    panel = page.panel._panels[0]
    page.select(row(page).id)
    assert "The office is told by" in panel.text  # type: ignore[attr-defined]  # of a panel that only tells
    assert "late notice is explained by" in panel.text  # type: ignore[attr-defined]  # the same


def test_the_registrar_enters_and_does_not_tell_the_office(make_page: MakePage, room: Room) -> None:
    page = make_page(room.registrar)
    enter(page, risk=Risk.RISK.value, assessment="x")
    assert {each.key for each in page.spec.acts if each.can(row(page))} == {"paper", "add"}
