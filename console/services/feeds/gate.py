"""THE GATE. `Feeds.open` is the only way to a camera's picture.

In this order: role → the camera's authority → freshness of that knowledge → journal the opening → unseal the address
→ grant → worker → picture. Whatever fails, the answer is no picture. Afterwards each view lives on leases that are
decided anew every few seconds from memory, on a thread that never waits for the database.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from console.db.camera_addresses import sealed_address
from console.db.cameras import AddressKind
from console.db.feeds import ViewOpening, close_crashed_views, open_view
from console.db.incidents import mark_for_review
from console.db.journal import JournalEvent, JsonValue
from console.db.store import CommandStamp, Tx
from console.db.view_matters import next_debt_due, note_overdue
from console.kernel import (
    Change,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Fault,
    PixelSize,
    Purpose,
    Session,
    StreamFacts,
    TileState,
    ViewKind,
    new_id,
)
from console.services.feeds.address_door import AddressDoor
from console.services.feeds.chronicle import Chronicle, Ended, FirstPicture, Tested
from console.services.feeds.clockwatch import ClockWatch
from console.services.feeds.dialling import Dialler, GateParts
from console.services.feeds.judge import Judge
from console.services.feeds.knowledge import Knowledge, read_knowledge
from console.services.feeds.live import Ending, FeedRequest, LiveFeed, Opened
from console.services.feeds.pair import Line, Sealed
from console.services.permits import Ages
from console.video.streams import StreamStatus

log = logging.getLogger(__name__)

RING_ONLY: Final = PixelSize(0, 0)
ALIVE_S: Final = 60.0
FRESHEN_S: Final = 30.0
DEBTS_S: Final = 5.0
RETRY_S: Final = 1.0
PROBE_S: Final = 12.0
"""A probe gives up after this long; a camera that has not answered by then has a fault to show."""

PROBE_LOOK_S: Final = 0.1
"""How often somebody who waits for it may stop it."""

MOST_LARGE: Final = 9
"""So many views have their camera's main stream at a time, the largest first: it costs a site's upload and ours."""

SHORTEST_S: Final = 0.02
STOP_S: Final = 5.0
ID_SHOWN: Final = 36

OWN_ROWS: Final = frozenset({"view", "wall", "named_wall", "wall_tour", "connection_test", "incident_entry", "journal"})
"""Kinds of change that carry no right."""
HOLDS: Final = {EndReason.VISITORS: DenyReason.VISITORS, EndReason.LOCK: DenyReason.LOCKED}
ENDED_FOR_NOW: Final = frozenset({EndReason.REPLACED, EndReason.SLEPT})
"""Nobody said no: whoever asks again may well look."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a connection test found: facts and state, never a pixel."""

    facts: StreamFacts
    state: TileState
    fault: Fault

    @property
    def answered(self) -> bool:
        return self.fault is Fault.NONE and bool(self.facts.codec)


