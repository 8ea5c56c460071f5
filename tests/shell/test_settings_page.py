"""The settings in the window: every one told, changed where it may be, and what is felt at once handed on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from console.i18n import _, install, plain, setting_words
from console.kernel import ConsoleError, Role, Session, Unavailable
from console.services.preferences import ChangePreferences, ChangeVideoSettings, Shape
from console.settings import ORDER, PREFERENCES_FILE, Settings, load_settings
from console.views.settings import FormPanel, SettingsPage, ValuesPanel, page
from tests.gate.room import Room
from tests.shell.record_stage import ui_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def make_page(qtbot: QtBot, qapp: QApplication, room: Room) -> Iterator[Callable[..., SettingsPage]]:
    made: list[SettingsPage] = []

    def make(session: Session | None = None) -> SettingsPage:
        ui = ui_of(room, session)
        ui.theme.apply(qapp)
        shown = SettingsPage(ui, room.station)
        qtbot.addWidget(shown)
        shown.resize(1366, 700)
        shown.show()
        shown.start()
        made.append(shown)
        return shown

    yield make
    for shown in made:
        shown.stop()


def use(room: Room, environment: dict[str, str] | None = None, **overrides: Any) -> None:
    """Let the room's services work with the settings of its folder."""
    room.station.preferences._settings = load_settings(room.data_dir, overrides, environment or {})


def form(shown: SettingsPage, part: str) -> FormPanel:
    panel = shown.panels[part]
    assert isinstance(panel, FormPanel)
    return panel


def stored(room: Room) -> Any:
    return json.loads((room.data_dir / PREFERENCES_FILE).read_text("utf-8"))


def texts(shown: SettingsPage, part: str) -> str:
    return "\n".join(label.text() for label in shown.panels[part].findChildren(QLabel))


# Words


def all_settings() -> list[str]:
    return [f"{part}.{name}" for part in Settings.model_fields for name in type(getattr(Settings(), part)).model_fields]


@pytest.mark.parametrize("language", ["en", "th"])
@pytest.mark.usefixtures("_thai")
def test_every_setting_has_words_in_both_languages(language: str, room: Room) -> None:
    install(language)
    assert set(setting_words.WORDS) == set(all_settings())
    assert set(setting_words.PARTS) == set(setting_words.PART_WORDS) == set(Settings.model_fields)
    assert set(setting_words.SOURCES) == {"", *ORDER}
    for key, words in setting_words.WORDS.items():
        for text in (words.label, words.hint):
            assert text
            assert (language == "en") is (not re.search("[ก-๙]", _(text))), f"{key}: {_(text)}"
    for each in room.station.preferences.table():
        shown = setting_words.value_text(each.key, each.value)
        assert shown
        for option in each.options:
            assert (each.key, option) in setting_words.OPTIONS
        if each.shape is Shape.NUMBER and each.part not in {"station", "ui"} and "streams" not in each.key:
            assert setting_words.unit(each.key), f"{each.key} has no unit"


def test_values_as_people_read_them() -> None:
    assert setting_words.value_text("video.sandbox", value=True) == "On"
    assert setting_words.value_text("ui.theme", "light") == "Light"
    assert setting_words.value_text("database.url", None) == "–"
    assert setting_words.value_text("gate.ack_ms", 300) == "300 ms"
    assert setting_words.value_text("gate.private_age_s", 900.0) == "900 s (15 min)"
    assert setting_words.value_text("gate.agency_age_s", 86400.0) == "86400 s (24 h)"
    assert setting_words.value_text("gate.clock_slack_s", 610.0) == "610 s"


# Who sees what


@pytest.mark.parametrize(
    ("role", "forms"), [(Role.DUTY_OFFICER, {"ui"}), (Role.AUDITOR, {"ui"}), (Role.IT, {"ui", "video"})]
)
def test_each_changes_what_he_may(
    make_page: Callable[..., SettingsPage], room: Room, role: Role, forms: set[str]
) -> None:
    shown = make_page(room.log_in(role))
    assert {name for name, panel in shown.panels.items() if isinstance(panel, FormPanel)} == forms
    others = [name for name, panel in shown.panels.items() if isinstance(panel, ValuesPanel)]
    for name in others:
        text = plain(texts(shown, name))
        for each in room.station.preferences.table():
            if each.part == name:
                assert each.key in text
                assert setting_words.value_text(each.key, each.value) in text
    assert "whoever starts the program must not choose" in texts(shown, "gate")
    if role is Role.DUTY_OFFICER:
        assert "Changed by: Superintendent, System administrator (IT)" in texts(shown, "video")


def test_source_limits_and_when_it_counts_stand_at_each(make_page: Callable[..., SettingsPage], room: Room) -> None:
    (room.data_dir / "station.toml").write_text("[gate]\nrenew_s = 4\n", "utf-8")
    (room.data_dir / PREFERENCES_FILE).write_text('{"ui": {"idle_lock_min": 5}}', "utf-8")
    use(room, {"CONSOLE_VIDEO__SANDBOX": "true"})
    shown = make_page(room.log_in(Role.IT))
    assert "0 to 240 min · chosen here; as delivered: 10 min · counts at once" in texts(shown, "ui")
    assert "1 to 64 · as delivered · counts from the next start on" in texts(shown, "video")
    assert "at most 3 s · as delivered" in texts(shown, "video")
    assert "from the environment; as delivered: On · not to be changed here" in texts(shown, "video")
    assert "gate.renew_s · station.toml; as delivered: 5 s" in texts(shown, "gate")
    sandbox = form(shown, "video").form.box("video.sandbox")
    assert sandbox.field.fixed
    assert not sandbox.editor.isEnabled()


