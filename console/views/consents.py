"""The page of consents: the list, the terms, the signature, the owner's word afterwards, and every paper of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSaveFile, Signal, Slot

from console.i18n import _
from console.i18n.errors import error_text
from console.i18n.labels import roles_with
from console.kernel import ConsoleError, Right, Unavailable
from console.services import consent_papers as papers
from console.services.consent_heads import Proof
from console.services.consent_receipt import ReceiptStation, receipt_json
from console.services.consents import ConsentEntry, Stopped
from console.services.notices import OFFERED, NoticeRow, PublishNotice, refuse_blanks
from console.services.papers import Made, Report
from console.services.station import Station
from console.services.stop_papers import confirmation_again, stop_paper
from console.views.acting_page import ActingPage
from console.views.consent_acts import Asked, code_form, notice_form, sign_form, stop_form
from console.views.consent_history import ConsentPanel
from console.views.consent_spec import KIND, Doings, anew, consent_spec
from console.views.consent_words import stopped_text
from console.views.printing import ask_file, show_preview
from console.views.reconfirming import reconfirm_form
from console.views.record_spec import FormSpec
from console.views.ui import Ui


class ConsentsPage(ActingPage[ConsentEntry]):
    """The list with the small forms over it. `camera_wanted` asks for a camera's own page."""

    camera_wanted = Signal(str)

    def __init__(self, ui: Ui, station: Station) -> None:
        super().__init__(
            ui, station, consent_spec(ui, station, Doings(self.sign, self.draw_up_anew, self.ask_stop, self.show_paper))
        )
        self._then: Callable[[Any], None] = self._nothing
        self.add_panel(_("Events and papers"), lambda: ConsentPanel(ui, station))
        self.add_tool(_("Check a paper"), "verify", self.check_paper)
        self.add_tool(_("Notice"), "note", self.open_notice)
        self.add_tool(_("Blank form"), "print", self.print_blank)

    @staticmethod
    def _nothing(_answer: Any) -> None:
        pass

    # Small forms over the list

    def _ask_in_panel(self, row: Any, form: FormSpec[Any], then: Callable[[Any], None]) -> None:
        self.open_act(row, form)
        self._then = then

    @Slot(object)
    def _saved_act(self, answer: object) -> None:
        then = self._then
        self.close_act()
        then(answer)
        self.refresh()

    def sign(self, entry: ConsentEntry) -> None:
        """Let the owner sign; then the receipt lies ready at once."""
        form = sign_form(entry, self._made())

        def signed(consent_id: str) -> None:
            self.strip.say(form.saved(consent_id), passing=True)
            self._read_entry(consent_id, lambda made: self.show_paper(made, "receipt"))

        self._ask_in_panel(entry, form, signed)

    def draw_up_anew(self, entry: ConsentEntry) -> None:
        """Begin a draft with the terms of a former consent, to replace it if it stands."""
        self.open_new(anew(entry, self.ui))

    def ask_stop(self, entry: ConsentEntry, key: str) -> None:
        """Ask how the owner said so, and for which cameras; one press on the verb does it."""

        def done(answer: Stopped | None) -> None:
            if isinstance(answer, Stopped):
                self.strip.tell(stopped_text(answer))
                show_preview(self.ui, stop_paper(answer, self._made()), self)
            else:
                again = _("The cameras may be watched again.")
                self.strip.say(again if key == "resume" else form.saved(answer), passing=True)

        resting = [camera for camera in entry.cameras if camera.id in entry.resting]
        form = reconfirm_form(resting) if key == "reconfirm" else stop_form(entry, key)
        self._ask_in_panel(entry, form, done)

    @Slot()
    def check_paper(self) -> None:
        """Find the consent of a receipt that somebody brought along."""

        def found(consent_id: str) -> None:
            self.strip.say(_("This paper is one of this station's. Its consent stands below."), passing=True)
            self.select(consent_id)

        self._ask_in_panel(Asked("code"), code_form(), found)

    @Slot()
    def open_notice(self) -> None:
        notices = self.station.notices

        def work() -> tuple[NoticeRow | None, str]:
            return notices.current(), notices.proposal()

        self.ui.tasks.read(f"{KIND}-notice", work, self._show_notice, self._refused)

    def _show_notice(self, found: tuple[NoticeRow | None, str]) -> None:
        if self._closed:
            return
        notice, text = found
        may = self.station.dispatcher.may(PublishNotice, self.ui.session)
        roles = roles_with({Right.PUBLISH_NOTICE})
        why = "" if may else _("You can read this but not change it. It may be changed by: {roles}.", roles=roles)
        follows, purposes = (0, OFFERED) if notice is None else (notice.number, notice.purposes)
        form = notice_form(follows, text, purposes, why)
        self._ask_in_panel(Asked("notice"), form, lambda answer: self.strip.say(form.saved(answer), passing=True))

    # Papers

    def _made(self) -> Made:
        return Made(self.ui.station, self.ui.session.display_name, self.ui.clock.now())

    @Slot()
    def print_blank(self) -> None:
        """Print the form for a visit; where no notice was published yet, the first draft publishes one."""

        def show(notice: NoticeRow | None) -> None:
            if notice is None:
                self.strip.say(_("There is no notice yet. It is published with the first draft."), "bad")
            elif not self._incomplete(notice):
                self._preview(papers.blank_form(notice, self._made()))

        self.ui.tasks.read(f"{KIND}-blank", self.station.notices.current, show, self._refused)

    def show_paper(self, entry: ConsentEntry, key: str) -> None:
        """Show a paper of a consent; those that prove something ask for the proof first."""
        if key == "form" and entry.row.signed_at is None and self._incomplete(entry.notice):
            return
        if key in {"form", "confirmation"}:
            make = papers.filled_form if key == "form" else confirmation_again
            self._preview(make(entry, self._made()))
            return

        def show(proof: Proof) -> None:
            if self._closed:
                return
            if key == "json":
                name = f"consent-{entry.row.number.replace('/', '-')}.json"
                ask_file(self, name, lambda path: self.save_json(entry, proof, path))
            else:
                self._preview(self._paper(entry, key, proof))

        self.ui.tasks.read(
            f"{KIND}-key", lambda: self.station.consents.proof(self.ui.session, entry.id), show, self._refused
        )

    def _incomplete(self, notice: NoticeRow) -> bool:
        """Say which blanks of the notice nobody filled, and where that is done; whether there are any."""
        try:
            refuse_blanks(notice)
        except ConsoleError as problem:
            self._refused(problem)
            return True
        return False

    def _paper(self, entry: ConsentEntry, key: str, proof: Proof) -> Report:
        station_id = self.ui.session.station_id
        if key == "receipt":
            return papers.receipt(entry, proof.fingerprint, self._made(), station_id, proof.heads)
        return papers.stickers(entry, self._made(), station_id)

    def save_json(self, entry: ConsentEntry, proof: Proof, path: Path) -> None:
        """Write the receipt for machines; a file that was there stays if that fails."""
        station = ReceiptStation(self.ui.session.station_id, self.ui.station, proof.fingerprint)
        made = receipt_json(entry, station, proof.heads)
        file = QSaveFile(str(path))
        written = file.open(QSaveFile.OpenModeFlag.WriteOnly) and file.write(made) == len(made) and file.commit()
        if written:
            self.strip.say(_("Saved: {path}", path=path), passing=True)
        else:
            self._refused(Unavailable("paper.not_written", path=path))

    def _preview(self, report: Report) -> None:
        if not self._closed:
            show_preview(self.ui, report, self)

    def _read_entry(self, consent_id: str, then: Callable[[ConsentEntry], None]) -> None:
        consents, session = self.station.consents, self.ui.session
        self.ui.tasks.read(f"{KIND}-entry", lambda: consents.entry(session, consent_id), then, self._refused)

    def _refused(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.strip.say(error_text(problem), "bad")
