"""No log line and no crash text holds a password, whatever signs it is made of."""

from __future__ import annotations

import io
import logging
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from console import logs
from console.kernel import Secret

SIGNS = "abcXYZ019@:/?#%&=+;,.!$'\"é\\ก้ ~^|<>[]{}()*-_"


def canaries(count: int = 50) -> list[str]:
    """`count` passwords made of every sign that confuses a parser of addresses; the same in each run."""
    dice = random.Random(20261122)
    made = ['p@ss:/?#%é"', "a/b@c:d", "100%25", "ส้มตำ-ปลาร้า/1"]
    return [
        *made,
        *("".join(dice.choices(SIGNS, k=dice.randint(8, 20))).strip() + f"{n:02}" for n in range(count - len(made))),
    ]


@pytest.fixture
def log_text(tmp_path: Path) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    put_back = logs.install(None, stream=stream)
    yield stream
    put_back()


@pytest.mark.parametrize("password", canaries())
def test_a_known_secret_is_hidden_in_every_form(password: str, log_text: io.StringIO) -> None:
    forget = logs.REDACTOR.remember(Secret(password))
    logging.getLogger("x").warning("camera said %s and %r and %s", password, password, quote(password, safe=""))
    try:
        raise RuntimeError(f"cannot open rtsp://officer:{quote(password, safe='')}@10.0.0.9/live ({password})")
    except RuntimeError:
        logging.getLogger("x").exception("failed")
    forget()
    written = log_text.getvalue()
    assert password not in written
    assert quote(password, safe="") not in written
    assert "camera said" in written
    assert "10.0.0.9/live" in written


@pytest.mark.parametrize("password", canaries())
def test_credentials_in_an_address_are_hidden_though_nobody_named_them(password: str) -> None:
    address = f"rtsp://officer:{quote(password, safe='')}@10.0.0.9/live"
    assert logs.REDACTOR.redact(f"open {address} failed") == f"open rtsp://{logs.HIDDEN}@10.0.0.9/live failed"


def test_a_raw_password_with_an_at_sign_does_not_leak_its_tail() -> None:
    assert logs.REDACTOR.redact("rtsp://u:p@ss/w@cam/1") == f"rtsp://{logs.HIDDEN}@cam/1"


def test_headers_and_named_fields_are_hidden() -> None:
    text = logs.REDACTOR.redact('Authorization: Digest username="x", response="0123"\npassword=hunter22&x=1')
    assert "0123" not in text
    assert "hunter22" not in text
    assert "x=1" in text


def test_a_forgotten_secret_is_searched_no_longer() -> None:
    first, second = (logs.REDACTOR.remember(Secret("mango-99")) for _ in range(2))
    first()
    assert logs.REDACTOR.redact("mango-99") == logs.HIDDEN
    second()
    assert logs.REDACTOR.redact("mango-99") == "mango-99"


def test_an_error_of_any_thread_ends_in_the_log_and_at_the_listener(
    log_text: io.StringIO,
) -> None:
    told: list[str] = []
    stop = logs.on_crash(told.append)

    def fail() -> None:
        raise ValueError("rtsp://a:geheim123@cam/1")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    stop()
    assert len(told) == 1
    assert "ValueError" in told[0]
    assert "geheim123" not in told[0] + log_text.getvalue()
    assert "ValueError" in log_text.getvalue()


def test_a_folder_that_cannot_be_made_is_no_reason_to_end(tmp_path: Path) -> None:
    """The store tells the person what is wrong with the folder; the log must not be first with a traceback."""
    (tmp_path / "file").write_text("")
    heard = io.StringIO()
    put_back = logs.install(tmp_path / "file" / "logs", stream=heard)
    logging.getLogger("test").warning("still heard")
    put_back()
    assert "still heard" in heard.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("open rtsp://u:pa ss@h/1 failed", f"open rtsp://{logs.HIDDEN}@h/1 failed"),
        ("'rtsp://u:pa ss@h/1' and me@home", f"'rtsp://{logs.HIDDEN}@h/1' and me@home"),
        ('"https://u:a b@h/1" to "me@home"', f'"https://{logs.HIDDEN}@h/1" to "me@home"'),
        ("password='hello world' x", f"password={logs.HIDDEN} x"),
        ('{"password": "a,b", "x": 1}', f'{{"password": {logs.HIDDEN}, "x": 1}}'),
        ('token="a\\"b c", x', f"token={logs.HIDDEN}, x"),
    ],
)
def test_no_part_of_a_password_stays_behind_a_mark(text: str, shown: str) -> None:
    assert logs.REDACTOR.redact(text) == shown


def test_without_a_file_nothing_is_printed_instead(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    put_back = logs.install(tmp_path / "file" / "logs")
    logging.getLogger("test").warning("vault.locked()")
    put_back()
    assert "vault.locked" not in capfd.readouterr().err
