"""The command line for IT and the registrar. Every verb authenticates a person, except making the first one.

Passwords come from a prompt or from standard input, never from arguments or the environment. Exit codes: 0 done,
1 done but something was found, 2 refused.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from console import i18n, logs
from console.i18n import _, plain
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    ConsoleError,
    Denied,
    DenyReason,
    Fault,
    Purpose,
    Right,
    Role,
    Secret,
    Session,
    SystemClock,
)
from console.settings import Settings, data_dir_default, load_settings

if TYPE_CHECKING:
    from console.db.cameras import CameraRow
    from console.db.store import StorePlace
    from console.room import Room
    from console.services.authorities import CountersignAuthority, ResumeAuthority
    from console.services.feeds import EngineFacts
    from console.services.journal import Problem

    Verbs: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no other name

GOOD: Final = 0
FOUND: Final = 1
REFUSED: Final = 2
PROGRAM: Final = "ccoc-console"
LOGS: Final = "logs"
TOLD_AT_MOST: Final = 10
"""How many equal findings of the journal are told one by one."""
NO_WALLS: Final = "process limits only"
"""How the engine's own words for a worker without a sandbox begin."""


def run(arguments: Sequence[str]) -> int:
    """Do one verb and return the exit code. Refusals are sentences on standard error."""
    words = _parser().parse_args(arguments)
    data_dir: Path = words.data or data_dir_default()
    put_back = logs.install(data_dir / LOGS)
    try:
        return _do(words, data_dir)
    except ConsoleError as problem:
        return _refuse(problem)
    except Exception as mistake:  # noqa: BLE001 - the end of every unexpected error: the log has it whole
        logs.report_crash(type(mistake), mistake, mistake.__traceback__)
        return _refuse(ConsoleError("cli.unexpected", path=data_dir / LOGS / "console.log"))
    finally:
        put_back()


def _do(words: argparse.Namespace, data_dir: Path) -> int:
    i18n.install(words.language or "th")
    overrides = {} if words.language is None else {"ui": {"language": words.language}}
    desk = Desk(words, data_dir, load_settings(data_dir, overrides))
    i18n.install(desk.settings.ui.language)
    verb: Callable[[Desk], int] = words.verb
    return verb(desk)


def _refuse(problem: ConsoleError) -> int:
    from console.i18n.errors import error_text

    print(logs.REDACTOR.redact(plain(error_text(problem))), file=sys.stderr)
    return REFUSED


class Desk:
    """What a verb works with: its words, the place of the data, and who is asking."""

    def __init__(self, words: argparse.Namespace, data_dir: Path, settings: Settings) -> None:
        self.words = words
        self.data_dir = data_dir
        self.settings = settings

    def place(self) -> StorePlace:
        from console.db.store import StorePlace

        url = self.settings.database.url
        return StorePlace.standalone(self.data_dir) if url is None else StorePlace(url, self.data_dir)

    @contextmanager
    def room(self) -> Iterator[Room]:
        """Open the store; it is closed again whatever happens."""
        from console.room import Room, RoomPlan
        from console.services.people import station_vault

        room = Room.open(RoomPlan(self.data_dir, self.settings, station_vault(), program="command line"))
        try:
            yield room
        finally:
            room.close()

    def log_in(self, room: Room) -> Session:
        """Authenticate whoever asks; without a name nothing is done."""
        login: str | None = self.words.login
        if login is None:
            raise ConsoleError("cli.login_missing")
        return room.log_in(login, self.password(login))

    def password(self, login: str) -> Secret:
        """Read one password: a line of standard input, or a prompt that shows nothing."""
        secret = self.secret(_("Password of {login}: ", login=login))
        if secret is None:
            raise ConsoleError("cli.password_missing")
        return secret

    def secret(self, prompt: str) -> Secret | None:
        """Read what must stand in no argument. None: standard input has ended."""
        if self.words.password_stdin:
            line = sys.stdin.readline()
            if not line:
                return None
            secret = Secret(line.rstrip("\r\n"))
        else:
            secret = Secret(getpass.getpass(plain(prompt)))
        if secret.reveal():
            logs.REDACTOR.remember(secret)
        return secret

    def camera(self, room: Room) -> CameraRow:
        """Return the camera whose code was named."""
        camera = room.station.cameras.by_code(self.words.code)
        if camera is None:
            raise ConsoleError("camera.unknown_code", code=self.words.code)
        return camera


