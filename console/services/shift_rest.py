"""What else a shift leaves to the next one: links that owners stopped, cameras that give no picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.db.authorities import authority_snapshot
from console.db.health import Ending, outages
from console.db.store import Tx
from console.db.view_matters import last_hand_over
from console.i18n.dates import shift_of
from console.services.names import NameBook, named

FRESH: Final = timedelta(minutes=5)
"""An outage that was told of so lately goes on."""


@dataclass(frozen=True, slots=True)
class StoppedLink:
    """A camera whose owner paused the link, or ended it at `at`; and whose new address he has to confirm (`rests`)."""

    camera: str
    at: datetime | None = None
    rests: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class NoPicture:
    camera: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ShiftRest:
    """Links paused now and those ended `since` the last hand-over; cameras down, as far as somebody watches them."""

    since: datetime | None = None
    links: tuple[StoppedLink, ...] = ()
    down: tuple[NoPicture, ...] = ()


def shift_rest(tx: Tx, now: datetime, book: NameBook) -> ShiftRest:
    """Return what stands now, by the names of the cameras."""
    since = last_hand_over(tx) or shift_of(now)[0]
    links = sorted(_links(tx, since, book), key=lambda link: link.camera)
    began: dict[str, datetime] = {}
    for outage in outages(tx, now - FRESH, now):
        if outage.ending is Ending.GOES_ON:
            name = named(book, "camera", outage.camera_id)
            began[name] = min(began.get(name, outage.began), outage.began)
    return ShiftRest(since, tuple(links), tuple(NoPicture(name, began[name]) for name in sorted(began)))


def _links(tx: Tx, since: datetime, book: NameBook) -> Iterator[StoppedLink]:
    for row in authority_snapshot(tx).values():
        name = named(book, "camera", row.camera_id)
        if row.private and row.withdrawn_at is None and (row.paused or row.readdressed_by):
            yield StoppedLink(name, rests=bool(row.readdressed_by), paused=row.paused)
        elif row.private and row.withdrawn_at is not None and row.withdrawn_at >= since:
            yield StoppedLink(name, row.withdrawn_at)
