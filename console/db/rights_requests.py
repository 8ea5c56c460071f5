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
from console.db.registers import NumberedRow, Register
from console.db.running_numbers import Numbered
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
class Identity:
    """How it was made sure who asks."""

    identity: IdentityCheck
    identity_words: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided. A refusal, also of a part, has its reason and words (s.39)."""

    decision: Decision
    refusal: RefusalReason | None
    decision_words: str


@dataclass(frozen=True, slots=True)
class Carrying:
    """What was done, and the erasure that did it, if any."""

    carried_words: str
    erasure_id: str | None


@dataclass(frozen=True, slots=True)
class RequestRow(NumberedRow):
    facts: RequestFacts
    identity: IdentityCheck | None
    identity_words: str
    identified_at: datetime | None
    identified_by: str | None
    decision: Decision | None
    refusal: RefusalReason | None
    decision_words: str
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
    def ruling(self) -> Ruling | None:
        return None if self.decision is None else Ruling(self.decision, self.refusal, self.decision_words)

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
        return self.decision is Decision.REFUSED


REQUESTS: Final = Register(RightsRequest, RequestRow, ("identity_words", "decision_words", "carried_words"))
list_requests, get_request = REQUESTS.rows, REQUESTS.get
