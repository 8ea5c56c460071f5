"""The words every layer shares: ids, clocks, people's roles and rights, purposes, tile states, changes and errors.

Imports nothing of ours. Stored values are these stable codes, never labels.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import uuid_utils

STATION_ZONE: Final = ZoneInfo("Asia/Bangkok")
"""Local time of every station: the calendar day, an owner's hours, the year of a running number."""

BUDDHIST_ERA: Final = 543
"""Years from the common to the Buddhist era; added where a year is shown or counted, never stored in a time."""


def new_id() -> str:
    """A UUIDv7 (RFC 9562) as text: made by the client, sortable by time, harmless to repeat."""
    return str(uuid_utils.uuid7())


class Clock(Protocol):
    """Time as a dependency. Leases use `monotonic`, records use `now`."""

    def now(self) -> datetime:
        """Return the wall clock, aware, UTC."""

    def monotonic(self) -> float:
        """Return seconds of a clock shared by all processes of this machine; never set back."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class Secret:
    """Text that must not leak: no `str`, no `repr`, no format, no pickle shows it; only `reveal` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class Role(StrEnum):
    """Roles of the room (reference: station positions; IT has no feeds, the auditor reads logs and is the DPO)."""

    DUTY_OFFICER = "duty_officer"
    SHIFT_LEAD = "shift_lead"
    OPERATIONS_DEPUTY = "operations_deputy"
    SUPERINTENDENT = "superintendent"
    CAMERA_REGISTRAR = "camera_registrar"
    IT = "it"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a command may demand. Checked in dispatch; the window only mirrors it."""

    VIEW_FEEDS = "view_feeds"
    PROBE_CAMERAS = "probe_cameras"
    WRITE_INCIDENTS = "write_incidents"
    WRITE_CAMERAS = "write_cameras"
    WRITE_AUTHORITIES = "write_authorities"
    WRITE_VISITS = "write_visits"
    STOP_LINK = "stop_link"
    """Pause or withdraw because the owner says so: whoever picks up the telephone does it at once."""
    PUBLISH_NOTICE = "publish_notice"
    COUNTERSIGN = "countersign"
    REVIEW_VIEWS = "review_views"
    MANAGE_PEOPLE = "manage_people"
    ARRANGE_WALL = "arrange_wall"
    VERIFY_JOURNAL = "verify_journal"
    MAINTAIN_STORE = "maintain_store"
    ERASE_PERSONAL = "erase_personal"
    PROTECT_DATA = "protect_data"
    DECIDE_DATA = "decide_data"
    OVERRIDE = "override"
    WRITE_STATEMENTS = "write_statements"


_WATCH: Final = frozenset(
    {
        Right.VIEW_FEEDS,
        Right.PROBE_CAMERAS,
        Right.WRITE_INCIDENTS,
        Right.WRITE_VISITS,
        Right.ARRANGE_WALL,
        Right.STOP_LINK,
    }
)

RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.DUTY_OFFICER: _WATCH,
    Role.SHIFT_LEAD: _WATCH | {Right.REVIEW_VIEWS, Right.WRITE_AUTHORITIES, Right.WRITE_STATEMENTS},
    Role.OPERATIONS_DEPUTY: _WATCH
    | {Right.REVIEW_VIEWS, Right.WRITE_AUTHORITIES, Right.VERIFY_JOURNAL, Right.WRITE_STATEMENTS},
    Role.SUPERINTENDENT: _WATCH
    | {
        Right.REVIEW_VIEWS,
        Right.WRITE_CAMERAS,
        Right.WRITE_AUTHORITIES,
        Right.PUBLISH_NOTICE,
        Right.COUNTERSIGN,
        Right.OVERRIDE,
        Right.MANAGE_PEOPLE,
        Right.VERIFY_JOURNAL,
        Right.MAINTAIN_STORE,
        Right.ERASE_PERSONAL,
        Right.PROTECT_DATA,
        Right.DECIDE_DATA,
        Right.WRITE_STATEMENTS,
    },
    Role.CAMERA_REGISTRAR: frozenset(
        {
            Right.WRITE_VISITS,
            Right.PROBE_CAMERAS,
            Right.WRITE_CAMERAS,
            Right.WRITE_AUTHORITIES,
            Right.STOP_LINK,
            Right.PUBLISH_NOTICE,
            Right.PROTECT_DATA,
            Right.WRITE_STATEMENTS,
        }
    ),
    Role.IT: frozenset({Right.WRITE_CAMERAS, Right.MANAGE_PEOPLE, Right.VERIFY_JOURNAL, Right.MAINTAIN_STORE}),
    Role.AUDITOR: frozenset({Right.VERIFY_JOURNAL, Right.PROTECT_DATA, Right.DECIDE_DATA, Right.WRITE_STATEMENTS}),
}
"""Rights of each role. Roles with VIEW_FEEDS or PROBE_CAMERAS have a vault slot; IT and the auditor have none."""


class Purpose(StrEnum):
    """Why somebody looks (one of a fixed list, never free text)."""

    INCIDENT = "incident"
    SOS = "sos"
    RISK_SPOT = "risk_spot"
    FOLLOW = "follow"
    TRAFFIC = "traffic"
    CAMERA_CHECK = "camera_check"
    INVESTIGATION = "investigation"
    DEMONSTRATION = "demonstration"
    URGENT = "urgent"
    SETUP = "setup"


class ViewKind(StrEnum):
    WALL = "wall"
    FOCUS = "focus"
    TOUR = "tour"
    PREWARM = "prewarm"
    PROBE = "probe"


class EndReason(StrEnum):
    """Why a view ended."""

    CLOSED = "closed"
    REPLACED = "replaced"
    VISITORS = "visitors"
    HANDOVER = "handover"
    LOCK = "lock"
    LOGOUT = "logout"
    PURPOSE_CHANGED = "purpose_changed"
    RIGHT_ENDED = "right_ended"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    ADDRESS_CHANGED = "address_changed"
    INCIDENT_CLOSED = "incident_closed"
    SLEPT = "slept"
    SHUTDOWN = "shutdown"
    CRASHED = "crashed"
    JOURNAL_FAILED = "journal_failed"
    NOT_STARTED = "not_started"


class DenyReason(StrEnum):
    """Why the gate said no. Each has words in both languages (i18n)."""

    ROLE = "role"
    NOT_LOGGED_IN = "not_logged_in"
    NO_AUTHORITY = "no_authority"
    NOT_COUNTERSIGNED = "not_countersigned"
    WITHDRAWN = "withdrawn"
    PAUSED_BY_OWNER = "paused_by_owner"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    ADDRESS_CHANGED = "address_changed"
    """The owner has not said yet that what stands at the new address is his camera."""
    OUTSIDE_HOURS = "outside_hours"
    REGISTER_ONLY = "register_only"
    NO_INCIDENT = "no_incident"
    INCIDENT_CLOSED = "incident_closed"
    INCIDENT_TOO_FAR = "incident_too_far"
    PURPOSE_NOT_ALLOWED = "purpose_not_allowed"
    KNOWLEDGE_TOO_OLD = "knowledge_too_old"
    CLOCK_SET_BACK = "clock_set_back"
    JOURNAL_UNAVAILABLE = "journal_unavailable"
    VAULT_LOCKED = "vault_locked"
    UNKNOWN_CAMERA = "unknown_camera"
    NO_ADDRESS = "no_address"
    FINGERPRINT_TAKEN = "fingerprint_taken"
    UNENCRYPTED_PUBLIC = "unencrypted_public"
    FORBIDDEN_SCHEME = "forbidden_scheme"
    VISITORS = "visitors"
    LOCKED = "locked"
    EMERGENCY_OVER = "emergency_over"
    EMERGENCY_NOT_HERE = "emergency_not_here"
    ENGINE_UNAVAILABLE = "engine_unavailable"


class LegalBasis(StrEnum):
    """By which law a superintendent looks where the owner does not allow it now (an emergency override)."""

    DANGER_TO_LIFE = "danger_to_life"
    CRIMINAL_PROCEDURE = "criminal_procedure"
    POLICE_ACT = "police_act"


class AuthorityKind(StrEnum):
    """Where the right to look comes from: an owner's permission, an agency's agreement, or an own camera."""

    OWNER = "owner"
    AGENCY = "agency"
    OWN = "own"


class AccessLevel(IntEnum):
    """Levels 0–3 of the owner's permission (domain 5.3)."""

    REGISTER_ONLY = 0
    INCIDENT = 1
    HOURS = 2
    ALWAYS = 3


