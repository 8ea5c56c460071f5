"""Verbs about authorities: record, countersign, end a pause."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.cli.book import Book, code_of
from console.cli.desk import GOOD, Desk, say
from console.i18n import _
from console.kernel import AccessLevel, AuthorityKind, Denied, DenyReason, Purpose

if TYPE_CHECKING:
    from console.db.cameras import CameraRow
    from console.room import Room
    from console.services.authorities import CountersignAuthority, ResumeAuthority


def enter(book: Book) -> None:
    authority = book.noun("authority", "rights to look: agencies and own cameras; second signature; end a pause")
    code_of(book.verb(authority, "resume", _authority_resume, "end a pause, also one that a backup brought"))
    _record_words(book.verb(authority, "record", _authority_record, "record what an agency allows, or an own camera"))
    code_of(book.verb(authority, "countersign", _authority_countersign, "give the second signature (superintendent)"))


def _record_words(record: argparse.ArgumentParser) -> None:
    from console.services.permits import NEVER_TICKED

    tickable = [purpose.value for purpose in Purpose if purpose not in NEVER_TICKED]
    levels = "0 registered only, 1 during an incident nearby, 2 set hours, 3 round the clock"
    code_of(record)
    # An owner's kind is not offered, but comes through to the command: that tells in words what to do instead.
    kinds = [kind.value for kind in AuthorityKind]
    why = "an owner allows by a signed consent"
    record.add_argument("--kind", required=True, choices=kinds, metavar="{agency,own}", help=why)
    record.add_argument("--level", required=True, type=int, choices=[level.value for level in AccessLevel], help=levels)
    record.add_argument("--purpose", nargs="+", default=[], choices=tickable, metavar="P", help=", ".join(tickable))
    record.add_argument("--hours", nargs="+", default=[], metavar="18:00-06:00", help="level 2: when")
    record.add_argument("--radius", type=int, default=0, metavar="M", help="level 1: metres around the camera")
    record.add_argument("--from", dest="begins", metavar="DATE", help="first day, 22/11/2569 or 2026-11-22; else now")
    record.add_argument("--until", metavar="DATE", help="last day, included")
    record.add_argument("--reference", default="", metavar="TEXT", help="number of the paper; no names")


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
        say(_("The permission of camera {code} is recorded.", code=camera.code))
        say_what_is_missing(room, camera)
    return GOOD


def say_what_is_missing(room: Room, camera: CameraRow) -> None:
    """Say the next step on this camera's way to the wall; address and authority may come in either order."""
    authority = room.station.authorities.current(camera.id)
    code = camera.code
    if authority is None:
        say(_("Next: “main.py authority record {code} --kind … --level …”.", code=code))
    elif authority.countersign_needed and authority.countersigned_by is None:
        say(_("Next: another person, a superintendent, runs “main.py authority countersign {code}”.", code=code))
    if not camera.has_address:
        say(_("The camera has no address yet: “main.py camera address {code}”.", code=code))
    elif authority is not None and authority.readdressed_by:
        say(
            _(
                "Camera {code} stays dark: it has another address than its owner knows. Test it: “main.py camera probe"
                " {code}”. Then another person asks the owner and writes the answer down: Permissions › Owner confirms"
                " the camera.",
                code=code,
            )
        )
    elif authority is not None and (not authority.countersign_needed or authority.countersigned_by is not None):
        say(_("Nothing is missing. Test the connection: “main.py camera probe {code}”.", code=code))


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
        say(_("The authority of camera {code} is countersigned.", code=desk.words.code))
        say_what_is_missing(room, camera)
    return GOOD


def _authority_resume(desk: Desk) -> int:
    """After a pause, and after a backup came back: somebody looked at the owner's paper again."""
    from console.services.authorities import ResumeAuthority

    with desk.room() as room:
        camera = _run_on_authority(desk, room, ResumeAuthority)
    say(_("Camera {code} may be opened again, as its owner allows.", code=camera.code))
    return GOOD
