"""The page of permissions: recording, countersigning, pausing, withdrawing, and everything that was ever permitted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.i18n import plain
from console.i18n.typed import day_begins
from console.kernel import STATION_ZONE, AccessLevel, AuthorityKind, ConsoleError, Purpose, Role, Session
from console.services.authorities import RecordAuthority, Withdrawal
from console.views.authorities import FormerPanel, PermissionsPage, Told, told
from console.views.authority_spec import Permission, withdrawal_text
from console.views.record_spec import Act
from tests.gate.room import TICKED, Room
from tests.shell.record_stage import press, ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


@dataclass
class Seat:
    room: Room
    page: PermissionsPage

    def states(self) -> list[str]:
        model = self.page.table.records
        number = [column.key for column in model.columns].index("standing")
        return [str(model.data(model.index(row, number))) for row in range(model.rowCount())]

    def open(self, camera_id: str) -> Permission:
        self.page.select(camera_id)
        row = self.page.panel.row
        assert row is not None
        return row

    def write(self, **raws: str | bool | tuple[str, ...]) -> None:
        form = self.page.panel.form
        assert form is not None
        for name, raw in raws.items():
            form.box(name).set_raw(raw)
            form.box(name).changed.emit()

    def shown(self) -> set[str]:
        """Return which fields stand in the form now."""
        form = self.page.panel.form
        assert form is not None
        return {name for name, box in form._body.boxes.items() if not box.isHidden()}

    def save(self) -> None:
        self.page.panel.save()

    def said(self, field: str) -> str:
        form = self.page.panel.form
        assert form is not None
        return plain(form.box(field).said)

    def act(self, key: str) -> Act[Permission]:
        return next(act for act in self.page.spec.acts if act.key == key)

    def acts(self) -> list[str]:
        row = self.page.panel.row
        assert row is not None
        return [act.key for act in self.page.spec.acts if act.can(row)]

    def do(self, key: str) -> None:
        row = self.page.panel.row
        assert row is not None
        self.page.panel.run_act(self.act(key), row)
        self.page.panel._strip._answer(0)

    def do_open(self, key: str, row: Permission) -> None:
        opens = self.act(key).open
        assert opens is not None
        opens(row)

    @property
    def strip(self) -> str:
        return plain(self.page.strip.said)


@contextmanager
def seated(room: Room, session: Session | None = None) -> Iterator[Seat]:
    ui = ui_of(room, session, InlineTasks())
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    page = PermissionsPage(ui, room.station)
    page.resize(1270, 720)
    page.show()
    page.start()
    try:
        yield Seat(room, page)
    finally:
        page.stop()
        page.close()
        page.deleteLater()


ALWAYS: dict[str, Any] = {"kind": "agency", "level": "3", "purposes": ("incident", "risk_spot")}


def local_day(day: int, month: int, year: int) -> datetime:
    return day_begins(datetime(year, month, day, tzinfo=STATION_ZONE).date())


# Recording


def test_an_agencys_permission_is_recorded(room: Room) -> None:
    camera = room.camera()
    with seated(room, room.registrar) as seat:
        seat.page.open_new({"camera_id": camera})
        assert "camera_id" in seat.shown()
        seat.write(kind="agency", level="2")
        assert {"hours", "purposes"} <= seat.shown()
        assert "radius_m" not in seat.shown()
        seat.write(hours="22.00–05.00, 12.00–13.00", purposes=("incident",), valid_from="๑/๑๒/๒๕๖๙")
        seat.write(expires_at="30/11/2570", permission_clip=True, reference="ที่ 7/2569")
        seat.save()
        assert "once the superintendent has countersigned" in seat.strip
        row = room.current(camera)
        assert (row.kind, row.level, row.hours) == (AuthorityKind.AGENCY, AccessLevel.HOURS, ((1320, 300), (720, 780)))
        assert (row.valid_from, row.expires_at) == (local_day(1, 12, 2026), local_day(1, 12, 2027))
        ticked = (row.permission_snapshot, row.permission_clip, row.permission_export, row.permission_demonstration)
        assert ticked == (False, True, False, False)
        assert (row.reference, row.purposes) == ("ที่ 7/2569", frozenset({Purpose.INCIDENT}))
        assert seat.page.panel.row is not None
        assert seat.page.panel.row.id == camera, "and the camera stays in sight"
        assert seat.states() == ["Not countersigned"]


def test_hours_and_radius_stand_at_their_own_level_only(room: Room) -> None:
    camera = room.camera()
    with seated(room, room.registrar) as seat:
        seat.page.open_new({"camera_id": camera})
        seat.write(kind="agency", level="2")
        seat.write(hours="18.00–06.00", purposes=("incident",))
        seat.write(level="1")
        assert "hours" not in seat.shown()
        seat.write(radius_m="๓๐๐")
        seat.save()
        row = room.current(camera)
        assert (row.level, row.hours, row.radius_m) == (AccessLevel.INCIDENT, (), 300)
        seat.page.open_new({"camera_id": camera})
        seat.write(kind="agency", level="0")
        assert not {"hours", "radius_m", "purposes"} & seat.shown()
        seat.save()
        assert room.current(camera).level is AccessLevel.REGISTER_ONLY


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"kind": ""}, "kind", "filled in"),
        ({"level": ""}, "level", "filled in"),
        ({"purposes": ()}, "purposes", "filled in"),
        ({"level": "2", "hours": ""}, "hours", "filled in"),
        ({"level": "2", "hours": "22.00–22.00"}, "hours", "same"),
        ({"level": "2", "hours": "22-6"}, "hours", "hours"),
        ({"level": "2", "hours": "25.00–26.00"}, "hours", "hours"),
        ({"level": "1", "radius_m": "0"}, "radius_m", "from 1 to 5000"),
        ({"level": "1", "radius_m": "6000"}, "radius_m", "from 1 to 5000"),
        ({"level": "1", "radius_m": "1.5"}, "radius_m", "whole number"),
        ({"valid_from": ""}, "valid_from", "filled in"),
        ({"valid_from": "31/2/2569"}, "valid_from", "day"),
        ({"valid_from": "1/12/3112"}, "valid_from", ""),
        ({"valid_from": "1/12/2569", "expires_at": "30/11/2569"}, "expires_at", "after the beginning"),
        ({"reference": "ที่\u202e7"}, "reference", "nobody sees"),
        ({"reference": "x" * 201}, "reference", "At most 200"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    room: Room, typed: dict[str, str | tuple[str, ...]], field: str, sentence: str
) -> None:
    camera = room.camera()
    with seated(room, room.registrar) as seat:
        seat.page.open_new({"camera_id": camera})
        seat.write(**ALWAYS)
        seat.write(**typed)
        seat.save()
        assert seat.said(field)
        assert sentence in seat.said(field)
        assert room.station.authorities.history(camera) == []


def test_a_camera_must_be_chosen(room: Room) -> None:
    room.camera()
    with seated(room, room.registrar) as seat:
        seat.page.open_new()
        seat.write(**ALWAYS)
        seat.save()
        assert "filled in" in seat.said("camera_id")


def test_changing_a_permission_records_another_one(room: Room) -> None:
    camera = room.camera()
    more: dict[str, Any] = {"hours": ((1080, 360),), "reference": "ที่ 1", "permission_export": True}
    room.permit(camera, AccessLevel.HOURS, kind=AuthorityKind.AGENCY, **more)
    first = room.current(camera)
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        assert "camera_id" not in seat.shown()
        form = seat.page.panel.form
        assert form is not None
        assert (form.box("hours").raw(), form.box("reference").raw()) == ("18:00–06:00", "ที่ 1")
        assert form.box("permission_export").raw() is True
        assert set(form.box("purposes").raw()) == {purpose.value for purpose in TICKED}  # type: ignore[arg-type]
        seat.write(hours="20.00–04.00")
        seat.save()
    rows = room.station.authorities.history(camera)
    assert [row.hours for row in rows] == [((1080, 360),), ((1200, 240),)]
    assert replace(rows[0], version=first.version) == first, "the signed one stays as it was"


def test_an_own_camera_waits_for_somebody_else(room: Room) -> None:
    camera = room.camera()
    with seated(room, room.registrar) as seat:
        seat.page.open_new({"camera_id": camera})
        seat.write(**(ALWAYS | {"kind": "own"}))
        seat.save()
        assert "once the superintendent has countersigned" in seat.strip
        assert seat.states() == ["Not countersigned"]
        assert "countersign" not in seat.acts()
    with seated(room) as seat:
        seat.open(camera)
        seat.page.panel.run_act(seat.act("countersign"), seat.open(camera))
        assert "Camera of the station, Level 3" in plain(seat.page.panel._strip.said)
        seat.page.panel._strip._answer(0)
        assert seat.states() == ["In force"]
    assert room.current(camera).countersigned_by == room.chief.person_id


def test_who_recorded_it_cannot_countersign(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        seat.page.open_new({"camera_id": camera})
        seat.write(**(ALWAYS | {"kind": "agency"}))
        seat.save()
        seat.open(camera)
        seat.do("countersign")
        assert "another person" in seat.strip or "somebody else" in seat.strip.lower()
        assert room.current(camera).countersigned_by is None


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_an_owner_allows_is_not_typed(room: Room, *, withdrawn: bool) -> None:
    """The kind is not offered; where it stands it is readable, and its terms lead to the consents."""
    camera, bare = room.shop(), room.camera()
    if withdrawn:
        room.withdraw(camera)
    with seated(room, room.registrar) as seat:
        seat.page.open_new({"camera_id": bare})
        form = seat.page.panel.form
        assert form is not None
        assert set(form.box("kind")._options) == {AuthorityKind.AGENCY, AuthorityKind.OWN}
        seat.open(camera)
        assert form.box("kind").raw() == "owner"
        seat.write(permission_snapshot=True)
        seat.save()
        assert "comes from a consent that the owner signed" in seat.said("kind")
    assert len(room.station.authorities.history(camera)) == 1


def test_an_owners_camera_is_not_renamed_own(room: Room) -> None:
    camera = room.shop()
    with seated(room) as seat:
        seat.open(camera)
        seat.write(kind="own")
        seat.save()
        assert seat.said("kind")
        assert room.current(camera).kind is AuthorityKind.OWNER


def test_two_registrars_and_one_camera(room: Room) -> None:
    """Nothing is superseded unseen: the second one sees what stands now, and decides."""
    camera = room.camera()
    room.permit(camera, kind=AuthorityKind.AGENCY)
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.write(level="0")
        room.permit(camera, AccessLevel.INCIDENT, kind=AuthorityKind.AGENCY, radius_m=100)
        seat.save()
        assert len(room.station.authorities.history(camera)) == 2
        form = seat.page.panel.form
        assert form is not None
        conflict = form._conflict
        assert conflict is not None
        conflict.choose("level", mine=True)
        conflict.decide()
        rows = room.station.authorities.history(camera)
        assert [row.level.value for row in rows] == [3, 1, 0]


# What can be done


def test_pause_and_resume(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    with seated(room, room.officer) as seat:
        seat.open(camera)
        assert seat.acts() == ["pause", "withdraw", "camera"], "whoever picks up the telephone does what the owner says"
        seat.do("pause")
        assert seat.states() == ["On pause"]
        assert live.picture() is None
    with seated(room, room.lead) as seat:
        seat.open(camera)
        assert seat.acts() == ["resume", "withdraw", "camera"]
        seat.do("resume")
        assert seat.states() == ["In force"]
    assert room.look(camera).picture() is not None


def test_withdrawing_in_one_step(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    with seated(room, room.registrar) as seat:
        row = seat.open(camera)
        seat.page.panel.run_act(seat.act("withdraw"), row)
        assert "cannot be undone" in plain(seat.page.panel._strip.said)
        assert room.current(camera).withdrawn_at is None
        seat.page.panel._strip._answer(0)
        assert "was ended at 10:01" in seat.strip
        assert "services of the police" in seat.strip
        assert seat.states() == ["Withdrawn by owner"]
        assert seat.acts() == ["camera"]
    assert live.picture() is None
    assert not room.station.cameras.camera(camera).has_address


def test_the_confirmation_stays_until_it_is_closed(room: Room) -> None:
    """It is read to the owner, and names the consoles that are still dark to us: no clock takes it away."""
    camera, other = room.shop(), room.shop()
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.do("withdraw")
        seat.page._fail(ConsoleError("store.unreachable"))
        seat.open(other)
        assert not seat.page.strip._timer.isActive()
        assert "was ended at 10:01" in seat.strip
        assert not seat.page.strip._has_cursor(), "no Enter meant for the list takes it away"
        press(seat.page.table, Qt.Key.Key_Escape)
        assert not seat.strip
        assert seat.page.panel_shown, "one Esc closes one thing"
        seat.do("withdraw")
        seat.page.strip._buttons[0].click()
        assert not seat.strip


def test_the_next_act_takes_the_place_of_a_confirmation(room: Room) -> None:
    camera, other = room.shop(), room.camera()
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.do("withdraw")
        seat.open(other)
        seat.write(kind="own", level="0")
        seat.save()
        assert "once the superintendent has countersigned" in seat.strip
        assert seat.page.strip._timer.isActive()


def test_the_confirmation_names_consoles_that_have_not_answered(room: Room) -> None:
    done = Withdrawal("C001", "หน้าร้าน", room.clock.now(), ("desk-2", "desk-3"))
    assert plain(withdrawal_text(done)).endswith("have not confirmed yet: desk-2, desk-3.")
    assert "not confirmed" not in withdrawal_text(replace(done, waiting=()))


@pytest.mark.usefixtures("_thai")
def test_the_confirmation_is_the_agreed_wording(room: Room) -> None:
    text = plain(withdrawal_text(Withdrawal("C001", "หน้าร้าน", room.clock.now())))
    assert text == (
        "ระบบยุติการเชื่อมโยงกล้อง C001 หน้าร้าน แล้ว เมื่อ 10.01 น. และลบรหัสเข้าถึงแล้ว"
        " ท่านกลับมาเชื่อมโยงได้ทุกเมื่อ การถอนไม่กระทบสิทธิในการรับบริการของตำรวจ"
    )


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.DUTY_OFFICER, ["pause", "camera"]),
        (Role.CAMERA_REGISTRAR, ["pause", "withdraw", "camera"]),
        (Role.SUPERINTENDENT, ["countersign", "pause", "withdraw", "camera"]),
        (Role.IT, ["camera"]),
    ],
)
def test_what_a_role_is_offered(room: Room, role: Role, acts: list[str]) -> None:
    camera = room.camera()
    room.permit(camera, kind=AuthorityKind.AGENCY)
    with seated(room, room.log_in(role)) as seat:
        seat.open(camera)
        assert seat.acts() == acts
        assert seat.page.spec.may_add is (role not in {Role.DUTY_OFFICER, Role.IT})


def test_the_owners_word_for_a_new_address(room: Room) -> None:
    camera = room.shop()
    room.address(camera, "rtsp://192.168.9.71/live")
    with seated(room, room.lead) as seat:
        row = seat.open(camera)
        assert seat.states() == ["New address: ask owner"]
        assert "address changed by" in str(told([row.authority], Told({}, {}), "#888")) if row.authority else False
        seat.do_open("reconfirm", row)
        panel = seat.page.act_panel
        assert panel is not None
        panel.form.box("way").set_raw("phone")
        panel.form.box("way").changed.emit()
        panel.form.save()
        assert not room.current(camera).readdressed_by
        assert "written down" in seat.strip
        assert seat.states() != ["New address: ask owner"]
        assert "reconfirm" not in seat.acts()


# What stands and what stood


def test_every_camera_is_listed_with_how_its_permission_stands(room: Room) -> None:
    room.camera()
    room.permit(room.camera(), kind=AuthorityKind.OWN)
    room.shop(AccessLevel.REGISTER_ONLY, purposes=frozenset())
    room.shop(expires_at=room.clock.now() + timedelta(days=20))
    room.shop(AccessLevel.HOURS, hours=((1080, 360),))
    withdrawn = room.shop()
    room.withdraw(withdrawn)
    with seated(room) as seat:
        assert seat.states() == [
            "No permission",
            "Not countersigned",
            "Registered only",
            "In force",
            "Outside the hours",
            "Withdrawn by owner",
        ]
        for chip, states in {
            "unsigned": ["Not countersigned"],
            "ended": ["Withdrawn by owner"],
            "no_permission": ["No permission"],
            "soon": ["In force"],
            "paused": [],
        }.items():
            seat.page.filter.chips[chip].click()
            assert seat.states() == states, chip
            seat.page.filter.chips[chip].click()
        room.clock.advance(21 * 86_400)
        seat.page.refresh()
        assert seat.states()[3] == "Expired"


def former(seat: Seat) -> FormerPanel:
    """The tab of former permissions, made with the panel."""
    return next(tab for tab in seat.page.panel._panels if isinstance(tab, FormerPanel))


def test_former_permissions_are_told_with_their_terms_and_people(room: Room) -> None:
    camera = room.camera()
    room.countersign(room.permit(camera, kind=AuthorityKind.AGENCY, reference="MOU 1/2569"))
    room.permit(camera, AccessLevel.HOURS, kind=AuthorityKind.AGENCY, hours=((1080, 360),))
    room.withdraw(camera)
    with seated(room) as seat:
        seat.open(camera)
        text = plain(former(seat).text)
        now, before = text.split("superseded")[0], text.split("stands now")[1]
        assert "Level 2 (18:00–06:00)" in now
        assert "Withdrawn" in now
        for told in ("MOU 1/2569", "Level 3 – live round the clock", "camera_registrar", "พ.ต.อ.สมมติ"):
            assert told in before
        assert "Paused" not in text
        other = room.shop()
        room.pause(other)
        seat.page.refresh()
        seat.open(other)
        assert "duty_officer · CCOC duty officer" in plain(former(seat).text), "who paused it, and when"
        bare = room.camera()
        seat.page.refresh()
        seat.open(bare)
        assert former(seat)._states.saying


def test_a_withdrawn_permission_is_offered_anew_from_today(room: Room) -> None:
    camera = room.camera()
    room.permit(camera, kind=AuthorityKind.AGENCY, expires_at=room.clock.now() + timedelta(days=100))
    room.withdraw(camera)
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        form = seat.page.panel.form
        assert form is not None
        assert (form.box("valid_from").raw(), form.box("expires_at").raw()) == ("22/11/2026", "")
        seat.write(permission_snapshot=True)
        seat.save()
        assert seat.states() == ["Not countersigned"]
    made = room.station.authorities.history(camera)[-1]
    assert isinstance(seat.page._recording.command, RecordAuthority)
    assert made.withdrawn_at is None
