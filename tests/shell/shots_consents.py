"""Scenes of the page of consents: an owner of a sample shop, from the terms to the withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.db.notices import publish_notice
from console.db.store import CommandStamp
from console.kernel import AccessLevel, Secret, new_id
from console.services.cameras import SetAddress
from console.services.demo_signature import sample_ink
from console.services.demo_town import CIRCLE
from console.services.notices import OFFERED, default_text
from console.settings import StationSettings
from console.views.authorities import PermissionsPage
from console.views.cameras import CONSENT, PERMISSION, CamerasPage
from console.views.consents import ConsentsPage
from console.views.signature_pad import SignaturePad
from tests.consent_desk import Desk
from tests.shell.shots_pages import to_tab
from tests.shell.shots_town import TownStage

Arrange = Callable[[TownStage], None]
NAME = "นางสาวสาธิต คั่วบด (ตัวอย่าง)"
STROKE = ((30, 80), (60, 30), (90, 95), (120, 40), (150, 90), (190, 50), (240, 85), (300, 60))


def _cameras(stage: TownStage) -> list[str]:
    known = {row.code: row.id for row in stage.room.station.cameras.cameras()}
    return [known[sample.code] for sample in CIRCLE]


def _desk(stage: TownStage) -> Desk:
    return Desk(stage.room.station, stage.session)


def _owner(stage: TownStage, camera_id: str) -> str:
    (owner_id,) = {row.owner_id for row in stage.room.station.cameras.cameras() if row.id == camera_id}
    assert owner_id is not None, "the sample cameras have owners"
    return owner_id


def _waiting(stage: TownStage) -> str:
    """Return a consent that waits for the signature of a sample owner."""
    desk, (camera, _other) = _desk(stage), _cameras(stage)
    consent = desk.draft(_owner(stage, camera), camera, level=AccessLevel.HOURS, hours=((1080, 360),))
    desk.present(consent)
    return consent


def _several(stage: TownStage) -> str:
    """Return one in force, beside others in other states."""
    desk = _desk(stage)
    first, second = _cameras(stage)
    ends = desk.today() + timedelta(days=20)
    other = _owner(stage, second)
    gone = desk.signed(second, owner_id=other)
    desk.withdraw(gone)
    consent = desk.draft(_owner(stage, first), first, expires_at=ends)
    desk.present(consent)
    ink = sample_ink(NAME)
    desk.sign(consent, signer=NAME, signature=ink, agreed_data=True, data_signature=ink)
    desk.draft(other, second, level=AccessLevel.INCIDENT, radius_m=200)
    return consent


def _page(stage: TownStage, consent_id: str = "") -> ConsentsPage:
    page = stage.open("cameras")
    assert isinstance(page, CamerasPage)
    for key in to_tab(CONSENT):
        stage.hands.press(key)
        stage.settle()
    found = page.face(CONSENT)
    assert isinstance(found, ConsentsPage)
    if consent_id:
        found.select(consent_id)
        stage.settle()
    return found


def empty(stage: TownStage) -> None:
    _page(stage)


def listed(stage: TownStage) -> None:
    _several(stage)
    _page(stage)


def one(stage: TownStage) -> None:
    _page(stage, _several(stage))


def happened(stage: TownStage) -> None:
    page = _page(stage, _several(stage))
    page.panel._tabs.setCurrentIndex(1)


def signing(*, wrong: bool = False, low: bool = False) -> Arrange:
    def arrange(stage: TownStage) -> None:
        page = _page(stage, _waiting(stage))
        row = page.panel.row
        assert row is not None
        page.sign(row)
        stage.settle()
        assert page.act_panel is not None
        form = page.act_panel.form
        pad = form.box("signature").editor
        assert isinstance(pad, SignaturePad)
        QTest.mousePress(pad.pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(*STROKE[0]))
        for x, y in STROKE:
            QTest.mouseMove(pad.pad, QPoint(x, y))
        QTest.mouseRelease(pad.pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(*STROKE[-1]))
        form.box("agreed_data").set_raw(raw=True)
        if wrong:
            form.save()
        if low:
            bar = form._body.verticalScrollBar()
            bar.setValue(bar.maximum())

    return arrange


def withdrawing(stage: TownStage) -> None:
    page = _page(stage, _several(stage))
    row = page.panel.row
    assert row is not None
    page.ask_stop(row, "withdraw")


def withdrawn(stage: TownStage) -> None:
    page = _page(stage, _several(stage))
    row = page.panel.row
    assert row is not None
    page.ask_stop(row, "withdraw")
    stage.settle()
    assert page.act_panel is not None
    page.act_panel.form.box("way").set_raw("phone")
    page.act_panel.form.save()


def _moved(stage: TownStage) -> str:
    """Return a consent in force whose camera got another address."""
    consent = _several(stage)
    camera = stage.room.station.cameras.camera(_cameras(stage)[0])
    address = Secret("demo://another")
    stage.room.station.dispatcher.run(
        SetAddress(camera_id=camera.id, version=camera.version, address=address), stage.session
    )
    return consent


def moved(stage: TownStage) -> None:
    page = _page(stage, _moved(stage))
    page.panel._tabs.setCurrentIndex(1)


def confirming(stage: TownStage) -> None:
    page = _page(stage, _moved(stage))
    row = page.panel.row
    assert row is not None
    page.ask_stop(row, "reconfirm")
    stage.settle()
    assert page.act_panel is not None
    page.act_panel.form.box("way").set_raw("phone")
    page.act_panel.form.save()


def resting(stage: TownStage) -> None:
    _moved(stage)
    cameras = stage.open("cameras")
    assert isinstance(cameras, CamerasPage)
    cameras.show_tab(PERMISSION)
    stage.settle()
    page = cameras.face(PERMISSION)
    assert isinstance(page, PermissionsPage)
    page.select(_cameras(stage)[0])


def notice(stage: TownStage) -> None:
    _several(stage)
    _page(stage).open_notice()


def blanks(stage: TownStage) -> None:
    """A notice as the program brings it: nobody filled its blanks."""
    text = default_text(StationSettings())
    stamp = CommandStamp(new_id(), "publish_notice", stage.session)
    stage.room.station.store.submit(lambda tx: publish_notice(tx, text, OFFERED).id, command=stamp)
    cameras = stage.open("cameras")
    assert isinstance(cameras, CamerasPage)
    cameras.show_tab(CONSENT)
    stage.settle()
    page = cameras.face(CONSENT)
    assert isinstance(page, ConsentsPage)
    page.print_blank()


def receipt(stage: TownStage) -> None:
    page = _page(stage, _several(stage))
    row = page.panel.row
    assert row is not None
    page.show_paper(row, "receipt")


def new(stage: TownStage) -> None:
    _waiting(stage)
    _page(stage)
    stage.hands.press("Ctrl+N")


CONSENT_SCENES: dict[str, Arrange] = {
    "consents-empty": empty,
    "consents-list": listed,
    "light-consents-list": listed,
    "consents-row": one,
    "consents-happened": happened,
    "consents-new": new,
    "consents-sign": signing(),
    "consents-sign-end": signing(low=True),
    "consents-sign-wrong": signing(wrong=True, low=True),
    "consents-withdraw": withdrawing,
    "consents-withdrawn": withdrawn,
    "consents-moved": moved,
    "consents-confirm": confirming,
    "permissions-moved": resting,
    "consents-notice": notice,
    "consents-blanks": blanks,
    "consents-receipt": receipt,
}
