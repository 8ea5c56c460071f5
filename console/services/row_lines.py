"""Lines of lists that stand for one record each."""

from __future__ import annotations

from console.db.rereading import Versioned


class RowLine:
    """Found again by the record's id, changed by its version."""

    __slots__ = ()

    row: Versioned

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def version(self) -> int:
        return self.row.version
