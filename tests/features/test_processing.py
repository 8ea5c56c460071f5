"""The record of processing: delivered whole, worded by the station, issued as versions with a fingerprint."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from console.i18n import install
from console.kernel import Conflict, ConsoleError, Denied, Invalid, Role
from console.protection import LegalBasis
from console.services.commands import build
from console.services.papers import Facts, Heading, Made
from console.services.processing import ActivityLine, IssueProcessing, PutActivity, StrikeActivity
from console.services.processing_papers import ITEMS, issued_record, processing_record
from tests.gate.room import Room


def lines(room: Room) -> dict[str, ActivityLine]:
    return {line.code: line for line in room.station.processing.lines(room.chief)}


def put(room: Room, code: str | None, **changed: Any) -> str:
    line = lines(room).get(code or "", lines(room)["viewing"])
    version = 0 if code is None else line.version
    made: str = room.run(
        build(PutActivity, **{**asdict(line.facts), "code": code, "version": version, **changed}), room.registrar
    )
    return made


def test_every_delivered_activity_has_the_eight_items_and_a_basis(room: Room) -> None:
    delivered = lines(room)
    wanted = {"camera_link", "viewing", "incident_log", "consent_papers", "visitor_log", "users", "journal"}
    assert wanted <= set(delivered)
    assert len(ITEMS) == 8
    for line in delivered.values():
        assert line.facts.basis
        assert all(getattr(line.facts, name) for name, _title in ITEMS)
        assert (line.version, line.own) == (0, False)


@pytest.mark.usefixtures("_languages")
def test_the_delivered_words_follow_the_language_until_the_station_words_them(room: Room) -> None:
    put(room, "users", name="Officers")
    install("th")
    assert "กล้อง" in lines(room)["camera_link"].facts.name
    assert lines(room)["users"].facts.name == "Officers"


@pytest.fixture
def _languages() -> Any:
    yield
    install("en")


def test_an_activity_is_worded_and_the_journal_tells_who_and_what(room: Room) -> None:
    before = lines(room)["viewing"]
    put(room, "viewing", retention="ไม่บันทึกภาพ")
    after = lines(room)["viewing"]
    assert (after.id, after.version, after.facts.retention) == (before.id, 1, "ไม่บันทึกภาพ")
    put(room, "viewing", retention="ไม่เก็บ")
    history = room.station.history.of("processing", after.id)
    assert list(history[0].details) == ["4. How long they are kept: ไม่บันทึกภาพ → ไม่เก็บ"]
    assert "camera_registrar" in history[0].who
    with pytest.raises(Conflict):
        put(room, "viewing", version=1)
    with pytest.raises(Conflict):
        put(room, "viewing", version=0)


def test_one_is_added_and_taken_out(room: Room) -> None:
    put(room, None, name="กล้องติดตัว")
    (own,) = [line for line in lines(room).values() if line.own]
    assert own.facts.name == "กล้องติดตัว"
    room.run(StrikeActivity(code=own.code, version=own.version), room.registrar)
    room.run(StrikeActivity(code="visitor_log", version=0), room.registrar)
    assert not {own.code, "visitor_log"} & set(lines(room))
    with pytest.raises(ConsoleError, match="not_found"):
        room.run(StrikeActivity(code="nothing", version=0), room.registrar)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"basis": frozenset()}, {"basis": "processing.basis_missing"}),
        ({"security": " "}, {"security": "field.string_too_short"}),
        ({"name": "x\u200e"}, {"name": "field.pattern"}),
    ],
)
def test_an_item_that_is_missing_is_refused_at_its_field(
    room: Room, given: dict[str, Any], fields: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as caught:
        put(room, "viewing", **given)
    assert caught.value.fields == fields


def test_a_version_keeps_the_whole_record_under_a_fingerprint(room: Room) -> None:
    assert room.run(IssueProcessing(), room.chief) == 1
    with pytest.raises(ConsoleError, match=r"processing\.nothing_new"):
        room.run(IssueProcessing(), room.chief)
    put(room, "users", name="ผู้ใช้", basis=frozenset({LegalBasis.LEGITIMATE}))
    assert room.run(IssueProcessing(), room.log_in(Role.AUDITOR)) == 2
    second, first = room.station.processing.issues(room.registrar)
    assert (second.by, first.number) == ("auditor", 1)
    assert second.digest != first.digest
    assert "ผู้ใช้" in [each.name for each in second.activities]
    assert "ผู้ใช้" not in [each.name for each in first.activities]
    assert room.data("processing.issued")[0] == {"number": 1, "sha256": first.digest, "activities": len(lines(room))}


def test_who_may_read_word_and_issue(room: Room) -> None:
    for role in (Role.IT, Role.DUTY_OFFICER, Role.SHIFT_LEAD):
        with pytest.raises(Denied):
            room.station.processing.lines(room.log_in(role))
    with pytest.raises(Denied):
        room.run(IssueProcessing(), room.registrar)


def test_the_paper_names_all_items_and_the_version(room: Room) -> None:
    made = Made("Sample station", "Somebody", room.clock.now())
    facts = [line.facts for line in lines(room).values()]
    assert ("State", "not issued yet") in processing_record(facts, None, made).facts
    room.run(IssueProcessing(), room.chief)
    (issue,) = room.station.processing.issues(room.chief)
    report = processing_record(facts, issue, made)
    assert dict(report.facts)["State"].startswith("Version 1 of")
    blocks = [block for block in report.blocks if isinstance(block, Facts)]
    assert len(blocks) == len(facts)
    assert all(len(block.pairs) == 9 for block in blocks)
    put(room, "users", name="ผู้ใช้")
    changed = processing_record([line.facts for line in lines(room).values()], issue, made)
    assert dict(changed.facts)["State"].startswith("changed since Version 1")
    names = [block.text for block in issued_record(issue, made).blocks if isinstance(block, Heading)]
    assert "6. Users of the console" in names
