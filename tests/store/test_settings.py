from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from console import settings as settings_module
from console.i18n.sentences import SENTENCES
from console.kernel import ConsoleError
from console.settings import Settings, data_dir_default, load_settings


def problems(data_dir: Path, **sources: object) -> list[tuple[str, str, str]]:
    with pytest.raises(ConsoleError) as caught:
        load_settings(data_dir, **sources)  # type: ignore[arg-type]  # the cases below
    assert caught.value.key == "settings.invalid"
    found: list[tuple[str, str, str]] = caught.value.params["problems"]  # type: ignore[assignment]
    return found


def test_the_defaults_are_what_the_promises_say(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, environment={})
    assert (settings.gate.lease_s, settings.gate.renew_s, settings.gate.private_age_s) == (15, 5, 900)
    assert (settings.video.streams_per_worker, settings.video.stale_after_s, settings.ui.language) == (16, 2.4, "th")
    assert settings.database.url is None
    with pytest.raises(ValidationError):
        settings.ui.language = "en"


def test_later_sources_win(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(
        '[station]\nid = "sk01"\nname_th = "สภ.เมือง"\n[ui]\ntheme = "light"\nlanguage = "en"\n[gate]\nrenew_s = 4\n',
        "utf-8",
    )
    (tmp_path / "preferences.json").write_text('{"ui": {"language": "th", "full_screen": true}}', "utf-8")
    environment = {
        "CONSOLE_VIDEO__READ_TIMEOUT_S": "3",
        "CONSOLE_UI__LANGUAGE": "en",
        "CONSOLE_TEST_X": "1",
        "HOME": "x",
    }
    settings = load_settings(tmp_path, {"ui": {"language": "th"}, "video": {"sandbox": False}}, environment)
    assert (settings.station.id, settings.station.name_th) == ("sk01", "สภ.เมือง")
    assert (settings.ui.theme, settings.ui.language, settings.ui.full_screen) == ("light", "th", True)
    assert (settings.gate.renew_s, settings.video.read_timeout_s, settings.video.sandbox) == (4, 3, False)


def test_every_problem_is_reported_at_once_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text('[gate]\nlease_s = 60\n[ui]\ntheme = "pink"\n[station]\nid = "ก"\n', "utf-8")
    (tmp_path / "preferences.json").write_text('{"ui": {"colour": 1}, "extra": 2}', "utf-8")
    found = problems(tmp_path, environment={"CONSOLE_VIDEO__READ_TIMEOUT_S": "x"}, overrides={"ui": {"theme": "grey"}})
    assert sorted((source, key) for source, key, _ in found) == [
        ("arguments", "ui.theme"),
        ("environment", "video.read_timeout_s"),
        ("preferences.json", "extra"),
        ("preferences.json", "ui.colour"),
        ("station.toml", "gate.lease_s"),
        ("station.toml", "station.id"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [("station.toml", "[ui"), ("preferences.json", "{"), ("preferences.json", "[]"), ("station.toml", "ui = 5")],
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert [source for source, _, _ in problems(tmp_path, environment={})] == [name]


def test_a_folder_in_the_place_of_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "station.toml").mkdir()
    (tmp_path / "preferences.json").mkdir()
    assert len(problems(tmp_path, environment={})) == 2


def test_the_environment_is_the_processs_unless_said_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_UI__LANGUAGE", "en")
    assert load_settings(tmp_path).ui.language == "en"
    # Nothing but `load_settings` reads it: there each problem still knows its source.
    assert Settings().ui.language == "th"


def test_the_default_folder_is_the_users_own() -> None:
    assert data_dir_default().name == "ccoc-console"


@pytest.mark.parametrize("part", ["station__id", "gate__clock_slack_s"])
def test_who_starts_the_program_chooses_neither_station_nor_gate(tmp_path: Path, part: str) -> None:
    """Another station id made its bearer the first person of a store in use."""
    found = problems(tmp_path, environment={f"CONSOLE_{part.upper()}": "60"})
    assert [(source, key) for source, key, _ in found] == [("environment", part.replace("__", "."))]


@pytest.mark.parametrize("part", ["gate", "station"])
def test_neither_does_the_file_of_preferences(tmp_path: Path, part: str) -> None:
    """The program writes it for anybody who sits here, so what it says of the gate counts nothing."""
    (tmp_path / "preferences.json").write_text(f'{{"{part}": {{"id": "other", "clock_slack_s": 1}}}}', "utf-8")
    assert problems(tmp_path, environment={}) == [("preferences.json", part, "settings.station_only")]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("station.toml", '[ui]\ntheme = = "x"\n', ("2:9", "settings.malformed")),
        ("station.toml", "[ui", ("", "settings.malformed")),
        ("preferences.json", '{"ui":\n x}', ("2:2", "settings.malformed")),
        ("preferences.json", "[]", ("", "settings.malformed")),
        ("station.toml", "[gate]\nlease_s = 4\nrenew_s = 3\n", ("gate.renew_s", "settings.half_a_lease")),
        ("station.toml", '[database]\nurl = "postgresql+psycopg://u:p@h/x"\n', ("database.url", "settings.password")),
        ("station.toml", "[gate]\nlease_s = 60\n", ("gate.lease_s", "field.less_than_equal")),
    ],
)
def test_what_is_wrong_is_a_key_of_the_catalogue(tmp_path: Path, name: str, text: str, found: tuple[str, str]) -> None:
    """So that a station that reads Thai reads Thai."""
    (tmp_path / name).write_text(text, "utf-8")
    ((source, place, key),) = problems(tmp_path, environment={})
    assert (source, (place, key)) == (name, found)
    assert key in SENTENCES or key.startswith("field.")


