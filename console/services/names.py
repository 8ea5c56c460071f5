"""Today's names of what the journal knows by id: people with rank, cameras with code, incidents, owners by number."""

from __future__ import annotations

from console.db.log_names import CameraName, IncidentName, NameBook, PersonName, names_stamp, read_names
from console.db.store import Tx
from console.i18n import _
from console.i18n.labels import owner_number
from console.i18n.ranks import with_rank

__all__ = ["CameraName", "IncidentName", "NameBook", "Names", "PersonName", "named"]

SYSTEM = ""
"""The actor of what the program did by itself."""


class Names:
    """The book of names, kept until a name changes. For any thread."""

    def __init__(self) -> None:
        self._book: NameBook | None = None

    def book(self, tx: Tx) -> NameBook:
        known = self._book
        if known is None or known.stamp != names_stamp(tx):
            known = self._book = read_names(tx)
        return known


def named(book: NameBook, kind: str, record_id: str) -> str:
    """Return what people call a record: `ด.ต.สมชาย ใจดี`, `SK-012 หน้าร้านทอง`; the id where nobody has a name for it."""
    if kind == "person":
        person = book.people.get(record_id)
        return with_rank(person.rank, person.name) if person is not None else _somebody(record_id)
    if kind == "camera":
        camera = book.cameras.get(record_id)
        return f"{camera.code} {camera.name}" if camera is not None else record_id
    if kind == "incident":
        incident = book.incidents.get(record_id)
        return incident.number if incident is not None else record_id
    if kind == "owner":
        number = book.owners.get(record_id)
        return owner_number(number) if number is not None else record_id
    return record_id


def _somebody(person_id: str) -> str:
    if person_id == SYSTEM:
        return _("the program")
    return _("unknown user") if person_id == "unknown" else person_id
