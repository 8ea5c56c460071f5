"""The decision's table of cases: each line one situation and the only right answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.db.authorities import AuthorityRow
from console.db.emergencies import EmergencyRow
from console.kernel import AccessLevel, AuthorityKind, Denied, DenyReason, LegalBasis, Purpose, Role, Session
from console.services.permits import FOR_EVER, Ages, Case, Happening, Permit, Place, decide, distance_m, hours_end

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 10.00 in Bangkok
AGES = Ages(private_s=900, agency_s=86_400, clock_slack_s=120)
SPOT = Place(7.2, 100.595)
NEAR = Place(7.2008, 100.595)  # 89 m
FAR = Place(7.21, 100.595)  # 1112 m

AUTHORITY = AuthorityRow(
    id="a1",
    version=1,
    camera_id="c1",
    kind=AuthorityKind.OWNER,
    level=AccessLevel.ALWAYS,
    purposes=frozenset({Purpose.RISK_SPOT, Purpose.INCIDENT}),
    hours=(),
    radius_m=500,
    valid_from=NOW - timedelta(days=1),
    expires_at=None,
    permission_snapshot=False,
    permission_clip=False,
    permission_export=False,
    permission_demonstration=False,
    reference="",
    recorded_by="registrar",
    recorded_at=NOW - timedelta(days=1),
    countersign_needed=False,
    countersigned_by=None,
    countersigned_at=None,
    paused=False,
    withdrawn_at=None,
)
OFFICER = Session("s1", "p1", "officer", "", Role.DUTY_OFFICER, "SKA", "w1", NOW)
CASE = Case(session=OFFICER, purpose=Purpose.RISK_SPOT, now=NOW, known_at=NOW, camera=SPOT)
FRESH = NOW + timedelta(seconds=900)
SIGNED = {"countersigned_by": "chief", "countersigned_at": NOW, "countersign_needed": True}


def incident(place: Place | None = NEAR, *, is_open: bool = True, by: str = "p2") -> Happening:
    return Happening("i1", place, by, is_open=is_open)


def as_role(role: Role) -> Session:
    return replace(OFFICER, role=role)


REGISTRAR = as_role(Role.CAMERA_REGISTRAR)
LEVEL_1 = {"level": AccessLevel.INCIDENT}
NIGHT = {"level": AccessLevel.HOURS, "hours": ((18 * 60, 6 * 60),)}
DAY = {"level": AccessLevel.HOURS, "hours": ((8 * 60, 16 * 60),)}
DENIED: list[tuple[str, dict[str, Any], dict[str, Any], DenyReason]] = [
    ("IT sees nothing", {}, {"session": as_role(Role.IT)}, DenyReason.ROLE),
    ("the auditor sees nothing", {}, {"session": as_role(Role.AUDITOR)}, DenyReason.ROLE),
    ("the registrar sees nothing", {}, {"session": as_role(Role.CAMERA_REGISTRAR)}, DenyReason.ROLE),
    ("IT does not probe", {}, {"session": as_role(Role.IT), "probe": True}, DenyReason.ROLE),
    ("no picture for set-up to a prober", {}, {"purpose": Purpose.SETUP, "session": REGISTRAR}, DenyReason.ROLE),
    ("no picture for set-up outside the hours", NIGHT, {"purpose": Purpose.SETUP}, DenyReason.OUTSIDE_HOURS),
    ("no picture for set-up without an incident", LEVEL_1, {"purpose": Purpose.SETUP}, DenyReason.NO_INCIDENT),
    ("withdrawn", {"withdrawn_at": NOW}, {}, DenyReason.WITHDRAWN),
    ("withdrawn beats paused", {"withdrawn_at": NOW, "paused": True}, {}, DenyReason.WITHDRAWN),
    ("paused", {"paused": True}, {}, DenyReason.PAUSED_BY_OWNER),
    ("own, not countersigned", {"kind": AuthorityKind.OWN}, {}, DenyReason.NOT_COUNTERSIGNED),
    ("agency, not countersigned", {"kind": AuthorityKind.AGENCY}, {}, DenyReason.NOT_COUNTERSIGNED),
    (
        "own, signed by its recorder",
        {"kind": AuthorityKind.OWN, "countersigned_by": "registrar"},
        {},
        DenyReason.NOT_COUNTERSIGNED,
    ),
    ("owner, signature asked for", {"countersign_needed": True}, {}, DenyReason.NOT_COUNTERSIGNED),
    ("not yet valid", {"valid_from": NOW + timedelta(seconds=1)}, {}, DenyReason.NOT_YET_VALID),
    ("expired this moment", {"expires_at": NOW}, {}, DenyReason.EXPIRED),
    ("register only", {"level": AccessLevel.REGISTER_ONLY}, {}, DenyReason.REGISTER_ONLY),
    (
        "register only is not probed",
        {"level": AccessLevel.REGISTER_ONLY},
        {"purpose": Purpose.SETUP, "probe": True},
        DenyReason.REGISTER_ONLY,
    ),
    ("purpose not ticked", {}, {"purpose": Purpose.TRAFFIC}, DenyReason.PURPOSE_NOT_ALLOWED),
    ("demonstration not permitted", {}, {"purpose": Purpose.DEMONSTRATION}, DenyReason.PURPOSE_NOT_ALLOWED),
    (
        "demonstration ticked as a purpose only",
        {"purposes": frozenset({Purpose.DEMONSTRATION})},
        {"purpose": Purpose.DEMONSTRATION},
        DenyReason.PURPOSE_NOT_ALLOWED,
    ),
    ("level 1 without incident", LEVEL_1, {}, DenyReason.NO_INCIDENT),
    ("level 1, urgent, without incident", LEVEL_1, {"purpose": Purpose.URGENT}, DenyReason.NO_INCIDENT),
    ("level 1, incident closed", LEVEL_1, {"incident": incident(is_open=False)}, DenyReason.INCIDENT_CLOSED),
    ("level 1, too far", LEVEL_1, {"incident": incident(FAR)}, DenyReason.INCIDENT_TOO_FAR),
    ("level 1, incident without place", LEVEL_1, {"incident": incident(None)}, DenyReason.INCIDENT_TOO_FAR),
    ("level 1, camera without place", LEVEL_1, {"incident": incident(), "camera": None}, DenyReason.INCIDENT_TOO_FAR),
    ("purpose incident names one", {}, {"purpose": Purpose.INCIDENT}, DenyReason.NO_INCIDENT),
    (
        "purpose incident, closed",
        {},
        {"purpose": Purpose.INCIDENT, "incident": incident(is_open=False)},
        DenyReason.INCIDENT_CLOSED,
    ),
    ("outside hours", NIGHT, {}, DenyReason.OUTSIDE_HOURS),
    ("outside hours, urgent", NIGHT, {"purpose": Purpose.URGENT}, DenyReason.OUTSIDE_HOURS),
    ("hours without any", {"level": AccessLevel.HOURS}, {}, DenyReason.OUTSIDE_HOURS),
    ("hours of no length", {"level": AccessLevel.HOURS, "hours": ((600, 600),)}, {}, DenyReason.OUTSIDE_HOURS),
    ("private, known 15 minutes ago", {}, {"known_at": NOW - timedelta(seconds=900)}, DenyReason.KNOWLEDGE_TOO_OLD),
    (
        "agency, known a day ago",
        {"kind": AuthorityKind.AGENCY} | SIGNED,
        {"known_at": NOW - timedelta(days=1)},
        DenyReason.KNOWLEDGE_TOO_OLD,
    ),
    ("clock set back", {}, {"newest_record": NOW + timedelta(seconds=121)}, DenyReason.CLOCK_SET_BACK),
    ("knowledge from the future", {}, {"known_at": NOW + timedelta(seconds=121)}, DenyReason.CLOCK_SET_BACK),
]
PERMITTED: list[tuple[str, dict[str, Any], dict[str, Any], datetime]] = [
    ("owner, always", {}, {}, FRESH),
    ("until it expires", {"expires_at": NOW + timedelta(seconds=3)}, {}, NOW + timedelta(seconds=3)),
    ("from this moment", {"valid_from": NOW}, {}, FRESH),
    ("urgent needs no tick", {}, {"purpose": Purpose.URGENT}, FRESH),
    ("demonstration permitted", {"permission_demonstration": True}, {"purpose": Purpose.DEMONSTRATION}, FRESH),
    ("hours, long enough", DAY, {}, FRESH),
    (
        "hours, nearly over",
        DAY,
        {"now": NOW + timedelta(hours=5, minutes=59), "known_at": NOW + timedelta(hours=6)},
        NOW + timedelta(hours=6),
    ),
    ("level 1 near an open incident", LEVEL_1, {"incident": incident()}, FRESH),
    ("level 1, urgent, near", LEVEL_1, {"incident": incident(), "purpose": Purpose.URGENT}, FRESH),
    (
        "purpose incident at level 3 asks no distance",
        {},
        {"purpose": Purpose.INCIDENT, "incident": incident(FAR)},
        FRESH,
    ),
    ("own for ever", {"kind": AuthorityKind.OWN} | SIGNED, {"known_at": NOW - timedelta(days=30)}, FOR_EVER),
    ("own, clock set back", {"kind": AuthorityKind.OWN} | SIGNED, {"newest_record": NOW + timedelta(days=1)}, FOR_EVER),
    ("agency a day", {"kind": AuthorityKind.AGENCY} | SIGNED, {}, NOW + timedelta(days=1)),
    ("a lag within the slack", {}, {"newest_record": NOW + timedelta(seconds=120)}, FRESH),
    ("a probe asks no hour", NIGHT, {"purpose": Purpose.SETUP, "probe": True}, FRESH),
    ("a probe asks no incident", LEVEL_1, {"purpose": Purpose.SETUP, "probe": True}, FRESH),
    ("a picture for set-up needs no tick", {}, {"purpose": Purpose.SETUP}, FRESH),
    ("the registrar may probe", {}, {"purpose": Purpose.SETUP, "probe": True, "session": REGISTRAR}, FRESH),
]


def test_no_authority_is_no() -> None:
    answer = decide(None, CASE, AGES)
    assert isinstance(answer, Denied)
    assert answer.reason is DenyReason.NO_AUTHORITY


@pytest.mark.parametrize(("terms", "case", "reason"), [line[1:] for line in DENIED], ids=[line[0] for line in DENIED])
def test_denied(terms: dict[str, Any], case: dict[str, Any], reason: DenyReason) -> None:
    answer = decide(replace(AUTHORITY, **terms), replace(CASE, **case), AGES)
    assert isinstance(answer, Denied)
    assert answer.reason is reason


@pytest.mark.parametrize(
    ("terms", "case", "until"), [line[1:] for line in PERMITTED], ids=[line[0] for line in PERMITTED]
)
def test_permitted(terms: dict[str, Any], case: dict[str, Any], until: datetime) -> None:
    answer = decide(replace(AUTHORITY, **terms), replace(CASE, **case), AGES)
    assert isinstance(answer, Permit), answer
    assert answer.until == until
    assert answer.private is (terms.get("kind", AuthorityKind.OWNER) is AuthorityKind.OWNER)


def test_an_incident_of_ones_own_is_marked() -> None:
    level_1 = replace(AUTHORITY, level=AccessLevel.INCIDENT)
    own = replace(CASE, incident=incident(by="p1"))
    for authority, case, marked in [(level_1, own, True), (AUTHORITY, own, False)]:
        answer = decide(authority, case, AGES)
        assert isinstance(answer, Permit)
        assert answer.self_opened is marked
    setup = decide(level_1, replace(CASE, purpose=Purpose.SETUP, probe=True), AGES)
    assert isinstance(setup, Permit)
    assert not setup.self_opened


CHIEF = as_role(Role.SUPERINTENDENT)
OVERRIDE = EmergencyRow(
    id="e1",
    camera_id="c1",
    incident_id="i1",
    person_id="p1",
    session_id="s1",
    legal_basis=LegalBasis.DANGER_TO_LIFE,
    reason="",
    begun_at=NOW - timedelta(minutes=20),
    until=NOW + timedelta(minutes=10),
)
IN_EMERGENCY: dict[str, Any] = {
    "session": CHIEF,
    "purpose": Purpose.INCIDENT,
    "incident": incident(FAR),
    "emergency_id": "e1",
    "emergency": OVERRIDE,
}
LEVEL_0 = {"level": AccessLevel.REGISTER_ONLY, "purposes": frozenset()}
PAUSED = {"paused": True}
OVER = {"emergency": None}
LIFTED: list[tuple[str, dict[str, Any], dict[str, Any], datetime]] = [
    ("paused by the owner", PAUSED, {}, OVERRIDE.until),
    ("registered only", LEVEL_0, {}, OVERRIDE.until),
    ("level 1, incident far away", LEVEL_1, {}, OVERRIDE.until),
    ("level 2 outside its hours", NIGHT, {}, OVERRIDE.until),
    ("incident not ticked", {"purposes": frozenset({Purpose.TRAFFIC})}, {}, OVERRIDE.until),
    ("paused and outside the hours", PAUSED | NIGHT, {}, OVERRIDE.until),
    ("not past the expiry", PAUSED | {"expires_at": NOW + timedelta(seconds=9)}, {}, NOW + timedelta(seconds=9)),
    ("not past what is known", PAUSED, {"known_at": NOW - timedelta(seconds=890)}, NOW + timedelta(seconds=10)),
]
STANDS: list[tuple[str, dict[str, Any], dict[str, Any], DenyReason]] = [
    ("withdrawn", PAUSED | {"withdrawn_at": NOW}, {}, DenyReason.WITHDRAWN),
    ("withdrawn, override long over", PAUSED | {"withdrawn_at": NOW}, OVER, DenyReason.WITHDRAWN),
    ("expired, an expired consent is none", PAUSED | {"expires_at": NOW}, {}, DenyReason.EXPIRED),
    ("not begun", PAUSED | {"valid_from": NOW + timedelta(seconds=1)}, {}, DenyReason.NOT_YET_VALID),
    ("not signed", PAUSED | {"countersign_needed": True}, {}, DenyReason.NOT_COUNTERSIGNED),
    ("paused since a backup came back", PAUSED | {"unconfirmed": True}, {}, DenyReason.PAUSED_BY_OWNER),
    ("an agency's", {"kind": AuthorityKind.AGENCY, **PAUSED, **SIGNED}, {}, DenyReason.EMERGENCY_NOT_HERE),
    ("the station's own", {"kind": AuthorityKind.OWN, **PAUSED, **SIGNED}, {}, DenyReason.EMERGENCY_NOT_HERE),
    ("no incident named", PAUSED, {"incident": None}, DenyReason.NO_INCIDENT),
    ("the incident is closed", PAUSED, {"incident": incident(is_open=False)}, DenyReason.INCIDENT_CLOSED),
    ("another purpose", PAUSED, {"purpose": Purpose.TRAFFIC}, DenyReason.PURPOSE_NOT_ALLOWED),
    ("a ticked purpose that is not the incident", PAUSED, {"purpose": Purpose.RISK_SPOT}, DenyReason.EMERGENCY_OVER),
    ("no incident at all", PAUSED, {"purpose": Purpose.RISK_SPOT, "incident": None}, DenyReason.EMERGENCY_OVER),
    ("not known, or over", PAUSED, OVER, DenyReason.EMERGENCY_OVER),
    ("over this moment", PAUSED, {"emergency": replace(OVERRIDE, until=NOW)}, DenyReason.EMERGENCY_OVER),
    ("another camera's", PAUSED, {"emergency": replace(OVERRIDE, camera_id="c2")}, DenyReason.EMERGENCY_OVER),
    ("another incident's", PAUSED, {"emergency": replace(OVERRIDE, incident_id="i2")}, DenyReason.EMERGENCY_OVER),
    ("of another log-in", PAUSED, {"emergency": replace(OVERRIDE, session_id="s2")}, DenyReason.EMERGENCY_OVER),
    ("known too long ago", PAUSED, {"known_at": NOW - timedelta(seconds=900)}, DenyReason.KNOWLEDGE_TOO_OLD),
    ("clock set back", PAUSED, {"newest_record": NOW + timedelta(seconds=121)}, DenyReason.CLOCK_SET_BACK),
    ("IT", PAUSED, {"session": as_role(Role.IT)}, DenyReason.ROLE),
    *((role.value, PAUSED, {"session": as_role(role)}, DenyReason.ROLE) for role in Role if role is not CHIEF.role),
]


@pytest.mark.parametrize(("terms", "case", "until"), [line[1:] for line in LIFTED], ids=[line[0] for line in LIFTED])
def test_an_override_lifts(terms: dict[str, Any], case: dict[str, Any], until: datetime) -> None:
    asked = replace(CASE, **IN_EMERGENCY | case)
    answer = decide(replace(AUTHORITY, **terms), asked, AGES)
    assert isinstance(answer, Permit), answer
    assert (answer.until, answer.emergency_until, answer.private) == (until, OVERRIDE.until, True)
    assert isinstance(decide(replace(AUTHORITY, **terms), replace(asked, emergency_id=None), AGES), Denied)


@pytest.mark.parametrize(("terms", "case", "reason"), [line[1:] for line in STANDS], ids=[line[0] for line in STANDS])
def test_an_override_leaves(terms: dict[str, Any], case: dict[str, Any], reason: DenyReason) -> None:
    answer = decide(replace(AUTHORITY, **terms), replace(CASE, **IN_EMERGENCY | case), AGES)
    assert isinstance(answer, Denied), answer
    assert answer.reason is reason


def test_an_override_without_an_authority_is_nothing() -> None:
    answer = decide(None, replace(CASE, **IN_EMERGENCY), AGES)
    assert isinstance(answer, Denied)
    assert answer.reason is DenyReason.NO_AUTHORITY


def test_what_the_owner_allows_is_not_told_as_an_emergency() -> None:
    answer = decide(AUTHORITY, replace(CASE, **IN_EMERGENCY), AGES)
    assert answer == Permit(FRESH, "a1", private=True)


def test_an_override_through_an_incident_of_ones_own_is_marked() -> None:
    for by, marked in (("p1", True), ("p2", False)):
        asked = replace(CASE, **IN_EMERGENCY | {"incident": incident(by=by)})
        answer = decide(replace(AUTHORITY, paused=True), asked, AGES)
        assert isinstance(answer, Permit)
        assert answer.self_opened is marked


def bangkok(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 11, 22, hour, minute, second, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    ("windows", "now", "end"),
    [
        (((480, 960),), bangkok(8, 0), bangkok(16, 0)),
        (((480, 960),), bangkok(7, 59, 59), None),
        (((480, 960),), bangkok(15, 59, 59), bangkok(16, 0)),
        (((480, 960),), bangkok(16, 0), None),
        (((1080, 360),), bangkok(23, 0), bangkok(30 - 24, 0) + timedelta(days=1)),
        (((1080, 360),), bangkok(5, 59), bangkok(6, 0)),
        (((1080, 1440), (0, 360)), bangkok(23, 0), bangkok(6, 0) + timedelta(days=1)),
        (((480, 720), (720, 960)), bangkok(9, 0), bangkok(16, 0)),
        (((0, 1440),), bangkok(9, 0), FOR_EVER),
        ((), bangkok(9, 0), None),
    ],
)
def test_hours(windows: tuple[tuple[int, int], ...], now: datetime, end: datetime | None) -> None:
    assert hours_end(windows, now) == end


@given(
    st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), min_size=1, max_size=3),
    st.integers(0, 86_399),
)
def test_hours_end_is_a_boundary(windows: list[tuple[int, int]], second: int) -> None:
    """Inside until the end, outside at the end: whatever the windows are."""
    now = bangkok(0, 0) + timedelta(seconds=second)
    end = hours_end(tuple(windows), now)
    minute = second // 60
    inside = any(
        start <= minute < stop if start <= stop else minute >= start or minute < stop for start, stop in windows
    )
    assert (end is not None) is inside
    if end is not None and end is not FOR_EVER:
        assert hours_end(tuple(windows), end) is None
        assert hours_end(tuple(windows), end - timedelta(seconds=1)) == end


def test_distance() -> None:
    assert distance_m(SPOT, SPOT) == 0
    assert distance_m(SPOT, NEAR) == pytest.approx(89, abs=1)
    assert distance_m(Place(0, 179.9999), Place(0, -179.9999)) == pytest.approx(22, abs=1)
    assert distance_m(Place(90, 0), Place(-90, 0)) == pytest.approx(20_015_115, rel=1e-6)
