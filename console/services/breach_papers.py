"""The notice of a breach to the Office of the Personal Data Protection Committee (สคส.), as paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from console.i18n import _
from console.i18n.dates import format_date_time
from console.i18n.labels import label
from console.protection import BreachStep
from console.services.breaches import EXPLANATION, NOTICE, BreachLine, was_late
from console.services.papers import Block, Facts, Heading, Made, Note, Paragraph, Report, Signature, Signatures


def moment_text(moment: datetime | None) -> str:
    return "" if moment is None else format_date_time(moment)


def joined(codes: Iterable[StrEnum]) -> str:
    """Return the labels of codes in the order of their list."""
    return ", ".join(label(code) for code in sorted(codes, key=_place))


def _place(code: StrEnum) -> int:
    return list(type(code)).index(code)


def breach_notice(line: BreachLine, made: Made) -> Report:
    """Return the form of the notice; what is not known yet leaves a dotted line."""
    facts, row = line.row.facts, line.row
    last = facts.discovered_at + NOTICE
    head = (
        (_("To"), _("Office of the Personal Data Protection Committee")),
        (_("Number of the breach"), row.number),
        (_("Happened"), moment_text(facts.happened_at) or _("not known")),
        (_("Came to be known"), moment_text(facts.discovered_at)),
        (_("To be told by"), moment_text(last)),
        (_("Told at"), moment_text(row.submitted_at)),
        (_("Number at the office"), row.reference),
    )
    blocks: list[Block] = [
        Heading(_("1. What happened")),
        Paragraph(facts.title),
        Facts(((_("Kind of breach"), joined(facts.breach_kinds)),)),
        Heading(_("2. Data and people")),
        Facts(
            (
                (_("Kinds of data"), joined(facts.data_types)),
                (_("Number of records"), _number(facts.volume)),
                (_("Who is affected"), joined(facts.affected)),
                (_("Number of people"), _number(facts.people)),
            )
        ),
        Heading(_("3. Effect and assessment of the risk")),
        Facts(
            (
                (_("Likely effect"), facts.effect),
                (_("How badly people may be hurt"), "" if facts.severity is None else label(facts.severity)),
                (_("How the data were kept and protected"), facts.safeguards),
                (_("About the controller"), facts.controller),
                (_("Risk"), "" if facts.risk is None else label(facts.risk)),
                (_("Why"), facts.assessment),
            )
        ),
        Heading(_("4. Measures")),
        Facts(((_("Done and planned"), facts.measures), (_("People told at"), moment_text(row.people_told_at)))),
        Heading(_("5. Contact")),
        Facts(((_("Data protection officer or contact"), facts.contact),)),
        *_later(line),
        Note(
            _("The Act gives 72 hours from when the station came to know; whoever tells later says why within 15 days.")
        ),
        Signatures(
            (Signature(_("Data protection officer")), Signature(_("Superintendent of {station}", station=made.station)))
        ),
    ]
    return Report(_("Notice of a breach of personal data"), made, blocks, head)


def _number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _later(line: BreachLine) -> list[Block]:
    """What was added since, and why the notice came late."""
    blocks: list[Block] = []
    if was_late(line.row):
        until = moment_text(line.row.facts.discovered_at + EXPLANATION)
        why = [step.words for step in line.steps if step.step is BreachStep.LATE_EXPLAINED]
        blocks += [
            Heading(_("6. Why the notice came after 72 hours")),
            Facts(((_("To be explained by"), until), (_("Why"), "\n".join(why)))),
        ]
    added = [step for step in line.steps if step.step is BreachStep.ADDITION]
    if added:
        blocks.append(Heading(_("Added later")))
        blocks += [Paragraph(f"{moment_text(step.at)} · {step.words}") for step in added]
    return blocks
