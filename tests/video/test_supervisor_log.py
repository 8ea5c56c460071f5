"""What a worker prints: whole lines, few, and without secrets."""

from __future__ import annotations

import logging
import os

import pytest

from console.kernel import Secret
from console.logs import REDACTOR
from console.video.worker_log import BYTES_A_SECOND, LINES_A_SECOND, LONGEST_LINE, Throttle, log_lines, secrets_of


class Now:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def logged(caplog: pytest.LogCaptureFixture, *pieces: bytes) -> list[str]:
    """Let a pipe say the pieces and end; return what was logged."""
    read, write = os.pipe()
    for piece in pieces:
        os.write(write, piece)
    os.close(write)
    with caplog.at_level(logging.WARNING):
        log_lines("w", read)
    os.close(read)
    return [record.getMessage() for record in caplog.records]


def test_lines_are_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    assert logged(caplog, b"one\ntw", b"o\nthree") == ["w: one", "w: two", "w: three"]


def test_control_signs_and_broken_text_cannot_forge_a_line(caplog: pytest.LogCaptureFixture) -> None:
    assert logged(caplog, b"a\x1b[31mb\rc\xff\n") == ["w: a [31mb c\\xff"]


def test_a_line_without_end_is_never_logged_in_part(caplog: pytest.LogCaptureFixture) -> None:
    lines = logged(caplog, b"x" * (LONGEST_LINE * 3) + b"\nnext\n")
    assert lines == [f"w: (a line of {LONGEST_LINE * 3} bytes)", "w: next"]


def test_the_end_of_a_line_whose_beginning_was_dropped_is_dropped_too(caplog: pytest.LogCaptureFixture) -> None:
    read, write = os.pipe()
    os.write(write, b"x" * 60_000)
    throttle = Throttle(Now())
    from console.video.worker_log import whole_lines

    lines = whole_lines(read, throttle)
    os.set_blocking(read, False)
    assert list(lines) == []
    assert throttle.dropped == 60_000
    os.close(write)
    os.close(read)
    assert caplog.records == []


def test_only_so_many_lines_a_second() -> None:
    now = Now()
    throttle = Throttle(now)
    assert sum(throttle.admit(b"x") for _ in range(200)) == LINES_A_SECOND
    assert throttle.dropped == 200 - LINES_A_SECOND
    now.time = 1.0
    assert throttle.admit(b"x")


def test_only_so_many_bytes_a_second() -> None:
    throttle = Throttle(Now())
    assert throttle.admit(b"x" * BYTES_A_SECOND)
    assert not throttle.admit(b"x")


def test_a_flood_ends_with_a_count(caplog: pytest.LogCaptureFixture) -> None:
    lines = logged(caplog, b"line\n" * 1000)
    assert len(lines) == LINES_A_SECOND + 1
    assert lines[-1].endswith("bytes not logged")


PASSWORDS = ['p@ss:/?#%é"', "รหัสผ่าน", "a b+c&d=e", "%41%42%43", "back\\slash'quote", "x" * 60]


@pytest.mark.parametrize("password", PASSWORDS)
def test_no_form_of_a_password_is_logged(caplog: pytest.LogCaptureFixture, password: str) -> None:
    from urllib.parse import quote

    address = Secret(f"rtsp://user:{quote(password, safe='')}@10.0.0.1/stream")
    forgets = [REDACTOR.remember(secret) for secret in secrets_of(address)]
    said = [address.reveal(), f"password is {password}", f"{password!r}", f"Authorization: Basic {password}"]
    lines = logged(caplog, *(f"{text}\n".encode() for text in said))
    for forget in forgets:
        forget()
    assert len(lines) == len(said)
    for form in (password, quote(password), quote(password, safe=""), repr(password)[1:-1]):
        assert all(form not in line for line in lines)


def test_an_address_without_credentials_has_nothing_to_hide() -> None:
    assert secrets_of(Secret("rtsp://10.0.0.1/stream")) == []
    assert secrets_of(Secret("http://10.0.0.1/s?token=abc")) == [Secret("http://10.0.0.1/s?token=abc")]
    assert secrets_of(Secret("rtsp://[bad")) == [Secret("rtsp://[bad")]


def test_an_address_gives_its_user_part_and_password_in_both_spellings() -> None:
    found = {secret.reveal() for secret in secrets_of(Secret("rtsp://me:p%40ss@h/1"))}
    assert found == {"rtsp://me:p%40ss@h/1", "me:p%40ss", "me:p@ss", "p%40ss", "p@ss"}
