"""The funnel of the zone: how many cameras are registered, how many of them linked, how many of those online.

Three figures for each kind of owner and each community, never one of them for another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.db.owners import OwnerRow, archived_owners, list_owners
from console.db.store import Store, Tx
from console.i18n.dates import sort_key
from console.kernel import Clock, OwnerType, PersuasionStage, Zone
from console.services.camera_register import CameraEntry, Counts, count, entries_at
from console.services.owners import owner_lines

FEW: Final = 5
"""Below this number of cameras a share says nothing."""


class Split(StrEnum):
    """What the cameras are told apart by."""

    OWNER_TYPE = "owner_type"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Group:
    """The cameras of one kind of owner or one community. `name`: its code or name; "" where none is recorded."""

    name: str
    counts: Counts

    @property
    def few(self) -> bool:
        """Too few cameras for a share to mean anything."""
        return self.counts.registered < FEW


@dataclass(frozen=True, slots=True)
class Funnel:
    """The groups, the largest first, their sum, how many cameras have no owner recorded, and owners by stage."""

    split: Split
    zone: Zone | None
    groups: tuple[Group, ...]
    total: Counts
    without_owner: int
    stages: tuple[tuple[PersuasionStage, int], ...]


class FunnelReader:
    """For reader threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def funnel(self, split: Split, zone: Zone | None, live: Collection[str] = ()) -> Funnel:
        """Count the cameras of a zone (None: of all); `live` comes from `Feeds.live_cameras()`."""

        def work(tx: Tx) -> Funnel:
            now = self._clock.now()
            entries = [entry for entry in entries_at(tx, now) if zone in {None, entry.camera.zone}]
            in_use = [row for row in list_owners(tx) if zone in {None, row.facts.zone}]
            stages = [line.stage for line in owner_lines(tx, in_use, now)]
            known = {row.id: row for row in (*list_owners(tx), *archived_owners(tx))}

            def sums(chosen: Iterable[CameraEntry]) -> Counts:
                return count(chosen, live, now)

            return Funnel(
                split=split,
                zone=zone,
                groups=tuple(_groups(entries, lambda entry: _group(entry, split, known), sums)),
                total=sums(entries),
                without_owner=sum(entry.camera.owner_id is None for entry in entries),
                stages=tuple((stage, stages.count(stage)) for stage in PersuasionStage),
            )

        return self._store.read(work)


def _group(entry: CameraEntry, split: Split, owners: dict[str, OwnerRow]) -> str:
    if split is Split.OWNER_TYPE:
        return entry.camera.owner_type.value
    owner = owners.get(entry.camera.owner_id or "")
    return "" if owner is None else " ".join(owner.facts.community.split())


def _groups(
    entries: Sequence[CameraEntry],
    name_of: Callable[[CameraEntry], str],
    sums: Callable[[Iterable[CameraEntry]], Counts],
) -> list[Group]:
    parts: dict[str, list[CameraEntry]] = {}
    for entry in entries:
        parts.setdefault(name_of(entry), []).append(entry)
    groups = [Group(name, sums(part)) for name, part in parts.items()]
    order = {each.value: at for at, each in enumerate(OwnerType)}
    return sorted(
        groups,
        key=lambda group: (group.name == "", -group.counts.registered, order.get(group.name, 0), sort_key(group.name)),
    )