def _say(text: str) -> None:
    print(plain(text))


# People


def _user_add(desk: Desk) -> int:
    from console.services.commands import build
    from console.services.people import AddPerson, NewFirst

    words = desk.words
    role = Role(words.role)
    shown: str = words.name or words.user
    with desk.room() as room:
        if words.first:
            password = desk.password(words.user)
            sheet = room.station.people.add_first(NewFirst(words.user, shown, role, password, words.rank))
            _say(_("The first person “{login}” was added.", login=words.user))
            _say(_("RECOVERY SHEET – print it now and keep it in the safe. It is not shown again."))
            _say(_("Recovery code: {code}", code=sheet.code.reveal()))
            _say(_("Fingerprint of the signing key: {signer}", signer=sheet.signer))
            if not sheet.keyring:
                _say(
                    _("This computer has no keyring that may be trusted: passwords alone protect the camera addresses.")
                )
            return GOOD
        session = desk.log_in(room)
        password = desk.password(words.user)
        command = build(AddPerson, login=words.user, display_name=shown, role=role, rank=words.rank, password=password)
        person_id = room.station.dispatcher.run(command, session)
        _say(_("“{login}” was added.", login=words.user))
        if room.station.people.waits_for_slot(person_id):
            _say(_("Somebody who may use cameras must give this person access to them before the first picture."))
            _say(
                _(
                    "Next: a superintendent with access runs “main.py user grant {login} --login NAME”. If nobody has"
                    " access yet, add “--recovery-code” and have the recovery sheet at hand.",
                    login=words.user,
                )
            )
        return GOOD


def _user_grant(desk: Desk) -> int:
    """The giver's own key opens the vault, or the recovery sheet where nobody has one yet."""
    from console.services.commands import build
    from console.services.people import GiveSlot, GiveSlotBySheet

    login: str = desk.words.user
    with desk.room() as room:
        session = desk.log_in(room)
        person = room.station.people.by_login(login)
        if person is None:
            raise ConsoleError("people.unknown_login", login=login)
        if desk.words.recovery_code:
            code = desk.secret(_("Recovery code: "))
            if code is None:
                raise ConsoleError("cli.code_missing")
            room.station.dispatcher.run(build(GiveSlotBySheet, person_id=person.id, code=code), session)
        else:
            room.station.dispatcher.run(build(GiveSlot, person_id=person.id), session)
    _say(_("“{login}” may use cameras from the next log-in on.", login=login))
    return GOOD


# Journal


def _journal_verify(desk: Desk) -> int:
    with desk.room() as room:
        report = room.station.journal.verify(desk.log_in(room))
    counts = {"rows": report.rows, "writers": report.writers, "cameras": report.cameras}
    _say(_("Rows checked: {rows}. Consoles: {writers}. Cameras: {cameras}.", **counts))
    if not report.problems:
        _say(_("The journal is whole: nothing was changed, left out, doubled or cut off."))
        return GOOD
    alike: dict[tuple[str, bool], list[Problem]] = {}
    for problem in report.problems:
        alike.setdefault((problem.text_key, bool(problem.writer)), []).append(problem)
    for equal in alike.values():
        for problem in equal[:TOLD_AT_MOST]:
            _say(_finding(problem))
        if len(equal) > TOLD_AT_MOST:
            _say(_("… and {n} more of this kind.", n=len(equal) - TOLD_AT_MOST))
    _say(_("The journal was tampered with or damaged: {n} findings.", n=len(report.problems)))
    return FOUND


