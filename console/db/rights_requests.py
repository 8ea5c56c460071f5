"""Requests of persons about their data (PDPA s.30 to 36): who asked for what, what was decided, what was done.

How far a request is follows from the moments that stand here; the journal tells each step with its person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, UtcTime
from console.db.rereading import Listing, reread
from console.db.running_numbers import Numbered, next_number
from console.db.store import Tx, fetch
from console.protection import Decision, IdentityCheck, RefusalReason, RequestKind, RequestState, RequestWay

KIND: Final = "rights_request"


class RightsRequest(Numbered):
    __tablename__ = "rights_request"
    kind: ClassVar[str] = KIND

    requester: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    contact: Mapped[str] = mapped_column(String(300), info=PERSONAL)
    request_kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    camera_id: Mapped[str | None] = mapped_column(ForeignKey("camera.id"))
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incident.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("owner.id"))
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    way: Mapped[str] = mapped_column(String(16))
    identity: Mapped[str | None] = mapped_column(String(16))
    identity_words: Mapped[str] = mapped_column(String(500), info=PERSONAL)
    identified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    identified_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    decision: Mapped[str | None] = mapped_column(String(16))
    refusal: Mapped[str | None] = mapped_column(String(16))
    decision_words: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    carried_words: Mapped[str] = mapped_column(String(2000), info=PERSONAL)
    carried_at: Mapped[datetime | None] = mapped_column(UtcTime)
    carried_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    erasure_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    """The erasure that carried it out, if it was one: its certificate is told by the journal."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What was asked, by whom, when and how; may be corrected until it is decided."""

    requester: str
    contact: str
    request_kind: RequestKind
    about: str
    received_at: datetime
    way: RequestWay
    camera_id: str | None = None
    incident_id: str | None = None
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided. A refusal, also of a part, has its reason and words (s.39)."""

    decision: Decision
    refusal: RefusalReason | None
    words: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    id: str
    version: int
    number: str
    year_be: int
    running: int
    facts: RequestFacts
    identity: IdentityCheck | None
    identity_words: str
    identified_at: datetime | None
    identified_by: str | None
    ruling: Ruling | None
    decided_at: datetime | None
    decided_by: str | None
    carried_words: str
    carried_at: datetime | None
    carried_by: str | None
    erasure_id: str | None
    closed_at: datetime | None
    closed_by: str | None

    @property
    def kind(self) -> RequestKind:
        return self.facts.request_kind

    @property
    def state(self) -> RequestState:
        if self.closed_at is not None:
            return RequestState.CLOSED
        if self.carried_at is not None:
            return RequestState.CARRIED_OUT
        if self.decided_at is not None:
            return RequestState.DECIDED
        return RequestState.RECEIVED if self.identified_at is None else RequestState.IDENTIFIED

    @property
    def refused(self) -> bool:
        """Whether nothing is left to be carried out, because all of it was refused."""
        return self.ruling is not None and self.ruling.decision is Decision.REFUSED


def _row(found: RightsRequest) -> RequestRow:
    facts = RequestFacts(
        found.requester,
        found.contact,
        RequestKind(found.request_kind),
        found.about,
        found.received_at,
        RequestWay(found.way),
        found.camera_id,
        found.incident_id,
        found.owner_id,
    )
    ruling = None
    if found.decision is not None:
        refusal = RefusalReason(found.refusal) if found.refusal else None
        ruling = Ruling(Decision(found.decision), refusal, found.decision_words)
    return RequestRow(
        id=found.id,
        version=found.version,
        number=found.number,
        year_be=found.year_be,
        running=found.running,
        facts=facts,
        identity=IdentityCheck(found.identity) if found.identity else None,
        identity_words=found.identity_words,
        identified_at=found.identified_at,
        identified_by=found.identified_by,
        ruling=ruling,
        decided_at=found.decided_at,
        decided_by=found.decided_by,
        carried_words=found.carried_words,
        carried_at=found.carried_at,
        carried_by=found.carried_by,
        erasure_id=found.erasure_id,
        closed_at=found.closed_at,
        closed_by=found.closed_by,
    )


_ALL: Final = Listing("rights requests", RightsRequest, _row)


def list_requests(tx: Tx) -> list[RequestRow]:
    """Return every request, newest first."""
    rows = reread(tx, _ALL, RightsRequest.station_id == tx.station_id)
    return sorted(rows, key=lambda row: (row.year_be, row.running), reverse=True)


def get_request(tx: Tx, request_id: str) -> RequestRow:
    """Return a request or raise `not_found`."""
    return _row(fetch(tx, RightsRequest, request_id))


def _put(found: RightsRequest, facts: RequestFacts) -> None:
    found.requester = facts.requester
    found.contact = facts.contact
    found.request_kind = str(facts.request_kind)
    found.about = facts.about
    found.received_at = facts.received_at
    found.way = str(facts.way)
    found.camera_id = facts.camera_id
    found.incident_id = facts.incident_id
    found.owner_id = facts.owner_id


def receive_request(tx: Tx, facts: RequestFacts) -> RequestRow:
    """Enter a request with the next number of this year."""
    number = next_number(tx, RightsRequest)
    made = RightsRequest(
        number=str(number),
        year_be=number.year_be,
        running=number.running,
        identity_words="",
        decision_words="",
        carried_words="",
    )
    _put(made, facts)
    tx.session.add(made)
    tx.session.flush()
    return _row(made)


def change_request(tx: Tx, request_id: str, version: int, facts: RequestFacts) -> RequestRow:
    """Correct what was entered; the journal keeps what stood there before."""
    found = fetch(tx, RightsRequest, request_id, version)
    _put(found, facts)
    tx.session.flush()
    return _row(found)


def identify(tx: Tx, request_id: str, version: int, how: tuple[IdentityCheck, str]) -> RequestRow:
    found = fetch(tx, RightsRequest, request_id, version)
    found.identity, found.identity_words = str(how[0]), how[1]
    found.identified_at, found.identified_by = tx.now, tx.actor_id
    tx.session.flush()
    return _row(found)


def decide(tx: Tx, request_id: str, version: int, ruling: Ruling) -> RequestRow:
    found = fetch(tx, RightsRequest, request_id, version)
    found.decision = str(ruling.decision)
    found.refusal = None if ruling.refusal is None else str(ruling.refusal)
    found.decision_words = ruling.words
    found.decided_at, found.decided_by = tx.now, tx.actor_id
    tx.session.flush()
    return _row(found)


def carry_out(tx: Tx, request_id: str, version: int, done: tuple[str, str | None]) -> RequestRow:
    """Note what was done, and the erasure that did it, if any."""
    found = fetch(tx, RightsRequest, request_id, version)
    found.carried_words, found.erasure_id = done
    found.carried_at, found.carried_by = tx.now, tx.actor_id
    tx.session.flush()
    return _row(found)


def close_request(tx: Tx, request_id: str, version: int) -> RequestRow:
    found = fetch(tx, RightsRequest, request_id, version)
    found.closed_at, found.closed_by = tx.now, tx.actor_id
    tx.session.flush()
    return _row(found)
