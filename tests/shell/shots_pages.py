"""What is done on each page before its picture is taken: by keyboard, as an officer would, where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea

from console.kernel import Outcome, Purpose, Unavailable, new_id
from console.masking import Mask
from console.services.cameras import ChangeMasks
from console.services.incidents import CloseIncident, OpenIncident
from console.views.access_log import AccessLogPage
from console.views.cameras import PERMISSION, TABS, CamerasPage
from console.views.health import HealthPanel
from console.views.health_line import TroubleWatch
from console.views.incidents import IncidentsPage
from console.views.log_tabs import STATEMENTS
from console.views.mask_editor import MaskEditor
from console.views.pages import HEALTH
from console.views.record_page import RecordPage
from console.views.statements import StatementsPage
from console.views.window_keys import WindowAct
from tests.shell.health_stage import darken, fill_health
from tests.shell.shots_town import TownStage

Arrange = Callable[[TownStage], None]


# Any page of records


def shows(key: str) -> Arrange:
    return lambda stage: stage.shell.open_page(key)


def to_tab(key: str) -> list[str]:
    """The keys that lead from the list of cameras back to another tab beside it."""
    return ["Ctrl+PgUp"] * (len(TABS) - [each for each, _name in TABS].index(key))


def by_keys(key: str, *keys: str) -> Arrange:
    """Open a page and press keys on its list, with time for the page between them."""

    def arrange(stage: TownStage) -> None:
        stage.open(key)
        for name in keys:
            stage.hands.press(name)
            stage.settle()

    return arrange


def filtered(key: str, typed: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        stage.open(key)
        stage.hands.press("Ctrl+F")
        stage.hands.type(typed)

    return arrange


def loading(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        stage.tasks.hold = True
        stage.shell.open_page(key)

    return arrange


def broken(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        stage.tasks.broken = Unavailable("store.unreachable")
        stage.shell.open_page(key)

    return arrange


def refused(key: str, login: str) -> Arrange:
    """A page that the role may not open: reached by a link of another page."""

    def arrange(stage: TownStage) -> None:
        stage.take_over(login)
        stage.shell.go_to(key, None)

    return arrange


def leaving(key: str) -> Arrange:
    """Esc with something typed: the form asks."""

    def arrange(stage: TownStage) -> None:
        by_keys(key, "Ctrl+N")(stage)
        stage.hands.type("กำลังพิมพ์")
        stage.hands.press("Escape")

    return arrange


def left_behind(key: str) -> Arrange:
    """Something typed that was not saved, found again when the page is made anew."""

    def arrange(stage: TownStage) -> None:
        by_keys(key, "Ctrl+N")(stage)
        stage.hands.type("กำลังพิมพ์อยู่")
        stage.settle()
        stage.renew()
        stage.open(key)

    return arrange


def resumed(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        left_behind(key)(stage)
        by_keys(key, "Ctrl+N")(stage)

    return arrange


# The seat


def _lock(stage: TownStage) -> None:
    stage.hands.press("F12")


def _lock_wrong(stage: TownStage) -> None:
    stage.hands.press("F12")
    stage.settle()
    stage.hands.type("not the password")
    stage.hands.press("Return")


def _panel(act: WindowAct) -> Arrange:
    return lambda stage: stage.shell.act(act)


def _menu(stage: TownStage) -> None:
    officer = stage.shell.status.officer
    officer.menu().popup(officer.mapToGlobal(QPoint(0, -officer.menu().sizeHint().height())))


# Incidents


def _board_empty(stage: TownStage) -> None:
    station = stage.room.station
    for row in station.incidents.open_ones():
        command = CloseIncident(incident_id=row.id, version=row.version, outcome=Outcome.SETTLED)
        station.dispatcher.run(command, stage.session)
    stage.open("incidents")


def _file(stage: TownStage) -> None:
    page = stage.open("incidents")
    page.go_to(stage.town.made.incident_id)


def _all_incidents(stage: TownStage) -> None:
    page = stage.open("incidents")
    assert isinstance(page, IncidentsPage)
    page.tabs.setCurrentIndex(1)


def _drawer(stage: TownStage) -> None:
    stage.hands.press("F2")


def _drawer_wrong(stage: TownStage) -> None:
    _drawer(stage)
    stage.settle()
    stage.hands.press("Ctrl+S")


def _drawer_anywhere(stage: TownStage) -> None:
    stage.open("people")
    _drawer(stage)


# The cameras' health


def health(*keys: str) -> Arrange:
    """The cameras' health after a day that was watched, with one camera that is down now."""

    def arrange(stage: TownStage) -> None:
        fill_health(stage)
        by_keys("cameras", *to_tab(HEALTH), *keys)(stage)

    return arrange


