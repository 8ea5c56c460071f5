"""What a shift leaves open: debts of urgent views, reviews of self-opened ones, and how it is handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.db.journal import personal_values
from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    ConsoleError,
    Denied,
    EndReason,
    Invalid,
    LegalBasis,
    Purpose,
    Role,
    Session,
    new_id,
)
from console.services.access_log import LogQuery
from console.services.emergencies import BeginEmergency
from console.services.feeds import FeedRequest, LiveFeed
from console.services.incidents import ChangeIncident, ReviewIncident
from console.services.matters import OpenMatters
from console.services.views import JustifyView, NoteDebt, ReviewView
from tests.gate.room import HERE, Room

WHY = "ได้ยินเสียงปืนหน้าร้านจึงเปิดดูทันที"


def open_ones(room: Room, session: Session | None = None) -> OpenMatters:
    return room.station.matters.open_ones(session or room.officer)


def urgent(room: Room, **more: Any) -> LiveFeed:
    return room.look(room.shop(), Purpose.URGENT, **more)


def justify(room: Room, live: LiveFeed, session: Session | None = None, **said: Any) -> None:
    room.run(JustifyView(view_id=live.view_id, **said), session or room.officer)


def through_own(room: Room, session: Session | None = None) -> tuple[str, LiveFeed]:
    """Look through an incident of one's own; returns the incident and the view."""
    mine = room.incident(by=session or room.officer)
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    return mine, room.look(camera, Purpose.INCIDENT, incident_id=mine, session=session or room.officer)


# Debts


def test_a_debt_stands_until_whoever_looked_says_why(room: Room) -> None:
    live = urgent(room)
    (debt,) = open_ones(room).mine
    assert (debt.view_id, debt.due_at) == (live.view_id, debt.opened_at + timedelta(minutes=15))
    assert (debt.overdue(debt.due_at - timedelta(seconds=1)), debt.overdue(debt.due_at)) == (False, True)
    (seen,) = open_ones(room, room.lead).others
    assert (seen.who, seen.mine) == ("duty_officer", False)
    justify(room, live, words=WHY)
    assert not open_ones(room)
    assert not open_ones(room, room.lead)
    (row,) = room.rows("view.justified")
    assert (row.camera_id, dict(row.data), row.personal_names) == (live.camera_id, {}, ("justification",))


@pytest.mark.parametrize("words", ["", "ด่วน", " " * 30, "x" * 19])
def test_too_few_words_settle_nothing(room: Room, words: str) -> None:
    live = urgent(room)
    with pytest.raises(Invalid) as refused:
        justify(room, live, words=words)
    assert refused.value.fields == {"words": "view.say_why"}
    with pytest.raises(Invalid):
        justify(room, live, words="x" * 30 + "\u202e")
    assert open_ones(room).mine


def test_the_incident_it_belonged_to_settles_it(room: Room) -> None:
    over = room.incident()
    room.close_incident(over)
    room.clock.advance(60)
    live = urgent(room)
    room.clock.advance(60)
    incident = room.incident()
    with pytest.raises(Invalid) as refused:
        justify(room, live, incident_id=over)
    assert refused.value.fields == {"incident_id": "view.incident_was_over"}
    assert {row.number for row in open_ones(room).incidents} == {"SKA-2569-0001", "SKA-2569-0002"}
    room.close_incident(incident)
    justify(room, live, incident_id=incident)
    (row,) = room.rows("view.justified")
    assert dict(row.data) == {"incident": incident, "incident_number": "SKA-2569-0002"}
    assert row.personal_names == ()
    room.clock.advance(13 * 3600)
    assert open_ones(room).incidents == (), "what was over long ago is not offered"


def test_nobody_explains_for_another_and_nobody_twice(room: Room) -> None:
    live = urgent(room)
    with pytest.raises(ConsoleError, match="not_yours"):
        justify(room, live, room.lead, words=WHY)
    with pytest.raises(Denied):
        justify(room, live, room.log_in(Role.IT), words=WHY)
    justify(room, live, words=WHY)
    with pytest.raises(ConsoleError, match="no_debt"):
        justify(room, live, words=WHY)


def test_overdue_is_journaled_once_whoever_sits_here(room: Room) -> None:
    live, other = urgent(room), urgent(room)
    justify(room, other, words=WHY)
    room.clock.advance(899)
    assert room.rows("view.unjustified") == []
    room.station.people.log_out(room.officer, EndReason.HANDOVER)
    room.clock.advance(6)
    (row,) = room.rows("view.unjustified")
    assert (row.camera_id, row.subject) == (live.camera_id, ("view", live.view_id))
    room.clock.advance(900)
    assert len(room.rows("view.unjustified")) == 1
    room.crash()
    room.reopen()
    room.feeds.recover()
    assert len(room.rows("view.unjustified")) == 1, "also after a restart"
    (debt,) = open_ones(room).mine
    assert debt.overdue(room.clock.now())
    justify(room, live, words=WHY)
    assert not open_ones(room)


