"""The desk for rights over data: days, steps, who may do what, what is refused and where it is said."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from console.db.journal import personal_values
from console.db.owners import OwnerFacts, add_owner
from console.db.store import CommandStamp
from console.kernel import (
    STATION_ZONE,
    ConsoleError,
    Denied,
    DenyReason,
    Invalid,
    OwnerType,
    Party,
    Role,
    Session,
    new_id,
)
from console.protection import Decision, IdentityCheck, RefusalReason, RequestKind, RequestState, RequestWay
from console.services.access_log import LogQuery
from console.services.commands import build
from console.services.papers import Facts, Made, Note, Paragraph
from console.services.registers import ExtractRegister
from console.services.rights_papers import answer_letter
from console.services.rights_requests import (
    CarryOutRequest,
    ChangeRequest,
    CloseRequest,
    DecideRequest,
    IdentifyRequester,
    ReceiveRequest,
    RequestLine,
    days_beyond,
    deadline,
)
from tests.gate.room import Room


def receive(room: Room, **more: Any) -> str:
    fields: dict[str, Any] = {
        "requester": "นางสาวสมมติ ขอดู",
        "contact": "000-000-0001",
        "request_kind": RequestKind.ACCESS,
        "about": "ขอดูว่ากล้องเห็นฉันเมื่อวันที่ 1 หรือไม่",
        "received_at": room.clock.now(),
        "way": RequestWay.COUNTER,
    } | more
    made: str = room.run(build(ReceiveRequest, **fields), room.registrar)
    return made


def line(room: Room, request_id: str) -> RequestLine:
    return next(each for each in room.station.rights_requests.lines(room.chief) if each.id == request_id)


def step(room: Room, kind: Any, request_id: str, session: Session | None = None, **more: Any) -> None:
    room.run(kind(request_id=request_id, version=line(room, request_id).version, **more), session or room.registrar)


def decided(room: Room, decision: Decision = Decision.GRANTED, **more: Any) -> str:
    refusing = {} if decision is Decision.GRANTED else {"refusal": RefusalReason.HARMS_OTHERS, "words": "มีผู้อื่นในภาพ"}
    made = receive(room, **more)
    step(room, IdentifyRequester, made, identity=IdentityCheck.CARD_SEEN)
    step(room, DecideRequest, made, room.chief, decision=decision, **refusing)
    return made


@pytest.mark.parametrize("change", [{"requester": "คนอื่น"}, {"request_kind": RequestKind.ERASURE}])
def test_an_identity_that_was_checked_is_not_another_persons(room: Room, change: dict[str, Any]) -> None:
    made = receive(room)
    step(room, IdentifyRequester, made, identity=IdentityCheck.CARD_SEEN)
    facts = asdict(line(room, made).row.facts)
    step(room, ChangeRequest, made, **facts | {"contact": "000-000-0009"})
    assert line(room, made).row.state is RequestState.IDENTIFIED, "how to reach the person says nothing of who it is"
    step(room, ChangeRequest, made, **facts | change)
    assert line(room, made).row.state is RequestState.RECEIVED
    with pytest.raises(Invalid, match="identity_first"):
        step(room, DecideRequest, made, room.chief, decision=Decision.GRANTED)


def test_a_request_goes_its_way_step_by_step_and_each_is_journaled(room: Room) -> None:
    made = receive(room)
    assert line(room, made).row.number == f"1/{room.clock.now().astimezone(STATION_ZONE).year + 543}"
    assert line(room, made).row.state is RequestState.RECEIVED
    step(room, IdentifyRequester, made, identity=IdentityCheck.CALLED_BACK)
    assert line(room, made).row.state is RequestState.IDENTIFIED
    step(room, DecideRequest, made, room.chief, decision=Decision.GRANTED)
    assert line(room, made).row.state is RequestState.DECIDED
    step(room, CarryOutRequest, made, words="ให้ดูภาพที่สถานีแล้ว")
    assert line(room, made).row.state is RequestState.CARRIED_OUT
    step(room, CloseRequest, made)
    done = line(room, made)
    assert done.row.state is RequestState.CLOSED
    assert (done.identified_by, done.decided_by) == ("camera_registrar", "พ.ต.อ.สมมติ ตัวอย่าง")
    rows = [row for row in room.rows("record.changed") if row.subject == ("rights_request", made)]
    assert [row.action for row in rows] == [
        "receive_request",
        "identify_requester",
        "decide_request",
        "carry_out_request",
        "close_request",
    ]
    assert "สมมติ" not in str([row.data for row in rows]), "names are personal values, never data"
    clear = room.store.read(lambda tx: personal_values(tx, rows[0].writer_id, rows[0].seq))
    assert clear["requester"] == "นางสาวสมมติ ขอดู"


def test_numbers_run_in_each_year(room: Room) -> None:
    first, second = receive(room), receive(room)
    room.clock.advance(timedelta(days=60).total_seconds())
    next_year = receive(room)
    assert [line(room, each).row.running for each in (first, second, next_year)] == [1, 2, 1]


def moment(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=STATION_ZONE) + timedelta(days=day)


@pytest.mark.parametrize(
    ("kind", "at", "left"),
    [
        (RequestKind.ACCESS, moment(0), 30),
        (RequestKind.ACCESS, moment(30, 23), 0),
        (RequestKind.ACCESS, moment(31, 0), -1),
        (RequestKind.ERASURE, moment(10), 20),
    ],
)
def test_days_are_counted_from_the_day_after_receipt(room: Room, kind: RequestKind, at: datetime, left: int) -> None:
    row = line(room, receive(room, request_kind=kind, received_at=moment(0, 0))).row
    due = deadline(row, at)
    assert due is not None
    assert (due.left, due.overdue) == (left, left < 0)


def test_what_was_decided_is_due_too_and_erasing_within_ninety_days(room: Room) -> None:
    now = room.clock.now()
    for kind, left in ((RequestKind.ACCESS, 30), (RequestKind.ERASURE, 90)):
        due = deadline(line(room, decided(room, request_kind=kind)).row, now)
        assert due is not None
        assert due.left == left
    assert deadline(line(room, decided(room, Decision.REFUSED)).row, now) is None


def test_a_backup_that_outlives_the_ninety_days_is_counted() -> None:
    received = moment(0)
    assert days_beyond(received, None) == 0
    assert days_beyond(received, moment(90)) == 0
    assert days_beyond(received, moment(121)) == 31


def test_a_refusal_needs_a_reason_and_words_and_is_kept(room: Room) -> None:
    made = receive(room)
    step(room, IdentifyRequester, made, identity=IdentityCheck.CARD_SEEN)
    for given, fields in (
        ({"decision": Decision.REFUSED}, {"refusal": "rights.reason_missing", "words": "rights.words_missing"}),
        (
            {"decision": Decision.PARTLY, "refusal": RefusalReason.HARMS_OTHERS},
            {"words": "rights.words_missing"},
        ),
        (
            {"decision": Decision.GRANTED, "refusal": RefusalReason.NOT_HELD},
            {"refusal": "rights.granted_without_reason"},
        ),
    ):
        with pytest.raises(Invalid) as caught:
            step(room, DecideRequest, made, room.chief, **given)
        assert caught.value.fields == fields
    refusal = {"refusal": RefusalReason.HARMS_OTHERS, "words": "มีผู้อื่นในภาพ"}
    step(room, DecideRequest, made, room.chief, decision=Decision.REFUSED, **refusal)
    with pytest.raises(ConsoleError, match=r"rights\.nothing_to_do"):
        step(room, CarryOutRequest, made, words="x")
    step(room, CloseRequest, made)
    ruling = line(room, made).row.ruling
    assert ruling is not None
    assert (ruling.decision, ruling.refusal) == (Decision.REFUSED, RefusalReason.HARMS_OTHERS)


def test_nothing_is_decided_for_somebody_unknown_but_refusing_him(room: Room) -> None:
    made = receive(room)
    with pytest.raises(Invalid) as caught:
        step(room, DecideRequest, made, room.chief, decision=Decision.GRANTED)
    assert caught.value.fields == {"decision": "rights.identity_first"}
    unknown = {"refusal": RefusalReason.NOT_IDENTIFIED, "words": "ไม่แสดงตน"}
    step(room, DecideRequest, made, room.chief, decision=Decision.REFUSED, **unknown)
    assert line(room, made).row.refused


def test_what_is_decided_stays(room: Room) -> None:
    made = decided(room)
    facts: dict[str, Any] = {"requester": "x", "contact": "", "about": "y", "way": RequestWay.LINE}
    facts |= {"request_kind": RequestKind.ACCESS, "received_at": room.clock.now()}
    for kind, given in (
        (ChangeRequest, facts),
        (IdentifyRequester, {"identity": IdentityCheck.CARD_SEEN}),
        (DecideRequest, {"decision": Decision.GRANTED}),
    ):
        with pytest.raises(ConsoleError, match=r"rights\.decided_stays"):
            step(room, kind, made, room.chief, **given)
    with pytest.raises(ConsoleError, match=r"rights\.not_done_yet"):
        step(room, CloseRequest, made)


def test_a_request_is_corrected_before_it_is_decided(room: Room) -> None:
    made = receive(room)
    camera, incident = room.camera(), room.incident()
    owner = room.store.submit(
        lambda tx: add_owner(tx, OwnerFacts(Party.PERSON, OwnerType.HOME, "นายเจ้าของ")).id,
        command=CommandStamp(new_id(), "receive_request", room.registrar),
    )
    facts: dict[str, Any] = {"requester": "นายใหม่", "contact": "", "about": "ขอให้ลบ", "way": RequestWay.LETTER}
    facts |= {"request_kind": RequestKind.OBJECTION, "received_at": room.clock.now()}
    step(room, ChangeRequest, made, **facts, camera_id=camera, incident_id=incident, owner_id=owner)
    found = line(room, made)
    assert (found.row.facts.requester, found.row.kind) == ("นายใหม่", RequestKind.OBJECTION)
    assert (found.camera, found.owner) == ("C001 กล้อง C001", "นายเจ้าของ")
    assert found.incident.startswith("SKA-")
    assert room.station.rights_requests.owners(room.registrar) == {owner: "นายเจ้าของ"}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"requester": " "}, {"requester": "field.string_too_short"}),
        ({"about": ""}, {"about": "field.string_too_short"}),
        ({"requester": "น\u200fา"}, {"requester": "field.pattern"}),
        ({"received_at": datetime(2126, 1, 1, tzinfo=STATION_ZONE)}, {"received_at": "rights.in_future"}),
    ],
)
def test_bad_input_is_refused_at_its_field(room: Room, given: dict[str, Any], fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        receive(room, **given)
    assert caught.value.fields == fields
    assert room.station.rights_requests.lines(room.chief) == []


def test_somebody_acting_for_another_names_the_paper(room: Room) -> None:
    made = receive(room)
    with pytest.raises(Invalid) as caught:
        step(room, IdentifyRequester, made, identity=IdentityCheck.AUTHORISED)
    assert caught.value.fields == {"words": "rights.name_the_paper"}


@pytest.mark.parametrize("kind", [RequestKind.RESTRICTION, RequestKind.OBJECTION])
def test_where_the_use_shall_rest_the_camera_goes_dark_with_the_word_that_it_was_done(
    room: Room, kind: RequestKind
) -> None:
    camera = room.shop()
    made = decided(room, request_kind=kind, camera_id=camera)
    room.look(camera)
    step(room, CarryOutRequest, made, words="พักการดูแล้ว")
    assert room.current(camera).paused
    room.feeds.refresh()
    assert room.refusal(camera).reason is DenyReason.PAUSED_BY_OWNER


def test_who_may_see_enter_and_decide(room: Room) -> None:
    made = receive(room)
    for role in Role:
        session = room.log_in(role)
        keeps = role in {Role.CAMERA_REGISTRAR, Role.SUPERINTENDENT, Role.AUDITOR}
        if keeps:
            assert room.station.rights_requests.lines(session)
        else:
            with pytest.raises(Denied):
                room.station.rights_requests.lines(session)
    with pytest.raises(Denied):
        step(room, DecideRequest, made, room.registrar, decision=Decision.GRANTED)
    with pytest.raises(Denied):
        room.station.rights_requests.lines(room.session_of(room.template.people[0]))  # type: ignore[union-attr]  # no log-in


def test_the_access_log_keeps_the_words_from_it(room: Room) -> None:
    receive(room)
    log = room.station.access_log
    tech = room.log_in(Role.IT)
    row = next(row for row in log.find(tech, LogQuery(), 0, 20).rows if row.subject[0] == "rights_request")
    assert log.detail(tech, row.id).withheld
    assert log.detail(tech, row.id).stored.clear == {}
    assert log.detail(room.log_in(Role.AUDITOR), row.id).stored.clear["requester"] == "นางสาวสมมติ ขอดู"


def test_what_leaves_the_program_is_journaled_before(room: Room) -> None:
    room.run(ExtractRegister(register="rights_request", how="csv", rows=3), room.registrar)
    assert room.data("register.extracted") == [{"register": "rights_request", "how": "csv", "rows": 3}]


def test_the_answer_tells_decision_reason_and_where_to_complain(room: Room) -> None:
    made = Made("Sample station", "Somebody", room.clock.now())

    def texts(request_id: str) -> str:
        report = answer_letter(line(room, request_id), made)
        told = [str(report.facts)]
        for block in report.blocks:
            told.append(block.text if isinstance(block, Paragraph | Note) else "")
            told.append(str(block.pairs) if isinstance(block, Facts) else "")
        return " ".join(told)

    assert "Nothing is decided yet." in texts(receive(room))
    refused = texts(decided(room, Decision.REFUSED, camera_id=room.camera()))
    assert "มีผู้อื่นในภาพ" in refused
    assert "harm the rights and freedoms of others" in refused
    assert "C001" in refused
    assert "s. 73" in refused
    erasing = texts(decided(room, request_kind=RequestKind.ERASURE))
    assert "within 90 days" in erasing
    done = decided(room)
    step(room, CarryOutRequest, done, words="ให้ดูภาพแล้ว")
    assert "ให้ดูภาพแล้ว" in texts(done)
