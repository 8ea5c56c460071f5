"""The demonstration's circle: visit, signature, view, log, statement, its check elsewhere, withdrawal, dark.

How far a round has come is read from what really stands in the store, never set. The presenter's “do it for me” runs
the ordinary commands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from console.db.authorities import AuthorityRow, current_authority
from console.db.cameras import get_camera
from console.db.feeds import ViewRow, views_of_camera
from console.db.journal import JournalRow, RowFilter, read_rows
from console.db.owner_steps import steps_of
from console.db.owners import OwnerFacts, add_owner
from console.db.store import CommandStamp, Tx
from console.i18n.dates import local
from console.i18n.typed import day_begins
from console.kernel import (
    AccessLevel,
    Aim,
    ConsoleError,
    DenyReason,
    Party,
    Session,
    StepKind,
    ViewKind,
    WithdrawalWay,
    new_id,
)
from console.services.cameras import SetAddress
from console.services.commands import action_of
from console.services.consent_commands import DraftConsent, SignConsent, StopCamera
from console.services.consent_heads import Proof
from console.services.consent_papers import Drawn
from console.services.consents import CameraTerms, ConsentEntry
from console.services.demo import VALID, WATCH, address_of
from console.services.demo_consents import WITNESS, lay_before_owner
from console.services.demo_signature import sample_ink
from console.services.demo_town import CIRCLE, Sample
from console.services.owner_path import AddStep
from console.services.statements import Given, IssueStatement
from console.services.station import Station

MOST_ROWS: Final = 1000
VISITED: Final = "อธิบายระดับการเข้าถึงและสิทธิในการถอน เจ้าของสนใจ (ตัวอย่าง)"
FormMaker: TypeAlias = Callable[[ConsentEntry, Drawn], bytes]


class Step(StrEnum):
    """The steps, in order. That the log was opened and the statement checked, only who showed it knows."""

    VISIT = "visit"
    PERMIT = "permit"
    LOOK = "look"
    LOG = "log"
    STATEMENT = "statement"
    CHECK = "check"
    WITHDRAW = "withdraw"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Round:
    """One time round the circle, with one sample shop's camera. What happened before `started` does not count."""

    camera_id: str
    code: str
    name: str
    started: datetime
    visits: int = 0
    """How often the superintendent had been there before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a round has come, and whether the camera has an address: a withdrawal destroyed it."""

    done: frozenset[Step] = frozenset()
    has_address: bool = True


class Circle:
    """Reads and, if asked, acts. All of it uses the database: never on the UI thread."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def begin(self) -> Round:
        """Begin with the first shop whose owner has decided nothing yet, else with the one asked longest ago."""
        rights = self._station.authorities.by_camera()
        cameras = {row.code: row for row in self._station.cameras.cameras()}
        shops = [cameras[sample.code] for sample in CIRCLE if sample.code in cameras]
        asked = [(right.recorded_at, row) for row in shops if (right := rights.get(row.id)) is not None]
        fresh = [row for row in shops if row.id not in rights]
        chosen = fresh[0] if fresh else min(asked, key=lambda pair: pair[0])[1]
        visits = self._station.store.read(lambda tx: _visits(tx, chosen.id))
        return Round(chosen.id, chosen.code, chosen.name, self._station.clock.now(), visits)

    def standing(self, this: Round) -> Standing:
        return self._station.store.read(lambda tx: _read(tx, this))

    def visit(self, this: Round, session: Session) -> None:
        """Record that the superintendent went there."""
        today = day_begins(local(self._station.clock.now()).date())
        command = AddStep(
            owner_id=self._owner(this, session),
            kind=StepKind.SUPERINTENDENT_VISIT,
            day=today,
            went=frozenset({session.person_id}),
            result=VISITED,
        )
        self._station.dispatcher.run(command, session)

    def permit(self, this: Round, session: Session, form: FormMaker) -> None:
        """Let the sample owner sign a consent; if an earlier withdrawal destroyed the address, enter it again.

        `form` makes the PDF with the signature in it: layers below the window draw no paper.
        """
        station, run = self._station, self._station.dispatcher.run
        today = day_begins(local(station.clock.now()).date())
        draft = DraftConsent(
            owner_id=self._owner(this, session),
            cameras=(CameraTerms(this.camera_id, "", Aim.FRONT),),
            level=AccessLevel.ALWAYS,
            purposes=WATCH,
            valid_from=today,
            expires_at=today + VALID,
            permission_demonstration=True,
        )
        shown, signer = lay_before_owner(station, draft, session)
        drawn = Drawn(sample_ink(signer), sample_ink(f"{signer} B"))
        signing = SignConsent(
            consent_id=shown.id,
            version=shown.version,
            signer=signer,
            witness=WITNESS,
            agreed=True,
            agreed_data=True,
            signature=drawn.link,
            data_signature=drawn.data,
            form=form(shown, drawn),
        )
        run(signing, session)
        camera = station.cameras.camera(this.camera_id)
        if not camera.has_address:
            address = address_of(_sample(this))
            station.dispatcher.run(SetAddress(camera_id=camera.id, version=camera.version, address=address), session)

    def statement(self, this: Round, session: Session) -> None:
        """Make the owner's statement of the month that runs."""
        today = local(self._station.clock.now()).date()
        since, until = day_begins(today.replace(day=1)), day_begins(today + timedelta(days=1))
        command = IssueStatement(camera_id=this.camera_id, since=since, until=until)
        self._station.dispatcher.run(command, session)

    def at_home(self, this: Round, session: Session) -> tuple[Given, Proof]:
        """Return the round's newest statement as it was made, and what stands on the receipt to check it with."""
        station = self._station
        made = station.store.read(lambda tx: _statements(tx, this))
        if not made:
            raise ConsoleError("not_found", kind="statement", id=this.code)
        given = station.statements.given(session, this.camera_id, int(str(made[-1].data["number"])))
        right = station.authorities.current(this.camera_id)
        consent_id = None if right is None else right.consent_id
        return given, Proof(given.fingerprint) if consent_id is None else station.consents.proof(session, consent_id)

    @property
    def folder(self) -> Path:
        """Where what an owner takes home lies in the demonstration: it goes with it."""
        return self._station.store.place.data_dir / "taken-home"

    def owner_id(self, this: Round) -> str:
        """Return whose the camera is; empty while nobody is known."""
        return self._station.cameras.camera(this.camera_id).owner_id or ""

    def withdraw(self, this: Round, session: Session) -> None:
        """Withdraw the permission, as the owner asked."""
        row = self._station.authorities.current(this.camera_id)
        if row is not None and row.withdrawn_at is None:
            command = StopCamera(camera_id=this.camera_id, way=WithdrawalWay.VISIT, ends=True)
            self._station.dispatcher.run(command, session)

    def _owner(self, this: Round, session: Session) -> str:
        """Return whose the camera is; a shop of which the register knows no owner yet gets the sample's."""
        known = self._station.cameras.camera(this.camera_id).owner_id
        if known is not None:
            return known
        sample = _sample(this)
        facts = OwnerFacts(Party.PERSON, sample.owner, sample.owner_name)
        stamp = CommandStamp(new_id(), action_of(DraftConsent), session)
        return self._station.store.submit(lambda tx: add_owner(tx, facts).id, command=stamp)


