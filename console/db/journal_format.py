"""The bytes of the journal (docs/decisions/001): encoding, strict decoding, hashes, commitments. Knows no database."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

FORMAT_VERSION: Final = 1
NO_HASH: Final = "0" * 64
BODY_LIMIT: Final = 256 * 1024
_ROW_DOMAIN: Final = b"ccoc-journal\0"
_CHECKPOINT_DOMAIN: Final = b"ccoc-checkpoint\0"
_PERSONAL_DOMAIN: Final = b"ccoc-personal\0"


_VERSION_BYTE: Final = bytes([FORMAT_VERSION])
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


class FormatError(ValueError):
    """Bytes that no writer of this format can have written."""


class VersionError(FormatError):
    """The version byte is not one this program knows."""


def encode(values: Mapping[str, JsonValue]) -> bytes:
    """Return version byte and canonical JSON. This runs once, when the row is written."""
    body = _VERSION_BYTE + _CANONICAL.encode(values).encode("utf-8")
    if len(body) > BODY_LIMIT:
        raise FormatError("too long")
    return body


def decode(body: bytes) -> dict[str, JsonValue]:
    """Read stored bytes strictly: known version, UTF-8, one object, no duplicate key, no NaN."""
    if not body or body[0] != FORMAT_VERSION:
        raise VersionError("unknown version")
    if len(body) > BODY_LIMIT:
        raise FormatError("too long")
    values = decode_value(body[1:])
    if not isinstance(values, dict):
        raise FormatError("not an object")
    return values


def decode_value(part: bytes) -> JsonValue:
    """Read the bytes of one value, as strictly."""
    try:
        text = part.decode("utf-8")
        value, end = _SCAN(text, 0)
    except (ValueError, RecursionError, StopIteration) as error:
        raise FormatError(str(error)) from None
    if end != len(text):
        raise FormatError("more than one value")
    return cast("JsonValue", value)


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise FormatError("a key stands twice")
    return values


def _refuse_constant(name: str) -> NoReturn:
    raise FormatError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise FormatError("not finite")
    return value


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)
"""Made once: a verifier reads a million rows."""
_SCAN: Final[Callable[[str, int], tuple[Any, int]]] = vars(_STRICT)["scan_once"]
"""The decoder without its leave to put blanks around the value."""


def row_hash(body: bytes) -> str:
    return hashlib.sha256(_ROW_DOMAIN + body).hexdigest()


def checkpoint_message(body: bytes) -> bytes:
    """Return what is signed and hashed of a checkpoint."""
    return _CHECKPOINT_DOMAIN + body


def checkpoint_hash(body: bytes) -> str:
    return hashlib.sha256(checkpoint_message(body)).hexdigest()


def new_salt() -> bytes:
    return os.urandom(32)


def commitment(salt: bytes, value: str) -> str:
    return hashlib.sha256(_PERSONAL_DOMAIN + salt + value.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """Where a chain stands: the last number and its hash."""

    seq: int = 0
    hash: str = NO_HASH


def cameras_digest(heads: Mapping[str, Head]) -> str:
    """Return the hash over a writer's camera heads, as checkpoints seal it."""
    return hashlib.sha256("".join(_camera_lines(heads)).encode("utf-8")).hexdigest()


def _camera_lines(heads: Mapping[str, Head]) -> Iterable[str]:
    return (f"{camera} {heads[camera].seq} {heads[camera].hash}\n" for camera in sorted(heads))


def key_id(key: Ed25519PublicKey) -> str:
    """Return the fingerprint of a public key, as it stands on the recovery sheet."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def log_line(body: bytes, signature: bytes) -> str:
    """Return a checkpoint as one line of `checkpoints.log`."""
    pair = {"body": base64.b64encode(body).decode("ascii"), "signature": base64.b64encode(signature).decode("ascii")}
    return json.dumps(pair, sort_keys=True)


def parse_log_line(line: str) -> tuple[bytes, bytes] | None:
    """Read `log_line` back; None for any other spelling."""
    try:
        pair = json.loads(line)
        body = base64.b64decode(pair["body"], validate=True)
        signature = base64.b64decode(pair["signature"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (body, signature) if log_line(body, signature) == line else None
