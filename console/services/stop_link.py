"""Pausing and ending the link of a camera: the one way, whoever asks for it and from whichever page it comes.

An authority that comes from a consent takes its consent along, in the same transaction and on the camera's own chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from console.db import authorities as db
from console.db.authorities import AuthorityRow
from console.db.base import time_text
from console.db.camera_addresses import destroy_addresses, withdrawn_fingerprints
from console.db.cameras import CameraRow, get_camera
from console.db.consent_digest import digest
from console.db.consents import KIND, ConsentRow, NewEvent, add_event, get_consent
from console.db.feeds import open_views
from console.db.journal import JournalEvent, JsonValue
from console.db.notices import get_notice
from console.db.owners import get_owner
from console.db.store import Tx
from console.kernel import ConsentEventKind, WithdrawalWay
from console.services.tombstones import Tombstone, bury

TELLING: Final[Mapping[ConsentEventKind, Callable[..., JournalEvent]]] = {
    ConsentEventKind.DRAFTED: partial(JournalEvent, "consent.drafted"),
    ConsentEventKind.PRESENTED: partial(JournalEvent, "consent.presented"),
    ConsentEventKind.SIGNED: partial(JournalEvent, "consent.signed"),
    ConsentEventKind.REFUSED: partial(JournalEvent, "consent.refused"),
    ConsentEventKind.VOIDED: partial(JournalEvent, "consent.voided"),
    ConsentEventKind.PAUSED: partial(JournalEvent, "consent.paused"),
    ConsentEventKind.RESUMED: partial(JournalEvent, "consent.resumed"),
    ConsentEventKind.WITHDRAWN: partial(JournalEvent, "consent.withdrawn"),
    ConsentEventKind.SUPERSEDED: partial(JournalEvent, "consent.superseded"),
    ConsentEventKind.READDRESSED: partial(JournalEvent, "consent.readdressed"),
    ConsentEventKind.RECONFIRMED: partial(JournalEvent, "consent.reconfirmed"),
}
_OF_NO_CAMERA: Final = frozenset({ConsentEventKind.DRAFTED, ConsentEventKind.PRESENTED})
"""A draft and its showing concern no camera yet: they stand on no camera's chain."""


@dataclass(frozen=True, slots=True)
class Halt:
    """A camera that is dark at its owner's word. `waiting`: other consoles that had it open when it was stored."""

    camera_code: str
    camera_name: str
    at: datetime
    waiting: tuple[str, ...] = ()
    consent: str = ""
    """Number of the consent that it concerns; empty for a permission from before consents."""
    owner: str = ""
    """Who is handed the confirmation."""


@dataclass(frozen=True, slots=True)
class Pause(Halt):
    """Until it is resumed."""