def _finding(problem: Problem) -> str:
    from console.i18n.errors import field_text

    what = field_text(problem.text_key)
    if not problem.writer:
        # The file beside the database belongs to no console: its lines are counted.
        return _("checkpoints.log, line {n}: {what}", n=problem.seq, what=what)
    return _("Console {writer}, row {seq}: {what}", writer=problem.writer, seq=problem.seq, what=what)


# Cameras and authorities


def _camera_import(desk: Desk) -> int:
    from console.i18n.errors import field_text

    if not desk.words.file.exists():
        raise ConsoleError("import.no_file", path=desk.words.file)
    with desk.room() as room:
        session = desk.log_in(room)
        report = room.station.cameras.import_csv(desk.words.file, session)
    _say(_("Cameras registered: {n}.", n=report.registered))
    for problem in report.problems:
        _say(_("Line {line}, {field}: {why}", line=problem.line, field=problem.field, why=field_text(problem.key)))
    if report.registered:
        _say(
            _("Next, for each camera: “main.py authority record CODE --kind … --level …”. Without it no picture opens.")
        )
    return FOUND if report.problems else GOOD


def _camera_probe(desk: Desk) -> int:
    from console.i18n.errors import deny_text, fault_text

    with desk.room() as room:
        session = desk.log_in(room)
        camera = desk.camera(room)
        found = room.start_gate().probe(session, camera.id)
    if isinstance(found, Denied):
        print(plain(deny_text(found)), file=sys.stderr)
        return REFUSED
    facts = found.facts
    if facts.codec:
        told = {"codec": facts.codec, "size": f"{facts.width}x{facts.height}", "rate": f"{facts.rate:g}"}
        _say(_("{codec}, {size}, {rate} pictures a second, {transport}", transport=facts.transport, **told))
    if found.fault is not Fault.NONE:
        _say(fault_text(found.fault))
    elif not facts.codec:
        _say(fault_text(Fault.NO_ANSWER))
    return GOOD if facts.codec and found.fault is Fault.NONE else FOUND


def _camera_address(desk: Desk) -> int:
    """Address, user and password are asked for one by one: none of them may stand in an argument."""
    from console.services.cameras import SetAddress
    from console.services.commands import build

    with desk.room() as room:
        session = desk.log_in(room)
        camera = desk.camera(room)
        address = desk.secret(_("Address of camera {code}: ", code=camera.code))
        if address is None:
            raise ConsoleError("cli.address_missing")
        login = [
            desk.secret(_("User name at the camera (empty if it stands in the address): ")),
            desk.secret(_("Password at the camera (empty if it stands in the address): ")),
        ]
        user, password = (None if typed is None or not typed.reveal() else typed for typed in login)
        command = build(
            SetAddress, camera_id=camera.id, version=camera.version, address=address, user=user, password=password
        )
        room.station.dispatcher.run(command, session)
        _say(_("The address of camera {code} is stored, sealed.", code=camera.code))
        _say_what_is_missing(room, desk.camera(room))
    return GOOD


def _authority_record(desk: Desk) -> int:
    from console.i18n.typed import day_begins, day_ends, parse_date, parse_hours
    from console.services.authorities import RecordAuthority
    from console.services.commands import build

    words = desk.words
    begins: str | None = words.begins
    until: str | None = words.until
    hours = tuple(parse_hours(text, "hours") for text in words.hours)
    starts = None if begins is None else day_begins(parse_date(begins, "from"))
    ends = None if until is None else day_ends(parse_date(until, "until"))
    with desk.room() as room:
        session = desk.log_in(room)
        camera = desk.camera(room)
        command = build(
            RecordAuthority,
            camera_id=camera.id,
            kind=AuthorityKind(words.kind),
            level=AccessLevel(words.level),
            purposes=frozenset(Purpose(code) for code in words.purpose),
            valid_from=starts or room.plan.clock.now(),
            expires_at=ends,
            hours=hours,
            radius_m=words.radius,
            reference=words.reference,
        )
        room.station.dispatcher.run(command, session)
        _say(_("The permission of camera {code} is recorded.", code=camera.code))
        _say_what_is_missing(room, camera)
    return GOOD


