"""Grants: nothing in them can be exchanged, prolonged, replayed or forged."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from console.kernel import Secret
from console.masking import MOST_CORNERS, Mask
from console.services.cameras import MOST_MASKS
from console.video.grants import (
    LEASE_S,
    MAX_BODY,
    MAX_MASK_NUMBERS,
    MAX_MASKS,
    SLACK_S,
    Grant,
    GrantRefused,
    Refusal,
    SignedGrant,
    Signer,
    Verifier,
    digest_of,
)

ADDRESS = Secret("rtsp://user:pass@camera/1")
NOW = 1000.0
GRANT = Grant("worker-1", 3, "camera-1", 7, NOW + 10, 640, 360, (Mask.rectangle(0, 0, 500, 500),), digest_of(ADDRESS))


@pytest.fixture(name="signer")
def make_signer() -> Signer:
    return Signer()


def refusal(verifier: Verifier, signed: SignedGrant, now: float = NOW) -> Refusal:
    with pytest.raises(GrantRefused) as caught:
        verifier.check(signed, now)
    return caught.value.why


def forge(signer: Signer, body: bytes) -> SignedGrant:
    """Sign any body with the real key: what a broken gate could produce."""
    return SignedGrant(body, signer._key.sign(b"ccoc grant 1\0" + body))


def altered(signer: Signer, **changes: object) -> SignedGrant:
    return forge(signer, json.dumps(json.loads(signer.sign(GRANT).body) | changes).encode())


def test_a_good_grant_is_read_as_it_was_written(signer: Signer) -> None:
    assert Verifier(signer.public, "worker-1").check(signer.sign(GRANT), NOW) == GRANT


def test_a_grant_of_another_key_is_refused(signer: Signer) -> None:
    assert refusal(Verifier(Signer().public, "worker-1"), signer.sign(GRANT)) is Refusal.SIGNATURE


def test_a_signature_made_for_something_else_is_no_grant() -> None:
    key = Ed25519PrivateKey.generate()
    body = Signer().sign(GRANT).body
    verifier = Verifier(key.public_key().public_bytes_raw(), "worker-1")
    assert refusal(verifier, SignedGrant(body, key.sign(body))) is Refusal.SIGNATURE


@given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_single_changed_byte_is_refused(position: int, flip: int) -> None:
    signer = Signer()
    signed = signer.sign(GRANT)
    body = bytearray(signed.body)
    body[position % len(body)] ^= flip
    assert refusal(Verifier(signer.public, "worker-1"), replace(signed, body=bytes(body))) is Refusal.SIGNATURE


def test_a_grant_for_another_worker_is_refused(signer: Signer) -> None:
    assert refusal(Verifier(signer.public, "worker-2"), signer.sign(GRANT)) is Refusal.OTHER_WORKER


@pytest.mark.parametrize("late", [0.0, 0.001, 1e6])
def test_an_expired_grant_is_refused(signer: Signer, late: float) -> None:
    assert refusal(Verifier(signer.public, "worker-1"), signer.sign(GRANT), GRANT.deadline + late) is Refusal.EXPIRED


def test_a_deadline_beyond_the_lease_is_refused(signer: Signer) -> None:
    far = replace(GRANT, deadline=NOW + LEASE_S + SLACK_S + 0.001)
    assert refusal(Verifier(signer.public, "worker-1"), signer.sign(far)) is Refusal.TOO_FAR
    assert Verifier(signer.public, "worker-1").check(signer.sign(replace(GRANT, deadline=NOW + LEASE_S)), NOW)


def test_a_grant_is_good_once_and_its_forerunners_never_again(signer: Signer) -> None:
    verifier = Verifier(signer.public, "worker-1")
    verifier.check(signer.sign(GRANT), NOW)
    assert refusal(verifier, signer.sign(GRANT)) is Refusal.REPLAYED
    assert refusal(verifier, signer.sign(replace(GRANT, counter=6))) is Refusal.REPLAYED
    assert verifier.check(signer.sign(replace(GRANT, counter=8)), NOW).counter == 8
    assert verifier.check(signer.sign(replace(GRANT, tile=4, counter=1)), NOW).tile == 4


def test_a_refused_grant_does_not_use_up_its_counter(signer: Signer) -> None:
    verifier = Verifier(signer.public, "worker-1")
    assert refusal(verifier, signer.sign(replace(GRANT, counter=90, deadline=NOW - 1))) is Refusal.EXPIRED
    assert verifier.check(signer.sign(GRANT), NOW) == GRANT


@pytest.mark.parametrize(
    "changes",
    [
        {"tile": -1},
        {"tile": 4097},
        {"tile": True},
        {"tile": 1.0},
        {"counter": 0},
        {"counter": 2**53 + 1},
        {"deadline": "soon"},
        {"deadline": None},
        {"deadline": True},
        {"width": -1},
        {"height": 16385},
        {"worker": ""},
        {"worker": "w" * 201},
        {"camera": 5},
        {"address": "short"},
        {"masks": {}},
        {"masks": [[0, 0, 1]]},
        {"masks": [[0, 0, 1, 1001]]},
        {"masks": [[5, 0, 5, 10]]},
        {"masks": [[0, 9, 5, 3]]},
        {"masks": ["ltrb"]},
        {"masks": [[0, 0, 1, 1]] * (MAX_MASKS + 1)},
        {"masks": [[0, 0, 1, True]]},
        {"masks": [[0, 0, 5, 0, 9.0, 9]]},
        {"masks": [[0, 0, 5, 0, 9]]},
        {"masks": [[0, 0, 5, 0, 9, 1001]]},
        {"masks": [[0, 0, 9, 9] * (MOST_CORNERS // 2) + [0, 5]]},
        {"masks": [[0, 0, 9, 9] * (MOST_CORNERS // 2)] * 17},
        {"surplus": 1},
    ],
)
def test_a_signed_body_that_is_not_a_grant_is_refused(signer: Signer, changes: dict[str, object]) -> None:
    assert refusal(Verifier(signer.public, "worker-1"), altered(signer, **changes)) is Refusal.MALFORMED


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{}", b"[" * 5000, b'{"deadline": NaN}', b" " * (MAX_BODY + 1)])
def test_a_signed_body_that_is_not_even_an_object_is_refused(signer: Signer, body: bytes) -> None:
    assert refusal(Verifier(signer.public, "worker-1"), forge(signer, body)) is Refusal.MALFORMED


def test_an_endless_deadline_is_refused(signer: Signer) -> None:
    body = signer.sign(GRANT).body.replace(b"1010.0", b"Infinity")
    assert refusal(Verifier(signer.public, "worker-1"), forge(signer, body)) is Refusal.MALFORMED


def test_the_largest_masks_fit_into_a_grant(signer: Signer) -> None:
    """As many corners as a camera's record may hold, with the longest numbers and names."""
    corners = tuple((1000, 1000) if number % 2 else (999 - number, 1000) for number in range(MOST_CORNERS))
    masks = (Mask(((1000, 0), *corners[1:])),) * MOST_MASKS
    named = replace(GRANT, worker="ก" * 200, camera_id="ก" * 200)
    largest = replace(named, masks=masks, tile=4096, counter=2**53, deadline=NOW + 1 / 3)
    assert 2 * MOST_CORNERS * MOST_MASKS == MAX_MASK_NUMBERS
    signed = signer.sign(largest)
    assert len(signed.body) <= MAX_BODY
    assert Verifier(signer.public, "ก" * 200).check(signed, NOW) == largest


def test_a_grant_is_tied_to_its_address() -> None:
    assert GRANT.is_for_address(ADDRESS)
    assert not GRANT.is_for_address(Secret("rtsp://user:pass@camera/2"))


def test_only_a_longer_deadline_is_the_same_view() -> None:
    assert GRANT.same_view(replace(GRANT, counter=8, deadline=NOW + 15))
    for other in (
        replace(GRANT, masks=()),
        replace(GRANT, max_width=1),
        replace(GRANT, max_height=1),
        replace(GRANT, tile=1),
        replace(GRANT, camera_id="camera-2"),
        replace(GRANT, worker="worker-2"),
        replace(GRANT, address_digest="0" * 64),
    ):
        assert not GRANT.same_view(other)


def test_a_refusal_shows_its_reason_only(signer: Signer) -> None:
    with pytest.raises(GrantRefused) as caught:
        Verifier(signer.public, "other").check(signer.sign(GRANT), NOW)
    assert str(caught.value) == "other_worker"
