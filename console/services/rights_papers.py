"""The answer to a person who asked about his data, as paper."""

from __future__ import annotations

from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_date, format_date_time
from console.i18n.labels import label
from console.protection import Decision, RequestKind
from console.services.papers import Block, Facts, Heading, Made, Note, Paragraph, Report, Signature, Signatures
from console.services.retention import BackupsLeft
from console.services.retention_papers import backups_text
from console.services.rights_requests import RequestLine

_COMPLAINT: Final = N_(
    "Whoever does not agree may write to this station's data protection officer, and may complain to the Office of the"
    " Personal Data Protection Committee (PDPA s. 73). Asking and complaining costs nothing, and does not affect the"
    " right to the services of the police."
)


def answer_letter(line: RequestLine, made: Made) -> Report:
    """Return the letter with what was decided, why, and what was done. A dotted line where something is not known."""
    row = line.row
    facts = [
        (_("To"), row.facts.requester),
        (_("Number of the request"), row.number),
        (_("Received on"), format_date(row.facts.received_at)),
        (_("What was asked for"), label(row.kind)),
    ]
    if line.owner:
        facts.append((_("Owner"), line.owner))
    if line.camera:
        facts.append((_("Camera"), line.camera))
    if line.incident:
        facts.append((_("Incident"), line.incident))
    head = Signature(_("Superintendent of {station}", station=made.station))
    blocks: list[Block] = [
        Heading(_("In your words")),
        Paragraph(row.facts.about),
        Heading(_("Decision")),
        *_decision(line),
        *_done(line),
        Note(_(_COMPLAINT)),
        Signatures((Signature(_("Data protection officer")), head)),
    ]
    return Report(_("Answer to a request about personal data"), made, blocks, facts)


def _decision(line: RequestLine) -> list[Block]:
    row = line.row
    if row.ruling is None or row.decided_at is None:
        return [Paragraph(_("Nothing is decided yet."))]
    pairs = [(_("The station has decided"), label(row.ruling.decision)), (_("Decided on"), format_date(row.decided_at))]
    if row.ruling.refusal is not None:
        pairs.append((_("Reason for refusing"), label(row.ruling.refusal)))
    blocks: list[Block] = [Facts(pairs)]
    if row.ruling.decision_words:
        blocks.append(Paragraph(row.ruling.decision_words))
    return blocks


def _done(line: RequestLine) -> list[Block]:
    row = line.row
    if row.ruling is None or row.ruling.decision is Decision.REFUSED:
        return []
    if row.carried_at is None:
        waits = _("It was decided and is not carried out yet. You will be told when it is done.")
        if row.kind is RequestKind.ERASURE:
            waits += " " + _("The data are erased, from the backups too, within 90 days of receipt at the latest.")
        return [Heading(_("What was done")), Paragraph(waits)]
    facts = [(_("Carried out"), format_date_time(row.carried_at))]
    if line.erased is not None:
        backups = BackupsLeft(line.erased.backups_until, line.erased.unnamed_backups, line.erased.elsewhere)
        facts += [(_("Values erased"), f"{line.erased.values:,}"), (_("Backups"), backups_text(backups))]
    return [Heading(_("What was done")), Paragraph(row.carried_words), Facts(facts)]
