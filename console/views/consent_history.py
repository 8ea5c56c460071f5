"""What happened to a consent, oldest first, and which of its papers are still held."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Slot

from console.i18n import N_, _
from console.i18n.dates import format_date_time
from console.i18n.labels import label
from console.i18n.words import broken
from console.kernel import ConsentEventKind
from console.services.consents import ConsentEntry, PaperRow
from console.services.papers import grouped
from console.services.station import Station
from console.views.record_reading import ReadingPanel
from console.views.ui import Ui

_PAPERS: Mapping[str, str] = {
    "form": N_("Form that was signed (PDF)"),
    "scan": N_("Scan of the signed paper"),
    "signature": N_("Signature for A"),
    "data_signature": N_("Signature for B"),
    "reason": N_("Reason"),
}


class ConsentPanel(ReadingPanel[ConsentEntry]):
    """Every event with its officer and how the owner's word came; every paper with its hash, held or not."""

    def __init__(self, ui: Ui, station: Station) -> None:
        super().__init__(ui, "consent")
        self._station = station
        self._entry: ConsentEntry | None = None
        self.setObjectName("former")
        self._text.setObjectName("formerText")

    def show_row(self, row: ConsentEntry | None) -> None:
        self._entry = row
        self._read()

    @Slot()
    def _read(self) -> None:
        entry, station, muted = self._entry, self._station, self._ui.theme.colours.muted
        session = self._ui.session

        def work() -> tuple[str, str]:
            if entry is None:
                return "", ""
            names = {person.id: person.display_name for person in station.people.people()}
            return entry.id, told(entry, station.consents.papers(session, entry.id), names, muted)

        self._ui.tasks.read(self._name, work, self._show, self._fail)

    def _show(self, found: tuple[str, str]) -> None:
        consent_id, text = found
        if self._closed or consent_id != ("" if self._entry is None else self._entry.id):
            return
        if text:
            self._tell(text)
        else:
            self._states.say_empty(_("Nothing yet"), _("Here stands what happens to the consent, and its papers."))


def told(entry: ConsentEntry, held: Sequence[PaperRow], names: Mapping[str, str], muted: str) -> str:
    """Return it as rich text. For a reader's thread: finding Thai words takes time."""
    parts = [_block(head, lines, muted) for head, lines in _events(entry, names)]
    parts.append(_block(_("Papers"), list(_papers(entry, held)) or [_("None yet.")], muted))
    return "".join(parts)


def _block(head: str, lines: Sequence[str], muted: str) -> str:
    told_lines = "".join(f'<br><span style="color:{muted}">{_safe(line)}</span>' for line in lines)
    return f'<p style="line-height:125%; margin:0 0 12px 0"><b>{_safe(head)}</b>{told_lines}</p>'


def _events(entry: ConsentEntry, names: Mapping[str, str]) -> Iterator[tuple[str, Sequence[str]]]:
    codes = {camera.id: camera.code for camera in entry.cameras}
    row = entry.row
    for event in row.events:
        when = format_date_time(event.at)
        lines = [f"{when} · {names.get(event.actor_id or '', _('the program'))}"]
        if event.camera_id is not None:
            lines.append(_("Camera {code}", code=codes.get(event.camera_id, "–")))
        if event.way is not None:
            lines.append(label(event.way))
        if event.event is ConsentEventKind.SIGNED:
            lines.append(_("signed by {names}; witness {witness}", names=_signers(entry), witness=row.witness or "–"))
            lines.append(_("B given") if row.agreed_data else _("B not given"))
        yield label(event.event), lines


def _signers(entry: ConsentEntry) -> str:
    return ", ".join(filter(None, (entry.row.signer, entry.row.guardian))) or "–"


def _papers(entry: ConsentEntry, held: Sequence[PaperRow]) -> Iterator[str]:
    """A paper that was deleted is told by its hash, which can still be compared."""
    kept = {paper.sha256 for paper in held}
    for event in entry.row.events:
        for name, digest in event.data.items():
            paper = name.removesuffix("_sha256")
            if paper in _PAPERS and paper != name:
                gone = "" if digest in kept else f" · {_('no longer held')}"
                yield f"{_(_PAPERS[paper])}{gone} · SHA-256 {grouped(str(digest))}"


def _safe(text: str) -> str:
    return html.escape(broken(text))
