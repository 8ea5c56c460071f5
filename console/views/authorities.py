"""The page of permissions: the shared list, and beside the form everything that was ever permitted at the camera."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal, Slot

from console.i18n import N_, _
from console.i18n.dates import format_date_time
from console.i18n.labels import label
from console.i18n.words import broken
from console.services.camera_register import AuthorityRow
from console.services.history import HistoryLine
from console.services.readdressing import ReconfirmCameras
from console.services.station import Station
from console.views.acting_page import ActingPage
from console.views.authority_spec import KIND, Permission, Recording, authority_spec
from console.views.camera_words import allowed_text, purposes_text, right_text, span_text
from console.views.reconfirming import reconfirm_form
from console.views.record_reading import ReadingPanel
from console.views.record_spec import Act
from console.views.ui import Ui


class PermissionsPage(ActingPage[Permission]):
    """One line a camera. `camera_wanted` asks for the camera itself."""

    camera_wanted = Signal(str)

    def __init__(self, ui: Ui, station: Station) -> None:
        self._recording = Recording()
        to_camera: Act[Permission] = Act(
            "camera", N_("Go to the camera"), "camera", lambda _row: True, open=self._go_to_camera
        )
        confirm: Act[Permission] = Act(
            "reconfirm",
            N_("Owner confirms the camera…"),
            "check",
            lambda row: _waits_for_word(row) and station.dispatcher.may(ReconfirmCameras, ui.session),
            open=self._ask_owner,
        )
        super().__init__(ui, station, authority_spec(ui, station, self._recording, (confirm, to_camera)))
        self.add_panel(_("All permissions"), lambda: FormerPanel(ui, station))

    def _go_to_camera(self, row: Permission) -> None:
        self.camera_wanted.emit(row.id)

    def _ask_owner(self, row: Permission) -> None:
        self.open_act(row, reconfirm_form([row.entry.camera]), "reconfirm")

    @Slot(object)
    def _after_change(self, record_id: object) -> None:
        """The form of a new one gives back the permission that it recorded; the list knows it by its camera."""
        made = self._recording.command if self.panel.row is None else None
        super()._after_change(record_id if made is None else made.camera_id)


class FormerPanel(ReadingPanel[Permission]):
    """Every permission of a camera, the newest first: its terms, who recorded it and what became of it."""

    def __init__(self, ui: Ui, station: Station) -> None:
        super().__init__(ui, "former")
        self._station = station
        self._camera_id = ""
        self.setObjectName("former")
        self._text.setObjectName("formerText")

    def show_row(self, row: Permission | None) -> None:
        self._camera_id = "" if row is None else row.id
        self._read()

    @Slot()
    def _read(self) -> None:
        camera_id, station, theme = self._camera_id, self._station, self._ui.theme

        def work() -> tuple[str, str]:
            if not camera_id:
                return "", ""
            names = {person.id: person.display_name for person in station.people.people()}
            rows = station.authorities.history(camera_id)
            # The oldest line is the recording itself, which the terms tell already.
            changes = {row.id: station.history.of(KIND, row.id)[:-1] for row in rows}
            return camera_id, told(rows, Told(names, changes), theme.colours.muted)

        self._ui.tasks.read(self._name, work, self._show, self._fail)

    def _show(self, found: tuple[str, str]) -> None:
        camera_id, text = found
        if self._closed or camera_id != self._camera_id:
            return
        if text:
            self._tell(text)
        else:
            self._states.say_empty(
                _("No permission yet"), _("Every permission of this camera will stand here, with all its terms.")
            )


@dataclass(frozen=True, slots=True)
class Told:
    """What the list of people and the journal add to the terms."""

    names: Mapping[str, str]
    changes: Mapping[str, Sequence[HistoryLine]]


def told(rows: Sequence[AuthorityRow], book: Told, muted: str) -> str:
    """Return permissions as rich text, newest first. For a reader's thread: finding Thai words takes time."""
    parts = []
    for number, row in enumerate(reversed(rows)):
        state = _("stands now") if number == 0 else _("superseded")
        head = f"<b>{_safe(right_text(row))}</b> · {_safe(state)}"
        facts = (*_facts(row, book.names), *_changes(book.changes.get(row.id, ())))
        lines = "".join(f'<br><span style="color:{muted}">{_safe(name)}</span>  {_safe(text)}' for name, text in facts)
        parts.append(f'<p style="line-height:125%; margin:0 0 14px 0">{head}{lines}</p>')
    return "".join(parts)


def _facts(row: AuthorityRow, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    def signed(person_id: str | None, at: datetime | None) -> str:
        who = names.get(person_id or "", "–")
        return who if at is None else f"{who} · {format_date_time(at)}"

    yield _("Level"), label(row.level)
    if row.purposes:
        yield _("Purposes"), purposes_text(row)
    yield _("In force"), span_text(row)
    yield _("Also allowed"), allowed_text(row)
    if row.reference:
        yield _("Paper"), row.reference
    yield _("Recorded by"), signed(row.recorded_by, row.recorded_at)
    if row.countersigned_by is not None:
        yield _("Countersigned by"), signed(row.countersigned_by, row.countersigned_at)
    elif row.countersign_needed:
        yield _("Countersigned by"), _("nobody yet")
    if row.paused:
        yield _("Paused"), _("yes")
    if row.readdressed_by:
        people = ", ".join(names.get(each, "–") for each in row.readdressed_by)
        yield _("Waits for the owner: address changed by"), people
    if row.withdrawn_at is not None:
        yield _("Withdrawn"), format_date_time(row.withdrawn_at)


def _waits_for_word(row: Permission) -> bool:
    right = row.authority
    return right is not None and bool(right.readdressed_by) and right.withdrawn_at is None


def _changes(lines: Sequence[HistoryLine]) -> Iterator[tuple[str, str]]:
    """What became of it since: each step with its person, oldest first."""
    for line in reversed(lines):
        yield f"{format_date_time(line.at)} · {line.who} –", "; ".join(line.details)


def _safe(text: str) -> str:
    return html.escape(broken(text))
