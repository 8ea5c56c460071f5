"""The desk for people's rights over their data: received → identity checked → decided → carried out → closed.

The days are those of PDPA s.30 (an answer within 30 days of receipt) and of the office's notice of B.E. 2567 on
erasure (carried out within 90 days of receipt, backups included). For the other rights the law says “without delay”:
the station answers within the same 30 days. The day of receipt does not count (Civil and Commercial Code s.193/3).
Refusals are recorded with their reason (s.39).
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from datetime import datetime, time, timedelta
from typing import Final

from pydantic import AwareDatetime
from pydantic.dataclasses import dataclass

from console.db import rights_requests as db
from console.db.authorities import current_authority
from console.db.cameras import get_camera
from console.db.incidents import entries_of, get_incident
from console.db.owner_steps import OwnerStep, drop_photos, steps_of
from console.db.owners import archived_owners, get_owner, list_owners
from console.db.retention import any_held
from console.db.rights_requests import KIND, RequestFacts, RequestRow
from console.db.store import Store, Tx
from console.kernel import STATION_ZONE, ConsoleError, Denied, DenyReason, ErasureGround, Invalid, Right, Session
from console.protection import Decision, IdentityCheck, RefusalReason, RequestKind, RequestState, RequestWay
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.erasure import Certificate, Erasure, ErasureOrder
from console.services.moments import refuse_future
from console.services.names import Names, named
from console.services.photo_files import erase_files
from console.services.registers import Deadline
from console.services.row_lines import RowLine
from console.services.sessions import Sessions
from console.services.stop_link import pause_link
from console.services.texts import Line, MaybeLine, MaybeWords, Words, unseen

__all__ = [
    "KIND",
    "CarryOutRequest",
    "ChangeRequest",
    "CloseRequest",
    "DecideRequest",
    "IdentifyRequester",
    "ReceiveRequest",
    "RequestLine",
    "RequestRow",
    "RightsRequests",
    "days_beyond",
    "deadline",
]

ANSWER_DAYS: Final = 30
ERASE_DAYS: Final = 90
RESTING: Final = frozenset({RequestKind.RESTRICTION, RequestKind.OBJECTION})
"""Where one of these is granted about a camera, its pictures rest: nobody looks until somebody resumes the link."""


def deadline(row: RequestRow, now: datetime) -> Deadline | None:
    """Return until when the next step has to be done; None: the law waits for nothing more."""
    if row.state in {RequestState.CARRIED_OUT, RequestState.CLOSED} or row.refused:
        return None
    erasing = row.state is RequestState.DECIDED and row.kind is RequestKind.ERASURE
    received = row.facts.received_at.astimezone(STATION_ZONE).date()
    last = received + timedelta(days=ERASE_DAYS if erasing else ANSWER_DAYS)
    ends = datetime.combine(last, time(23, 59), STATION_ZONE)
    return Deadline(ends, (last - now.astimezone(STATION_ZONE).date()).days)


def days_beyond(received: datetime, backups_until: datetime | None) -> int:
    """Return by how many days the last backup outlives the 90 days; 0: by none."""
    if backups_until is None:
        return 0
    last = received.astimezone(STATION_ZONE).date() + timedelta(days=ERASE_DAYS)
    return max(0, (backups_until.astimezone(STATION_ZONE).date() - last).days)


@plain_dataclass(frozen=True, slots=True)
class RequestLine(RowLine):
    """A request as the desk reads it: with the names of what it is about and of who did each step."""

    row: RequestRow
    camera: str
    incident: str
    owner: str
    identified_by: str
    decided_by: str
    carried_by: str
    closed_by: str
    erased: Certificate | None


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ReceiveRequest(Command):
    """`about` are the person's own words: what he asks for."""

    requester: Line
    contact: MaybeLine
    request_kind: RequestKind
    about: Words
    received_at: AwareDatetime
    way: RequestWay
    camera_id: str | None = None
    incident_id: str | None = None
    owner_id: str | None = None

    def problems(self) -> dict[str, str]:
        return unseen(requester=self.requester, contact=self.contact, about=self.about)

    def facts(self) -> RequestFacts:
        return RequestFacts(
            self.requester,
            self.contact,
            self.request_kind,
            self.about,
            self.received_at,
            self.way,
            self.camera_id,
            self.incident_id,
            self.owner_id,
        )


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeRequest(ReceiveRequest):
    """Correct what was entered, as long as nothing is decided."""

    request_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class IdentifyRequester(Command):
    """`words`: what was seen, never a number of a card. Somebody acting for another shows a paper that is named."""

    request_id: str
    version: int
    identity: IdentityCheck
    words: MaybeLine = ""

    def problems(self) -> dict[str, str]:
        if self.identity is IdentityCheck.AUTHORISED and not self.words:
            return {"words": "rights.name_the_paper"}
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class DecideRequest(Command):
    """A refusal, also of a part, needs its reason from the list and words that the person can understand."""

    request_id: str
    version: int
    decision: Decision
    refusal: RefusalReason | None = None
    words: MaybeWords = ""

    def problems(self) -> dict[str, str]:
        if self.decision is Decision.GRANTED:
            return {"refusal": "rights.granted_without_reason"} if self.refusal else unseen(words=self.words)
        missing = {"refusal": "rights.reason_missing"} if self.refusal is None else {}
        if not self.words:
            missing["words"] = "rights.words_missing"
        return missing | unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class CarryOutRequest(Command):
    """`words`: what was done, as the answer to the person tells it. `ground`: why data are erased (s.33)."""

    request_id: str
    version: int
    words: Words
    ground: ErasureGround | None = None

    def problems(self) -> dict[str, str]:
        return unseen(words=self.words)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class CloseRequest(Command):
    """The answer was given."""

    request_id: str
    version: int