class ConsentState(StrEnum):
    """How a consent stands (domain 5.3). Only one that is in force opens a stream."""

    DRAFT = "draft"
    AWAITING_SIGNATURE = "awaiting_signature"
    IN_FORCE = "in_force"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REFUSED = "refused"
    VOID = "void"


class ConsentEventKind(StrEnum):
    """What happens to a consent. Expiry is none: the calendar tells it."""

    DRAFTED = "drafted"
    PRESENTED = "presented"
    SIGNED = "signed"
    REFUSED = "refused"
    VOIDED = "voided"
    PAUSED = "paused"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    READDRESSED = "readdressed"
    """A camera leads to another address than the one that the owner knows: its link rests."""
    RECONFIRMED = "reconfirmed"
    """The owner said that it is still his camera."""


class WithdrawalWay(StrEnum):
    """How the owner's word reached the station; the screen is the owner's own hand at the console."""

    PAPER = "paper"
    PHONE = "phone"
    VISIT = "visit"
    SCREEN = "screen"


class Aim(StrEnum):
    """What a camera looks at. One that looks indoors is not linked."""

    FRONT = "front"
    STREET = "street"
    INDOOR = "indoor"


class OwnerType(StrEnum):
    HOME = "home"
    SHOP = "shop"
    BANK_OR_GOLD = "bank_or_gold"
    ESTATE = "estate"
    SCHOOL = "school"
    TEMPLE = "temple"
    HOSPITAL = "hospital"
    MUNICIPALITY = "municipality"
    STATE = "state"
    POLICE = "police"


