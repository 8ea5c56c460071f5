"""Who sits at this console, and how it looks to him: log-in and log-out, lock, change of officer, language, theme.

The window stays, and the wall plays on, whatever changes here. What the services decide is decided there: this only
asks them, off the UI thread, and shows their answer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from console.i18n.errors import error_text
from console.kernel import ConsoleError, EndReason, Session
from console.services.commands import build
from console.services.incidents import OpenIncident
from console.services.people import ChangePassword
from console.services.preferences import ChangePreferences
from console.services.window_place import PlaceKeeper
from console.settings import Settings
from console.views.credentials import Credentials
from console.views.health_line import TroubleWatch
from console.views.idle import IdleWatch
from console.views.look import station_name
from console.views.matters_watch import MattersWatch
from console.views.matters_words import counts_text, left_open
from console.views.officer_panel import LockPanel, PasswordPanel, TakeOverPanel
from console.views.page import Page, PageSpec
from console.views.pages import INCIDENTS, WALL, Place, all_pages, wall_spec
from console.views.seating import Behind, Seating, enter
from console.views.second_window import SecondWall
from console.views.ui import Ui
from console.views.wall import WallPage
from console.views.wall_board import Board
from console.views.wall_desk import ServiceDesk
from console.views.wall_model import PurposeChoice, WallCamera
from console.views.window_keys import WindowAct

MINUTE_S: Final = 60.0


class Seat(QObject):
    """One a window. Somebody `sit`s; `left` is told when he logged out and nobody does."""

    seated = Signal()
    """The officer, the language or the look is another one now."""
    left = Signal()
    problem = Signal(object)
    """Something that was asked of the database in passing failed."""

    def __init__(self, seating: Seating, behind: Behind) -> None:
        super().__init__(seating.shell)
        self._seating = seating
        self._behind = behind
        self._station = behind.station
        self._ui: Ui | None = None
        self._purpose: PurposeChoice | None = None
        self._former: list[Session] = []
        self._look_later: tuple[str, str] | None = None
        """Language and theme that were stored while the console was locked."""
        self._idle = IdleWatch(behind.station.clock, self)
        self._idle.over.connect(self._lock_idle)
        self._seating_down = False
        shell = seating.shell
        self.second = SecondWall(shell, PlaceKeeper(behind.station.store.place.data_dir))
        self.second.opened.connect(self._second_opened)
        shell.acted.connect(self.act)
        shell.language_wanted.connect(self.speak)
        shell.theme_wanted.connect(self.dress)
        shell.closing.connect(self._idle.stop)
        shell.incident_wanted.connect(self._open_incident)
        self._troubles = TroubleWatch(shell, behind.feeds, seating.tasks)
        self.matters = MattersWatch(shell, behind.station)

    @property
    def behind(self) -> Behind:
        return self._behind

    @property
    def ui(self) -> Ui:
        assert self._ui is not None  # noqa: S101 - only asked while somebody sits here
        return self._ui

    @property
    def session(self) -> Session:
        return self.ui.session

    @property
    def wall(self) -> WallPage | None:
        page = self._seating.shell.made(WALL)
        return page if isinstance(page, WallPage) else None

    # In and out

    def sit(self, session: Session, purpose: PurposeChoice | None = None) -> None:
        """Show the window to this officer, with his pages. `purpose` is what the wall begins with."""
        self._purpose = purpose
        later, self._look_later = self._look_later, None
        if later is not None:
            self._seating.look.change(*later)
        self._ui = self._ui_of(session)
        self._furnish()
        if self.wall is not None:
            self.second.restore(self.ui, self._open_second)
        self._watch_idle()
        self._keep_look()
        closed = self._station.people.vault_problem(session)
        if closed is not None:
            self._seating.shell.say(error_text(closed))
        elif self._station.journal.older:
            self._seating.shell.say(error_text(ConsoleError("journal.older_than_seen")))

    def _furnish(self) -> None:
        place = Place(self.ui, self._station, self._behind.feeds, self.take_settings)
        self._seating_down = True
        self._seating.shell.seat(self.ui, all_pages(place, self._wall_spec()))
        self._troubles.watch()
        self.matters.watch(self.ui)
        if self.wall is None:
            self.second.leave(EndReason.HANDOVER)
        else:
            self.second.reseat(self.ui, self.desk(screen=1))
        self._seating_down = False
        self._dismiss()
        self.seated.emit()

    def _ui_of(self, session: Session) -> Ui:
        seating = self._seating
        name = station_name(self._behind.settings.station, seating.look.language)
        return Ui(seating.tasks, seating.changes, session, self._station.clock, seating.look.theme, name)

    def desk(self, screen: int = 0) -> ServiceDesk:
        return ServiceDesk(self._station, self._behind.feeds, self.session, screen)

    @Slot()
    def _open_second(self) -> None:
        wall = self.wall
        if self._ui is not None and wall is not None and not self._seating.shell.locked:
            self.second.open(self.ui, self.desk(screen=1), wall)

    @Slot(object)
    def _second_opened(self, wall: WallPage) -> None:
        wall.board.failed.connect(self.problem)
        wall.board.hand_over.done.connect(self._dismiss)
        wall.emergency_wanted.connect(self._open_emergency)
        self._idle.listen(wall.window())

    def _wall_spec(self) -> PageSpec:
        return wall_spec(self._make_wall, self._reseat_wall)

    def _make_wall(self) -> Page:
        wall = WallPage(self.ui, self.desk())
        wall.board.purpose = self._purpose
        wall.board.failed.connect(self.problem)
        wall.board.hand_over.done.connect(self._dismiss)
        wall.second_wanted.connect(self._open_second)
        wall.emergency_wanted.connect(self._open_emergency)
        return wall

    def _reseat_wall(self, page: Page) -> None:
        assert isinstance(page, WallPage)  # noqa: S101 - made above
        page.reseat(self.ui, self.desk())

    def log_out(self) -> None:
        """End the seat: every view ends, and the entrance is shown."""
        session = self.session
        self._idle.stop()
        self._troubles.rest()
        self.matters.rest()
        self.second.leave(EndReason.LOGOUT)
        self._write(lambda: self._station.matters.hand_over(session, None))
        self._write(lambda: self._station.people.log_out(session))
        self._ui = None
        self.left.emit()

    # Another officer

    def take_over(self, asked: Credentials, refused: Callable[[ConsoleError], None]) -> None:
        """Log the next officer in beside the running wall, then the former one out.

        What the shift leaves open keeps nobody from it: it is written down, with who left it to whom.
        """

        def work() -> Session:
            session = enter(self._behind, asked)
            self._behind.attend()
            return session

        self._seating.tasks.write(work, self._taken_over, refused)

    def _taken_over(self, session: Session) -> None:
        former = self.session
        self._write(lambda: self._station.matters.hand_over(former, session))
        self._former.append(self.session)
        wall = self.wall
        self.sit(session)
        if wall is None or self.wall is not wall:
            self._dismiss()

    @Slot()
    def _dismiss(self) -> None:
        """Once nothing runs in the former officer's name any more, on neither wall, he is logged out."""
        walls = [wall for wall in (self.wall, self.second.wall) if wall is not None]
        if self._seating_down or any(wall.board.hand_over.busy for wall in walls):
            return
        former, self._former = self._former, []
        for session in former:
            self._write(functools.partial(self._station.people.log_out, session, EndReason.HANDOVER))

    # Lock

    def lock(self, *, idle: bool = False) -> None:
        """Lock the console: private cameras are dark before this returns."""
        shell = self._seating.shell
        if self._ui is None or shell.locked:
            return
        session = self.session
        self._station.people.lock(session)
        self._write(lambda: self._station.people.note_lock(session, idle=idle))
        panel = LockPanel(self.ui, counts_text(self.matters.found))
        panel.unlock_wanted.connect(self._unlock)
        panel.take_over_wanted.connect(self._take_over_locked)
        shell.lock(panel)

    @Slot(object)
    def _unlock(self, asked: Credentials) -> None:
        session = self.session
        self._seating.tasks.write(
            lambda: self._station.people.unlock(session, asked.password), self._unlocked, self._refuse_panel
        )

    def _unlocked(self, _answer: None) -> None:
        self._idle.note()
        self._seating.shell.unlock()
        later, self._look_later = self._look_later, None
        if later is not None:
            self._show_in(*later)

    @Slot(object)
    def _take_over_locked(self, asked: Credentials) -> None:
        self.take_over(asked, self._refuse_panel)

    def _refuse_panel(self, problem: ConsoleError) -> None:
        panel = self._seating.shell.panel
        if isinstance(panel, LockPanel | TakeOverPanel | PasswordPanel):
            panel.form.refuse(problem)

    @Slot()
    def _lock_idle(self) -> None:
        self.lock(idle=True)

    def _watch_idle(self) -> None:
        settings = self._station.preferences.settings
        self._idle.start(self._seating.shell, settings.ui.idle_lock_min * MINUTE_S)

    # The officer's menu

    @Slot(object)
    def act(self, act: WindowAct) -> None:
        """Do what a key or the menu asks of the seat."""
        if act is WindowAct.LOCK:
            self.lock()
        elif act is WindowAct.LOG_OUT:
            self.log_out()
        elif act is WindowAct.OFFICER:
            self._open_take_over()
        elif act is WindowAct.PASSWORD:
            self._open_password()
        elif act is WindowAct.MATTERS:
            self.matters.open()
        elif act is WindowAct.VISITORS and self.wall is not None:
            self.wall.board.toggle_visitors()

    def _open_take_over(self) -> None:
        panel = TakeOverPanel(self.ui, left_open(self.matters.found, self.ui.clock.now()))
        panel.submitted.connect(self._take_over_locked)
        panel.matters_wanted.connect(self.matters.open)
        self._open(panel)

    @Slot(object)
    def _open_incident(self, camera: object) -> None:
        """Open the drawer for a new incident, or go on in it; for who records none, say who does."""
        from console.views.incident_form import IncidentDrawer

        shell = self._seating.shell
        if not self._station.dispatcher.may(OpenIncident, self.session):
            shell.open_page(INCIDENTS)
            return
        drawer = shell.panel
        if not isinstance(drawer, IncidentDrawer):
            drawer = IncidentDrawer(self.ui, self._station)
            drawer.closed.connect(shell.close_panel)
            drawer.wall_wanted.connect(self._show_on_wall)
            drawer.file_wanted.connect(self._show_file)
            shell.open_panel(drawer, drawer.stop)
        drawer.open_for(camera if isinstance(camera, WallCamera) else None)

    @Slot(object, object)
    def _open_emergency(self, camera: WallCamera, board: Board) -> None:
        """Open the drawer in which a superintendent answers for looking where an owner does not allow it now."""
        from console.views.emergency_drawer import EmergencyDrawer

        cell = board.cells[board.selected]
        denied = cell.denied if cell.feed is None else cell.feed.state().deny
        drawer = EmergencyDrawer(self.ui, self._station)
        drawer.closed.connect(self._seating.shell.close_panel)
        drawer.begun.connect(functools.partial(board.open_in_emergency, camera.id))
        self._seating.shell.open_panel(drawer, drawer.stop)
        drawer.open_for(camera, denied, board.contents.incidents)

    @Slot(object)
    def _show_on_wall(self, purpose: object) -> None:
        self._seating.shell.go_to(WALL, purpose)

    @Slot(str)
    def _show_file(self, incident_id: str) -> None:
        self._seating.shell.go_to(INCIDENTS, incident_id)

    def _open_password(self) -> None:
        panel = PasswordPanel(self.ui)
        panel.submitted.connect(self._change_password)
        self._open(panel)

    def _open(self, panel: TakeOverPanel | PasswordPanel) -> None:
        shell = self._seating.shell
        panel.closed.connect(shell.close_panel)
        shell.open_panel(panel)
        panel.setFocus()

    @Slot(object)
    def _change_password(self, asked: Credentials) -> None:
        session, new = self.session, asked.new
        assert new is not None  # noqa: S101 - the panel asks for one

        def work() -> None:
            command = build(ChangePassword, old=asked.password, new=new, again=new)
            self._station.people.change_password(command, session)

        self._seating.tasks.write(work, self._password_changed, self._refuse_panel)

    def _password_changed(self, _answer: None) -> None:
        panel = self._seating.shell.panel
        if isinstance(panel, PasswordPanel):
            panel.say_done()

    # Language and look

    @Slot(str)
    def speak(self, language: str) -> None:
        """Use this language from now on, at this workstation."""
        self._prefer(language, self._seating.look.theme.name)

    @Slot(str)
    def dress(self, theme: str) -> None:
        """Use this look from now on, at this workstation."""
        self._prefer(self._seating.look.language, theme)

    def _prefer(self, language: str, theme: str) -> None:
        """Keep the choice; it counts even where it cannot be kept."""
        self._show_in(language, theme)
        self._keep_look()

    def _keep_look(self) -> None:
        """Keep what the window looks like now, if that was chosen since it was last kept: here or at the entrance."""
        session, look, kept = self.session, self._seating.look, self._station.preferences.settings.ui
        if (look.language, look.theme.name) != (kept.language, kept.theme):
            command = build(ChangePreferences, values={"ui.language": look.language, "ui.theme": look.theme.name})
            self._write(lambda: self._station.dispatcher.run(command, session))

    def take_settings(self, settings: Settings) -> None:
        """Take up language, look and the time until the lock as these settings have them."""
        self._show_in(settings.ui.language, settings.ui.theme)
        self._watch_idle()

    def _show_in(self, language: str, theme: str) -> None:
        if self._seating.shell.locked:
            # Another look is a window made anew, which nobody may see before the password was typed.
            self._look_later = language, theme
        elif self._seating.look.change(language, theme) and self._ui is not None:
            self._ui = self._ui_of(self.session)
            self._furnish()

    def _write(self, work: Callable[[], None]) -> None:
        self._seating.tasks.write(work, _noted, self.problem.emit)


def _noted(_answer: None) -> None:
    """Nothing to show: it stands in the journal."""
