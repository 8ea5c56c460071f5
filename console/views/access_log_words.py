"""What the check of the journal found, in sentences: for the sheet on the screen and for the paper."""

from __future__ import annotations

from typing import Final

from console.i18n import _
from console.i18n.dates import format_date_time
from console.i18n.events import record_named, undigested
from console.i18n.sentences import SENTENCES
from console.services.journal import Checked, Problem

SHOWN_OF_A_HASH: Final = 16
SHOWN_OF_A_WRITER: Final = 8
NO_NUMBER: Final = "–"
"""Stands where what was found is no row of the journal."""


def console_words(writer_id: str, own: str) -> str:
    """Return how a console is called: consoles have no names of their own, only the end of their number."""
    short = writer_id[-SHOWN_OF_A_WRITER:]
    return _("this console ({id})", id=short) if writer_id == own else _("console {id}", id=short)


def title(checked: Checked) -> str:
    if checked.report.sound:
        return _("The access log is whole")
    return _("The access log is not whole")


def result(checked: Checked) -> str:
    """Return what was looked at and what came out of it."""
    report = checked.report
    counts = _(
        "Entries checked: {rows} · consoles: {consoles} · cameras: {cameras} · seals: {seals}",
        rows=f"{report.rows:,}",
        consoles=report.writers,
        cameras=report.cameras,
        seals=report.checkpoints,
    )
    if report.sound:
        return _("Nothing was changed, left out, doubled or cut off.") + "\n" + counts
    return _("Findings: {n}. They are listed below.", n=len(report.problems)) + "\n" + counts


def sealed(checked: Checked) -> str:
    """Return how far the seals reach."""
    report = checked.report
    if checked.sealed_until is None:
        return _("The log was never sealed yet.")
    until = format_date_time(checked.sealed_until, seconds=True)
    if not report.unsealed:
        return _("Sealed until {until}: every entry is under a seal.", until=until)
    return _(
        "Sealed until {until}; entries since then, which the next seal takes in: {n}.", until=until, n=report.unsealed
    )


def erased(checked: Checked) -> str:
    """Return what is missing lawfully; empty for nothing."""
    count = checked.report.erased
    return _("Personal words erased on request: {n}. The entries themselves are unchanged.", n=count) if count else ""


def older(checked: Checked) -> str:
    """Return what the check cannot say of old consents; empty where there are none."""
    count = checked.report.undigested
    return undigested(count) if count else ""


def advice() -> str:
    return _(
        "The check changed nothing. Tell the superintendent and IT; leave this computer and its backups as they are."
    )


def on_paper(checked: Checked | None) -> str:
    """Return the result as one paragraph with its time; who may not check says that it was not done."""
    if checked is None:
        return _("The log was not checked for this extract: whoever made it may read it, not check it.")
    when = format_date_time(checked.at)
    parts = (title(checked), *result(checked).split("\n"), sealed(checked), erased(checked), older(checked))
    # A Thai sentence ends without a stop, before a space.
    told = " ".join(part if part.endswith(".") else _("{sentence}.", sentence=part) for part in parts if part)
    return _("Checked {when}:", when=when) + " " + told


def finding(problem: Problem, own: str) -> tuple[str, str, str]:
    """Return where something is wrong (console and number) and what."""
    console = console_words(problem.writer, own) if problem.writer else _("file of the seals")
    if problem.kind.startswith("older"):
        console = _("the journal as a whole")
    if problem.record:
        console = record_named(problem.record)
    known = SENTENCES.get(problem.text_key)
    return console, f"{problem.seq:,}" if problem.seq else NO_NUMBER, _(known) if known else problem.kind
