"""Cameras, what is permitted at them, and how they do: three lists, with the counts; files of many cameras."""

from __future__ import annotations

import threading
from itertools import count
from typing import Any, Final, TypeAlias, cast

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from console.i18n import N_, _, plain
from console.i18n.errors import deny_text, error_text
from console.kernel import ConsoleError, Denied, EndReason, Right
from console.services.camera_register import CameraEntry, Counts
from console.services.cameras import (
    AddressKind,
    AllowUnencrypted,
    ArchiveCamera,
    ChangeMasks,
    RegisterCamera,
    RemoveSubAddress,
    RestoreCamera,
)
from console.services.feeds import Feeds, Probe
from console.services.station import Station
from console.views.authorities import PermissionsPage
from console.views.camera_import import ImportSheet
from console.views.camera_spec import WATCHED, camera_spec
from console.views.camera_words import camera_text, counts_parts, probe_text
from console.views.consents import ConsentsPage
from console.views.health import HealthPage
from console.views.mask_editor import MaskEditor
from console.views.owners import OwnersFace
from console.views.page import Page
from console.views.pages import HEALTH
from console.views.record_page import RecordPage
from console.views.record_spec import Act
from console.views.ui import Ui
from console.views.window_keys import tab_step

AGE_MS: Final = 30_000
"""How often what depends on the hour and on the wall is read again, though nobody changed anything."""

SECOND_MS: Final = 1000
CAMERA: Final = "camera"
CONSENT: Final = "consent"
PERMISSION: Final = "permission"
OWNER: Final = "owner"
TABS: Final = (
    (CAMERA, N_("Cameras")),
    (OWNER, N_("Owners")),
    (CONSENT, N_("Consents")),
    (PERMISSION, N_("Permissions")),
    (HEALTH, N_("Health")),
)
"""Key and name of each tab, in their order."""

Face: TypeAlias = RecordPage[Any] | OwnersFace
"""What a tab shows."""

_numbers = count()


def page(ui: Ui, station: Station, feeds: Feeds) -> Page:
    """Return the page. `go_to` takes a camera's id, ("permission", its id), or ("health", its id or nothing)."""
    return CamerasPage(ui, station, feeds)


