"""Authorities: what an owner or an agency allowed, the second signature, pause, withdrawal, a backup's return."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import authorities as db
from console.db.authorities import AuthorityRow, AuthorityTerms
from console.db.camera_addresses import destroy_addresses, fingerprints_of, refuse_fingerprints
from console.db.cameras import archived_cameras, get_camera, list_cameras
from console.db.consents import NewEvent, get_consent
from console.db.journal import JournalEvent, lacks, sealed_outside
from console.db.store import CommandStamp, Store, Tx
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Conflict,
    ConsentEventKind,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    Purpose,
    Right,
    Session,
    new_id,
)
from console.services.cameras import visible
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.former_owners import refuse_owners_address
from console.services.permits import DAY, NEVER_TICKED
from console.services.stop_link import Withdrawal, note, pause_link, resume_link, tell, withdraw_link
from console.services.tombstones import Tombstone, buried

__all__ = [
    "Authorities",
    "CountersignAuthority",
    "PauseAuthority",
    "RecordAuthority",
    "ResumeAuthority",
    "WithdrawAuthority",
    "Withdrawal",
    "is_older",
    "may_withdraw",
]

Minute = Annotated[int, Field(ge=0, le=DAY)]
MOST_WINDOWS: Final = 12
FARTHEST_M: Final = 5000
YEARS: Final = range(2000, 2200)
"""Of the common era; a year of the Buddhist era, or one counted twice, is none of them."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RecordAuthority(Command):
    """What was agreed. Hours are pairs of minutes of the local day; over midnight if the start is the later one.

    Not by an owner: what he permits is recorded by his signature alone (`SignConsent`).
    """

    camera_id: str
    kind: AuthorityKind
    level: AccessLevel
    purposes: frozenset[Purpose] = frozenset()
    valid_from: AwareDatetime
    expires_at: AwareDatetime | None = None
    hours: tuple[tuple[Minute, Minute], ...] = ()
    radius_m: Annotated[int, Field(ge=0, le=FARTHEST_M)] = 0
    permission_snapshot: bool = False
    permission_clip: bool = False
    permission_export: bool = False
    permission_demonstration: bool = False
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    supersedes: str | None = None
    """Id of the authority that whoever records this one saw ("" for none); None: whichever is there."""

    def problems(self) -> dict[str, str]:
        wrong = {"kind": "authority.owner_by_consent"} if self.kind is AuthorityKind.OWNER else {}
        return wrong | self.wrong_terms()

    def wrong_terms(self) -> dict[str, str]:
        """Return what no terms may say, whoever agrees to them."""
        wrong: dict[str, str] = {}
        if self.purposes & NEVER_TICKED:
            wrong["purposes"] = "authority.purpose_never_ticked"
        elif self.level is not AccessLevel.REGISTER_ONLY and not self.purposes:
            wrong["purposes"] = "authority.purpose_missing"
        if not visible(self.reference):
            wrong["reference"] = "field.pattern"
        return wrong | self._wrong_limits() | self._wrong_dates()

    def _wrong_limits(self) -> dict[str, str]:
        """Hours and radius belong to one level each: elsewhere they would promise what nobody keeps."""
        wrong: dict[str, str] = {}
        if (self.level is AccessLevel.HOURS) is not bool(self.hours):
            wrong["hours"] = "authority.hours_at_level_2" if self.hours else "authority.hours_missing"
        if len(self.hours) > MOST_WINDOWS:
            wrong["hours"] = "authority.hours_too_many"
        if any(start in {end, DAY} for start, end in self.hours):
            wrong["hours"] = "authority.hours_empty"
        if (self.level is AccessLevel.INCIDENT) is not (self.radius_m > 0):
            wrong["radius_m"] = "authority.radius_at_level_1" if self.radius_m else "authority.radius_missing"
        return wrong

    def _wrong_dates(self) -> dict[str, str]:
        dates = {"valid_from": self.valid_from, "expires_at": self.expires_at}
        wrong = {name: "authority.wrong_year" for name, at in dates.items() if at is not None and at.year not in YEARS}
        if not wrong and self.expires_at is not None and self.expires_at <= self.valid_from:
            wrong["expires_at"] = "authority.ends_before_start"
        return wrong


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _OnAuthority(Command):
    authority_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class CountersignAuthority(_OnAuthority):
    """The superintendent's word that the camera is the station's own, or an agency's."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class PauseAuthority(_OnAuthority):
    """The owner wants no eyes for now. Everybody in the room may do that for him at once."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ResumeAuthority(_OnAuthority):
    """The owner allows it again, or the superintendent's staff confirmed it after a backup came back."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class WithdrawAuthority(_OnAuthority):
    """For good: dark at once, the credential destroyed, the fingerprint kept."""


class Authorities:
    """Who allowed what."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def current(self, camera_id: str) -> AuthorityRow | None:
        return self._store.read(lambda tx: db.current_authority(tx, camera_id))

    def history(self, camera_id: str) -> list[AuthorityRow]:
        return self._store.read(lambda tx: db.authorities_of(tx, camera_id))

    def by_camera(self) -> dict[str, AuthorityRow]:
        return self._store.read(db.authority_snapshot)

    @command(right=Right.WRITE_AUTHORITIES)
    def record_authority(self, tx: Tx, cmd: RecordAuthority, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        camera = get_camera(tx, cmd.camera_id)
        if camera.archived:
            raise Invalid({"camera_id": "camera.archived"})
        former = db.authorities_of(tx, cmd.camera_id)
        if any(row.private and row.withdrawn_at is not None for row in former):
            # What its owner withdrew does not come back as the station's own camera.
            raise Denied(DenyReason.FINGERPRINT_TAKEN, withdrawn=True)
        current = db.current_authority(tx, cmd.camera_id)
        stands = "" if current is None else current.id
        if cmd.supersedes not in {None, stands}:
            raise Conflict("authority", stands)
        if current is not None and current.private:
            # An owner's camera changes hands through his withdrawal, never past him.
            raise Invalid({"kind": "authority.owner_first"})
        return db.record_authority(tx, cmd.camera_id, _terms(cmd)).id

    @command(right=Right.COUNTERSIGN)
    def countersign_authority(self, tx: Tx, cmd: CountersignAuthority, session: Session) -> None:
        row = _standing(tx, cmd)
        if row.recorded_by == session.person_id:
            raise ConsoleError("authority.self_countersigned")
        if row.withdrawn_at is not None:
            raise Denied(DenyReason.WITHDRAWN)
        refuse_owners_address(tx, row.camera_id, fingerprints_of(tx, row.camera_id))
        db.countersign(tx, cmd.authority_id, cmd.version)

    @command(right=Right.STOP_LINK)
    def pause_authority(self, tx: Tx, cmd: PauseAuthority, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        pause_link(tx, _seen(tx, cmd))

    @command(right=Right.WRITE_AUTHORITIES)
    def resume_authority(self, tx: Tx, cmd: ResumeAuthority, session: Session) -> None:  # noqa: ARG002 - the same
        if _standing(tx, cmd).withdrawn_at is not None:
            raise Denied(DenyReason.WITHDRAWN)
        resume_link(tx, _seen(tx, cmd))

    @command(right=Right.STOP_LINK)
    def withdraw_authority(self, tx: Tx, cmd: WithdrawAuthority, session: Session) -> Withdrawal:
        row = _seen(tx, cmd)
        if not may_withdraw(row, session):
            raise Denied(DenyReason.ROLE, right=Right.WRITE_AUTHORITIES.value)
        return withdraw_link(tx, row)

    # A backup that came back

    def reapply_tombstones(self, *, older: bool = False) -> int:
        """At start: withdraw again what a restored database has forgotten. Returns how many authorities were stopped.

        If the database is older than what lies beside it, or `older` than what this console remembers, every private
        authority is paused until somebody confirms it.
        """

        def work(tx: Tx) -> int:
            cameras = {row.id for row in list_cameras(tx)} | {row.id for row in archived_cameras(tx)}
            stones = buried(tx.data_dir)
            found = ((_forgotten(tx, stone), stone) for stone in stones if stone.camera_id in cameras)
            forgotten = {row.id: (row, stone) for row, stone in found if row is not None}
            for row, stone in forgotten.values():
                db.withdraw(tx, row.id)
                destroy_addresses(tx, row.camera_id)
                _tell_again(tx, row, stone)
            # Also of cameras that the database does not know: registered anew, they would look like new ones.
            refused = sum(refuse_fingerprints(tx, stone.camera_id, stone.fingerprints) for stone in stones)
            if not forgotten and not refused and not older and not is_older(tx):
                return 0
            paused = [row for row in db.authority_snapshot(tx).values() if _to_pause(row)]
            for row in paused:
                pause_link(tx, row, unconfirmed=True)
            counts = {"withdrawn": len(forgotten), "refused": refused, "paused": len(paused)}
            tx.record(JournalEvent("store.restored", ("store", tx.station_id), dict(counts)))
            return len(forgotten) + len(paused)

        return self._store.submit(work, command=CommandStamp(new_id(), "reapply_tombstones"))


def may_withdraw(row: AuthorityRow, session: Session) -> bool:
    """Whoever hears it from the owner does it; what the station agreed with itself or an agency, who recorded that."""
    return session.may(Right.STOP_LINK) and (row.private or session.may(Right.WRITE_AUTHORITIES))


def _standing(tx: Tx, cmd: _OnAuthority) -> AuthorityRow:
    """Return the authority; one that another has replaced is not what decides, so nothing is done to it."""
    row = db.get_authority(tx, cmd.authority_id)
    current = db.current_authority(tx, row.camera_id)
    if current is None or current.id != row.id:
        raise Conflict("authority", row.id)
    return row


def _seen(tx: Tx, cmd: _OnAuthority) -> AuthorityRow:
    """Return the same, refusing a version that somebody has moved on since."""
    row = _standing(tx, cmd)
    if row.version != cmd.version:
        raise Conflict("authority", row.id)
    return row


def _forgotten(tx: Tx, stone: Tombstone) -> AuthorityRow | None:
    """Return what a restored database lets count although it was withdrawn; None if there is nothing.

    A backup from before the withdrawn right was recorded knows an earlier one at most: the owner's last word ends that.
    """
    known = next((row for row in db.authorities_of(tx, stone.camera_id) if row.id == stone.authority_id), None)
    row = known or db.current_authority(tx, stone.camera_id)
    if row is None or row.withdrawn_at is not None or (known is None and not _is_before(row.recorded_at, stone.at)):
        return None
    return row


def _tell_again(tx: Tx, row: AuthorityRow, stone: Tombstone) -> None:
    """Tell the consent what became of it: a void paper is void as a whole, and not withdrawn by anybody.

    Of an earlier right than the one that was ended nobody declared the paper void: it ends as if withdrawn.
    """
    if stone.kind is not ConsentEventKind.VOIDED or row.id != stone.authority_id or row.consent_id is None:
        note(tx, row, NewEvent(ConsentEventKind.WITHDRAWN, row.camera_id))
        return
    consent = get_consent(tx, row.consent_id)
    if all(event.event is not ConsentEventKind.VOIDED for event in consent.events):
        tell(tx, consent, NewEvent(ConsentEventKind.VOIDED))


def _is_before(recorded: datetime, withdrawn: str) -> bool:
    """Whether a right was there when another one was withdrawn. A line that tells no time says nothing of this."""
    try:
        return recorded <= datetime.fromisoformat(withdrawn)
    except (TypeError, ValueError):
        return False


def _to_pause(row: AuthorityRow) -> bool:
    return row.private and row.withdrawn_at is None and not row.unconfirmed


def is_older(tx: Tx) -> bool:
    """Whether the journal lacks a row that the newest checkpoints outside the database have sealed."""
    return lacks(tx, sealed_outside(tx))


def _terms(cmd: RecordAuthority) -> AuthorityTerms:
    return AuthorityTerms(
        kind=cmd.kind,
        level=cmd.level,
        purposes=cmd.purposes,
        valid_from=cmd.valid_from,
        expires_at=cmd.expires_at,
        hours=cmd.hours,
        radius_m=cmd.radius_m,
        permission_snapshot=cmd.permission_snapshot,
        permission_clip=cmd.permission_clip,
        permission_export=cmd.permission_export,
        permission_demonstration=cmd.permission_demonstration,
        reference=cmd.reference,
    )
