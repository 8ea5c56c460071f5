"""The owner's word on the owner's card: one key, one small form, and every chosen camera is dark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.i18n import plain
from console.kernel import (
    RIGHTS,
    Conflict,
    ConsentState,
    Denied,
    DenyReason,
    Right,
    Role,
    WithdrawalWay,
)
from console.services.owner_stop import StopOwner
from console.services.owners import LinkCamera, UnlinkCamera
from console.services.tombstones import buried
from console.views.printing import Preview
from console.views.record_choice import TickList
from tests.consent_desk import PERSON, Desk
from tests.gate.room import Room
from tests.shell.owners_stage import Seat, registered, seated

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


@pytest.fixture
def desk(room: Room) -> Desk:
    return Desk(room.station, room.registrar)


def linked(room: Room, owner: str) -> str:
    """A camera of this owner that is permitted as before consents."""
    camera = room.camera()
    room.run(LinkCamera(owner_id=owner, camera_id=camera), room.registrar)
    room.permit_before(camera)
    return camera


def press_stop(seat: Seat) -> None:
    seat.page.table.select_row(0)
    QTest.keyClick(seat.page.table, Qt.Key.Key_F3)


def tick(seat: Seat, *cameras: str) -> None:
    seat.form.box("camera_ids").set_raw(tuple(sorted(cameras)))
    seat.form.box("camera_ids").changed.emit()


def test_one_key_ends_every_link_of_the_owner_and_the_confirmation_lies_ready(room: Room, desk: Desk) -> None:
    owner = desk.owner()
    consent = desk.signed(room.camera(), owner_id=owner)
    (signed,) = desk.entry(consent).row.camera_ids
    older = linked(room, owner)
    room.run(LinkCamera(owner_id=owner, camera_id=room.own_camera()), room.registrar)
    views = [room.look(signed), room.look(older)]
    mine = room.store.writer
    with seated(room, room.officer) as seat:
        assert not seat.page.spec.may_change, "whoever is on duty does not keep the register"
        press_stop(seat)
        assert seat.form.box("camera_ids").raw() == tuple(sorted((signed, older))), "not what is the station's own"
        ticks = seat.form.box("camera_ids").editor
        assert isinstance(ticks, TickList)
        told = [plain(box.text()) for box in ticks._boxes.values()]
        assert [text.split()[0] for text in told] == ["C001", "C002"], "by code and name, not by what only we know"
        seat.form.save()
        assert seat.said("word"), "nothing is done before it is known what the owner said"
        assert seat.said("way")
        seat.write(word="withdraw", way="phone")
        room.store.writer = replace(mine, id="other-console")  # the same database, seen from another console
        seat.form.save()
        room.store.writer = mine
        assert [live.picture() for live in views] == [None, None]
        assert mine.id in seat.strip, "who has not confirmed is named"
        assert "Withdrawing does not affect" in seat.strip
        (preview,) = [each for each in seat.page.findChildren(Preview) if each._open]
        assert plain(preview._report.title) == "Confirmation that the link has ended"
        told = list(dict(preview._report.facts).values())
        assert desk.entry(consent).row.number in told
        assert PERSON.name in told, "the paper names whom it is handed to"
        preview.close_preview()
        press_stop(seat)
        assert seat.sheet() is None
        assert "No link of this owner" in seat.strip
    assert {stone.camera_id for stone in buried(room.store.place.data_dir)} == {signed, older}
    assert desk.entry(consent).state is ConsentState.WITHDRAWN
    assert [row.data["way"] for row in room.rows("consent.withdrawn")] == ["phone"]
    for role in (Role.DUTY_OFFICER, Role.SUPERINTENDENT):
        assert room.refusal(older, session=room.log_in(role)).reason is DenyReason.WITHDRAWN


def test_one_of_two_cameras_is_paused_and_the_other_goes_on(room: Room) -> None:
    owner = registered(room)
    one, two = linked(room, owner), linked(room, owner)
    views = [room.look(one), room.look(two)]
    with seated(room, room.officer) as seat:
        seat.open(owner)
        QTest.keyClick(seat.page.panel, Qt.Key.Key_F3)
        seat.write(word="pause", way="visit")
        tick(seat)
        seat.form.save()
        assert seat.said("camera_ids")
        tick(seat, one)
        seat.form.save()
        assert seat.sheet() is None
        assert "Paused at" in seat.strip
        assert "No other console" in seat.strip
        assert "C001" in seat.strip
        assert "C002" not in seat.strip
        (preview,) = [each for each in seat.page.findChildren(Preview) if each._open]
        assert plain(preview._report.title) == "Confirmation that the link is paused"
        preview.close_preview()
    assert (views[0].picture(), room.current(one).paused) == (None, True)
    assert not room.current(two).paused
    room.look(two)


def test_who_may_do_it_and_what_is_refused(room: Room) -> None:
    owner, other = registered(room), registered(room, name="ร้านสมมติ")
    camera, own = linked(room, owner), room.own_camera()
    room.run(LinkCamera(owner_id=owner, camera_id=own), room.registrar)

    def word(*cameras: str, of: str = owner, ends: bool = False) -> StopOwner:
        return StopOwner(owner_id=of, camera_ids=frozenset(cameras), way=WithdrawalWay.PAPER, ends=ends)

    for role in Role:
        if Right.STOP_LINK in RIGHTS[role]:
            room.run(word(camera), room.log_in(role))
        else:
            with pytest.raises(Denied):
                room.run(word(camera), room.log_in(role))
    with pytest.raises(Conflict):
        room.run(word(camera, of=other), room.officer)
    with pytest.raises(Denied):
        room.run(word(camera, own, ends=True), room.officer)
    assert room.current(camera).withdrawn_at is None, "nothing is ended by half"
    done = room.run(word(camera, ends=True), room.officer)
    again = room.run(word(camera, ends=True), room.officer)
    assert [each.at for each in again.cameras] == [done.at], "said twice, it is confirmed once more"
    with pytest.raises(Denied):
        room.run(word(camera), room.officer)
    with pytest.raises(Conflict):
        room.run(UnlinkCamera(owner_id=other, camera_id=camera), room.registrar)
    with seated(room, room.log_in(Role.IT)) as seat:
        press_stop(seat)
        assert seat.sheet() is None
        assert "Not permitted" in seat.strip
