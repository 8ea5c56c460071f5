"""The shared words of data protection: requests of persons, breaches, processing and retention. Stored as these codes.

Imports nothing of ours but the kernel. The law that a code stands for is named beside it (PDPA, B.E. 2562).
"""

from __future__ import annotations

from enum import StrEnum


class RequestKind(StrEnum):
    """What a person asks for, by the section that gives the right."""

    ACCESS = "access"
    """s.30: to see and get a copy, within 30 days."""
    PORTABILITY = "portability"
    """s.31: to get the data in a form that machines read."""
    OBJECTION = "objection"
    """s.32: that the data shall not be used."""
    ERASURE = "erasure"
    """s.33: that the data are erased, in backups too within 90 days."""
    RESTRICTION = "restriction"
    """s.34: that the use rests for the time being."""
    RECTIFICATION = "rectification"
    """s.35 and 36: that the data are put right."""


class RequestState(StrEnum):
    """How far a request is. Computed from what was done, never typed."""

    RECEIVED = "received"
    IDENTIFIED = "identified"
    DECIDED = "decided"
    CARRIED_OUT = "carried_out"
    CLOSED = "closed"


class RequestWay(StrEnum):
    """How a request came in."""

    COUNTER = "counter"
    LETTER = "letter"
    PHONE = "phone"
    EMAIL = "email"
    LINE = "line"
    VISIT = "visit"


class IdentityCheck(StrEnum):
    """How it was made sure that the person is who he says. A card is looked at, never copied (s.21 and 22)."""

    CARD_SEEN = "card_seen"
    CALLED_BACK = "called_back"
    KNOWN_OWNER = "known_owner"
    AUTHORISED = "authorised"


class Decision(StrEnum):
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why a request is refused, wholly or in part; each refusal is recorded (s.39)."""

    LAW_OR_COURT = "law_or_court"
    """s.30: the law or an order of a court forbids it."""
    HARMS_OTHERS = "harms_others"
    """s.30: it would harm the rights and freedoms of others."""
    PUBLIC_TASK = "public_task"
    """s.32 and 33: the data are needed for a task in the public interest (s.24(4))."""
    LEGAL_CLAIM = "legal_claim"
    """s.32 and 33: the data are needed for a legal claim or a case."""
    NOT_HELD = "not_held"
    NOT_IDENTIFIED = "not_identified"
    REPEATED = "repeated"


class BreachKind(StrEnum):
    """What was hurt; a breach may be of several kinds."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


class DataType(StrEnum):
    """What personal data a breach concerns."""

    NAMES = "names"
    CONTACTS = "contacts"
    ADDRESSES = "addresses"
    PICTURES = "pictures"
    SIGNATURES = "signatures"
    LOG_INS = "log_ins"
    INCIDENTS = "incidents"
    SENSITIVE = "sensitive"


class Affected(StrEnum):
    """Who a breach concerns."""

    OWNERS = "owners"
    PASSERS_BY = "passers_by"
    REPORTERS = "reporters"
    OFFICERS = "officers"
    MINORS = "minors"


class Severity(StrEnum):
    """How badly people may be hurt."""

    LITTLE = "little"
    SOME = "some"
    GRAVE = "grave"


class Risk(StrEnum):
    """What the assessment came to: it decides who is told (s.37(4))."""

    NONE = "none"
    """Nobody has to be told; the assessment is kept as proof."""
    RISK = "risk"
    """The office (สคส.) is told within 72 hours."""
    HIGH = "high"
    """The office within 72 hours, and the people too."""


class BreachState(StrEnum):
    """How far a breach is. Computed from what was done, never typed."""

    OPEN = "open"
    TO_NOTIFY = "to_notify"
    TO_TELL = "to_tell"
    NO_RISK = "no_risk"
    NOTIFIED = "notified"
    CLOSED = "closed"


class BreachStep(StrEnum):
    """What was added to a breach, never changed afterwards."""

    SUBMITTED = "submitted"
    LATE_EXPLAINED = "late_explained"
    PEOPLE_TOLD = "people_told"
    ADDITION = "addition"
    CLOSED = "closed"


class LegalBasis(StrEnum):
    """Why data may be processed (s.24 and 26)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    VITAL = "vital"
    PUBLIC_TASK = "public_task"
    LEGITIMATE = "legitimate"
    LEGAL_DUTY = "legal_duty"
    ARCHIVE = "archive"


class Kept(StrEnum):
    """What is kept for a time of its own."""

    HEALTH = "health"
    DRAFTS = "drafts"
    PERSONAL_WORDS = "personal_words"
    CONSENT_PAPERS = "consent_papers"
    VISITORS = "visitors"
    ATTACHMENTS = "attachments"
    JOURNAL = "journal"
    PICTURES = "pictures"


class HoldKind(StrEnum):
    """What may be held: as long as it is, nothing of it is erased. The values are the records' kinds."""

    INCIDENT = "incident"
    CAMERA = "camera"
    REQUEST = "rights_request"
    OWNER = "owner"
    VISIT = "visit"
