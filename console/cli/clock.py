"""The verb that confirms the computer's clock."""

from __future__ import annotations

from console.cli.book import Book
from console.cli.desk import GOOD, Desk, say
from console.i18n import _


def enter(book: Book) -> None:
    clock = book.noun("clock", "the computer's clock: confirm it after it had run ahead")
    book.verb(clock, "confirm", _clock_confirm, "confirm that it is right again (superintendent)")


def _clock_confirm(desk: Desk) -> int:
    """After a clock that stood in the future: the superintendent's word that it is right now, in the journal."""
    from console.i18n.dates import format_date, format_time
    from console.services.station_clock import ConfirmClock

    with desk.room() as room:
        session = desk.log_in(room)
        at = room.plan.clock.now()
        room.station.dispatcher.run(ConfirmClock(), session)
    say(_("The clock was confirmed: {date}, {time}.", date=format_date(at), time=format_time(at, seconds=True)))
    say(_("Owners’ cameras open again. The confirmation stands in the journal with your name."))
    return GOOD