@dataclass(frozen=True, slots=True)
class Withdrawal(Halt):
    """For good. `addresses`: how many were destroyed with it; None: it was ended before, and is confirmed again."""

    addresses: int | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A withdrawal or a pause of one or more cameras that stands, for the confirmation that is printed."""

    consent_id: str
    number: str
    way: WithdrawalWay
    at: datetime
    cameras: tuple[Withdrawal | Pause, ...]

    @property
    def ends(self) -> bool:
        """Whether it is for good."""
        return all(isinstance(each, Withdrawal) for each in self.cameras)

    @property
    def owner(self) -> str:
        """Who is handed the confirmation."""
        return ", ".join(dict.fromkeys(each.owner for each in self.cameras if each.owner))

    @property
    def waiting(self) -> tuple[str, ...]:
        """Consoles that still had one of the cameras open when it was stored."""
        return tuple(sorted({console for each in self.cameras for console in each.waiting}))


def withdraw_link(tx: Tx, row: AuthorityRow, way: WithdrawalWay | None = None) -> Withdrawal:
    """End a right to look for good: dark, the address destroyed, and refused under any other name."""
    done = end_link(tx, row)
    note(tx, row, NewEvent(ConsentEventKind.WITHDRAWN, row.camera_id, way))
    return done


def end_link(tx: Tx, row: AuthorityRow, kind: ConsentEventKind = ConsentEventKind.WITHDRAWN) -> Withdrawal:
    """Do so without a word to the consent: it says itself why. `kind` is what a restored backup will be told."""
    ended = db.withdraw(tx, row.id)
    before = get_camera(tx, row.camera_id)
    camera = destroy_addresses(tx, row.camera_id)
    refused = withdrawn_fingerprints(tx, row.camera_id)
    bury(tx.data_dir, Tombstone(row.id, row.camera_id, tx.now.isoformat(), refused, kind))
    waiting = shown_elsewhere(tx, camera.id)
    told = (camera.code, camera.name, ended.withdrawn_at or tx.now, waiting, number_of(tx, row), owner_of(tx, camera))
    return Withdrawal(*told, addresses=before.has_address + before.has_sub_address)


def number_of(tx: Tx, row: AuthorityRow) -> str:
    return "" if row.consent_id is None else get_consent(tx, row.consent_id).number


def owner_of(tx: Tx, camera: CameraRow) -> str:
    """Return the name of whom the confirmation is handed to; of a camera from before the register, as it was typed."""
    return camera.owner_name if camera.owner_id is None else get_owner(tx, camera.owner_id).name


def shown_elsewhere(tx: Tx, camera_id: str) -> tuple[str, ...]:
    """Return the other consoles that have the camera open now: they have to go dark by themselves."""
    elsewhere = {view.writer_id for view in open_views(tx, all_writers=True) if view.camera_id == camera_id}
    return tuple(sorted(elsewhere - {tx.writer.id}))


def halt_link(tx: Tx, row: AuthorityRow, way: WithdrawalWay) -> Pause:
    """Pause it and return the confirmation; what was paused before is confirmed once more, since then."""
    pause_link(tx, row, way)
    camera = get_camera(tx, row.camera_id)
    waiting = shown_elsewhere(tx, camera.id)
    return Pause(camera.code, camera.name, _paused_since(tx, row), waiting, number_of(tx, row), owner_of(tx, camera))


def _paused_since(tx: Tx, row: AuthorityRow) -> datetime:
    if row.consent_id is None:
        return tx.now
    events = get_consent(tx, row.consent_id).events
    paused = [each for each in events if each.event is ConsentEventKind.PAUSED]
    return next((each.at for each in reversed(paused) if each.camera_id in {None, row.camera_id}), tx.now)


def pause_link(tx: Tx, row: AuthorityRow, way: WithdrawalWay | None = None, *, unconfirmed: bool = False) -> None:
    """Dark until it is resumed. Doing it twice says nothing new. `unconfirmed`: a backup came back."""
    if not row.paused or unconfirmed:
        db.set_paused(tx, row.id, row.version, paused=True, unconfirmed=unconfirmed or None)
    if not row.paused:
        note(tx, row, NewEvent(ConsentEventKind.PAUSED, row.camera_id, way))


def resume_link(tx: Tx, row: AuthorityRow, way: WithdrawalWay | None = None) -> None:
    """Let it be watched again, as far as the owner allows."""
    if row.paused:
        db.set_paused(tx, row.id, row.version, paused=False)
        note(tx, row, NewEvent(ConsentEventKind.RESUMED, row.camera_id, way))


def note(tx: Tx, row: AuthorityRow, new: NewEvent) -> None:
    """Tell the consent that an authority comes from what happened to it."""
    if row.consent_id is not None:
        tell(tx, get_consent(tx, row.consent_id), new)


def tell(tx: Tx, consent: ConsentRow, new: NewEvent, reason: str = "") -> int:
    """Add an event to a consent and journal it on the chain of every camera that it concerns; returns its number.

    Each entry bears the event's number and the fingerprint of all that the consent holds now.
    """
    number = add_event(tx, consent.id, new)
    data = facts_of(tx, consent) | dict(new.data)
    data |= {"event": number, "record_sha256": digest(tx.session, consent.id)}
    if new.way is not None:
        data["way"] = str(new.way)
    personal = {"reason": reason} if reason else {}
    for camera_id in _chains(consent, new):
        tx.record(TELLING[new.event]((KIND, consent.id), data, camera_id, personal))
    return number


def _chains(consent: ConsentRow, new: NewEvent) -> Sequence[str | None]:
    if new.event in _OF_NO_CAMERA:
        return (None,)
    return (new.camera_id,) if new.camera_id else consent.camera_ids


def facts_of(tx: Tx, consent: ConsentRow) -> dict[str, JsonValue]:
    """Return what every entry about a consent says: codes and hashes, nothing that names a person."""
    terms, notice = consent.terms, get_notice(tx, consent.terms.notice_id)
    return {
        "consent": consent.number,
        "level": int(terms.level),
        "purposes": [str(purpose) for purpose in sorted(terms.purposes)],
        "from": time_text(terms.valid_from),
        "until": time_text(terms.expires_at),
        "notice": notice.number,
        "notice_sha256": notice.sha256,
    }
