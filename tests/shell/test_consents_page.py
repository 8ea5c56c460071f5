"""The page of consents: terms, the pad, the scan, the owner's word, papers; and what a role is offered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.i18n import plain
from console.i18n.dates import format_date
from console.kernel import ConsentState, Role, Session, WithdrawalWay
from console.services.consent_commands import MOST_BYTES, DraftConsent, PauseConsent, PublishNotice
from console.services.consents import ConsentEntry
from console.services.notices import filled
from console.services.papers import QrCode
from console.views.consent_words import ask_text, state_text
from console.views.consents import ConsentsPage
from console.views.printing import Preview
from console.views.record_spec import Act
from console.views.signature_pad import FilePicker, SignaturePad
from tests.consent_desk import BLANKS, PERSON, SCAN, WITNESS, Desk
from tests.gate.room import Room
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


@dataclass
class Seat:
    room: Room
    page: ConsentsPage

    def open(self, consent_id: str) -> ConsentEntry:
        self.page.select(consent_id)
        row = self.page.panel.row
        assert row is not None
        return row

    def acts(self) -> list[str]:
        row = self.page.panel.row
        assert row is not None
        return [act.key for act in self.page.spec.acts if act.can(row)]

    def act(self, key: str) -> Act[ConsentEntry]:
        return next(act for act in self.page.spec.acts if act.key == key)

    def do(self, key: str) -> None:
        row = self.page.panel.row
        assert row is not None
        self.page.panel.run_act(self.act(key), row)

    def write(self, **raws: Any) -> None:
        """Fill in the form that stands open: the small one over the list, or the panel's."""
        form = self.page.act_panel.form if self.page.act_panel is not None else self.page.panel.form
        assert form is not None
        for name, raw in raws.items():
            form.box(name).set_raw(raw)
            form.box(name).changed.emit()

    def box(self, name: str) -> Any:
        assert self.page.act_panel is not None
        return self.page.act_panel.form.box(name)

    def save_act(self) -> None:
        assert self.page.act_panel is not None
        self.page.act_panel.form.save()

    def scribble(self, name: str) -> None:
        editor = self.box(name).editor
        assert isinstance(editor, SignaturePad)
        pad = editor.pad
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 30))
        for x in range(20, 120, 10):
            QTest.mouseMove(pad, QPoint(x, 30 + x % 40))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(120, 40))

    def previews(self) -> list[Preview]:
        return [each for each in self.page.findChildren(Preview) if each._open]

    @property
    def strip(self) -> str:
        return plain(self.page.strip.said)


@contextmanager
def seated(room: Room, session: Session | None = None) -> Iterator[Seat]:
    ui = ui_of(room, session, InlineTasks())
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    page = ConsentsPage(ui, room.station)
    page.resize(1270, 720)
    page.show()
    page.start()
    try:
        yield Seat(room, page)
    finally:
        page.stop()
        page.close()
        page.deleteLater()


@pytest.fixture
def desk(room: Room) -> Desk:
    made = Desk(room.station, room.registrar)
    made.notice()
    return made


def newest(room: Room) -> ConsentEntry:
    return room.station.consents.entries(room.registrar)[0]


def test_the_whole_way_from_the_terms_to_the_receipt(room: Room, desk: Desk) -> None:
    owner, one, two = desk.owner(), room.camera(), room.camera()
    with seated(room, room.registrar) as seat:
        seat.page.open_new()
        seat.write(owner_id=owner, cameras=one, level="2")
        seat.write(aim_1="front", sight_1="ประตูร้าน", hours="18.00–06.00", purposes=("risk_spot",))
        seat.write(camera_2=two)
        seat.write(aim_2="street")
        seat.page.panel.save()
        entry = newest(room)
        assert [camera.camera_id for camera in entry.row.terms.cameras] == [one, two]
        assert entry.row.terms.hours == ((1080, 360),)
        seat.open(entry.id)
        assert seat.acts() == ["present", "refuse", "void", "form"]
        seat.do("present")
        seat.open(entry.id)
        assert "sign" in seat.acts()
        seat.do("sign")
        seat.scribble("signature")
        seat.write(agreed=True, witness=WITNESS, agreed_data=True)
        seat.scribble("data_signature")
        seat.save_act()
        signed = newest(room)
        assert (signed.state, signed.row.agreed_data, signed.row.signer) == (ConsentState.IN_FORCE, True, PERSON.name)
        kept = {
            paper.name: room.station.consents.paper(room.registrar, signed.id, paper)
            for paper in room.station.consents.papers(room.registrar, signed.id)
        }
        assert not QImage.fromData(kept["signature"]).isNull()
        assert kept["form"].startswith(b"%PDF")
        (preview,) = seat.previews()
        assert any(isinstance(block, QrCode) for block in preview._report.blocks), "the receipt lies ready at once"


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(room: Room, desk: Desk) -> None:
    owner, camera = desk.owner(), room.camera()
    first = desk.signed(camera, owner_id=owner)
    with seated(room, room.registrar) as seat:
        seat.page.open_new()
        seat.write(owner_id=owner, cameras=camera, level="3", purposes=("risk_spot",))
        seat.write(aim_1="front", valid_from="1/1/2569")
        seat.page.panel.save()
        form = seat.page.panel.form
        assert form is not None
        assert "before today" in plain(form.box("valid_from").said)
        seat.write(valid_from="22/11/2026")
        seat.page.panel.save()
        said = plain(form.box("cameras").said)
        assert desk.entry(first).row.number in said
        assert form.box("owner_id").raw() == owner
        seat.write(aim_1="indoor")
        seat.page.panel.save()
        assert "inside a building" in plain(form.box("cameras").said)


