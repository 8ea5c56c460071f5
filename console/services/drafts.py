"""Drafts: what somebody typed and has not saved, kept in a file until it is saved or thrown away.

They survive a crash, a lock, another language and another officer at the console. Never in the database, never another
person's, never a secret: whoever keeps a draft leaves secrets out.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from console.kernel import Clock, Unavailable

DRAFTS: Final = "drafts"
LONGEST_KEPT: Final = timedelta(days=30)
"""What nobody came back to for so long is thrown away: it may hold names of people."""

_LARGEST: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """`values` as they were given to `keep`."""

    key: str
    kept_at: datetime
    values: Mapping[str, Any]


class Drafts:
    """One file a person and form, readable by this account only, replaced as a whole."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._folder = data_dir / DRAFTS
        self._clock = clock

    def keep(self, person_id: str, key: str, values: Mapping[str, Any]) -> None:
        """Keep `values` (JSON) in place of what was kept before. Raises `Unavailable` if the disk does not take it."""
        entry = {"person": person_id, "key": key, "at": self._clock.now().isoformat(), "values": dict(values)}
        # A half sign that was pasted is kept too: whoever typed it sees and mends it.
        content = json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogatepass")
        path = self._path(person_id, key)
        partial = path.with_suffix(".new")
        try:
            if len(content) > _LARGEST:
                raise OSError(errno.EFBIG, "a draft that nobody could read back")  # noqa: TRY301 - told like a full disk
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError:
            raise Unavailable("draft.not_kept", path=str(self._folder)) from None

    def take(self, person_id: str, key: str) -> Draft | None:
        """Return what is kept, and go on keeping it; None if nothing is, or nothing that can be read."""
        return self._read(self._path(person_id, key), person_id)

    def drop(self, person_id: str, key: str) -> None:
        """Throw a draft away: it was saved, or is not wanted."""
        with contextlib.suppress(OSError):
            self._path(person_id, key).unlink(missing_ok=True)

    def kept(self, person_id: str, kind: str) -> list[Draft]:
        """Return this person's drafts of a kind of record, newest first.

        Those that are too old are thrown away, whosever they are: who left the station never comes back to his own.
        """
        oldest = self._clock.now() - LONGEST_KEPT
        found: list[Draft] = []
        for path in sorted(self._folder.glob("*.json")):
            own = path.name.startswith(f"{_name(person_id)}-")
            draft = self._read(path, person_id if own else None)
            if draft is not None and draft.kept_at >= oldest:
                if own and draft.key.startswith(f"{kind}:"):
                    found.append(draft)
            elif own or draft is not None:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
        return sorted(found, key=lambda draft: draft.kept_at, reverse=True)

    def kept_before(self, moment: datetime) -> list[datetime]:
        """Return when each draft was kept that is older than `moment`, whosever it is; never what stands in it."""
        return [kept_at for _path, kept_at in self._older(moment)]

    def drop_before(self, moment: datetime) -> None:
        """Throw away every draft that is older."""
        for path, _kept_at in self._older(moment):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _older(self, moment: datetime) -> list[tuple[Path, datetime]]:
        found = ((path, self._read(path, None)) for path in sorted(self._folder.glob("*.json")))
        return [(path, draft.kept_at) for path, draft in found if draft is not None and draft.kept_at < moment]

    def _path(self, person_id: str, key: str) -> Path:
        return self._folder / f"{_name(person_id)}-{_name(key)}.json"

    @staticmethod
    def _read(path: Path, person_id: str | None) -> Draft | None:
        """Return what lies in the file; None if that is no draft, or not of the person that is named."""
        try:
            with path.open("rb") as file:
                entry = json.loads(file.read(_LARGEST).decode("utf-8", "surrogatepass"))
            draft = Draft(str(entry["key"]), datetime.fromisoformat(entry["at"]), dict(entry["values"]))
            own = person_id in {None, entry["person"]} and draft.kept_at.tzinfo is not None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return draft if own else None


def _name(text: str) -> str:
    """Ids and keys become names that every file system takes."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
