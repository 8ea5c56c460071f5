"""Verbs about cameras: register a file of them, enter an address, test a connection."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.authorities import say_what_is_missing
from console.cli.book import Book, code_of
from console.cli.desk import FOUND, GOOD, REFUSED, Desk, say
from console.i18n import _, plain
from console.kernel import ConsoleError, Denied

if TYPE_CHECKING:
    from console.services.camera_import import ImportReport
    from console.services.feeds import Probe


def enter(book: Book) -> None:
    camera = book.noun("camera", "cameras: register a file of them, enter an address, test a connection")
    listed = book.verb(camera, "import", _camera_import, "register the cameras of a CSV file, all of them or none")
    listed.add_argument("file", type=Path, metavar="FILE", help="CSV; its first line names the columns")
    listed.add_argument("--partial", action="store_true", help="take the good lines, tell the others")
    listed.add_argument("--check", action="store_true", help="tell what is wrong with it, register nothing")
    code_of(book.verb(camera, "probe", _camera_probe, "test a camera's connection: what comes, never a picture"))
    address = book.verb(camera, "address", _camera_address, "enter a camera's address; it is asked for")
    code_of(address)
    address.add_argument("--sub", action="store_true", help="its sub address, the smaller stream for tiles")


def _camera_import(desk: Desk) -> int:
    from console.services.camera_import import Keep, Watch

    words = desk.words
    if not words.file.exists():
        raise ConsoleError("import.no_file", path=words.file)
    keep = Keep.NOTHING if words.check else Keep.GOOD if words.partial else Keep.WHOLE
    with desk.room() as room:
        session = desk.log_in(room)
        watch = Watch(_tell_progress if sys.stderr.isatty() else None)
        report = room.station.camera_import.import_file(words.file, session, keep, watch)
    _tell_lines(report)
    if words.check:
        _tell_check(report)
    else:
        _tell_import(report)
    if report.stopped is not None:
        raise report.stopped
    if report.problems:
        return FOUND if words.partial or words.check else REFUSED
    return GOOD


def _tell_progress(done: int, lines: int) -> None:
    print(f"\r{done}/{lines}", end="\n" if done == lines else "", file=sys.stderr, flush=True)


def _tell_lines(report: ImportReport) -> None:
    from console.i18n.errors import field_text

    for problem in report.problems:
        why = field_text(problem.key, problem.params)
        field = f"{problem.column} “{problem.value}”" if problem.value else problem.column
        say(_("Line {line}, {field}: {why}", line=problem.line, field=field, why=why))
    for doubt in report.doubts:
        why = field_text(doubt.key, doubt.params)
        say(_("Line {line}, {field}, please check: {why}", line=doubt.line, field=doubt.column, why=why))
    if report.ignored:
        say(_("These columns are not known and were not read: {columns}.", columns=", ".join(report.ignored)))


def _tell_check(report: ImportReport) -> None:
    say(
        _(
            "The file was only checked; nothing was registered. Lines: {lines}, good ones: {good}.",
            lines=report.lines,
            good=report.good,
        )
    )
    if not report.problems:
        say(_("Without “--check” {n} cameras would be registered.", n=report.good))
    elif report.good:
        say(
            _(
                "Without “--check” no camera would be registered, because a file is taken whole or not at all;"
                " with “--partial” {n} would be.",
                n=report.good,
            )
        )
    else:
        say(_("Without “--check” no camera would be registered."))


def _tell_import(report: ImportReport) -> None:
    say(_("Cameras registered: {n}.", n=report.registered))
    if report.problems and not report.registered and report.good:
        say(
            _(
                "Good lines: {n}. Nothing was registered, because a file is taken whole or not at all."
                " Correct the lines, or take the good ones with “--partial”.",
                n=report.good,
            )
        )
    if report.registered:
        say(
            _("Next, for each camera: “main.py authority record CODE --kind … --level …”. Without it no picture opens.")
        )


def _camera_probe(desk: Desk) -> int:
    """The stream of the wall's tiles; where there are two, the main one too."""
    from console.services.feeds import AddressKind

    with desk.room() as room:
        session = desk.log_in(room)
        camera = desk.camera(room)
        feeds = room.start_gate()
        found = [feeds.probe(session, camera.id, AddressKind.SUB)]
        if camera.has_sub_address and not isinstance(found[0], Denied):
            found.append(feeds.probe(session, camera.id, AddressKind.MAIN))
    codes = []
    for kind, answer in zip((AddressKind.SUB, AddressKind.MAIN), found, strict=False):
        if camera.has_sub_address:
            say(_("Sub stream:") if kind is AddressKind.SUB else _("Main stream:"))
        codes.append(_tell_probe(answer))
    return max(codes)


def _tell_probe(found: Probe | Denied) -> int:
    from console.i18n.errors import deny_text, fault_text

    if isinstance(found, Denied):
        print(plain(deny_text(found)), file=sys.stderr)
        return REFUSED
    facts = found.facts
    if facts.codec:
        told = {"codec": facts.codec, "size": f"{facts.width}x{facts.height}", "rate": f"{facts.rate:g}"}
        say(_("{codec}, {size}, {rate} pictures a second, {transport}", transport=facts.transport, **told))
    if not found.answered:
        say(fault_text(found.fault))
    return GOOD if found.answered else FOUND


def _camera_address(desk: Desk) -> int:
    """Address, user and password are asked for one by one: none of them may stand in an argument."""
    from console.services.cameras import AddressKind, SetAddress
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
            SetAddress,
            camera_id=camera.id,
            version=camera.version,
            address=address,
            which=AddressKind.SUB if desk.words.sub else AddressKind.MAIN,
            user=user,
            password=password,
        )
        room.station.dispatcher.run(command, session)
        say(_("The address of camera {code} is stored, sealed.", code=camera.code))
        say_what_is_missing(room, desk.camera(room))
    return GOOD
