"""The register of owners: who they are, how to reach them, which cameras are theirs, and how far the talks have come.

The stage of an owner is never entered: it follows from the steps that were recorded, the permissions that stand and the
cameras that are linked. Who does not keep the register reads only what the role needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import owners as db
from console.db.authorities import current_authority
from console.db.cameras import get_camera
from console.db.journal import JournalEvent
from console.db.owner_steps import StepRow, list_steps
from console.db.owners import OwnerFacts, OwnerRow
from console.db.store import Store, Tx
from console.i18n.dates import arabic_digits, search_key
from console.i18n.typed import common_year, one_line
from console.kernel import (
    STATION_ZONE,
    AuthorityKind,
    Clock,
    Conflict,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    OwnerType,
    Party,
    PersuasionStage,
    Right,
    Session,
    StepKind,
    Zone,
)
from console.services.camera_register import CameraEntry, Standing, entries_at, permission_standing
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.row_lines import RowLine
from console.services.sessions import Sessions
from console.services.texts import LINES, ONE_LINE, unseen

__all__ = ["NextStep", "OwnerFacts", "OwnerLine", "OwnerRow", "Owners", "Sight", "alike", "sight_of"]

_ARABIC: Final = BeforeValidator(lambda typed: arabic_digits(one_line(typed)) if isinstance(typed, str) else typed)

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), ONE_LINE]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), ONE_LINE]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), ONE_LINE]
Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), LINES]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), LINES]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), _ARABIC]
BirthYear = Annotated[int, Field(ge=1, le=9999)]

ADULT: Final = 20
"""Years of age from which nobody else need agree (Civil and Commercial Code s.19, PDPA s.20)."""

OLDEST: Final = 120
_PHONE: Final = re.compile(r"^\+?[\d\s().\-]+(?:(?:ต่อ|ext\.?|x|#)\s*\d{1,6})?$", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"(?:ต่อ|ext\.?|x|#).*$", re.IGNORECASE)
_DIGITS: Final = range(9, 16)
_EMAIL: Final = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")
_TEXTS: Final = (
    "name",
    "authorised_person",
    "authorised_position",
    "address",
    "community",
    "phone",
    "line_id",
    "email",
    "guardian",
    "note",
)
_AGENCIES: Final = frozenset({OwnerType.MUNICIPALITY, OwnerType.STATE, OwnerType.POLICE})


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RegisterOwner(Command):
    """A new owner. `birth_year`, of either era, and `guardian` only where somebody may be a minor or has a guardian."""

    party: Party
    owner_type: OwnerType
    name: Name
    authorised_person: Line = ""
    authorised_position: Short = ""
    address: Place = ""
    community: Short = ""
    zone: Zone = Zone.UNKNOWN
    phone: Phone = ""
    line_id: Short = ""
    email: Line = ""
    birth_year: BirthYear | None = None
    guardian: Line = ""
    note: Words = ""

    def problems(self) -> dict[str, str]:
        wrong = unseen(**{name: getattr(self, name) for name in _TEXTS})
        return wrong | self._wrong_contacts() | self._wrong_party()

    def _wrong_contacts(self) -> dict[str, str]:
        wrong: dict[str, str] = {}
        if self.phone and not (_PHONE.match(self.phone) and len(_digits(self.phone)) in _DIGITS):
            wrong["phone"] = "owner.phone"
        if self.email and not _EMAIL.match(self.email):
            wrong["email"] = "owner.email"
        return wrong

    def _wrong_party(self) -> dict[str, str]:
        """Who signs: the person himself, or somebody with a position for a company or an agency."""
        if self.party is Party.PERSON:
            wrong = {"owner_type": "owner.person_no_agency"} if self.owner_type in _AGENCIES else {}
            others = [name for name in ("authorised_person", "authorised_position") if getattr(self, name)]
            return wrong | dict.fromkeys(others, "owner.signs_himself")
        needed = [name for name in ("authorised_person", "authorised_position") if not getattr(self, name)]
        wrong = dict.fromkeys(needed, "owner.who_signs")
        if self.birth_year is not None:
            wrong["birth_year"] = "owner.no_birth"
        if self.guardian:
            wrong["guardian"] = "owner.no_birth"
        return wrong


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeOwner(RegisterOwner):
    """What stands in the record now."""

    owner_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _OnOwner(Command):
    owner_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ArchiveOwner(_OnOwner):
    """Out of the register; number and history stay. Not while a camera is this owner's."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RestoreOwner(_OnOwner):
    """Back into the register."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class LinkCamera(Command):
    """The camera is this owner's. `instead_of` is whose it was when somebody decided that ("" nobody's)."""

    owner_id: str
    camera_id: str
    instead_of: str = ""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class UnlinkCamera(Command):
    """The camera is not this owner's any more, or never was."""

    owner_id: str
    camera_id: str


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ExtractOwners(Command):
    """Names and telephones are about to leave the program. Journaled before they do."""

    how: Literal["csv", "print"]
    rows: Annotated[int, Field(ge=0)]


