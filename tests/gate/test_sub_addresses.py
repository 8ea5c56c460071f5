"""The sub address is the same camera: each attack on the main address, tried by way of the sub address."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from console.db.camera_addresses import set_address, ways_of
from console.db.cameras import AddressKind, SealedAddress
from console.db.store import CommandStamp
from console.kernel import (
    AuthorityKind,
    Denied,
    DenyReason,
    Invalid,
    OwnerType,
    Secret,
    new_id,
)
from console.masking import Mask
from console.services.addresses import address_context
from console.services.authorities import WithdrawAuthority
from console.services.cameras import AllowUnencrypted, ArchiveCamera
from tests.gate.room import Room

MAIN, SUB = AddressKind.MAIN, AddressKind.SUB
STREAM = "rtsp://user:pass@192.168.9.9:554/small"
BOTH = [(SUB, MAIN), (SUB, SUB), (MAIN, SUB)]
"""Where the address stood, and where somebody would like to put it."""


def with_address(room: Room, kind: AddressKind, address: str = STREAM) -> str:
    camera = room.camera()
    room.address(camera, address, kind)
    return camera


def refused(room: Room, camera_id: str, kind: AddressKind, address: str = STREAM) -> Denied:
    with pytest.raises(Denied) as denied:
        room.address(camera_id, address, kind)
    assert denied.value.reason is DenyReason.FINGERPRINT_TAKEN
    assert denied.value.params["field"] == ("address" if kind is MAIN else "sub_address")
    return denied.value


@pytest.mark.parametrize(("stood", "wanted"), BOTH)
def test_a_withdrawn_stream_does_not_come_back_as_own(room: Room, stood: AddressKind, wanted: AddressKind) -> None:
    camera = with_address(room, stood)
    room.permit(camera)
    room.withdraw(camera)
    row = room.station.cameras.camera(camera)
    assert (row.has_address, row.has_sub_address) == (False, False)
    new = room.camera(owner=OwnerType.POLICE)
    room.countersign(room.permit(new, kind=AuthorityKind.OWN))
    for spelling in (STREAM, "rtsp://192.168.9.9/SMALL/", "rtsp://x:y@[::ffff:192.168.9.9]:554//small?x=1"):
        assert refused(room, new, wanted, spelling).params["withdrawn"] is True


@pytest.mark.parametrize(("stood", "wanted"), BOTH)
def test_one_stream_has_one_record(room: Room, stood: AddressKind, wanted: AddressKind) -> None:
    with_address(room, stood)
    assert refused(room, room.camera(), wanted).params["withdrawn"] is False


def test_main_and_sub_of_one_camera_may_have_one_fingerprint(room: Room) -> None:
    camera = room.camera("rtsp://10.0.0.7/Streaming/Channels/101")
    room.address(camera, "rtsp://10.0.0.7/Streaming/Channels/102", SUB)
    room.permit(camera)
    assert room.look(camera).picture() is not None
    room.withdraw(camera)
    refused(room, room.camera(), MAIN, "rtsp://10.0.0.7/Streaming/Channels/102")


def test_the_owner_may_permit_again(room: Room) -> None:
    camera = with_address(room, SUB)
    room.permit(camera)
    room.withdraw(camera)
    room.address(room.camera(), "rtsp://10.0.0.8/other")
    refused(room, camera, MAIN)
    room.permit(camera)
    room.address(camera, STREAM)
    assert room.look(camera).picture() is not None


def test_an_earlier_sub_address_is_withdrawn_too(room: Room) -> None:
    camera = with_address(room, SUB)
    room.permit(camera)
    room.address(camera, STREAM.replace("small", "tiny"), SUB)
    room.withdraw(camera)
    other = room.camera()
    assert refused(room, other, SUB).params["withdrawn"] is True
    assert refused(room, other, MAIN, STREAM.replace("small", "tiny")).params["withdrawn"] is True


def test_archiving_before_withdrawing_is_no_way_round(room: Room) -> None:
    camera = with_address(room, SUB)
    room.permit(camera)
    row = room.current(camera)
    version = room.station.cameras.camera(camera).version
    room.run(ArchiveCamera(camera_id=camera, version=version), room.registrar)
    room.run(WithdrawAuthority(authority_id=row.id, version=row.version), room.registrar)
    assert refused(room, room.camera(), MAIN).params["withdrawn"] is True


def test_both_fingerprints_lie_outside_the_database(room: Room, tmp_path: Path) -> None:
    room.feeds.stop()
    room.store.close()
    backup = tmp_path.parent / f"{tmp_path.name}-before"
    shutil.copytree(tmp_path, backup)
    room.reopen()
    room.sessions.clear()
    camera = with_address(room, SUB)
    room.permit(camera)
    room.withdraw(camera)
    (entry,) = [json.loads(line) for line in (tmp_path / "tombstones.log").read_text("utf-8").splitlines()]
    assert len(entry["fingerprints"]) == 2
    assert "192.168" not in str(entry)
    room.feeds.stop()
    room.store.close()
    for file in backup.glob("console.db*"):
        shutil.copy2(file, tmp_path / file.name)
    room.reopen()
    room.sessions.clear()
    room.station.authorities.reapply_tombstones()
    assert room.data("store.restored") == [{"withdrawn": 0, "refused": 2, "paused": 0}]
    assert refused(room, room.camera("rtsp://10.1.1.9/x"), SUB).params["withdrawn"] is True


def test_an_old_backup_gives_no_sub_address_back(room: Room, tmp_path: Path) -> None:
    camera = with_address(room, SUB)
    room.permit(camera)
    room.feeds.stop()
    room.store.close()
    backup = tmp_path.parent / f"{tmp_path.name}-before"
    shutil.copytree(tmp_path, backup)
    room.reopen()
    room.sessions.clear()
    room.withdraw(camera)
    room.feeds.stop()
    room.store.close()
    for file in backup.glob("console.db*"):
        shutil.copy2(file, tmp_path / file.name)
    room.reopen()
    room.sessions.clear()
    assert room.station.cameras.camera(camera).has_sub_address
    room.station.authorities.reapply_tombstones()
    row = room.station.cameras.camera(camera)
    assert (row.has_address, row.has_sub_address) == (False, False)
    assert room.refusal(camera).reason is DenyReason.WITHDRAWN


@pytest.mark.parametrize("address", ["demo://street", "file:///etc/passwd", "udp://@239.0.0.1:1234"])
def test_forbidden_schemes(room: Room, address: str) -> None:
    camera = room.shop()
    with pytest.raises(Invalid) as wrong:
        room.address(camera, address, SUB)
    assert wrong.value.fields == {"sub_address": "address.scheme"}
    smuggle(room, camera, address, address_context(camera, SUB))
    assert room.refusal(camera).reason is DenyReason.FORBIDDEN_SCHEME
    assert room.engine.streams == []


def smuggle(room: Room, camera_id: str, address: str, context: str) -> None:
    """Write a sealed text past the form, as somebody with the public key could, under the marks that stand there."""
    sealed = room.store.read(lambda tx: room.vault.seal(tx, Secret(address), context))
    way = room.store.read(lambda tx: min(ways_of(tx, camera_id)))
    made, version = SealedAddress(sealed, "f" * 64, way), room.station.cameras.camera(camera_id).version
    stamp = CommandStamp(new_id(), "smuggle", room.registrar)
    room.store.submit(lambda tx: set_address(tx, camera_id, version, SUB, made) and None, command=stamp)


def test_a_sealed_address_moved_to_another_camera_or_column(room: Room) -> None:
    mine, theirs = room.shop(), room.shop()
    for context in (address_context(theirs, SUB), address_context(mine, MAIN)):
        smuggle(room, mine, "rtsp://10.1.1.1/x", context)
        assert room.refusal(mine).reason is DenyReason.VAULT_LOCKED
    assert room.engine.streams == []


def test_public_and_unencrypted(room: Room) -> None:
    camera = room.shop()
    with pytest.raises(Denied) as denied:
        room.address(camera, "rtsp://user:pass@8.8.8.8/small", SUB)
    assert denied.value.reason is DenyReason.UNENCRYPTED_PUBLIC
    row = room.station.cameras.camera(camera)
    room.run(AllowUnencrypted(camera_id=camera, version=row.version, allowed=True), room.chief)
    room.address(camera, "rtsp://user:pass@8.8.8.8/small", SUB)
    room.confirm(camera)
    live = room.look(camera)
    assert live.unencrypted
    row = room.station.cameras.camera(camera)
    room.run(AllowUnencrypted(camera_id=camera, version=row.version, allowed=False), room.chief)
    assert live.picture() is None
    assert room.refusal(camera).reason is DenyReason.UNENCRYPTED_PUBLIC


def test_masks_cover_both_streams(room: Room) -> None:
    mask = Mask.rectangle(0, 0, 500, 500)
    camera = room.camera(masks=(mask,))
    room.address(camera, STREAM, SUB)
    room.permit(camera)
    for kind in AddressKind:
        live = room.look(camera, address=kind)
        assert room.stream(live).grants[0].masks == (mask,)
