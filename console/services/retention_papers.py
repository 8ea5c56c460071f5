"""The certificate of a run of the retention job, and until when backups hold what was deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from console.db.journal_format import Head
from console.i18n import _
from console.i18n.dates import format_date, format_time
from console.i18n.labels import label
from console.services.papers import (
    Block,
    Code,
    Heading,
    Made,
    Note,
    Paragraph,
    Report,
    Signature,
    Signatures,
    Table,
    TableColumn,
    grouped,
)
from console.services.retention import BackupsLeft, RunItem, RunLine


def moment_text(moment: datetime | None) -> str:
    return "–" if moment is None else f"{format_date(moment)} {format_time(moment)}"


def why_rows_stay() -> str:
    """Return why the journal itself is never deleted."""
    return _(
        "Rows of the access journal are never deleted: each holds the fingerprint of the one before it, so a row that"
        " is missing would look like one that somebody took away. Names and words of people stand beside the journal;"
        " they were deleted, and only a fingerprint that nobody can read back stays."
    )


def run_certificate(line: RunLine, made: Made) -> Report:
    """Return the certificate of a run of the retention job."""
    row = line.row
    columns = (
        TableColumn(_("What is kept"), 2.5),
        TableColumn(_("Kept for"), 1.3),
        TableColumn(_("Older than"), 1.5),
        TableColumn(_("From – to"), 2.0),
        TableColumn(_("Deleted"), 1.2, number=True),
        TableColumn(_("Held"), 0.8, number=True),
    )
    facts = (
        (_("Certificate no."), row.number),
        (_("Deleted at"), moment_text(row.at)),
        (_("Ordered by"), line.by),
        (_("Deleted in all"), f"{row.count:,}"),
    )
    blocks: list[Block] = [
        Table(columns, [_cells(item) for item in row.items]),
        *_backups(row.backups),
        Heading(_("The journal before and after")),
        *_heads(row.heads_before, row.heads_after),
        Paragraph(why_rows_stay()),
        _signatures(line.by, made),
    ]
    return Report(_("Certificate of deletion"), made, blocks, facts)


def _cells(item: RunItem) -> tuple[str, ...]:
    due = item.due
    span = "–" if due.oldest is None else f"{format_date(due.oldest)} – {format_date(due.newest or due.oldest)}"
    kept = _("{n} days", n=f"{item.days:,}")
    return label(item.kept), kept, format_date(item.before), span, f"{due.count:,}", f"{due.held:,}"


def backups_text(backups: BackupsLeft) -> str:
    """Return until when what was deleted lives on in backups."""
    if backups.elsewhere:
        return _("The database is a server's: when its backups are gone, whoever looks after the server says.")
    text = (
        _("No backup holds it any more.")
        if backups.until is None
        else _("The last backup that still holds it is gone on {day}.", day=format_date(backups.until))
    )
    text += " " + _("Copies that somebody made by hand, on other disks, are not known here.")
    if backups.unnamed:
        text += " " + _(
            "{n} files lie beside the backups whose age nobody knows: look at them by hand.", n=backups.unnamed
        )
    return text


def _backups(backups: BackupsLeft) -> list[Block]:
    restored = _(
        "If a backup is restored before that, what was erased at a request is erased again by itself; the rest goes"
        " with the next deletion of what is due."
    )
    return [Heading(_("Backups")), Paragraph(backups_text(backups)), Note(restored)]


def _heads(before: Mapping[str, Head], after: Mapping[str, Head]) -> list[Block]:
    blocks: list[Block] = []
    for writer in sorted({*before, *after}):
        for when, head in ((_("Before"), before.get(writer)), (_("After"), after.get(writer))):
            if head is not None:
                name = _("{when}: console {console}, entry {n}", when=when, console=writer[-8:], n=f"{head.seq:,}")
                blocks.append(Code(grouped(head.hash), name))
    return blocks


def _signatures(by: str, made: Made) -> Signatures:
    head = Signature(_("Superintendent of {station}", station=made.station))
    return Signatures((Signature(_("Ordered by"), by), head))
