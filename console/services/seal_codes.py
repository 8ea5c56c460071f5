"""A seal as characters on paper: which checkpoint it was, told so shortly that somebody can type it again.

Paper is outside every disk. The code names the hash of a checkpoint: a journal that lacks it, or holds another in its
place, is not the one that was printed.
"""

from __future__ import annotations

import hashlib
from typing import Final

from console.kernel import Invalid

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES: Final = str.maketrans("ILO", "110")
_HASH_BYTES: Final = 20
_CHECK_LETTERS: Final = 4
_GROUP: Final = 4
_LETTERS: Final = _HASH_BYTES * 8 // 5


def seal_code(checkpoint_hash: str) -> str:
    """Return the characters: eight groups that name the seal, and one that finds a slip of the pen."""
    digest = bytes.fromhex(checkpoint_hash)[:_HASH_BYTES]
    number = int.from_bytes(digest)
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(8 * _HASH_BYTES - 5, -1, -5))
    whole = letters + _check(digest)
    return "-".join(whole[start : start + _GROUP] for start in range(0, len(whole), _GROUP))


def read_seal_code(typed: str) -> str:
    """Return the beginning of the hash that a code names; raises `Invalid` for characters that are none."""
    letters = "".join(sign for sign in typed.upper().translate(_LOOK_ALIKES) if not (sign.isspace() or sign == "-"))
    if len(letters) != _LETTERS + _CHECK_LETTERS or set(letters) - set(_ALPHABET):
        raise Invalid({"checkpoint": "journal.not_a_seal_code"})
    number = 0
    for letter in letters[:_LETTERS]:
        number = number << 5 | _ALPHABET.index(letter)
    digest = number.to_bytes(_HASH_BYTES)
    if letters[_LETTERS:] != _check(digest):
        raise Invalid({"checkpoint": "journal.not_a_seal_code"})
    return digest.hex()


def _check(digest: bytes) -> str:
    found = hashlib.sha256(b"ccoc-seal-code\0" + digest).digest()
    return "".join(_ALPHABET[byte & 31] for byte in found[:_CHECK_LETTERS])
