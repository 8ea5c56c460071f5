"""A real browser for tests: Chromium under ChromeDriver, spoken to in the WebDriver protocol over loopback."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

DRIVER: Final = "/usr/bin/chromedriver"
CHROMIUM: Final = "/usr/bin/chromium"
FONTS: Final = Path(__file__).resolve().parents[1] / "resources" / "fonts"
_TIMEOUT_S: Final = 60
_STARTED: Final = re.compile(rb"started successfully on port (\d+)")


class Browser:
    """One session of a running browser."""

    def __init__(self, port: int) -> None:
        self._port = port
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en"]
        options = {"binary": CHROMIUM, "args": arguments}
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        self._session = str(self._ask("POST", "/session", wanted)["sessionId"])

    def _ask(self, verb: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_S)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(verb, path, text, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(f"{answer['error']}: {answer.get('message')}")
        return answer

    def _do(self, path: str, body: object) -> Any:
        return self._ask("POST", f"/session/{self._session}{path}", body)

    def open(self, page: Path) -> None:
        self._do("/url", {"url": page.as_uri()})

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script's body and return what it returns."""
        return self._do("/execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, promise: str, *arguments: object) -> Any:
        """Evaluate an expression that is a promise and return what comes of it."""
        script = (
            f"const done = arguments[arguments.length - 1];"
            f" ({promise}).then((found) => done({{found}}), (error) => done({{error: String(error)}}));"
        )
        answer = self._do("/execute/async", {"script": script, "args": list(arguments)})
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["found"]

    def log(self) -> list[dict[str, Any]]:
        """Return what the browser complained of: errors of the page, and what its policy refused."""
        found: list[dict[str, Any]] = self._do("/se/log", {"type": "browser"})
        return found

    def resize(self, width: int, height: int) -> None:
        self._do("/window/rect", {"width": width, "height": height})

    def picture(self) -> bytes:
        return base64.b64decode(self._ask("GET", f"/session/{self._session}/screenshot"))

    def close(self) -> None:
        self._ask("DELETE", f"/session/{self._session}")


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Start a browser with a home of its own, and end it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        # Thai letters on pictures of pages, as every Thai computer has them.
        (Path(home) / "fonts").symlink_to(FONTS)
        driver = subprocess.Popen(
            [DRIVER, "--port=0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), home),
        )
        try:
            assert driver.stdout is not None
            port = next(found for line in driver.stdout if (found := _STARTED.search(line)))[1]
            browser = Browser(int(port))
            try:
                yield browser
            finally:
                browser.close()
        finally:
            driver.terminate()
            driver.communicate(timeout=_TIMEOUT_S)
