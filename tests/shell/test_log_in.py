"""The entrance: opening the room, log-in with every refusal, a password of one's own, and the first start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from console.i18n import language, plain
from console.kernel import EndReason, Role, Secret, Unavailable
from console.services.people import AddPerson, ChangePerson
from console.views.first_start import FirstCard, SheetCard
from console.views.log_in import LogInCard, OpeningCard
from console.views.password_field import PasswordField
from console.views.seating import Behind
from console.views.theme import Theme
from console.views.wall_sheets import Notice
from tests.gate.room import PASSWORD, Room
from tests.shell.seat_stage import SeatStage, seat_stage

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

OWN = "my-own-words-2569-x"


@pytest.fixture
def stage(room: Room, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    with seat_stage(room, qapp) as made:
        yield made


@pytest.fixture
def first(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[SeatStage]:
    room = Room(tmp_path)
    try:
        with seat_stage(room, qapp) as made:
            yield made
    finally:
        room.close()


def log_in_card(stage: SeatStage) -> LogInCard:
    if stage.reception.card is None:
        stage.reception.open(lambda: stage.behind)
    card = stage.reception.card
    assert isinstance(card, LogInCard)
    return card


def type_in(stage: SeatStage, login: str, password: str) -> LogInCard:
    """As an officer does it: name, Enter, password, Enter."""
    card = log_in_card(stage)
    card.form.login.clear()
    QTest.keyClicks(card.form.login, login)
    QTest.keyClick(card.form.login, Qt.Key.Key_Return)
    card.form.password.line.setText(password)
    QTest.keyClick(card.form.password.line, Qt.Key.Key_Return)
    return card


def test_an_officer_logs_in_and_gets_the_pages_of_his_role(stage: SeatStage) -> None:
    assert isinstance(log_in_card(stage), LogInCard)
    assert QApplication.focusWidget() is log_in_card(stage).form.login
    type_in(stage, "duty_officer", PASSWORD.reveal())
    assert stage.reception.card is None
    assert stage.attended == 1
    assert stage.seat.session.role is Role.DUTY_OFFICER
    assert stage.wall.isVisible()
    assert stage.shell.status.officer.text().startswith("duty_officer")


def test_a_refusal_keeps_the_name_and_takes_the_password(stage: SeatStage) -> None:
    card = type_in(stage, "duty_officer", "wrong")
    assert card.form.said == "User name or password is not correct."
    assert card.form.login.text() == "duty_officer"
    assert card.form.password.is_empty()
    assert QApplication.focusWidget() is card.form.password.line
    for _number in range(4):
        type_in(stage, "duty_officer", "wrong")
    assert "locked until" in card.form.said
    assert stage.attended == 0


def test_an_account_that_is_switched_off_is_said(stage: SeatStage) -> None:
    room = stage.room
    row = room.station.people.by_login("duty_officer")
    assert row is not None
    room.run(ChangePerson(person_id=row.id, version=row.version, active=False), room.chief)
    card = type_in(stage, "duty_officer", PASSWORD.reveal())
    assert card.form.said == "This account is switched off. Ask whoever manages users."


def test_without_a_key_of_the_vault_one_sits_down_all_the_same(stage: SeatStage) -> None:
    """He records incidents; the tiles say that the camera passwords are locked."""
    room = stage.room
    it = room.log_in(Role.IT)
    room.run(AddPerson(login="new", display_name="New", role=Role.DUTY_OFFICER, password=PASSWORD), it)
    type_in(stage, "new", PASSWORD.reveal())
    assert stage.seat.session.login == "new"
    (notice,) = [notice for notice in stage.shell.pages.findChildren(Notice) if notice.isVisible()]
    assert notice.said.startswith("You have not been given access to the camera passwords yet.")
    assert room.data("vault.not_opened")[-1] == {"why": "vault.no_slot"}


def test_empty_fields_are_asked_for(stage: SeatStage) -> None:
    card = log_in_card(stage)
    card.form.verb.click()
    assert card.form.said == "This must be filled in.\nThis must be filled in."
    assert QApplication.focusWidget() is card.form.login
    assert card.form.isEnabled()


def test_somebody_elses_password_is_replaced_at_the_entrance(stage: SeatStage) -> None:
    room = stage.room
    room.run(
        AddPerson(
            login="somchai", display_name="สมชาย", role=Role.DUTY_OFFICER, password=Secret("for-the-first-day"),
            temporary=True,
        ),
        room.chief,
    )  # fmt: skip
    card = type_in(stage, "somchai", "for-the-first-day")
    assert card.form.asks_new
    assert "chosen by somebody else" in card.form.said
    assert not card.form.password.is_empty()
    card.form.new.line.setText("short")
    QTest.keyClick(card.form.new.line, Qt.Key.Key_Return)
    assert card.form.again.line.hasFocus()
    assert card.form.said == "", "what was not typed yet is not wrong yet"
    card.form.again.line.setText("longer")
    card.form.verb.click()
    assert card.form.said == "The two passwords are not the same."
    card.form.again.line.setText("short")
    card.form.verb.click()
    assert "at least 12 characters" in card.form.said
    card.form.new.line.setText(OWN)
    card.form.again.line.setText(OWN)
    card.form.verb.click()
    assert stage.seat.session.login == "somchai"
    stage.seat.log_out()
    type_in(stage, "somchai", OWN)
    assert stage.seat.session.login == "somchai"


def test_a_room_that_does_not_open_says_why_and_is_tried_again(stage: SeatStage) -> None:
    refusals: list[Unavailable] = [Unavailable("store.locked", holder="backup", pid=7, since="–")]

    def opening() -> Behind:
        if refusals:
            raise refusals.pop()
        return stage.behind

    stage.reception.open(opening)
    card = stage.reception.card
    assert isinstance(card, OpeningCard)
    assert "backup" in card.said
    QTest.keyClick(card._states._said._button, Qt.Key.Key_Space)
    assert isinstance(stage.reception.card, LogInCard)


def test_while_the_room_opens_the_window_says_so(stage: SeatStage, qtbot: QtBot) -> None:
    stage.tasks.hold = True
    stage.reception.open(lambda: stage.behind)
    card = stage.reception.card
    assert isinstance(card, OpeningCard)
    qtbot.waitUntil(lambda: "Reading" in card.said)
    stage.tasks.let_go()
    assert isinstance(stage.reception.card, LogInCard)


def test_what_is_being_checked_cannot_be_sent_twice(stage: SeatStage) -> None:
    card = log_in_card(stage)
    stage.tasks.hold = True
    type_in(stage, "duty_officer", "wrong")
    assert not card.form.isEnabled()
    stage.tasks.let_go()
    assert card.form.isEnabled()


@pytest.mark.usefixtures("_thai")
def test_language_and_look_change_at_the_entrance_and_keep_what_was_typed(stage: SeatStage) -> None:
    card = log_in_card(stage)
    card.form.login.setText("duty_officer")
    card.form.password.line.setText("half")
    stage.reception._speak("en")
    card = log_in_card(stage)
    assert (card.form.login.text(), card.form.password.line.text()) == ("duty_officer", "half")
    assert card.form.verb.text() == "Log in"
    assert "Sample station" in stage.shell.windowTitle()
    stage.reception._dress("light")
    assert log_in_card(stage).form.login.text() == "duty_officer"
    assert stage.seating.look.theme.name == "light"
    type_in(stage, "duty_officer", PASSWORD.reveal())
    assert language() == "en"
    assert stage.seat.ui.theme.name == "light"
    kept = stage.room.station.preferences.settings.ui
    assert (kept.language, kept.theme) == ("en", "light"), "what is chosen at the entrance is kept, too"


# Logging out


def test_logging_out_ends_every_view_and_shows_the_entrance(stage: SeatStage) -> None:
    room = stage.room
    camera = room.own_camera()
    room.station.sessions.end(room.registrar, EndReason.LOGOUT)
    type_in(stage, "duty_officer", PASSWORD.reveal())
    stage.wall.board.place(0, camera)
    assert len(room.feeds.views()) == 1
    stage.seat.left.connect(lambda: stage.reception.receive(stage.behind))
    stage.seat.log_out()
    assert room.feeds.views() == []
    assert isinstance(stage.reception.card, LogInCard)
    assert "Sample station" in stage.shell.windowTitle()
    assert [data["reason"] for data in room.data("login.ended")] == ["logout"]
    assert [data["reason"] for data in room.data("view.ended")] == ["logout"]
    type_in(stage, "chief", PASSWORD.reveal())
    assert stage.seat.session.role is Role.SUPERINTENDENT
    assert stage.wall.isVisible()


# The first start


def found(stage: SeatStage, code: str, **changes: str) -> FirstCard:
    if stage.reception.card is None:
        stage.reception.open(lambda: stage.behind)
    card = stage.reception.card
    assert isinstance(card, FirstCard)
    typed = {
        "code": code,
        "login": "chief",
        "name": "สมชาย ใจดี",
        "position": "ผกก.สภ.เมืองตัวอย่าง",
        "rank": "พ.ต.อ.",
        "role": "superintendent",
        "password": PASSWORD.reveal(),
        "again": PASSWORD.reveal(),
    }
    card.fill(typed | changes)
    card.verb.click()
    return card


def test_an_empty_store_asks_for_the_first_administrator(first: SeatStage) -> None:
    people = first.room.station.people
    card = found(first, "AAAA")
    assert card.said.startswith("There is no code for the first start here.")
    code = people.make_first_code().reveal()
    card = found(first, "AAAA-AAAA-AAAA-AAAA")
    assert card.said == "This is not the code. Check each group."
    assert card.login.text() == "chief", "nothing typed is lost"
    wrong = found(first, code, login="a b", name="", again="other")
    assert wrong.said == "This must be filled in.\nThe two passwords are not the same."
    wrong = found(first, code, login="a b")
    assert wrong.said == "These letters or marks cannot be used here."
    wrong = found(first, code, password="short", again="short")
    assert "at least 12 characters" in wrong.said
    wrong = found(first, code, role="?other")
    assert wrong.said == "Choose one of the given values."
    assert people.is_empty()
    found(first, code)
    sheet = first.reception.card
    assert isinstance(sheet, SheetCard)
    assert people.by_login("chief") is not None
    assert first.attended == 1


def test_the_sheet_is_left_only_with_proof_that_it_was_written_down(first: SeatStage) -> None:
    found(first, first.room.station.people.make_first_code().reveal())
    card = first.reception.card
    assert isinstance(card, SheetCard)
    groups = card._groups
    assert len(groups) == 9
    QTest.keyClicks(card.proof, "ZZZZ")
    QTest.keyClick(card.proof, Qt.Key.Key_Return)
    assert card.said.startswith("This is not the last group")
    assert first.reception.card is card
    first.reception._speak("en")
    card = first.reception.card
    assert isinstance(card, SheetCard)
    assert card.proof.text() == "ZZZZ"
    card.proof.clear()
    QTest.keyClicks(card.proof, groups[-1].lower())
    QTest.keyClick(card.proof, Qt.Key.Key_Return)
    assert first.seat.session.display_name == "พ.ต.อ.สมชาย ใจดี"
    assert first.wall.isVisible()
    shown = "\n".join(line.text() for line in first.shell.findChildren(QLineEdit))
    assert groups[0] not in shown


def test_the_sheet_is_shown_though_the_founder_could_not_be_logged_in(
    first: SeatStage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It exists only this once: the store is founded, whatever failed after that."""

    def fail(*_given: object) -> None:
        raise Unavailable("store.unreachable")

    monkeypatch.setattr(first.room.station.people, "log_in", fail)
    found(first, first.room.station.people.make_first_code().reveal())
    card = first.reception.card
    assert isinstance(card, SheetCard)
    assert not card.print.isVisible()
    assert "the first log-in failed" in caplog.text
    QTest.keyClicks(card.proof, card._groups[-1])
    QTest.keyClick(card.proof, Qt.Key.Key_Return)
    assert isinstance(first.reception.card, LogInCard)


