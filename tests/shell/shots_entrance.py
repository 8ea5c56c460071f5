"""Pictures of the window before somebody sits there: opening, log-in, the first administrator, the recovery sheet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.db.keyrings import MemoryKeyring
from console.demonstration import demonstration_settings
from console.i18n import language
from console.kernel import ConsoleError, Role, Secret, Unavailable
from console.services.first_code import FirstCode
from console.services.people import AddPerson
from console.settings import Settings, UiSettings
from console.views.first_start import FirstCard, SheetCard
from console.views.log_in import LogInCard
from console.views.look import Look
from console.views.reception import Reception
from console.views.seating import Behind, Seating
from console.views.shell import Shell
from console.views.ui import Changes
from tests.demo_room import DemoRoom
from tests.fakes import FakeClock
from tests.shell.shots_town import PATIENCE_MS, filled_town
from tests.shell.wall_fakes import InlineTasks

FIRST_PASSWORD = "สาธิต-ริมน้ำ-๒๕๖๙"


class EntranceStage:
    """An entrance over a filled store, or over an empty one."""

    def __init__(self, app: QApplication, theme: str, width: int, height: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="shot-"))
        ui = UiSettings.model_validate({"language": language(), "theme": theme})
        self.settings = demonstration_settings(Settings(ui=ui))
        self.shell = Shell()
        self.shell.setMinimumSize(640, 400)
        seating = Seating(self.shell, InlineTasks(), Changes(), Look(app, theme))
        self.reception = Reception(seating, self.settings.station)
        self.room: DemoRoom | None = None
        self.shell.resize(width, height)
        self.shell.show()

    def filled(self) -> DemoRoom:
        town = filled_town()
        return self._behind(DemoRoom.copy(town, self.folder))

    def empty(self) -> DemoRoom:
        return self._behind(DemoRoom(self.folder, MemoryKeyring(), FakeClock()))

    def _behind(self, room: DemoRoom) -> DemoRoom:
        self.room = room
        behind = Behind(room.station, room.feeds, self.settings, lambda: None)
        self.reception.open(lambda: behind)
        return room

    def log_in_card(self) -> LogInCard:
        card = self.reception.card
        assert isinstance(card, LogInCard)
        return card

    def first_card(self) -> FirstCard:
        card = self.reception.card
        assert isinstance(card, FirstCard)
        return card

    def settle(self) -> None:
        QTest.qWait(PATIENCE_MS)

    def close(self) -> None:
        self.shell.close()
        self.shell.deleteLater()
        if self.room is not None:
            self.room.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _try(stage: EntranceStage, login: str, password: str, times: int = 1) -> LogInCard:
    card = stage.log_in_card()
    for _number in range(times):
        card.form.login.setText(login)
        card.form.password.line.setText(password)
        card.form.verb.click()
    return card


def _log_in(stage: EntranceStage) -> None:
    stage.filled()


def _wrong(stage: EntranceStage) -> None:
    stage.filled()
    _try(stage, "officer", "not the password")


def _locked_out(stage: EntranceStage) -> None:
    stage.filled()
    _try(stage, "officer", "not the password", times=5)


def _temporary(stage: EntranceStage) -> None:
    room = stage.filled()
    town = filled_town()
    chief = room.enter(town.made.login)
    password = Secret("สมมติ-ชั่วคราว-77")
    add = AddPerson(
        login="newcomer",
        rank="ส.ต.ต.",
        display_name="มาใหม่ สาธิตดี",
        role=Role.DUTY_OFFICER,
        password=password,
        temporary=True,
    )
    room.station.dispatcher.run(add, chief)
    _try(stage, "newcomer", password.reveal())


def _refused(stage: EntranceStage) -> None:
    def opening() -> Behind:
        raise Unavailable(
            "store.locked", holder="console", process=4711, since="2026-11-22T02:10:00Z", pid=4711, path="D:/ccoc"
        )

    stage.reception.open(opening)


def _first(stage: EntranceStage) -> None:
    stage.empty()


def _first_wrong(stage: EntranceStage) -> None:
    stage.empty()
    FirstCode(stage.folder).make()
    card = stage.first_card()
    card.fill(
        {"code": "AAAA-BBBB-CCCC-DDDD", "login": "a b", "name": "", "password": "short", "role": "superintendent"}
    )
    card.verb.click()


def _sheet(stage: EntranceStage) -> None:
    stage.empty()
    code = FirstCode(stage.folder).make()
    card = stage.first_card()
    card.fill(
        {
            "code": code.reveal(),
            "login": "superintendent",
            "rank": "พ.ต.อ.",
            "name": "สาธิต ตัวอย่างธรรม",
            "position": "ผกก.สภ.เมืองสาธิต",
            "role": Role.SUPERINTENDENT.value,
            "password": FIRST_PASSWORD,
            "again": FIRST_PASSWORD,
        }
    )
    card.verb.click()
    if not isinstance(stage.reception.card, SheetCard):
        raise ConsoleError(card.said)


def _sheet_wrong(stage: EntranceStage) -> None:
    _sheet(stage)
    card = stage.reception.card
    assert isinstance(card, SheetCard)
    card.proof.setText("AAAA")
    card.verb.click()


def _sheet_paper(stage: EntranceStage) -> None:
    _sheet(stage)
    card = stage.reception.card
    assert isinstance(card, SheetCard)
    card.print.click()


ENTRANCE_SCENES: dict[str, Callable[[EntranceStage], None]] = {
    "entrance-log-in": _log_in,
    "light-entrance-log-in": _log_in,
    "entrance-wrong-password": _wrong,
    "entrance-locked-out": _locked_out,
    "entrance-temporary-password": _temporary,
    "entrance-store-refused": _refused,
    "entrance-first": _first,
    "light-entrance-first": _first,
    "entrance-first-wrong": _first_wrong,
    "entrance-sheet": _sheet,
    "entrance-sheet-wrong": _sheet_wrong,
    "entrance-sheet-paper": _sheet_paper,
}