class Sight(StrEnum):
    """How much of an owner somebody's role needs."""

    WHOLE = "whole"
    """Keeps the register."""
    CONTACT = "contact"
    """Watches: name and telephone of who is to be called."""
    FIGURES = "figures"
    """Neither: number, kind, community, cameras."""


@plain_dataclass(frozen=True, slots=True)
class NextStep:
    """What was agreed on as next with an owner, and until when. `day` None: at no certain time."""

    text: str
    day: datetime | None

    def due(self, now: datetime) -> bool:
        """Whether its day has come."""
        return self.day is not None and self.day <= now


@plain_dataclass(frozen=True, slots=True)
class OwnerLine(RowLine):
    """An owner as the list shows it. `unwilling`: the last that was heard is a no, or a not yet."""

    row: OwnerRow
    stage: PersuasionStage
    unwilling: StepKind | None
    cameras: tuple[CameraEntry, ...]
    next_step: NextStep | None


def sight_of(session: Session) -> Sight:
    if session.may(Right.WRITE_AUTHORITIES):
        return Sight.WHOLE
    return Sight.CONTACT if session.may(Right.VIEW_FEEDS) else Sight.FIGURES


def seen(row: OwnerRow, sight: Sight) -> OwnerRow:
    """Return of an owner what somebody may read."""
    if sight is Sight.WHOLE:
        return row
    facts = replace(row.facts, address="", email="", birth_year=None, note="")
    if sight is Sight.FIGURES:
        facts = replace(facts, name="", authorised_person="", authorised_position="", phone="", line_id="", guardian="")
    return replace(row, facts=facts)


def alike(facts: OwnerFacts, known: Iterable[OwnerRow], own_id: str = "") -> dict[str, OwnerRow]:
    """Return at which field an owner looks like one who is registered already: the same telephone, or name and address.

    A question, not a refusal: a family shares a telephone.
    """
    found: dict[str, OwnerRow] = {}
    phone, name = _digits(facts.phone), _folded(facts.name)
    for row in known:
        if row.id == own_id:
            continue
        if phone and phone == _digits(row.facts.phone):
            found.setdefault("phone", row)
        if name and name == _folded(row.facts.name) and _folded(facts.address) == _folded(row.facts.address):
            found.setdefault("name", row)
    return found


def may_be_minor(birth_year: int | None, now: datetime) -> bool | None:
    """Whether somebody born in this year (of either era) is under 20; None: may be, this is the year of the 20th."""
    if birth_year is None:
        return False
    age = now.astimezone(STATION_ZONE).year - common_year(birth_year)
    return None if age == ADULT else age < ADULT


def stage_of(steps: Iterable[StepRow], cameras: Iterable[CameraEntry], now: datetime) -> PersuasionStage:
    """Return how far the talks have come, by what is recorded."""
    entries = list(cameras)
    if any(entry.linked for entry in entries):
        return PersuasionStage.LINKED
    if any(_agreed(entry, now) for entry in entries):
        return PersuasionStage.AGREED
    reached = [_REACHED.get(step.facts.kind, PersuasionStage.CONTACT) for step in steps if step.stands]
    return max(reached, key=list(PersuasionStage).index, default=PersuasionStage.LISTED)


