"""The certificate of an erasure: what was erased and what stays, and when the last backup that holds it is gone."""

from __future__ import annotations

from collections.abc import Sequence

from console.i18n import _
from console.i18n.dates import format_date, format_date_time
from console.i18n.events import record_words
from console.i18n.labels import label
from console.i18n.record_words import field_words
from console.services.erasure import Certificate
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


def erasure_certificate(found: Certificate, made: Made, *, by: str, asked_by: str = "") -> Report:
    """Return the paper. `by` is who erased; `asked_by` whoever asked for it, whose name is not kept: empty, a line."""
    facts = (
        (_("Erased on"), format_date_time(found.at, seconds=True)),
        (_("Erased by"), by),
        (_("Asked for by"), asked_by),
        (_("Request"), found.request or "–"),
        (_("Ground"), label(found.ground)),
        (_("Values erased"), f"{found.values:,}"),
    )
    columns = (
        TableColumn(_("Erased"), 3.0),
        TableColumn(_("In the records"), 1.2, number=True),
        TableColumn(_("Beside the access log"), 1.4, number=True),
    )
    blocks: list[Block] = [
        Table(columns, _counts(found), _("These records held no personal words any more.")),
        Heading(_("What stays")),
        Paragraph(
            _(
                "The access log still shows that something was written, when and by whom, and that it was erased. What"
                " was written cannot be computed from it."
            )
        ),
        Code(grouped(found.before.hash), _("Head of the access log before, entry {n}", n=f"{found.before.seq:,}")),
        Code(grouped(found.after.hash), _("Head of the access log after, entry {n}", n=f"{found.after.seq:,}")),
        Heading(_("Backups")),
        *(Paragraph(text) for text in _backups(found)),
        Note(_("A backup that is put back before then is erased again at once, as soon as the console opens it.")),
        Signatures((Signature(_("Erased by"), by), Signature(_("Superintendent of {station}", station=made.station)))),
    ]
    return Report(_("Certificate of erasure"), made, blocks, facts)


def _counts(found: Certificate) -> Sequence[Sequence[str]]:
    rows = []
    for name in sorted(found.record.keys() | found.journal.keys()):
        kind, _dot, field = name.partition(".")
        what = f"{record_words(kind)}: {field_words(kind, field)}"
        rows.append((what, f"{found.record.get(name, 0):,}", f"{found.journal.get(name, 0):,}"))
    return rows


def _backups(found: Certificate) -> list[str]:
    """Say no more than is known: who copied the database by hand has a copy that nobody here deletes."""
    if found.elsewhere:
        return [
            _("The database is on a server. Its administrator keeps the backups and names the day of the last one.")
        ]
    told = []
    if found.backups_until is None:
        told.append(_("No backup made by the console held them."))
    else:
        told.append(
            _(
                "The last backup made by the console that still holds them is deleted by {date}.",
                date=format_date(found.backups_until),
            )
        )
    if found.unnamed_backups:
        told.append(
            _(
                "{n} files in the folders of backups do not say when they were made. Nobody deletes them by itself: IT"
                " looks at them.",
                n=found.unnamed_backups,
            )
        )
    told.append(_("Copies that somebody made by hand, on other disks, are not known here."))
    return told