class RightsRequests:
    """Reading is for those who keep these records: the words are people's own."""

    def __init__(self, store: Store, sessions: Sessions, erasure: Erasure) -> None:
        self._store = store
        self._sessions = sessions
        self._erasure = erasure
        self._names = Names()

    def lines(self, session: Session) -> list[RequestLine]:
        """Return every request, newest first."""
        demand_reader(self._sessions, session)
        erased = {each.id: each for each in self._erasure.certificates()}

        def work(tx: Tx) -> list[RequestLine]:
            book, owners = self._names.book(tx), _owners(tx)

            def who(person_id: str | None) -> str:
                return "" if person_id is None else named(book, "person", person_id)

            def line(row: RequestRow) -> RequestLine:
                camera = named(book, "camera", row.facts.camera_id) if row.facts.camera_id else ""
                incident = named(book, "incident", row.facts.incident_id) if row.facts.incident_id else ""
                return RequestLine(
                    row=row,
                    camera=camera,
                    incident=incident,
                    owner=owners.get(row.facts.owner_id or "", ""),
                    identified_by=who(row.identified_by),
                    decided_by=who(row.decided_by),
                    carried_by=who(row.carried_by),
                    closed_by=who(row.closed_by),
                    erased=erased.get(row.erasure_id or ""),
                )

            return [line(row) for row in db.list_requests(tx)]

        return self._store.read(work)

    def owners(self, session: Session) -> dict[str, str]:
        """Return the owners that a request may be about, by id."""
        demand_reader(self._sessions, session)
        return self._store.read(_owners)

    @command(right=Right.PROTECT_DATA)
    def receive_request(self, tx: Tx, cmd: ReceiveRequest, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        return db.REQUESTS.add(tx, _checked(tx, cmd)).id

    @command(right=Right.PROTECT_DATA)
    def change_request(self, tx: Tx, cmd: ChangeRequest, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_request(tx, cmd.request_id)
        if row.decided_at is not None:
            raise ConsoleError("rights.decided_stays")
        facts = _checked(tx, cmd)
        db.REQUESTS.put(tx, row.id, cmd.version, facts)
        if row.identified_at is not None and _asked_by(facts) != _asked_by(row.facts):
            db.REQUESTS.take_back(tx, row.id, "identified")

    @command(right=Right.PROTECT_DATA)
    def identify_requester(self, tx: Tx, cmd: IdentifyRequester, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_request(tx, cmd.request_id)
        if row.decided_at is not None:
            raise ConsoleError("rights.decided_stays")
        db.REQUESTS.step(tx, row.id, cmd.version, "identified", db.Identity(cmd.identity, cmd.words))

    @command(right=Right.DECIDE_DATA)
    def decide_request(self, tx: Tx, cmd: DecideRequest, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_request(tx, cmd.request_id)
        if row.decided_at is not None:
            raise ConsoleError("rights.decided_stays")
        unknown = cmd.decision is Decision.REFUSED and cmd.refusal is RefusalReason.NOT_IDENTIFIED
        if row.identified_at is None and not unknown:
            # Data given, or erased, at the word of somebody else would be a breach itself.
            raise Invalid({"decision": "rights.identity_first"})
        ruling = db.Ruling(cmd.decision, cmd.refusal, cmd.words)
        db.REQUESTS.step(tx, row.id, cmd.version, "decided", ruling)

    @command(right=Right.PROTECT_DATA)
    def carry_out_request(self, tx: Tx, cmd: CarryOutRequest, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_request(tx, cmd.request_id)
        if row.state is not RequestState.DECIDED or row.refused:
            raise ConsoleError("rights.nothing_to_do")
        erasure_id = None
        if row.kind is RequestKind.ERASURE:
            erasure_id = self._erase(tx, row, cmd.ground)
        if row.kind in RESTING and row.facts.camera_id is not None:
            _let_rest(tx, row.facts.camera_id)
        db.REQUESTS.step(tx, row.id, cmd.version, "carried", db.Carrying(cmd.words, erasure_id))

    @command(right=Right.PROTECT_DATA)
    def close_request(self, tx: Tx, cmd: CloseRequest, session: Session) -> None:  # noqa: ARG002 - the same
        row = db.get_request(tx, cmd.request_id)
        if row.state is not RequestState.CARRIED_OUT and not (row.refused and row.closed_at is None):
            raise ConsoleError("rights.not_done_yet")
        db.REQUESTS.step(tx, row.id, cmd.version, "closed")

    def _erase(self, tx: Tx, row: RequestRow, ground: ErasureGround | None) -> str | None:
        """Erase what the request names, in the same transaction; None where nothing of the register is named."""
        if ground is None:
            raise Invalid({"ground": "rights.ground_missing"})
        if any_held(tx, [(KIND, row.id)]):
            raise ConsoleError("retention.held")
        subjects = subjects_of(tx, row)
        if not subjects:
            return None
        erased = self._erasure.erase(tx, ErasureOrder(subjects, ground, row.number))
        steps = [record_id for kind, record_id in subjects if kind == OwnerStep.kind]
        erase_files(tx, [photo for step_id in steps for photo in drop_photos(tx, step_id)])
        return erased.id


def subjects_of(tx: Tx, row: RequestRow) -> list[tuple[str, str]]:
    """Return the records that a request is about, by kind and id; an incident's entries and an owner's steps too."""
    facts = row.facts
    named_ones = (("owner", facts.owner_id), ("camera", facts.camera_id), ("incident", facts.incident_id))
    found = [(kind, record_id) for kind, record_id in named_ones if record_id is not None]
    if facts.incident_id is not None:
        found += [("incident_entry", entry.id) for entry in entries_of(tx, facts.incident_id)]
    if facts.owner_id is not None:
        found += [(OwnerStep.kind, step.id) for step in steps_of(tx, facts.owner_id)]
    return found


def demand_reader(sessions: Sessions, session: Session) -> None:
    """Refuse whoever does not keep the records of data protection."""
    if not sessions.holds(session):
        raise Denied(DenyReason.NOT_LOGGED_IN)
    if not session.may(Right.PROTECT_DATA):
        raise Denied(DenyReason.ROLE, right=Right.PROTECT_DATA.value)


def _asked_by(facts: RequestFacts) -> tuple[object, ...]:
    """Return who asks, and of what: an identity was checked for these and for no others."""
    return facts.requester, facts.request_kind, facts.camera_id, facts.incident_id, facts.owner_id


def _checked(tx: Tx, cmd: ReceiveRequest) -> RequestFacts:
    refuse_future(tx, "received_at", cmd.received_at, "rights.in_future")
    if cmd.camera_id is not None:
        get_camera(tx, cmd.camera_id)
    if cmd.incident_id is not None:
        get_incident(tx, cmd.incident_id)
    if cmd.owner_id is not None:
        get_owner(tx, cmd.owner_id)
    return cmd.facts()


def _owners(tx: Tx) -> dict[str, str]:
    """Return every owner by id, archived ones too, whose data are still held; one without a name by the number."""
    return {row.id: row.name or f"#{row.number}" for row in (*list_owners(tx), *archived_owners(tx))}


def _let_rest(tx: Tx, camera_id: str) -> None:
    """Pause what allows looking at the camera, in the same transaction as the word that it was done."""
    authority = current_authority(tx, camera_id)
    if authority is not None and authority.withdrawn_at is None:
        pause_link(tx, authority)
