"""Settings from the window: what they are, who changes which, and that the file is whole or not touched."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from console.kernel import ConsoleError, Denied, Invalid, Right, Role, Unavailable
from console.services.commands import build
from console.services.preferences import (
    COMMANDS,
    ChangePreferences,
    ChangeVideoSettings,
    Place,
    Preferences,
    Setting,
    Shape,
)
from console.settings import PREFERENCES_FILE, Settings, load_settings
from tests.gate.room import Room


def settings_in(room: Room, environment: dict[str, str] | None = None, **overrides: Any) -> Preferences:
    """Let the room's services work with the settings of its folder."""
    room.station.preferences._settings = load_settings(room.data_dir, overrides, environment or {})
    return room.station.preferences


def setting(preferences: Preferences, key: str) -> Setting:
    return next(each for each in preferences.table() if each.key == key)


def stored(room: Room) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((room.data_dir / PREFERENCES_FILE).read_text("utf-8"))
    return values


def test_every_setting_is_told_with_its_kind_and_limits(room: Room) -> None:
    table = {each.key: each for each in room.station.preferences.table()}
    keys = [f"{part}.{name}" for part in Settings.model_fields for name in getattr(Settings(), part).model_fields_set]
    assert set(keys) <= set(table)
    assert len(table) == sum(len(type(getattr(Settings(), part)).model_fields) for part in Settings.model_fields)
    workers = table["video.streams_per_worker"]
    assert (workers.shape, workers.limits.lowest, workers.limits.highest) == (Shape.NUMBER, 1, 64)
    assert workers.limits.whole
    assert not workers.limits.above
    stale = table["video.stale_after_s"]
    assert (stale.limits.lowest, stale.limits.highest, stale.limits.above) == (0, 3, True)
    assert not stale.limits.whole
    assert (table["ui.theme"].shape, table["ui.theme"].options) == (Shape.CHOICE, ("dark", "light"))
    assert table["video.sandbox"].shape is Shape.FLAG
    assert table["database.url"].shape is Shape.TEXT
    latitude = table["station.lat"]
    assert (latitude.shape, latitude.limits.lowest, latitude.limits.highest) == (Shape.NUMBER, -90, 90)


def test_each_says_where_it_is_changed_and_by_whom(room: Room) -> None:
    for each in room.station.preferences.table():
        here = each.part in COMMANDS
        assert (each.place is Place.HERE) is here, each.key
        assert (each.place is Place.STATION_FILE) is (each.part in {"gate", "station"}), each.key
        assert each.right is (Right.MAINTAIN_STORE if each.part == "video" else None), each.key


def test_each_says_where_its_value_came_from(room: Room) -> None:
    (room.data_dir / "station.toml").write_text('[gate]\nrenew_s = 4\n[ui]\ntheme = "light"\n', "utf-8")
    (room.data_dir / PREFERENCES_FILE).write_text('{"ui": {"theme": "dark"}}', "utf-8")
    preferences = settings_in(room, {"CONSOLE_VIDEO__SANDBOX": "false"}, ui={"language": "en"})
    told = {each.key: (each.value, each.source) for each in preferences.table()}
    assert told["gate.renew_s"] == (4.0, "station.toml")
    assert told["ui.theme"] == ("dark", "preferences.json")
    assert told["video.sandbox"] == (False, "environment")
    assert told["ui.language"] == ("en", "arguments")
    assert told["gate.lease_s"] == (15.0, "")


def test_everybody_chooses_for_this_workstation(room: Room) -> None:
    preferences = settings_in(room)
    room.run(ChangePreferences(values={"ui.theme": "light", "ui.idle_lock_min": 0}), room.log_in(Role.AUDITOR))
    assert stored(room) == {"ui": {"theme": "light", "idle_lock_min": 0}}
    assert (preferences.settings.ui.theme, preferences.settings.ui.idle_lock_min) == ("light", 0)
    assert setting(preferences, "ui.theme").source == PREFERENCES_FILE
    assert load_settings(room.data_dir, environment={}).ui == preferences.settings.ui
    room.run(ChangePreferences(values={"ui.theme": None}), room.officer)
    assert stored(room) == {"ui": {"idle_lock_min": 0}}
    assert (preferences.settings.ui.theme, setting(preferences, "ui.theme").source) == ("dark", "")


@pytest.mark.skipif(sys.platform == "win32", reason="the modes of POSIX")
def test_the_file_is_for_this_account_alone(room: Room) -> None:
    settings_in(room)
    room.run(ChangePreferences(values={"ui.theme": "light"}), room.officer)
    assert (room.data_dir / PREFERENCES_FILE).stat().st_mode & 0o777 == 0o600
    assert not [path for path in room.data_dir.iterdir() if path.name.startswith(f".{PREFERENCES_FILE}")]


def test_video_is_for_whoever_maintains_the_computer(room: Room) -> None:
    settings_in(room)
    change = {"video.read_timeout_s": 8.0}
    with pytest.raises(Denied):
        room.run(ChangeVideoSettings(values=change), room.officer)
    with pytest.raises(Invalid) as refused:
        room.run(ChangePreferences(values=change), room.officer)
    assert refused.value.fields == {"video.read_timeout_s": "preferences.not_here"}
    room.run(ChangeVideoSettings(values=change), room.log_in(Role.IT))
    assert stored(room) == {"video": {"read_timeout_s": 8.0}}


