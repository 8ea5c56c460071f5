"""The gate's door for a typed address: what its stream offers and how it fares, for whoever sets cameras up.

The address belongs to no camera as a rule; where it does, the owner's word counts, and a withdrawn one stays refused.
The stream runs like any other – journaled before it is dialled, in a worker, under leases – but its grant masks the
whole picture: the worker decodes in its own memory, and what leaves it is black.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from console.db.camera_addresses import fingerprint_uses
from console.db.cameras import AddressKind, CameraRow
from console.db.journal import JournalEvent, JsonValue
from console.db.store import CommandStamp, Tx
from console.kernel import (
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    OwnerType,
    PixelSize,
    Purpose,
    Secret,
    Session,
    ViewKind,
    new_id,
)
from console.masking import Mask
from console.services.addresses import Address
from console.services.feeds.chronicle import Chronicle
from console.services.feeds.dialling import GateParts, Tenancy, sign_lease
from console.services.feeds.judge import END_OF, Judge
from console.services.feeds.knowledge import Knowledge, read_knowledge
from console.services.feeds.live import Ending, FeedRequest, LiveFeed, Opened, TileStatus
from console.services.feeds.pair import Sealed
from console.services.permits import Permit
from console.video.grants import Placement, SignedGrant, digest_of
from console.video.streams import StreamRequest

log = logging.getLogger(__name__)

EVERYTHING: Final = (Mask.rectangle(0, 0, 1000, 1000),)
SIZE: Final = PixelSize(64, 36)
"""Large enough to be decoded like a tile; what is shared of it is black."""

FINGERPRINT_SHOWN: Final = 36
_TYPED: Final = (Sealed(AddressKind.SUB, b""),)
"""Nothing was kept of a typed address."""


@dataclass(frozen=True, slots=True)
class _Belonging:
    """To which camera of the station an address belongs, if to any, and whether an owner withdrew it."""

    fingerprint: str
    camera_id: str | None
    withdrawn: bool

    @property
    def mark(self) -> str:
        """What the journal calls an address that was refused."""
        return self.fingerprint[:FINGERPRINT_SHOWN]


class WatchedAddress:
    """An address under watch: state and facts only. Shows nothing past its lease, whoever forgot to end it."""

    def __init__(self, address: Address, belonging: _Belonging, live: LiveFeed) -> None:
        self.address = address
        self.belonging = belonging
        self._live = live

    @property
    def live(self) -> LiveFeed:
        """For the door: the lease and the stream."""
        return self._live

    def state(self) -> TileStatus:
        return self._live.state()

    def end(self, reason: EndReason = EndReason.CLOSED, deny: Denied | None = None) -> None:
        self._live.end(reason, deny)


_Answer: TypeAlias = tuple[str, WatchedAddress | Denied]


class AddressDoor:
    """Watches typed addresses. `watch` and `recheck` use the database, everything else is for any thread."""

    def __init__(self, parts: GateParts, judge: Judge, chronicle: Chronicle) -> None:
        self._parts = parts
        self._judge = judge
        self._chronicle = chronicle
        self._lock = threading.Lock()
        self._watched: dict[str, WatchedAddress] = {}
        self._closed = False
        parts.sessions.on_end(self._on_session_end)
        parts.sessions.on_lock(self._on_session_lock)

    def watch(self, session: Session, addresses: Sequence[Address]) -> list[WatchedAddress | Denied]:
        """Decide on all of them and journal it, in one transaction, before the first is dialled."""
        if self._closed:
            return [Denied(DenyReason.ENGINE_UNAVAILABLE) for _ in addresses]
        if not self._parts.sessions.holds(session):
            return [Denied(DenyReason.NOT_LOGGED_IN) for _ in addresses]
        memory = self._judge.memory
        ticket, known_at = memory.ticket(), self._parts.clock.now()

        def work(tx: Tx) -> tuple[Knowledge, list[_Answer]]:
            known = memory.with_newest(read_knowledge(tx, ticket, known_at))
            refused: set[tuple[str, DenyReason]] = set()
            return known, [self._admit(tx, known, address, refused) for address in addresses]

        try:
            known, answers = self._parts.store.submit(work, command=CommandStamp(new_id(), "watch_addresses", session))
        except Exception as problem:  # the border: whatever kept it out of the journal, nothing is dialled
            log.exception("the watch of %d addresses could not be journaled", len(addresses))
            return [_unjournaled(problem) for _ in addresses]
        if memory.install(known):
            self._chronicle.forget_denials()
        for mark, answer in answers:
            self._chronicle.answered(session.person_id, mark, answer)
        return [answer if isinstance(answer, Denied) else self._start(answer) for _mark, answer in answers]

    def _admit(self, tx: Tx, known: Knowledge, address: Address, refused: set[tuple[str, DenyReason]]) -> _Answer:
        session = tx.acting_session
        belonging = self._belonging(tx, address)
        verdict = self._decide(session, address, belonging, known)
        if isinstance(verdict, Denied):
            if (belonging.mark, verdict.reason) not in refused:
                refused.add((belonging.mark, verdict.reason))
                self._journal_denial(tx, belonging, verdict)
            return belonging.mark, verdict
        watch_id = new_id()
        camera = known.cameras.get(belonging.camera_id or "") or _nobodys(watch_id)
        request = FeedRequest(camera.id, Purpose.SETUP, None, ViewKind.PROBE, SIZE)
        opened = Opened(watch_id, session, request, verdict, camera, _TYPED)
        data: dict[str, JsonValue] = {"purpose": Purpose.SETUP.value, "fingerprint": belonging.fingerprint}
        tx.record(JournalEvent("address.watched", ("address", watch_id), data, belonging.camera_id))
        live = LiveFeed(opened, self._parts.clock, functools.partial(self._on_ended, belonging), _never_seen, _no_turn)
        return belonging.mark, WatchedAddress(address, belonging, live)

    def _journal_denial(self, tx: Tx, belonging: _Belonging, denied: Denied) -> None:
        if self._chronicle.is_first_denial(tx.acting_session.person_id, belonging.mark, denied.reason):
            data: dict[str, JsonValue] = {"purpose": Purpose.SETUP.value, "reason": denied.reason.value}
            tx.record(JournalEvent("view.denied", ("address", belonging.mark), data, belonging.camera_id))

    def _belonging(self, tx: Tx, address: Address) -> _Belonging:
        fingerprint = self._parts.vault.fingerprint(tx, Secret(address.identity))
        uses = fingerprint_uses(tx, fingerprint)
        camera_id = next((use.camera_id for use in uses if not use.withdrawn), None)
        # A camera that its owner permitted anew has its own withdrawal behind it.
        withdrawn = any(use.withdrawn and use.camera_id != camera_id for use in uses)
        return _Belonging(fingerprint, camera_id, withdrawn)

    def _decide(self, session: Session, address: Address, belonging: _Belonging, known: Knowledge) -> Permit | Denied:
        verdict = self._judge.set_up(session, belonging.camera_id, known)
        if isinstance(verdict, Denied):
            return verdict
        if belonging.withdrawn:
            return Denied(DenyReason.WITHDRAWN)
        if address.scheme not in self._parts.schemes:
            return Denied(DenyReason.FORBIDDEN_SCHEME)
        camera = known.cameras.get(belonging.camera_id or "")
        if address.public and not address.encrypted and (camera is None or not camera.unencrypted_override):
            return Denied(DenyReason.UNENCRYPTED_PUBLIC)
        return verdict

    def _start(self, watched: WatchedAddress) -> WatchedAddress:
        live = watched.live
        with self._lock:
            self._watched[live.view_id] = watched
        if self._closed:
            watched.end(EndReason.SHUTDOWN)
        try:
            # A right that ended between the commit and here was announced before this could be found.
            self._look_again(watched)
            if live.ending is None:
                url = watched.address.url()
                tenancy = Tenancy(live, live.line, digest_of(url), EVERYTHING, SIZE)
                request = StreamRequest(
                    camera_id=live.camera_id,
                    private=live.private,
                    address=url,
                    size=SIZE,
                    lease=functools.partial(self._lease, watched, tenancy),
                    on_status=_not_told,
                )
                live.attach(live.line, self._parts.engine.open(request), SIZE)
        except Exception:  # the border: one address that cannot start must not take the others with it
            log.exception("watch %s could not be started", live.view_id)
            watched.end(EndReason.NOT_STARTED, Denied(DenyReason.ENGINE_UNAVAILABLE))
        return watched

    # Leases: from memory only, on any thread

    def _lease(self, watched: WatchedAddress, tenancy: Tenancy, place: Placement) -> SignedGrant | None:
        verdict = self._again(watched)
        if isinstance(verdict, Denied):
            return None
        return sign_lease(self._parts, self._judge, tenancy, verdict, place)

    def _again(self, watched: WatchedAddress) -> Permit | Denied:
        session, known = watched.live.opened.session, self._judge.memory.newest
        return self._decide(session, watched.address, watched.belonging, known)

    def _look_again(self, watched: WatchedAddress) -> None:
        verdict = self._again(watched)
        if isinstance(verdict, Denied):
            watched.end(END_OF.get(verdict.reason, EndReason.RIGHT_ENDED), verdict)

    def tick(self, *, renew: bool) -> None:
        """Decide anew on every watch, and renew those that stand. For the lease thread; needs no database."""
        for watched in self.watched():
            self._look_again(watched)
            if renew:
                watched.live.renew()

    def recheck(self) -> None:
        """The gate has read what there is to know: an address may have become, or ceased to be, some camera's."""
        for watched in self.watched():
            watched.belonging = self._parts.store.read(functools.partial(self._belonging, address=watched.address))
            self._look_again(watched)

    # Ending

    def watched(self) -> list[WatchedAddress]:
        with self._lock:
            return list(self._watched.values())

    def end_all(self, reason: EndReason, deny: Denied | None, *, private_only: bool) -> None:
        self._closed = self._closed or reason is EndReason.SHUTDOWN
        for watched in self.watched():
            if watched.live.private or not private_only:
                watched.end(reason, deny)

    def _on_ended(self, belonging: _Belonging, live: LiveFeed, ending: Ending) -> None:
        with self._lock:
            self._watched.pop(live.view_id, None)
        data: dict[str, JsonValue] = {"reason": ending.reason.value, "at": ending.at.isoformat()}
        self._chronicle.note(JournalEvent("address.watch_ended", ("address", live.view_id), data, belonging.camera_id))

    def _on_session_end(self, session: Session, reason: EndReason) -> None:
        for watched in self.watched():
            if watched.live.opened.session.id == session.id:
                watched.end(reason, Denied(DenyReason.NOT_LOGGED_IN))

    def _on_session_lock(self, session: Session) -> None:
        for watched in self.watched():
            if watched.live.opened.session.id == session.id:
                watched.end(EndReason.LOCK, Denied(DenyReason.LOCKED))


def _unjournaled(problem: Exception) -> Denied:
    """Return why nothing was dialled. Without a keyring the fingerprint needs the vault, which IT cannot open."""
    if isinstance(problem, ConsoleError) and problem.key == "vault.locked":
        return Denied(DenyReason.VAULT_LOCKED, cause=problem.key)
    cause = {"cause": problem} if isinstance(problem, ConsoleError) else {}
    return Denied(DenyReason.JOURNAL_UNAVAILABLE, **cause)


def _nobodys(watch_id: str) -> CameraRow:
    """Return what stands for the record of a camera that has none."""
    return CameraRow(
        id=watch_id,
        version=0,
        code="",
        name="",
        place="",
        lat=None,
        lon=None,
        owner_type=OwnerType.HOME,
        has_address=False,
        masks=(),
        unencrypted_override=False,
        archived=False,
    )


def _never_seen(_live: LiveFeed) -> None:
    """A probe has no first picture: nobody sees one."""


def _no_turn() -> None:
    """It has one stream, which is never exchanged for a larger one."""


def _not_told(_status: object) -> None:
    """Whoever watches looks for himself, each second."""
