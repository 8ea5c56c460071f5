"""The page of owners: register, path to consent, photos and cameras, over a real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from console.i18n import plain
from console.kernel import OwnerType, Party, Role, StepKind, Zone
from console.services.owner_path import AddStep, AttachPhoto
from console.services.owners import LinkCamera
from console.views.owner_path import StepView
from console.views.photos import SmallPhoto, decoded
from tests.features.test_owners import today
from tests.gate.room import Room
from tests.shell.owners_stage import photo_file, registered, seated

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


def step(room: Room, owner: str, kind: StepKind = StepKind.BRIEFING, days_ago: int = 1, **more: object) -> str:
    made: str = room.run(
        AddStep(owner_id=owner, kind=kind, day=today(room, -days_ago), **more),  # type: ignore[arg-type]  # the command's own fields
        room.registrar,
    )
    return made


def test_the_list_tells_stage_cameras_and_the_next_step(room: Room) -> None:
    first = registered(room, community="นครใน", zone=Zone.INSIDE, phone="0000000001")
    second = registered(room, name="ร้านสมมติ", owner_type=OwnerType.SHOP)
    camera = room.camera()
    room.run(LinkCamera(owner_id=first, camera_id=camera), room.registrar)
    room.permit(camera)
    step(room, second, StepKind.REFUSED, next_step="โทร", next_day=today(room))
    with seated(room) as seat:
        assert seat.cells("number") == ["O-0001", "O-0002"]
        stages = list(map(plain, seat.cells("stage")))
        assert stages == ["Consent given", "First contact made – consent refused"]
        assert [plain(text) for text in seat.cells("cameras")] == ["1, linked 0", "–"]
        assert "โทร" in plain(seat.cells("next")[1])
        assert "next steps due: 1" in plain(seat.page.head.summary.text())
        for chip, names in {
            "due": ["ร้านสมมติ"],
            "open": ["ร้านสมมติ"],
            "unwilling": ["ร้านสมมติ"],
            "linked": [],
            "archived": [],
            "inside": ["นางสมมติ ใจดี"],
        }.items():
            seat.page.filter.chips[chip].click()
            assert [plain(name) for name in seat.cells("name")] == names, chip
            seat.page.filter.chips[chip].click()
        seat.page.filter.box.setText("c001")
        seat.page._ask()
        assert seat.cells("number") == ["O-0001"], "found by the camera"


def test_an_owner_is_registered_and_what_is_wrong_stands_at_its_field(room: Room) -> None:
    registered(room, phone="000-000-0001")
    with seated(room) as seat:
        assert not seat.page.states.saying
        seat.page.open_new()
        seat.write(party="company", owner_type="shop", name="บริษัท สมมติ จำกัด", phone="12")
        seat.page.panel.save()
        assert "filled in" in seat.said("authorised_person")
        seat.write(authorised_person="นายผู้แทน", authorised_position="กรรมการ")
        seat.page.panel.save()
        assert "no telephone number" in seat.said("phone")
        seat.write(phone="๐๐๐ ๐๐๐ ๐๐๐๑")
        seat.page.panel.save()
        assert "O-0001 นางสมมติ ใจดี" in seat.said("phone"), "somebody has this telephone already"
        seat.page.panel.save()
        assert seat.cells("number") == ["O-0001", "O-0002"]
        assert "registered" in seat.strip
        (_first, second) = room.station.owners.lines(room.registrar)
        assert (second.row.party, second.row.facts.phone) == (Party.COMPANY, "000 000 0001")


def test_a_minor_needs_a_guardian_and_the_year_of_the_twentieth_birthday_is_asked_about(room: Room) -> None:
    year = today(room).year
    with seated(room) as seat:
        seat.page.open_new()
        seat.write(party="person", owner_type="home", name="เด็กสมมติ", birth_year=str(year - 15 + 543))
        seat.page.panel.save()
        assert "under 20" in seat.said("guardian")
        seat.write(birth_year=str(year - 20))
        seat.page.panel.save()
        assert "turns 20 in this year" in seat.said("birth_year")
        seat.write(guardian="นายพ่อ สมมติ")
        seat.page.panel.save()
        (line,) = room.station.owners.lines(room.registrar)
        assert (line.row.facts.birth_year, line.row.facts.guardian) == (year - 20, "นายพ่อ สมมติ")


def test_archiving_warns_and_the_archive_brings_back(room: Room) -> None:
    owner = registered(room)
    with seated(room) as seat:
        row = seat.open(owner)
        act = next(act for act in seat.page.spec.acts if act.key == "archive")
        seat.page.panel.run_act(act, row)
        assert seat.page.panel._strip.asks
        seat.page.panel._strip._answer(0)
        assert seat.cells("number") == []
        seat.page.filter.chips["archived"].click()
        assert seat.cells("number") == ["O-0001"]
        row = seat.open(owner)
        assert [act.key for act in seat.page.spec.acts if act.can(row)] == ["restore"]
        seat.page.panel.run_act(next(act for act in seat.page.spec.acts if act.key == "restore"), row)
        assert len(room.station.owners.lines(room.registrar)) == 1


# The path


def test_steps_are_recorded_corrected_and_struck(room: Room) -> None:
    owner = registered(room)
    with seated(room) as seat:
        seat.open(owner)
        path = seat.page.path
        assert path is not None
        assert "No step yet" in plain(path.states.saying)
        path.states.step_taken.emit()
        assert seat.sheet() is not None
        seat.write(kind="first_contact", result="สนใจ", next_day="1/1/2028")
        seat.form.save()
        assert "what is to be done" in seat.said("next_step")
        seat.write(next_step="เชิญดูห้อง")
        seat.form.save()
        assert seat.sheet() is None
        assert "recorded" in seat.strip
        (view,) = path.steps
        assert dict(view.step.facts)["Result"] == "สนใจ"
        assert seat.cells("stage") == ["First contact made"]
        tool(view, "correct").click()
        sheet = seat.sheet()
        assert sheet is not None
        assert "Correct the step" in plain(sheet._title.text())
        seat.write(result="สนใจมาก")
        seat.form.save()
        assert plain(dict(path.steps[0].step.facts)["Result"]) == "สนใจมาก"
        tool(path.steps[0], "strike").click()
        seat.form.save()
        assert "filled in" in seat.said("reason")
        seat.write(reason="ผิดคน")
        seat.form.save()
        assert "ผิดคน" in map(plain, dict(path.steps[0].step.facts).values())
        assert path.steps[0].findChildren(QToolButton) == [], "nothing more is done with it"
        assert seat.cells("stage") == ["Not contacted yet"]


def tool(view: StepView, key: str) -> QToolButton:
    return next(button for button in view.findChildren(QToolButton) if button.property("key") == key)


def test_photos_are_shown_small_and_large_and_a_missing_one_breaks_nothing(room: Room, tmp_path: Path) -> None:
    owner = registered(room)
    made = step(room, owner)
    with seated(room) as seat:
        seat.open(owner)
        path = seat.page.path
        assert path is not None
        line = path.steps[0].step.line
        path.attach(line, photo_file(tmp_path, size=(1200, 1600)))
        (shown,) = path.steps[0].step.photos
        assert shown.image is not None
        assert shown.image.height() <= 99
        path.steps[0].findChildren(SmallPhoto)[0].click()
        large = seat.large()
        assert large is not None
        assert large.isVisible()
        QTest.keyClick(large, Qt.Key.Key_Escape)
        assert seat.large() is None
        (tmp_path / "fake.jpg").write_bytes(b"MZ this is a program")
        path.attach(path.steps[0].step.line, tmp_path / "fake.jpg")
        assert "no picture" in seat.strip
        file = next(each for each in (room.data_dir / "attachments").rglob("*") if each.is_file())
        file.unlink()
        path.read()
        (shown,) = path.steps[0].step.photos
        assert shown.image is None
        assert "not on this computer" in shown.problem
        path.steps[0].findChildren(SmallPhoto)[0].click()
        large = seat.large()
        assert large is not None
        assert "not on this computer" in large.text
        large.remove_wanted.emit(shown.name)
        assert path.steps[0].step.photos == ()
        assert room.station.owner_path.steps(owner, room.registrar)[0].id == made


@pytest.mark.qt_log_ignore("Unsupported marker")
def test_what_is_no_picture_inside_is_not_decoded(tmp_path: Path) -> None:
    content = photo_file(tmp_path, "small.png", (40, 30)).read_bytes()
    image = decoded(content, QSize(100, 100))
    assert image is not None
    assert (image.width(), image.height()) == (40, 30)
    assert decoded(content[:40], QSize(100, 100)) is None
    assert decoded(b"\xff\xd8\xff nothing more", QSize(100, 100)) is None
    wide = photo_file(tmp_path, "wide.png", (20_001, 1)).read_bytes()
    assert decoded(wide, QSize(100, 100)) is None


# Cameras


def test_cameras_are_added_and_parted_where_the_permission_lets_them(room: Room) -> None:
    owner, free, shop = registered(room), room.camera(), room.camera()
    room.permit_before(shop)
    wanted: list[str] = []
    with seated(room) as seat:
        seat.page.camera_wanted.connect(wanted.append)
        seat.open(owner)
        cameras = seat.page.cameras
        assert cameras is not None
        assert "No camera yet" in plain(cameras.states.saying)
        for camera in (free, shop):
            seat.page.panel.run_act(next(act for act in seat.page.spec.acts if act.key == "link"), seat.open(owner))
            seat.write(camera_id=camera)
            seat.form.save()
        assert [plain(text) for text in seat.cells("cameras")] == ["2, linked 0"]
        buttons = [button for button in cameras.findChildren(QToolButton) if button.property("camera") == free]
        buttons[0].click()
        assert wanted == [free]
        buttons[1].click()
        assert seat.page.strip.asks
        seat.page.strip._answer(0)
        assert [plain(text) for text in seat.cells("cameras")] == ["1, linked 0"]
        cameras.part(shop)
        assert "Withdraw it first" in seat.strip


# Who reads what


def test_a_duty_officer_reads_whom_to_call_and_changes_nothing(room: Room) -> None:
    owner = registered(room, phone="000-000-0001", address="บ้านเลขที่ 1", note="พบช่วงบ่าย")
    step(room, owner, next_step="โทร", next_day=today(room))
    with seated(room, room.officer) as seat:
        row = seat.open(owner)
        assert seat.cells("phone") == ["000-000-0001"]
        assert "next" not in [column.key for column in seat.page.table.records.columns]
        assert "due" not in seat.page.filter.chips
        assert "due" not in plain(seat.page.head.summary.text())
        form = seat.page.panel.form
        assert form is not None
        assert set(form._body.boxes).isdisjoint({"address", "note", "email", "birth_year"})
        assert seat.page.path is None
        assert seat.page.panel.history is None
        assert [act.key for act in seat.page.spec.acts if act.can(row)] == []
    with seated(room, room.log_in(Role.IT)) as seat:
        assert "name" not in [column.key for column in seat.page.table.records.columns]
        assert "สมมติ" not in plain(seat.page.spec.form.title(seat.open(owner)))  # type: ignore[union-attr]  # it has one


def test_saving_the_list_is_journaled_before(room: Room, tmp_path: Path) -> None:
    registered(room)
    with seated(room) as seat:
        seat.page.output.save_csv(tmp_path / "owners.csv", seat.page._query, 1)
        assert room.data("owners.extracted") == [{"how": "csv", "rows": 1}]
        assert "นางสมมติ ใจดี" in (tmp_path / "owners.csv").read_text("utf-8-sig")


def test_two_consoles_adding_a_photo_to_one_step_meet(room: Room, tmp_path: Path) -> None:
    owner = registered(room)
    made = step(room, owner)
    with seated(room) as seat:
        seat.open(owner)
        path = seat.page.path
        assert path is not None
        line = path.steps[0].step.line
        other = AttachPhoto(step_id=made, version=1, path=photo_file(tmp_path, "one.jpg"))
        room.run(other, room.lead)
        path.attach(line, photo_file(tmp_path, "two.jpg", (80, 60)))
        assert "Somebody else changed" in seat.strip
        assert len(path.steps[0].step.photos) == 1