def _sample(this: Round) -> Sample:
    return next(sample for sample in CIRCLE if sample.code == this.code)


def _read(tx: Tx, this: Round) -> Standing:
    has_address = get_camera(tx, this.camera_id).has_address
    right = current_authority(tx, this.camera_id)
    done: set[Step] = {Step.VISIT} if _visits(tx, this.camera_id) > this.visits else set()
    if right is None or right.recorded_at < this.started or not right.private:
        return Standing(frozenset(done), has_address)
    withdrawn = right.withdrawn_at is not None
    if right.level is not AccessLevel.REGISTER_ONLY and (has_address or withdrawn):
        done.add(Step.PERMIT)
    seen = [view for view in views_of_camera(tx, this.camera_id, this.started) if _was_seen(view, right)]
    if seen:
        done.add(Step.LOOK)
        if {view.id for view in seen} <= _told(tx, this):
            done.add(Step.LOG)
        if _statements(tx, this):
            done.add(Step.STATEMENT)
    if withdrawn:
        done.add(Step.WITHDRAW)
        if not has_address and all(view.ended_at is not None for view in seen) and _refused(tx, this, right):
            done.add(Step.DARK)
    return Standing(frozenset(done), has_address)


def _visits(tx: Tx, camera_id: str) -> int:
    owner_id = get_camera(tx, camera_id).owner_id
    steps = [] if owner_id is None else steps_of(tx, owner_id)
    return sum(step.stands and step.facts.kind is StepKind.SUPERINTENDENT_VISIT for step in steps)


def _statements(tx: Tx, this: Round) -> list[JournalRow]:
    """Return the entries of the statements that were made in this round, oldest first."""
    only = RowFilter(camera_id=this.camera_id, event_classes=("statement.issued",), since=this.started)
    return sorted(read_rows(tx, {}, MOST_ROWS, only), key=lambda row: row.at)


def _was_seen(view: ViewRow, right: AuthorityRow) -> bool:
    return view.authority_id == right.id and view.kind is not ViewKind.PROBE and view.first_picture_at is not None


def _told(tx: Tx, this: Round) -> set[str]:
    """Return the views whose first picture stands in the journal."""
    only = RowFilter(camera_id=this.camera_id, event_classes=("view.picture",), since=this.started)
    return {row.subject[1] for row in read_rows(tx, {}, MOST_ROWS, only)}


def _refused(tx: Tx, this: Round, right: AuthorityRow) -> bool:
    """Tell whether somebody asked for the camera after the withdrawal and was refused for it."""
    only = RowFilter(camera_id=this.camera_id, event_classes=("view.denied",), since=right.withdrawn_at)
    return any(row.data["reason"] == DenyReason.WITHDRAWN for row in read_rows(tx, {}, MOST_ROWS, only))