class Party(StrEnum):
    """What an owner is before the law: who signs, and whether somebody signs for him."""

    PERSON = "person"
    COMPANY = "company"
    AGENCY = "agency"


class PersuasionStage(StrEnum):
    """How far the talks with an owner have come, as the facts tell; never entered by hand."""

    LISTED = "listed"
    CONTACT = "contact"
    VISITED = "visited"
    BRIEFED = "briefed"
    AGREED = "agreed"
    LINKED = "linked"


class StepKind(StrEnum):
    """What was done on the way to an owner's consent."""

    FIRST_CONTACT = "first_contact"
    SUPERINTENDENT_VISIT = "superintendent_visit"
    BRIEFING = "briefing"
    ROOM_VISIT = "room_visit"
    FOLLOW_UP = "follow_up"
    POSTPONED = "postponed"
    REFUSED = "refused"


class Zone(StrEnum):
    """Where a place lies: the programme tells every figure for inside and outside the Smart Safety Zone."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class ConnectionKind(StrEnum):
    """How a camera's stream reaches the room (docs/admin.md)."""

    STATION_LAN = "station_lan"
    AGENCY_VLAN = "agency_vlan"
    WIREGUARD = "wireguard"
    RTSPS = "rtsps"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """What happened: crimes of the four groups of the police statistics, then what the room is also called for."""

    HOMICIDE = "homicide"
    ASSAULT = "assault"
    SEXUAL = "sexual"
    THEFT = "theft"
    SNATCHING = "snatching"
    ROBBERY = "robbery"
    GANG_ROBBERY = "gang_robbery"
    FRAUD = "fraud"
    DAMAGE = "damage"
    ONLINE_FRAUD = "online_fraud"
    DRUGS = "drugs"
    WEAPONS = "weapons"
    GAMBLING = "gambling"
    TRAFFIC_ACCIDENT = "traffic_accident"
    QUARREL = "quarrel"
    DRUNKENNESS = "drunkenness"
    NOISE = "noise"
    SUSPECT = "suspect"
    MISSING_PERSON = "missing_person"
    MENTAL_ILLNESS = "mental_illness"
    FIRE = "fire"
    MEDICAL = "medical"
    DISASTER = "disaster"
    CROWD = "crowd"
    SUSPECT_OBJECT = "suspect_object"
    ANIMAL = "animal"
    EQUIPMENT = "equipment"
    INSPECTION = "inspection"
    OTHER = "other"


