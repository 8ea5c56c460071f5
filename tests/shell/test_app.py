"""Starting the console: what is refused, with which sentence, and that nothing is left locked."""

from __future__ import annotations

import gc
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console import app
from console.db.journal import read_rows
from console.db.keyrings import NoKeyring
from console.room import Room
from console.services.people import station_vault
from console.settings import load_settings
from console.views.credentials import CredentialsForm
from console.views.log_in import LogInCard, OpeningCard
from console.views.officer_panel import TakeOverPanel
from console.views.window import Window
from console.views.window_keys import WindowAct
from tests.station import HEAD, OFFICER, PASSWORD, Wishes, furnish

PATIENCE_MS = 30_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def station(tmp_path: Path) -> Path:
    furnish(tmp_path / "data", Wishes([], vault=station_vault(NoKeyring())))
    return tmp_path / "data"


def start(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed + "\n"))
    return app.run(["--language", "en", *arguments])


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_pages_are_loaded_beside_the_window_and_garbage_is_looked_for_again(
    station: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, qapp: object
) -> None:
    seen: list[bool] = []

    def wait(window: Window) -> int:
        seen.append(gc.isenabled())
        qtbot.waitUntil(gc.isenabled, timeout=PATIENCE_MS)
        seen.append(gc.get_freeze_count() > 0)
        seen.append("console.views.cameras" in sys.modules)
        window.shell.close()
        return 0

    monkeypatch.setattr("console.views.window.Window.run", wait)
    assert start(monkeypatch, "", "--data", str(station)) == app.EXIT_GOOD
    assert seen == [False, True, True]
    assert (gc.isenabled(), gc.get_freeze_count()) == (True, 0)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_without_a_name_the_window_waits_for_whoever_comes(
    station: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, qapp: object
) -> None:
    """The whole program with its threads: opened, logged in, taken over, logged out, closed; nothing is left locked."""
    seen: list[str] = []

    def sit_and_leave(window: Window) -> int:
        def log_in(login: str) -> None:
            qtbot.waitUntil(lambda: isinstance(window.reception.card, LogInCard), timeout=PATIENCE_MS)
            card = window.reception.card
            assert isinstance(card, LogInCard)
            type_into(card.form, login)
            qtbot.waitUntil(lambda: window.reception.card is None, timeout=PATIENCE_MS)

        log_in(OFFICER)
        assert window.seat is not None
        seen.append(window.seat.session.login)
        window.shell.act(WindowAct.OFFICER)
        panel = window.shell.panel
        assert isinstance(panel, TakeOverPanel)
        type_into(panel.form, HEAD)
        qtbot.waitUntil(lambda: window.seat is not None and window.seat.session.login == HEAD, timeout=PATIENCE_MS)
        seen.append(window.seat.session.login)
        window.shell.act(WindowAct.LOG_OUT)
        log_in(OFFICER)
        seen.append(window.seat.session.login)
        window.shell.close()
        return 0

    monkeypatch.setattr("console.views.window.Window.run", sit_and_leave)
    assert start(monkeypatch, "", "--data", str(station)) == app.EXIT_GOOD
    assert seen == [OFFICER, HEAD, OFFICER]
    held = furnish_plan(station)
    try:
        rows = held.station.store.read(lambda tx: read_rows(tx, {}, 10_000))
        ends = [row.data["reason"] for row in rows if row.event_class == "login.ended"][-3:]
        assert ends == ["handover", "logout", "shutdown"]
    finally:
        held.close()


def type_into(form: CredentialsForm, login: str) -> None:
    form.login.setText(login)
    form.password.line.setText(PASSWORD)
    form.verb.click()


