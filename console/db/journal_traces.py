"""What the rows of the journal say of views and records, to be held against the tables. Knows no database.

A forger who leaves the journal whole may still write past it: an authority that lasts longer, a view that nobody
opened, a row about a camera that stands on no camera's chain, so that its owner is never told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from console.db.journal_format import commitment

if TYPE_CHECKING:
    from console.db.journal_examine import RawRow
    from console.db.journal_foretold import Acted

Place: TypeAlias = tuple[str, int]
Note: TypeAlias = Callable[[str, str, int, str], None]
"""Told kind, writer, number, and the record concerned (empty: the row itself)."""

REPLAYED: Final = frozenset({"camera", "authority", "owner", "owner_step", "consent"})
"""Records whose every column is held against the journal: they decide who may look, or say who allowed it."""
FORGOTTEN: Final = object()
"""What stands where clear text was told once and is kept no more: nothing is known of it."""
_MISFIT: Final = object()
"""The same for clear text that is not what was told: the walk through the rows names it."""

_OF_A_CAMERA: Final = frozenset({"view", "authority", "connection_test", "address_tombstone"})
"""Subjects of which every row stands on a camera's chain. A camera's own row stands on that camera's."""
_CONSENT: Final = frozenset(
    f"consent.{verb}"
    for verb in (
        "signed",
        "paused",
        "resumed",
        "withdrawn",
        "refused",
        "voided",
        "superseded",
        "readdressed",
        "reconfirmed",
    )
)
_UNKNOWN: Final = "unknown_camera"
"""The one refusal that stands on no chain: nobody knows the camera."""


class Said(NamedTuple):
    """What the bytes of a row say: `row` as columns, with the clear text beside it; `promised` are the commitments."""

    row: RawRow
    data: Mapping[str, Any]
    acted: Acted
    promised: Mapping[str, str]


class RawView(NamedTuple):
    """A view as it lies in its table; times as text."""

    id: str
    writer_id: str
    session_id: str
    person_id: str
    camera_id: str
    authority_id: str | None
    incident_id: str | None
    purpose: str
    view_kind: str
    self_opened_incident: bool
    opened_at: str
    first_picture_at: str | None
    ended_at: str | None
    end_reason: str | None
    justified_at: str | None


class RawRecord(NamedTuple):
    """A record as it lies in its table: plain columns as the journal spells them, personal ones apart.

    A version of -1 is none's: the record cannot be read at all. `usual` is what a column holds that nobody ever set.
    """

    kind: str
    id: str
    version: int
    columns: Mapping[str, Any]
    personal: Mapping[str, str | None]
    usual: Mapping[str, Any]


class Forgotten(NamedTuple):
    """A personal word of a record whose clear text is kept no more: the record, and the row that told it last."""

    kind: str
    id: str
    place: Place


@dataclass(slots=True)
class _View:
    """A view as its rows tell it."""

    place: Place
    camera: str
    opened: tuple[Any, ...] | None = None
    at: str = ""
    after_ms: int | None = None
    ended: tuple[Any, Any] | None = None
    justified: str | None = None


class _Change(NamedTuple):
    version: int
    op: str
    fields: Mapping[str, Any]
    personal: Mapping[str, object]
    """Clear text by name, None where the change emptied it; or that it is not known."""
    place: Place
    camera: str | None