class CameraList(RecordPage[CameraEntry]):
    """The register, with the connection test."""

    permission_wanted = Signal(str)
    owner_wanted = Signal(str)
    import_wanted = Signal()
    masks_wanted = Signal(object)

    def __init__(self, ui: Ui, station: Station, feeds: Feeds) -> None:
        super().__init__(ui, station, camera_spec(ui, station, feeds, self._acts(ui, station)))
        self._feeds = feeds
        self._probe_name = f"probe-{next(_numbers)}"
        self._probe: threading.Event | None = None
        self._waited = 0
        self._seconds = QTimer(self)
        self._seconds.setInterval(SECOND_MS)
        self._seconds.timeout.connect(self._tell_waiting)
        self._probed = ""
        if station.dispatcher.may(RegisterCamera, ui.session):
            self.add_tool(_("From a file"), "note", self.import_wanted.emit)

    def _acts(self, ui: Ui, station: Station) -> tuple[Act[CameraEntry], ...]:
        may = station.dispatcher.may
        return (
            Act(
                "probe",
                N_("Test"),
                "connecting",
                lambda entry: entry.camera.has_address and ui.session.may(Right.PROBE_CAMERAS),
                open=self.probe,
            ),
            Act("permission", N_("Permission"), "key", _in_use, open=self._go_to_permission),
            Act("owner", N_("Owner"), "people", lambda entry: entry.owner_number is not None, open=self._go_to_owner),
            Act(
                "masks",
                N_("Privacy masks"),
                "eye",
                lambda entry: _in_use(entry) and may(ChangeMasks, ui.session),
                open=self._go_to_masks,
            ),
            Act(
                "archive",
                N_("Archive"),
                "strike",
                lambda entry: _in_use(entry) and may(ArchiveCamera, ui.session),
                command=lambda entry, _reason: ArchiveCamera(camera_id=entry.id, version=entry.version),
                warning=lambda entry: _(
                    "{camera} goes dark at once and leaves the register; its addresses are destroyed. Its history"
                    " stays, and its code with it. It can be brought back, but not its addresses.",
                    camera=camera_text(entry.camera),
                ),
                done=lambda entry, _answer: _("{camera} is archived.", camera=camera_text(entry.camera)),
            ),
            Act(
                "restore",
                N_("Bring back"),
                "live",
                lambda entry: not _in_use(entry) and may(RestoreCamera, ui.session),
                command=lambda entry, _reason: RestoreCamera(camera_id=entry.id, version=entry.version),
                warning=lambda entry: _(
                    "{camera} comes back into the register without its addresses: they have to be entered and tested"
                    " anew. A permission that it had rests until its owner, or whoever gave it, says so again.",
                    camera=camera_text(entry.camera),
                ),
                done=lambda entry, _answer: _("{camera} is back in the register.", camera=camera_text(entry.camera)),
            ),
            Act(
                "one_address",
                N_("Remove the sub address"),
                "close",
                lambda entry: entry.camera.has_sub_address and may(RemoveSubAddress, ui.session),
                command=lambda entry, _reason: RemoveSubAddress(camera_id=entry.id, version=entry.version),
                warning=lambda _entry: _("Tiles of the wall take the main stream then. It has to be tested anew."),
                done=lambda _entry, _answer: _("The sub address was removed."),
            ),
            _unencrypted(ui, station, allowed=True),
            _unencrypted(ui, station, allowed=False),
        )

    def _go_to_permission(self, entry: CameraEntry) -> None:
        self.permission_wanted.emit(entry.id)

    def _go_to_owner(self, entry: CameraEntry) -> None:
        self.owner_wanted.emit(entry.camera.owner_id)

    def _go_to_masks(self, entry: CameraEntry) -> None:
        self.masks_wanted.emit(entry)

    # The connection test

    def probe(self, entry: CameraEntry) -> None:
        """Ask the camera's streams, one after the other, beside the UI thread. What they say is said on the strip."""
        if self._probe is not None:
            return
        stop = self._probe = threading.Event()
        self._probed = camera_text(entry.camera)
        self._waited = 0
        self._tell_waiting()
        self._seconds.start()
        feeds, session, camera = self._feeds, self.ui.session, entry.camera
        kinds = (AddressKind.SUB, AddressKind.MAIN) if camera.has_sub_address else (AddressKind.SUB,)

        def work() -> list[Probe | Denied]:
            found: list[Probe | Denied] = []
            for kind in kinds:
                found.append(feeds.probe(session, camera.id, kind, stop))
                if isinstance(found[-1], Denied):
                    break
            return found

        self.ui.tasks.read(self._probe_name, work, self._tell_probe, self._fail_probe)

    @Slot()
    def _tell_waiting(self) -> None:
        text = _("{camera}: waiting for the camera to answer, {n} s", camera=self._probed, n=self._waited)
        self._waited += 1
        self.strip.follow(plain(text), _("Stop"), self._stop_probe)

    def _stop_probe(self) -> None:
        if self._probe is not None:
            self._probe.set()

    def _end_probe(self) -> None:
        self._probe = None
        self._seconds.stop()

    def _tell_probe(self, found: list[Probe | Denied]) -> None:
        self._end_probe()
        if self._closed:
            return
        denied = next((answer for answer in found if isinstance(answer, Denied)), None)
        probes = [answer for answer in found if isinstance(answer, Probe)]
        if denied is not None:
            self.strip.say(f"{self._probed}: {deny_text(denied)}", "bad")
        elif len(probes) == 1:
            self.strip.say(_one_stream(self._probed, probes[0]), _tone(probes))
        else:
            text = _("{camera} – sub stream: {sub}; main stream: {main}.", camera=self._probed, **_both(probes))
            self.strip.say(text, _tone(probes))
        self.refresh()

    def _fail_probe(self, problem: ConsoleError) -> None:
        self._end_probe()
        if not self._closed:
            self.strip.say(error_text(problem), "bad" if problem.key != "probe.stopped" else "good", passing=True)

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._stop_probe()
        self._seconds.stop()
        super().stop(reason)