def health_reach(which: int) -> Arrange:
    def arrange(stage: TownStage) -> None:
        health("Up", "Return")(stage)
        for panel in stage.shell.findChildren(HealthPanel):
            panel.reaches.buttons()[which].click()

    return arrange


def health_table(stage: TownStage) -> None:
    """The end of a camera's health: its figures as a table."""
    health("Up", "Return")(stage)
    for panel in stage.shell.findChildren(HealthPanel):
        for area in panel.findChildren(QScrollArea):
            area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def health_waits(stage: TownStage) -> None:
    stage.tasks.hold = True
    by_keys("cameras", *to_tab(HEALTH))(stage)


def health_fails(stage: TownStage) -> None:
    stage.tasks.broken = Unavailable("store.unreachable")
    by_keys("cameras", *to_tab(HEALTH))(stage)


def health_none(stage: TownStage) -> None:
    health("Ctrl+F")(stage)
    stage.hands.type("zzz")


def troubled(*codes: str) -> Arrange:
    """The wall with cameras that give no picture: the status line names them."""

    def arrange(stage: TownStage) -> None:
        darken(stage, set(codes))
        for watch in stage.shell.findChildren(TroubleWatch):
            watch.look()

    return arrange


# Records in conflict


def _conflict(stage: TownStage) -> None:
    """Somebody changed the name at another console while it was being changed here: both stand side by side."""
    page = stage.open("people")
    assert isinstance(page, RecordPage)
    by_keys("people", "Down", "Return")(stage)
    form = page.panel.form
    assert form is not None
    row = form.row
    assert row is not None
    stage.hands.press("Tab")
    stage.hands.type(" ทองดี")
    stage.change_person(row.id)
    stage.hands.press("Ctrl+S")
    stage.settle()
    stage.hands.press("Return")


# Permissions, a file of cameras, the check of the log


def permissions(*keys: str) -> Arrange:
    return by_keys("cameras", *to_tab(PERMISSION), *keys)


def _withdraw(stage: TownStage) -> None:
    """What a withdrawal says before it is done."""
    permissions("Down", "Return", "Ctrl+Return")(stage)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.actions()[1].trigger()
    menu.close()


MASKS = (Mask.rectangle(40, 90, 330, 480), Mask(((620, 350), (800, 300), (940, 520), (830, 760), (640, 700))))


def masking(code: str = "S01", *, then: Callable[[MaskEditor], None] | None = None) -> Arrange:
    """The sheet of a camera's masks, with two stored ones."""

    def arrange(stage: TownStage) -> None:
        page = stage.open("cameras")
        assert isinstance(page, CamerasPage)
        camera = stage.room.station.cameras.by_code(code)
        assert camera is not None
        change = ChangeMasks(camera_id=camera.id, version=camera.version, masks=MASKS)
        stage.room.station.dispatcher.run(change, stage.session)
        stage.settle()
        page.open_masks(next(each for each in stage.room.station.register.entries() if each.id == camera.id))
        stage.settle()
        assert page.masking is not None
        if then is not None:
            then(page.masking)
        stage.settle()

    return arrange


def _draw(sheet: MaskEditor) -> None:
    sheet.canvas.add_rectangle()
    for point in ((100, 600), (300, 640), (250, 900)):
        sheet.canvas.draft.put(point)
    sheet.canvas.changed.emit()


def _select(sheet: MaskEditor) -> None:
    sheet.canvas.draft.select(1, 2)
    sheet.canvas.move_by((20, 20))