def test_every_key_of_a_problem_has_its_sentence() -> None:
    source = Path(settings_module.__file__).read_text("utf-8")
    keys = set(re.findall(r'"(settings\.[a-z_]+)"', source))
    assert len(keys) >= 5
    assert keys <= set(SENTENCES) | {"settings.invalid"}


def test_a_folder_is_no_settings(tmp_path: Path) -> None:
    (tmp_path / "station.toml").mkdir()
    assert problems(tmp_path, environment={}) == [("station.toml", "", "settings.unreadable")]


def test_each_value_knows_its_source(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text('[ui]\ntheme = "light"\nlanguage = "en"\n', "utf-8")
    (tmp_path / "preferences.json").write_text('{"ui": {"theme": "dark"}}', "utf-8")
    settings = load_settings(tmp_path, {"ui": {"full_screen": True}}, {"CONSOLE_VIDEO__SANDBOX": "no"})
    told = {key: settings.source_of(key) for key in ("ui.theme", "ui.language", "ui.full_screen", "video.sandbox")}
    assert told == {
        "ui.theme": "preferences.json",
        "ui.language": "station.toml",
        "ui.full_screen": "arguments",
        "video.sandbox": "environment",
    }
    assert settings.source_of("gate.lease_s") == ""


def test_the_gates_limits_can_only_be_made_tighter(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text("[gate]\nclock_slack_s = 121\nprivate_age_s = 901\n", "utf-8")
    assert {key for _, key, _ in problems(tmp_path)} == {"gate.clock_slack_s", "gate.private_age_s"}
    (tmp_path / "station.toml").write_text("[gate]\nclock_slack_s = 60\nprivate_age_s = 300\n", "utf-8")
    assert load_settings(tmp_path).gate.clock_slack_s == 60


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://u:geheim@h/x",
        "postgresql+psycopg://u:ge/heim@h/x",
        "postgresql+psycopg://:geheim@h/x",
        "postgresql+psycopg://u@h/x?password=geheim",
        "postgresql+psycopg://h/x?a=b&sslpassword=geheim",
    ],
)
def test_a_password_in_the_address_of_the_database_is_refused_unshown(tmp_path: Path, url: str) -> None:
    found = problems(tmp_path, environment={"CONSOLE_DATABASE__URL": url})
    assert [(source, key) for source, key, _ in found] == [("environment", "database.url")]
    assert "geheim" not in str(found)


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://u@h:5432/x", "postgresql+psycopg://h:5432/x", "sqlite:///C:/a/x@y.db"]
)
def test_an_address_without_a_password_is_taken(tmp_path: Path, url: str) -> None:
    assert load_settings(tmp_path, environment={"CONSOLE_DATABASE__URL": url}).database.url == url


def test_a_file_nested_too_deeply_is_reported(tmp_path: Path) -> None:
    (tmp_path / "preferences.json").write_text("[" * 200_000, "ascii")
    assert [source for source, _, _ in problems(tmp_path)] == ["preferences.json"]
