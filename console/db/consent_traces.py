"""What the journal says of one consent, held against how it is stored: events, terms, cameras. Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from console.db.consent_digest import Plain, digest_of
from console.kernel import ConsentEventKind

_EARLY: Final = frozenset({str(ConsentEventKind.DRAFTED), str(ConsentEventKind.PRESENTED)})
"""Events that concern no camera yet. Versions before the fingerprint journaled none of them."""
_CHANGING: Final = _EARLY | {str(ConsentEventKind.SIGNED)}
"""Events after which the terms are no longer what they were."""
_PAPERS: Final = "_sha256"
_OWN: Final = frozenset(
    {
        "consent",
        "level",
        "purposes",
        "from",
        "until",
        "notice",
        "notice_sha256",
        "way",
        "event",
        "record_sha256",
    }
)
"""What an entry says beside what the event itself holds."""


class Told(NamedTuple):
    """An entry of the journal about a consent."""

    kind: str
    camera_id: str | None
    at: str
    actor_id: str | None
    data: Mapping[str, Any]
    personal: frozenset[str]
    """Names of the personal values that were told with it."""
    place: tuple[str, int]

    @property
    def event(self) -> int | None:
        """Number of the event in the consent; None in an entry from before fingerprints."""
        number = self.data.get("event")
        return number if type(number) is int else None


@dataclass(frozen=True, slots=True)
class Held:
    """A consent as it lies in its tables; `notice` is the number and hash of the version that it names."""

    terms: Plain
    cameras: Sequence[Plain]
    events: Sequence[Plain]
    notice: tuple[Any, Any]

    @property
    def camera_ids(self) -> list[str]:
        return [camera["camera_id"] for camera in self.cameras]


def examine(held: Held, told: Sequence[Told], note: Callable[[str], None]) -> bool:
    """Note what differs; return whether no entry bears a fingerprint: those from before say less."""
    left = list(told)
    first = min((entry.event for entry in told if entry.event is not None), default=None)
    numbers = [event["number"] for event in held.events]
    if any(type(number) is not int for number in numbers):
        note("consent_untold")
        return False
    if numbers != [*range(1, len(numbers) + 1)]:
        note("consent_gone")
    matched: list[Told] = []
    for event in held.events:
        for camera_id in _chains(held, event) or (None,):
            entry = next((entry for entry in left if _tells(entry, event, camera_id)), None)
            if entry is not None:
                left.remove(entry)
                matched.append(entry)
            elif event["event"] not in _EARLY or (first is not None and event["number"] >= first):
                note("consent_untold")
    if left:
        note("consent_gone")
    if not all(_stands(held, entry) for entry in matched):
        note("consent_terms")
    return first is None and bool(held.events)


def _chains(held: Held, event: Plain) -> Sequence[str | None]:
    if event["event"] in _EARLY:
        return (None,)
    return (event["camera_id"],) if event["camera_id"] else held.camera_ids


def _tells(entry: Told, event: Plain, camera_id: str | None) -> bool:
    """Whether an entry tells of this event, on the chain of this camera."""
    told = (f"consent.{event['event']}", camera_id, event["at"], event["actor_id"], event["way"])
    if (entry.kind, entry.camera_id, entry.at, entry.actor_id, entry.data.get("way")) != told:
        return False
    data = event["data"]
    if entry.event not in {None, event["number"]} or not isinstance(data, dict):
        return False
    # What the event itself holds may bear the name of something that each entry says.
    same = all(name in entry.data and entry.data[name] == value for name, value in data.items())
    return same and entry.data.keys() <= data.keys() | _OWN


def _stands(held: Held, entry: Told) -> bool:
    """Whether what the entry says of the terms is how they are stored; of what was changed until the signature, not."""
    last = max((event["number"] for event in held.events if event["event"] in _CHANGING), default=0)
    early = entry.kind.removeprefix("consent.") in _EARLY
    if (early and entry.event is None) or (entry.event is not None and entry.event < last):
        return True
    if _facts(held) != {name: entry.data.get(name) for name in _FACTS}:
        return False
    if entry.event is None:
        return True
    upto = [event for event in held.events if event["number"] <= entry.event]
    return entry.data.get("record_sha256") == digest_of(held.terms, held.cameras, upto)


_FACTS: Final = ("consent", "level", "purposes", "from", "until", "notice", "notice_sha256")


def _facts(held: Held) -> Mapping[str, Any]:
    terms = held.terms
    values = (terms["number"], terms["level"], terms["purposes"], terms["valid_from"], terms["expires_at"])
    return dict(zip(_FACTS, (*values, *held.notice), strict=True))


# Papers


def papers_named(held: Held, told: Sequence[Told]) -> dict[tuple[int, str], Any]:
    """Return the papers that the events name, by number and name: their hash, or the place where their words stand."""
    found: dict[tuple[int, str], Any] = {}
    for event in held.events:
        data = event["data"] if isinstance(event["data"], dict) else {}
        for name, value in data.items():
            if name.endswith(_PAPERS) and name != f"paper{_PAPERS}":
                found[event["number"], name.removesuffix(_PAPERS)] = value
        for entry in told:
            if "reason" in entry.personal and (entry.kind, entry.at) == (f"consent.{event['event']}", event["at"]):
                found[event["number"], "reason"] = entry.place
                break
    return found


def over_since(held: Held) -> str | None:
    """Return the earliest moment from which a consent was over as a whole; None while it stands or waits."""
    ends: list[str] = []
    signed = False
    withdrawn: dict[str, str] = {}
    for event in held.events:
        kind = event["event"]
        signed |= kind == ConsentEventKind.SIGNED
        if kind in {ConsentEventKind.VOIDED, ConsentEventKind.REFUSED, ConsentEventKind.SUPERSEDED}:
            ends.append(str(event["at"]))
        if kind == ConsentEventKind.WITHDRAWN:
            withdrawn |= dict.fromkeys(
                [event["camera_id"]] if event["camera_id"] else held.camera_ids, str(event["at"])
            )
    if signed:
        ends.append(str(held.terms["expires_at"]))
        if withdrawn and withdrawn.keys() >= set(held.camera_ids):
            ends.append(max(withdrawn.values()))
    return min(ends, default=None)


# Permissions

_SAME: Final = (
    "level",
    "purposes",
    "hours",
    "radius_m",
    "permission_snapshot",
    "permission_clip",
    "permission_export",
    "permission_demonstration",
    "expires_at",
)


def permission(held: Held | None, told: Sequence[Told], right: Plain) -> str:
    """Return what is wrong with a permission in force that names this consent; empty for nothing."""
    camera_id = right["camera_id"]
    kinds = {entry.kind.removeprefix("consent.") for entry in told if entry.camera_id == camera_id}
    over = {ConsentEventKind.VOIDED, ConsentEventKind.WITHDRAWN, ConsentEventKind.SUPERSEDED}
    if held is None or ConsentEventKind.SIGNED not in kinds or kinds & over:
        return "permission_alone"
    beyond = any(right[name] != held.terms[name] for name in _SAME)
    return "permission_beyond" if beyond or str(right["valid_from"]) < str(held.terms["valid_from"]) else ""