def _masked_record(stage: TownStage) -> None:
    masking()(stage)
    page = stage.open("cameras")
    assert isinstance(page, CamerasPage)
    assert page.masking is not None
    camera = page.masking._camera.id
    page.masking.leave()
    page.go_to(camera)


def _import(stage: TownStage, lines: str) -> None:
    page = stage.open("cameras")
    assert isinstance(page, CamerasPage)
    page.open_import()
    assert page.importing is not None
    if lines:
        file = stage.folder / "cameras.csv"
        file.write_text(lines, encoding="utf-8")
        page.importing.choose(str(file))


GOOD_FILE = "code,name,owner_type,lat,lon\nT01,กล้องตัวอย่าง,shop,9.0,101.0\nT02,กล้องตัวอย่าง 2,home,9.0,101.0\n"
BAD_FILE = GOOD_FILE + "P01,รหัสซ้ำ,shop,9.0,101.0\nT04,,shop,,\nT05,กล้อง,ร้านอะไรสักอย่าง,999,101\n"


def looked(*keys: str) -> Arrange:
    """The log after an officer looked at some cameras and was refused at others."""

    def arrange(stage: TownStage) -> None:
        for code in ("P03", "S01", "P06", "P07"):
            stage.look(code)
        by_keys("access_log", *keys)(stage)

    return arrange


def statements(*keys: str) -> Arrange:
    """What an owner is told of a camera that was looked at."""

    def arrange(stage: TownStage) -> None:
        for _number in range(3):
            stage.look("P03")
        stage.look("P03", Purpose.URGENT)
        stage.look("P03", Purpose.TRAFFIC)
        camera = stage.room.station.cameras.by_code("P03")
        assert camera is not None
        page = stage.open("access_log")
        page.go_to((STATEMENTS, camera.id))
        stage.settle()
        for name in keys:
            stage.hands.press(name)
            stage.settle()

    return arrange


def _delay(stage: TownStage) -> None:
    """The day is too far ahead; another console has been silent for a day."""
    store = stage.room.station.store
    here, store.writer = store.writer, replace(store.writer, id=new_id())
    stage.room.station.dispatcher.run(OpenIncident(title="จอดรถซ้อนคัน (ตัวอย่าง)"), stage.session)
    store.writer = here
    stage.room.clock.shift_wall(86_400)
    statements()(stage)
    page = stage.open("access_log").findChild(StatementsPage)
    assert isinstance(page, StatementsPage)
    records = page.table.records
    rows = [row for number in range(records.total) if (row := records.record(number)) is not None]
    (act,) = page.spec.acts
    page.ask_delay(next(row for row in rows if act.can(row)))
    stage.settle()
    assert page.delay_panel is not None
    form = page.delay_panel.form
    form.box("until").set_raw("1/6/2570")
    form.box("reason").set_raw("คดีอยู่ระหว่างสืบสวน ผู้ต้องสงสัยยังไม่รู้ตัว")
    form.save()


def _public(stage: TownStage) -> None:
    statements()(stage)
    page = stage.open("access_log").findChild(StatementsPage)
    assert isinstance(page, StatementsPage)
    page.show_public()


def _check(stage: TownStage) -> None:
    page = stage.open("access_log").findChild(AccessLogPage)
    assert isinstance(page, AccessLogPage)
    page.check()


SEAT_SCENES: dict[str, Arrange] = {
    "seat-lock": _lock,
    "seat-lock-wrong": _lock_wrong,
    "light-seat-lock": _lock,
    "seat-next-officer": _panel(WindowAct.OFFICER),
    "seat-password": _panel(WindowAct.PASSWORD),
    "seat-menu": _menu,
    "seat-refused-people": refused("people", "officer"),
    "seat-officer": lambda stage: stage.take_over("officer"),
    "help-wall": lambda stage: stage.hands.press("F1"),
    "help-list": by_keys("people", "F1"),
}

INCIDENT_SCENES: dict[str, Arrange] = {
    "incidents-board": shows("incidents"),
    "light-incidents-board": shows("incidents"),
    "incidents-board-empty": _board_empty,
    "incidents-file": _file,
    "light-incidents-file": _file,
    "incidents-all": _all_incidents,
    "incidents-loading": loading("incidents"),
    "incidents-broken": broken("incidents"),
    "incidents-drawer": _drawer,
    "light-incidents-drawer": _drawer,
    "incidents-drawer-wrong": _drawer_wrong,
    "incidents-drawer-anywhere": _drawer_anywhere,
}


