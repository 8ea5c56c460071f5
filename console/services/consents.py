"""Consents: drafted, shown, signed, and what the owner says afterwards. Signing writes the rights to look (008)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from console.db import consents as db
from console.db.authorities import (
    AuthorityRow,
    AuthorityTerms,
    current_authority,
    record_authority,
    set_readdressed,
)
from console.db.bare_pictures import bare
from console.db.cameras import CameraRow, archived_cameras, get_camera, list_cameras
from console.db.consents import CameraTerms, ConsentRow, ConsentTerms, NewEvent, PaperRow, Signing
from console.db.journal import JsonValue, key_id
from console.db.notices import NoticeRow, notices
from console.db.owners import OwnerRow, archived_owners, get_owner, list_owners, set_camera_owner
from console.db.store import Store, Tx
from console.db.turns import take_turns
from console.i18n.dates import local
from console.i18n.typed import day_begins
from console.kernel import (
    AuthorityKind,
    Conflict,
    ConsentEventKind,
    ConsentState,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    Party,
    Right,
    Session,
    WithdrawalWay,
)
from console.protection import Kept
from console.services.commands import command
from console.services.consent_codes import CodeKind, read_code
from console.services.consent_commands import (
    PDF,
    PNG,
    ChangeConsent,
    CheckPaper,
    DraftConsent,
    PauseConsent,
    PresentConsent,
    RefuseConsent,
    ResumeConsent,
    SignConsent,
    StopCamera,
    VoidConsent,
    WithdrawConsent,
    as_read,
    media_of,
)
from console.services.consent_heads import Proof, heads_given, make_heads
from console.services.consent_state import (
    LIVING,
    Reminder,
    Signers,
    camera_state,
    reminder,
    resting_cameras,
    signers,
    state,
)
from console.services.journal import SigningKeys
from console.services.moments import refuse_future
from console.services.notices import notice_in_force, refuse_blanks
from console.services.owners import Sight, demand, seen, sight_of
from console.services.readdressing import carried_on
from console.services.retention import days_kept
from console.services.row_lines import RowLine
from console.services.sessions import Sessions
from console.services.stop_link import (
    Pause,
    Stopped,
    Withdrawal,
    end_link,
    halt_link,
    owner_of,
    resume_link,
    tell,
    withdraw_link,
)
from console.settings import StationSettings

__all__ = ["CameraTerms", "ConsentEntry", "ConsentRow", "Consents", "PaperRow", "Pause", "Stopped", "Withdrawal"]

PAPERS_DAYS: Final = "papers_days"
LATE_PAPER: Final = timedelta(days=30)
"""So long a paper that was signed on a visit may lie before it is entered."""
_SUPERSEDABLE: Final = frozenset({ConsentState.IN_FORCE, ConsentState.PAUSED, ConsentState.EXPIRED})
_UNSIGNED: Final = frozenset({ConsentState.DRAFT, ConsentState.AWAITING_SIGNATURE})


@dataclass(frozen=True, slots=True)
class ConsentEntry(RowLine):
    """A consent with what belongs to it, for lists and papers. `successor`: the number of the one that replaced it."""

    row: ConsentRow
    owner: OwnerRow
    cameras: tuple[CameraRow, ...]
    notice: NoticeRow
    state: ConsentState
    signers: Signers = Signers.OWNER
    reminder: Reminder | None = None
    successor: str = ""
    replaces: str = ""
    """The number of the one that it replaces."""
    papers_days: int = 0
    """So long its papers are kept once it is over: the term that was in force when it was signed."""

    def dark_until(self, signed: datetime) -> datetime | None:
        """Return when it begins, if it replaces another and begins after `signed`: until then nobody may look (008)."""
        begins = self.row.terms.valid_from
        return begins if self.replaces and begins > signed else None

    @property
    def some_paused(self) -> bool:
        """Whether at least one of its cameras is paused."""
        events = self.row.events
        return any(camera_state(events, each) is ConsentState.PAUSED for each in self.row.camera_ids)

    @property
    def resting(self) -> frozenset[str]:
        """Which of its cameras wait for the owner's word, because they lead to another address than he knows."""
        return resting_cameras(self.row.events)

    @property
    def some_withdrawn(self) -> bool:
        """Whether at least one of its cameras was withdrawn."""
        return any(event.event is ConsentEventKind.WITHDRAWN for event in self.row.events)


