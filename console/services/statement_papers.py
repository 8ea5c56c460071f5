"""The statement on paper, with head and fingerprint to compare; and the month's figures for the public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_date, format_date_time
from console.i18n.labels import label, short_level
from console.kernel import DenyReason, Outcome, Purpose
from console.services.papers import (
    MOST_LINES,
    Block,
    Code,
    Heading,
    Made,
    Note,
    Orientation,
    Paragraph,
    QrCode,
    Report,
    Signature,
    Signatures,
    Table,
    TableColumn,
    format_duration,
    grouped,
)
from console.services.statement_words import LineWords, known, line_words, unheard_words
from console.services.statements import Given, Month

FEWEST: Final = 5
"""A smaller count could point at one person; it is told as that, and no total beside it gives it away."""

_OPEN: Final = (
    N_("That nobody photographed the screen with a phone, or told others what was seen."),
    N_("That the console was not altered: an altered program can look without writing it down."),
    N_("What a console recorded that has not reported to the station yet."),
)


def statement_report(given: Given, made: Made) -> Report:
    """Return the owner's paper: the lines, what waits, who was not heard, and what to compare."""
    statement, found = given.statement, given.told
    lines = [line_words(line, statement.claims.names) for line in found.lines]
    head = statement.head
    facts = [
        (_("Camera"), f"{given.camera.code} {given.camera.name}"),
        (_("Period"), f"{format_date_time(statement.since)} – {format_date_time(statement.until)}"),
        (_("Right to look now"), _right(given)),
        (_("Confirmation"), _("no. {n} of {at}", n=head.number, at=format_date_time(head.at, seconds=True))),
    ]
    blocks: list[Block] = [*_totals(given), _table(lines, _nothing(given))]
    if len(lines) > MOST_LINES:
        blocks.append(Note(_("This paper is not complete: the file beside it holds every line.")))
    if statement.claims.incidents:
        blocks += [Heading(_("Incidents that this camera was looked at for")), _incidents(statement.claims.incidents)]
    blocks += _limits(given)
    blocks += [
        Heading(_("To be compared")),
        Code(grouped(given.fingerprint), _("Fingerprint of the key that seals the access log")),
        Code(f"{head.number}: {grouped(head.hash)}", _("Number and characters of this confirmation")),
        QrCode(f"{head.number}:{head.hash}", _("The same confirmation, to be kept for the next statement")),
        Paragraph(
            _(
                "The file beside this paper can be checked away from the station, without the internet: open the page"
                " verify.html, choose the file, and enter the fingerprint from the receipt of your consent."
            )
        ),
        Signatures(
            (
                Signature(_("Statement made by"), made.by),
                Signature(_("Superintendent of {station}", station=made.station)),
            )
        ),
    ]
    return Report(_("Report on the use of your camera's pictures"), made, blocks, facts, Orientation.LANDSCAPE)


def _right(given: Given) -> str:
    right = given.authority
    if right is None:
        return _("no permission in force")
    if right.withdrawn_at is not None:
        return _("withdrawn on {date}", date=format_date(right.withdrawn_at))
    words = f"{label(right.kind)} · {short_level(right.level)}"
    if right.readdressed_by:
        words = f"{words} · {_('link rests')}"
    return f"{words} · {_('paused')}" if right.paused else words


def _totals(given: Given) -> list[Block]:
    totals, found = given.told.totals, given.told
    columns = [
        TableColumn(title, number=True)
        for title in (
            _("Views"),
            _("Time in all"),
            *([_("No end recorded")] if totals["running"] else []),
            _("Refused"),
            _("Emergency"),
            _("Through own incident"),
            _("Urgent, not explained"),
            _("Waiting lines"),
        )
    ]
    counts = [totals[name] for name in ("refused", "emergency", "self_opened", "unjustified")]
    counts = ([totals["running"]] if totals["running"] else []) + counts
    cells = [f"{totals['views']:,}", format_duration(totals["seconds"]), *(f"{count:,}" for count in counts)]
    return [Table(columns, [(*cells, f"{found.delayed:,}")])]


def _nothing(given: Given) -> str:
    """Return what stands in place of lines: that there was nothing is said only where nothing can be missing."""
    statement = given.statement
    if given.told.delayed or statement.unheard or statement.head.at < statement.until:
        return _("No entry of this period can be told here; what may be missing stands under what is not proved.")
    return _("Nobody looked at this camera, and nothing about it changed.")