def test_a_debt_of_another_console_is_one_all_the_same(room: Room) -> None:
    live = urgent(room)
    room.store.submit(
        lambda tx: tx.session.connection().exec_driver_sql("UPDATE camera_view SET writer_id = 'another console'"),
        command=CommandStamp(new_id(), "mend_guards"),
    )
    room.clock.advance(901)
    assert [row.subject[1] for row in room.rows("view.unjustified")] == [live.view_id]
    (debt,) = open_ones(room).mine
    justify(room, live, words=WHY)
    assert debt.overdue(room.clock.now())
    assert not open_ones(room)


def test_an_emergency_is_never_blocked_but_it_is_said(room: Room) -> None:
    first = urgent(room)
    assert "overdue" not in room.data("view.opened")[-1]
    room.clock.advance(901)
    again = urgent(room)
    assert again.picture() is not None
    assert room.data("view.opened")[-1]["overdue"] == 1
    (told,) = open_ones(room, room.chief).noteworthy
    assert (told.view_id, told.overdue_before) == (again.view_id, 1)
    assert open_ones(room, room.lead).noteworthy == ()
    assert [debt.overdue_before for debt in open_ones(room).mine] == [0, 1]
    assert "overdue" not in room.data("view.opened")[0]
    justify(room, first, words=WHY)
    urgent(room)
    assert "overdue" not in room.data("view.opened")[-1]


def test_the_shift_lead_may_note_but_settles_nothing(room: Room) -> None:
    live, own = urgent(room), urgent(room, session=room.lead)
    with pytest.raises(Denied):
        room.run(NoteDebt(view_id=live.view_id, words="ถามแล้ว"), room.officer)
    with pytest.raises(ConsoleError, match="own_note"):
        room.run(NoteDebt(view_id=own.view_id, words="ถามแล้ว"), room.lead)
    for words in ("", "\u202e"):
        with pytest.raises(Invalid):
            room.run(NoteDebt(view_id=live.view_id, words=words), room.lead)
    room.run(NoteDebt(view_id=live.view_id, words="กลับมาชี้แจงเวรหน้า"), room.lead)
    (debt,) = open_ones(room).mine
    assert (debt.note, debt.noted_by) == ("กลับมาชี้แจงเวรหน้า", "Shift lead")
    (row,) = room.rows("view.noted")
    values = room.store.read(lambda tx: personal_values(tx, row.writer_id, row.seq))
    assert values == {"note": "กลับมาชี้แจงเวรหน้า"}
    calm = room.look(room.shop())
    with pytest.raises(ConsoleError, match="no_debt"):
        room.run(NoteDebt(view_id=calm.view_id, words="ถามแล้ว"), room.lead)


def test_who_is_told_no_names_is_told_roles(room: Room) -> None:
    urgent(room, session=room.lead)
    through_own(room, room.lead)
    told = open_ones(room)
    assert ([debt.who for debt in told.others], [view.who for view in told.reviews]) == (["Shift lead"],) * 2
    assert open_ones(room, room.log_in(Role.IT)) == OpenMatters()
    with pytest.raises(Denied):
        open_ones(room, room.session_of(room.station.people.people()[0]))


# Reviews


def test_a_view_through_ones_own_incident_waits_for_somebody_else(room: Room) -> None:
    mine, live = through_own(room)
    other = room.look(room.shop(AccessLevel.INCIDENT, radius_m=300), Purpose.INCIDENT, incident_id=mine)
    waiting = open_ones(room, room.lead).reviews
    assert [(view.view_id, view.incident, view.may_review) for view in waiting] == [
        (live.view_id, "SKA-2569-0001", True),
        (other.view_id, "SKA-2569-0001", True),
    ]
    assert [view.may_review for view in open_ones(room).reviews] == [False, False]
    room.run(ReviewView(view_id=live.view_id, ok=True), room.lead)
    assert room.station.incidents.incident(mine).needs_review
    assert [view.waits for view in room.station.incidents.file(mine, room.lead).views] == [False, True]
    with pytest.raises(Invalid) as refused:
        room.run(ReviewView(view_id=other.view_id, ok=False), room.lead)
    assert refused.value.fields == {"words": "view.say_what_is_wrong"}
    with pytest.raises(Invalid):
        room.run(ReviewView(view_id=other.view_id, ok=False, words="\u202e"), room.lead)
    room.run(ReviewView(view_id=other.view_id, ok=False, words="ไม่มีเหตุจริงในบริเวณนั้น"), room.lead)
    assert not open_ones(room, room.lead)
    incident = room.station.incidents.incident(mine)
    assert (incident.needs_review, incident.reviewed_by) == (False, room.lead.person_id)
    rows = room.rows("view.reviewed")
    assert [(row.camera_id, row.data["ok"], row.personal_names) for row in rows] == [
        (live.camera_id, True, ()),
        (other.camera_id, False, ("note",)),
    ]
    (told,) = open_ones(room, room.chief).noteworthy
    assert (told.view_id, told.fault) == (other.view_id, "ไม่มีเหตุจริงในบริเวณนั้น")
    with pytest.raises(ConsoleError, match="reviewed_already"):
        room.run(ReviewView(view_id=live.view_id, ok=True), room.lead)


