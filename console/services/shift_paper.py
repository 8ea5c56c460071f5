"""What else stands on the hand-over sheet: open incidents, links that owners stopped, cameras without a picture."""

from __future__ import annotations

from datetime import datetime

from console.i18n import _
from console.i18n.dates import format_date, format_time
from console.services.matters import OpenMatters
from console.services.papers import Block, Heading, Note, Table, TableColumn
from console.services.shift_rest import StoppedLink


def rest_blocks(found: OpenMatters) -> tuple[Block, ...]:
    """Return the tables; an empty one says that there is nothing."""
    rest = found.rest
    incidents = [
        (each.number, each.title, moment_text(each.opened_at)) for each in found.incidents if each.closed_at is None
    ]
    links = [(link.camera, _link_text(link)) for link in rest.links]
    down = [(each.camera, moment_text(each.since)) for each in rest.down]
    camera = TableColumn(_("Camera"), 60)
    since = "" if rest.since is None else moment_text(rest.since)
    return (
        Heading(_("Open incidents")),
        Table(
            (
                TableColumn(_("Number of the incident"), 25),
                TableColumn(_("What happened"), 50),
                TableColumn(_("Since"), 25),
            ),
            incidents,
            _("None: every incident is closed."),
        ),
        Heading(_("Links that owners paused, or ended since {since}", since=since)),
        Table((camera, TableColumn(_("Link"), 40)), links, _("None.")),
        Heading(_("Cameras without a picture")),
        Table((camera, TableColumn(_("Since"), 40)), down, _("None of those that were watched.")),
        Note(_("Of cameras that nobody watches it is not known.")),
    )


def _link_text(link: StoppedLink) -> str:
    if link.at is not None:
        return _("ended {at}", at=moment_text(link.at))
    words = ((link.paused, _("paused")), (link.rests, _("new address: ask the owner")))
    return " · ".join(text for stands, text in words if stands)


def moment_text(moment: datetime) -> str:
    return f"{format_date(moment)} {format_time(moment)}"
