"""The page of cameras: register, test, permit, and files of many, over a real store and the real gate."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Fault,
    OwnerType,
    Role,
    Secret,
    StreamFacts,
    TileState,
)
from console.masking import Mask
from console.services.cameras import AddressKind, ArchiveCamera
from console.services.papers import Report, Table
from console.views.cameras import CONSENT, OWNER, PERMISSION, TABS, CamerasPage
from console.views.owners import OwnersFace
from console.views.record_spec import Query
from tests.gate.room import Room
from tests.keyboard import Hands
from tests.shell.cameras_stage import registered, seated

FACTS = StreamFacts("h264", 640, 360, 15.0, "tcp")


pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


# The list


def test_the_list_says_what_is_missing_to_a_picture(room: Room) -> None:
    own, shop, bare = room.own_camera(), room.shop(AccessLevel.HOURS, hours=((1080, 360),)), room.camera()
    room.engine.facts_at_once = FACTS
    room.feeds.probe(room.registrar, own)
    room.feeds.keep()
    with seated(room) as seat:
        assert seat.codes() == ["C001", "C002", "C003"]
        assert [seat.cell(row, "standing") for row in range(3)] == ["In force", "Not tested", "No permission"]
        assert [plain(seat.cell(row, "right")) for row in range(3)] == [
            "Own camera · Level 3",
            "Owner · Level 2 (18:00–06:00)",
            "",
        ]
        for chip, codes in {
            "public": ["C001"],
            "private": ["C002", "C003"],
            "no_permission": ["C003"],
            "linked": ["C001"],
            "inside": [],
        }.items():
            seat.register.filter.chips[chip].click()
            assert seat.codes() == codes, chip
            seat.register.filter.chips[chip].click()
    assert shop
    assert bare


def test_the_filter_finds_owners_labels_and_dates(room: Room) -> None:
    registered(room, "A1", owner_name="ร้านทองสมมติ")
    room.permit(registered(room, "B1", owner_type=OwnerType.TEMPLE))
    with seated(room) as seat:
        for words, codes in {"ทองสมมติ": ["A1"], "temple": ["B1"], "๒๑/๑๑/๒๕๖๙": ["B1"], "nothing": []}.items():
            seat.register.filter.box.setText(words)
            seat.register._ask()
            assert seat.codes() == codes, words


def test_three_counts_stand_above_both_lists(room: Room) -> None:
    camera = room.shop()
    room.camera()
    with seated(room) as seat:
        counts = seat.page.counts.labels
        assert [plain(part.text()) for part in counts] == ["Registered 2", "Linked 0", "Online 0"]
        live = room.look(camera)
        room.stream(live).tell(TileState.LIVE, facts=FACTS)
        room.feeds.keep()
        seat.page._look_again()
        assert [plain(part.text()) for part in counts] == ["Registered 2", "Linked 1", "Online 1"]
        assert "five minutes" in counts[2].toolTip()


def test_an_empty_register_offers_the_first_step(room: Room) -> None:
    with seated(room) as seat:
        assert seat.register.states.saying
        seat.register.states.step_taken.emit()
        assert seat.register.panel.isVisible()
        assert seat.register.panel.row is None


# The form


def test_a_camera_is_registered_with_its_addresses(room: Room) -> None:
    with seated(room) as seat:
        seat.register.open_new()
        seat.write(code="SK-001", name="หน้าร้านทอง", owner_type="shop", owner_name="นายสมมติ", lat="๗.๒", lon="100.6")
        seat.write(connection="wireguard", zone="inside", address="rtsp://10.0.0.1/a", sub_address="rtsp://10.0.0.1/b")
        seat.write(user="admin", password="ความลับ")
        seat.save()
        assert seat.codes() == ["SK-001"]
        assert "registered" in seat.strip
        (row,) = room.station.cameras.cameras()
        assert (row.lat, row.owner_name, row.has_address, row.has_sub_address) == (7.2, "นายสมมติ", True, True)
        entry = seat.open(row.id)
        assert entry.camera == row
        form = seat.register.panel.form
        assert form is not None
        for name in ("address", "sub_address"):
            editor = form.box(name).editor
            assert isinstance(editor, QLineEdit)
            assert (editor.text(), editor.echoMode()) == ("", QLineEdit.EchoMode.Password)
            assert "stored" in editor.placeholderText()
        seat.write(name="ใหม่")
        seat.save()
        changed = room.station.cameras.camera(row.id)
        assert (changed.name, changed.has_address, changed.has_sub_address) == ("ใหม่", True, True)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"code": ""}, "code", "filled in"),
        ({"code": "C001"}, "code", "already has this code"),
        ({"code": "C 9"}, "code", "letters or marks"),
        ({"name": "ร้าน\u202eทอง"}, "name", "nobody sees"),
        ({"name": "ก" * 201}, "name", "At most 200"),
        ({"lat": "7.2"}, "lon", "both latitude and longitude"),
        ({"lat": "91", "lon": "100"}, "lat", "from -90 to 90"),
        ({"lat": "เจ็ด", "lon": "100"}, "lat", "number"),
        ({"address": "ftp://10.0.0.1/x"}, "address", "Only rtsp"),
        ({"address": "rtsp://10.0.0.1/a", "sub_address": "file:///x"}, "sub_address", "Only rtsp"),
        ({"sub_address": "rtsp://10.0.0.1/a"}, "sub_address", "main address too"),
        ({"password": "geheim"}, "password", "together with the address"),
    ],
)
def test_what_is_wrong_stands_at_its_field(room: Room, typed: dict[str, str], field: str, sentence: str) -> None:
    room.camera()
    with seated(room) as seat:
        seat.register.open_new()
        seat.write(code="SK-001", name="หน้าร้านทอง", owner_type="shop")
        seat.write(**typed)
        seat.save()
        assert sentence in seat.said(field)
        assert seat.codes() == ["C001"]
        form = seat.register.panel.form
        assert form is not None
        assert form.is_dirty()


def test_a_place_outside_thailand_is_asked_about_once(room: Room) -> None:
    with seated(room) as seat:
        seat.register.open_new()
        seat.write(code="SK-001", name="x", owner_type="shop", lat="100.6", lon="7.2")
        seat.save()
        assert "from -90 to 90" in seat.said("lat")
        seat.write(lat="51.5", lon="0.1")
        seat.save()
        assert "outside Thailand" in seat.said("lat")
        assert seat.codes() == []
        seat.save()
        assert seat.codes() == ["SK-001"]


def test_a_pasted_name_of_two_lines_becomes_one(room: Room) -> None:
    with seated(room) as seat:
        seat.register.open_new()
        form = seat.register.panel.form
        assert form is not None
        editor = form.box("name").editor
        assert isinstance(editor, QLineEdit)
        QApplication.clipboard().setText("หน้าร้าน\nทอง")
        editor.setFocus()
        editor.paste()
        assert editor.text() == "หน้าร้าน ทอง"


def test_masks_are_not_lost_by_a_change_of_the_name(room: Room) -> None:
    camera = room.camera(masks=(Mask.rectangle(0, 0, 100, 100),))
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.write(name="ใหม่")
        seat.save()
        row = room.station.cameras.camera(camera)
        assert (row.name, row.masks) == ("ใหม่", (Mask.rectangle(0, 0, 100, 100),))


# What can be done


def test_a_connection_test_says_what_it_found(room: Room) -> None:
    camera = room.shop()
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        room.engine.facts_at_once = FACTS
        seat.do("probe")
        assert (
            "C001 กล้อง C001 answers: h264, 640x360, 15 pictures a second, tcp. The connection is tested." in seat.strip
        )
        room.feeds.keep()
        seat.register.refresh()
        assert seat.cell(0, "standing") == "In force"
        room.engine.fault_at_once = Fault.UNAUTHORISED
        seat.do("probe")
        assert "user name or password is not correct" in seat.strip
        assert seat.register._probe is None, "another test may begin"


def test_both_streams_are_tested(room: Room) -> None:
    camera = room.shop()
    room.address(camera, "rtsp://10.7.7.7/sub", AddressKind.SUB)
    room.engine.facts_at_once = FACTS
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.do("probe")
        assert "sub stream: h264" in seat.strip
        assert "main stream: h264" in seat.strip
        dialled = [stream.request.address.reveal() for stream in room.engine.streams]
        assert [url.rpartition("/")[2] for url in dialled] == ["sub", "live"]


def test_a_test_is_refused_in_words_and_can_be_stopped(room: Room) -> None:
    camera = room.camera()
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.do("probe")
        assert "no right to look is recorded" in seat.strip
        room.permit(camera)
        seat.tasks.hold = True
        seat.do("probe")
        assert "waiting for the camera to answer, 0 s" in seat.strip
        seat.do("probe")
        assert len(seat.tasks.held) == 1, "one test at a time"
        seat.register.strip.leave()
        seat.tasks.let_go()
        assert "stopped" in seat.strip
    assert room.engine.streams[-1].closed


def test_an_archived_camera_leaves_the_register(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.register.panel.run_act(seat.act("archive"), seat.open(camera))
        assert "It can be brought back, but not its addresses." in plain(seat.register.panel._strip.said)
        seat.register.panel._strip.leave()
        assert seat.codes() == ["C001"]
        seat.do("archive")
        assert seat.codes() == []
    assert live.picture() is None


def test_an_archived_camera_is_listed_by_its_chip_and_brought_back(room: Room) -> None:
    camera = room.shop()
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        seat.do("archive")
        seat.register.filter.chips["archived"].click()
        assert seat.codes() == ["C001"]
        entry = seat.open(camera)
        assert [act.key for act in seat.register.spec.acts if act.can(entry)] == ["owner", "restore"]
        seat.do("restore")
        assert "is back in the register" in seat.strip
        assert seat.codes() == []
        seat.register.filter.chips["archived"].click()
        assert seat.codes() == ["C001"]
    assert not room.station.cameras.camera(camera).archived
    with seated(room, room.officer) as seat:
        assert not seat.act("restore").can(entry), "for whoever registers cameras"


def test_the_superintendent_allows_and_forbids_it_unencrypted(room: Room) -> None:
    camera = room.shop()
    with seated(room) as seat:
        seat.open(camera)
        assert "forbid_unencrypted" not in seat.acts()
        seat.do("allow_unencrypted")
        assert room.station.cameras.camera(camera).unencrypted_override
        seat.open(camera)
        seat.do("forbid_unencrypted")
        assert not room.station.cameras.camera(camera).unencrypted_override
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        assert "allow_unencrypted" not in seat.acts()


def test_the_sub_address_can_be_removed(room: Room) -> None:
    camera = room.shop()
    with seated(room, room.registrar) as seat:
        seat.open(camera)
        assert "one_address" not in seat.acts()
        room.address(camera, "rtsp://10.7.7.7/sub", AddressKind.SUB)
        seat.register.refresh()
        seat.open(camera)
        seat.do("one_address")
    assert not room.station.cameras.camera(camera).has_sub_address


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.DUTY_OFFICER, ["probe", "permission", "owner", "masks"]),
        (Role.CAMERA_REGISTRAR, ["probe", "permission", "owner", "archive"]),
        (Role.IT, ["permission", "owner", "archive"]),
        (Role.SUPERINTENDENT, ["probe", "permission", "owner", "masks", "archive", "allow_unencrypted"]),
    ],
)
def test_what_a_role_is_offered(room: Room, role: Role, acts: list[str]) -> None:
    camera = room.shop()
    with seated(room, room.log_in(role)) as seat:
        seat.open(camera)
        assert seat.acts() == acts
        writes = role is not Role.DUTY_OFFICER
        assert seat.register.spec.may_add is writes
        texts = [plain(button.text()) for button in seat.register.findChildren(type(seat.register.print_button))]
        assert ("From a file" in texts) is writes


def test_who_may_not_write_reads(room: Room) -> None:
    camera = room.shop()
    with seated(room, room.officer) as seat:
        seat.open(camera)
        form = seat.register.panel.form
        assert form is not None
        assert all(box.field.fixed for box in form._body.boxes.values())
        seat.write(name="anders")
        assert not form.is_dirty()
        assert plain(form._note.text()).endswith(
            "changed by: Superintendent, Camera registrar, System administrator (IT)."
        )
        assert form._save_button.isHidden()
        assert form.box("address").editor.property("placeholderText") == "stored"
        seat.register.panel.save()
        assert room.station.cameras.camera(camera).name != "anders"
        permission = seat.page.permissions.panel.form
        assert permission is not None
        assert all(box.field.fixed for box in permission._body.boxes.values())


def test_beside_the_panel_the_first_columns_are_whole(room: Room) -> None:
    camera = room.shop()
    with seated(room) as seat:
        table = seat.register.table
        keys = [column.key for column in table.records.columns]
        assert not any(table.isColumnHidden(number) for number in range(len(keys)))
        seat.open(camera)
        QApplication.processEvents()
        hidden = [key for number, key in enumerate(keys) if table.isColumnHidden(number)]
        assert hidden == keys[len(keys) - len(hidden) :]
        assert set(hidden) <= {"owner", "zone", "connection"}
        assert hidden
        assert table.columnWidth(0) >= table.fontMetrics().horizontalAdvance("SK-0001") + 20
        seat.register.panel.try_close()
        QApplication.processEvents()
        assert not any(table.isColumnHidden(number) for number in range(len(keys)))


def test_a_camera_changed_meanwhile_is_no_lost_work(room: Room) -> None:
    camera = room.camera()
    with seated(room) as seat:
        entry = seat.open(camera)
        seat.write(name="ของฉัน")
        room.run(ArchiveCamera(camera_id=camera, version=entry.version), room.registrar)
        seat.save()
        form = seat.register.panel.form
        assert form is not None
        assert room.station.cameras.camera(camera).archived
        assert form.box("name").raw() == "ของฉัน"


# Tabs


def tab(page: CamerasPage) -> str:
    key, _name = TABS[page.tabs.currentIndex()]
    return key


def test_the_tabs_by_keyboard_and_from_a_camera_to_its_permission(room: Room, qtbot: QtBot) -> None:
    one, other = room.camera(), room.shop()
    with seated(room) as seat:
        seat.page.activateWindow()
        qtbot.waitUntil(seat.page.isActiveWindow)
        hands = Hands(seat.page)
        hands.press("Ctrl+Tab")
        assert tab(seat.page) == OWNER
        owners = seat.page.face(OWNER)
        assert isinstance(owners, OwnersFace)
        # The tabs inside it are on the way.
        hands.press("Ctrl+Tab", "Ctrl+Tab")
        assert (tab(seat.page), owners.bar.currentIndex()) == (OWNER, 2)
        hands.press("Ctrl+Tab")
        assert tab(seat.page) == CONSENT
        hands.press("Ctrl+Shift+Tab", "Ctrl+PgUp", "Ctrl+PgUp")
        assert (tab(seat.page), owners.bar.currentIndex()) == (OWNER, 0)
        hands.press("Ctrl+PgUp")
        assert seat.page.tabs.currentIndex() == 0
        QTest.keyClick(seat.page, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
        assert seat.page.tabs.currentIndex() == len(TABS) - 1
        QTest.keyClick(seat.page, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        assert seat.page.tabs.currentIndex() == 0
        seat.open(other)
        seat.do("permission")
        assert tab(seat.page) == PERMISSION
        row = seat.page.permissions.panel.row
        assert row is not None
        assert row.id == other
        act = next(act for act in seat.page.permissions.spec.acts if act.key == "camera")
        seat.page.permissions.panel.run_act(act, row)
        assert seat.page.tabs.currentIndex() == 0
        seat.page.go_to(("permission", one))
        assert tab(seat.page) == PERMISSION
        seat.page.go_to(one)
        assert seat.register.panel.row is not None
        assert seat.register.panel.row.id == one
        seat.page.go_to(7)


# Paper


def test_the_paper_counts_the_same_three_ways(room: Room) -> None:
    camera = room.shop(AccessLevel.HOURS, hours=((0, 1439),))
    paused = room.shop()
    room.pause(paused)
    room.engine.facts_at_once = FACTS
    for each in (camera, paused):
        room.feeds.probe(room.registrar, each)
    room.feeds.keep()
    with seated(room) as seat:
        made = seat.register.spec.report
        assert made is not None
        paper: Report = made(room.station.register.entries(), Query())
        assert [value for _name, value in paper.facts] == ["2 cameras", "1 cameras", "1 cameras"]
        (table,) = [block for block in paper.blocks if isinstance(block, Table)]
        assert "Level 2" in plain(table.rows[0][5])
        assert table.rows[1][5] == "no permission in force"


def test_a_secret_is_shown_nowhere_on_the_page(room: Room) -> None:
    camera = registered(
        room,
        "A1",
        address=Secret("rtsp://chef:geheimwort@10.8.0.5/canary"),
        sub_address=Secret("rtsp://chef:geheimwort@10.8.0.5/sub-canary"),
    )
    room.permit(camera, kind=AuthorityKind.OWNER)
    with seated(room) as seat:
        seat.open(camera)
        texts = [str(widget.property("text")) for widget in seat.page.findChildren(QLineEdit)]
        texts += [seat.cell(0, column.key) for column in seat.register.table.records.columns]
        shown = " ".join(texts)
        for secret in ("geheimwort", "canary", "10.8.0.5"):
            assert secret not in shown