def _say_what_is_missing(room: Room, camera: CameraRow) -> None:
    """Say the next step on this camera's way to the wall; address and authority may come in either order."""
    authority = room.station.authorities.current(camera.id)
    code = camera.code
    if authority is None:
        _say(_("Next: “main.py authority record {code} --kind … --level …”.", code=code))
    elif authority.countersign_needed and authority.countersigned_by is None:
        _say(_("Next: another person, a superintendent, runs “main.py authority countersign {code}”.", code=code))
    if not camera.has_address:
        _say(_("The camera has no address yet: “main.py camera address {code}”.", code=code))
    elif authority is not None and (not authority.countersign_needed or authority.countersigned_by is not None):
        _say(_("Nothing is missing. Test the connection: “main.py camera probe {code}”.", code=code))


def _run_on_authority(desk: Desk, room: Room, kind: type[CountersignAuthority | ResumeAuthority]) -> CameraRow:
    """Log in and run a command about the camera's present authority; returns the camera."""
    session = desk.log_in(room)
    camera = desk.camera(room)
    authority = room.station.authorities.current(camera.id)
    if authority is None:
        raise Denied(DenyReason.NO_AUTHORITY)
    room.station.dispatcher.run(kind(authority_id=authority.id, version=authority.version), session)
    return camera


def _authority_countersign(desk: Desk) -> int:
    from console.services.authorities import CountersignAuthority

    with desk.room() as room:
        camera = _run_on_authority(desk, room, CountersignAuthority)
        _say(_("The authority of camera {code} is countersigned.", code=desk.words.code))
        _say_what_is_missing(room, camera)
    return GOOD


def _authority_resume(desk: Desk) -> int:
    """After a pause, and after a backup came back: somebody looked at the owner's paper again."""
    from console.services.authorities import ResumeAuthority

    with desk.room() as room:
        camera = _run_on_authority(desk, room, ResumeAuthority)
    _say(_("Camera {code} may be opened again, as its owner allows.", code=camera.code))
    return GOOD


# Clock


def _clock_confirm(desk: Desk) -> int:
    """After a clock that stood in the future: the superintendent's word that it is right now, in the journal."""
    from console.i18n.dates import format_date, format_time
    from console.services.station_clock import ConfirmClock

    with desk.room() as room:
        session = desk.log_in(room)
        at = room.plan.clock.now()
        room.station.dispatcher.run(ConfirmClock(), session)
    _say(_("The clock was confirmed: {date}, {time}.", date=format_date(at), time=format_time(at, seconds=True)))
    _say(_("Owners’ cameras open again. The confirmation stands in the journal with your name."))
    return GOOD


# Store


def _db_status(desk: Desk) -> int:
    """Needs no log-in: it tells two version numbers, also of a store that is too old to be opened."""
    from console.db import migrate

    status = migrate.status(desk.place())
    _say(_("Database version {found}; this program needs {known}.", found=status.found or "–", known=status.known))
    return GOOD if status.current else FOUND


def _db_upgrade(desk: Desk) -> int:
    """Needs no log-in: people cannot be read from an old schema, and nothing but the schema is touched."""
    from console.db import migrate

    done = migrate.upgrade(desk.place(), SystemClock(), backed_up=desk.words.backed_up)
    _say(_("Database upgraded from {before} to {after}.", before=done.before or "–", after=done.after))
    if done.backup is not None:
        _say(_("Backup made before: {path}", path=done.backup))
    return GOOD


