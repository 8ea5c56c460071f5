"""The one-time code with which the first administrator is made in the window.

Installation prints it once (`main.py user code`); the data folder keeps its Argon2 hash and the wrong tries, for this
account alone to read. It serves an empty store only, and five wrong tries void it.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.kernel import ConsoleError, Invalid, Secret, Unavailable
from console.services import passwords

FILE: Final = "first-code"
MOST_TRIES: Final = 5
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters that look like others; those that people type all the same are read as what they meant."""
_LOOK_ALIKES: Final = str.maketrans("OIL", "011", " -\t\r\n")
_GROUPS: Final = 4
_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class _Kept:
    hashed: Secret
    tries: int


class FirstCode:
    """The code of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def make(self) -> Secret:
        """Make a new code, in groups, and keep its hash in place of a former one's."""
        letters = "".join(secrets.choice(_LETTERS) for _number in range(_GROUPS * _GROUP))
        self._keep(_Kept(passwords.hashed(Secret(letters)), 0))
        return Secret("-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP)))

    def check(self, code: Secret) -> None:
        """Raise unless this is the code: `Invalid` at `code`, or `first_code.missing` or `first_code.void`."""
        kept = self._kept()
        if kept.tries >= MOST_TRIES:
            raise ConsoleError("first_code.void")
        # Counted before it is compared: ending the program saves no try.
        self._keep(_Kept(kept.hashed, kept.tries + 1))
        if not passwords.matches(kept.hashed, Secret(code.reveal().upper().translate(_LOOK_ALIKES))):
            if kept.tries + 1 >= MOST_TRIES:
                raise ConsoleError("first_code.void")
            raise Invalid({"code": "first_code.wrong"})

    def drop(self) -> None:
        """Remove the code. One that cannot be removed is harmless: the store is not empty any more."""
        with suppress(OSError):
            self._path.unlink()

    def _kept(self) -> _Kept:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            return _Kept(Secret(str(kept["hash"])), int(kept["tries"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise ConsoleError("first_code.missing") from None

    def _keep(self, kept: _Kept) -> None:
        text = json.dumps({"hash": kept.hashed.reveal(), "tries": kept.tries})
        beside = self._path.with_name(f"{FILE}.new")
        try:
            beside.unlink(missing_ok=True)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError:
            raise Unavailable("store.read_only", path=str(self._path)) from None
