"""The access log over a real station: who may read it, what stands there, what is found, what is journaled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from console.db.access_log import Meaning
from console.db.log_names import CameraName, IncidentName, NameBook, PersonName
from console.db.store import CommandStamp, Tx
from console.i18n.typed import day_begins
from console.kernel import (
    AccessLevel,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Purpose,
    Role,
    Secret,
    Session,
    ViewKind,
)
from console.services import access_log
from console.services.access_log import AccessLog, ExtractLog, LogQuery, LogRow
from console.services.log_words import LogWords, Understood, years_of
from console.services.people import ChangePerson
from tests.gate.room import Room


@pytest.fixture
def log(room: Room) -> AccessLog:
    return room.station.access_log


def read(room: Room, typed: str = "", group: str = "", session: Session | None = None) -> list[LogRow]:
    room.feeds.keep()
    found = room.station.access_log.find(session or room.chief, LogQuery(typed, group), 0, 1000)
    assert len(found.rows) == found.total
    return list(found.rows)


# Who may read


@pytest.mark.parametrize("role", list(Role))
def test_only_who_checks_or_reviews_reads_the_log(room: Room, log: AccessLog, role: Role) -> None:
    session = room.log_in(role)
    readers = {Role.SHIFT_LEAD, Role.OPERATIONS_DEPUTY, Role.SUPERINTENDENT, Role.IT, Role.AUDITOR}
    assert log.may_read(session) is (role in readers)
    row = read(room)[0]
    questions = (
        lambda: log.find(session, LogQuery(), 0, 10),
        lambda: log.row(session, row.id),
        lambda: log.place(session, LogQuery(), row.id),
        lambda: log.detail(session, row.id),
        lambda: log.prepare(session),
        lambda: log.span(session, LogQuery()),
        lambda: room.run(ExtractLog(how="csv", rows=1), session),
    )
    for ask in questions:
        if role in readers:
            ask()
        else:
            with pytest.raises(Denied) as refused:
                ask()
            assert refused.value.reason is DenyReason.ROLE


@pytest.mark.parametrize("role", [Role.IT, Role.AUDITOR, Role.SHIFT_LEAD])
def test_who_may_not_open_an_incident_learns_its_words_neither_by_reading_nor_by_searching(
    room: Room, log: AccessLog, role: Role
) -> None:
    session, incident = room.log_in(role), room.incident()
    row = next(row for row in read(room) if row.subject == ("incident", incident))
    detail = log.detail(session, row.id)
    found = log.find(session, LogQuery("เหตุสมมติ"), 0, 10).total
    number = log.find(session, LogQuery(room.station.incidents.incident(incident).number), 0, 10).total
    if role is Role.SHIFT_LEAD:
        assert (detail.stored.clear["title"], detail.withheld, found) == ("เหตุสมมติ", False, 1)
    else:
        assert (detail.stored.clear, detail.withheld, found) == ({}, True, 0)
    assert number == 1


def test_a_session_that_is_over_reads_nothing(room: Room, log: AccessLog) -> None:
    session = room.chief
    room.station.sessions.end(session, EndReason.LOGOUT)
    with pytest.raises(Denied) as refused:
        log.find(session, LogQuery(), 0, 10)
    assert refused.value.reason is DenyReason.NOT_LOGGED_IN


# What stands there


def test_a_view_is_one_line_with_its_purpose_its_length_and_its_end(room: Room) -> None:
    camera, incident = room.shop(), room.incident()
    live = room.look(camera, Purpose.INCIDENT, incident_id=incident, kind=ViewKind.FOCUS)
    (running,) = read(room, group="views")
    assert running.runs
    assert running.lasted_s is None
    assert running.details == "Enlarged · still open"
    room.clock.advance(192)
    live.end(EndReason.VISITORS)
    (line,) = read(room, group="views")
    number = room.station.incidents.incident(incident).number
    assert (line.what, line.camera, line.why) == ("Camera opened", "C001 กล้อง C001", f"Incident · {number}")
    assert (line.details, line.lasted_s, line.runs) == ("Enlarged · 3 min 12 s · visitors in the room", 192.0, False)
    assert (line.who, line.role) == (room.officer.display_name, "CCOC duty officer")
    assert (line.camera_id, line.incident_id, line.actor_id) == (camera, incident, room.officer.person_id)
    assert "view.ended" not in {row.event_class for row in read(room)}
    assert "view.ended" in {row.event_class for row in read(room, group="everything")}


def test_an_incident_of_the_viewers_own_is_marked(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    incident = room.incident(by=room.officer)
    room.look(camera, Purpose.INCIDENT, incident_id=incident)
    (line,) = read(room, group="views")
    assert "through an incident that the viewer opened" in line.details


def test_a_refusal_tells_its_purpose_and_its_reason(room: Room) -> None:
    camera = room.shop(AccessLevel.INCIDENT, radius_m=300)
    room.refusal(camera)
    (line,) = read(room, group="refusals")
    assert (line.what, line.why) == ("Camera refused", "Planned watch of a risk spot")
    assert line.details == "only while an incident nearby is open; choose the incident"


def test_log_ins_tell_whose_they_are(room: Room) -> None:
    for login in ("chief", "nobody"):
        with pytest.raises(ConsoleError):
            room.station.people.log_in(login, Secret("falsch und falsch"))
    stranger, known = [row for row in read(room, group="log_ins") if row.event_class == "login.failed"]
    assert (known.who, known.role, known.details) == (room.chief.display_name, "", "wrong password")
    assert (stranger.who, stranger.details) == ("unknown user", "nobody has this user name")


def test_changes_name_the_record_and_its_fields_and_the_program_acts_too(room: Room) -> None:
    camera = room.camera()
    changes = read(room, group="changes")
    address = next(row for row in changes if row.what == "Changed: camera")
    assert address.details == "Address, Fingerprint of the address, Where the address leads"
    added = next(row for row in changes if row.what == "Added: camera")
    assert (added.details, added.camera_id, added.who) == ("", camera, room.registrar.display_name)
    founded = [row for row in changes if row.what == "Added: user"][-1]
    assert (founded.who, founded.details) == ("the program", room.chief.display_name)


def test_a_renamed_person_has_todays_name_and_a_missing_one_his_id(room: Room, log: AccessLog) -> None:
    room.look(room.shop())
    officer = room.officer
    version = next(row.version for row in room.station.people.people() if row.id == officer.person_id)
    rename = ChangePerson(person_id=officer.person_id, version=version, display_name="สมชาย ใจดี", rank="ด.ต.")
    assert read(room, group="views")[0].who == officer.display_name
    room.run(rename, room.chief)
    (line,) = read(room, group="views")
    assert line.who == "ด.ต.สมชาย ใจดี"
    detail = log.detail(room.chief, line.id)
    assert detail.stored.raw.actor_id == officer.person_id
    assert detail.stored.values["class"] == "view.opened"


def test_a_row_that_is_not_there_has_no_detail(room: Room, log: AccessLog) -> None:
    for row_id in ("nobody:1", f"{room.store.writer.id}:99999", "no id at all"):
        assert log.row(room.chief, row_id) is None
        assert log.place(room.chief, LogQuery(), row_id) is None
        with pytest.raises(ConsoleError, match="not_found"):
            log.detail(room.chief, row_id)


def test_a_row_that_was_tampered_with_hides_no_other(room: Room, log: AccessLog) -> None:
    room.look(room.shop())
    before = read(room)

    def tamper(tx: Tx) -> None:
        connection = tx.session.connection()
        connection.exec_driver_sql("DROP TRIGGER guard_journal_update")
        connection.exec_driver_sql("UPDATE journal SET body = 'gone', at = 'never' WHERE event_class = 'view.opened'")

    room.store.submit(tamper, command=CommandStamp("tamper", "tamper"))
    after = read(room)
    assert len(after) == len(before)
    (broken,) = [row for row in after if row.event_class == "unreadable"]
    assert broken.what.startswith("Entry that cannot be read")
    detail = log.detail(room.chief, broken.id)
    assert detail.stored.values == {}
    assert str(detail.stored.raw.body) == "gone"


# What is found


def test_words_are_anded_and_name_people_cameras_incidents_and_reasons(room: Room) -> None:
    open_camera = room.camera(place="ตลาดสด")
    room.permit(open_camera)
    closed = room.shop(AccessLevel.INCIDENT, radius_m=300)
    incident = room.incident()
    room.look(open_camera)
    room.look(closed, Purpose.INCIDENT, incident_id=incident)
    room.refusal(closed)
    number = room.station.incidents.incident(incident).number

    def kinds(typed: str) -> list[str]:
        return [row.event_class for row in read(room, typed) if row.event_class.startswith("view.")]

    assert kinds("duty_officer c002") == ["view.denied", "view.opened"]
    assert kinds("ตลาดสด") == ["view.opened"]
    assert kinds("ตลาดสด refused") == []
    assert kinds("risk spot") == ["view.denied", "view.opened"]
    assert kinds("จุดเสี่ยง c001") == ["view.opened"]
    assert kinds(number) == ["view.opened"]
    assert kinds("nearby") == ["view.denied"]
    assert kinds("chief c001") == []
    assert kinds("duty officer c001") == ["view.opened"]
    assert read(room, "no such word") == []


def test_digits_days_and_months_of_both_eras_find_the_same_rows(room: Room) -> None:
    camera = room.shop()
    room.look(camera)
    today = room.clock.now().astimezone(day_begins(room.clock.now().date()).tzinfo).date()
    be = today.year + 543
    thai = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    same = [
        f"{today.day}/{today.month}/{be}",
        f"{today.day}/{today.month}/{be}".translate(thai),
        today.isoformat(),
        f"{today.day}/{today.month}",
        f"{today.month}/{today.year}",
        str(be),
        f"1/1/{be} – {today.day}/{today.month}/{be}",
    ]
    everything = len(read(room))
    for typed in same:
        assert len(read(room, typed)) == everything, typed
        assert [row.event_class for row in read(room, f"{typed} c001 opened")] == ["view.opened"]
    yesterday = today - timedelta(days=1)
    assert read(room, f"{yesterday:%d/%m/%Y}") == []
    assert read(room, f"{yesterday:%d/%m/%Y} {today:%d/%m/%Y}") == []


def test_one_letter_is_not_a_word_yet(room: Room) -> None:
    assert len(read(room, "x")) == len(read(room))


def test_the_span_holds_whole_days_and_what_was_typed_narrows_it(room: Room, log: AccessLog) -> None:
    begin = day_begins(room.clock.now().date())
    query = LogQuery(f"{begin:%d/%m/%Y}", since=begin - timedelta(days=6))
    assert log.span(room.chief, query) == (begin, begin + timedelta(days=1))
    assert log.span(room.chief, LogQuery(since=begin)) == (begin, None)


# Block by block


def test_blocks_join_without_gap_or_double_from_wherever_one_comes(room: Room, log: AccessLog) -> None:
    for _number in range(8):
        room.incident()
    whole = [row.id for row in read(room)]
    count = len(whole)
    assert count > 25

    def block(start: int, limit: int = 5) -> list[str]:
        found = log.find(room.chief, LogQuery(), start, limit)
        assert found.total == count
        return [row.id for row in found.rows]

    for start in (0, 5, 10, count - 5, count - 10, 12, 3, count - 2, count // 2, 7):
        assert block(start) == whole[start : start + 5], start
    assert block(count) == []
    assert [log.place(room.chief, LogQuery(), row_id) for row_id in whole[:3]] == [0, 1, 2]
    assert log.place(room.chief, LogQuery(group="refusals"), whole[0]) is None
    row = log.row(room.chief, whole[4])
    assert row is not None
    assert (row.id, row.version, f"{row.writer_id}:{row.seq}") == (whole[4], 1, whole[4])


def test_new_rows_are_counted_and_stand_at_the_top(room: Room, log: AccessLog) -> None:
    room.incident()
    before = read(room)
    assert log.find(room.chief, LogQuery(), 10, 5).rows == tuple(before[10:15])
    room.incident()
    after = read(room)
    assert after[-len(before) :] == before
    assert len(after) > len(before)
    assert log.find(room.chief, LogQuery(), 10, 5).rows == tuple(after[10:15])


def test_only_some_filters_and_places_are_remembered(
    room: Room, log: AccessLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "_MOST_PLACES", 3)
    for number in range(20):
        read(room, f"c{number:03}")
        log.find(room.chief, LogQuery(), number, 2)
    assert len(log._asked) <= 8
    assert all(len(known.places) <= 5 for known in log._asked.values())


def test_a_glance_shows_the_first_rows_before_all_are_counted(
    room: Room, log: AccessLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "GLANCED", 12)
    for _number in range(8):
        room.incident()
    room.feeds.keep()
    first = log.glance(room.chief, LogQuery(), 5)
    assert (first.total, first.counted) == (12, False)
    whole = read(room)
    assert list(first.rows) == whole[:5]
    again = log.glance(room.chief, LogQuery(), 5)
    assert (again.rows, again.total, again.counted) == (first.rows, len(whole), True), "it was counted meanwhile"
    few = log.glance(room.chief, LogQuery(group="refusals"), 5)
    assert few.counted
    assert few.total == len(read(room, group="refusals"))
    with pytest.raises(Denied):
        log.glance(room.officer, LogQuery(), 5)


# What leaves


def test_an_extract_is_journaled_without_what_was_typed(room: Room) -> None:
    since = day_begins(room.clock.now().date())
    room.run(ExtractLog(how="print", rows=12, group="views", filtered=True, since=since), room.lead)
    (row,) = room.rows("journal.extracted")
    assert row.data == {
        "how": "print",
        "rows": 12,
        "group": "views",
        "filtered": True,
        "since": since.isoformat(),
        "until": None,
    }
    assert row.actor_id == room.lead.person_id
    assert read(room)[0].details == "printed or saved as PDF · 12 rows"


def test_a_line_for_paper_tells_the_length_once(room: Room) -> None:
    live = room.look(room.shop())
    room.clock.advance(61)
    live.end(EndReason.CLOSED)
    room.refusal(room.shop(AccessLevel.REGISTER_ONLY))
    refused, seen = [row for row in read(room) if row.event_class.startswith("view.")]
    line = seen.paper_line()
    assert (line.lasted_s, line.why, line.role) == (61.0, "Planned watch of a risk spot", "CCOC duty officer")
    assert refused.paper_line().why.endswith("ask for footage case by case")


# Words alone


BOOK = NameBook(
    people={"p1": PersonName("som", "ด.ต.", "สมชาย ใจดี", "duty_officer"), "p2": PersonName("x", "", "Y Z", "old")},
    cameras={"c1": CameraName("SK-012", "หน้าร้านทอง", "ถนนนครใน")},
    incidents={"i1": IncidentName("SKA-2569-0012", "ทะเลาะวิวาท")},
    stamp=(),
)
YEARS = range(2025, 2027)


def understood(typed: str) -> Understood:
    return LogWords(BOOK).understand(typed, YEARS)


@pytest.mark.parametrize("typed", ["สมชาย", "ด.ต.", "ด.ต.สมชาย", "som", "SOM", "ใจดี"])
def test_a_person_is_found_as_who_acted_and_as_whom_it_is_about(typed: str) -> None:
    (word,) = understood(typed).words
    assert word.actors == {"p1"}
    assert "person:p1" in word.topics


def test_a_word_may_mean_several_things_and_one_that_means_nothing_fits_nothing() -> None:
    (word,) = understood("๐๐๑๒").words
    assert word.topics == {"incident:i1"}
    (word,) = understood("sk-๐๑๒").words
    assert word.cameras == {"c1"}
    (nothing,) = understood("ซซซซ").words
    assert nothing == Meaning()


def test_event_words_are_found_in_english_too() -> None:
    (word,) = understood("refused").words
    assert {"view.denied", "login.failed"} <= word.classes
    (word,) = understood("added").words
    assert "record.changed" in word.classes
    (word,) = understood("camera").words
    assert "record:camera" in word.topics


def span(typed: str) -> tuple[str, str] | None:
    meant = understood(typed)
    if meant.since is None or meant.until is None:
        return None
    return f"{meant.since:%Y-%m-%d}", f"{meant.until:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("22/11/2569", ("2026-11-22", "2026-11-23")),
        ("๒๒/๑๑/๒๕๖๙", ("2026-11-22", "2026-11-23")),
        ("22 พ.ย. 2569", ("2026-11-22", "2026-11-23")),
        ("2026-11-22", ("2026-11-22", "2026-11-23")),
        ("1/11/2569-5/11/2569", ("2026-11-01", "2026-11-06")),
        ("1/11/2569 – 5/11/2569", ("2026-11-01", "2026-11-06")),
        ("1/11/2569 ถึง 5/11/2569", ("2026-11-01", "2026-11-06")),
        ("5/11/2569 to 1/11/2569", ("2026-11-01", "2026-11-06")),
        ("1-5/11/2569", ("2026-11-01", "2026-11-06")),
        ("11/2569", ("2026-11-01", "2026-12-01")),
        ("พ.ย. 2569", ("2026-11-01", "2026-12-01")),
        ("ธันวาคม 2569", ("2026-12-01", "2027-01-01")),
        ("dec 2026", ("2026-12-01", "2027-01-01")),
        ("1/11/2569 2/11/2569", ("2026-11-02", "2026-11-02")),
        ("13/2569", None),
        ("สมชาย", None),
    ],
)
def test_days_are_taken_out_of_what_is_typed(typed: str, expected: tuple[str, str] | None) -> None:
    assert span(typed) == expected


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2569", ["2026-01-01"]),
        ("2570", []),
        ("พ.ย.", ["2025-11-01", "2026-11-01"]),
        ("nov", ["2025-11-01", "2026-11-01"]),
        ("22/11", ["2025-11-22", "2026-11-22"]),
        ("22/11/25", ["2025-11-22", "2026-11-22"]),
        ("22/11/2", ["2025-11-22", "2026-11-22"]),
        ("22/11/202", ["2025-11-22", "2026-11-22"]),
        ("22/11/3", []),
        ("29/2", []),
    ],
)
def test_what_is_half_a_date_may_be_one_of_any_year(typed: str, days: list[str]) -> None:
    meant = understood(typed)
    spans = [span for word in meant.words for span in word.spans]
    if meant.since is not None:
        spans = [(meant.since, meant.since)]
    assert [f"{start:%Y-%m-%d}" for start, _end in spans] == days


def test_days_and_words_go_together() -> None:
    meant = understood("สมชาย 22/11/2569 หน้าร้าน")
    assert span("สมชาย 22/11/2569 หน้าร้าน") == ("2026-11-22", "2026-11-23")
    assert [bool(word.actors) for word in meant.words] == [True, False]
    assert meant.words[1].cameras == {"c1"}


def test_the_years_of_the_journal() -> None:
    now = datetime.fromisoformat("2026-12-31T18:00:00+00:00")
    assert years_of(datetime.fromisoformat("2024-12-31T18:00:00+00:00"), now) == range(2025, 2028)
    assert years_of(None, now) == range(2027, 2028)