class Priority(StrEnum):
    """Urgency in the words of official correspondence, most urgent first."""

    MOST_URGENT = "most_urgent"
    VERY_URGENT = "very_urgent"
    URGENT = "urgent"
    NORMAL = "normal"


class Outcome(StrEnum):
    """How an incident ended."""

    SETTLED = "settled"
    TO_INVESTIGATOR = "to_investigator"
    TO_OTHER_AGENCY = "to_other_agency"
    NOTHING_FOUND = "nothing_found"
    FALSE_REPORT = "false_report"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"


class ErasureGround(StrEnum):
    """Why personal values are erased (Personal Data Protection Act, section 33)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    UNLAWFUL = "unlawful"


class TileState(StrEnum):
    """What a tile may say. LIVE only while packets arrive and pictures are decoded."""

    EMPTY = "empty"
    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    RECONNECTING = "reconnecting"
    DOWN = "down"
    DENIED = "denied"
    PAUSED = "paused"
    QUARANTINED = "quarantined"


class Fault(StrEnum):
    """What is wrong with a stream, as far as we can tell. Each has words in both languages (i18n)."""

    NONE = "none"
    BAD_ADDRESS = "bad_address"
    FORBIDDEN_SCHEME = "forbidden_scheme"
    HOST_UNKNOWN = "host_unknown"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    UNAUTHORISED = "unauthorised"
    NOT_FOUND = "not_found"
    TLS = "tls"
    NO_VIDEO = "no_video"
    UNSUPPORTED = "unsupported"
    BROKEN_STREAM = "broken_stream"
    STREAM_ENDED = "stream_ended"
    FROZEN = "frozen"
    BEHIND = "behind"
    WORKER_LOST = "worker_lost"
    QUARANTINED = "quarantined"
    ENGINE_MISSING = "engine_missing"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in at this console. Made by `services.people` only; commands take their actor from it."""

    id: str
    person_id: str
    login: str
    display_name: str
    role: Role
    station_id: str
    writer_id: str
    started_at: datetime

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Change:
    """Something was committed. Sent after commit, never before."""

    kind: str
    id: str
    version: int
    origin: str


class ConsoleError(Exception):
    """An expected error. Carries a catalogue key and its parameters, never a sentence and never a secret."""

    key: str

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.key}({shown})"


class Invalid(ConsoleError):
    """Input refused at its field: `fields` maps the field's name to a catalogue key.

    Further parameters fill the braces of those sentences.
    """

    def __init__(self, fields: Mapping[str, str], **params: object) -> None:
        super().__init__("invalid", fields=dict(fields), **params)
        self.fields: Mapping[str, str] = dict(fields)


class Denied(ConsoleError):
    """The gate or dispatch said no, and why. The gate returns it; dispatch raises it."""

    def __init__(self, reason: DenyReason, **params: object) -> None:
        super().__init__(f"denied.{reason}", **params)
        self.reason = reason


class Conflict(ConsoleError):
    """Somebody else changed the record first; nothing was stored."""

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__("conflict", kind=kind, id=record_id)


class Unavailable(ConsoleError):
    """Something outside our code is not there (database, disk, keyring, libVLC). `key` says which and what to do."""


@dataclass(frozen=True, slots=True)
class PixelSize:
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What a probe or a running stream knows of its source; never pixels."""

    codec: str = ""
    width: int = 0
    height: int = 0
    rate: float = 0.0
    transport: str = ""
    encrypted: bool = False
    details: Mapping[str, str] = field(default_factory=dict)


STALE_INTERVALS: Final = 5
SLOWEST_RATE: Final = 0.5
"""The rate is the worker's word: however slow it says the camera is, a picture is STALE after 10 s."""


def stale_after(limit_s: float, rate: float) -> float:
    """Return after how many seconds without a new picture a tile is STALE, for a camera of `rate` pictures a second.

    The worker and the painter judge by this one rule. A rate of 0 is not known.
    """
    return max(limit_s, STALE_INTERVALS / max(rate, SLOWEST_RATE)) if rate > 0.0 else limit_s
