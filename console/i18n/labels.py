"""The label of every code of the kernel, in the station's wording. A code without a label fails a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.protection_labels import PROTECTION_LABELS
from console.kernel import (
    RIGHTS as RIGHTS_OF,
)
from console.kernel import (
    AccessLevel,
    Aim,
    AuthorityKind,
    Category,
    ConnectionKind,
    ConsentEventKind,
    ConsentState,
    DenyReason,
    EndReason,
    ErasureGround,
    Fault,
    LegalBasis,
    Outcome,
    OwnerType,
    Party,
    PersuasionStage,
    Priority,
    Purpose,
    Right,
    Role,
    StepKind,
    TileState,
    ViewKind,
    WithdrawalWay,
    Zone,
)

ROLES: Final[Mapping[Role, str]] = {
    Role.DUTY_OFFICER: N_("CCOC duty officer"),
    Role.SHIFT_LEAD: N_("Shift lead"),
    Role.OPERATIONS_DEPUTY: N_("Deputy superintendent (operations)"),
    Role.SUPERINTENDENT: N_("Superintendent"),
    Role.CAMERA_REGISTRAR: N_("Camera registrar"),
    Role.IT: N_("System administrator (IT)"),
    Role.AUDITOR: N_("Auditor / DPO"),
}

RIGHTS: Final[Mapping[Right, str]] = {
    Right.VIEW_FEEDS: N_("watch cameras"),
    Right.PROBE_CAMERAS: N_("test camera connections"),
    Right.WRITE_INCIDENTS: N_("record incidents"),
    Right.WRITE_CAMERAS: N_("register cameras"),
    Right.WRITE_AUTHORITIES: N_("record owners' permissions"),
    Right.WRITE_VISITS: N_("keep the visitor book"),
    Right.STOP_LINK: N_("pause or end a link at the owner's word"),
    Right.PUBLISH_NOTICE: N_("publish the notice to owners"),
    Right.COUNTERSIGN: N_("countersign permissions"),
    Right.REVIEW_VIEWS: N_("review views"),
    Right.MANAGE_PEOPLE: N_("manage users"),
    Right.ARRANGE_WALL: N_("arrange the wall"),
    Right.VERIFY_JOURNAL: N_("verify the access journal"),
    Right.MAINTAIN_STORE: N_("maintain the database"),
    Right.ERASE_PERSONAL: N_("erase personal data"),
    Right.PROTECT_DATA: N_("keep the records of data protection"),
    Right.DECIDE_DATA: N_("decide on people's data and its deletion"),
    Right.OVERRIDE: N_("open a private camera in an emergency"),
    Right.WRITE_STATEMENTS: N_("make statements for owners"),
}

PURPOSES: Final[Mapping[Purpose, str]] = {
    Purpose.INCIDENT: N_("Incident"),
    Purpose.SOS: N_("SOS"),
    Purpose.RISK_SPOT: N_("Planned watch of a risk spot"),
    Purpose.FOLLOW: N_("Following a suspect person or vehicle"),
    Purpose.TRAFFIC: N_("Traffic"),
    Purpose.CAMERA_CHECK: N_("Checking the camera's state"),
    Purpose.INVESTIGATION: N_("At an investigator's request"),
    Purpose.DEMONSTRATION: N_("Demonstration (with consent)"),
    Purpose.URGENT: N_("Urgent"),
    Purpose.SETUP: N_("Set-up of the camera"),
}

SHORT_PURPOSES: Final[Mapping[Purpose, str]] = {
    Purpose.INCIDENT: N_("Incident"),
    Purpose.SOS: N_("SOS"),
    Purpose.RISK_SPOT: N_("Risk spot"),
    Purpose.FOLLOW: N_("Follow"),
    Purpose.TRAFFIC: N_("Traffic"),
    Purpose.CAMERA_CHECK: N_("Camera check"),
    Purpose.INVESTIGATION: N_("Investigator"),
    Purpose.DEMONSTRATION: N_("Demonstration"),
    Purpose.URGENT: N_("Urgent"),
    Purpose.SETUP: N_("Set-up"),
}

VIEW_KINDS: Final[Mapping[ViewKind, str]] = {
    ViewKind.WALL: N_("On the wall"),
    ViewKind.FOCUS: N_("Enlarged"),
    ViewKind.TOUR: N_("On a tour"),
    ViewKind.PREWARM: N_("Held ready"),
    ViewKind.PROBE: N_("Connection test (no picture)"),
}

END_REASONS: Final[Mapping[EndReason, str]] = {
    EndReason.CLOSED: N_("closed by the officer"),
    EndReason.REPLACED: N_("another camera put in its place"),
    EndReason.VISITORS: N_("visitors in the room"),
    EndReason.HANDOVER: N_("shift handed over"),
    EndReason.LOCK: N_("console locked"),
    EndReason.LOGOUT: N_("logged out"),
    EndReason.PURPOSE_CHANGED: N_("purpose changed"),
    EndReason.RIGHT_ENDED: N_("the permitted time ended"),
    EndReason.WITHDRAWN: N_("the owner withdrew"),
    EndReason.PAUSED: N_("the owner paused"),
    EndReason.ADDRESS_CHANGED: N_("the camera's address was changed"),
    EndReason.INCIDENT_CLOSED: N_("the incident was closed"),
    EndReason.SLEPT: N_("the computer slept"),
    EndReason.SHUTDOWN: N_("console closed"),
    EndReason.CRASHED: N_("console ended unexpectedly"),
    EndReason.JOURNAL_FAILED: N_("the access journal could not be written"),
    EndReason.NOT_STARTED: N_("the view could not be started"),
}

LEGAL_BASES: Final[Mapping[LegalBasis, str]] = {
    LegalBasis.DANGER_TO_LIFE: N_("Danger to life, body or health (PDPA s.24 (2))"),
    LegalBasis.CRIMINAL_PROCEDURE: N_("Criminal Procedure Code: an offence in progress"),
    LegalBasis.POLICE_ACT: N_("National Police Act: safety of the public"),
}

AUTHORITY_KINDS: Final[Mapping[AuthorityKind, str]] = {
    AuthorityKind.OWNER: N_("Owner's permission"),
    AuthorityKind.AGENCY: N_("Agreement with an agency"),
    AuthorityKind.OWN: N_("Camera of the station"),
}

CONSENT_STATES: Final[Mapping[ConsentState, str]] = {
    ConsentState.DRAFT: N_("Draft"),
    ConsentState.AWAITING_SIGNATURE: N_("Waits for the owner's signature"),
    ConsentState.IN_FORCE: N_("Consent in force"),
    ConsentState.PAUSED: N_("Paused by the owner for now"),
    ConsentState.WITHDRAWN: N_("Consent withdrawn"),
    ConsentState.EXPIRED: N_("Consent expired"),
    ConsentState.REFUSED: N_("Refused by the owner"),
    ConsentState.VOID: N_("Void"),
}

CONSENT_EVENTS: Final[Mapping[ConsentEventKind, str]] = {
    ConsentEventKind.DRAFTED: N_("Terms written down"),
    ConsentEventKind.PRESENTED: N_("Shown to the owner for signature"),
    ConsentEventKind.SIGNED: N_("Consent signed"),
    ConsentEventKind.REFUSED: N_("Consent refused"),
    ConsentEventKind.VOIDED: N_("Consent declared void"),
    ConsentEventKind.PAUSED: N_("Consent paused"),
    ConsentEventKind.RESUMED: N_("Consent resumed"),
    ConsentEventKind.WITHDRAWN: N_("Consent withdrawn by the owner"),
    ConsentEventKind.SUPERSEDED: N_("Consent replaced by a newer one"),
    ConsentEventKind.READDRESSED: N_("Camera's address changed: the link rests until the owner confirms the camera"),
    ConsentEventKind.RECONFIRMED: N_("Owner confirmed the camera at its new address"),
}

WAYS: Final[Mapping[WithdrawalWay, str]] = {
    WithdrawalWay.PAPER: N_("by letter or paper"),
    WithdrawalWay.PHONE: N_("by telephone"),
    WithdrawalWay.VISIT: N_("in person"),
    WithdrawalWay.SCREEN: N_("at the screen"),
}

AIMS: Final[Mapping[Aim, str]] = {
    Aim.FRONT: N_("Front of the building"),
    Aim.STREET: N_("Street"),
    Aim.INDOOR: N_("Inside a building"),
}

LEVELS: Final[Mapping[AccessLevel, str]] = {
    AccessLevel.REGISTER_ONLY: N_("Level 0 – registered only, no live picture"),
    AccessLevel.INCIDENT: N_("Level 1 – live only while an incident nearby is open"),
    AccessLevel.HOURS: N_("Level 2 – live in set hours"),
    AccessLevel.ALWAYS: N_("Level 3 – live round the clock"),
}

SHORT_LEVELS: Final[Mapping[AccessLevel, str]] = {
    AccessLevel.REGISTER_ONLY: N_("Level 0"),
    AccessLevel.INCIDENT: N_("Level 1"),
    AccessLevel.HOURS: N_("Level 2"),
    AccessLevel.ALWAYS: N_("Level 3"),
}

OWNER_TYPES: Final[Mapping[OwnerType, str]] = {
    OwnerType.HOME: N_("Private home"),
    OwnerType.SHOP: N_("Shop or business"),
    OwnerType.BANK_OR_GOLD: N_("Mall, bank or gold shop"),
    OwnerType.ESTATE: N_("Housing estate or condominium"),
    OwnerType.SCHOOL: N_("School"),
    OwnerType.TEMPLE: N_("Temple or place of worship"),
    OwnerType.HOSPITAL: N_("Hospital"),
    OwnerType.MUNICIPALITY: N_("Local administration"),
    OwnerType.STATE: N_("Other state agency"),
    OwnerType.POLICE: N_("Police"),
}

PARTIES: Final[Mapping[Party, str]] = {
    Party.PERSON: N_("Natural person"),
    Party.COMPANY: N_("Company or other legal entity"),
    Party.AGENCY: N_("Government agency"),
}

STAGES: Final[Mapping[PersuasionStage, str]] = {
    PersuasionStage.LISTED: N_("Not contacted yet"),
    PersuasionStage.CONTACT: N_("First contact made"),
    PersuasionStage.VISITED: N_("Visited by the superintendent"),
    PersuasionStage.BRIEFED: N_("Briefed or shown the CCOC room"),
    PersuasionStage.AGREED: N_("Consent given"),
    PersuasionStage.LINKED: N_("Camera linked"),
}

STEP_KINDS: Final[Mapping[StepKind, str]] = {
    StepKind.FIRST_CONTACT: N_("First contact"),
    StepKind.SUPERINTENDENT_VISIT: N_("Visit by the superintendent"),
    StepKind.BRIEFING: N_("Briefing"),
    StepKind.ROOM_VISIT: N_("Visit to the CCOC room"),
    StepKind.FOLLOW_UP: N_("Follow-up call or visit"),
    StepKind.POSTPONED: N_("Consent postponed"),
    StepKind.REFUSED: N_("Consent refused"),
}

ZONES: Final[Mapping[Zone, str]] = {
    Zone.INSIDE: N_("Inside the Smart Safety Zone"),
    Zone.OUTSIDE: N_("Outside the Smart Safety Zone"),
    Zone.UNKNOWN: N_("Zone not stated"),
}

CONNECTION_KINDS: Final[Mapping[ConnectionKind, str]] = {
    ConnectionKind.STATION_LAN: N_("Network of the station"),
    ConnectionKind.AGENCY_VLAN: N_("Own network (VLAN) of an agency"),
    ConnectionKind.WIREGUARD: N_("WireGuard tunnel"),
    ConnectionKind.RTSPS: N_("Encrypted stream (RTSPS)"),
    ConnectionKind.UNKNOWN: N_("Kind of connection not stated"),
}

CATEGORIES: Final[Mapping[Category, str]] = {
    Category.HOMICIDE: N_("Homicide"),
    Category.ASSAULT: N_("Assault"),
    Category.SEXUAL: N_("Rape"),
    Category.THEFT: N_("Theft"),
    Category.SNATCHING: N_("Snatching"),
    Category.ROBBERY: N_("Robbery"),
    Category.GANG_ROBBERY: N_("Gang robbery"),
    Category.FRAUD: N_("Fraud"),
    Category.DAMAGE: N_("Damage to property"),
    Category.ONLINE_FRAUD: N_("Computer crime or online fraud"),
    Category.DRUGS: N_("Drugs"),
    Category.WEAPONS: N_("Firearms or explosives"),
    Category.GAMBLING: N_("Gambling"),
    Category.TRAFFIC_ACCIDENT: N_("Traffic accident"),
    Category.QUARREL: N_("Quarrel or fight"),
    Category.DRUNKENNESS: N_("Drunkenness or nuisance"),
    Category.NOISE: N_("Noise"),
    Category.SUSPECT: N_("Suspect person or vehicle"),
    Category.MISSING_PERSON: N_("Missing or lost person"),
    Category.MENTAL_ILLNESS: N_("Person with a mental illness"),
    Category.FIRE: N_("Fire"),
    Category.MEDICAL: N_("Illness or rescue"),
    Category.DISASTER: N_("Natural disaster"),
    Category.CROWD: N_("Gathering of people"),
    Category.SUSPECT_OBJECT: N_("Suspicious object"),
    Category.ANIMAL: N_("Animal"),
    Category.EQUIPMENT: N_("Camera or SOS pole out of order"),
    Category.INSPECTION: N_("Inspection visit"),
    Category.OTHER: N_("Something else"),
}

PRIORITIES: Final[Mapping[Priority, str]] = {
    Priority.MOST_URGENT: N_("Most urgent (danger to life, happening now)"),
    Priority.VERY_URGENT: N_("Very urgent"),
    Priority.URGENT: N_("Urgent (priority)"),
    Priority.NORMAL: N_("Normal"),
}

ERASURE_GROUNDS: Final[Mapping[ErasureGround, str]] = {
    ErasureGround.NO_LONGER_NEEDED: N_("no longer needed"),
    ErasureGround.CONSENT_WITHDRAWN: N_("consent withdrawn"),
    ErasureGround.OBJECTION: N_("the person objected"),
    ErasureGround.UNLAWFUL: N_("should not have been kept"),
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.SETTLED: N_("Settled"),
    Outcome.TO_INVESTIGATOR: N_("Passed to the investigator"),
    Outcome.TO_OTHER_AGENCY: N_("Passed to another agency"),
    Outcome.NOTHING_FOUND: N_("Nothing found"),
    Outcome.FALSE_REPORT: N_("False report or prank"),
    Outcome.DUPLICATE: N_("Same as another incident"),
    Outcome.CANCELLED: N_("Cancelled"),
}

TILE_STATES: Final[Mapping[TileState, str]] = {
    TileState.EMPTY: N_("Empty"),
    TileState.CONNECTING: N_("Connecting"),
    TileState.LIVE: N_("LIVE"),
    TileState.STALE: N_("Frozen"),
    TileState.RECONNECTING: N_("Reconnecting"),
    TileState.DOWN: N_("No connection"),
    TileState.DENIED: N_("Not permitted"),
    TileState.PAUSED: N_("Paused by owner"),
    TileState.QUARANTINED: N_("Isolated"),
}

FAULTS: Final[Mapping[Fault, str]] = {
    Fault.NONE: "",
    Fault.BAD_ADDRESS: N_("the camera's address is not written correctly"),
    Fault.FORBIDDEN_SCHEME: N_("this kind of address is not allowed (only rtsp, rtsps, http, https)"),
    Fault.HOST_UNKNOWN: N_("the camera's host name is not known on this network"),
    Fault.REFUSED: N_("the camera refused the connection"),
    Fault.NO_ANSWER: N_("the camera does not answer"),
    Fault.UNAUTHORISED: N_("the camera's user name or password is not correct"),
    Fault.NOT_FOUND: N_("the camera does not know this stream"),
    Fault.TLS: N_("the camera's certificate could not be trusted"),
    Fault.NO_VIDEO: N_("the stream holds no picture"),
    Fault.UNSUPPORTED: N_("this kind of picture cannot be shown"),
    Fault.BROKEN_STREAM: N_("the stream is damaged"),
    Fault.STREAM_ENDED: N_("the camera ended the stream"),
    Fault.FROZEN: N_("no new picture comes from the camera"),
    Fault.BEHIND: N_("the picture comes late"),
    Fault.WORKER_LOST: N_("the video process stopped and is being started again"),
    Fault.QUARANTINED: N_("this stream stopped the video process repeatedly and is kept apart"),
    Fault.ENGINE_MISSING: N_("VLC is missing or too old on this computer"),
}

DENIALS: Final[Mapping[DenyReason, str]] = {
    DenyReason.ROLE: N_("your position does not include this"),
    DenyReason.NOT_LOGGED_IN: N_("nobody is logged in at this console"),
    DenyReason.NO_AUTHORITY: N_("no right to look is recorded for this camera"),
    DenyReason.NOT_COUNTERSIGNED: N_("the superintendent has not countersigned yet"),
    DenyReason.WITHDRAWN: N_("the owner withdrew the permission"),
    DenyReason.PAUSED_BY_OWNER: N_("the owner has paused the link"),
    DenyReason.NOT_YET_VALID: N_("the permission has not begun"),
    DenyReason.EXPIRED: N_("the permission has expired"),
    DenyReason.ADDRESS_CHANGED: N_("the camera's address was changed; its owner has not confirmed the camera yet"),
    DenyReason.OUTSIDE_HOURS: N_("outside the hours the owner allows"),
    DenyReason.REGISTER_ONLY: N_("the owner only registered the camera; ask for footage case by case"),
    DenyReason.NO_INCIDENT: N_("only while an incident nearby is open; choose the incident"),
    DenyReason.INCIDENT_CLOSED: N_("the incident is closed"),
    DenyReason.INCIDENT_TOO_FAR: N_("the incident is outside the radius the owner allows"),
    DenyReason.PURPOSE_NOT_ALLOWED: N_("the owner does not allow this purpose"),
    DenyReason.KNOWLEDGE_TOO_OLD: N_("the permissions known here are too old; connect to the database first"),
    DenyReason.CLOCK_SET_BACK: N_(
        "this computer's clock is behind the access journal; correct the clock, or have a superintendent confirm it"
    ),
    DenyReason.JOURNAL_UNAVAILABLE: N_("the access journal cannot be written, so no picture is opened"),
    DenyReason.VAULT_LOCKED: N_("the camera passwords are locked; log in again"),
    DenyReason.UNKNOWN_CAMERA: N_("this camera is not in the register"),
    DenyReason.NO_ADDRESS: N_("the camera's address is not recorded yet"),
    DenyReason.FINGERPRINT_TAKEN: N_("the same camera is already registered under another permission"),
    DenyReason.UNENCRYPTED_PUBLIC: N_(
        "the camera sends unencrypted over the internet; the superintendent must approve"
    ),
    DenyReason.FORBIDDEN_SCHEME: N_("this kind of address is not allowed (only rtsp, rtsps, http, https)"),
    DenyReason.VISITORS: N_("visitors in the room: private cameras are dark"),
    DenyReason.LOCKED: N_("this console is locked"),
    DenyReason.EMERGENCY_OVER: N_("the emergency access to this camera is over"),
    DenyReason.EMERGENCY_NOT_HERE: N_("emergency access is for owners' cameras only"),
    DenyReason.ENGINE_UNAVAILABLE: N_("the video part of the program cannot start; tell IT"),
}

_TABLES: Final[Mapping[type, Mapping[Any, str]]] = {
    Role: ROLES,
    Right: RIGHTS,
    Purpose: PURPOSES,
    ViewKind: VIEW_KINDS,
    EndReason: END_REASONS,
    LegalBasis: LEGAL_BASES,
    AuthorityKind: AUTHORITY_KINDS,
    AccessLevel: LEVELS,
    OwnerType: OWNER_TYPES,
    ConsentState: CONSENT_STATES,
    ConsentEventKind: CONSENT_EVENTS,
    WithdrawalWay: WAYS,
    Aim: AIMS,
    Party: PARTIES,
    PersuasionStage: STAGES,
    StepKind: STEP_KINDS,
    Zone: ZONES,
    ConnectionKind: CONNECTION_KINDS,
    Category: CATEGORIES,
    Priority: PRIORITIES,
    Outcome: OUTCOMES,
    ErasureGround: ERASURE_GROUNDS,
    TileState: TILE_STATES,
    Fault: FAULTS,
    DenyReason: DENIALS,
    **PROTECTION_LABELS,
}


def label(code: object) -> str:
    """Return the label of any kernel code in the chosen language."""
    return _(_TABLES[type(code)][code])


def labels_of(codes: Iterable[object]) -> Callable[[], Mapping[Any, str]]:
    """Return what asks for the labels of these codes: a choice is read in the language of the moment."""
    return lambda: {code: label(code) for code in codes}


def roles_with(rights: AbstractSet[Right]) -> str:
    """Return the roles that have one of these rights, in their order."""
    return ", ".join(label(role) for role in Role if RIGHTS_OF[role] & rights)


def short_purpose(purpose: Purpose) -> str:
    return _(SHORT_PURPOSES[purpose])


def short_level(level: AccessLevel) -> str:
    return _(SHORT_LEVELS[level])


def is_code(value: object) -> bool:
    return type(value) in _TABLES


def owner_number(number: int) -> str:
    """Return an owner's number as it is written: O-0001."""
    return _("O-{number}", number=f"{number:04d}")