def test_a_scan_is_attached_instead_of_a_signature(room: Room, desk: Desk, tmp_path: Path) -> None:
    consent = desk.draft(desk.owner(), room.camera())
    desk.present(consent)
    paper = tmp_path / "หนังสือ.jpg"
    with seated(room, room.registrar) as seat:
        seat.open(consent)
        seat.do("sign")
        seat.write(agreed=True, witness=WITNESS)
        seat.save_act()
        assert "signature is missing" in plain(seat.box("signature").said)
        picker = seat.box("scan").editor
        assert isinstance(picker, FilePicker)
        picker.take(tmp_path / "gone.pdf")
        assert "gone or cannot be read" in plain(seat.box("scan").said)
        paper.write_bytes(SCAN + bytes(MOST_BYTES))
        picker.take(paper)
        assert "larger than 20 MB" in plain(seat.box("scan").said)
        assert seat.box("witness").raw() == WITNESS
        paper.write_bytes(SCAN)
        picker.take(paper)
        assert plain(seat.box("scan").said) == ""
        paper.unlink()
        seat.write(signed_on="22/11/2026")
        seat.save_act()
        assert desk.entry(consent).state is ConsentState.IN_FORCE


def test_a_slip_of_the_hand_is_no_signature_and_it_can_be_wiped() -> None:
    field = SignaturePad()
    pad = field.pad
    pad.resize(300, 130)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 30))
    QTest.mouseMove(pad, QPoint(24, 32))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(24, 32))
    assert field.raw() == ""
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 30))
    QTest.mouseMove(pad, QPoint(200, 60))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 60))
    drawn = field.raw()
    assert drawn
    other = SignaturePad()
    other.set_raw(drawn)
    assert other.raw() == drawn
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert field.raw() == ""
    for each in (field, other):
        each.deleteLater()


def test_anyone_on_duty_withdraws_in_one_step_and_the_confirmation_lies_ready(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)
    live = room.look(one)
    with seated(room, room.officer) as seat:
        seat.open(consent)
        assert seat.acts() == ["pause", "withdraw", "form", "receipt", "sticker", "json"]
        assert not seat.page.spec.may_add
        seat.do("withdraw")
        assert seat.page.act_panel is not None
        assert "cannot be undone" in plain(seat.page.act_panel._title.text())
        seat.save_act()
        assert seat.box("way").said, "how the word came is asked for"
        seat.write(way="phone")
        seat.save_act()
        assert live.picture() is None
        assert desk.entry(consent).state is ConsentState.WITHDRAWN
        assert "Withdrawing does not affect" in seat.strip
        (preview,) = seat.previews()
        assert plain(preview._report.title) == "Confirmation that the link has ended"


def test_one_camera_is_paused_and_resumed(room: Room, desk: Desk) -> None:
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)
    with seated(room, room.lead) as seat:
        seat.open(consent)
        seat.do("pause")
        seat.write(way="phone", camera=two)
        seat.save_act()
        assert room.current(two).paused
        assert not room.current(one).paused
        seat.open(consent)
        seat.do("resume")
        seat.write(way="visit")
        seat.save_act()
        assert seat.page.act_panel is None, [plain(box.said) for box in seat.page.act_panel.form._body.boxes.values()]
        assert not room.current(two).paused


