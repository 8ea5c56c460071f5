"""Terms, holds, the deletion of what is due with its certificate, and erasure at a person's request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.db.health import Ending, HealthOutage
from console.db.journal import personal_values, verify
from console.db.owners import OwnerFacts, add_owner
from console.db.store import CommandStamp
from console.kernel import (
    Conflict,
    ConsoleError,
    Denied,
    ErasureGround,
    Fault,
    Invalid,
    OwnerType,
    Party,
    Role,
    new_id,
)
from console.protection import Decision, HoldKind, IdentityCheck, Kept, RequestKind, RequestWay
from console.services.commands import build
from console.services.erasure import ErasePersonal
from console.services.incidents import AddEntry
from console.services.papers import Code, Made, Paragraph, Table
from console.services.retention import (
    BackupsLeft,
    ChangeRetention,
    HoldRecord,
    ReleaseHold,
    RetentionLine,
    RunLine,
    RunRetention,
)
from console.services.retention_papers import backups_text, run_certificate
from console.services.rights_requests import CarryOutRequest, DecideRequest, IdentifyRequester, ReceiveRequest
from tests.gate.room import Room

DAY = 86_400.0


def term(room: Room, kept: Kept) -> RetentionLine:
    return next(line for line in room.station.retention.lines(room.chief) if line.kept is kept)


def due(room: Room, kept: Kept) -> int:
    found = term(room, kept).due
    assert found is not None
    return found.count


def run(room: Room) -> RunLine:
    plan = room.station.retention.plan(room.chief)
    room.run(RunRetention(as_of=plan.as_of), room.chief)
    return room.station.retention.runs(room.chief)[0]


def outage(room: Room, camera: str) -> None:
    """An outage as the health watch notes it."""

    def work(tx: Any) -> None:
        made = HealthOutage(station_id=tx.station_id, camera_id=camera, writer_id=tx.writer.id, began=tx.now)
        made.until, made.fault, made.ending = tx.now, Fault.NO_ANSWER.value, Ending.BACK.value
        tx.session.add(made)

    room.store.note(work)


def clear(room: Room, kind: str, record_id: str) -> list[dict[str, str]]:
    """The clear words beside the rows about a record."""
    rows = [row for row in room.rows() if row.subject == (kind, record_id)]
    return room.store.read(lambda tx: [personal_values(tx, row.writer_id, row.seq) for row in rows])


def test_what_is_due_is_counted_and_nothing_is_deleted_by_looking(room: Room) -> None:
    camera = room.camera(owner_name="นางสมใจ")
    outage(room, camera)
    room.station.drafts.keep(room.chief.person_id, "camera:new", {"name": "ร่าง"})
    assert [due(room, kept) for kept in (Kept.PERSONAL_WORDS, Kept.HEALTH, Kept.DRAFTS)] == [0, 0, 0]
    room.clock.advance(31 * DAY)
    assert due(room, Kept.DRAFTS) == 1
    room.clock.advance(800 * DAY)
    before = due(room, Kept.PERSONAL_WORDS)
    assert before > 1
    assert due(room, Kept.HEALTH) == 1
    assert room.station.retention.plan(room.chief).count == before + 2
    assert due(room, Kept.PERSONAL_WORDS) == before
    assert "นางสมใจ" in str(clear(room, "camera", camera))
    assert term(room, Kept.PICTURES).due is None
    assert term(room, Kept.JOURNAL).days is None


def test_a_run_deletes_it_leaves_every_row_and_bears_the_heads(room: Room) -> None:
    camera = room.camera(owner_name="นางสมใจ")
    outage(room, camera)
    room.station.drafts.keep(room.chief.person_id, "camera:new", {"name": "ร่าง"})
    room.clock.advance(1000 * DAY)
    young = room.camera(owner_name="คนใหม่")
    rows = len(room.rows())
    expected = room.station.retention.plan(room.chief).count
    done = run(room)
    assert done.row.count == expected
    assert done.by == "พ.ต.อ.สมมติ ตัวอย่าง"
    assert "นางสมใจ" not in str(clear(room, "camera", camera))
    assert "คนใหม่" in str(clear(room, "camera", young)), "what is younger stays"
    assert room.station.cameras.camera(camera).owner_name == "นางสมใจ", "the record of today is not touched"
    assert room.station.drafts.take(room.chief.person_id, "camera:new") is None
    assert len(room.rows()) == rows + 1, "no row went, one came"
    (told,) = room.data("retention.run")
    assert {item["kept"]: item["count"] for item in told["items"]} == {
        item.kept.value: item.due.count for item in done.row.items
    }
    writer = room.store.writer.id
    assert done.row.heads_after[writer].seq == done.row.heads_before[writer].seq + 1
    report = room.store.read(lambda tx: verify(tx, room.vault.public_key(tx)))
    assert report.problems == ()
    with pytest.raises(ConsoleError, match=r"retention\.nothing_due"):
        run(room)


def test_the_looking_must_be_fresh(room: Room) -> None:
    room.camera(owner_name="นางสมใจ")
    room.clock.advance(1000 * DAY)
    plan = room.station.retention.plan(room.chief)
    room.clock.advance(3700)
    for moment in (plan.as_of, room.clock.now() + timedelta(minutes=1)):
        with pytest.raises(ConsoleError, match=r"retention\.look_again"):
            room.run(RunRetention(as_of=moment), room.chief)


def test_a_term_is_chosen_within_its_floor_and_with_a_reason(room: Room) -> None:
    change: dict[str, Any] = {"kept": Kept.PERSONAL_WORDS, "version": 0, "days": 90, "reason": "คำสั่งสถานี 1/2569"}
    for given, fields in (
        ({"days": 89}, {"days": "retention.below_floor"}),
        ({"days": 0}, {"days": "field.greater_than_equal"}),
        ({"reason": ""}, {"reason": "retention.say_why"}),
        ({"kept": Kept.JOURNAL}, {"days": "retention.no_term"}),
    ):
        with pytest.raises(Invalid) as caught:
            room.run(build(ChangeRetention, **(change | given)), room.chief)
        assert caught.value.fields == fields
    room.camera(owner_name="นางสมใจ")
    room.clock.advance(100 * DAY)
    assert due(room, Kept.PERSONAL_WORDS) == 0
    room.run(build(ChangeRetention, **change), room.chief)
    assert due(room, Kept.PERSONAL_WORDS) > 0
    assert (term(room, Kept.PERSONAL_WORDS).days, term(room, Kept.PERSONAL_WORDS).version) == (90, 1)
    with pytest.raises(Conflict):
        room.run(build(ChangeRetention, **change), room.chief)
    room.run(build(ChangeRetention, **(change | {"version": 1, "days": 120})), room.chief)
    assert term(room, Kept.PERSONAL_WORDS).days == 120


def hold(room: Room, kind: HoldKind, subject_id: str, **more: Any) -> str:
    made: str = room.run(HoldRecord(hold_kind=kind, subject_id=subject_id, reason="คดีอาญา", **more), room.registrar)
    return made


def test_what_is_held_is_not_deleted_and_is_counted(room: Room) -> None:
    camera, other = room.camera(owner_name="นางสมใจ"), room.camera(owner_name="นายดำ")
    incident = room.incident()
    held = hold(room, HoldKind.CAMERA, camera, reference="ศาล 1/2569")
    hold(room, HoldKind.INCIDENT, incident)
    with pytest.raises(Invalid) as caught:
        hold(room, HoldKind.CAMERA, camera)
    assert caught.value.fields == {"subject_id": "retention.held_already"}
    room.clock.advance(1000 * DAY)
    words = term(room, Kept.PERSONAL_WORDS).due
    assert words is not None
    assert words.held >= 3
    assert words.count > 0
    run(room)
    assert "นางสมใจ" in str(clear(room, "camera", camera))
    assert "เหตุสมมติ" in str(clear(room, "incident", incident))
    assert "นายดำ" not in str(clear(room, "camera", other))
    assert due(room, Kept.PERSONAL_WORDS) == 0
    lines = {line.subject: line for line in room.station.retention.holds(room.chief)}
    line = lines["C001 กล้อง C001"]
    assert (line.row.reference, line.held_by) == ("ศาล 1/2569", "camera_registrar")
    with pytest.raises(Denied):
        room.run(ReleaseHold(hold_id=held, version=1, reason="จบแล้ว"), room.registrar)
    with pytest.raises(Invalid):
        room.run(ReleaseHold(hold_id=held, version=1, reason=""), room.chief)
    room.run(ReleaseHold(hold_id=held, version=1, reason="จบแล้ว"), room.chief)
    with pytest.raises(ConsoleError, match=r"retention\.released_already"):
        room.run(ReleaseHold(hold_id=held, version=2, reason="จบแล้ว"), room.chief)
    assert due(room, Kept.PERSONAL_WORDS) > 0, "what was held is due now"
    with pytest.raises(ConsoleError, match="not_found"):
        hold(room, HoldKind.REQUEST, "nobody")


def test_who_may_look_choose_and_delete(room: Room) -> None:
    room.camera(owner_name="นางสมใจ")
    room.clock.advance(1000 * DAY)
    plan = room.station.retention.plan(room.registrar)
    for role in (Role.CAMERA_REGISTRAR, Role.IT, Role.DUTY_OFFICER):
        with pytest.raises(Denied):
            room.run(RunRetention(as_of=plan.as_of), room.log_in(role))
    for role in (Role.IT, Role.DUTY_OFFICER):
        with pytest.raises(Denied):
            room.station.retention.lines(room.log_in(role))
    room.run(RunRetention(as_of=plan.as_of), room.log_in(Role.AUDITOR))
    assert room.station.retention.runs(room.registrar)[0].by == "auditor"


def made(room: Room) -> Made:
    return Made("Sample station", "Somebody", room.clock.now())


def test_the_certificate_of_a_run_tells_counts_heads_backups_and_why_rows_stay(room: Room) -> None:
    room.camera(owner_name="นางสมใจ")
    room.clock.advance(1000 * DAY)
    done = run(room)
    report = run_certificate(done, made(room))
    (table,) = [block for block in report.blocks if isinstance(block, Table)]
    assert len(table.rows) == 6
    assert sum(int(row[4].replace(",", "")) for row in table.rows) == done.row.count
    codes = [str(block.text).replace(" ", "") for block in report.blocks if isinstance(block, Code)]
    writer = room.store.writer.id
    assert codes == [done.row.heads_before[writer].hash, done.row.heads_after[writer].hash]
    told = " ".join(block.text for block in report.blocks if isinstance(block, Paragraph))
    assert "never deleted" in told
    assert "No backup holds it any more." in told


def test_when_the_last_backup_is_gone_is_told(room: Room) -> None:
    now = room.clock.now()
    assert "is gone on" in backups_text(BackupsLeft(until=now))
    assert "2 files" in backups_text(BackupsLeft(unnamed=2))
    assert "server" in backups_text(BackupsLeft(elsewhere=True))


# Erasure at a person's request


def erasing(room: Room, **about: str) -> str:
    request = ReceiveRequest(
        requester="นางสมใจ",
        contact="",
        request_kind=RequestKind.ERASURE,
        about="ขอให้ลบชื่อ",
        received_at=room.clock.now(),
        way=RequestWay.LETTER,
        **about,
    )
    made_id: str = room.run(request, room.registrar)
    room.run(IdentifyRequester(request_id=made_id, version=1, identity=IdentityCheck.CARD_SEEN), room.registrar)
    room.run(DecideRequest(request_id=made_id, version=2, decision=Decision.GRANTED), room.chief)
    return made_id


def carry_out(room: Room, request_id: str, **more: Any) -> None:
    command = CarryOutRequest(request_id=request_id, version=3, words="ลบชื่อแล้ว", **more)
    room.run(command, room.registrar)


def test_carrying_out_an_erasure_erases_what_the_request_names_with_a_certificate(room: Room) -> None:
    camera, incident = room.camera(owner_name="นางสมใจ"), room.incident()
    owner = room.store.submit(
        lambda tx: add_owner(tx, OwnerFacts(Party.PERSON, OwnerType.HOME, "นางสมใจ", phone="000-000-0001")).id,
        command=CommandStamp(new_id(), "receive_request", room.registrar),
    )
    request = erasing(room, camera_id=camera, owner_id=owner, incident_id=incident)
    with pytest.raises(Invalid) as caught:
        carry_out(room, request)
    assert caught.value.fields == {"ground": "rights.ground_missing"}
    held = hold(room, HoldKind.CAMERA, camera)
    with pytest.raises(ConsoleError, match=r"retention\.held"):
        carry_out(room, request, ground=ErasureGround.OBJECTION)
    room.run(ReleaseHold(hold_id=held, version=1, reason="จบแล้ว"), room.chief)
    carry_out(room, request, ground=ErasureGround.OBJECTION)
    (line,) = room.station.rights_requests.lines(room.chief)
    assert line.erased is not None
    assert line.erased.request == line.row.number
    assert room.station.cameras.camera(camera).owner_name == ""
    assert room.station.rights_requests.owners(room.chief) == {owner: "#1"}
    assert "000-000-0001" not in str(clear(room, "owner", owner))


def test_no_other_way_of_erasing_goes_past_a_hold(room: Room) -> None:
    incident = room.incident()
    entry = room.run(AddEntry(incident_id=incident, words="ผู้แจ้งชื่อนายดำ"), room.officer)
    order = ErasePersonal(subjects=(("incident_entry", entry),), ground=ErasureGround.UNLAWFUL)
    hold(room, HoldKind.INCIDENT, incident)
    with pytest.raises(ConsoleError, match=r"retention\.held"):
        room.run(order, room.chief)
    request = erasing(room)
    hold(room, HoldKind.REQUEST, request)
    with pytest.raises(ConsoleError, match=r"retention\.held"):
        carry_out(room, request, ground=ErasureGround.UNLAWFUL)
    assert "นายดำ" in str(clear(room, "incident_entry", entry))


def test_an_erasure_that_names_no_record_is_told_in_words_alone(room: Room) -> None:
    request = erasing(room)
    carry_out(room, request, ground=ErasureGround.NO_LONGER_NEEDED)
    (line,) = room.station.rights_requests.lines(room.chief)
    assert line.row.carried_words == "ลบชื่อแล้ว"
    assert line.erased is None
