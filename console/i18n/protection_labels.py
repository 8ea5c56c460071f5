"""Data protection in words: the label of every code, and what events, commands and fields of its records are called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from console.i18n import N_
from console.protection import (
    Affected,
    BreachKind,
    BreachState,
    BreachStep,
    DataType,
    Decision,
    HoldKind,
    IdentityCheck,
    Kept,
    LegalBasis,
    RefusalReason,
    RequestKind,
    RequestState,
    RequestWay,
    Risk,
    Severity,
)

REQUEST_KINDS: Final[Mapping[RequestKind, str]] = {
    RequestKind.ACCESS: N_("Access to or a copy of the data (s. 30)"),
    RequestKind.PORTABILITY: N_("Data in a form that machines read (s. 31)"),
    RequestKind.OBJECTION: N_("Objection to the use (s. 32)"),
    RequestKind.ERASURE: N_("Erasure (s. 33)"),
    RequestKind.RESTRICTION: N_("Restriction of the use (s. 34)"),
    RequestKind.RECTIFICATION: N_("Correction (s. 35–36)"),
}

REQUEST_STATES: Final[Mapping[RequestState, str]] = {
    RequestState.RECEIVED: N_("Received, identity to be checked"),
    RequestState.IDENTIFIED: N_("Identity checked, to be decided"),
    RequestState.DECIDED: N_("Decided, not carried out"),
    RequestState.CARRIED_OUT: N_("Carried out, to be answered"),
    RequestState.CLOSED: N_("Answered and closed"),
}

REQUEST_WAYS: Final[Mapping[RequestWay, str]] = {
    RequestWay.COUNTER: N_("At the station's counter"),
    RequestWay.LETTER: N_("By letter"),
    RequestWay.PHONE: N_("By telephone"),
    RequestWay.EMAIL: N_("By e-mail"),
    RequestWay.LINE: N_("By LINE"),
    RequestWay.VISIT: N_("At a visit"),
}

IDENTITY_CHECKS: Final[Mapping[IdentityCheck, str]] = {
    IdentityCheck.CARD_SEEN: N_("Identity card seen (no copy kept)"),
    IdentityCheck.CALLED_BACK: N_("Called back at the number in the register"),
    IdentityCheck.KNOWN_OWNER: N_("Registered owner, known to the officer"),
    IdentityCheck.AUTHORISED: N_("Somebody else with a written authority"),
}

DECISIONS: Final[Mapping[Decision, str]] = {
    Decision.GRANTED: N_("Granted"),
    Decision.PARTLY: N_("Granted in part"),
    Decision.REFUSED: N_("Refused"),
}

REFUSAL_REASONS: Final[Mapping[RefusalReason, str]] = {
    RefusalReason.LAW_OR_COURT: N_("The law or a court's order forbids it"),
    RefusalReason.HARMS_OTHERS: N_("It would harm the rights and freedoms of others"),
    RefusalReason.PUBLIC_TASK: N_("The data are needed for a task in the public interest"),
    RefusalReason.LEGAL_CLAIM: N_("The data are needed for a legal claim or a case"),
    RefusalReason.NOT_HELD: N_("The station does not hold such data"),
    RefusalReason.NOT_IDENTIFIED: N_("The person could not be identified"),
    RefusalReason.REPEATED: N_("The same was asked for and answered before, without new grounds"),
}

BREACH_KINDS: Final[Mapping[BreachKind, str]] = {
    BreachKind.CONFIDENTIALITY: N_("Confidentiality (seen or passed on)"),
    BreachKind.INTEGRITY: N_("Integrity (changed)"),
    BreachKind.AVAILABILITY: N_("Availability (lost or out of reach)"),
}

DATA_TYPES: Final[Mapping[DataType, str]] = {
    DataType.NAMES: N_("Names"),
    DataType.CONTACTS: N_("Telephone numbers, LINE, e-mail"),
    DataType.ADDRESSES: N_("Home addresses"),
    DataType.PICTURES: N_("Pictures of cameras"),
    DataType.SIGNATURES: N_("Signatures and scanned papers"),
    DataType.LOG_INS: N_("User names and passwords"),
    DataType.INCIDENTS: N_("Words of the incident log"),
    DataType.SENSITIVE: N_("Sensitive data (s. 26: criminal record, health, biometric …)"),
}

AFFECTED: Final[Mapping[Affected, str]] = {
    Affected.OWNERS: N_("Owners of cameras"),
    Affected.PASSERS_BY: N_("Passers-by"),
    Affected.REPORTERS: N_("People who reported or are named in incidents"),
    Affected.OFFICERS: N_("Officers"),
    Affected.MINORS: N_("Minors or people in need of protection"),
}

SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.LITTLE: N_("Little: a nuisance"),
    Severity.SOME: N_("Some: trouble that can be overcome"),
    Severity.GRAVE: N_("Grave: danger to life, freedom, property or good name"),
}

RISKS: Final[Mapping[Risk, str]] = {
    Risk.NONE: N_("No risk: nobody has to be told"),
    Risk.RISK: N_("Risk: the office (สคส.) is told within 72 hours"),
    Risk.HIGH: N_("High risk: the office and the people are told"),
}

BREACH_STATES: Final[Mapping[BreachState, str]] = {
    BreachState.OPEN: N_("Risk to be assessed"),
    BreachState.TO_NOTIFY: N_("Office to be told"),
    BreachState.TO_TELL: N_("Office told, people to be told"),
    BreachState.NO_RISK: N_("No risk, assessment kept"),
    BreachState.NOTIFIED: N_("Told"),
    BreachState.CLOSED: N_("Closed"),
}

BREACH_STEPS: Final[Mapping[BreachStep, str]] = {
    BreachStep.SUBMITTED: N_("Notice given to the office"),
    BreachStep.LATE_EXPLAINED: N_("Explained why it came late"),
    BreachStep.PEOPLE_TOLD: N_("People told"),
    BreachStep.ADDITION: N_("Added"),
    BreachStep.CLOSED: N_("Closed"),
}

KEPT: Final[Mapping[Kept, str]] = {
    Kept.PERSONAL_WORDS: N_("Names and words beside the access journal"),
    Kept.HEALTH: N_("Health of cameras"),
    Kept.DRAFTS: N_("Drafts that were never saved"),
    Kept.CONSENT_PAPERS: N_("Consent papers (after their validity)"),
    Kept.VISITORS: N_("Visitor book"),
    Kept.ATTACHMENTS: N_("Photographs and scans"),
    Kept.PICTURES: N_("Pictures of cameras (no recording)"),
    Kept.JOURNAL: N_("Rows of the access journal"),
}

HOLD_KINDS: Final[Mapping[HoldKind, str]] = {
    HoldKind.INCIDENT: N_("Incident"),
    HoldKind.CAMERA: N_("Camera"),
    HoldKind.REQUEST: N_("Rights request"),
    HoldKind.OWNER: N_("Owner"),
    HoldKind.VISIT: N_("Visit of the room"),
}

LEGAL_BASES: Final[Mapping[LegalBasis, str]] = {
    LegalBasis.CONSENT: N_("Consent (s. 19)"),
    LegalBasis.CONTRACT: N_("Agreement (s. 24(3))"),
    LegalBasis.VITAL: N_("Danger to life (s. 24(2))"),
    LegalBasis.PUBLIC_TASK: N_("Task in the public interest (s. 24(4))"),
    LegalBasis.LEGITIMATE: N_("Legitimate interest (s. 24(5))"),
    LegalBasis.LEGAL_DUTY: N_("Duty by law (s. 24(6))"),
    LegalBasis.ARCHIVE: N_("Archive, research or statistics (s. 24(1))"),
}

PROTECTION_LABELS: Final[Mapping[type, Mapping[Any, str]]] = {
    RequestKind: REQUEST_KINDS,
    RequestState: REQUEST_STATES,
    RequestWay: REQUEST_WAYS,
    IdentityCheck: IDENTITY_CHECKS,
    Decision: DECISIONS,
    RefusalReason: REFUSAL_REASONS,
    BreachKind: BREACH_KINDS,
    DataType: DATA_TYPES,
    Affected: AFFECTED,
    Severity: SEVERITIES,
    Risk: RISKS,
    BreachState: BREACH_STATES,
    BreachStep: BREACH_STEPS,
    Kept: KEPT,
    HoldKind: HOLD_KINDS,
    LegalBasis: LEGAL_BASES,
}

PROTECTION_CODES: Final[Mapping[str, type[StrEnum]]] = {
    "request_kind": RequestKind,
    "way": RequestWay,
    "identity": IdentityCheck,
    "decision": Decision,
    "refusal": RefusalReason,
    "severity": Severity,
    "risk": Risk,
    "step": BreachStep,
    "kept": Kept,
    "hold_kind": HoldKind,
}
"""Names of fields whose stored values are codes."""

PROTECTION_LISTS: Final[Mapping[str, type[StrEnum]]] = {
    "breach_kinds": BreachKind,
    "data_types": DataType,
    "affected": Affected,
    "basis": LegalBasis,
}
"""Names of fields whose stored values are lists of codes."""

PROTECTION_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "rights_request": {
        "number": N_("Request no."),
        "year_be": N_("Year"),
        "running": N_("Running number"),
        "requester": N_("Who asks"),
        "contact": N_("How to reach the person"),
        "request_kind": N_("What is asked for"),
        "about": N_("In the person's words"),
        "owner_id": N_("Owner"),
        "received_at": N_("Received"),
        "way": N_("Came in"),
        "identity": N_("Identity"),
        "identity_words": N_("What was seen"),
        "identified_at": N_("Identity checked"),
        "identified_by": N_("Identity checked by"),
        "decision": N_("Decision"),
        "refusal": N_("Reason for refusing"),
        "decision_words": N_("Words of the decision"),
        "decided_at": N_("Decided"),
        "decided_by": N_("Decided by"),
        "carried_words": N_("What was done"),
        "carried_at": N_("Carried out"),
        "carried_by": N_("Carried out by"),
        "erasure_id": N_("Erasure"),
        "closed_at": N_("Closed"),
        "closed_by": N_("Closed by"),
    },
    "breach": {
        "number": N_("Breach no."),
        "year_be": N_("Year"),
        "running": N_("Running number"),
        "title": N_("What happened"),
        "happened_at": N_("Happened"),
        "discovered_at": N_("Came to be known"),
        "breach_kinds": N_("Kind of breach"),
        "data_types": N_("Kinds of data"),
        "volume": N_("Number of records"),
        "affected": N_("Who is affected"),
        "people": N_("Number of people"),
        "severity": N_("How badly people may be hurt"),
        "effect": N_("Likely effect"),
        "safeguards": N_("How the data were kept and protected"),
        "controller": N_("About the controller"),
        "risk": N_("Risk"),
        "assessment": N_("Why"),
        "measures": N_("Measures done and planned"),
        "contact": N_("Data protection officer or contact"),
        "submitted_at": N_("Told at"),
        "submitted_by": N_("Told by"),
        "reference": N_("Number at the office"),
        "people_told_at": N_("People told at"),
        "closed_at": N_("Closed"),
        "closed_by": N_("Closed by"),
    },
    "breach_event": {
        "breach_id": N_("Breach"),
        "step": N_("Step"),
        "at": N_("Time"),
        "words": N_("Words"),
    },
    "processing": {
        "code": N_("Code"),
        "name": N_("Activity"),
        "basis": N_("Legal basis"),
        "data": N_("1. Data that are collected"),
        "purposes": N_("2. Purposes of each kind of data"),
        "controller": N_("3. Controller"),
        "retention": N_("4. How long they are kept"),
        "access": N_("5. Who has access, and how it is asked for"),
        "disclosure": N_("6. Use and disclosure"),
        "refusals": N_("7. Refusals of requests"),
        "security": N_("8. Security measures"),
        "archived": N_("Archived"),
    },
    "retention_rule": {
        "kept": N_("What is kept"),
        "days": N_("Days"),
        "reason": N_("Rests on"),
    },
    "legal_hold": {
        "hold_kind": N_("Kind"),
        "subject_id": N_("What is held"),
        "reference": N_("Order or case"),
        "reason": N_("Why"),
        "held_at": N_("Held since"),
        "held_by": N_("Held by"),
        "released_at": N_("Released"),
        "released_by": N_("Released by"),
        "release_reason": N_("Why released"),
    },
}

PROTECTION_RECORDS: Final[Mapping[str, str]] = {
    "rights_request": N_("request about personal data"),
    "breach": N_("breach of personal data"),
    "breach_event": N_("step of a breach"),
    "processing": N_("activity of the record of processing"),
    "processing_issue": N_("version of the record of processing"),
    "retention_rule": N_("term of keeping"),
    "legal_hold": N_("legal hold"),
    "retention_run": N_("deletion of what is due"),
    "register": N_("register of data protection"),
}

PROTECTION_EVENTS: Final[Mapping[str, str]] = {
    "processing.issued": N_("Version of the record of processing issued"),
    "retention.run": N_("What was due was deleted"),
    "register.extracted": N_("Register of data protection printed or saved"),
}

PROTECTION_ACTIONS: Final[Mapping[str, str]] = {
    "receive_request": N_("enter a request about personal data"),
    "change_request": N_("correct a request about personal data"),
    "identify_requester": N_("check who asks"),
    "decide_request": N_("decide on a request about personal data"),
    "carry_out_request": N_("carry out a request about personal data"),
    "close_request": N_("close a request about personal data"),
    "record_breach": N_("enter a breach of personal data"),
    "change_breach": N_("correct a breach of personal data"),
    "submit_notice": N_("note that the office was told of a breach"),
    "tell_people": N_("note that people were told of a breach"),
    "add_to_breach": N_("add to a breach of personal data"),
    "close_breach": N_("close a breach of personal data"),
    "put_activity": N_("word an activity of the record of processing"),
    "strike_activity": N_("take an activity out of the record of processing"),
    "issue_processing": N_("issue a version of the record of processing"),
    "change_retention": N_("change a term of keeping"),
    "run_retention": N_("delete what is due"),
    "hold_record": N_("hold a record back from erasure"),
    "release_hold": N_("release a legal hold"),
    "extract_register": N_("print or save a register of data protection"),
}
