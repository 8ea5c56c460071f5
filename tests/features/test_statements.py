"""Owners' statements over a real station and gate: what they tell, what waits, who may make them, and their papers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from console.db.camera_heads import heads_of, make_head
from console.db.cameras import get_camera
from console.db.journal import JournalEvent
from console.db.journal_format import JsonValue
from console.db.places import Writer
from console.db.statements import MonthCounts
from console.db.store import CommandStamp, Tx
from console.i18n import install
from console.kernel import (
    AccessLevel,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    LegalBasis,
    Purpose,
    Right,
    Role,
    Session,
    TileState,
    new_id,
)
from console.services.emergencies import BeginEmergency
from console.services.feeds import FeedRequest, LiveFeed
from console.services.papers import Block, Code, Made, Note, QrCode, Report, Table
from console.services.statement_papers import statement_report, transparency_sheet
from console.services.statement_words import line_words
from console.services.statements import DelayLines, Given, IssueStatement, Month, Statements
from console.services.views import JustifyView
from console.settings import StationSettings
from resources.verify import verify_statement as reader
from tests.gate.room import Room


@pytest.fixture
def statements(room: Room) -> Statements:
    return room.station.statements


def ask(room: Room, camera_id: str, days: int = 1) -> IssueStatement:
    room.feeds.keep()
    since, until = room.clock.now() - timedelta(days=days), room.clock.now() + timedelta(days=1)
    return IssueStatement(camera_id=camera_id, since=since, until=until)


def give(room: Room, camera_id: str, session: Session | None = None, **more: int) -> Given:
    asked = ask(room, camera_id, **more)
    number = room.run(asked, session or room.chief)
    return room.station.statements.given(session or room.chief, camera_id, number)


def watch(room: Room, camera_id: str, purpose: Purpose = Purpose.RISK_SPOT, **more: object) -> LiveFeed:
    live = room.look(camera_id, purpose, **more)
    room.stream(live).tell(TileState.LIVE)
    room.clock.advance(30)
    live.end(EndReason.CLOSED)
    return live


def checked(given: Given, holds: str | None = None) -> dict[str, object]:
    return reader.verify(given.file, given.fingerprint, holds)


SIGNED = ("camera", "camera", "consent", "camera", "right")
"""How a statement begins: the camera is registered, has its address, its owner signs, and it is his."""


def test_a_statement_tells_what_the_gate_let_happen_and_proves_itself(room: Room, statements: Statements) -> None:
    camera = room.shop()
    watch(room, camera)
    room.refusal(camera, Purpose.TRAFFIC)
    given = give(room, camera)
    found = checked(given)
    assert found["lines"] == [dict(line) for line in given.told.lines]
    assert found["totals"] == given.told.totals
    kinds = [line["kind"] for line in given.told.lines]
    assert kinds == [*SIGNED, "view", "refused", "camera", "statement"]
    view = given.told.lines[len(SIGNED)]
    assert (view["purpose"], view["role"], view["seconds"], view["ended"]) == (
        "risk_spot",
        "duty_officer",
        30,
        "closed",
    )
    assert given.told.lines[-1]["number"] == given.number == 1
    assert statements.see(room.chief, camera, given.statement.since, given.statement.until).told == given.told
    assert room.station.journal.verify(room.chief).sound


def test_each_statement_leads_on_from_the_head_that_was_given(room: Room) -> None:
    camera = room.shop()
    watch(room, camera)
    first = give(room, camera)
    room.clock.advance(40 * 86_400)
    room.feeds.refresh()
    watch(room, camera)
    second = give(room, camera)
    assert second.statement.from_head == first.statement.head
    assert [line["kind"] for line in second.told.lines] == ["view", "statement"]
    held = f"1:{first.statement.head.hash}"
    assert checked(second, held)["holds"] is True
    third = give(room, camera, days=60)
    assert (third.statement.from_head, len(third.statement.between)) == (None, 2)
    assert checked(third, held)["holds"] is True
    assert checked(third)["from"] == 0
    # Asked for again, it is the same statement and no new head.
    again = room.station.statements.given(room.chief, camera, 3)
    assert again.file == third.file
    assert len(room.store.read(lambda tx: heads_of(tx, camera))) == 3


def test_a_view_names_its_incident_and_what_became_of_it(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    incident = room.incident(by=room.officer)
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    room.close_incident(incident)
    given = give(room, camera)
    (view,) = [line for line in given.told.lines if line["kind"] == "view"]
    number = room.station.incidents.incident(incident).number
    assert (view["incident"], view["self_opened"], view["reviewed"]) == (number, True, "")
    assert given.statement.claims.incidents == {number: "settled"}
    assert room.data("view.opened")[-1]["incident_number"] == number


def test_an_urgent_view_is_told_until_it_was_explained(room: Room) -> None:
    camera = room.shop()
    live = watch(room, camera, Purpose.URGENT)
    assert give(room, camera).told.totals["unjustified"] == 1
    room.run(JustifyView(view_id=live.view_id, words="รถชนหน้าร้าน ต้องดูทันที"), room.officer)
    told = give(room, camera).told
    assert told.totals["unjustified"] == 0
    assert [line["justified"] != "" for line in told.lines if line["kind"] == "view"] == [True]


def _write(room: Room, work: Callable[[Tx], object]) -> None:
    room.store.submit(work, command=CommandStamp(new_id(), "tests", room.chief))


def test_the_journal_tells_of_which_period_a_statement_is_and_where_it_begins(room: Room) -> None:
    camera, other = room.shop(), room.shop()
    first = give(room, camera)
    room.clock.advance(40 * 86_400)
    second = give(room, camera)
    entries = room.data("statement.issued")
    ends = {name: reader_time(getattr(second.statement, name)) for name in ("since", "until")}
    assert entries[0]["head"] is None
    assert entries[1] == {
        "number": 2, "from": ends["since"], "until": ends["until"], "head": [1, first.statement.head.hash]
    }  # fmt: skip
    for made in (first, second):
        again = room.station.statements.given(room.chief, camera, made.number)
        assert (again.file, checked(again)["listed"]) == (made.file, True)
    # A head that no statement made closes none: here of a consent that was signed, and of no number at all.
    _write(room, lambda tx: make_head(tx, room.station.statements._keys.signer(tx), other))
    for camera_id, number in ((other, 1), (other, 2), (camera, 3), (camera, 0), (camera, -1)):
        with pytest.raises(ConsoleError) as refused:
            room.station.statements.given(room.chief, camera_id, number)
        assert refused.value.key == "not_found"


def test_a_statement_whose_entry_names_no_head_begins_where_the_rows_say(room: Room) -> None:
    """As it was written before the entry named one."""
    camera = room.shop()
    first = give(room, camera)
    room.clock.advance(40 * 86_400)
    asked = ask(room, camera)
    data: dict[str, JsonValue] = {"number": 2, "from": reader_time(asked.since), "until": reader_time(asked.until)}
    event = JournalEvent("statement.issued", ("camera", camera), data, camera)

    def as_before(tx: Tx) -> None:
        tx.record(event)
        make_head(tx, room.station.statements._keys.signer(tx), camera)

    _write(room, as_before)
    given = room.station.statements.given(room.chief, camera, 2)
    assert given.statement.from_head == first.statement.head
    assert checked(given, f"1:{first.statement.head.hash}")["listed"] is True


# Lines that wait


def delay(room: Room, incident: str, days: float = 30, session: Session | None = None) -> None:
    until = room.clock.now() + timedelta(days=days)
    room.run(DelayLines(incident_id=incident, until=until, reason="คดียาเสพติด อยู่ระหว่างสืบสวน"), session or room.chief)


def test_lines_of_a_sensitive_case_wait_and_come_later(room: Room) -> None:
    camera, other = room.shop(AccessLevel.INCIDENT, radius_m=300), room.shop()
    incident = room.incident()
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    delay(room, incident)
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    given = give(room, camera)
    number = room.station.incidents.incident(incident).number
    assert given.told.delayed == 6
    assert [line["kind"] for line in given.told.lines] == [*SIGNED, "delay", "camera", "statement"]
    assert number not in json.dumps([dict(line) for line in given.told.lines])
    # What stands before them is told, and confirmed only with them.
    unsure = [line for line in given.told.lines if not line["confirmed"]]
    assert [line["kind"] for line in unsure] == [*SIGNED, "delay", "camera"], "no head yet"
    assert len(unsure) == given.told.unconfirmed == checked(given)["unconfirmed"]
    assert checked(given)["lines"] == [dict(line) for line in given.told.lines]
    paper = statement_report(given, Made("SK", "chief", room.clock.now())).blocks
    assert f"{len(unsure)} entries stand before a waiting one" in " ".join(
        block.text for block in paper if isinstance(block, Note)
    )
    assert sum(row[4].endswith("not confirmed yet") for row in tables_of(paper)[1].rows) == len(unsure)
    assert (checked(given)["delayed"], len(given.statement.claims.delays)) == (6, 1)
    assert give(room, other).told.delayed == 0
    room.clock.advance(31 * 86_400)
    later = give(room, camera, days=60)
    assert (later.told.delayed, later.told.unconfirmed, later.told.totals["views"]) == (0, 0, 2)
    assert checked(later, f"1:{given.statement.head.hash}")["holds"] is True
    assert [row.camera_id for row in room.rows("statement.delayed")] == [None, camera]


def test_the_chain_tells_of_the_delay_of_a_camera_that_was_seen_only_afterwards(room: Room) -> None:
    """Told by the statement's own rows, not by the station's word; told once, and without when or who looked."""
    camera, incident = room.shop(AccessLevel.INCIDENT, radius_m=300), room.incident()
    delay(room, incident)
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    looked = room.clock.now()
    room.clock.advance(3600)
    first = give(room, camera)
    (told,) = [line for line in first.told.lines if line["kind"] == "delay"]
    assert told["until"] == first.statement.claims.delays[0]
    assert told["at"] > looked.isoformat()
    assert [line["kind"] for line in checked(first)["lines"]].count("delay") == 1  # type: ignore[attr-defined]  # lines
    assert [line["kind"] for line in give(room, camera).told.lines].count("delay") == 1, "once is enough"
    delay(room, incident, 60)
    assert [line["kind"] for line in give(room, camera).told.lines].count("delay") == 2
    rows = [row.camera_id for row in room.rows("statement.delayed")]
    assert rows == [None, camera, None, camera], "a second decision was told by itself"


def test_only_the_superintendent_lets_lines_wait_and_for_ninety_days_at_most(room: Room) -> None:
    incident = room.incident()
    with pytest.raises(Denied):
        delay(room, incident, session=room.lead)
    for days, key in ((0, "delay_past"), (-1, "delay_past"), (91, "delay_too_long")):
        with pytest.raises(Invalid) as refused:
            delay(room, incident, days)
        assert refused.value.fields == {"until": f"statement.{key}"}
    with pytest.raises(ConsoleError):
        delay(room, "nothing")
    delay(room, incident, 60)
    delay(room, incident, 90)
    room.clock.advance(60 * 86_400)
    delay(room, incident, 30)
    with pytest.raises(Invalid) as refused:
        delay(room, incident, 31)
    assert refused.value.fields == {"until": "statement.delay_too_long"}, "not anew from each decision"


def test_an_emergency_is_read_at_once_whatever_waits(room: Room) -> None:
    camera, incident = room.shop(), room.incident()
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    room.pause(camera)
    why = BeginEmergency(
        camera_id=camera, incident_id=incident, legal_basis=LegalBasis.DANGER_TO_LIFE, reason="มีเสียงร้องขอความช่วยเหลือ"
    )
    begun = room.run(why, room.chief)
    request = FeedRequest(camera, Purpose.INCIDENT, incident, emergency_id=begun.id)
    live = room.feeds.open(room.chief, request)
    assert isinstance(live, LiveFeed)
    live.end(EndReason.CLOSED)
    delay(room, incident)
    given = give(room, camera)
    assert given.told.delayed > 0
    assert (given.told.totals["views"], given.told.totals["emergency"]) == (1, 1)
    (forced,) = [line for line in given.told.lines if line.get("emergency")]
    assert "Danger to life, body or health" in line_words(forced, {}).remarks


def tables_of(blocks: Sequence[Block]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


# Who may, and what is told of whom


@pytest.mark.parametrize("role", list(Role))
def test_who_may_make_statements(room: Room, statements: Statements, role: Role) -> None:
    camera, session = room.shop(), room.log_in(role)
    makers = {Role.SHIFT_LEAD, Role.OPERATIONS_DEPUTY, Role.SUPERINTENDENT, Role.CAMERA_REGISTRAR, Role.AUDITOR}
    assert statements.may(session) is (role in makers)
    asked = ask(room, camera)
    if role in makers:
        assert give(room, camera, session).number == 1
        return
    questions = (
        lambda: room.run(asked, session),
        lambda: statements.see(session, camera, asked.since, asked.until),
        lambda: statements.given(session, camera, 1),
        lambda: statements.month(session, asked.since, asked.until),
    )
    for question in questions:
        with pytest.raises(Denied) as refused:
            question()
        assert refused.value.params["right"] == Right.WRITE_STATEMENTS.value


def test_nobody_reads_without_being_logged_in(room: Room, statements: Statements) -> None:
    assert room.template is not None
    camera, gone = room.shop(), room.session_of(room.template.people[0])
    with pytest.raises(Denied) as refused:
        statements.see(gone, camera, room.clock.now(), room.clock.now())
    assert refused.value.reason is DenyReason.NOT_LOGGED_IN


def test_a_period_that_ends_before_it_begins_is_refused(room: Room) -> None:
    now = room.clock.now()
    with pytest.raises(Invalid):
        room.run(IssueStatement(camera_id=room.shop(), since=now, until=now), room.chief)


def test_officers_are_named_only_where_the_station_says_so(room: Room, statements: Statements) -> None:
    camera = room.shop()
    watch(room, camera)
    given = give(room, camera)
    assert given.statement.claims.names == {}
    name = room.officer.display_name
    assert name not in given.file.decode()
    statements._station = StationSettings(statement_names=True, name_th="สภ.ตัวอย่าง")
    named = give(room, camera)
    (view,) = [line for line in named.told.lines if line["kind"] == "view"]
    assert name in named.statement.claims.names[view["who"]]
    assert name in line_words(view, named.statement.claims.names).who
    assert checked(named)["claims"]["names"] == named.statement.claims.names  # type: ignore[index]  # a table


def test_writers_that_were_not_heard_since_are_named(room: Room) -> None:
    camera = room.shop()
    watch(room, camera)
    silent, here = room.store.writer.id, Writer("01920000-0000-7000-8000-0000000000ff", "SKA", "other")
    heard = room.clock.now()
    room.clock.advance(3600)
    room.store.writer = here
    given = give(room, camera)
    assert given.statement.unheard.keys() == {silent}
    assert given.statement.unheard[silent] <= heard
    assert checked(given)["unheard"] == [{"writer": silent, "last_at": reader_time(given.statement.unheard[silent])}]
    # Of a time that was over when it was last heard, nothing is missing.
    asked = IssueStatement(camera_id=camera, since=heard - timedelta(days=2), until=heard - timedelta(hours=1))
    number = room.run(asked, room.chief)
    assert room.station.statements.given(room.chief, camera, number).statement.unheard == {}


def reader_time(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_a_decision_that_the_journal_does_not_tell_of_keeps_nothing_from_the_owner(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    incident = room.incident()
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    path = room.store.place.sqlite_path
    assert path is not None
    with closing(sqlite3.connect(path)) as past_the_journal, past_the_journal:
        past_the_journal.execute(
            "INSERT INTO statement_delay (id, station_id, version, incident_id, until, reason, decided_by, decided_at)"
            " SELECT 'd', station_id, 1, id, '2099-01-01T00:00:00.000000Z', '', '', opened_at FROM incident"
        )
    given = give(room, camera)
    assert (given.told.delayed, given.told.totals["views"]) == (0, 1)


def test_a_month_of_nothing_but_waiting_lines_is_not_called_a_month_without_looks(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    incident = room.incident()
    delay(room, incident)
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    give(room, camera)
    since = room.clock.now() + timedelta(seconds=1)
    room.clock.advance(60)
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    room.feeds.keep()
    room.clock.advance(60)
    asked = IssueStatement(camera_id=camera, since=since, until=room.clock.now())
    room.clock.advance(60)
    given = room.station.statements.given(room.chief, camera, room.run(asked, room.chief))
    assert (given.told.lines, given.told.delayed) == ((), 3)
    said = "\n".join(reader.Speaker("en").sheet(checked(given)))
    assert "Nobody looked" not in said
    assert "No entry of this period can be told here" in said
    (table,) = [
        each
        for each in statement_report(given, Made("SK", "chief", room.clock.now())).blocks
        if isinstance(each, Table) and not each.rows
    ]
    assert table.empty.startswith("No entry of this period can be told here")


def test_a_file_that_ends_before_its_period_says_so(room: Room) -> None:
    camera = room.shop()
    room.clock.advance(60)
    asked = IssueStatement(
        camera_id=camera, since=room.clock.now() + timedelta(seconds=1), until=room.clock.now() + timedelta(days=1)
    )
    old = room.station.statements.given(room.chief, camera, room.run(asked, room.chief))
    said = "\n".join(reader.Speaker("en").sheet(checked(old)))
    assert "What happened after" in said
    assert "Nobody looked" not in said
    notes = " ".join(
        block.text
        for block in statement_report(old, Made("SK", "chief", room.clock.now())).blocks
        if isinstance(block, Note)
    )
    assert "What happened after" in notes


def test_a_consents_dates_are_written_as_every_time_in_the_journal(room: Room) -> None:
    (signed,) = (line for line in give(room, room.shop()).told.lines if line["kind"] == "consent")
    assert reader.is_time(signed["from"])
    assert reader.is_time(signed["until"])


# Papers


@pytest.mark.parametrize("language", ["en", "th"])
def test_the_paper_holds_lines_head_and_fingerprint(room: Room, language: str) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    incident = room.incident(by=room.officer)
    watch(room, camera, Purpose.INCIDENT, incident_id=incident)
    room.refusal(camera, Purpose.TRAFFIC)
    watch(room, camera, Purpose.URGENT, incident_id=incident)
    given = give(room, camera)
    delay(room, room.incident())
    install(language)
    try:
        report = statement_report(given, Made("SK", "chief", room.clock.now()))
        words = [line_words(line, {}) for line in given.told.lines]
    finally:
        install("en")
    tables = [block for block in report.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [1, len(given.told.lines), 1]
    codes = [str(block.text).replace(" ", "") for block in report.blocks if isinstance(block, Code)]
    assert codes == [given.fingerprint, f"1:{given.statement.head.hash}"]
    (square,) = [block for block in report.blocks if isinstance(block, QrCode)]
    assert checked(given, square.text)["holds"] is True
    assert all(word.did and word.when for word in words)


def test_the_paper_says_what_waits_and_who_was_not_heard(room: Room) -> None:
    given = give(room, room.shop())
    statement = replace(given.statement, unheard={"console-7": room.clock.now()})
    statement = replace(statement, claims=replace(statement.claims, delays=["2026-12-22T01:02:03.000000Z"]))
    told = replace(given.told, delayed=4)
    report = statement_report(replace(given, statement=statement, told=told), Made("SK", "chief", room.clock.now()))
    notes = " ".join(block.text for block in report.blocks if isinstance(block, Note))
    assert "4 entries of sensitive cases" in notes
    assert "console-7" in notes


def counts_of(report: Report) -> list[list[tuple[str, ...]]]:
    return [[tuple(row) for row in block.rows] for block in report.blocks if isinstance(block, Table)]


def test_the_month_for_the_public_hides_small_counts_and_what_would_tell_them(room: Room) -> None:
    now = room.clock.now()
    figures = MonthCounts({"traffic": 7, "sos": 4, "urgent": 0}, {"outside_hours": 5, "expired": 6}, 3, 9, 0, 12)
    made = Made("SK", "chief", now)
    views, refused, others = counts_of(transparency_sheet(Month(now - timedelta(days=30), now, figures), made))
    assert views == [("SOS", "fewer than 5"), ("Traffic", "7"), ("Urgent", "0")]
    assert refused[-1] == ("In all", "11")
    assert [count for _name, count in others] == ["fewer than 5", "9", "0", "12"]


def test_the_month_counts_what_happened(room: Room, statements: Statements) -> None:
    camera = room.shop()
    for _ in range(2):
        watch(room, camera)
    room.refusal(camera, Purpose.TRAFFIC)
    give(room, camera)
    now = room.clock.now()
    counts = statements.month(room.chief, now - timedelta(days=1), now + timedelta(days=1)).counts
    assert counts.purposes == {"risk_spot": 2}
    assert counts.refusals == {"purpose_not_allowed": 1}
    assert (counts.cameras, counts.statements, counts.justified, counts.permissions) == (1, 1, 0, 1)
    before = statements.month(room.chief, now - timedelta(days=9), now - timedelta(days=8)).counts
    assert before == MonthCounts({}, {}, 0, 0, 0, 0)


def test_a_camera_that_is_not_there_has_no_statement(room: Room) -> None:
    with pytest.raises(ConsoleError):
        give(room, "nothing")
    camera = room.shop()
    assert room.store.read(lambda tx: get_camera(tx, camera)).code == "C001"
