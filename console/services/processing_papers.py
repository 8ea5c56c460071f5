"""The record of processing activities as paper: each activity with the eight items of s.39 and its legal basis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from console.i18n import N_, _
from console.i18n.dates import format_date_time
from console.services.breach_papers import joined
from console.services.papers import Block, Code, Facts, Heading, Made, Report, Signature, Signatures, grouped
from console.services.processing import ActivityFacts, IssueLine, content_of, digest_of

ITEMS = (
    ("data", N_("1. Data that are collected")),
    ("purposes", N_("2. Purposes of each kind of data")),
    ("controller", N_("3. Controller")),
    ("retention", N_("4. How long they are kept")),
    ("access", N_("5. Who has access, and how it is asked for")),
    ("disclosure", N_("6. Use and disclosure")),
    ("refusals", N_("7. Refusals of requests")),
    ("security", N_("8. Security measures")),
)
"""The items of s.39, by field."""


def processing_record(activities: Sequence[ActivityFacts], last: IssueLine | None, made: Made) -> Report:
    """Return the record as it stands, and whether it is the version that was issued last."""
    digest = digest_of(content_of(list(activities)))
    if last is None:
        state = _("not issued yet")
    elif last.digest == digest:
        state = version_text(last)
    else:
        state = _("changed since {version}", version=version_text(last))
    return _record(activities, state, digest, made)


def issued_record(issue: IssueLine, made: Made) -> Report:
    """Return a version as it was issued."""
    return _record(issue.activities, f"{version_text(issue)} · {issue.by}", issue.digest, made)


def version_text(issue: IssueLine) -> str:
    at = format_date_time(issue.at)
    return _("Version {number} of {at}", number=issue.number, at=at)


def _record(activities: Sequence[ActivityFacts], state: str, digest: str, made: Made) -> Report:
    facts = ((_("State"), state), (_("Activities"), f"{len(activities):,}"))
    blocks: list[Block] = []
    for number, each in enumerate(activities, start=1):
        blocks += [Heading(f"{number}. {each.name}"), Facts(tuple(_pairs(each)))]
    head = Signature(_("Superintendent of {station}", station=made.station))
    blocks.append(Code(grouped(digest), _("Fingerprint of this record")))
    blocks.append(Signatures((Signature(_("Data protection officer")), head)))
    return Report(_("Record of processing activities (PDPA s. 39)"), made, blocks, facts)


def _pairs(each: ActivityFacts) -> Iterator[tuple[str, str]]:
    yield _("Legal basis"), joined(each.basis)
    for name, title in ITEMS:
        yield _(title), getattr(each, name)
