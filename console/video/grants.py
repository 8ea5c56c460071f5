"""Grants: the short leases under which a worker may show one camera on one tile.

The gate signs, the worker and the engine verify. A grant names everything that it is for, so that none of it can be
exchanged: the worker instance, the tile, the camera, a digest of its address, the masks, the largest picture. Its
deadline is on the monotonic clock that all processes of the machine share; a clock set back gives nobody more time.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.kernel import Secret
from console.masking import Mask

LEASE_S: Final = 15.0
"""No grant reaches further than this into the future."""

SLACK_S: Final = 0.5
"""Room for the moment between signing and checking; the clock is the same one, so this is for rounding only."""

MAX_BODY: Final = 8192
MAX_MASKS: Final = 64
MAX_MASK_NUMBERS: Final = 1024
"""Of all masks together: 16 polygons of 32 corners, or any other masks that need no more room."""

MAX_SIDE: Final = 16384
_MAX_TILE: Final = 4096
_MAX_COUNTER: Final = 2**53
_MAX_NAME: Final = 200
_DIGEST_LENGTH: Final = 64

_CONTEXT: Final = b"ccoc grant 1\0"
"""Signed with the body, so that a signature made for anything else is never a grant."""


class Refusal(StrEnum):
    """Why a grant was not accepted."""

    SIGNATURE = "signature"
    MALFORMED = "malformed"
    OTHER_WORKER = "other_worker"
    OTHER_TILE = "other_tile"
    OTHER_CAMERA = "other_camera"
    OTHER_ADDRESS = "other_address"
    EXPIRED = "expired"
    TOO_FAR = "too_far"
    REPLAYED = "replayed"


class GrantRefused(Exception):
    """A grant was not accepted. Carries the reason only, never the grant."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the engine wants to show a stream: what the gate must write into the grant."""

    worker: str
    tile: int
    counter: int


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to show one camera on one tile of one worker until `deadline` (monotonic seconds)."""

    worker: str
    tile: int
    camera_id: str
    counter: int
    deadline: float
    max_width: int
    max_height: int
    masks: tuple[Mask, ...]
    address_digest: str

    def is_for_address(self, address: Secret) -> bool:
        return hmac.compare_digest(self.address_digest, digest_of(address))

    def same_view(self, other: Grant) -> bool:
        """Tell whether `other` only prolongs this grant: same tile, camera, address, masks and size."""
        return _subject(self) == _subject(other)


def _subject(grant: Grant) -> tuple[object, ...]:
    place = (grant.worker, grant.tile, grant.camera_id, grant.address_digest)
    return (*place, grant.masks, grant.max_width, grant.max_height)


@dataclass(frozen=True, slots=True)
class SignedGrant:
    """The signed bytes and their signature. What is verified is what is read: the body is never written anew."""

    body: bytes
    signature: bytes


def digest_of(address: Secret) -> str:
    """Return the digest that ties a grant to an address (with its credentials); it travels with the address only."""
    return hashlib.sha256(b"ccoc address 1\0" + address.reveal().encode()).hexdigest()


class Signer:
    """Holds the private key of this run of the program. Made by the gate at each start, never stored."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public: bytes = self._key.public_key().public_bytes_raw()

    def sign(self, grant: Grant) -> SignedGrant:
        body = _body(grant)
        return SignedGrant(body, self._key.sign(_CONTEXT + body))


class Verifier:
    """Checks the grants that reach one worker instance. Not for several threads at a time.

    Remembers the newest counter of each tile: a grant that was used once, or overtaken, is never accepted again.
    """

    def __init__(self, public: bytes, worker: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public)
        self._worker = worker
        self._newest: dict[int, int] = {}

    def check(self, signed: SignedGrant, now: float) -> Grant:
        """Return the grant if it is good at `now` (monotonic); raises GrantRefused and remembers nothing otherwise."""
        grant = read_grant(self._key, signed)
        if grant.worker != self._worker:
            raise GrantRefused(Refusal.OTHER_WORKER)
        if grant.deadline <= now:
            raise GrantRefused(Refusal.EXPIRED)
        if grant.deadline > now + LEASE_S + SLACK_S:
            raise GrantRefused(Refusal.TOO_FAR)
        if grant.counter <= self._newest.get(grant.tile, 0):
            raise GrantRefused(Refusal.REPLAYED)
        self._newest[grant.tile] = grant.counter
        return grant


def read_grant(key: Ed25519PublicKey, signed: SignedGrant) -> Grant:
    """Check the signature first, then read the body strictly; raises GrantRefused."""
    try:
        key.verify(signed.signature, _CONTEXT + signed.body)
    except InvalidSignature:
        raise GrantRefused(Refusal.SIGNATURE) from None
    try:
        return _read(signed.body)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise GrantRefused(Refusal.MALFORMED) from None


def _body(grant: Grant) -> bytes:
    fields = {
        "address": grant.address_digest,
        "camera": grant.camera_id,
        "counter": grant.counter,
        "deadline": grant.deadline,
        "height": grant.max_height,
        "masks": [mask.numbers() for mask in grant.masks],
        "tile": grant.tile,
        "width": grant.max_width,
        "worker": grant.worker,
    }
    return json.dumps(fields, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


_FIELDS: Final = frozenset({"address", "camera", "counter", "deadline", "height", "masks", "tile", "width", "worker"})


def _read(body: bytes) -> Grant:
    if len(body) > MAX_BODY:
        raise ValueError(len(body))
    fields = json.loads(body)
    if not isinstance(fields, dict) or fields.keys() != _FIELDS:
        raise ValueError("fields")
    digest = _text(fields["address"])
    if len(digest) != _DIGEST_LENGTH:
        raise ValueError("address")
    return Grant(
        worker=_text(fields["worker"]),
        tile=_whole(fields["tile"], 0, _MAX_TILE),
        camera_id=_text(fields["camera"]),
        counter=_whole(fields["counter"], 1, _MAX_COUNTER),
        deadline=_seconds(fields["deadline"]),
        max_width=_whole(fields["width"], 0, MAX_SIDE),
        max_height=_whole(fields["height"], 0, MAX_SIDE),
        masks=_masks(fields["masks"]),
        address_digest=digest,
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME:
        raise ValueError("text")
    return value


def _whole(value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError("number")
    return value


def _seconds(value: object) -> float:
    if type(value) not in {int, float} or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("seconds")
    return float(value)


def _masks(value: object) -> tuple[Mask, ...]:
    if not isinstance(value, list) or len(value) > MAX_MASKS:
        raise ValueError("masks")
    if not all(isinstance(numbers, list) and all(type(each) is int for each in numbers) for numbers in value):
        raise ValueError("mask")
    if sum(len(numbers) for numbers in value) > MAX_MASK_NUMBERS:
        raise ValueError("masks")
    return tuple(Mask.of(numbers) for numbers in value)
