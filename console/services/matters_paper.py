"""The hand-over sheet: what a shift leaves open, to be signed by who hands over and who takes over."""

from __future__ import annotations

from datetime import datetime

from console.i18n import _
from console.i18n.dates import format_date, format_shift, format_time
from console.services.matters import Debt, OpenMatters, WaitingReview
from console.services.papers import (
    Block,
    Heading,
    Made,
    Note,
    Report,
    Signature,
    Signatures,
    Table,
    TableColumn,
    format_duration,
    seal_on_paper,
)
from console.services.shift_paper import rest_blocks


def hand_over_sheet(found: OpenMatters, made: Made, seal: str = "") -> Report:
    """Return the sheet: urgent views to explain and views to review, as far as whoever prints it is told.

    `seal` is the newest seal of the access log: two officers sign beside it.
    """
    facts = (
        (_("Shift"), format_shift(made.at)),
        (_("Made on"), f"{format_date(made.at)} {format_time(made.at)}"),
        (_("Made by"), made.by),
    )
    debts = tuple(_debt_cells(debt, made.at) for debt in found.debts)
    reviews = tuple(_review_cells(waiting) for waiting in found.reviews)
    blocks: tuple[Block, ...] = (
        Heading(_("Urgent views to explain")),
        Table(_columns(_("Explanation")), debts, _("None: every urgent view is explained.")),
        Heading(_("Views that wait for review")),
        Table(_columns(_("Number of the incident")), reviews, _("None: every view is reviewed.")),
        *rest_blocks(found),
        Note(_("The shift may be handed over with these open. The access log says who left them to whom.")),
        *seal_on_paper(seal),
        Signatures((Signature(_("Handed over by")), Signature(_("Taken over by")))),
    )
    return Report(_("Hand-over of the shift"), made, blocks, facts)


def _columns(last: str) -> tuple[TableColumn, ...]:
    return (
        TableColumn(_("Camera"), 30),
        TableColumn(_("Officer"), 25),
        TableColumn(_("Looked from"), 20),
        TableColumn(last, 25),
    )


def _debt_cells(debt: Debt, now: datetime) -> tuple[str, ...]:
    if debt.overdue(now):
        state = _("overdue for {ago}", ago=format_duration((now - debt.due_at).total_seconds()))
    else:
        state = _("until {time}", time=format_time(debt.due_at))
    if debt.note:
        state = f"{state}\n{debt.note}"
    return debt.camera, debt.who, _moment(debt.opened_at), state


def _review_cells(waiting: WaitingReview) -> tuple[str, ...]:
    return waiting.camera, waiting.who, _moment(waiting.opened_at), waiting.incident


def _moment(moment: datetime) -> str:
    return f"{format_date(moment)} {format_time(moment)}"
