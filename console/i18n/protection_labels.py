"""Data protection in words: the label of every code, and what events, commands and fields of its records are called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from console.i18n import N_
from console.protection import (
    Decision,
    IdentityCheck,
    RefusalReason,
    RequestKind,
    RequestState,
    RequestWay,
)

REQUEST_KINDS: Final[Mapping[RequestKind, str]] = {
    RequestKind.ACCESS: N_("Access to or a copy of the data (s. 30)"),
    RequestKind.PORTABILITY: N_("Data in a form that machines read (s. 31)"),
    RequestKind.OBJECTION: N_("Objection to the use (s. 32)"),
    RequestKind.ERASURE: N_("Erasure (s. 33)"),
    RequestKind.RESTRICTION: N_("Rest of the use (s. 34)"),
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

PROTECTION_LABELS: Final[Mapping[type, Mapping[Any, str]]] = {
    RequestKind: REQUEST_KINDS,
    RequestState: REQUEST_STATES,
    RequestWay: REQUEST_WAYS,
    IdentityCheck: IDENTITY_CHECKS,
    Decision: DECISIONS,
    RefusalReason: REFUSAL_REASONS,
}

PROTECTION_CODES: Final[Mapping[str, type[StrEnum]]] = {
    "request_kind": RequestKind,
    "way": RequestWay,
    "identity": IdentityCheck,
    "decision": Decision,
    "refusal": RefusalReason,
}
"""Names of fields whose stored values are codes."""

PROTECTION_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "rights_request": {
        "number": N_("Number"),
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
        "closed_at": N_("Closed"),
        "closed_by": N_("Closed by"),
    },
}

PROTECTION_RECORDS: Final[Mapping[str, str]] = {
    "rights_request": N_("request about personal data"),
    "register": N_("register of data protection"),
}

PROTECTION_EVENTS: Final[Mapping[str, str]] = {
    "register.extracted": N_("Register of data protection printed or saved"),
}

PROTECTION_ACTIONS: Final[Mapping[str, str]] = {
    "receive_request": N_("enter a request about personal data"),
    "change_request": N_("correct a request about personal data"),
    "identify_requester": N_("check who asks"),
    "decide_request": N_("decide on a request about personal data"),
    "carry_out_request": N_("carry out a request about personal data"),
    "close_request": N_("close a request about personal data"),
    "extract_register": N_("print or save a register of data protection"),
}
