"""The funnel of the zone in words: its groups, its figures, and where there are too few to speak of a share."""

from __future__ import annotations

from dataclasses import dataclass

from console.i18n import _, plain
from console.i18n.labels import label
from console.kernel import OwnerType
from console.services.camera_register import Counts
from console.services.owner_funnel import FEW, Funnel, Group, Split


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """A group as the list shows it; the sum of all stands last, and is none of them."""

    name: str
    group: Group
    whole: bool = False
    version: int = 0

    @property
    def id(self) -> str:
        return "whole" if self.whole else f"group:{self.group.name}"

    @property
    def counts(self) -> Counts:
        return self.group.counts


def funnel_rows(funnel: Funnel) -> list[FunnelRow]:
    rows = [FunnelRow(group_text(funnel.split, group.name), group) for group in funnel.groups]
    if rows:
        rows.append(FunnelRow(plain(_("All together")), Group("", funnel.total), whole=True))
    return rows


def group_text(split: Split, name: str) -> str:
    if split is Split.OWNER_TYPE:
        return plain(label(OwnerType(name)))
    return name or plain(_("No owner or community recorded"))


def share_text(counts: Counts) -> str:
    """The linked part of the registered ones, unless they are too few for a share to mean anything."""
    if counts.registered == 0:
        return "–"
    if counts.registered < FEW:
        return plain(_("few (n = {n})", n=counts.registered))
    return f"{counts.linked / counts.registered:.0%}".replace("%", " %")


def group_words(row: FunnelRow) -> str:
    """A group when it is read out."""
    counts = row.counts
    figures = _(
        "registered {registered}, linked {linked}, online {online}",
        registered=f"{counts.registered:,}",
        linked=f"{counts.linked:,}",
        online=f"{counts.online:,}",
    )
    few = f" · {share_text(counts)}" if counts.registered < FEW else ""
    return plain(f"{row.name}: {figures}{few}")


def summary_text(funnel: Funnel) -> str:
    """The three figures of all cameras, how many have no owner recorded, and how far the talks are."""
    total = funnel.total
    parts = [
        _("Registered {n}", n=f"{total.registered:,}"),
        _("Linked {n}", n=f"{total.linked:,}"),
        _("Online {n}", n=f"{total.online:,}"),
    ]
    if funnel.without_owner:
        parts.append(_("without an owner's record: {n}", n=f"{funnel.without_owner:,}"))
    return " · ".join(parts)


def stages_text(funnel: Funnel) -> str:
    """How many owners stand at each stage of the talks; stages at which nobody stands are left out."""
    told = [f"{plain(label(stage))} {number:,}" for stage, number in funnel.stages if number]
    return _("Owners by stage: {stages}", stages=" → ".join(told)) if told else ""
