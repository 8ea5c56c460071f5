"""The register of owners: the shared list, and beside the form the path to consent and the owner's cameras."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from console.i18n import N_, _
from console.i18n.errors import error_text
from console.kernel import Denied, DenyReason, EndReason, Right
from console.services.camera_register import CameraEntry
from console.services.feeds import Feeds
from console.services.owner_path import AddStep, RemovePhoto, StepLine
from console.services.owner_stop import StopOwner, Stopped
from console.services.owners import ArchiveOwner, LinkCamera, OwnerLine, RestoreOwner, Sight, sight_of
from console.services.papers import Made
from console.services.station import Station
from console.services.stop_papers import stop_paper
from console.views.act_panel import ActPanel
from console.views.camera_words import camera_text
from console.views.consent_words import stopped_text
from console.views.funnel import FunnelPage
from console.views.owner_cameras import CamerasPanel
from console.views.owner_path import PathPanel
from console.views.owner_spec import KIND, STEP, owner_spec
from console.views.owner_steps import correct_step, link_form, new_step, strike_step
from console.views.owner_stop import linked_cameras, stop_form
from console.views.owner_words import owner_text
from console.views.page import Page, PageSpec
from console.views.photos import LargePhoto, Shown, load
from console.views.printing import show_preview
from console.views.record_page import RecordPage
from console.views.record_spec import Act, FormSpec
from console.views.tabs import TabPage
from console.views.ui import Ui
from console.views.visitors import VisitorsPage
from console.views.window_keys import STOP_KEY

REGISTER: Final = "register"
VISITS: Final = "visits"
FUNNEL: Final = "funnel"


class OwnersPage(RecordPage[OwnerLine]):
    """One line an owner. `camera_wanted` asks for a camera of the list of cameras."""

    camera_wanted = Signal(str)

    def __init__(self, ui: Ui, station: Station) -> None:
        super().__init__(ui, station, owner_spec(ui, station, self._acts(ui, station)))
        self.act_panel: ActPanel[Any] | None = None
        self.photo: LargePhoto | None = None
        self.path: PathPanel | None = None
        self.cameras: CamerasPanel | None = None
        self._done = ""
        self._photo_of: StepLine | None = None
        if sight_of(ui.session) is Sight.WHOLE:
            self.add_panel(_("Steps"), self._make_path)
        self.add_panel(_("Cameras"), self._make_cameras)

    def _acts(self, ui: Ui, station: Station) -> tuple[Act[OwnerLine], ...]:
        may = station.dispatcher.may
        return (
            Act(
                "step",
                N_("Record a step"),
                "plus",
                lambda line: not line.row.archived and may(AddStep, ui.session),
                open=self.open_step,
            ),
            Act(
                "link",
                N_("Add a camera"),
                "camera",
                lambda line: not line.row.archived and may(LinkCamera, ui.session),
                open=self.open_link,
            ),
            Act(
                "stop",
                N_("Pause or withdraw"),
                "paused",
                lambda line: bool(linked_cameras(line)) and may(StopOwner, ui.session),
                open=self.open_stop,
            ),
            Act(
                "archive",
                N_("Archive"),
                "strike",
                lambda line: not line.row.archived and not line.cameras and may(ArchiveOwner, ui.session),
                command=lambda line, _reason: ArchiveOwner(owner_id=line.id, version=line.version),
                warning=lambda line: _(
                    "{owner} leaves the register. The number, the steps and the history stay; the record can be brought"
                    " back.",
                    owner=owner_text(line),
                ),
                done=lambda line, _answer: _("{owner} is archived.", owner=owner_text(line)),
            ),
            Act(
                "restore",
                N_("Bring back"),
                "live",
                lambda line: line.row.archived and may(RestoreOwner, ui.session),
                command=lambda line, _reason: RestoreOwner(owner_id=line.id, version=line.version),
                done=lambda line, _answer: _("{owner} is back in the register.", owner=owner_text(line)),
            ),
        )

    # Panels

    def _make_path(self) -> PathPanel:
        may_write = self.station.dispatcher.may(AddStep, self.ui.session)
        made = self.path = PathPanel(self.ui, self.station, may_write=may_write)
        made.step_wanted.connect(self._open_step_here)
        made.correction_wanted.connect(self._open_correction)
        made.strike_wanted.connect(self._open_striking)
        made.photo_wanted.connect(self.open_photo)
        made.said.connect(self._say)
        return made

    def _make_cameras(self) -> CamerasPanel:
        may_write = self.station.dispatcher.may(LinkCamera, self.ui.session)
        made = self.cameras = CamerasPanel(self.ui, self.station, may_write=may_write)
        made.camera_wanted.connect(self.camera_wanted)
        made.link_wanted.connect(self._open_link_here)
        made.part_wanted.connect(self._ask_parting)
        made.said.connect(self._say)
        return made

    # Forms over the page

    def open_step(self, line: OwnerLine) -> None:
        """Show the form of another step with this owner."""
        self._open_form(new_step(self.ui, self.station), line, STEP)

    def open_link(self, line: OwnerLine) -> None:
        """Show the form that gives this owner a camera."""
        self._open_form(link_form(self.station), line, KIND)

    def open_stop(self, line: OwnerLine) -> None:
        """Show the form of the owner's word: the cameras go dark with one press on its verb."""
        self._open_form(stop_form(line), line, f"{KIND}.stop")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F3: the owner is at the telephone."""
        if event.key() != STOP_KEY or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
            return
        line = self.panel.row if self.panel_shown else self.table.selected_record()
        if line is None:
            return
        if not self.station.dispatcher.may(StopOwner, self.ui.session):
            self.strip.say(error_text(Denied(DenyReason.ROLE, right=Right.STOP_LINK.value)), "bad", passing=True)
        elif linked_cameras(line):
            self.open_stop(line)
        else:
            self.strip.say(_("No link of this owner can be paused or withdrawn."), "bad", passing=True)

    @Slot()
    def _open_step_here(self) -> None:
        if self.panel.row is not None:
            self.open_step(self.panel.row)

    @Slot()
    def _open_link_here(self) -> None:
        if self.panel.row is not None:
            self.open_link(self.panel.row)

    @Slot(object)
    def _open_correction(self, line: StepLine) -> None:
        self._open_form(correct_step(self.station), line, STEP)

    @Slot(object)
    def _open_striking(self, line: StepLine) -> None:
        self._open_form(strike_step(), line, STEP)

    @Slot(object)
    def _ask_parting(self, entry: CameraEntry) -> None:
        """On the page's own strip: the panel may be too low to ask."""
        text = _(
            "{camera} is then nobody's in the register of owners. The camera stays.", camera=camera_text(entry.camera)
        )
        self.strip.ask(text, ((_("Part it"), lambda: self._part(entry)), (_("Cancel"), self.strip.close_strip)))

    def _part(self, entry: CameraEntry) -> None:
        if self.cameras is not None:
            self.cameras.part(entry.id)

    def _open_form(self, form: FormSpec[Any], row: Any, kind: str) -> None:
        self.close_form()
        self._done = form.saved(None)
        self.act_panel = ActPanel(self.ui, self.station, form, f"{kind}.act", self)
        self.act_panel.form.closed.connect(self.close_form)
        self.act_panel.form.saved.connect(self._saved_form)
        self.act_panel.open(row)

    @Slot()
    def close_form(self) -> None:
        if self.act_panel is not None:
            self.act_panel.close_panel()
            self.act_panel = None
            self.table.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(object)
    def _saved_form(self, answer: object) -> None:
        self.close_form()
        if isinstance(answer, Stopped):
            # Read out to the owner, and handed over at once.
            self.strip.tell(stopped_text(answer))
            made = Made(self.ui.station, self.ui.session.display_name, self.ui.clock.now())
            show_preview(self.ui, stop_paper(answer, made), self)
        else:
            self.strip.say(self._done, passing=True)
        row = self.panel.row if self.panel_shown else None
        self._after_change(None if row is None else row.id)

    # A photo, large

    @Slot(str, object)
    def open_photo(self, name: str, line: StepLine) -> None:
        """Show a photo over the page."""
        self.close_photo()
        may_remove = line.step.stands and self.station.dispatcher.may(RemovePhoto, self.ui.session)
        sheet = self.photo = LargePhoto(self.ui, self, may_remove=may_remove)
        sheet.closed.connect(self.close_photo)
        sheet.remove_wanted.connect(self._remove_photo)
        self._photo_of = line
        path, session, room = self.station.owner_path, self.ui.session, sheet.room

        def work() -> Shown:
            return load(name, lambda photo: path.photo(photo, session), room)

        self.ui.tasks.read(f"{self._name}:photo", work, self._show_photo, self._fail)

    def _show_photo(self, shown: Shown) -> None:
        if self.photo is not None and not self._closed:
            self.photo.show_photo(shown)

    @Slot(str)
    def _remove_photo(self, name: str) -> None:
        line = self._photo_of
        self.close_photo()
        if line is not None and self.path is not None:
            self.path.run(RemovePhoto(step_id=line.id, version=line.version, photo=name))

    @Slot()
    def close_photo(self) -> None:
        sheet, self.photo = self.photo, None
        if sheet is not None:
            sheet.close_photo()
            self.panel.enter()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self.close_photo()
        self.close_form()
        super().stop(reason)


