"""Cameras: what may be entered, and addresses, main and sub, that nobody reads back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from console.kernel import (
    AuthorityKind,
    Conflict,
    ConnectionKind,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    OwnerType,
    Role,
    Secret,
    Zone,
)
from console.masking import Mask
from console.services.cameras import (
    AddressKind,
    AllowUnencrypted,
    ArchiveCamera,
    ChangeCamera,
    ChangeMasks,
    RegisterCamera,
    RemoveSubAddress,
    RestoreCamera,
    SetAddress,
    outside_thailand,
)
from console.services.commands import build
from tests.gate.room import Room

MASK = Mask.rectangle(0, 0, 100, 100)


def change(room: Room, camera_id: str, **changes: Any) -> ChangeCamera:
    row = room.station.cameras.camera(camera_id)
    known: dict[str, Any] = {
        "code": row.code,
        "name": row.name,
        "owner_type": row.owner_type,
        "masks": row.masks,
        "version": row.version,
    }
    return ChangeCamera(camera_id=camera_id, **(known | changes))


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
        {"masks": (Mask.rectangle(5, 5, 5, 9),)},
        {"masks": (Mask.rectangle(0, 0, 1001, 9),)},
        {"masks": tuple(Mask.rectangle(0, 0, 1, edge) for edge in range(1, 18))},
    ],
)
def test_what_one_field_cannot_tell(room: Room, fields: dict[str, Any]) -> None:
    command = RegisterCamera(code="X", name="x", owner_type=OwnerType.SHOP, **fields)
    with pytest.raises(Invalid):
        room.run(command, room.registrar)


@pytest.mark.parametrize("field", ["code", "name", "place", "owner_name"])
@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u202e", "\u00ad", "\ufeff", "\u2066"])
def test_signs_that_nobody_sees_are_refused(room: Room, field: str, sign: str) -> None:
    texts: dict[str, Any] = {"code": "AB", "name": "x", "place": "x"} | {field: f"A{sign}B"}
    with pytest.raises(Invalid) as wrong:
        room.run(RegisterCamera(owner_type=OwnerType.SHOP, **texts), room.registrar)
    assert wrong.value.fields == {field: "field.pattern"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"code": "   "}, {"code": "field.string_too_short"}),
        ({"code": "C" * 33}, {"code": "field.string_too_long"}),
        ({"code": "C 1"}, {"code": "field.string_pattern_mismatch"}),
        ({"code": "C/1"}, {"code": "field.string_pattern_mismatch"}),
        ({"code": "C\n1"}, {"code": "field.string_pattern_mismatch"}),
        ({"name": ""}, {"name": "field.string_too_short"}),
        ({"name": "ก" * 201}, {"name": "field.string_too_long"}),
        ({"place": "ก" * 301}, {"place": "field.string_too_long"}),
        ({"owner_name": "ก" * 201}, {"owner_name": "field.string_too_long"}),
        ({"owner_type": "castle"}, {"owner_type": "field.enum"}),
        ({"zone": "north"}, {"zone": "field.enum"}),
        ({"connection": "modem"}, {"connection": "field.enum"}),
        ({"lat": "๗.๒"}, {"lat": "field.float_parsing"}),
        ({"lat": 91, "lon": 100}, {"lat": "field.less_than_equal"}),
        ({"lat": 7, "lon": float("nan")}, {"lon": "field.finite_number"}),
    ],
)
def test_what_a_field_refuses(fields: dict[str, Any], wrong: dict[str, str]) -> None:
    known: dict[str, Any] = {"code": "A1", "name": "x", "owner_type": OwnerType.SHOP} | fields
    with pytest.raises(Invalid) as told:
        build(RegisterCamera, **known)
    assert told.value.fields == wrong


def test_pasted_lines_are_refused_in_a_name(room: Room) -> None:
    """The form makes blanks of them; whatever comes another way is not stored with a break inside."""
    with pytest.raises(Invalid) as wrong:
        room.run(RegisterCamera(code="A1", name="ร้าน\nทอง", owner_type=OwnerType.SHOP), room.registrar)
    assert wrong.value.fields == {"name": "field.pattern"}


@pytest.mark.parametrize(("fields", "where"), [({"lat": 7.0}, "lon"), ({"lon": 100.0}, "lat")])
def test_half_a_place_is_told_at_the_missing_half(room: Room, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as wrong:
        room.run(RegisterCamera(code="A1", name="x", owner_type=OwnerType.SHOP, **fields), room.registrar)
    assert wrong.value.fields == {where: "camera.half_a_place"}


@pytest.mark.parametrize(
    ("place", "outside"),
    [
        ((7.2, 100.6), False),
        ((20.46, 99.88), False),
        ((5.62, 101.1), False),
        ((100.6, 7.2), True),
        ((0.0, 0.0), True),
        ((13.7, 96.0), True),
        ((None, None), False),
        ((7.2, None), False),
    ],
)
def test_a_place_outside_thailand_is_a_question(place: tuple[float | None, float | None], *, outside: bool) -> None:
    assert outside_thailand(*place) is outside


def test_thai_word_breaks_are_no_unseen_signs(room: Room) -> None:
    name = "ตลาด\u200bกิม\u200cห\u200dยง"
    camera = room.run(RegisterCamera(code="A1", name=name, owner_type=OwnerType.SHOP), room.registrar)
    assert room.station.cameras.camera(camera).name == name


def test_codes_are_unique(room: Room) -> None:
    one, other = room.camera(), room.camera()
    code = room.station.cameras.camera(one).code
    for spelling in (code, code.lower(), f" {code} "):
        with pytest.raises(Invalid) as wrong:
            room.run(RegisterCamera(code=spelling, name="x", owner_type=OwnerType.SHOP), room.registrar)
        assert wrong.value.fields == {"code": "camera.code_taken"}
    with pytest.raises(Invalid):
        room.run(change(room, other, code=code), room.registrar)
    room.run(change(room, one, code=code.lower()), room.registrar)


def test_a_mask_is_taken_off_by_the_superintendent_only(room: Room) -> None:
    camera = room.camera(masks=(MASK,))
    with pytest.raises(Denied):
        room.run(change(room, camera, masks=()), room.registrar)
    room.run(change(room, camera, masks=()), room.chief)
    assert room.station.cameras.camera(camera).masks == ()


def test_who_sees_the_picture_draws_its_masks(room: Room) -> None:
    camera = room.camera(masks=(MASK,))
    drawn = Mask(((0, 0), (400, 0), (200, 300)))

    def masks(*wanted: Mask, version: int) -> ChangeMasks:
        return ChangeMasks(camera_id=camera, version=version, masks=wanted)

    version = room.station.cameras.camera(camera).version
    before = room.station.cameras.camera(camera)
    for session in (room.registrar, room.log_in(Role.IT)):
        with pytest.raises(Denied):
            room.run(masks(MASK, drawn, version=version), session)
    room.run(masks(MASK, drawn, version=version), room.officer)
    row = room.station.cameras.camera(camera)
    assert row == replace(before, version=row.version, masks=(MASK, drawn))
    with pytest.raises(Denied):
        room.run(masks(drawn, version=row.version), room.officer)
    with pytest.raises(Conflict):
        room.run(masks(MASK, version=version), room.chief)
    with pytest.raises(Invalid):
        room.run(masks(Mask(((0, 0), (5, 5))), version=row.version), room.chief)
    room.run(masks(drawn, version=row.version), room.chief)
    assert room.station.cameras.camera(camera).masks == (drawn,)


def test_archive(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    row = room.station.cameras.camera(camera)
    room.run(ArchiveCamera(camera_id=camera, version=row.version), room.registrar)
    assert live.picture() is None
    assert room.refusal(camera).reason is DenyReason.UNKNOWN_CAMERA
    assert [row.id for row in room.station.cameras.cameras(archived=True)] == [camera]
    with pytest.raises(Invalid):
        room.permit(camera, kind=AuthorityKind.AGENCY)
    for command in (
        change(room, camera, code="NEW"),
        SetAddress(camera_id=camera, version=row.version + 1, address=Secret("rtsp://10.0.0.1/x")),
    ):
        with pytest.raises(Invalid) as wrong:
            room.run(command, room.registrar)
        assert wrong.value.fields == {"code": "camera.archived_stays"}
    with pytest.raises(Invalid) as wrong:
        room.run(RegisterCamera(code=row.code, name="x", owner_type=OwnerType.SHOP), room.registrar)
    assert wrong.value.fields == {"code": "camera.code_archived"}


def test_an_archived_camera_comes_back_without_address_and_leave(room: Room) -> None:
    camera = room.shop()
    row = room.station.cameras.camera(camera)
    room.run(AllowUnencrypted(camera_id=camera, version=row.version, allowed=True), room.chief)
    archive(room, camera)
    archived = room.station.cameras.camera(camera)
    with pytest.raises(Denied):
        room.run(RestoreCamera(camera_id=camera, version=archived.version), room.officer)
    room.run(RestoreCamera(camera_id=camera, version=archived.version), room.registrar)
    back = room.station.cameras.camera(camera)
    assert (back.archived, back.has_address, back.unencrypted_override, back.code) == (False, False, False, row.code)
    fields = room.rows("record.changed")[-2].data["fields"]
    assert isinstance(fields, dict)
    assert fields["archived"] == [True, False]
    with pytest.raises(ConsoleError, match=r"camera\.not_archived"):
        room.run(RestoreCamera(camera_id=camera, version=back.version), room.registrar)
    # The owner's permission is there, but nobody looks before he was asked.
    assert room.current(camera).readdressed_by == (room.registrar.person_id,)
    same = SetAddress(camera_id=camera, version=back.version, address=Secret("rtsp://10.9.9.9/live"))
    room.run(same, room.registrar)
    assert room.refusal(camera).reason is DenyReason.ADDRESS_CHANGED


def test_a_camera_that_was_registered_anew_does_not_come_back_twice(room: Room) -> None:
    address = Secret("rtsp://10.9.9.9/live")
    first = room.run(RegisterCamera(code="A1", name="x", owner_type=OwnerType.SHOP, address=address), room.registrar)
    archive(room, first)
    room.run(RegisterCamera(code="A2", name="x", owner_type=OwnerType.SHOP, address=address), room.registrar)
    version = room.station.cameras.camera(first).version
    with pytest.raises(Denied) as refused:
        room.run(RestoreCamera(camera_id=first, version=version), room.registrar)
    assert refused.value.reason is DenyReason.FINGERPRINT_TAKEN
    assert room.station.cameras.camera(first).archived


def archive(room: Room, camera_id: str) -> None:
    version = room.station.cameras.camera(camera_id).version
    room.run(ArchiveCamera(camera_id=camera_id, version=version), room.registrar)


def test_what_else_is_known_of_a_camera(room: Room) -> None:
    fields: dict[str, Any] = {"owner_name": "ร้านทองสมมติ", "zone": Zone.INSIDE, "connection": ConnectionKind.WIREGUARD}
    camera = room.run(RegisterCamera(code="A1", name="x", owner_type=OwnerType.SHOP, **fields), room.registrar)
    row = room.station.cameras.camera(camera)
    assert (row.owner_name, row.zone, row.connection) == tuple(fields.values())
    assert "ร้านทองสมมติ" not in str(room.rows("record.changed")), "a person's name stands in the erasable table"


# Addresses


def test_a_camera_comes_with_both_addresses_and_one_log_in(room: Room) -> None:
    command = RegisterCamera(
        code="A1",
        name="x",
        owner_type=OwnerType.SHOP,
        address=Secret("rtsp://10.8.0.1/main"),
        sub_address=Secret("rtsp://10.8.0.1/sub"),
        user=Secret("admin"),
        password=Secret("ความลับ"),
    )
    camera = room.run(command, room.registrar)
    row = room.station.cameras.camera(camera)
    assert (row.version, row.has_address, row.has_sub_address) == (1, True, True)
    room.permit(camera)
    room.look(camera)
    room.look(camera, address=AddressKind.MAIN)
    dialled = [stream.request.address.reveal() for stream in room.engine.streams]
    assert [url.rpartition("@")[2] for url in dialled] == ["10.8.0.1/sub", "10.8.0.1/main"]
    assert all(url.startswith("rtsp://admin:%E0") for url in dialled)


def test_tiles_take_the_sub_address_as_soon_as_there_is_one(room: Room) -> None:
    camera = room.shop()
    live = room.look(camera)
    row = room.station.cameras.camera(camera)
    sub: dict[str, Any] = {"camera_id": camera, "address": Secret("rtsp://10.8.0.2/sub"), "which": AddressKind.SUB}
    room.run(SetAddress(version=row.version, **sub), room.registrar)
    assert live.picture() is None, "the view is asked for anew"
    room.confirm(camera)
    assert room.stream(room.look(camera)).request.address.reveal() == "rtsp://10.8.0.2/sub"
    row = room.station.cameras.camera(camera)
    room.run(RemoveSubAddress(camera_id=camera, version=row.version), room.registrar)
    assert room.stream(room.look(camera)).request.address.reveal().endswith("/live")
    assert not room.station.cameras.camera(camera).has_sub_address
    with pytest.raises(Denied):
        room.run(RemoveSubAddress(camera_id=camera, version=row.version + 1), room.officer)


def test_a_change_of_the_record_leaves_untyped_addresses_as_they_are(room: Room) -> None:
    camera = room.shop()
    room.run(change(room, camera, name="ใหม่"), room.registrar)
    assert room.stream(room.look(camera)).request.address.reveal().endswith("/live")
    room.run(change(room, camera, sub_address=Secret("rtsp://10.8.0.3/sub"), user=Secret("u")), room.registrar)
    row = room.station.cameras.camera(camera)
    assert (row.name, row.has_address, row.has_sub_address) == ("ใหม่", True, True)
    room.confirm(camera)
    assert room.stream(room.look(camera)).request.address.reveal() == "rtsp://u:@10.8.0.3/sub"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"sub_address": "rtsp://10.8.0.4/sub"}, {"sub_address": "address.main_first"}),
        ({"user": "admin"}, {"user": "address.with_its_login"}),
        ({"password": "geheim"}, {"password": "address.with_its_login"}),
        ({"address": ""}, {"address": "address.missing"}),
        ({"address": "rtsp://"}, {"address": "address.host_missing"}),
        ({"address": "10.8.0.4/main"}, {"address": "address.malformed"}),
        ({"address": "rtsp://10.8.0.4/\nmain"}, {"address": "address.malformed"}),
        ({"address": "rtsp://10.8.0.4/\u202emain"}, {"address": "address.malformed"}),
        ({"address": "rtsp://10.8.0.4/" + "x" * 1024}, {"address": "address.too_long"}),
        ({"address": "rtsp://10.8.0.4/main", "sub_address": "file:///etc/passwd"}, {"sub_address": "address.scheme"}),
        ({"address": "rtsp://10.8.0.4/main", "sub_address": ""}, {"sub_address": "address.missing"}),
    ],
)
def test_a_wrong_address_is_told_at_its_own_field(room: Room, typed: dict[str, Any], wrong: dict[str, str]) -> None:
    secrets: dict[str, Any] = {name: Secret(text) for name, text in typed.items()}
    with pytest.raises(Invalid) as told:
        room.run(RegisterCamera(code="A1", name="x", owner_type=OwnerType.SHOP, **secrets), room.registrar)
    assert told.value.fields == wrong
    assert room.station.cameras.cameras() == [], "a camera is not registered without what was typed with it"


def test_addresses_cannot_be_read_back(room: Room) -> None:
    canary = "rtsp://chef:geheimwort@10.8.0.5/canary"
    command = RegisterCamera(
        code="A1",
        name="x",
        owner_type=OwnerType.SHOP,
        address=Secret(canary),
        sub_address=Secret(canary.replace("canary", "canary-sub")),
        password=Secret("geheimwort"),
    )
    camera = room.run(command, room.registrar)
    shown = f"{command!r}{room.rows()!r}{room.station.cameras.camera(camera)!r}{room.station.register.entries()!r}"
    for secret in ("geheimwort", "10.8.0.5", "canary"):
        assert secret not in shown


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.SHIFT_LEAD, Role.OPERATIONS_DEPUTY, Role.AUDITOR])
def test_who_may_not_write_addresses(room: Room, role: Role) -> None:
    camera = room.camera()
    row = room.station.cameras.camera(camera)
    with pytest.raises(Denied):
        room.run(
            SetAddress(camera_id=camera, version=row.version, address=Secret("rtsp://10.0.0.1/x")), room.log_in(role)
        )


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
    room.confirm(camera)
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
    room.confirm(camera)
    assert room.stream(room.look(camera)).request.address.reveal() == "rtsp://10.4.4.4/other"
