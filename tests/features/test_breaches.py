"""Breaches of personal data: the 72-hour clock, assessment, notice, late notice, telling people, what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.kernel import ConsoleError, Denied, Invalid, Role, Session
from console.protection import Affected, BreachKind, BreachState, BreachStep, DataType, Risk, Severity
from console.services.breach_papers import breach_notice
from console.services.breaches import (
    AddToBreach,
    BreachLine,
    ChangeBreach,
    CloseBreach,
    RecordBreach,
    SubmitNotice,
    TellPeople,
    breach_clock,
)
from console.services.commands import build
from console.services.papers import Facts, Made, Paragraph
from tests.gate.room import Room

HOUR = 3600.0
WHOLE: dict[str, Any] = {
    "data_types": frozenset({DataType.NAMES, DataType.CONTACTS}),
    "volume": 24,
    "affected": frozenset({Affected.OWNERS}),
    "people": 24,
    "severity": Severity.SOME,
    "effect": "อาจมีผู้โทรรบกวน",
    "safeguards": "ไม่ได้เข้ารหัส",
    "risk": Risk.RISK,
    "assessment": "มีหมายเลขโทรศัพท์",
    "measures": "เปลี่ยนรหัสผ่าน",
    "contact": "DPO โทร 000-000-0001",
}


def enter(room: Room, **more: Any) -> str:
    fields: dict[str, Any] = {
        "title": "แฟลชไดรฟ์หาย",
        "discovered_at": room.clock.now(),
        "breach_kinds": frozenset({BreachKind.CONFIDENTIALITY}),
    } | more
    made: str = room.run(build(RecordBreach, **fields), room.registrar)
    return made


def line(room: Room, breach_id: str) -> BreachLine:
    return next(each for each in room.station.breaches.lines(room.chief) if each.id == breach_id)


def step(room: Room, kind: Any, breach_id: str, session: Session | None = None, **more: Any) -> None:
    version = {} if kind is AddToBreach else {"version": line(room, breach_id).version}
    room.run(build(kind, breach_id=breach_id, **version, **more), session or room.chief)


def refused_fields(room: Room, kind: Any, breach_id: str, **more: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        step(room, kind, breach_id, **more)
    return dict(caught.value.fields)


def state(room: Room, breach_id: str) -> BreachState:
    return line(room, breach_id).row.state


def test_the_clock_counts_whole_hours_down_from_72_and_on_beyond(room: Room) -> None:
    row = line(room, enter(room)).row
    known = row.facts.discovered_at
    for hours, left in ((0, 72), (0.5, 71), (71.5, 0), (72.5, -1), (100, -28)):
        clock = breach_clock(row, known + timedelta(hours=hours))
        assert clock is not None
        assert (clock.left, clock.overdue) == (left, left < 0)
        assert clock.explained_by == known + timedelta(days=15)


def test_a_breach_with_a_risk_is_told_in_time_and_closed(room: Room) -> None:
    made = enter(room)
    assert state(room, made) is BreachState.OPEN
    with pytest.raises(ConsoleError, match=r"breach\.assess_first"):
        step(room, SubmitNotice, made, submitted_at=room.clock.now())
    facts = {"title": "แฟลชไดรฟ์หาย", "discovered_at": room.clock.now(), **WHOLE}
    kinds = frozenset({BreachKind.CONFIDENTIALITY, BreachKind.AVAILABILITY})
    step(room, ChangeBreach, made, **facts, breach_kinds=kinds)
    assert state(room, made) is BreachState.TO_NOTIFY
    with pytest.raises(ConsoleError, match=r"breach\.not_done_yet"):
        step(room, CloseBreach, made)
    step(room, SubmitNotice, made, submitted_at=room.clock.now(), reference="สคส. 1/2569")
    assert state(room, made) is BreachState.NOTIFIED
    assert breach_clock(line(room, made).row, room.clock.now()) is None
    for kind, given in (
        (ChangeBreach, facts | {"breach_kinds": kinds}),
        (SubmitNotice, {"submitted_at": room.clock.now()}),
    ):
        with pytest.raises(ConsoleError, match=r"breach\.submitted_stays"):
            step(room, kind, made, **given)
    step(room, AddToBreach, made, room.registrar, words="พบแฟลชไดรฟ์แล้ว")
    step(room, CloseBreach, made)
    found = line(room, made)
    assert [each.step for each in found.steps] == [BreachStep.SUBMITTED, BreachStep.ADDITION, BreachStep.CLOSED]
    assert found.steps[1].who == "camera_registrar"
    step(room, AddToBreach, made, words="ยังเพิ่มได้")
    assert len(line(room, made).steps) == 4


def test_a_late_notice_says_why(room: Room) -> None:
    made = enter(room, **WHOLE)
    room.clock.advance(73 * HOUR)
    now = room.clock.now()
    assert refused_fields(room, SubmitNotice, made, submitted_at=now) == {"late_words": "breach.say_why_late"}
    assert state(room, made) is BreachState.TO_NOTIFY
    step(room, SubmitNotice, made, submitted_at=now - timedelta(hours=2))
    assert [each.step for each in line(room, made).steps] == [BreachStep.SUBMITTED], "told in time, entered later"
    other = enter(room, **WHOLE, discovered_at=now - timedelta(hours=80))
    step(room, SubmitNotice, other, submitted_at=now, late_words="ระบบขัดข้อง")
    assert line(room, other).steps[-1].words == "ระบบขัดข้อง"


def test_a_high_risk_is_closed_only_when_the_people_were_told(room: Room) -> None:
    made = enter(room, **(WHOLE | {"risk": Risk.HIGH}))
    step(room, SubmitNotice, made, submitted_at=room.clock.now())
    assert state(room, made) is BreachState.TO_TELL
    with pytest.raises(ConsoleError, match=r"breach\.not_done_yet"):
        step(room, CloseBreach, made)
    told: dict[str, Any] = {"told_at": room.clock.now(), "words": "โทรแจ้งทุกคน"}
    early = told | {"told_at": room.clock.now() - timedelta(days=1)}
    assert refused_fields(room, TellPeople, made, **early) == {"told_at": "breach.before_known"}
    step(room, TellPeople, made, **told)
    assert state(room, made) is BreachState.NOTIFIED
    with pytest.raises(ConsoleError, match=r"breach\.told_already"):
        step(room, TellPeople, made, **told)


def test_where_there_is_no_risk_the_assessment_is_kept_and_nobody_told(room: Room) -> None:
    made = enter(room, risk=Risk.NONE, assessment="เข้ารหัสไว้ทั้งหมด")
    assert state(room, made) is BreachState.NO_RISK
    assert breach_clock(line(room, made).row, room.clock.now()) is None
    with pytest.raises(ConsoleError, match=r"breach\.assess_first"):
        step(room, SubmitNotice, made, submitted_at=room.clock.now())
    step(room, CloseBreach, made)
    assert line(room, made).row.facts.assessment == "เข้ารหัสไว้ทั้งหมด"


def test_a_notice_that_lacks_something_is_not_given(room: Room) -> None:
    for name in ("effect", "measures", "contact"):
        made = enter(room, **(WHOLE | {name: ""}))
        with pytest.raises(ConsoleError, match=r"breach\.notice_incomplete"):
            step(room, SubmitNotice, made, submitted_at=room.clock.now())


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"title": ""}, {"title": "field.string_too_short"}),
        ({"breach_kinds": frozenset()}, {"breach_kinds": "breach.kind_missing"}),
        ({"risk": Risk.NONE}, {"assessment": "breach.say_why"}),
        ({"assessment": "x"}, {"risk": "breach.risk_missing"}),
        ({"people": -1}, {"people": "field.greater_than_equal"}),
        ({"effect": "x\u200e"}, {"effect": "field.pattern"}),
    ],
)
def test_bad_input_is_refused_at_its_field(room: Room, given: dict[str, Any], fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        enter(room, **given)
    assert caught.value.fields == fields


def test_times_in_the_wrong_order_are_refused(room: Room) -> None:
    later = room.clock.now() + timedelta(hours=1)
    for given, fields in (
        ({"happened_at": later}, {"happened_at": "breach.known_before"}),
        ({"discovered_at": later}, {"discovered_at": "breach.in_future"}),
    ):
        with pytest.raises(Invalid) as caught:
            enter(room, **given)
        assert caught.value.fields == fields
    made = enter(room, **WHOLE)
    early = room.clock.now() - timedelta(minutes=5)
    assert refused_fields(room, SubmitNotice, made, submitted_at=early) == {"submitted_at": "breach.before_known"}


def test_who_may_read_enter_and_decide(room: Room) -> None:
    made = enter(room, **WHOLE)
    with pytest.raises(Denied):
        step(room, SubmitNotice, made, room.registrar, submitted_at=room.clock.now())
    step(room, SubmitNotice, made, room.log_in(Role.AUDITOR), submitted_at=room.clock.now())
    for role in (Role.IT, Role.DUTY_OFFICER, Role.OPERATIONS_DEPUTY):
        with pytest.raises(Denied):
            room.station.breaches.lines(room.log_in(role))


def test_the_paper_holds_what_the_office_asks_for(room: Room) -> None:
    def texts(breach_id: str) -> str:
        report = breach_notice(line(room, breach_id), Made("Sample station", "Somebody", room.clock.now()))
        blocks = [str(block.pairs) for block in report.blocks if isinstance(block, Facts)]
        return " ".join((str(report.facts), *blocks, *(b.text for b in report.blocks if isinstance(b, Paragraph))))

    bare = texts(enter(room))
    assert "not known" in bare
    made = enter(room, **WHOLE, happened_at=room.clock.now() - timedelta(days=4))
    room.clock.advance(80 * HOUR)
    step(room, SubmitNotice, made, submitted_at=room.clock.now(), late_words="ระบบขัดข้อง", reference="สคส. 9")
    step(room, AddToBreach, made, words="พบแล้ว")
    whole = texts(made)
    for words in ("แฟลชไดรฟ์หาย", "Names, Telephone", "24", "เปลี่ยนรหัสผ่าน", "DPO", "ระบบขัดข้อง", "พบแล้ว", "สคส. 9"):
        assert words in whole