def _table(lines: Sequence[LineWords], nothing: str) -> Table:
    columns = (
        TableColumn(_("Date and time"), 1.6),
        TableColumn(_("Did"), 2.2),
        TableColumn(_("By"), 2.4),
        TableColumn(_("Purpose or reason"), 2.2),
        TableColumn(_("Remarks"), 3.0),
        TableColumn(_("Lasted"), 1.1, number=True),
    )
    rows = [(line.when, line.did, line.who, line.why, line.remarks, line.lasted) for line in lines[:MOST_LINES]]
    return Table(columns, rows, nothing)


def _incidents(incidents: Mapping[str, str]) -> Table:
    columns = (TableColumn(_("Incident number"), 1.4), TableColumn(_("Outcome"), 2.0))
    return Table(
        columns, [(number, label(Outcome(code)) if code else _("open")) for number, code in sorted(incidents.items())]
    )


def _limits(given: Given) -> list[Block]:
    """What is not here, said as plainly as what is."""
    blocks: list[Block] = [Heading(_("What this statement does not prove"))]
    blocks += [Paragraph(_(text), f"{number}.") for number, text in enumerate(_OPEN, start=1)]
    return [*blocks, *map(Note, missing(given))]


def missing(given: Given) -> list[str]:
    """Return sentences for what may be missing in the lines: what waits, what came later, who was not heard."""
    statement, found = given.statement, given.told
    said = []
    if found.delayed:
        last = max(statement.claims.delays, default="")
        said.append(
            _(
                "{n} entries of sensitive cases wait until {until} at the latest. They are counted, hold their"
                " place in the chain, and cannot be exchanged later.",
                n=found.delayed,
                until=format_date(datetime.fromisoformat(last)) if last else "",
            )
        )
    if found.unconfirmed:
        said.append(
            _(
                "{n} entries stand before a waiting one and are marked “not confirmed yet”: the station shows them"
                " so, and whether that is true can be checked only when the waiting entry is told.",
                n=found.unconfirmed,
            )
        )
    if statement.head.at < statement.until:
        said.append(_("What happened after {at} is not in it.", at=format_date_time(statement.head.at)))
    return [*said, *unheard_words(statement.unheard)]


# The month for the public


def transparency_sheet(month: Month, made: Made) -> Report:
    """Return the month's figures of the whole station: counts only, none that points at one person."""
    counts = month.counts
    facts = ((_("Period"), f"{format_date(month.since)} – {format_date(month.last_day)}"),)
    asked = [(known(Purpose, code), count) for code, count in sorted(counts.purposes.items())]
    refused = [(known(DenyReason, code), count) for code, count in sorted(counts.refusals.items())]
    others = [
        (_("Cameras that were looked at"), counts.cameras),
        (_("Statements made for owners"), counts.statements),
        (_("Urgent views that were explained"), counts.justified),
        (_("Permissions recorded or changed"), counts.permissions),
    ]
    blocks: list[Block] = [
        Heading(_("Views by purpose")),
        _counts(_("Purpose"), asked),
        Heading(_("Refused by the system")),
        _counts(_("Purpose or reason"), refused),
        Heading(_("Else")),
        _counts(_("What"), others, total=False),
        Note(_("Counts under {n} are not told, so that none points at one person.", n=FEWEST)),
        Signatures((Signature(_("Superintendent of {station}", station=made.station)),)),
    ]
    return Report(_("How linked cameras were used: figures for the public"), made, blocks, facts)


def _counts(title: str, rows: Sequence[tuple[str, int]], *, total: bool = True) -> Table:
    """A single hidden count could be computed from the total: where one is hidden, there is no total."""
    columns = (TableColumn(title, 3.0), TableColumn(_("Count"), 1.0, number=True))
    cells = [(name, _shown(count)) for name, count in rows]
    if total and cells and all(count == 0 or count >= FEWEST for _name, count in rows):
        cells.append((_("In all"), f"{sum(count for _name, count in rows):,}"))
    return Table(columns, cells, _("None."))


def _shown(count: int) -> str:
    return f"{count:,}" if count == 0 or count >= FEWEST else _("fewer than {n}", n=FEWEST)