def test_the_sheet_is_printed_from_where_it_is_shown(first: SeatStage) -> None:
    from console.views.printing import Preview

    found(first, first.room.station.people.make_first_code().reveal())
    card = first.reception.card
    assert isinstance(card, SheetCard)
    card.print.click()
    (preview,) = first.shell.findChildren(Preview)
    preview.close_preview()
    assert first.reception.card is card


# The password field


def press(field: PasswordField, text: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
    event = QKeyEvent(QEvent.Type.KeyPress, 0, held, text)
    QApplication.sendEvent(field.line, event)
    return field.hint()


def test_the_keyboard_is_told_by_what_is_typed(qtbot: QtBot, qapp: QApplication) -> None:
    field = PasswordField(Theme(), "Password")
    qtbot.addWidget(field)
    shift = Qt.KeyboardModifier.ShiftModifier
    assert press(field, "a") == ""
    assert press(field, "ฟ") == "The keyboard is set to Thai."
    assert press(field, "1") == "The keyboard is set to Thai.", "a digit says nothing"
    assert press(field, "a") == ""
    assert press(field, "A") == "Caps Lock is on."
    assert press(field, "a", shift) == "Caps Lock is on."
    assert press(field, "A", shift) == ""
    assert field.secret() == Secret("aฟ1aAaA")


def test_a_password_is_seen_only_while_the_button_is_held(qtbot: QtBot, qapp: QApplication) -> None:
    from PySide6.QtWidgets import QToolButton

    field = PasswordField(Theme(), "Password")
    qtbot.addWidget(field)
    field.show()
    (button,) = field.findChildren(QToolButton)
    assert field.line.echoMode() is QLineEdit.EchoMode.Password
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    assert field.line.echoMode() is QLineEdit.EchoMode.Normal
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert field.line.echoMode() is QLineEdit.EchoMode.Password
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    field.setEnabled(False)
    assert field.line.echoMode() is QLineEdit.EchoMode.Password, "not while it is being checked"


@pytest.mark.usefixtures("_thai")
def test_what_stands_at_the_entrance_is_told_in_thai(room: Room, qapp: QApplication, qtbot: QtBot) -> None:
    with seat_stage(room, qapp) as stage:
        assert plain(log_in_card(stage).form.verb.text()) == "เข้าสู่ระบบ"
        card = type_in(stage, "duty_officer", "wrong")
        assert plain(card.form.said) == "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง"