def _unencrypted(ui: Ui, station: Station, *, allowed: bool) -> Act[CameraEntry]:
    """The superintendent's leave, given or taken back."""

    def warning(entry: CameraEntry) -> str:
        camera = camera_text(entry.camera)
        if allowed:
            return _(
                "{camera} may then be reached over the internet without encryption: whoever sits on the way can see"
                " the picture and its password. Its tile says so for as long as it is shown.",
                camera=camera,
            )
        return _("If the address of {camera} is public and not encrypted, the camera goes dark at once.", camera=camera)

    return Act(
        "allow_unencrypted" if allowed else "forbid_unencrypted",
        N_("Allow it unencrypted") if allowed else N_("Forbid it unencrypted"),
        "unencrypted",
        lambda entry: (
            _in_use(entry)
            and entry.camera.unencrypted_override is not allowed
            and station.dispatcher.may(AllowUnencrypted, ui.session)
        ),
        command=lambda entry, _reason: AllowUnencrypted(camera_id=entry.id, version=entry.version, allowed=allowed),
        warning=warning,
    )


def _in_use(entry: CameraEntry) -> bool:
    return not entry.camera.archived


def _one_stream(camera: str, found: Probe) -> str:
    if found.answered:
        return _("{camera} answers: {facts}. The connection is tested.", camera=camera, facts=probe_text(found))
    return _("{camera} cannot be reached: {fault}.", camera=camera, fault=probe_text(found))


def _both(probes: list[Probe]) -> dict[str, str]:
    sub, main = probes
    return {"sub": probe_text(sub), "main": probe_text(main)}


def _tone(probes: list[Probe]) -> str:
    return "good" if all(found.answered for found in probes) else "bad"