class OwnersFace(TabPage):
    """What stands behind the tab of owners: the register, the visitor book of the room, and the funnel of the zone."""

    camera_wanted = Signal(str)

    def __init__(self, ui: Ui, station: Station, feeds: Feeds) -> None:
        self._with, self._station, self._feeds = ui, station, feeds
        book = (PageSpec(VISITS, N_("Visitor book"), "visitors", self._book),)
        super().__init__(
            (
                PageSpec(REGISTER, N_("Register"), "people", self._register),
                *(book if ui.session.may(Right.WRITE_VISITS) else ()),
                PageSpec(FUNNEL, N_("Funnel of the zone"), "state", self._funnel),
            ),
            inner=True,
        )

    def _register(self) -> OwnersPage:
        made = OwnersPage(self._with, self._station)
        made.camera_wanted.connect(self.camera_wanted)
        return made

    def _book(self) -> VisitorsPage:
        return VisitorsPage(self._with, self._station)

    def _funnel(self) -> FunnelPage:
        return FunnelPage(self._with, self._station, self._feeds)

    @property
    def front(self) -> Page:
        return self._made[self._specs[self.bar.currentIndex()].key]

    def refresh(self) -> None:
        """Read again what is in sight."""
        front = self.front
        if isinstance(front, RecordPage | VisitorsPage):
            front.refresh()

    def go_to(self, target: object) -> None:
        """Show a tab by its key, or the owner whose id is given."""
        if target in {spec.key for spec in self._specs}:
            super().go_to(target)
        else:
            super().go_to(REGISTER)
            self.front.go_to(target)

    @Slot(int)
    def _show(self, number: int) -> None:
        super()._show(number)
        self.setFocusProxy(self.front)
