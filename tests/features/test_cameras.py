"""The camera register: rules of the form, addresses, and files of many."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.kernel import Conflict, ConsoleError, Denied, DenyReason, Invalid, Mask, OwnerType, Secret
from console.services.cameras import ArchiveCamera, ChangeCamera, RegisterCamera, SetAddress
from tests.gate.room import Room

MASK = Mask(0, 0, 100, 100)


def change(room: Room, camera_id: str, **changes: object) -> ChangeCamera:
    row = room.station.cameras.camera(camera_id)
    known = {
        "code": row.code,
        "name": row.name,
        "owner_type": row.owner_type,
        "masks": row.masks,
        "version": row.version,
    }
    return ChangeCamera(camera_id=camera_id, **(known | changes))  # type: ignore[arg-type]


def test_register_and_change(room: Room) -> None:
    camera = room.camera()
    row = room.station.cameras.camera(camera)
    assert row.has_address
    room.run(change(room, camera, name="หน้าร้านทองถนนนครใน"), room.registrar)
    assert room.station.cameras.camera(camera).name == "หน้าร้านทองถนนนครใน"
    with pytest.raises(Conflict):
        room.run(change(room, camera, version=1), room.registrar)
    assert room.station.cameras.by_code(row.code) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"lat": 7.0},
        {"lat": None, "lon": 100.0},
        {"masks": (Mask(5, 5, 5, 9),)},
        {"masks": (Mask(0, 0, 1001, 9),)},
        {"masks": tuple(Mask(0, 0, 1, edge) for edge in range(1, 18))},
    ],
)
def test_what_one_field_cannot_tell(room: Room, fields: dict[str, object]) -> None:
    command = RegisterCamera(code="X", name="x", owner_type=OwnerType.SHOP, **fields)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        room.run(command, room.registrar)


@pytest.mark.parametrize("field", ["code", "name", "place"])
@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u202e", "\u00ad", "\ufeff", "\u2066"])
def test_signs_that_nobody_sees_are_refused(room: Room, field: str, sign: str) -> None:
    texts = {"code": "AB", "name": "x", "place": "x"} | {field: f"A{sign}B"}
    with pytest.raises(Invalid) as wrong:
        room.run(RegisterCamera(owner_type=OwnerType.SHOP, **texts), room.registrar)  # type: ignore[arg-type]
    assert wrong.value.fields == {field: "field.pattern"}


def test_thai_word_breaks_are_no_unseen_signs(room: Room) -> None:
    name = "ตลาด\u200bกิม\u200cห\u200dยง"
    camera = room.run(RegisterCamera(code="A1", name=name, owner_type=OwnerType.SHOP), room.registrar)
    assert room.station.cameras.camera(camera).name == name


def test_codes_are_unique(room: Room) -> None:
    one, other = room.camera(), room.camera()
    code = room.station.cameras.camera(one).code
    with pytest.raises(Invalid):
        room.run(RegisterCamera(code=code, name="x", owner_type=OwnerType.SHOP), room.registrar)
    with pytest.raises(Invalid):
        room.run(change(room, other, code=code), room.registrar)


def test_a_mask_is_taken_off_by_the_superintendent_only(room: Room) -> None:
    camera = room.camera(masks=(MASK,))
    with pytest.raises(Denied):
        room.run(change(room, camera, masks=()), room.registrar)
    room.run(change(room, camera, masks=()), room.chief)
    assert room.station.cameras.camera(camera).masks == ()


def test_archive(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    row = room.station.cameras.camera(camera)
    room.run(ArchiveCamera(camera_id=camera, version=row.version), room.registrar)
    assert live.picture() is None
    assert room.refusal(camera).reason is DenyReason.UNKNOWN_CAMERA
    assert [row.id for row in room.station.cameras.cameras(archived=True)] == [camera]
    with pytest.raises(Invalid):
        room.permit(camera)


def test_a_log_in_in_its_own_fields(room: Room) -> None:
    camera = room.shop()
    canary = 'p@ss:/?#%é"'
    row = room.station.cameras.camera(camera)
    command = SetAddress(
        camera_id=camera,
        version=row.version,
        address=Secret("rtsp://old:word@10.3.3.3/live"),
        user=Secret("เจ้าของ"),
        password=Secret(canary),
    )
    room.run(command, room.registrar)
    url = room.stream(room.look(camera)).request.address.reveal()
    assert url.endswith("@10.3.3.3/live")
    assert canary not in url
    assert "old" not in url
    rows = room.rows()
    assert canary not in str(rows)
    assert "10.3.3.3" not in str(rows)


def test_a_new_address_reopens_the_view(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    room.address(camera, "rtsp://10.4.4.4/other")
    assert live.picture() is None
    assert room.stream(room.look(camera)).request.address.reveal() == "rtsp://10.4.4.4/other"


# Files


def test_import(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_text(
        "Code;Name;Place;Owner_Type;Lat;Lon;Address;User;Password\n"
        "A1;ร้านทอง;ถนนนครใน;bank_or_gold;7.2;100.59;rtsp://10.5.0.1/live;admin;ลับ;มาก\n"
        ";;;;;;;;\n"
        "A2;วัด;;temple;;;;;\n"
        "A2;ซ้ำ;;temple;;;;;\n"
        "A3;ผิด;;castle;;;;;\n"
        "A4;ไฟล์;;shop;;;file:///etc/passwd;;\n"
        "A5;สาธารณะ;;shop;;;rtsp://8.8.8.8/live;;\n"
        "A6;สอง;;shop;;;rtsp://10.5.0.1:554/live;;\n"
        "A7;รหัส;;shop;;;rtsp://10.5.0.2/live;root;\n",
        "utf-8",
    )
    report = room.station.cameras.import_csv(path, room.registrar)
    assert report.registered == 3
    assert [(problem.line, problem.field) for problem in report.problems] == [
        (5, "code"),
        (6, "owner_type"),
        (7, "address"),
        (8, "address"),
        (9, "address"),
    ]
    assert {row.code for row in room.station.cameras.cameras()} == {"A1", "A2", "A7"}


def test_import_of_a_thai_windows_file(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "cameras.csv"
    path.write_bytes("code,name,owner_type\nB1,ตลาดกิมหยง,shop\n".encode("cp874"))
    assert room.station.cameras.import_csv(path, room.registrar).registered == 1
    row = room.station.cameras.by_code("B1")
    assert row is not None
    assert row.name == "ตลาดกิมหยง"


def test_import_refused(room: Room, tmp_path: Path) -> None:
    cameras, path = room.station.cameras, tmp_path / "cameras.csv"
    with pytest.raises(ConsoleError, match="unreadable"):
        cameras.import_csv(path, room.registrar)
    path.write_text("code,name\n")
    with pytest.raises(ConsoleError, match="columns_missing"):
        cameras.import_csv(path, room.registrar)
    path.write_text("")
    with pytest.raises(ConsoleError, match="columns_missing"):
        cameras.import_csv(path, room.registrar)
    path.write_text("code,name,Name ,owner_type,,\nB1,x,y,shop,,\n")
    with pytest.raises(ConsoleError, match="column_twice") as twice:
        cameras.import_csv(path, room.registrar)
    assert twice.value.params == {"columns": "name"}
    path.write_text(f"code,name,owner_type\nB1,x,shop\nB2,{'x' * 131_073},shop\n")
    with pytest.raises(ConsoleError, match="not_csv") as wrong:
        cameras.import_csv(path, room.registrar)
    assert wrong.value.params["line"] == 3
    path.write_text("x" * 131_073)
    with pytest.raises(ConsoleError, match="not_csv"):
        cameras.import_csv(path, room.registrar)
    assert cameras.cameras() == []
    path.write_text("code,name,owner_type\nB1,x,shop\n")
    with pytest.raises(Denied):
        cameras.import_csv(path, room.officer)
    path.write_bytes(bytes(6 * 1024 * 1024))
    with pytest.raises(ConsoleError, match="too_large"):
        cameras.import_csv(path, room.registrar)