def test_nobody_reviews_what_he_has_a_part_in(room: Room) -> None:
    mine, live = through_own(room, room.lead)
    deputy = room.log_in(Role.OPERATIONS_DEPUTY)
    with pytest.raises(ConsoleError, match="own_review"):
        room.run(ReviewView(view_id=live.view_id, ok=True), room.lead)
    with pytest.raises(Denied):
        room.run(ReviewView(view_id=live.view_id, ok=True), room.officer)
    # Who places it elsewhere since has a part in it too.
    row = room.station.incidents.incident(mine)
    fields = {name: getattr(row, name) for name in ("version", "category", "priority", "place", "zone")}
    room.run(ChangeIncident(incident_id=mine, lat=HERE[0] + 0.0001, lon=HERE[1], **fields), deputy)
    with pytest.raises(ConsoleError, match="own_review"):
        room.run(ReviewView(view_id=live.view_id, ok=True), deputy)
    room.run(ReviewView(view_id=live.view_id, ok=True), room.chief)
    calm = room.look(room.shop())
    with pytest.raises(ConsoleError, match="reviewed_already"):
        room.run(ReviewView(view_id=calm.view_id, ok=True), room.lead)


def test_the_incidents_own_button_reviews_all_that_wait(room: Room) -> None:
    mine, live = through_own(room)
    room.run(ReviewIncident(incident_id=mine, version=room.station.incidents.incident(mine).version), room.lead)
    assert [row.subject for row in room.rows("view.reviewed")] == [("view", live.view_id)]
    again = room.look(live.camera_id, Purpose.INCIDENT, incident_id=mine)
    assert [view.view_id for view in open_ones(room, room.lead).reviews] == [again.view_id]
    assert room.station.incidents.incident(mine).needs_review, "what comes later waits again"


# Hand-over


def test_a_hand_over_names_what_was_left_open_and_to_whom(room: Room) -> None:
    live = urgent(room)
    _mine, seen = through_own(room)
    room.station.matters.hand_over(room.officer, room.lead)
    (row,) = room.rows("shift.handed_over")
    assert (row.subject, row.actor_id) == (("person", room.officer.person_id), room.lead.person_id)
    assert dict(row.data) == {"to": room.lead.person_id, "debts": [live.view_id], "reviews": [seen.view_id]}
    room.station.matters.hand_over(room.lead, None)
    assert room.data("shift.handed_over")[-1]["to"] is None


def test_who_leaves_nothing_open_leaves_without_a_word(room: Room) -> None:
    room.station.matters.hand_over(room.officer, None)
    assert room.rows("shift.handed_over") == []
    room.station.matters.hand_over(room.officer, room.lead)
    assert room.data("shift.handed_over") == [{"to": room.lead.person_id, "debts": [], "reviews": []}]


def test_the_access_log_tells_emergencies_reviews_and_hand_overs(room: Room) -> None:
    incident, camera = room.incident(), room.shop()
    room.pause(camera)
    command = BeginEmergency(
        camera_id=camera, incident_id=incident, legal_basis=LegalBasis.POLICE_ACT, reason="เด็กหายตัวไปใกล้ร้านเมื่อครู่"
    )
    begun = room.run(command, room.chief)
    request = FeedRequest(camera, Purpose.INCIDENT, incident, emergency_id=begun.id)
    room.feeds.open(room.chief, request)
    room.withdraw(camera)
    room.feeds.open(room.chief, request)
    urgent(room)
    room.clock.advance(901)
    urgent(room)
    room.station.matters.hand_over(room.officer, room.lead)
    room.feeds.keep()
    found = room.station.access_log.find(room.chief, LogQuery("", "everything"), 0, 1000)
    told = [(row.event_class, row.details) for row in found.rows]
    basis = "emergency access · National Police Act: safety of the public"
    assert any(kind == "view.opened" and basis in details for kind, details in told)
    assert ("view.denied", "emergency access · the owner withdrew the permission") in told
    assert any(kind == "view.opened" and "with urgent views overdue: 1" in details for kind, details in told)
    (handed,) = [details for kind, details in told if kind == "shift.handed_over"]
    assert handed == "to shift_lead · left open: 2 urgent views to explain, 0 views to review"
    assert "view.unjustified" in {kind for kind, _details in told}