def record_scenes(key: str, sought: str) -> dict[str, Arrange]:
    """Return the scenes that every page of records has."""
    return {
        f"{key}-list": shows(key),
        f"light-{key}-list": shows(key),
        f"{key}-row": by_keys(key, "Down", "Return"),
        f"light-{key}-row": by_keys(key, "Down", "Return"),
        f"{key}-acts": by_keys(key, "Down", "Ctrl+Return"),
        f"{key}-new": by_keys(key, "Ctrl+N"),
        f"{key}-new-wrong": by_keys(key, "Ctrl+N", "Ctrl+S"),
        f"{key}-leaving": leaving(key),
        f"{key}-left-behind": left_behind(key),
        f"{key}-resumed": resumed(key),
        f"{key}-found": filtered(key, sought),
        f"{key}-none": filtered(key, "zzz"),
        f"{key}-paper": by_keys(key, "Ctrl+P"),
        f"{key}-loading": loading(key),
        f"{key}-broken": broken(key),
    }


HEALTH_SCENES: dict[str, Arrange] = {
    "health-list": health(),
    "light-health-list": health(),
    "health-row": health("Up", "Return"),
    "light-health-row": health("Up", "Return"),
    "health-month": health_reach(2),
    "health-table": health_table,
    "health-none": health_none,
    "health-loading": health_waits,
    "health-broken": health_fails,
    "health-first-minute": by_keys("cameras", *to_tab(HEALTH)),
    "health-paper": health("Ctrl+P"),
    "status-troubles": troubled("P01", "P02"),
    "light-status-troubles": troubled("P01", "P02", "P03", "P04", "P05"),
}

PAGE_SCENES: dict[str, Arrange] = {
    **HEALTH_SCENES,
    **SEAT_SCENES,
    **INCIDENT_SCENES,
    **record_scenes("people", "ผบ.หมู่"),
    "people-conflict": _conflict,
    **record_scenes("cameras", "ร้าน"),
    "permissions-list": permissions(),
    "light-permissions-list": permissions(),
    "permissions-row": permissions("Down", "Down", "Down", "Return"),
    "light-permissions-row": permissions("Down", "Down", "Down", "Return"),
    "permissions-all": permissions("Down", "Down", "Down", "Return", "Ctrl+Tab"),
    "permissions-new": permissions("Ctrl+N"),
    "permissions-new-wrong": permissions("Ctrl+N", "Ctrl+S"),
    "permissions-withdraw": _withdraw,
    "permissions-paper": permissions("Ctrl+P"),
    "masks-stored": masking(),
    "masks-drawing": masking(then=_draw),
    "masks-selected": masking(then=_select),
    "masks-denied": masking("P07"),
    "masks-record": _masked_record,
    "light-masks-selected": masking(then=_select),
    "cameras-import": lambda stage: _import(stage, ""),
    "cameras-import-good": lambda stage: _import(stage, GOOD_FILE),
    "cameras-import-bad": lambda stage: _import(stage, BAD_FILE),
    "light-cameras-import-bad": lambda stage: _import(stage, BAD_FILE),
    "statements-list": statements(),
    "light-statements-list": statements(),
    "statements-row": statements("Down", "Return"),
    "statements-paper": statements("Ctrl+P"),
    "statements-delay": _delay,
    "statements-public": _public,
    "access_log-check": _check,
    "light-access_log-check": _check,
    "access_log-list": looked(),
    "light-access_log-list": looked(),
    "access_log-row": looked("Down", "Down", "Down", "Return"),
    "access_log-found": filtered("access_log", "ตื่นตัว"),
    "access_log-none": filtered("access_log", "zzz"),
    "access_log-paper": by_keys("access_log", "Ctrl+P"),
    "access_log-loading": loading("access_log"),
    "access_log-broken": broken("access_log"),
    "settings": shows("settings"),
    "light-settings": shows("settings"),
    "settings-about": by_keys("settings", "Ctrl+Tab"),
}