def test_saving_and_printing_the_list_is_journaled_before(
    room: Room, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.signed(room.camera())
    monkeypatch.setattr("console.views.record_output.show_preview", lambda *_shown: None)
    with seated(room, room.officer) as seat:
        seat.page.output.save_csv(tmp_path / "consents.csv", seat.page._query, 1)
        assert room.data("consents.extracted") == [{"how": "csv", "rows": 1}]
        assert PERSON.name in (tmp_path / "consents.csv").read_text("utf-8-sig")
        seat.page.output.print_paper(seat.page._query, 1)
        assert room.data("consents.extracted")[1:] == [{"how": "print", "rows": 1}]


def test_the_owners_word_for_a_new_address(room: Room, desk: Desk) -> None:
    """Until it is written down by another person the list says what rests and what is to be asked."""
    one, two = room.camera(), room.camera()
    consent = desk.signed(one, two)
    for number, camera in enumerate((one, two), start=71):
        room.address(camera, f"rtsp://192.168.9.{number}/live")
    with seated(room, room.registrar) as seat:
        assert state_text(seat.open(consent)) == "Consent in force · link rests"
        assert ask_text(seat.open(consent)) == "new address: ask the owner"
        seat.do("reconfirm")
        seat.write(way="phone")
        seat.save_act()
        assert seat.page.act_panel is not None, "whoever entered the address does not confirm it"
        assert room.current(one).readdressed_by
    with seated(room, room.lead) as seat:
        seat.open(consent)
        seat.do("reconfirm")
        seat.write(way="visit", camera=two)
        seat.save_act()
        assert not room.current(two).readdressed_by
        assert "written down" in plain(seat.page.strip.said)
        seat.open(consent)
        seat.do("reconfirm")
        seat.write(way="phone")
        seat.save_act()
        assert not room.current(one).readdressed_by
        assert "reconfirm" not in [act.key for act in seat.page.spec.acts if act.can(seat.open(consent))]
        assert (state_text(seat.open(consent)), ask_text(seat.open(consent))) == ("Consent in force", "")


def test_a_signed_one_is_replaced_not_edited(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera())
    terms = desk.entry(consent).row.terms
    with seated(room, room.registrar) as seat:
        seat.open(consent)
        form = seat.page.panel.form
        assert form is not None
        # What stands there is what was signed, and nothing of it can be written over.
        assert form._save_button.isHidden()
        assert "Draw up anew" in form._note.text()
        assert all(box.fixed for box in form._body.boxes.values())
        assert form.box("expires_at").read().value == terms.expires_at
        assert [form.box(name).isHidden() for name in ("cameras", "camera_2", "permission_export")] == [
            False,
            True,
            False,
        ]
        seat.do("anew")
        assert not form._save_button.isHidden()
        assert form.box("supersedes").describe(form.box("supersedes").raw()) == desk.entry(consent).row.number
        later = format_date(terms.valid_from + timedelta(days=7))
        seat.write(level="0", valid_from=later)
        seat.page.panel.save()
        assert "dark until this day" in plain(form.box("valid_from").said)
        assert newest(room).id == consent, "asked before anything is stored"
        seat.page.panel.save()
        made = newest(room)
        desk.present(made.id)
        seat.page.sign(desk.entry(made.id))
        assert seat.page.act_panel is not None
        assert "dark until the first day" in plain(seat.page.act_panel.form.box("agreed").field.hint)
        seat.page.close_act()
        made = desk.entry(made.id)
        assert (made.id != consent, made.row.terms.supersedes_id, made.replaces) == (True, consent, "0001/2569")
        assert desk.entry(consent).row.terms.level.value == 3


def test_what_happened_and_which_papers_are_held(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera())
    desk.withdraw(consent, session=room.officer)
    with seated(room, room.registrar) as seat:
        seat.open(consent)
        text = plain(seat.page.panel._panels[0]._text.text())  # type: ignore[attr-defined]  # the panel's own label
        for part in ("Consent signed", WITNESS, "B not given", "by telephone", "Form that was signed", "SHA-256"):
            assert part in text, part
        assert "no longer held" not in text


def test_the_notice_is_read_by_all_and_published_by_few(room: Room, desk: Desk) -> None:
    desk.signed(room.camera())
    with seated(room, room.registrar) as seat:
        seat.page.open_notice()
        seat.write(text="ประกาศฉบับที่ ๒")
        seat.save_act()
        assert "to be asked again" in seat.strip
        assert newest(room).reminder is not None
        assert seat.page.spec.summary is not None
        assert plain(seat.page.spec.summary()).endswith("to be asked again: 1")
    with seated(room, room.officer) as seat:
        seat.page.open_notice()
        assert seat.box("text").fixed
        assert not room.station.dispatcher.may(PublishNotice, room.officer)


def test_a_notice_with_blanks_is_not_printed_and_the_blanks_are_named(room: Room) -> None:
    desk = Desk(room.station, room.registrar)
    draft = desk.run(DraftConsent(**desk.terms(desk.owner(), room.camera())))
    with seated(room, room.registrar) as seat:
        seat.open(draft)
        for act in (seat.page.print_blank, lambda: seat.do("form")):
            act()
            assert "“(DPO) ติดต่อได้ที่”" in seat.strip
            assert "Consents › Notice" in seat.strip
            assert seat.page.findChild(Preview) is None
            seat.page.strip.close_strip()
        seat.page.open_notice()
        seat.save_act()
        assert "Fill in what follows" in plain(seat.box("text").said)
        seat.write(text=filled(room.station.notices.proposal(), BLANKS))
        seat.save_act()
        seat.page.print_blank()
        assert seat.page.findChild(Preview) is not None


def test_a_paper_is_checked_by_its_code(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera())
    number = desk.entry(consent).row.number
    key = room.station.journal.fingerprint()
    with seated(room, room.officer) as seat:
        for code, said in (
            ("https://example.invalid", "not of one of our papers"),
            (f"CCOC1;receipt;XX;{number};{key}", "another station"),
            (f"CCOC1;receipt;SKA;9999/2569;{key}", "No consent"),
            (f"CCOC1;receipt;SKA;{number};{'0' * 64}", "tell the superintendent"),
        ):
            seat.page.check_paper()
            seat.write(code=code)
            seat.save_act()
            assert said in plain(seat.box("code").said), code
        seat.write(code=f"CCOC1;receipt;SKA;{number};{key}")
        seat.save_act()
        assert seat.page.panel.row is not None
        assert seat.page.panel.row.id == consent


def test_papers_and_the_receipt_for_machines(room: Room, desk: Desk, tmp_path: Path) -> None:
    consent = desk.signed(room.camera())
    with seated(room, room.registrar) as seat:
        entry = seat.open(consent)
        for key in ("form", "receipt", "sticker"):
            seat.do(key)
        seat.page.print_blank()
        assert len(seat.previews()) == 4
        receipt = next(each._report for each in seat.previews() if each._report.title == "Receipt of consent")
        proof = room.station.consents.proof(room.registrar, consent)
        codes = [block.text for block in receipt.blocks if isinstance(block, QrCode)]
        assert codes[1:] == [f"1:{proof.heads[0].hash}"]
        seat.page.save_json(entry, proof, tmp_path / "receipt.json")
        record = json.loads((tmp_path / "receipt.json").read_text("utf-8"))
        assert record["header"]["receipt_id"] == entry.row.number
        assert record["pii_processing"]["purposes"][0]["cameras"][0]["first_head"] == codes[1]
        seat.page.save_json(entry, proof, tmp_path / "no folder" / "receipt.json")
        assert "receipt.json" in seat.strip


def test_it_reads_what_is_allowed_and_neither_names_nor_papers(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera())
    with seated(room, room.log_in(Role.IT)) as seat:
        seat.open(consent)
        assert seat.acts() == []
        row, form = seat.page.panel.row, seat.page.panel.form
        assert row is not None
        assert form is not None
        assert "สมหญิง" not in repr(row)
        assert (row.row.signer, row.row.witness, row.owner.facts.phone) == ("", "", "")
        assert set(form.box("owner_id")._options.values()) == {"O-0001"}
        seat.page.filter.box.setText("สมหญิง")
        seat.page._ask()
        assert seat.page.table.records.total == 0, "nor is a name found"


def test_whoever_may_only_stop_is_not_offered_to_resume(room: Room, desk: Desk) -> None:
    consent = desk.signed(room.camera())
    desk.run(PauseConsent(consent_id=consent, way=WithdrawalWay.PHONE))
    for session, offered in ((room.officer, False), (room.registrar, True)):
        with seated(room, session) as seat:
            seat.open(consent)
            assert ("resume" in seat.acts()) is offered