class CountsLine(QWidget):
    """Registered, linked, online: three figures, each saying what it means."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self.labels = [QLabel() for _part in range(3)]
        for part in self.labels:
            part.setProperty("role", "hint")
            self._row.addWidget(part)

    def show_counts(self, counts: Counts) -> None:
        for part, (text, meaning) in zip(self.labels, counts_parts(counts), strict=True):
            part.setText(plain(text))
            part.setToolTip(f"<p>{meaning}</p>")
            part.setAccessibleDescription(plain(meaning))


class CamerasPage(Page):
    """The tabs of `TABS`, and the keys of `TabPage`."""

    def __init__(self, ui: Ui, station: Station, feeds: Feeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._station = station
        self._feeds = feeds
        self._name = f"cameras-{next(_numbers)}"
        self._closed = False
        self._started = False
        self.cameras = CameraList(ui, station, feeds)
        self._made: dict[str, Face] = {CAMERA: self.cameras}
        self.importing: ImportSheet | None = None
        self.masking: MaskEditor | None = None
        self.tabs = QTabBar()
        self.counts = CountsLine()
        self._faces = QStackedWidget()
        self._build()
        self._aging = QTimer(self)
        self._aging.setInterval(AGE_MS)
        self._connect()

    def _build(self) -> None:
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for _key, name in TABS:
            self.tabs.addTab(plain(_(name)))
        head = QFrame()
        head.setObjectName("tabLine")
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 6, 16, 0)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.counts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._faces, 1)
        self._faces.addWidget(self.cameras)

    def face(self, key: str) -> Face:
        """Return what a tab shows, made when it is first asked for: it would only hold up the register."""
        if key not in self._made:
            made = self._made[key] = self._make(key)
            self._faces.addWidget(made)
            made.start()
        return self._made[key]

    def _make(self, key: str) -> Face:
        if key == HEALTH:
            return HealthPage(self._ui, self._station, self._feeds)
        if key == OWNER:
            owners = OwnersFace(self._ui, self._station, self._feeds)
            owners.camera_wanted.connect(self.show_camera)
            return owners
        if key == CONSENT:
            return ConsentsPage(self._ui, self._station)
        permissions = PermissionsPage(self._ui, self._station)
        permissions.camera_wanted.connect(self.show_camera)
        return permissions

    @property
    def permissions(self) -> PermissionsPage:
        return cast("PermissionsPage", self.face(PERMISSION))

    @property
    def health(self) -> HealthPage:
        return cast("HealthPage", self.face(HEALTH))

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._show_tab)
        self.cameras.permission_wanted.connect(self.show_permission)
        self.cameras.owner_wanted.connect(self.show_owner)
        self.cameras.import_wanted.connect(self.open_import)
        self.cameras.masks_wanted.connect(self.open_masks)
        self._aging.timeout.connect(self._look_again)
        self._ui.changes.changed.connect(self._hear)

    # Life

    def start(self) -> None:
        self._started = True
        self._aging.start()
        self.cameras.start()
        self._show_tab(self.tabs.currentIndex())
        self._count()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        self._closed = True
        self._aging.stop()
        self.close_import()
        self._close_masks(reason)
        for face in self._made.values():
            face.stop(reason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._started:
            self._count()

    @Slot()
    def _look_again(self) -> None:
        """Hours begin and end, pictures come and go, and no record changes by that."""
        if self.isVisible():
            self._count()
            if self.importing is None and self.masking is None:
                self._front().refresh()

    @Slot(object)
    def _hear(self, kinds: frozenset[str]) -> None:
        if not self._closed and self.isVisible() and kinds & (WATCHED | {"view"}):
            self._count()

    def _count(self) -> None:
        register, feeds = self._station.register, self._feeds
        self._ui.tasks.read(
            f"{self._name}:counts", lambda: register.counts(feeds.live_cameras()), self._show_counts, self._no_counts
        )

    def _show_counts(self, counts: Counts) -> None:
        if not self._closed:
            self.counts.show_counts(counts)

    def _no_counts(self, problem: ConsoleError) -> None:
        """The list below says what is wrong; a count that is not known is not shown."""
        del problem
        if not self._closed:
            for part in self.counts.labels:
                part.clear()

    # What is shown

    @Slot(int)
    def _show_tab(self, _number: int) -> None:
        self.close_import()
        shown = self._front()
        self._faces.setCurrentWidget(shown)
        self.setFocusProxy(shown)
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _front(self) -> Face:
        return self.face(TABS[self.tabs.currentIndex()][0])

    def show_tab(self, key: str, record_id: str = "") -> None:
        """Show a tab; with an id, that record of it."""
        self.tabs.setCurrentIndex([each for each, _name in TABS].index(key))
        if record_id:
            self.face(key).go_to(record_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = tab_step(event)
        if step and self.importing is None and self.masking is None:
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def show_camera(self, camera_id: str) -> None:
        self.show_tab(CAMERA, camera_id)

    @Slot(str)
    def show_permission(self, camera_id: str) -> None:
        self.show_tab(PERMISSION, camera_id)

    @Slot(str)
    def show_owner(self, owner_id: str) -> None:
        self.show_tab(OWNER, owner_id)

    def go_to(self, target: object) -> None:
        """Show the camera whose id is given, or with (key of a tab, id or nothing) that record of another tab."""
        if self.masking is not None:
            self.masking.leave(lambda: self._go_from_masks(target))
            return
        match target:
            case str():
                self.show_camera(target)
            case (str() as key, str() as record_id) if key in dict(TABS):
                self.show_tab(key, record_id)

    # Masks

    @Slot(object)
    def open_masks(self, entry: CameraEntry) -> None:
        """Show the sheet for a camera's masks in place of the list; nothing that is drawn is left by another tab."""
        if self.masking is None:
            self.masking = MaskEditor(self._ui, self._station, self._feeds, entry)
            self.masking.closed.connect(self._close_masks)
            self.tabs.setEnabled(False)
            self._faces.addWidget(self.masking)
            self._faces.setCurrentWidget(self.masking)
            self.masking.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _close_masks(self, reason: EndReason = EndReason.CLOSED) -> None:
        sheet, self.masking = self.masking, None
        if sheet is not None:
            sheet.stop(reason)
            self._faces.removeWidget(sheet)
            sheet.deleteLater()
            self.tabs.setEnabled(True)
            self._faces.setCurrentWidget(self.cameras)
            if not self._closed:
                self.cameras.refresh()
                self.cameras.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_from_masks(self, target: object) -> None:
        self._close_masks()
        self.go_to(target)

    @Slot()
    def open_import(self) -> None:
        """Show the sheet for a file of cameras in place of the list."""
        if self.importing is None:
            self.importing = ImportSheet(self._ui, self._station)
            self.importing.closed.connect(self.close_import)
            self._faces.addWidget(self.importing)
            self._faces.setCurrentWidget(self.importing)
            self.importing.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def close_import(self) -> None:
        """Back to the list; an import that runs is cancelled."""
        sheet, self.importing = self.importing, None
        if sheet is not None:
            sheet.stop()
            self._faces.removeWidget(sheet)
            sheet.deleteLater()
            self._faces.setCurrentWidget(self.cameras)
            if not self._closed:
                self.cameras.refresh()
                self.cameras.setFocus(Qt.FocusReason.OtherFocusReason)