def _db_backup(desk: Desk) -> int:
    from console.db import migrate

    with desk.room() as room:
        session = desk.log_in(room)
        if not session.may(Right.MAINTAIN_STORE):
            raise Denied(DenyReason.ROLE, right=Right.MAINTAIN_STORE.value)
        path = migrate.backup(desk.place(), room.plan.clock)
    _say(_("Backup: {path}", path=path))
    return GOOD


def _db_restore(desk: Desk) -> int:
    """The backup itself says who may: the database that it replaces may be past reading."""
    from console.db import migrate
    from console.room import Room, RoomPlan
    from console.services.people import station_vault

    backup: Path = desk.words.file
    clock = SystemClock()
    if desk.settings.database.url is not None:
        raise ConsoleError("restore.own_tools")
    # Beside the data, not in a common temporary folder: it holds people's names.
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=desk.data_dir) as folder:
        aside = Desk(desk.words, Path(folder), desk.settings)
        staged = aside.place().sqlite_path
        assert staged is not None  # noqa: S101 - a place without a server's address is a file
        migrate.checked_copy(backup, staged)
        migrate.upgrade(aside.place(), clock)
        room = Room.open(RoomPlan(aside.data_dir, desk.settings, station_vault(), program="command line"))
        try:
            session = desk.log_in(room)
            if not session.may(Right.MAINTAIN_STORE):
                raise Denied(DenyReason.ROLE, right=Right.MAINTAIN_STORE.value)
        finally:
            room.close()
    kept = migrate.restore(desk.place(), backup, clock)
    migrate.upgrade(desk.place(), clock)
    with desk.room():
        # Opening applies what was withdrawn since, and pauses owners' cameras if the backup is older than the journal.
        _say(_("The backup is in place: {path}", path=backup))
    if kept is not None:
        _say(_("The former database was kept: {path}", path=kept))
    _say(
        _(
            "Withdrawals made since then count again. Owners’ cameras that were paused by this open after"
            " “main.py authority resume CODE”, when the owner's permission was looked at again."
        )
    )
    return GOOD


def _self_test(desk: Desk) -> int:
    """Says what this computer can promise. Reads nothing of the station, so it asks nobody's name."""
    from console.db.engines import sqlite_facts
    from console.services.feeds import examine_engine
    from console.services.people import keyring_found

    _say(_("Data folder: {path}", path=desk.data_dir))
    sqlite = sqlite_facts()
    _say(_("Database: SQLite {version}.", version=sqlite.version))
    if sqlite.wal_reset:
        _say(
            _(
                "This SQLite has the WAL-reset fault, which can damage a database that several connections check-point."
                " The console is safe from it: one connection alone does that. Let no other program open the database."
            )
        )
    else:
        _say(_("This SQLite is free of the WAL-reset fault."))
    keyring = keyring_found()
    _say(
        _("Keyring: {name}. It keeps the station's secret: a password alone opens no camera address.", name=keyring)
        if keyring
        else _("Keyring: none that may be trusted. Passwords alone protect the camera addresses: choose long ones.")
    )
    return _tell_engine(examine_engine(desk.settings.video, SystemClock()))


