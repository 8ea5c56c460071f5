"""The entrance of the window: the room is opened, somebody logs in, or on an empty store the first one is made.

Nothing here decides who may in: the services do. What was typed survives a change of language.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from console.kernel import ConsoleError, Session, SystemClock
from console.services.commands import build
from console.services.papers import Made, recovery_sheet
from console.services.people import NewFirst, RecoverySheet
from console.settings import StationSettings
from console.views.credentials import Credentials
from console.views.log_in import Card, Entrance, LogInCard, OpeningCard
from console.views.look import station_name
from console.views.seating import Behind, Seating, enter
from console.views.ui import Ui

if TYPE_CHECKING:
    from console.views.first_start import Founding  # and its cards: one start in a station's life needs them

_log = logging.getLogger(__name__)

Opening = Callable[[], Behind]


class Reception(QObject):
    """Whoever comes is told with `came`: the room and the session."""

    came = Signal(object, object)

    def __init__(self, seating: Seating, names: StationSettings) -> None:
        super().__init__(seating.shell)
        self._seating = seating
        self._names = names
        self._opening: Opening | None = None
        self._behind: Behind | None = None
        self._sheet: RecoverySheet | None = None
        self._founder: Session | None = None
        self.note: Callable[[], str] = str
        """What else stands at the log-in: as whom a visitor of the demonstration may come."""
        self._make: Callable[[], Card] = self._opening_card
        self._entrance: Entrance | None = None

    def open(self, opening: Opening) -> None:
        """Open the room, off the UI thread, and show what is needed then: log-in, or the first start."""
        self._opening = opening
        self._show(self._opening_card)

        def work() -> tuple[Behind, bool]:
            behind = opening()
            return behind, behind.station.people.is_empty()

        self._seating.tasks.write(work, self._opened, self._refuse)

    def receive(self, behind: Behind) -> None:
        """Show the log-in over a room that is open already."""
        self._behind, self._names = behind, behind.settings.station
        self._show(self._log_in_card)

    @property
    def card(self) -> Card | None:
        """What stands at the entrance, None while somebody sits in the window."""
        return None if self._entrance is None else self._entrance.card

    @property
    def behind(self) -> Behind:
        assert self._behind is not None  # noqa: S101 - asked only by what needs the open room
        return self._behind

    # Cards

    def _show(self, make: Callable[[], Card]) -> None:
        self._make = make
        look = self._seating.look
        name = station_name(self._names, look.language)
        self._entrance = Entrance(look.theme, name, make())
        self._entrance.language_wanted.connect(self._speak)
        self._entrance.theme_wanted.connect(self._dress)
        self._seating.shell.receive(self._entrance, look.theme, name)
        self._entrance.card.setFocus()

    def _renew(self) -> None:
        """Make the same card again, in another language or look, with what was typed."""
        typed = {} if self.card is None else self.card.typed()
        self._show(self._make)
        if self.card is not None:
            self.card.fill(typed)
            self.card.setFocus()

    @Slot(str)
    def _speak(self, language: str) -> None:
        self._seating.look.change(language, self._seating.look.theme.name)
        self._renew()

    @Slot(str)
    def _dress(self, theme: str) -> None:
        self._seating.look.change(self._seating.look.language, theme)
        self._renew()

    def _opening_card(self) -> Card:
        card = OpeningCard(self._seating.look.theme, SystemClock())
        card.again.connect(self._open_again)
        return card

    def _log_in_card(self) -> Card:
        card = LogInCard(self._seating.look.theme, self.note())
        card.submitted.connect(self._log_in)
        return card

    def _first_card(self) -> Card:
        from console.views.first_start import FirstCard

        card = FirstCard(self._seating.look.theme)
        card.submitted.connect(self._found)
        return card

    def _sheet_card(self) -> Card:
        assert self._sheet is not None  # noqa: S101 - made by the founding
        from console.views.first_start import SheetCard

        card = SheetCard(self._seating.look.theme, self._sheet)
        card.print_wanted.connect(self._print_sheet)
        card.print.setVisible(self._founder is not None)
        card.finished.connect(self._sheet_kept)
        return card

    # The room

    def _opened(self, answer: tuple[Behind, bool]) -> None:
        self._behind, empty = answer
        self._show(self._first_card if empty else self._log_in_card)

    @Slot()
    def _open_again(self) -> None:
        assert self._opening is not None  # noqa: S101 - it was refused once
        self.open(self._opening)

    # Log-in

    @Slot(object)
    def _log_in(self, asked: Credentials) -> None:
        behind = self.behind

        def work() -> Session:
            session = enter(behind, asked)
            behind.attend()
            return session

        self._seating.tasks.write(work, self._let_in, self._refuse)

    def _let_in(self, session: Session) -> None:
        self._entrance = None
        self.came.emit(self.behind, session)

    def _refuse(self, problem: ConsoleError) -> None:
        if self.card is not None:
            self.card.refuse(problem)

    # The first start

    @Slot(object)
    def _found(self, typed: Founding) -> None:
        behind = self.behind

        def work() -> tuple[RecoverySheet, Session | None]:
            people = behind.station.people
            first = build(
                NewFirst,
                login=typed.login,
                display_name=typed.name,
                role=typed.role,
                password=typed.password,
                rank=typed.rank,
                position=typed.position,
            )
            sheet = people.add_first_with_code(first, typed.code)
            session = None
            try:
                session = people.log_in(first.login, typed.password)
                behind.attend()
            except Exception:  # noqa: BLE001 - logged; whatever it was, the sheet is shown only now
                _log.exception("the first log-in failed")
            return sheet, session

        self._seating.tasks.write(work, self._was_founded, self._refuse)

    def _was_founded(self, answer: tuple[RecoverySheet, Session | None]) -> None:
        self._sheet, self._founder = answer
        self._show(self._sheet_card)

    @Slot()
    def _print_sheet(self) -> None:
        from console.views.printing import show_preview

        assert self._sheet is not None and self._founder is not None  # noqa: S101, PT018 - made by the founding
        seating, clock = self._seating, self.behind.station.clock
        name = station_name(self._names, seating.look.language)
        ui = Ui(seating.tasks, seating.changes, self._founder, clock, seating.look.theme, name)
        made = Made(name, self._founder.display_name, clock.now())
        show_preview(ui, recovery_sheet(self._sheet.code, self._sheet.signer, made), seating.shell)

    @Slot()
    def _sheet_kept(self) -> None:
        session, self._founder, self._sheet = self._founder, None, None
        if session is None:
            self._show(self._log_in_card)
        else:
            self._let_in(session)