class Feeds:
    """The gate. Opening and probing use the database: never on the UI thread. Everything else is for any thread."""

    def __init__(self, parts: GateParts) -> None:
        gate = parts.settings
        self._parts = parts
        self._clock = parts.clock
        self._judge = Judge(
            parts.sessions, parts.clock, Ages(gate.private_age_s, gate.agency_age_s, gate.clock_slack_s)
        )
        self._watch = ClockWatch(parts.clock)
        self._lock = threading.Lock()
        self._admitting = threading.RLock()
        self._live: dict[str, LiveFeed] = {}
        self._closed = False
        self._ending = False
        self._renewed_at = self._alive_at = self._fresh_at = parts.clock.monotonic()
        self._debts_at = self._fresh_at - DEBTS_S
        self._lease_wake = threading.Event()
        self._write_wake = threading.Event()
        self._threads: list[threading.Thread] = []
        self._told: tuple[type[Exception], str] | None = None
        self._chronicle = Chronicle(parts.store, self._write_wake.set)
        self._dialler = Dialler(parts, self._judge, self._lease_wake.set)
        self.addresses = AddressDoor(parts, self._judge, self._chronicle)
        self._unsubscribe = parts.store.on_change(self._on_change)
        parts.sessions.on_end(self._on_session_end)
        parts.sessions.on_lock(self._on_session_lock)

    # Opening

    def open(self, session: Session, request: FeedRequest) -> LiveFeed | Denied:
        return self.open_many(session, [request])[0]

    def open_many(self, session: Session, requests: Sequence[FeedRequest]) -> list[LiveFeed | Denied]:
        """Open a whole layout: all openings stand in the journal, in one transaction, before the first is dialled."""
        watched = [request for request in requests if request.kind is not ViewKind.PROBE]
        answers = iter(self._admit(session, watched))
        return [
            Denied(DenyReason.PURPOSE_NOT_ALLOWED, purpose=request.purpose.value)
            if request.kind is ViewKind.PROBE
            else self._start(next(answers))
            for request in requests
        ]

    def probe(
        self,
        session: Session,
        camera_id: str,
        address: AddressKind = AddressKind.SUB,
        stop: threading.Event | None = None,
    ) -> Probe | Denied:
        """Connection test, purpose set-up. Waits for facts or a fault; the pictures stay in the worker.

        What the stream of the wall's tiles (SUB, or MAIN where there is no other) said is noted with the camera.
        Raises `probe.stopped`, and notes nothing, once `stop` is set.
        """
        request = FeedRequest(camera_id, Purpose.SETUP, None, ViewKind.PROBE, RING_ONLY, address)
        known = threading.Event()
        live = self._start(self._admit(session, [request])[0], known)
        if isinstance(live, LiveFeed) and live.ending is not None:
            # The record changed, or the machine slept, while we began. A test has nobody who would ask again.
            live = self._start(self._admit(session, [request])[0], known)
        if isinstance(live, Denied):
            return live
        try:
            _await(known, stop or threading.Event())
            status = live.state()
        finally:
            live.end(EndReason.CLOSED)
        if status.deny is not None:
            return status.deny
        silent = status.fault is Fault.NONE and not status.facts.codec
        found = Probe(status.facts, status.state, Fault.NO_ANSWER if silent else status.fault)
        if address is AddressKind.SUB:
            self._chronicle.note(Tested(live.opened.camera, found.facts, found.fault))
        return found

    def _admit(self, session: Session, requests: Sequence[FeedRequest]) -> list[Opened | Denied]:
        """Decide and journal. If the journal cannot be written, every answer is no."""
        if self._closed:
            return [Denied(DenyReason.ENGINE_UNAVAILABLE) for _ in requests]
        if not self._parts.sessions.holds(session):
            return [Denied(DenyReason.NOT_LOGGED_IN) for _ in requests]
        self.check_clock()
        # One at a time until the refusals are remembered: two that ask at once are told one refusal, journaled once.
        with self._admitting:
            return self._decide_and_journal(session, requests)

    def _decide_and_journal(self, session: Session, requests: Sequence[FeedRequest]) -> list[Opened | Denied]:
        ticket, known_at = self._judge.memory.ticket(), self._clock.now()

        def work(tx: Tx) -> tuple[Knowledge, list[Opened | Denied]]:
            known = self._judge.memory.with_newest(read_knowledge(tx, ticket, known_at))
            refused: set[tuple[str, DenyReason]] = set()
            return known, [self._admit_one(tx, known, request, refused) for request in requests]

        stamp = CommandStamp(new_id(), "open_views", session)
        try:
            known, answers = self._parts.store.submit(work, command=stamp)
        except Exception as problem:  # the border: whatever kept the opening out of the journal, there is no picture
            log.exception("the opening of %d views could not be journaled", len(requests))
            # What the database said goes along: the window tells it, and what to do about it.
            cause = {"cause": problem} if isinstance(problem, ConsoleError) else {}
            return [Denied(DenyReason.JOURNAL_UNAVAILABLE, **cause) for _ in requests]
        self._install(known)
        for request, answer in zip(requests, answers, strict=True):
            self._chronicle.answered(session.person_id, request.camera_id, answer)
        return answers

    def _admit_one(
        self, tx: Tx, known: Knowledge, request: FeedRequest, refused: set[tuple[str, DenyReason]]
    ) -> Opened | Denied:
        session = tx.acting_session
        verdict = self._judge.ask(session, request, known)
        keyed = self._parts.vault.unlocked and self._parts.sessions.is_keyed(session)
        if not isinstance(verdict, Denied) and not keyed:
            verdict = Denied(DenyReason.VAULT_LOCKED)
        sealed = () if isinstance(verdict, Denied) else _sealed(tx, request)
        if not isinstance(verdict, Denied) and not sealed:
            verdict = Denied(DenyReason.NO_ADDRESS)
        if isinstance(verdict, Denied):
            if (request.camera_id, verdict.reason) not in refused:
                refused.add((request.camera_id, verdict.reason))
                self._journal_denial(tx, session, request, verdict)
            return verdict
        camera = known.cameras[request.camera_id]
        incident = known.incidents.get(request.incident_id or "")
        new = ViewOpening(
            camera_id=request.camera_id,
            purpose=request.purpose,
            kind=request.kind,
            authority_id=verdict.authority_id,
            incident_id=request.incident_id,
            self_opened_incident=verdict.self_opened,
            emergency=known.emergencies[request.emergency_id or ""] if verdict.emergency_until else None,
        )
        if verdict.self_opened and incident is not None and not incident.needs_review:
            mark_for_review(tx, incident.id)
        return Opened(open_view(tx, new).id, session, request, verdict, camera, sealed)

    def _journal_denial(self, tx: Tx, session: Session, request: FeedRequest, denied: Denied) -> None:
        if not self._chronicle.is_first_denial(session.person_id, request.camera_id, denied.reason):
            return
        known = denied.reason is not DenyReason.UNKNOWN_CAMERA
        data: dict[str, JsonValue] = {"purpose": request.purpose.value, "reason": denied.reason.value}
        if request.emergency_id is not None:
            data["basis"] = "emergency"
        subject = ("camera", request.camera_id[:ID_SHOWN])
        tx.record(JournalEvent("view.denied", subject, data, request.camera_id if known else None))

    def _start(self, answer: Opened | Denied, known: threading.Event | None = None) -> LiveFeed | Denied:
        """Unseal, register, decide once more, and only then ask the engine."""
        if isinstance(answer, Denied):
            return answer
        live = LiveFeed(answer, self._clock, self._on_ended, self._on_seen, self._lease_wake.set)
        with self._lock:
            self._live[live.view_id] = live
        if self._closed:
            live.end(EndReason.SHUTDOWN)
        try:
            self._dialler.dial(live, live.line, functools.partial(self._on_status, known))
        except Denied as denied:
            live.end(EndReason.NOT_STARTED, denied)
        except Exception:  # the border: one camera that cannot start must not take the layout with it
            log.exception("view %s could not be started", live.view_id)
            live.end(EndReason.NOT_STARTED, Denied(DenyReason.ENGINE_UNAVAILABLE))
        return _answer(live)

    # Leases: from memory only, on any thread

    def tick(self) -> None:
        """Decide anew on every view and renew those that are due. The lease thread's work; needs no database."""
        self.check_clock()
        now = self._clock.monotonic()
        due = now - self._renewed_at >= self._parts.settings.renew_s
        if due:
            self._renewed_at = now
        views = self.views()
        wishing = sorted((live for live in views if live.wish), key=lambda live: live.wish, reverse=True)
        for place, live in enumerate(wishing):
            live.allow_large(allowed=place < MOST_LARGE)

        def look_after(live: LiveFeed) -> None:
            self._dialler.look_again(live)
            if due or live.deadline <= now:
                live.renew()
            self._turn(live)

        _with_each(views, look_after)
        self.addresses.tick(renew=due)

    def _turn(self, live: LiveFeed) -> None:
        """Open the other stream of a view's camera, if its picture is to be of another size; what is shown goes on."""
        line = live.turn()
        if line is None:
            return
        try:
            self._dialler.dial_other(live, line, functools.partial(self._on_status, None))
        except Denied as denied:
            live.not_opened(line, denied)
        except Exception:  # the border: the stream that runs must not end because the other cannot be had
            log.exception("view %s has no second stream", live.view_id)
            live.not_opened(line, Denied(DenyReason.ENGINE_UNAVAILABLE))

    def check_clock(self) -> None:
        """End every view if wall clock and monotonic clock came apart: the machine slept, or the clock was set."""
        moved = self._watch.jumped()
        if moved is not None:
            event = JournalEvent("clock.jump", ("writer", self._parts.store.writer.id), {"seconds": round(moved, 3)})
            self._chronicle.note(event)
            self.end_all(EndReason.SLEPT)

    # Ending

    def views(self) -> list[LiveFeed]:
        with self._lock:
            return list(self._live.values())

    def live_cameras(self) -> frozenset[str]:
        """Return the cameras whose current picture is shown on this console right now."""
        return frozenset(live.camera_id for live in self.views() if live.state().state is TileState.LIVE)

    def end_all(self, reason: EndReason, *, private_only: bool = False) -> None:
        """End views, dark before this returns. Visitors and lock also hold private cameras closed until `release`."""
        hold = HOLDS.get(reason)
        if hold is not None:
            with self._lock:
                self._judge.holds |= {hold}
        deny = None if hold is None else Denied(hold)
        views = [live for live in self.views() if live.private or not private_only]
        _with_each(views, lambda live: live.end(reason, deny))
        self.addresses.end_all(reason, deny, private_only=private_only)

    def release(self, reason: EndReason = EndReason.VISITORS) -> None:
        """Visitors have left, or the lock is open: private cameras may be opened again, each anew through the gate.

        Only this reason is lifted: unlocking shows nothing to visitors who are still in the room.
        """
        with self._lock:
            self._judge.holds -= {HOLDS[reason]}

    @property
    def waiting(self) -> int:
        """How many ends and first pictures are not in the journal yet."""
        return self._chronicle.waiting

    @property
    def hold(self) -> DenyReason | None:
        return self._judge.hold

    def _on_ended(self, live: LiveFeed, ending: Ending) -> None:
        with self._lock:
            self._live.pop(live.view_id, None)
        self._chronicle.note(Ended(live.view_id, ending.reason, ending.at))

    def _on_status(self, known: threading.Event | None, live: LiveFeed, line: Line, status: StreamStatus) -> None:
        if live.heard(line) and status.state is TileState.LIVE:
            self._on_seen(live)
        if known is not None and (status.facts.codec or status.fault is not Fault.NONE):
            known.set()

    def _on_seen(self, live: LiveFeed) -> None:
        if live.first_seen():
            self._chronicle.note(FirstPicture(live.view_id, self._clock.now()))
            if live.shows_small and live.state().state is TileState.LIVE:
                # A current picture on the wall is as good a test as the button; it is noted where there was none.
                self._chronicle.note(Tested(live.opened.camera, live.state().facts, Fault.NONE, only_first=True))

    def _on_session_end(self, session: Session, reason: EndReason) -> None:
        _with_each(self._views_of(session), lambda live: live.end(reason))

    def _on_session_lock(self, session: Session) -> None:
        private = [live for live in self._views_of(session) if live.private]
        _with_each(private, lambda live: live.end(EndReason.LOCK, Denied(DenyReason.LOCKED)))

    def _views_of(self, session: Session) -> list[LiveFeed]:
        return [live for live in self.views() if live.opened.session.id == session.id]

    # Knowledge

    def _on_change(self, changes: tuple[Change, ...]) -> None:
        """Something was committed: read it, once, and decide on every view before whoever committed goes on."""
        kinds = {change.kind for change in changes} - OWN_ROWS
        if not kinds:
            return
        try:
            self.refresh(anew=False)
        except Exception:  # the border: a change that cannot be read may be a withdrawal
            log.exception("a change of %s could not be read", ", ".join(sorted(kinds)))
            self._judge.memory.distrust()
        _with_each(self.views(), self._dialler.look_again)

    def refresh(self, *, anew: bool = True) -> None:
        """Read what the gate knows: all of it, or only what was changed since it was last read."""
        ticket, known_at = self._judge.memory.ticket(), self._clock.now()
        self._install(self._parts.store.read(lambda tx: read_knowledge(tx, ticket, known_at, anew=anew)))
        self.addresses.recheck()
        if anew:
            self._fresh_at = self._clock.monotonic()

    def _install(self, known: Knowledge) -> None:
        if self._judge.memory.install(known):
            self._chronicle.forget_denials()

    # The gate's own threads

    def keep(self) -> None:
        """Write what waits, freshen what is known, say each minute what is open. Raises what the store raises.

        Each is tried whatever became of the others: an entry that cannot be written must not let knowledge grow old.
        """
        with ExitStack() as others:
            for each in (self._note_overdue, self._say_alive, self._freshen):
                others.callback(each)
            self._chronicle.write()

    def _freshen(self) -> None:
        if self._clock.monotonic() - self._fresh_at >= FRESHEN_S:
            self.refresh()

    def _note_overdue(self) -> None:
        """Journal, once each, the urgent views that nobody explained in time: whoever sits here, and if nobody does."""
        now = self._clock.monotonic()
        if now - self._debts_at < DEBTS_S:
            return
        self._debts_at = now
        due = self._parts.store.read(next_debt_due)
        if due is not None and due <= self._clock.now():
            self._parts.store.submit(note_overdue, command=CommandStamp(new_id(), "note_overdue"))

    def _say_alive(self) -> None:
        now = self._clock.monotonic()
        if now - self._alive_at >= ALIVE_S:
            views = [live.view_id for live in self.views()]
            if views:
                self._journal_alive(views)
            self._alive_at = now

    def _journal_alive(self, views: list[str]) -> None:
        data: dict[str, JsonValue] = {"views": [*sorted(views)]}
        event = JournalEvent("views.alive", ("writer", self._parts.store.writer.id), data)
        self._parts.store.submit(lambda tx: tx.record(event), command=CommandStamp(new_id(), "views.alive"))

    def recover(self) -> None:
        """Close what a crashed run of this console left open, and read what there is to know."""
        stamp = CommandStamp(new_id(), "views.after_crash")
        self._parts.store.submit(close_crashed_views, command=stamp)
        self.refresh()

    def start(self) -> None:
        """Recover, and start the gate's threads: one renews leases from memory, one writes and reads the database."""
        self.recover()
        for name, work in (("gate-leases", self._run_leases), ("gate-journal", self._run_journal)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End every view, write what can be written, and end the threads. The store must still be open."""
        # First no new view, then no view; only then may the journal's thread make its last round.
        self._closed = True
        self.end_all(EndReason.SHUTDOWN)
        self._ending = True
        self._unsubscribe()
        self._lease_wake.set()
        self._write_wake.set()
        for thread in self._threads:
            thread.join(STOP_S)
        self._threads.clear()

    def _run_leases(self) -> None:
        while not self._ending:
            self._lease_wake.clear()
            try:
                self.tick()
            except Exception:  # the border: the thread must go on; a lease that nobody renews runs out by itself
                log.exception("renewing leases failed")
            self._lease_wake.wait(self._until_due())

    def _until_due(self) -> float:
        """Return the seconds until the next renewal or the next lease's end, whichever is first."""
        now = self._clock.monotonic()
        due = self._renewed_at + self._parts.settings.renew_s
        # A view that no worker serves has its end behind it; it is looked at now and then, not without a pause.
        ends = [live.deadline if live.deadline > now else now + RETRY_S for live in self.views()]
        turns = [live.turns_at for live in self.views()]
        return max(SHORTEST_S, min([due, *ends, *turns]) - now)

    def _run_journal(self) -> None:
        while True:
            self._write_wake.clear()
            closing = self._ending
            self._try_to_keep()
            if closing:
                return
            self._write_wake.wait(RETRY_S)

    def _try_to_keep(self) -> None:
        """Keep, and tell each cause of a failure once, not each second."""
        try:
            self.keep()
            self._told = None
        except Exception as problem:  # the border: what could not be written is kept; views.follow is tried again
            cause = (type(problem), str(problem))
            if cause != self._told:
                log.exception("the gate's journal entries wait")
            self._told = cause


def _with_each(views: Iterable[LiveFeed], act: Callable[[LiveFeed], None]) -> None:
    for live in views:
        try:
            act(live)
        except Exception:  # the border: what fails at one view must neither darken nor keep open the others
            log.exception("view %s could not be looked after", live.view_id)


def _await(known: threading.Event, stop: threading.Event) -> None:
    """Wait until something is known of the camera, as long as a probe may last. Raises `probe.stopped`."""
    for _look in range(int(PROBE_S / PROBE_LOOK_S)):
        if known.wait(PROBE_LOOK_S):
            return
        if stop.is_set():
            raise ConsoleError("probe.stopped")


def _sealed(tx: Tx, request: FeedRequest) -> tuple[Sealed, ...]:
    """Read the address of the stream that was asked for, and the main one if a larger picture might be wanted."""
    first = sealed_address(tx, request.camera_id, request.address)
    if first is None:
        return ()
    main = sealed_address(tx, request.camera_id, AddressKind.MAIN)
    alone = main is None or first[0] is AddressKind.MAIN or request.kind is ViewKind.PROBE
    return (Sealed(*first),) if main is None or alone else (Sealed(*first), Sealed(*main))


def _answer(live: LiveFeed) -> LiveFeed | Denied:
    """Return what the caller of an opening is told: the view, one that ended for now, or why there is none."""
    ending = live.ending
    if ending is None or ending.reason in ENDED_FOR_NOW:
        return live
    gone = DenyReason.ENGINE_UNAVAILABLE if ending.reason is EndReason.SHUTDOWN else DenyReason.NOT_LOGGED_IN
    return ending.deny or Denied(gone)