@dataclass(slots=True)
class Traces:
    """Feed it every row that can be read; then the tables."""

    note: Note
    ended: list[tuple[str, _View]] = field(default_factory=list)
    """Views whose end went by: to be held against the table and forgotten."""
    forgotten: set[Forgotten] = field(default_factory=set)
    """Whoever knows what was erased asks whether these were."""
    matched: int = 0
    """How many views the table and the journal both know."""
    _open: dict[str, _View] = field(default_factory=dict)
    _records: dict[tuple[str, str], list[_Change]] = field(default_factory=dict)

    def row(self, said: Said, place: Place) -> None:
        """Take a row of good shape."""
        row = said.row
        kind, camera = row.subject_kind, row.camera_id
        if kind == "view":
            self._view(said, place)
            return
        if kind == "camera":
            if camera != row.subject_id and (camera is not None or not _of_no_camera(said)):
                self.note("past_camera", *place, "")
        elif camera is None and (kind in _OF_A_CAMERA or row.event_class in _CONSENT):
            self.note("past_camera", *place, "")
        if kind in REPLAYED and row.event_class == "record.changed":
            self._change(said, place)

    # Views

    def _view(self, said: Said, place: Place) -> None:
        row, data = said.row, said.data
        view_id, camera, what = row.subject_id, row.camera_id, row.event_class
        if camera is None:
            self.note("past_camera", *place, "")
            return
        view = self._open.get(view_id)
        if view is None:
            view = self._open[view_id] = _View(place, camera)
        elif view.camera != camera:
            self.note("view_camera", *place, "")
        if what == "view.opened":
            if view.opened is not None:
                self.note("view_record", *place, "")
            view.opened, view.at = _opening(said), str(row.at)
        elif what == "view.picture":
            view.after_ms = data.get("after_ms")
        elif what == "view.ended":
            view.ended = data.get("reason"), data.get("seconds")
            if view.opened is not None:
                self.ended.append((view_id, self._open.pop(view_id)))
        elif what == "view.justified":
            view.justified = str(row.at)

    def left(self) -> list[tuple[str, _View]]:
        """Return the views whose end did not go by, and what was told of a view after its end."""
        return list(self._open.items())

    def view(self, told: tuple[str, _View], raw: RawView | None) -> None:
        """Hold a view against its row of the table."""
        view_id, view = told
        if view.opened is not None:
            self.matched += raw is not None
            late = self._open.get(view_id)
            fits = raw is not None and _fits(view, raw, late)
        else:
            # What came after the end, or a view whose opening is not there.
            fits = raw is not None and raw.camera_id == view.camera
        if not fits:
            self.note("view_record", *view.place, f"view {view_id}")

    def untold_view(self, view_id: str, writer_id: str) -> None:
        """Take a view of the table that no row of the journal opened."""
        self.note("view_record", writer_id, 0, f"view {view_id}")

    # Records

    def _change(self, said: Said, place: Place) -> None:
        row, data, promised = said.row, said.data, said.promised
        clear = {name: value for name, salt, value in row.personal if promised.get(name) == commitment(salt, value)}
        there = {name for name, _salt, _value in row.personal}
        personal: dict[str, object] = {
            name: clear.get(name, _MISFIT if name in there else FORGOTTEN) for name in promised
        }
        fields, hidden = data.get("fields"), data.get("hidden")
        # Of secret columns too the names stand there; those are in no record that is held against this.
        personal |= {name: None for name in (hidden if isinstance(hidden, list) else ()) if isinstance(name, str)}
        version = data.get("version")
        change = _Change(
            version if type(version) is int else 0,
            str(data.get("op")),
            fields if isinstance(fields, dict) else {},
            personal,
            place,
            row.camera_id,
        )
        self._records.setdefault((row.subject_kind, row.subject_id), []).append(change)

    def record(self, raw: RawRecord) -> None:
        """Hold a record against what the journal says of it; in whatever order the writers' rows came."""
        name = f"{raw.kind} {raw.id}"
        changes = sorted(self._records.pop((raw.kind, raw.id), []), key=_order)
        if not changes:
            self.note("record_past", "", 0, name)
            return
        state: dict[str, Any] = {}
        personal: dict[str, object] = {}
        told: dict[str, Place] = {}
        sound = changes[0].op == "created" and changes[-1].version == raw.version
        for number, change in enumerate(changes, start=1):
            sound &= change.version == number and (change.op == "changed") is (number > 1)
            sound &= all(_is_change(each) and state.get(key, each[0]) == each[0] for key, each in change.fields.items())
            if not sound:
                self.note("record_past", *change.place, name)
                return
            state |= {key: new for key, (_old, new) in change.fields.items()}
            personal |= change.personal
            told |= dict.fromkeys(change.personal, change.place)
        gone = (name for name, words in personal.items() if words is FORGOTTEN)
        self.forgotten |= {Forgotten(raw.kind, raw.id, told[name]) for name in gone}
        if raw.kind == "authority" and {change.camera for change in changes} != {state.get("camera_id")}:
            self.note("past_camera", *changes[-1].place, name)
        if not _stands(raw, state, personal):
            self.note("record_past", *changes[-1].place, name)

    def close(self) -> None:
        """Take it that all records went by: what the journal knows and the table does not was taken out."""
        for (kind, record_id), changes in sorted(self._records.items()):
            last = max(changes, key=_order)
            if last.op != "deleted":
                self.note("record_past", *last.place, f"{kind} {record_id}")


def _order(change: _Change) -> tuple[int, Place]:
    return change.version, change.place


def _of_no_camera(said: Said) -> bool:
    return (said.row.event_class, said.data.get("reason")) == ("view.denied", _UNKNOWN)


def _opening(said: Said) -> tuple[Any, ...]:
    """What a row of the table repeats of `view.opened`, in the order of `_stored`."""
    row, data, acted, _promised = said
    return (
        row.writer_id,
        acted.session,
        acted.person,
        row.camera_id,
        data.get("authority"),
        data.get("incident"),
        data.get("purpose"),
        data.get("kind"),
        data.get("self_opened_incident"),
        row.at,
    )


def _fits(view: _View, raw: RawView, late: _View | None) -> bool:
    justified = late.justified if late is not None and view.ended is not None else view.justified
    told: tuple[Any, ...] = (view.opened, *(view.ended or (None, None)), view.after_ms, justified)
    stored: tuple[Any, ...] = (
        tuple(raw[1:11]),
        raw.end_reason,
        _whole(view.at, raw.ended_at, 1),
        _whole(view.at, raw.first_picture_at, 1000),
        raw.justified_at,
    )
    return told == stored


def _whole(begin: str, end: str | None, each: int) -> int | None:
    """Return the whole seconds, or thousandths, between two times as they lie; -1 for what is no time."""
    if end is None:
        return None
    try:
        return max(0, int((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds() * each))
    except (TypeError, ValueError):
        return -1


def _is_change(value: Any) -> bool:
    return isinstance(value, list) and len(value) == len(("old", "new"))


def _stands(raw: RawRecord, state: Mapping[str, Any], personal: Mapping[str, object]) -> bool:
    plain = all(
        value == state[name] if name in state else value is None or value == raw.usual.get(name)
        for name, value in raw.columns.items()
    )
    # Of what was never told there is nothing; clear text that was erased says nothing any more.
    return plain and all(
        personal[name] in {FORGOTTEN, _MISFIT, text} if name in personal else not text
        for name, text in raw.personal.items()
    )