def _tell_engine(facts: EngineFacts) -> int:
    if not facts.versions:
        _say(_("Video: no worker starts. Cameras cannot be shown. Ask IT to install VLC 3.0 (64-bit)."))
        return FOUND
    player = facts.versions.get("libvlc", "")
    _say(_("Video: libVLC {version}.", version=player or "–"))
    others = sorted((name, text) for name, text in facts.versions.items() if name != "libvlc")
    if others:
        _say(_("Also used: {versions}", versions=", ".join(f"{name} {text}" for name, text in others)))
    _say(_("Workers run under: {sandbox}", sandbox=facts.sandbox))
    if facts.sandbox.startswith(NO_WALLS):
        _say(_("That is no sandbox. Install bubblewrap, so that a hostile camera reaches nothing of this computer."))
    return GOOD


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", type=Path, metavar="DIR", help="folder of the station's data")
    common.add_argument("--language", choices=i18n.LANGUAGES)
    common.add_argument("--login", metavar="NAME", help="who asks; the password is asked for")
    common.add_argument("--password-stdin", action="store_true", help="read passwords from standard input, one a line")
    parser = argparse.ArgumentParser(prog=PROGRAM, description="CCOC console, command line")
    nouns = parser.add_subparsers(required=True, metavar="VERB")

    def verb(under: Verbs, name: str, act: Callable[[Desk], int], told: str) -> argparse.ArgumentParser:
        made = under.add_parser(name, parents=[common], help=told)
        made.set_defaults(verb=act)
        return made

    def noun(name: str, told: str) -> Verbs:
        return nouns.add_parser(name, help=told).add_subparsers(required=True, metavar="ACTION")

    people = noun("user", "people")
    add = verb(people, "add", _user_add, "add a person")
    add.add_argument("user", metavar="NAME", help="log-in name")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--name", help="rank and name as shown")
    add.add_argument("--rank", default="")
    add.add_argument("--first", action="store_true", help="the first person of an empty store")
    grant = verb(people, "grant", _user_grant, "give a person access to the cameras")
    grant.add_argument("user", metavar="NAME", help="log-in name")
    grant.add_argument("--recovery-code", action="store_true", help="open with the recovery sheet; the code is asked")
    verb(noun("journal", "the access journal"), "verify", _journal_verify, "check every row")
    camera = noun("camera", "cameras")
    verb(camera, "import", _camera_import, "register the cameras of a CSV file").add_argument("file", type=Path)
    verb(camera, "probe", _camera_probe, "test a camera's connection").add_argument("code")
    verb(camera, "address", _camera_address, "enter a camera's address; it is asked for").add_argument("code")
    authority = noun("authority", "authorities")
    verb(authority, "resume", _authority_resume, "end a pause").add_argument("code")
    _record_words(verb(authority, "record", _authority_record, "what an owner or an agency allows"))
    verb(authority, "countersign", _authority_countersign, "second signature").add_argument("code")
    verb(noun("clock", "the computer's clock"), "confirm", _clock_confirm, "it is right again (superintendent)")
    db = noun("db", "the database")
    verb(db, "status", _db_status, "which version it has")
    upgrade = verb(db, "upgrade", _db_upgrade, "back up, then bring it to this program's version")
    upgrade.add_argument("--backed-up", action="store_true", help="the server's administrator made a backup")
    verb(db, "backup", _db_backup, "copy it into the backups folder")
    verb(db, "restore", _db_restore, "put a backup in its place").add_argument("file", type=Path)
    verb(nouns, "self-test", _self_test, "say what this computer has")
    return parser


def _record_words(record: argparse.ArgumentParser) -> None:
    from console.services.permits import NEVER_TICKED

    tickable = [purpose.value for purpose in Purpose if purpose not in NEVER_TICKED]
    levels = "0 registered only, 1 during an incident nearby, 2 set hours, 3 round the clock"
    record.add_argument("code")
    record.add_argument("--kind", required=True, choices=[kind.value for kind in AuthorityKind])
    record.add_argument("--level", required=True, type=int, choices=[level.value for level in AccessLevel], help=levels)
    record.add_argument("--purpose", nargs="+", default=[], choices=tickable, metavar="P", help=", ".join(tickable))
    record.add_argument("--hours", nargs="+", default=[], metavar="18:00-06:00", help="level 2: when")
    record.add_argument("--radius", type=int, default=0, metavar="M", help="level 1: metres around the camera")
    record.add_argument("--from", dest="begins", metavar="DATE", help="first day, 22/11/2569 or 2026-11-22; else now")
    record.add_argument("--until", metavar="DATE", help="last day, included")
    record.add_argument("--reference", default="", metavar="TEXT", help="number of the paper; no names")
