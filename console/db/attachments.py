"""Files that belong to records: photos and scans, in a folder beside the database under the SHA-256 of their bytes.

The same file is kept once. What it is, is told by its bytes, never by its name. Nothing here decodes a picture; what a
camera wrote beside one is left out before it is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from console.db.bare_pictures import bare
from console.kernel import ConsoleError, Unavailable

FOLDER: Final = "attachments"
LARGEST: Final = 20 * 1024 * 1024
_NAME: Final = re.compile(r"^[0-9a-f]{64}$")
_LONGEST_MARK: Final = 16


class FileKind(StrEnum):
    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"


PICTURES: Final = frozenset({FileKind.JPEG, FileKind.PNG})
_MARKS: Final[Mapping[bytes, FileKind]] = {
    b"\xff\xd8\xff": FileKind.JPEG,
    b"\x89PNG\r\n\x1a\n": FileKind.PNG,
    b"%PDF-": FileKind.PDF,
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A kept file: its name is the SHA-256 of the bytes that are kept. `new`: it was not kept before."""

    name: str
    kind: FileKind
    size: int
    new: bool


def kind_of(head: bytes) -> FileKind | None:
    """Return what a file is by how it begins."""
    return next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), None)


class Attachments:
    """The folder. For any thread."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def keep(self, path: Path, allowed: frozenset[FileKind] = PICTURES) -> Attachment:
        """Keep a copy of a file that somebody chose. Refused with `attachment.…`, before anything is written."""
        try:
            size = path.stat().st_size
            if size > LARGEST:
                raise ConsoleError("attachment.too_large", size=_megabytes(size))
            content = path.read_bytes() if path.is_file() else b""
        except OSError as error:
            raise ConsoleError("attachment.unreadable", path=str(path), why=type(error).__name__) from None
        if not content:
            raise ConsoleError("attachment.empty", path=path.name)
        return self.keep_bytes(content, allowed)

    def keep_bytes(self, content: bytes, allowed: frozenset[FileKind] = PICTURES) -> Attachment:
        """Keep bytes, like a drawn signature."""
        kind = kind_of(content[:_LONGEST_MARK])
        if kind is None or kind not in allowed:
            raise ConsoleError("attachment.no_picture" if allowed == PICTURES else "attachment.no_scan")
        if len(content) > LARGEST:
            raise ConsoleError("attachment.too_large", size=_megabytes(len(content)))
        content = bare(content)
        name = hashlib.sha256(content).hexdigest()
        target = self._path(name)
        if self.sound(name):
            return Attachment(name, kind, len(content), new=False)
        partial = target.with_suffix(".new")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except OSError:
            raise Unavailable("attachment.not_kept", path=str(self._folder)) from None
        return Attachment(name, kind, len(content), new=True)

    def read(self, name: str) -> bytes:
        """Return a kept file, as it was kept. Gone or altered on the disk: `attachment.gone`, `attachment.altered`."""
        try:
            content = self._path(name).read_bytes()
        except OSError:
            raise ConsoleError("attachment.gone", name=name[:8]) from None
        if hashlib.sha256(content).hexdigest() != name:
            raise ConsoleError("attachment.altered", name=name[:8])
        return content

    def forget(self, name: str) -> None:
        """Delete a file that no record names any more; whoever calls knows that."""
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def sound(self, name: str) -> bool:
        """Whether it lies here as it was."""
        try:
            self.read(name)
        except ConsoleError:
            return False
        return True

    def names(self) -> frozenset[str]:
        """Return the names of all files that lie here."""
        return frozenset(path.name for path in self._folder.glob("[0-9a-f][0-9a-f]/*") if _NAME.match(path.name))

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise ValueError("the name of an attachment is a SHA-256")
        return self._folder / name[:2] / name


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f}"
