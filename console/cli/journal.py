"""The verb that checks the access journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.cli.book import Book
from console.cli.desk import FOUND, GOOD, Desk, say
from console.i18n import _

if TYPE_CHECKING:
    from console.services.journal import Problem

TOLD_AT_MOST: Final = 10
"""How many equal findings of the journal are told one by one."""


_OF_THE_WHOLE: Final = frozenset({"older", "older_paper"})


def enter(book: Book) -> None:
    journal = book.noun("journal", "the access journal: check that nothing was changed, removed or cut off")
    verify = book.verb(journal, "verify", _journal_verify, "check every row, and what stands past the journal")
    seal = "a seal as it stands on paper; may be given several times"
    verify.add_argument("--checkpoint", metavar="CODE", action="append", default=[], help=seal)


def _journal_verify(desk: Desk) -> int:
    with desk.room() as room:
        report = room.station.journal.verify(desk.log_in(room), desk.words.checkpoint)
    counts = {"rows": report.rows, "writers": report.writers, "cameras": report.cameras}
    say(_("Rows checked: {rows}. Consoles: {writers}. Cameras: {cameras}.", **counts))
    if report.undigested:
        from console.i18n.events import undigested

        say(undigested(report.undigested))
    if not report.problems:
        say(_("The journal is whole: nothing was changed, left out, doubled or cut off."))
        return GOOD
    alike: dict[tuple[str, bool], list[Problem]] = {}
    for problem in report.problems:
        alike.setdefault((problem.text_key, bool(problem.writer)), []).append(problem)
    for equal in alike.values():
        for problem in equal[:TOLD_AT_MOST]:
            say(_finding(problem))
        if len(equal) > TOLD_AT_MOST:
            say(_("… and {n} more of this kind.", n=len(equal) - TOLD_AT_MOST))
    say(_("The journal was tampered with or damaged: {n} findings.", n=len(report.problems)))
    return FOUND


def _finding(problem: Problem) -> str:
    from console.i18n.errors import field_text
    from console.i18n.events import record_named

    what = field_text(problem.text_key)
    if problem.record:
        return _("{record}: {what}", record=record_named(problem.record), what=what)
    if problem.kind in _OF_THE_WHOLE:
        return what
    if not problem.writer:
        # The file beside the database belongs to no console: its lines are counted.
        return _("checkpoints.log, line {n}: {what}", n=problem.seq, what=what)
    return _("Console {writer}, row {seq}: {what}", writer=problem.writer, seq=problem.seq, what=what)
