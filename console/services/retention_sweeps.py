"""What is over and may go: papers of consents that ended, visits of the visitor book, photographs of steps.

Each sweep counts first and deletes by the same rule, so that what was looked at is what goes. A legal hold keeps what
hangs on the thing that is held: of an owner, of a camera or of a request the papers and photographs too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.db import consents, owner_steps, visits
from console.db.cameras import archived_cameras, list_cameras
from console.db.incidents import get_incident
from console.db.retention import Due, held_subjects
from console.db.rights_requests import get_request
from console.db.store import Tx
from console.protection import HoldKind
from console.services.consent_state import ended
from console.services.photo_files import erase_files

__all__ = ["Sweep", "consent_papers", "owners_held", "photographs", "visitor_book"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """How something is counted and deleted."""

    due: Callable[[Tx, datetime], Due]
    forget: Callable[[Tx, datetime], None]


@dataclass(frozen=True, slots=True)
class _Found:
    """One record that is past its term: `count` papers, photographs or visits, of the moment `at`."""

    id: str
    at: datetime
    count: int
    held: bool


def _sum(found: Iterable[_Found]) -> Due:
    every = list(found)
    free = [each for each in every if not each.held]
    moments = [each.at for each in free]
    return Due(
        sum(each.count for each in free),
        min(moments, default=None),
        max(moments, default=None),
        sum(each.count for each in every if each.held),
    )


def _sweep(found: Callable[[Tx, datetime], Iterator[_Found]], delete: Callable[[Tx, list[str]], None]) -> Sweep:
    def forget(tx: Tx, before: datetime) -> None:
        delete(tx, [each.id for each in found(tx, before) if not each.held])

    return Sweep(lambda tx, before: _sum(found(tx, before)), forget)


# What is held


@dataclass(frozen=True, slots=True)
class _Holds:
    owners: frozenset[str]
    cameras: frozenset[str]
    visits: frozenset[str]


def _holds(tx: Tx) -> _Holds:
    """Return what is held, by itself or through a thing that is: an incident's camera, whom a request is about."""
    held: dict[str, set[str]] = {kind: set() for kind in HoldKind}
    for kind, subject_id in held_subjects(tx):
        held[kind].add(subject_id)
    owners, cameras = held[HoldKind.OWNER], held[HoldKind.CAMERA]
    for facts in (get_request(tx, each).facts for each in held[HoldKind.REQUEST]):
        owners.add(facts.owner_id or "")
        cameras.add(facts.camera_id or "")
    cameras.update(get_incident(tx, each).camera_id or "" for each in held[HoldKind.INCIDENT])
    return _Holds(frozenset(owners), frozenset(cameras), frozenset(held[HoldKind.VISIT]))


def owners_held(tx: Tx) -> frozenset[str]:
    """Return the owners of whom nothing goes: they are held, one of their cameras is, or a request about either."""
    holds = _holds(tx)
    cameras = (*list_cameras(tx), *archived_cameras(tx)) if holds.cameras else ()
    return holds.owners | {row.owner_id for row in cameras if row.id in holds.cameras and row.owner_id}


# Papers of consents


def _papers(tx: Tx, before: datetime) -> Iterator[_Found]:
    holds, kept = _holds(tx), consents.papers_held(tx)
    for row in consents.list_consents(tx):
        over = ended(row, tx.now)
        count = kept.get(row.id, 0) + sum(map(bool, (row.signer, row.guardian, row.witness)))
        if over is None or over >= before or not count:
            continue
        held = row.terms.owner_id in holds.owners or not holds.cameras.isdisjoint(row.camera_ids)
        yield _Found(row.id, over, count, held)


def _forget_papers(tx: Tx, ids: list[str]) -> None:
    for consent_id in ids:
        consents.forget_papers(tx, consent_id)
        consents.forget_names(tx, consent_id)


consent_papers: Final = _sweep(_papers, _forget_papers)
"""Forms, signatures, scans and reasons, and the names under them. What may still open a camera is never over."""


# The visitor book


def _visits(tx: Tx, before: datetime) -> Iterator[_Found]:
    holds = _holds(tx)
    for row in visits.list_visits(tx):
        if row.facts.day < before:
            yield _Found(row.id, row.facts.day, 1, row.id in holds.visits)


visitor_book: Final = _sweep(_visits, visits.delete_visits)


# Photographs


def _photos(tx: Tx, before: datetime) -> Iterator[_Found]:
    owners = owners_held(tx)
    for step in owner_steps.list_steps(tx):
        if step.photos and step.facts.day < before:
            yield _Found(step.id, step.facts.day, len(step.photos), step.owner_id in owners)


def _forget_photos(tx: Tx, ids: list[str]) -> None:
    erase_files(tx, [photo for step_id in ids for photo in owner_steps.drop_photos(tx, step_id)])


photographs: Final = _sweep(_photos, _forget_photos)
"""Of steps with owners, with their files; the steps themselves stay."""