_REACHED: Final = {
    StepKind.SUPERINTENDENT_VISIT: PersuasionStage.VISITED,
    StepKind.BRIEFING: PersuasionStage.BRIEFED,
    StepKind.ROOM_VISIT: PersuasionStage.BRIEFED,
}
_ENDED: Final = frozenset({Standing.NO_PERMISSION, Standing.WITHDRAWN, Standing.EXPIRED})
_UNWILLING: Final = frozenset({StepKind.REFUSED, StepKind.POSTPONED})


def _agreed(entry: CameraEntry, now: datetime) -> bool:
    """Whether the owner's yes stands: also a pause and a permission that has not begun are one."""
    authority = entry.authority
    if authority is None or authority.kind is AuthorityKind.OWN:
        return False
    return permission_standing(authority, now) not in _ENDED


class Owners:
    """Reads and writes the register."""

    def __init__(self, store: Store, sessions: Sessions, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock

    # Reading

    def lines(self, session: Session, *, archived: bool = False) -> list[OwnerLine]:
        """Return the owners, by number, with what belongs to them, as far as this session may read it."""
        demand(self._sessions, session)
        sight = sight_of(session)

        def work(tx: Tx) -> list[OwnerLine]:
            rows = db.archived_owners(tx) if archived else db.list_owners(tx)
            return owner_lines(tx, rows, self._clock.now(), sight)

        return self._store.read(work)

    def known(self, session: Session) -> dict[str, OwnerRow]:
        """Return the owners in use by id, as far as this session may read them: whose a camera is."""
        demand(self._sessions, session)
        sight = sight_of(session)
        return {row.id: seen(row, sight) for row in self._store.read(db.list_owners)}

    def free_cameras(self) -> list[CameraEntry]:
        """Return the cameras of which no owner is recorded."""
        entries = self._store.read(lambda tx: entries_at(tx, self._clock.now()))
        return [entry for entry in entries if entry.camera.owner_id is None]

    # Writing

    @command(right=Right.WRITE_AUTHORITIES)
    def register_owner(self, tx: Tx, cmd: RegisterOwner, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        return db.add_owner(tx, _facts(cmd, tx.now)).id

    @command(right=Right.WRITE_AUTHORITIES)
    def change_owner(self, tx: Tx, cmd: ChangeOwner, session: Session) -> None:  # noqa: ARG002 - the same
        if db.get_owner(tx, cmd.owner_id).archived:
            raise ConsoleError("owner.archived_stays")
        db.change_owner(tx, cmd.owner_id, cmd.version, _facts(cmd, tx.now))

    @command(right=Right.WRITE_AUTHORITIES)
    def archive_owner(self, tx: Tx, cmd: ArchiveOwner, session: Session) -> None:  # noqa: ARG002 - the same
        if db.cameras_of_owner(tx, cmd.owner_id):
            raise ConsoleError("owner.has_cameras")
        db.set_owner_archived(tx, cmd.owner_id, cmd.version, archived=True)

    @command(right=Right.WRITE_AUTHORITIES)
    def restore_owner(self, tx: Tx, cmd: RestoreOwner, session: Session) -> None:  # noqa: ARG002 - the same
        db.set_owner_archived(tx, cmd.owner_id, cmd.version, archived=False)

    @command(right=Right.WRITE_AUTHORITIES)
    def link_camera(self, tx: Tx, cmd: LinkCamera, session: Session) -> None:
        camera = get_camera(tx, cmd.camera_id)
        if camera.archived:
            raise Invalid({"camera_id": "camera.archived"})
        if db.get_owner(tx, cmd.owner_id).archived:
            raise ConsoleError("owner.archived_stays")
        if camera.owner_id == cmd.owner_id:
            return
        if (camera.owner_id or "") != cmd.instead_of:
            raise Conflict("camera", camera.id)
        if camera.owner_id is not None:
            _refuse_past_permission(tx, camera.id, session)
        db.set_camera_owner(tx, camera.id, cmd.owner_id)

    @command(right=Right.WRITE_AUTHORITIES)
    def unlink_camera(self, tx: Tx, cmd: UnlinkCamera, session: Session) -> None:
        camera = get_camera(tx, cmd.camera_id)
        if camera.owner_id != cmd.owner_id:
            raise Conflict("camera", camera.id)
        _refuse_past_permission(tx, camera.id, session)
        db.set_camera_owner(tx, camera.id, None)

    @command(right=None)
    def extract_owners(self, tx: Tx, cmd: ExtractOwners, session: Session) -> None:  # noqa: ARG002 - the same
        """Whoever reads the list may save it; that it was saved is told."""
        data = {"how": cmd.how, "rows": cmd.rows}
        tx.record(JournalEvent("owners.extracted", ("owner", tx.station_id), data))


def owner_lines(tx: Tx, rows: Sequence[OwnerRow], now: datetime, sight: Sight = Sight.WHOLE) -> list[OwnerLine]:
    """Put owners together with their cameras and steps."""
    cameras: dict[str, list[CameraEntry]] = {}
    for entry in entries_at(tx, now):
        if entry.camera.owner_id is not None:
            cameras.setdefault(entry.camera.owner_id, []).append(entry)
    steps: dict[str, list[StepRow]] = {}
    for step in list_steps(tx):
        if step.stands:
            steps.setdefault(step.owner_id, []).append(step)
    return [_line(seen(row, sight), cameras.get(row.id, ()), steps.get(row.id, ()), (now, sight)) for row in rows]


def _line(
    row: OwnerRow, cameras: Sequence[CameraEntry], steps: Sequence[StepRow], seen_by: tuple[datetime, Sight]
) -> OwnerLine:
    now, sight = seen_by
    stage = stage_of(steps, cameras, now)
    last = steps[-1].facts if steps else None
    willing = stage in {PersuasionStage.AGREED, PersuasionStage.LINKED}
    unwilling = last.kind if last is not None and last.kind in _UNWILLING and not willing else None
    return OwnerLine(
        row=row,
        stage=stage,
        unwilling=unwilling,
        cameras=tuple(cameras),
        # What was agreed on with an owner is for those who talk with him.
        next_step=_next(last.next_step, last.next_day) if last is not None and sight is Sight.WHOLE else None,
    )


def _next(text: str, day: datetime | None) -> NextStep | None:
    return NextStep(text, day) if text or day is not None else None


def _refuse_past_permission(tx: Tx, camera_id: str, session: Session) -> None:
    """A permission is the word of whoever the camera is: it does not pass to another by a change of the register."""
    standing = current_authority(tx, camera_id)
    if standing is None or not standing.private or permission_standing(standing, tx.now) in _ENDED:
        return
    if standing.consent_id is not None:
        # The owner could not end it from his card any more.
        raise Invalid({"camera_id": "owner.consent_first"})
    if not session.may(Right.COUNTERSIGN):
        raise Invalid({"camera_id": "owner.permission_first"})


def _facts(cmd: RegisterOwner, now: datetime) -> OwnerFacts:
    birth_year = None if cmd.birth_year is None else common_year(cmd.birth_year)
    if birth_year is not None:
        this_year = now.astimezone(STATION_ZONE).year
        if not this_year - OLDEST <= birth_year <= this_year:
            raise Invalid({"birth_year": "owner.birth_year"})
        if may_be_minor(birth_year, now) and not cmd.guardian:
            raise Invalid({"guardian": "owner.guardian_needed"})
    return OwnerFacts(
        party=cmd.party,
        owner_type=cmd.owner_type,
        name=cmd.name,
        authorised_person=cmd.authorised_person,
        authorised_position=cmd.authorised_position,
        address=cmd.address,
        community=cmd.community,
        zone=cmd.zone,
        phone=cmd.phone,
        line_id=cmd.line_id,
        email=cmd.email,
        birth_year=birth_year,
        guardian=cmd.guardian,
        note=cmd.note,
    )


def demand(sessions: Sessions, session: Session) -> None:
    """Refuse to read for somebody who is not logged in here any more."""
    if not sessions.holds(session):
        raise Denied(DenyReason.NOT_LOGGED_IN)


def _digits(phone: str) -> str:
    """Return the digits of a telephone number, its extension left out; +66 is the leading 0 of Thailand."""
    number = re.sub(r"\D", "", _EXTENSION.sub("", arabic_digits(phone)))
    return f"0{number[2:]}" if phone.strip().startswith("+") and number.startswith("66") else number


def _folded(text: str) -> str:
    return search_key(text).replace(" ", "").replace("\n", "")
