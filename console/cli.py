"""The command line for IT and the registrar. Every verb authenticates a person, except making the first one.

Passwords come from a prompt or from standard input, never from arguments or the environment. Exit codes: 0 done,
1 done but something was found, 2 refused.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from console import i18n, logs
from console.i18n import _, plain
from console.kernel import ConsoleError, Denied, DenyReason, Fault, Right, Role, Secret, Session, SystemClock
from console.settings import Settings, data_dir_default, load_settings

if TYPE_CHECKING:
    from console.db.store import StorePlace
    from console.room import Room
    from console.services.journal import Problem

    Verbs: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no other name

GOOD: Final = 0
FOUND: Final = 1
REFUSED: Final = 2
PROGRAM: Final = "ccoc-console"


def run(arguments: Sequence[str]) -> int:
    """Do one verb and return the exit code. Refusals are sentences on standard error."""
    words = _parser().parse_args(arguments)
    i18n.install(words.language or "th")
    try:
        data_dir: Path = words.data or data_dir_default()
        overrides = {} if words.language is None else {"ui": {"language": words.language}}
        desk = Desk(words, data_dir, load_settings(data_dir, overrides))
        i18n.install(desk.settings.ui.language)
        verb: Callable[[Desk], int] = words.verb
        return verb(desk)
    except ConsoleError as problem:
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
        if self.words.password_stdin:
            line = sys.stdin.readline()
            if not line:
                raise ConsoleError("cli.password_missing")
            secret = Secret(line.rstrip("\r\n"))
        else:
            secret = Secret(getpass.getpass(plain(_("Password of {login}: ", login=login))))
        logs.REDACTOR.remember(secret)
        return secret


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
    for problem in report.problems:
        _say(_("Console {writer}, row {seq}: {what}", writer=problem.writer, seq=problem.seq, what=_finding(problem)))
    _say(_("The journal was tampered with or damaged: {n} findings.", n=len(report.problems)))
    return FOUND


def _finding(problem: Problem) -> str:
    from console.i18n.errors import field_text

    return field_text(problem.text_key)


# Cameras and authorities


def _camera_import(desk: Desk) -> int:
    from console.i18n.errors import field_text

    with desk.room() as room:
        session = desk.log_in(room)
        report = room.station.cameras.import_csv(desk.words.file, session)
    _say(_("Cameras registered: {n}.", n=report.registered))
    for problem in report.problems:
        _say(_("Line {line}, {field}: {why}", line=problem.line, field=problem.field, why=field_text(problem.key)))
    return FOUND if report.problems else GOOD


def _camera_probe(desk: Desk) -> int:
    from console.i18n.errors import deny_text, fault_text

    with desk.room() as room:
        session = desk.log_in(room)
        camera = room.station.cameras.by_code(desk.words.code)
        if camera is None:
            raise ConsoleError("camera.unknown_code", code=desk.words.code)
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


def _authority_countersign(desk: Desk) -> int:
    from console.services.authorities import CountersignAuthority

    with desk.room() as room:
        session = desk.log_in(room)
        camera = room.station.cameras.by_code(desk.words.code)
        if camera is None:
            raise ConsoleError("camera.unknown_code", code=desk.words.code)
        authority = room.station.authorities.current(camera.id)
        if authority is None:
            raise Denied(DenyReason.NO_AUTHORITY)
        command = CountersignAuthority(authority_id=authority.id, version=authority.version)
        room.station.dispatcher.run(command, session)
    _say(_("The authority of camera {code} is countersigned.", code=desk.words.code))
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


def _self_test(desk: Desk) -> int:
    """Says what this computer can promise. Reads nothing of the station, so it asks nobody's name."""
    from console.services.feeds import examine_engine
    from console.services.people import keyring_found

    _say(_("Data folder: {path}", path=desk.data_dir))
    keyring = keyring_found()
    _say(
        _("Keyring: {name}", name=keyring)
        if keyring
        else _("Keyring: none that may be trusted. Passwords alone protect the camera addresses.")
    )
    facts = examine_engine(desk.settings.video, SystemClock())
    if not facts.versions:
        _say(_("Video: no worker starts. Cameras cannot be shown. Ask IT to install VLC 3.0 (64-bit)."))
        return FOUND
    _say(_("Video: {versions}", versions=", ".join(f"{name} {text}" for name, text in sorted(facts.versions.items()))))
    _say(_("Workers run under: {sandbox}", sandbox=facts.sandbox))
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

    add = verb(noun("user", "people"), "add", _user_add, "add a person")
    add.add_argument("user", metavar="NAME", help="log-in name")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--name", help="rank and name as shown")
    add.add_argument("--rank", default="")
    add.add_argument("--first", action="store_true", help="the first person of an empty store")
    verb(noun("journal", "the access journal"), "verify", _journal_verify, "check every row")
    camera = noun("camera", "cameras")
    verb(camera, "import", _camera_import, "register the cameras of a CSV file").add_argument("file", type=Path)
    verb(camera, "probe", _camera_probe, "test a camera's connection").add_argument("code")
    authority = noun("authority", "authorities")
    verb(authority, "countersign", _authority_countersign, "second signature").add_argument("code")
    db = noun("db", "the database")
    verb(db, "status", _db_status, "which version it has")
    upgrade = verb(db, "upgrade", _db_upgrade, "back up, then bring it to this program's version")
    upgrade.add_argument("--backed-up", action="store_true", help="the server's administrator made a backup")
    verb(db, "backup", _db_backup, "copy it into the backups folder")
    verb(nouns, "self-test", _self_test, "say what this computer has")
    return parser
