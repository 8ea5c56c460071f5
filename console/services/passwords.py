"""Passwords: what is accepted, how it is hashed, and the same work for somebody who does not exist."""

from __future__ import annotations

import functools
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from console.kernel import Secret

SHORTEST: Final = 12
LONGEST: Final = 256
_HASHER: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_COMMON: Final = ("password", "12345678", "qwerty", "abcdefgh", "police191", "11111111", "ตำรวจ191")


def problem(password: Secret, login: str) -> str | None:
    """Return the catalogue key of what is wrong with a new password, or None."""
    text = password.reveal()
    folded = text.casefold()
    if len(text) < SHORTEST:
        return "password.too_short"
    if len(text) > LONGEST:
        return "password.too_long"
    if login.casefold() in folded:
        return "password.holds_login"
    if len(set(folded)) < SHORTEST // 3 or any(word in folded for word in _COMMON):
        return "password.common"
    return None


def problem_of_new(password: Secret, login: str, old: Secret) -> str | None:
    """The same for one that takes the place of another."""
    return "password.same" if password == old else problem(password, login)


def hashed(password: Secret) -> Secret:
    return Secret(_HASHER.hash(password.reveal()))


def matches(known: Secret | None, password: Secret) -> bool:
    """Whether the password fits; without a hash the same work is done, so that time tells nothing."""
    against = known if known is not None else _nobody()
    try:
        _HASHER.verify(against.reveal(), password.reveal())
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def wants_new_hash(known: Secret) -> bool:
    return _HASHER.check_needs_rehash(known.reveal())


@functools.cache
def _nobody() -> Secret:
    return hashed(Secret("nobody has this password"))