# Changing


def test_a_choice_is_stored_and_handed_on(make_page: Callable[..., SettingsPage], room: Room, qtbot: QtBot) -> None:
    use(room)
    shown = make_page(room.officer)
    panel = form(shown, "ui")
    panel.form.box("ui.theme").set_raw("light")
    with qtbot.waitSignal(shown.applied) as applied:
        panel.form.save()
    assert applied.args is not None
    assert applied.args[0].ui.theme == "light"
    assert stored(room) == {"ui": {"theme": "light"}}, "what was not chosen goes on following what is delivered"
    assert shown.strip.said == "Saved."
    assert "chosen here; as delivered: Dark" in texts(shown, "ui")
    assert not form(shown, "ui").reset_button.isHidden()


def test_the_page_hands_on_what_is_felt_at_once(room: Room, qapp: QApplication, qtbot: QtBot) -> None:
    use(room)
    heard: list[Settings] = []
    ui = ui_of(room)
    ui.theme.apply(qapp)
    shown = page(ui, room.station, heard.append)
    assert isinstance(shown, SettingsPage)
    qtbot.addWidget(shown)
    shown.start()
    form(shown, "ui").form.box("ui.idle_lock_min").set_raw("๓")
    form(shown, "ui").form.save()
    shown.stop()
    assert [settings.ui.idle_lock_min for settings in heard] == [3]


def test_numbers_out_of_range_are_refused_at_their_field(make_page: Callable[..., SettingsPage], room: Room) -> None:
    use(room)
    shown = make_page(room.log_in(Role.IT))
    panel = form(shown, "video")
    panel.form.box("video.streams_per_worker").set_raw("65")
    panel.form.save()
    assert "64" in panel.form.box("video.streams_per_worker").said
    panel.form.box("video.streams_per_worker").set_raw("16")
    panel.form.box("video.read_timeout_s").set_raw("0")
    panel.form.save()
    assert panel.form.box("video.read_timeout_s").said == "This number is too small or too large."
    assert not (room.data_dir / PREFERENCES_FILE).exists()


def test_back_to_as_delivered_asks_and_forgets(make_page: Callable[..., SettingsPage], room: Room) -> None:
    use(room)
    room.run(ChangeVideoSettings(values={"video.read_timeout_s": 9.0, "video.prefer_tcp": False}), room.log_in(Role.IT))
    shown = make_page(room.log_in(Role.IT))
    shown.go_to("video")
    panel = form(shown, "video")
    panel.reset_button.click()
    assert panel.strip.said == (
        "What was chosen here is forgotten: Wait for a camera that fell silent, Ask cameras for TCP first."
    )
    assert stored(room)["video"], "it is asked first"
    panel._reset()
    assert stored(room) == {}
    assert form(shown, "video").form.box("video.read_timeout_s").raw() == "5"
    assert form(shown, "video").reset_button.isHidden()


def test_what_cannot_be_written_is_said_and_nothing_typed_is_lost(
    make_page: Callable[..., SettingsPage], room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(room)
    shown = make_page(room.officer)

    def full(*_words: object) -> None:
        raise Unavailable("preferences.not_written", path="x")

    monkeypatch.setattr("console.services.preferences._write", full)
    panel = form(shown, "ui")
    panel.form.box("ui.theme").set_raw("light")
    panel.form.save()
    assert panel.form.is_dirty()
    assert panel.form.box("ui.theme").raw() == "light"
    assert room.station.preferences.settings.ui.theme == "dark"


def test_a_refused_return_is_said(make_page: Callable[..., SettingsPage], room: Room) -> None:
    use(room)
    room.run(ChangePreferences(values={"ui.theme": "light"}), room.officer)
    shown = make_page(room.officer)
    (room.data_dir / PREFERENCES_FILE).write_text("{", "utf-8")
    form(shown, "ui")._reset()
    assert "Some settings are not correct" in shown.strip.said


def test_typed_and_not_saved_comes_back(make_page: Callable[..., SettingsPage], room: Room) -> None:
    use(room)
    shown = make_page(room.officer)
    form(shown, "ui").form.box("ui.idle_lock_min").set_raw("7")
    shown.stop()
    again = make_page(room.officer)
    assert form(again, "ui").form.box("ui.idle_lock_min").raw() == "7"
    assert form(again, "ui").form.is_dirty()


# By keyboard


def test_parts_and_fields_by_keyboard(make_page: Callable[..., SettingsPage], room: Room, qtbot: QtBot) -> None:
    use(room)
    shown = make_page(room.log_in(Role.IT))
    QTest.keyClick(shown.list, Qt.Key.Key_Down)
    assert shown._stack.currentWidget() is shown.panels["video"]
    QTest.keyClick(shown.list, Qt.Key.Key_Return)
    first = form(shown, "video").form.box("video.streams_per_worker").editor
    assert isinstance(first, QLineEdit)
    assert shown.focusWidget() is first
    first.setText("8")
    QTest.keyClick(first, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert stored(room) == {"video": {"streams_per_worker": 8}}
    QTest.keyClick(form(shown, "video").form, Qt.Key.Key_Escape)
    assert shown.focusWidget() is shown.list
    shown.go_to("station")
    assert shown._stack.currentWidget() is shown.panels["station"]
    shown.go_to("nothing of ours")
    assert shown._stack.currentWidget() is shown.panels["station"]


def test_an_unexpected_problem_is_a_sentence() -> None:
    from console.i18n.errors import error_text

    wrong = ConsoleError("settings.invalid", problems=[("preferences.json", "gate", "settings.station_only")])
    assert "Only station.toml sets this" in error_text(wrong)
