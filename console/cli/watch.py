"""The verb that watches camera addresses for IT: what they offer and how they fare, second by second, no picture."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import signal
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from console.cli.book import Book
from console.cli.desk import FOUND, GOOD, Desk, say
from console.i18n import _, plain
from console.kernel import (
    STATION_ZONE,
    Clock,
    ConsoleError,
    Denied,
    EndReason,
    Fault,
    Secret,
    StreamFacts,
    TileState,
)

if TYPE_CHECKING:
    from console.services.addresses import Address
    from console.services.feeds import TileStatus, WatchedAddress

LOGIN_HELP: Final = (
    "Who asks logs in to the console: --login NAME, and the password is asked for (with --password-stdin it is the"
    " first line of standard input). It takes the right to register cameras: superintendent, registrar, IT."
    " --user and --ask-password are the CAMERA's own log-in, for all addresses given; its password is asked for after"
    " the console's. Exit code 0 if all addresses were live at the end, 1 if not, 2 if the command was refused."
)
_SECRET: Final = re.compile(r"(?:pass|passwd|password|pwd|token|secret)[^=&/]*=", re.IGNORECASE)
"""Where a make of cameras wants the password inside path or query."""

_PLAIN_VALUE: Final = re.compile(r"=(?!\d{1,4}(?:&|$))[^&]*")
_STATES: Final = {TileState.EMPTY: "down", TileState.PAUSED: "denied"}
_BEAT_S: Final = 1.0


def enter(book: Book) -> None:
    verb = book.verb(book.nouns, "watch", _watch, "camera addresses that are typed: facts each second, no picture")
    verb.epilog = LOGIN_HELP
    verb.add_argument("urls", nargs="+", metavar="URL", help="rtsp, rtsps, http or https, without a log-in in it")
    verb.add_argument("--user", metavar="U", help="user name at the camera")
    verb.add_argument("--ask-password", action="store_true", help="ask for the password at the camera")
    verb.add_argument("--seconds", type=_seconds, default=10.0, metavar="S", help="how long (10); Ctrl+C ends it too")
    verb.add_argument("--json", action="store_true", help="one JSON line a second and address")


def _seconds(text: str) -> float:
    """Take a number of seconds; argparse turns the error into a sentence."""
    seconds = float(text)
    if not _BEAT_S <= seconds <= 7 * 86_400:
        raise argparse.ArgumentTypeError("1 … 604800")
    return seconds


@dataclass(slots=True)
class _Line:
    """One address on the screen."""

    shown: str
    watched: WatchedAddress | Denied
    offered: StreamFacts = field(default_factory=StreamFacts)
    why: str = ""
    state: str = ""


def _watch(desk: Desk) -> int:
    words = desk.words
    if words.ask_password and words.user is None:
        raise ConsoleError("watch.password_without_user")
    for url in words.urls:
        _address(url, None)
    with desk.room() as room:
        session = desk.log_in(room)
        login = None if words.user is None else (Secret(words.user), _camera_password(desk))
        addresses = [_address(url, login) for url in words.urls]
        lines: list[_Line] = []
        with _Interrupt() as interrupt:
            try:
                watched = room.start_gate().addresses.watch(session, addresses)
                lines += [_Line(redacted(address), one) for address, one in zip(addresses, watched, strict=True)]
                _follow(desk, room.plan.clock, lines, interrupt)
            finally:
                for line in lines:
                    if not isinstance(line.watched, Denied):
                        line.watched.end(EndReason.CLOSED)
    return GOOD if lines and all(line.state == TileState.LIVE.value for line in lines) else FOUND


class _Interrupt:
    """Ctrl+C, heard between two looks only.

    Python raises it wherever the main thread is, also while that takes a lock: the lock stayed held, and the gate's
    threads waited for it until somebody ended the process. What was last seen counts.
    """

    def __init__(self) -> None:
        self._asked = self._rests = False
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_gone: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _hear(self, _number: int, _frame: object) -> None:
        self._asked = True
        if self._rests:
            self._rests = False
            raise KeyboardInterrupt

    def rest(self, seconds: float) -> bool:
        """Wait; tells whether to go on."""
        with contextlib.suppress(KeyboardInterrupt):
            self._rests = True
            if not self._asked:
                time.sleep(max(0.0, seconds))
            self._rests = False
        return not self._asked


def _camera_password(desk: Desk) -> Secret:
    if not desk.words.ask_password:
        return Secret("")
    secret = desk.secret(_("Password at the camera: "))
    if secret is None:
        raise ConsoleError("cli.password_missing")
    return secret


def _address(url: str, login: tuple[Secret, Secret] | None) -> Address:
    """Take an address apart. Whatever may be a log-in in it is refused: every account can read our arguments."""
    from console.services.addresses import parse

    if "@" in url or _SECRET.search(url):
        raise ConsoleError("watch.login_in_address")
    return parse(Secret(url), login)


def redacted(address: Address) -> str:
    """Return the address without its log-in, and of its query only numbers: they tell a recorder's channels apart."""
    from dataclasses import replace

    bare = replace(address, user=Secret(""), password=Secret(""), query=_PLAIN_VALUE.sub("=…", address.query))
    return bare.url().reveal()