@pytest.mark.qt_log_ignore("propagateSizeHints")
@pytest.mark.parametrize("broken", [False, True])
def test_garbage_is_looked_for_again_once_the_start_is_over(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, qapp: object, *, broken: bool
) -> None:
    """A page that cannot be imported must not leave a night's garbage lying."""

    def load() -> None:
        if broken:
            raise ImportError("a page")

    monkeypatch.setattr("console.views.pages.load", load)
    window = Window(load_settings(Path("nowhere"), {}, {}))
    gc.disable()
    try:
        with qtbot.captureExceptions() as caught:
            window._load_pages()
            qtbot.waitUntil(gc.isenabled)
    finally:
        gc.enable()
        window.close()
    assert [kind for kind, _error, _trace in caught] == [ImportError] * broken


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_a_window_that_is_closed_while_the_store_opens_leaves_nothing_locked(
    station: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    def leave(window: Window) -> int:
        window.shell.close()
        return 0

    monkeypatch.setattr("console.views.window.Window.run", leave)
    assert start(monkeypatch, "", "--data", str(station)) == app.EXIT_GOOD
    furnish_plan(station).close()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_a_store_in_use_is_said_at_the_entrance_and_tried_again(
    station: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, qapp: object
) -> None:
    held = furnish_plan(station)
    said: list[str] = []

    def try_twice(window: Window) -> int:
        def refused() -> bool:
            card = window.reception.card
            return isinstance(card, OpeningCard) and "in use" in card.said

        qtbot.waitUntil(refused, timeout=PATIENCE_MS)
        card = window.reception.card
        assert isinstance(card, OpeningCard)
        said.append(card.said)
        held.close()
        card.again.emit()
        qtbot.waitUntil(lambda: isinstance(window.reception.card, LogInCard), timeout=PATIENCE_MS)
        window.shell.close()
        return 0

    monkeypatch.setattr("console.views.window.Window.run", try_twice)
    assert start(monkeypatch, "", "--data", str(station)) == app.EXIT_GOOD
    assert said


def test_a_picture_of_a_real_wall_is_refused(
    station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "wall.png"
    asked = ("--data", str(station), "--login", OFFICER, "--password-stdin", "--shot", str(picture), "--after", "0")
    assert start(monkeypatch, PASSWORD, *asked) == app.EXIT_REFUSED
    assert not picture.exists()
    assert "demonstration" in capsys.readouterr().err.lower()


def test_a_wrong_password_is_said_and_never_shown(
    station: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], qapp: object
) -> None:
    asked = ("--data", str(station), "--login", OFFICER, "--password-stdin")
    assert start(monkeypatch, "mango-tango-1234", *asked) == app.EXIT_REFUSED
    told = capsys.readouterr()
    assert "password" in told.err.lower()
    assert "mango-tango-1234" not in told.err + told.out


def test_a_store_in_use_names_the_other_program(
    station: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], qapp: object
) -> None:
    held = furnish_plan(station)
    try:
        asked = ("--data", str(station), "--login", OFFICER, "--password-stdin")
        assert start(monkeypatch, PASSWORD, *asked) == app.EXIT_REFUSED
    finally:
        held.close()
    assert "in use" in capsys.readouterr().err


def furnish_plan(station: Path) -> Room:
    from console.room import RoomPlan
    from tests.station import settings_of

    return Room.open(RoomPlan(station, settings_of(station, {}), station_vault(NoKeyring())))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such switch")
def test_the_running_console_leaves_no_core_dump() -> None:
    """Asked of the system, in a process of its own, where the window would open."""
    asks = (
        "import ctypes, resource; from console import app\n"
        "def shown(start):\n"
        "    print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[1])\n"
        "    return 0\n"
        "app._run = shown\n"
        "raise SystemExit(app.run(['--demo', '--language', 'en']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", asks], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert done.stdout.split() == ["0", "0"]


def clone(folder: Path, *, venv: str | None = None) -> subprocess.CompletedProcess[str]:
    """Start main.py of a clone with a Python that has no packages; `venv` is the script of its `.venv`."""
    shutil.copy(ROOT / "main.py", folder / "main.py")
    if venv is not None:
        python = folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(venv)
        python.chmod(0o755)
    command = [sys.executable, "-I", "-S", "main.py", "db", "status"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the other Python")
def test_a_clone_starts_with_the_python_that_has_the_packages(tmp_path: Path) -> None:
    done = clone(tmp_path, venv='#!/bin/sh\necho "$CCOC_STARTED_AGAIN" "$@"\n')
    assert done.stdout.split() == ["1", "-I", "-S", "main.py", "db", "status"]
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the other Python")
def test_a_venv_without_the_packages_ends_in_a_sentence(tmp_path: Path) -> None:
    done = clone(tmp_path, venv=f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    assert done.returncode == app.EXIT_REFUSED
    assert "python3 dev.py demo" in done.stderr


def test_a_clone_without_packages_says_what_to_run(tmp_path: Path) -> None:
    done = clone(tmp_path)
    assert done.returncode == app.EXIT_REFUSED
    assert "python3 dev.py demo" in done.stderr
    assert "Traceback" not in done.stderr