class Consents:
    """Consents of the station's owners."""

    def __init__(self, store: Store, station: StationSettings, sessions: Sessions, keys: SigningKeys) -> None:
        self._store = store
        self._station = station
        self._sessions = sessions
        self._keys = keys

    # Reading: what somebody's role needs of it

    def entries(self, session: Session) -> list[ConsentEntry]:
        """Return every consent, newest first."""
        demand(self._sessions, session)
        found = self._store.read(lambda tx: list(_entries(tx, db.list_consents(tx), tx.now)))
        return [as_seen(each, session) for each in found]

    def entry(self, session: Session, consent_id: str) -> ConsentEntry:
        demand(self._sessions, session)
        found = self._store.read(lambda tx: next(_entries(tx, [db.get_consent(tx, consent_id)], tx.now)))
        return as_seen(found, session)

    def owners(self, session: Session) -> list[OwnerRow]:
        """Return whoever may be asked."""
        demand(self._sessions, session)
        found = self._store.read(list_owners)
        return found if may_read_names(session) else [seen(row, Sight.FIGURES) for row in found]

    def papers(self, session: Session, consent_id: str) -> list[PaperRow]:
        """Return what is held of its papers: names, sizes and hashes, which name nobody."""
        demand(self._sessions, session)
        return self._store.read(lambda tx: db.papers_of(tx, consent_id))

    def paper(self, session: Session, consent_id: str, paper: PaperRow) -> bytes:
        """Return a paper's bytes; raises `consent.paper_gone` if it was deleted. Signatures: for who keeps them."""
        demand(self._sessions, session)
        if not (session.may(Right.WRITE_AUTHORITIES) or session.may(Right.PROTECT_DATA)):
            raise Denied(DenyReason.ROLE, right=Right.WRITE_AUTHORITIES.value)
        found = self._store.read(lambda tx: db.read_paper(tx, consent_id, paper.event_number, paper.name))
        if found is None:
            raise ConsoleError("consent.paper_gone", sha256=paper.sha256)
        return found

    def proof(self, session: Session, consent_id: str) -> Proof:
        """Return what the receipt bears to check the station with, for who may print one."""
        demand(self._sessions, session)
        if not may_read_names(session):
            raise Denied(DenyReason.ROLE, right=Right.WRITE_AUTHORITIES.value)

        def work(tx: Tx) -> Proof:
            return Proof(key_id(self._keys.public_key(tx)), heads_given(tx, db.get_consent(tx, consent_id)))

        return self._store.read(work)

    # Before the signature

    @command(right=Right.WRITE_AUTHORITIES)
    def draft_consent(self, tx: Tx, cmd: DraftConsent, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        terms = self._terms(tx, cmd, cmd.supersedes)
        made = db.add_consent(tx, terms)
        tell(tx, made, NewEvent(ConsentEventKind.DRAFTED))
        return made.id

    @command(right=Right.WRITE_AUTHORITIES)
    def change_consent(self, tx: Tx, cmd: ChangeConsent, session: Session) -> None:  # noqa: ARG002 - the same
        row = _seen(tx, cmd.consent_id, cmd.version)
        _demand(tx, row, _UNSIGNED)
        changed = db.change_consent(tx, row.id, self._terms(tx, cmd, row.terms.supersedes_id, row.id))
        tell(tx, changed, NewEvent(ConsentEventKind.DRAFTED))

    @command(right=Right.WRITE_AUTHORITIES)
    def present_consent(self, tx: Tx, cmd: PresentConsent, session: Session) -> None:  # noqa: ARG002 - the same
        row = _seen(tx, cmd.consent_id, cmd.version)
        _demand(tx, row, _UNSIGNED)
        newest = notice_in_force(tx, self._station)
        if row.terms.purposes - newest.purposes:
            raise Invalid({"purposes": "consent.purpose_not_in_notice"})
        refuse_blanks(newest)
        _refuse_taken(tx, row.terms, row.id)
        if newest.id != row.terms.notice_id:
            row = db.show_notice(tx, row.id, newest.id)
        tell(tx, row, NewEvent(ConsentEventKind.PRESENTED, data={"notice": newest.number}))

    def _terms(
        self, tx: Tx, cmd: DraftConsent | ChangeConsent, supersedes: str | None, own_id: str = ""
    ) -> ConsentTerms:
        """Check the terms against the store, and return them with the newest notice."""
        notice = notice_in_force(tx, self._station)
        owner = get_owner(tx, cmd.owner_id)
        if owner.archived:
            raise Invalid({"owner_id": "consent.owner_archived"})
        if owner.party is not Party.PERSON and not owner.facts.authorised_person:
            raise Invalid({"owner_id": "consent.no_authorised_person"})
        if cmd.valid_from < day_begins(local(tx.now).date()):
            raise Invalid({"valid_from": "consent.back_dated"})
        if cmd.purposes - notice.purposes:
            raise Invalid({"purposes": "consent.purpose_not_in_notice"})
        terms = ConsentTerms(
            owner_id=owner.id,
            notice_id=notice.id,
            cameras=tuple(_placed(tx, camera) for camera in cmd.cameras),
            level=cmd.level,
            valid_from=cmd.valid_from,
            expires_at=cmd.expires_at,
            purposes=cmd.purposes,
            hours=cmd.hours,
            radius_m=cmd.radius_m,
            permission_snapshot=cmd.permission_snapshot,
            permission_clip=cmd.permission_clip,
            permission_export=cmd.permission_export,
            permission_demonstration=cmd.permission_demonstration,
            permission_ai=cmd.permission_ai,
            recording_days=cmd.recording_days,
            recipients=cmd.recipients,
            supersedes_id=supersedes,
        )
        _refuse_wrong_cameras(tx, terms)
        _refuse_taken(tx, terms, own_id)
        _refuse_supersession(tx, terms)
        return terms

    # The signature

    @command(right=Right.WRITE_AUTHORITIES)
    def sign_consent(self, tx: Tx, cmd: SignConsent, session: Session) -> str:
        row = _seen(tx, cmd.consent_id, cmd.version)
        _demand(tx, row, frozenset({ConsentState.AWAITING_SIGNATURE}))
        newest = notice_in_force(tx, self._station)
        if newest.id != row.terms.notice_id:
            raise ConsoleError("consent.notice_changed")
        refuse_blanks(newest)
        if row.terms.expires_at <= tx.now:
            raise Invalid({"agreed": "consent.over_before_signed"})
        signing = _signing(tx, row, cmd, session)
        _refuse_wrong_cameras(tx, row.terms)
        _refuse_taken(tx, row.terms, row.id)
        _refuse_supersession(tx, row.terms)
        event = row.events[-1].number + 1
        hashes = _keep_papers(tx, row.id, event, cmd)
        db.sign(tx, row.id, signing)
        way = WithdrawalWay.SCREEN if cmd.scan is None else WithdrawalWay.PAPER
        kept = days_kept(tx, Kept.CONSENT_PAPERS)
        data: dict[str, JsonValue] = {**hashes, "agreed_data": cmd.agreed_data, PAPERS_DAYS: kept}
        tell(tx, row, NewEvent(ConsentEventKind.SIGNED, way=way, data=data))
        for camera_id in row.camera_ids:
            resting = carried_on(current_authority(tx, camera_id))
            set_camera_owner(tx, camera_id, row.terms.owner_id)
            made = record_authority(tx, camera_id, _right(row, tx.now))
            if resting:
                set_readdressed(tx, made.id, resting)
                tell(tx, row, NewEvent(ConsentEventKind.READDRESSED, camera_id))
        if row.terms.supersedes_id is not None:
            former = db.get_consent(tx, row.terms.supersedes_id)
            tell(tx, former, NewEvent(ConsentEventKind.SUPERSEDED, data={"by": row.number}))
        make_heads(tx, self._keys, row.camera_ids)
        return row.id

    @command(right=Right.WRITE_AUTHORITIES)
    def refuse_consent(self, tx: Tx, cmd: RefuseConsent, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        row = _seen(tx, cmd.consent_id, cmd.version)
        _demand(tx, row, _UNSIGNED)
        _with_reason(tx, row, ConsentEventKind.REFUSED, cmd.reason)

    @command(right=Right.WRITE_AUTHORITIES)
    def void_consent(self, tx: Tx, cmd: VoidConsent, session: Session) -> Stopped:  # noqa: ARG002 - the same
        row = _seen(tx, cmd.consent_id, cmd.version)
        _demand(tx, row, _UNSIGNED | _SUPERSEDABLE)
        ended = tuple(end_link(tx, right, ConsentEventKind.VOIDED) for right in _rights(tx, row, row.camera_ids))
        _with_reason(tx, row, ConsentEventKind.VOIDED, cmd.reason)
        return Stopped(row.id, row.number, WithdrawalWay.SCREEN, tx.now, ended)

    # The owner's word afterwards

    @command(right=Right.STOP_LINK)
    def pause_consent(self, tx: Tx, cmd: PauseConsent, session: Session) -> Stopped:  # noqa: ARG002 - the same
        row = db.get_consent(tx, cmd.consent_id)
        _demand(tx, row, _SUPERSEDABLE)
        _refuse_replaced(tx, row, row.camera_ids)
        halted = tuple(halt_link(tx, right, cmd.way) for right in _rights(tx, row, _named(row, cmd.camera_id)))
        if not halted:
            raise Denied(DenyReason.WITHDRAWN)
        return Stopped(row.id, row.number, cmd.way, tx.now, halted)

    @command(right=Right.WRITE_AUTHORITIES)
    def resume_consent(self, tx: Tx, cmd: ResumeConsent, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_consent(tx, cmd.consent_id)
        _demand(tx, row, frozenset({ConsentState.IN_FORCE, ConsentState.PAUSED}))
        for right in _rights(tx, row, _named(row, cmd.camera_id)):
            resume_link(tx, right, cmd.way)

    @command(right=Right.STOP_LINK)
    def withdraw_consent(self, tx: Tx, cmd: WithdrawConsent, session: Session) -> Stopped:  # noqa: ARG002 - the same
        """End it. What is withdrawn already stays so, and is confirmed once more."""
        row = db.get_consent(tx, cmd.consent_id)
        _demand(tx, row, _SUPERSEDABLE | {ConsentState.WITHDRAWN})
        named = _named(row, cmd.camera_id)
        _refuse_replaced(tx, row, named)
        standing = [each for each in named if camera_state(row.events, each) is not ConsentState.WITHDRAWN]
        ended = tuple(withdraw_link(tx, right, cmd.way) for right in _rights(tx, row, standing))
        known = {each.camera_code for each in ended}
        cameras = (get_camera(tx, camera_id) for camera_id in named)
        before = tuple(
            Withdrawal(each.code, each.name, _withdrawn_at(row, each.id, tx.now), (), row.number, owner_of(tx, each))
            for each in cameras
            if each.code not in known
        )
        return Stopped(row.id, row.number, cmd.way, tx.now, (*ended, *before))

    @command(right=Right.STOP_LINK)
    def stop_camera(self, tx: Tx, cmd: StopCamera, session: Session) -> Stopped:  # noqa: ARG002 - the same
        """Do so for one camera, whichever way it was permitted; what is no owner's is not stopped this way."""
        right = current_authority(tx, cmd.camera_id)
        if right is None or not right.private:
            raise Denied(DenyReason.NO_AUTHORITY)
        if right.withdrawn_at is not None:
            raise Denied(DenyReason.WITHDRAWN)
        done = withdraw_link(tx, right, cmd.way) if cmd.ends else halt_link(tx, right, cmd.way)
        return Stopped("", done.consent, cmd.way, tx.now, (done,))

    # A paper that somebody brings along

    @command(right=None)
    def check_paper(self, tx: Tx, cmd: CheckPaper, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        """Return the consent of a receipt or a sticker; a paper that is not this station's is said to be so."""
        code = read_code(cmd.code)
        if code.station != tx.station_id:
            raise Invalid({"code": "code.other_station"})
        found = next((row for row in db.list_consents(tx) if row.number == code.consent), None)
        if found is None:
            raise Invalid({"code": "code.unknown"})
        if code.kind is CodeKind.RECEIPT and code.proof != key_id(self._keys.public_key(tx)):
            raise Invalid({"code": "code.other_key"})
        return found.id


# What is known of them


def may_read_names(session: Session) -> bool:
    """Whether somebody's work needs to know who signed: whoever watches, keeps the register, or keeps the records."""
    return sight_of(session) is not Sight.FIGURES or session.may(Right.PROTECT_DATA)


def as_seen(entry: ConsentEntry, session: Session) -> ConsentEntry:
    """Return of a consent what somebody may read: others see what is allowed, not by whom."""
    if may_read_names(session):
        return entry
    row = replace(entry.row, signer="", guardian="", witness="")
    return replace(entry, owner=seen(entry.owner, Sight.FIGURES), row=row)


def _entries(tx: Tx, rows: Iterable[ConsentRow], now: datetime) -> Iterator[ConsentEntry]:
    owners = {owner.id: owner for owner in (*list_owners(tx), *archived_owners(tx))}
    cameras: Mapping[str, CameraRow] = {row.id: row for row in (*list_cameras(tx), *archived_cameras(tx))}
    every = list(notices(tx))
    known = {notice.id: notice for notice in every}
    successors, replaced, days = db.successors(tx), db.replaced(tx), days_kept(tx, Kept.CONSENT_PAPERS)
    for row in rows:
        notice = known[row.terms.notice_id]
        yield ConsentEntry(
            row=row,
            owner=owners[row.terms.owner_id],
            cameras=tuple(cameras[camera_id] for camera_id in row.camera_ids),
            notice=notice,
            state=state(row.events, row.terms, now),
            signers=signers(owners[row.terms.owner_id], now),
            reminder=reminder(row, notice, every[-1], now),
            successor=successors.get(row.id, ""),
            replaces=replaced.get(row.id, ""),
            papers_days=_days_at_signing(row, days),
        )


def _days_at_signing(row: ConsentRow, now: int) -> int:
    """Return what the owner was told; of one that is not signed yet, or was before this was noted, what holds now."""
    told = (event.data.get(PAPERS_DAYS) for event in row.events if event.event is ConsentEventKind.SIGNED)
    return next((days for days in told if isinstance(days, int)), now)


def _seen(tx: Tx, consent_id: str, version: int) -> ConsentRow:
    row = db.get_consent(tx, consent_id)
    if row.version != version:
        raise Conflict(db.KIND, consent_id)
    return row


def _demand(tx: Tx, row: ConsentRow, states: frozenset[ConsentState]) -> None:
    """Refuse what cannot be done in the state in which the consent is."""
    found = state(row.events, row.terms, tx.now)
    if found not in states:
        raise ConsoleError("consent.wrong_state", number=row.number, state=found)


def _named(row: ConsentRow, camera_id: str | None) -> tuple[str, ...]:
    if camera_id is None:
        return row.camera_ids
    if camera_id not in row.camera_ids:
        raise ConsoleError("not_found", kind="camera", id=camera_id)
    return (camera_id,)


def _rights(tx: Tx, row: ConsentRow, camera_ids: Iterable[str]) -> list[AuthorityRow]:
    """Return the standing rights that this consent gave."""
    found = (current_authority(tx, camera_id) for camera_id in camera_ids)
    return [right for right in found if right and right.consent_id == row.id and right.withdrawn_at is None]


def _refuse_replaced(tx: Tx, row: ConsentRow, camera_ids: Iterable[str]) -> None:
    """An owner who comes with an old paper is told which one counts: nothing is ended by half."""
    for camera_id in camera_ids:
        right = current_authority(tx, camera_id)
        if right is None or right.withdrawn_at is not None or right.consent_id in {None, row.id}:
            continue
        raise ConsoleError("consent.replaced", number=row.number, other=db.get_consent(tx, right.consent_id).number)


def _withdrawn_at(row: ConsentRow, camera_id: str, now: datetime) -> datetime:
    withdrawn = (event for event in row.events if event.event is ConsentEventKind.WITHDRAWN)
    return next((event.at for event in withdrawn if event.camera_id in {None, camera_id}), now)


def _with_reason(tx: Tx, row: ConsentRow, kind: ConsentEventKind, reason: str) -> None:
    """Note an event with words that may be erased later: they stand beside it and as a personal value."""
    number = tell(tx, row, NewEvent(kind), reason)
    db.add_paper(tx, row.id, number, "reason", ("text/plain", reason.encode()))


# What is refused


def _placed(tx: Tx, camera: CameraTerms) -> CameraTerms:
    """Write the camera's place down as it is today, where the form says nothing else."""
    place = camera.place or get_camera(tx, camera.camera_id).place
    return CameraTerms(camera.camera_id, place, camera.aim, camera.sight)


def _refuse_wrong_cameras(tx: Tx, terms: ConsentTerms) -> None:
    for camera_id in (each.camera_id for each in terms.cameras):
        camera = get_camera(tx, camera_id)
        if camera.archived:
            raise Invalid({"cameras": "camera.archived"})
        if camera.owner_id not in {None, terms.owner_id}:
            raise Invalid({"cameras": "consent.other_owner"}, camera=camera.code)
        right = current_authority(tx, camera_id)
        if right is not None and right.kind is not AuthorityKind.OWNER:
            raise Invalid({"cameras": "consent.not_private"}, camera=camera.code)


def _refuse_taken(tx: Tx, terms: ConsentTerms, own_id: str) -> None:
    """Two consents for one camera would be two answers to one question, also when two consoles ask at once."""
    take_turns(tx, "consent of camera", (each.camera_id for each in terms.cameras))
    for camera_id in (each.camera_id for each in terms.cameras):
        for other in db.consents_of_camera(tx, camera_id):
            if other.id in {own_id, terms.supersedes_id} or state(other.events, other.terms, tx.now) not in LIVING:
                continue
            if camera_state(other.events, camera_id) is not ConsentState.WITHDRAWN:
                camera = get_camera(tx, camera_id)
                raise Invalid({"cameras": "consent.camera_taken"}, camera=camera.code, other=other.number)


def _refuse_supersession(tx: Tx, terms: ConsentTerms) -> None:
    if terms.supersedes_id is None:
        return
    former = db.get_consent(tx, terms.supersedes_id)
    if former.terms.owner_id != terms.owner_id:
        raise Invalid({"owner_id": "consent.supersedes_other_owner"}, other=former.number)
    _demand(tx, former, _SUPERSEDABLE)
    wanted = {each.camera_id for each in terms.cameras}
    for camera_id in former.camera_ids:
        if camera_id not in wanted and camera_state(former.events, camera_id) is not ConsentState.WITHDRAWN:
            code = get_camera(tx, camera_id).code
            raise Invalid({"cameras": "consent.camera_left_out"}, camera=code, other=former.number)


# Who signed what


def _signing(tx: Tx, row: ConsentRow, cmd: SignConsent, session: Session) -> Signing:
    owner = get_owner(tx, row.terms.owner_id)
    needed = signers(owner, tx.now)
    if needed is not Signers.GUARDIAN and not cmd.signer:
        raise Invalid({"signer": "field.missing"})
    if needed is not Signers.OWNER and not cmd.guardian:
        raise Invalid({"guardian": "consent.guardian_missing"})
    if needed is Signers.GUARDIAN and cmd.signer:
        raise Invalid({"signer": "consent.guardian_only"})
    # With a rank before the name it is still the officer.
    if as_read(session.display_name) in as_read(cmd.witness):
        raise Invalid({"witness": "consent.witness_signs"})
    if cmd.scan is None or cmd.signed_on is None:
        return Signing(cmd.signer, cmd.guardian, cmd.witness, tx.now, cmd.agreed_data)
    refuse_future(tx, "signed_on", cmd.signed_on, "consent.signed_in_future")
    if cmd.signed_on < tx.now - LATE_PAPER:
        raise Invalid({"signed_on": "consent.signed_long_ago"})
    return Signing(cmd.signer, cmd.guardian, cmd.witness, cmd.signed_on, cmd.agreed_data)


def _keep_papers(tx: Tx, consent_id: str, event: int, cmd: SignConsent) -> dict[str, JsonValue]:
    """Keep what was signed, and return the hashes. A paper proves one consent only.

    Of a photographed paper what the camera wrote beside the picture is left out: the hash is of what is kept.
    """
    held = {
        "form": (PDF, cmd.form),
        "signature": (PNG, cmd.signature),
        "data_signature": (PNG, cmd.data_signature),
        "scan": ("", None) if cmd.scan is None else (media_of(cmd.scan), bare(cmd.scan)),
    }
    kept = {
        name: db.add_paper(tx, consent_id, event, name, (media, content))
        for name, (media, content) in held.items()
        if content is not None
    }
    main = kept["scan" if cmd.scan is not None else "form"]
    other = db.paper_used_by(tx, main.sha256, consent_id)
    if other is not None:
        raise Invalid({"scan": "consent.paper_used"}, other=other)
    hashes: dict[str, JsonValue] = {f"{name}_sha256": paper.sha256 for name, paper in kept.items()}
    return hashes | {"paper_sha256": main.sha256}


def _right(row: ConsentRow, now: datetime) -> AuthorityTerms:
    """Return the right to look that a signature gives at each camera: never from before the signature."""
    terms = row.terms
    return AuthorityTerms(
        kind=AuthorityKind.OWNER,
        level=terms.level,
        purposes=terms.purposes,
        valid_from=max(terms.valid_from, now),
        expires_at=terms.expires_at,
        hours=terms.hours,
        radius_m=terms.radius_m,
        permission_snapshot=terms.permission_snapshot,
        permission_clip=terms.permission_clip,
        permission_export=terms.permission_export,
        permission_demonstration=terms.permission_demonstration,
        reference=row.number,
        consent_id=row.id,
    )