def _follow(desk: Desk, clock: Clock, lines: list[_Line], interrupt: _Interrupt) -> None:
    """Tell each second how each address fares, until the time is over or somebody ends it."""
    began = time.monotonic()
    for beat in range(1, int(desk.words.seconds / _BEAT_S) + 1):
        if not interrupt.rest(began + beat * _BEAT_S - time.monotonic()):
            return
        at = clock.now()
        for line in lines:
            _tell(line, at, as_json=desk.words.json)


def _tell(line: _Line, at: datetime, *, as_json: bool) -> None:
    status = None if isinstance(line.watched, Denied) else line.watched.state()
    line.state = state_of(status)
    facts = StreamFacts() if status is None else status.facts
    if facts.codec and _offer(facts) != _offer(line.offered):
        line.offered = facts
        _tell_offer(line, as_json=as_json)
    age = None if status is None or status.age_s is None else round(status.age_s * 1000)
    fps = facts.rate if line.state == TileState.LIVE.value else 0.0
    kbps, reconnects = (0.0, 0) if status is None else (status.kbps, status.reconnects)
    why = _why(line.watched, status)
    if as_json:
        moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = {"t": moment, "url": line.shown, "state": line.state, "age_ms": age}
        print(json.dumps(told | {"fps": round(fps, 2), "kbps": round(kbps, 1), "reconnects": reconnects}), flush=True)
        if why and why != line.why:
            print(plain(f"{line.shown}: {why}"), file=sys.stderr, flush=True)
    else:
        numbers = _("{fps} pictures a second, {kbps} kbit/s", fps=f"{fps:g}", kbps=round(kbps))
        old = "" if age is None else _("picture {ms} ms old", ms=age)
        clock_time = f"{at.astimezone(STATION_ZONE):%H:%M:%S}"
        again = _("reconnected {n} times", n=reconnects) if reconnects else ""
        say("  ".join(filter(None, (clock_time, line.shown, _word(line.state), old, numbers, again, why))))
        sys.stdout.flush()
    line.why = why


def _offer(facts: StreamFacts) -> tuple[object, ...]:
    """The rate is left out: it is measured and moves."""
    return facts.codec, facts.width, facts.height, facts.transport, facts.encrypted


def _tell_offer(line: _Line, *, as_json: bool) -> None:
    facts = line.offered
    if as_json:
        told = {"url": line.shown, "codec": facts.codec, "width": facts.width, "height": facts.height}
        told |= {"rate": facts.rate, "transport": facts.transport, "encrypted": facts.encrypted}
        print(json.dumps(told), flush=True)
        return
    size, rate = f"{facts.width}x{facts.height}", f"{facts.rate:g}"
    offered = _(
        "{codec}, {size}, {rate} pictures a second, {transport}",
        codec=facts.codec, size=size, rate=rate, transport=facts.transport,
    )  # fmt: skip
    say(f"{line.shown}: {offered}")


def state_of(status: TileStatus | None) -> str:
    """Return the state's word. A camera that refuses the log-in has denied us as the gate does."""
    if status is None or status.deny is not None or status.fault is Fault.UNAUTHORISED:
        return "denied"
    return _STATES.get(status.state, status.state.value)


def _word(state: str) -> str:
    from console.i18n.labels import label

    return label(TileState(state))


def _why(watched: WatchedAddress | Denied, status: TileStatus | None) -> str:
    from console.i18n.errors import deny_text, fault_text

    deny = watched if isinstance(watched, Denied) else None if status is None else status.deny
    if deny is not None:
        return deny_text(deny)
    fault = Fault.NONE if status is None else status.fault
    return "" if fault is Fault.NONE else fault_text(fault)
