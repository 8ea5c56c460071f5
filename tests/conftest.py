"""What every test stands on: a home of its own, no real keyring, and nothing left behind.

A test that leaves a thread, a child process, an active timer or a top-level widget fails at its end.
One process cannot hold both of Qt's platforms, so tests marked `window` run where QT_QPA_PLATFORM names a real one and
all others where it is `offscreen`; `dev.py test` does the two runs.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import keyring.backend
import keyring.errors
import psutil
import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

PATIENCE_S = 3.0
"""How long something that was told to end may take before it counts as left behind."""

_HOME = Path(tempfile.mkdtemp(prefix="home-"))


def _set_environment() -> None:
    """Before Qt or a worker starts: nothing may find the person's own files, session bus or keyring."""
    runtime = _HOME / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    os.environ["HOME"] = str(_HOME)
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.environ.pop(name, None)
    for name in [name for name in os.environ if name.startswith("CONSOLE_") and not name.startswith("CONSOLE_TEST_")]:
        del os.environ[name]
    # Child processes ask the keyring library by themselves: there it keeps nothing.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


_set_environment()


class MemoryBackend(keyring.backend.KeyringBackend):
    """A keyring that lives as long as one test. It bears the name of a real one, so that the allow-list takes it."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's own constructor has no types
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self._kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not kept")


MemoryBackend.__module__, MemoryBackend.__qualname__ = "keyring.backends.SecretService", "Keyring"
keyring.set_keyring(MemoryBackend())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    windowed = os.environ["QT_QPA_PLATFORM"] != "offscreen"
    kept = [item for item in items if (item.get_closest_marker("window") is not None) == windowed]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    paints = "qapp" in request.fixturenames
    if paints:
        # The test looks for timers among its own objects only: all hundred thousand took a tenth of a second.
        gc.collect()
        gc.freeze()
    threads = set(threading.enumerate())
    children = _children()
    yield
    left = [*_threads_left(threads), *_children_left(children)]
    if paints and "PySide6.QtWidgets" in sys.modules:
        left += _qt_left()
    if left:
        pytest.fail("left behind: " + "; ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def _own_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks for the machine's keyrings finds this one and no other."""
    own = MemoryBackend()
    keyring.set_keyring(own)
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: [own])


@pytest.fixture(autouse=True)
def _own_memory(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """What a console remembers of its seals is no other test's: stations made of one template have one key."""
    own = _HOME / "state" / f"{hash(request.node.nodeid):x}"
    monkeypatch.setenv("XDG_STATE_HOME", str(own))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(own))


def _threads_left(before: set[threading.Thread]) -> list[str]:
    deadline = time.monotonic() + PATIENCE_S
    new = [thread for thread in threading.enumerate() if thread not in before]
    # A foreign thread (Qt's, libVLC's) that ran Python once stays listed as a dummy for ever.
    own = [thread for thread in new if not isinstance(thread, threading._DummyThread)]
    for thread in own:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [f"thread {thread.name}" for thread in own if thread.is_alive()]


def _children() -> set[int]:
    """Direct children by number; the kernel's own list, because walking all processes for each test is slow."""
    lists = list(Path("/proc/self/task").glob("*/children"))
    if not lists:
        return {child.pid for child in psutil.Process().children()}
    numbers: set[int] = set()
    for path in lists:
        try:
            numbers.update(int(word) for word in path.read_text().split())
        except FileNotFoundError:
            continue  # the thread ended between the listing and the reading
    return numbers


def _children_left(before: set[int]) -> list[str]:
    running = []
    for number in _children() - before:
        with contextlib.suppress(psutil.NoSuchProcess):
            child = psutil.Process(number)
            if child.status() != psutil.STATUS_ZOMBIE:
                running.append(child)
    _, alive = psutil.wait_procs(running, timeout=PATIENCE_S)
    names = []
    for child in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            names.append(f"process {child.pid} ({' '.join(child.cmdline()[:4])})")
            child.kill()  # or the next test would be blamed for it
    return names


def _qt_left() -> list[str]:
    """Top-level widgets, and timers still running; what is found is ended, or the next test would be blamed for it."""
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is None:
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    widgets, timers = _widgets_and_timers()
    if widgets or timers:
        gc.collect()  # what hangs in a cycle of garbage is given this one chance
        widgets, timers = _widgets_and_timers()
    names = [f"widget {type(widget).__name__}" for widget in widgets] + [f"timer {timer}" for timer in timers]
    for timer in timers:
        timer.stop()
    for widget in widgets:
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return names


def _widgets_and_timers() -> tuple[list[QWidget], list[QTimer]]:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    objects = gc.get_objects()
    kinds = {kind for kind in {type(thing) for thing in objects} if issubclass(kind, QTimer)}
    timers = [thing for thing in objects if type(thing) in kinds]
    return QApplication.topLevelWidgets(), [timer for timer in timers if isValid(timer) and timer.isActive()]