@pytest.mark.parametrize("key", ["gate.lease_s", "station.id", "database.url"])
@pytest.mark.parametrize("kind", [ChangePreferences, ChangeVideoSettings])
def test_what_promises_rest_on_is_not_changed_here(room: Room, kind: type[ChangePreferences], key: str) -> None:
    settings_in(room)
    with pytest.raises(Invalid) as refused:
        room.run(kind(values={key: 1}), room.log_in(Role.IT))
    assert refused.value.fields == {key: "preferences.not_here"}
    assert not (room.data_dir / PREFERENCES_FILE).exists()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"video.streams_per_worker": 0}, "field.greater_than_equal"),
        ({"video.streams_per_worker": 65}, "field.less_than_equal"),
        ({"video.stale_after_s": 0.0}, "field.greater_than"),
        ({"video.prefer_tcp": "perhaps"}, "field.bool_parsing"),
        ({"video.colour": "red"}, "field.unknown"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_nothing_is_written(
    room: Room, values: dict[str, Any], why: str
) -> None:
    preferences = settings_in(room)
    before = preferences.settings
    with pytest.raises(Invalid) as refused:
        room.run(ChangeVideoSettings(values=values | {"video.sandbox": False}), room.log_in(Role.IT))
    assert refused.value.fields == dict.fromkeys(values, why)
    assert not (room.data_dir / PREFERENCES_FILE).exists()
    assert preferences.settings is before
    assert room.rows("settings.changed") == []


def test_each_change_stands_in_the_journal(room: Room) -> None:
    settings_in(room)
    heard: list[str] = []
    room.store.on_change(lambda changes: heard.extend(change.kind for change in changes))
    room.run(ChangePreferences(values={"ui.theme": "light", "ui.language": "th"}), room.officer)
    (row,) = room.rows("settings.changed")
    assert row.data == {"key": "ui.theme", "old": "dark", "new": "light"}, "what stays as it was is no change"
    assert row.subject == ("settings", room.store.writer.id)
    assert row.actor_id == room.officer.person_id
    assert heard == ["settings"]


def test_what_the_program_was_started_with_counts_more(room: Room) -> None:
    """Refused where the choice would come to nothing; language and look may be changed while it runs."""
    preferences = settings_in(room, {"CONSOLE_VIDEO__SANDBOX": "true"}, ui={"language": "en"})
    assert setting(preferences, "video.sandbox").overruled
    with pytest.raises(Invalid) as refused:
        room.run(ChangeVideoSettings(values={"video.sandbox": False}), room.log_in(Role.IT))
    assert refused.value.fields == {"video.sandbox": "preferences.overruled"}
    assert not setting(preferences, "ui.language").overruled
    room.run(ChangePreferences(values={"ui.language": "th"}), room.officer)
    assert preferences.settings.ui.language == "th"
    assert stored(room) == {"ui": {"language": "th"}}


def test_a_change_that_is_not_committed_leaves_the_file_as_it_was(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    preferences = settings_in(room)
    room.run(ChangePreferences(values={"ui.full_screen": True}), room.officer)
    before = (room.data_dir / PREFERENCES_FILE).read_bytes()

    def full(*_words: object) -> None:
        assert (room.data_dir / PREFERENCES_FILE).read_bytes() != before, "the file was written before the commit"
        raise Unavailable("store.disk_full", path="x")

    monkeypatch.setattr("console.db.store.Tx.settle", full)
    with pytest.raises(Unavailable):
        room.run(ChangePreferences(values={"ui.theme": "light"}), room.officer)
    assert (room.data_dir / PREFERENCES_FILE).read_bytes() == before
    assert preferences.settings.ui.theme == "dark"
    (room.data_dir / PREFERENCES_FILE).unlink()
    before = b""
    with pytest.raises((Unavailable, FileNotFoundError)):
        room.run(ChangePreferences(values={"ui.theme": "light"}), room.officer)
    assert not (room.data_dir / PREFERENCES_FILE).exists()


def test_a_disk_without_space_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_in(room)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("console.services.preferences.os.fsync", full)
    with pytest.raises(Unavailable) as refused:
        room.run(ChangePreferences(values={"ui.theme": "light"}), room.officer)
    assert refused.value.key == "preferences.not_written"
    assert [path.name for path in room.data_dir.glob("*preferences*")] == []


@pytest.mark.parametrize("text", ["{", '{"ui": 5}', '{"gate": {"lease_s": 60}}', '{"ui": {"colour": 1}}'])
def test_a_file_that_somebody_spoiled_meanwhile_is_not_overwritten(room: Room, text: str) -> None:
    settings_in(room)
    path = room.data_dir / PREFERENCES_FILE
    path.write_text(text, "utf-8")
    with pytest.raises(ConsoleError) as refused:
        room.run(ChangePreferences(values={"ui.theme": "light"}), room.officer)
    assert refused.value.key == "settings.invalid"
    assert path.read_text("utf-8") == text


def test_a_form_gives_no_other_kind_of_value() -> None:
    wrong: Any = {"ui.theme": ["light"]}
    with pytest.raises(Invalid):
        build(ChangePreferences, values=wrong)
