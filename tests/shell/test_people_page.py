"""People and roles on the shared page: who stands in it, how somebody is added, changed, switched off, given access."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.i18n import plain
from console.i18n.labels import label
from console.kernel import RIGHTS, Right, Role, Secret, Session
from console.services.people import AddPerson, ChangePerson, PersonRow
from console.views.people import PeoplePage
from console.views.people_spec import OTHER_RANK, Somebody, Standing, rights_text, standing
from console.views.record_form import RecordForm
from console.views.record_spec import Query
from tests.gate.room import PASSWORD, Room
from tests.shell.record_stage import ui_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

GOOD_PASSWORD = "plum-rain-74-lantern"


@pytest.fixture
def make_page(qtbot: QtBot, qapp: QApplication, room: Room) -> Iterator[Callable[..., PeoplePage]]:
    made: list[PeoplePage] = []

    def make(session: Session | None = None) -> PeoplePage:
        ui = ui_of(room, session)
        ui.theme.apply(qapp)
        page = PeoplePage(ui, room.station)
        qtbot.addWidget(page)
        page.resize(1366, 700)
        page.show()
        page.start()
        made.append(page)
        return page

    yield make
    for page in made:
        if not page._closed:
            page.stop()


def person(room: Room, login: str) -> PersonRow:
    row = room.station.people.by_login(login)
    assert row is not None
    return row


def known(page: PeoplePage, login: str) -> PersonRow:
    row = page.station.people.by_login(login)
    assert row is not None
    return row


def add(room: Room, login: str, role: Role = Role.DUTY_OFFICER, **more: Any) -> PersonRow:
    fields: dict[str, Any] = {"display_name": login.title(), "password": PASSWORD} | more
    room.run(AddPerson(login=login, role=role, **fields), room.chief)
    return person(room, login)


def listed(page: PeoplePage) -> list[str]:
    source = page.spec.source
    return [found.row.login for found in source.find(page.table.records.query, 0, 100).rows]


def form_of(page: PeoplePage) -> RecordForm[Somebody]:
    assert page.panel.form is not None
    return page.panel.form


def fill(form: RecordForm[Somebody], **raws: str) -> None:
    for name, raw in raws.items():
        form.box(name).set_raw(raw)


def said(form: RecordForm[Somebody], name: str) -> str:
    return plain(form.box(name).said)


def act(page: PeoplePage, login: str, key: str) -> None:
    page.select(known(page, login).id)
    assert page.panel.row is not None
    chosen = next(each for each in page.spec.acts if each.key == key)
    assert chosen.can(page.panel.row), "not offered"
    page.panel.run_act(chosen, page.panel.row)


def offered(page: PeoplePage, login: str) -> list[str]:
    page.select(known(page, login).id)
    assert page.panel.row is not None
    return [each.key for each in page.spec.acts if each.can(page.panel.row)]


# The list


def test_people_stand_by_rank_then_position(make_page: Callable[..., PeoplePage], room: Room) -> None:
    for login, rank, position in (
        ("miss", "นางสาว", ""),
        ("sergeant", "ด.ต.", "ผบ.หมู่ (ป.)"),
        ("captain", "ร.ต.อ.หญิง", "รอง สวป."),
        ("acting", "ว่าที่ พ.ต.ต.", "รอง สวป."),
        ("major", "พ.ต.ต.", "สวป."),
        ("colonel", "พ.ต.อ.", "ผกก."),
    ):
        add(room, login, rank=rank, position=position)
    order = [login for login in listed(make_page()) if login in {"miss", "sergeant", "captain", "acting", "major"}]
    assert order == ["major", "acting", "captain", "sergeant", "miss"]


def test_a_name_is_written_with_its_rank(make_page: Callable[..., PeoplePage], room: Room) -> None:
    add(room, "somchai", rank="ส.ต.อ.", display_name="สมชาย ใจดี")
    add(room, "somsri", rank="ส.ต.อ.หญิง", display_name="สมศรี ใจดี")
    names = {found.row.login: found.row.full_name for found in make_page().spec.source.find(Query(), 0, 99).rows}
    assert names["somchai"] == "ส.ต.อ.สมชาย ใจดี"
    assert names["somsri"] == "ส.ต.อ.หญิง สมศรี ใจดี"


def test_how_everybody_stands_is_told(room: Room) -> None:
    row = add(room, "somchai", temporary=True)
    now = room.clock
    assert standing(Somebody(row, waits=False), now) is Standing.TEMPORARY
    assert standing(Somebody(row, waits=True), now) is Standing.WAITS
    room.run(ChangePerson(person_id=row.id, version=row.version, active=False), room.chief)
    assert standing(Somebody(person(room, "somchai"), waits=True), now) is Standing.OFF
    assert standing(Somebody(person(room, "duty_officer"), waits=False), now) is Standing.ACTIVE


def test_a_lock_out_is_told_as_long_as_it_lasts(make_page: Callable[..., PeoplePage], room: Room) -> None:
    add(room, "somchai")
    for _number in range(5):
        with pytest.raises(Exception, match="login"):
            room.station.people.log_in("somchai", Secret("wrong wrong wrong"))
    page = make_page()
    state = page.spec.columns[-1]
    row = next(found for found in page.spec.source.find(Query(), 0, 99).rows if found.row.login == "somchai")
    assert "Locked until" in state.text(row)
    room.clock.advance(timedelta(minutes=16).total_seconds())
    assert state.text(row) == "May log in"


def test_chips_and_the_line_of_counts(make_page: Callable[..., PeoplePage], room: Room, qtbot: QtBot) -> None:
    row = add(room, "gone")
    room.run(ChangePerson(person_id=row.id, version=row.version, active=False), room.chief)
    page = make_page()
    for chip, expected in (("off", {"gone"}), ("waits", set())):
        page.filter.chips[chip].click()
        assert set(listed(page)) == expected
    page.filter.chips["waits"].click()
    page.filter.box.setText("gone")
    qtbot.waitUntil(lambda: listed(page) == ["gone"])
    assert page.spec.summary is not None
    assert page.spec.summary() == f"May log in: {len(room.station.people.people()) - 1}"


def test_who_may_not_manage_users_finds_no_buttons(make_page: Callable[..., PeoplePage], room: Room) -> None:
    page = make_page(room.officer)
    assert not page.spec.may_add
    assert not page.spec.acts


# Adding and changing


def test_somebody_is_added_with_a_password_that_must_be_changed(
    make_page: Callable[..., PeoplePage], room: Room
) -> None:
    page = make_page()
    page.open_new()
    form = form_of(page)
    fill(form, rank="พ.ต.ต.", display_name="ศุภชัย ทองเปลว", position="สวป.", login="Supachai")
    fill(form, role=Role.SHIFT_LEAD.value, password=GOOD_PASSWORD, again=GOOD_PASSWORD)
    form.save()
    row = person(room, "supachai")
    assert (row.rank, row.display_name, row.position) == ("พ.ต.ต.", "ศุภชัย ทองเปลว", "สวป.")
    assert (row.role, row.password_temporary) == (Role.SHIFT_LEAD, True)
    assert row.id not in room.station.people.waiting_for_slot(), "the superintendent's key opened the vault for him"
    assert "supachai" in listed(page)


def test_a_rank_that_is_in_no_list(make_page: Callable[..., PeoplePage], room: Room) -> None:
    page = make_page()
    page.open_new()
    form = form_of(page)
    assert form.box("other_rank").isHidden()
    fill(form, rank=OTHER_RANK)
    assert not form.box("other_rank").isHidden()
    fill(form, other_rank="พ.ต.อ.ดร.", display_name="สมมติ", login="doctor", role=Role.AUDITOR.value)
    fill(form, password=GOOD_PASSWORD, again=GOOD_PASSWORD)
    form.save()
    assert person(room, "doctor").rank == "พ.ต.อ.ดร."
    page.select(person(room, "doctor").id)
    assert form.box("rank").raw() == "พ.ต.อ.ดร.", "it stands in the choice when the person is changed"


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"again": "another-74-lantern-x"}, "again", "The two passwords are not the same."),
        ({"password": "short", "again": "short"}, "password", "The password is too short"),
        ({"login": "duty_officer"}, "login", "Somebody already has this user name."),
        ({"login": "a b"}, "login", "These letters or marks cannot be used here."),
        ({"display_name": ""}, "display_name", "This must be filled in."),
        ({"role": ""}, "role", "This must be filled in."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    make_page: Callable[..., PeoplePage], room: Room, changed: dict[str, str], field: str, sentence: str
) -> None:
    page = make_page()
    page.open_new()
    form = form_of(page)
    raws = {"display_name": "Somchai", "login": "somchai", "role": "it", "password": GOOD_PASSWORD}
    fill(form, **(raws | {"again": GOOD_PASSWORD} | changed))
    before = len(room.station.people.people())
    form.save()
    assert sentence in said(form, field)
    assert len(room.station.people.people()) == before


def test_what_a_role_may_do_stands_beside_it(make_page: Callable[..., PeoplePage]) -> None:
    page = make_page()
    page.open_new()
    form = form_of(page)
    assert all(form.box(f"rights_{role.value}").isHidden() for role in Role)
    for role in (Role.DUTY_OFFICER, Role.IT):
        fill(form, role=role.value)
        shown = [each for each in Role if not form.box(f"rights_{each.value}").isHidden()]
        assert shown == [role]
        assert form.box(f"rights_{role.value}").raw() == rights_text(role)
    for role in Role:
        told = rights_text(role)
        assert [right for right in Right if label(right) in told] == [r for r in Right if r in RIGHTS[role]]


def test_changing_somebody_leaves_log_in_and_password_alone(make_page: Callable[..., PeoplePage], room: Room) -> None:
    row = add(room, "somchai", rank="ส.ต.อ.")
    page = make_page()
    page.select(row.id)
    form = form_of(page)
    assert form.box("login_fixed").raw() == "somchai"
    for name in ("login", "password", "again"):
        assert form.box(name).isHidden(), name
    fill(form, rank="ด.ต.", position="ผบ.หมู่ (ป.)")
    form.save()
    changed = person(room, "somchai")
    assert (changed.rank, changed.position, changed.login) == ("ด.ต.", "ผบ.หมู่ (ป.)", "somchai")
    assert room.station.people.log_in("somchai", PASSWORD).person_id == row.id


def test_own_role_and_the_last_administrator(make_page: Callable[..., PeoplePage], room: Room) -> None:
    page = make_page()
    page.select(room.chief.person_id)
    form = form_of(page)
    fill(form, role=Role.IT.value)
    form.save()
    assert said(form, "role") == "Nobody changes his own role. Ask another person who manages users."
    form.discard()
    tech = person(room, "it")
    room.run(ChangePerson(person_id=tech.id, version=tech.version, active=False), room.chief)
    other = make_page(room.session_of(tech))
    assert "off" not in offered(page, "chief"), "nobody switches himself off"
    assert "off" in offered(other, "chief")


# Acts


def test_switching_off_asks_first_and_can_be_taken_back(make_page: Callable[..., PeoplePage], room: Room) -> None:
    row = add(room, "somchai")
    page = make_page()
    act(page, "somchai", "off")
    assert person(room, "somchai").active, "it is asked first"
    strip = page.panel._strip
    assert "can then no longer log in" in strip.said
    strip._accept()
    assert not person(room, "somchai").active
    assert page.strip.said == "Somchai can no longer log in."
    assert offered(page, "somchai") == ["on"]
    act(page, "somchai", "on")
    assert person(room, "somchai").active
    assert row.id in room.station.people.waiting_for_slot()
    assert {"give", "sheet", "reset", "off"} == set(offered(page, "somchai"))


def test_access_is_given_with_the_givers_own_key(make_page: Callable[..., PeoplePage], room: Room) -> None:
    row = add(room, "somchai")
    for active in (False, True):
        row = person(room, "somchai")
        room.run(ChangePerson(person_id=row.id, version=row.version, active=active), room.chief)
    page = make_page()
    act(page, "somchai", "give")
    assert row.id not in room.station.people.waiting_for_slot()
    assert page.strip.said == "Somchai may use cameras from the next log-in on."
    assert "give" not in offered(page, "somchai")


def test_access_by_the_recovery_sheet(make_page: Callable[..., PeoplePage], room: Room, qtbot: QtBot) -> None:
    row = add(room, "somchai")
    for active in (False, True):
        row = person(room, "somchai")
        room.run(ChangePerson(person_id=row.id, version=row.version, active=active), room.chief)
    page = make_page()
    act(page, "somchai", "sheet")
    panel = page.act_panel
    assert panel is not None
    panel.form.box("code").set_raw("AAAA-BBBB")
    panel.form.save()
    assert row.id in room.station.people.waiting_for_slot()
    assert page.act_panel is panel, "a wrong code leaves the form as it is"
    assert "not a recovery code" in panel.form._strip.said
    QTest.keyClick(panel.form.box("code").editor, Qt.Key.Key_Escape)
    panel.form.discard()
    QTest.keyClick(panel.form.box("code").editor, Qt.Key.Key_Escape)
    assert page.act_panel is None


def test_a_new_password_takes_the_access_away(make_page: Callable[..., PeoplePage], room: Room) -> None:
    row = add(room, "somchai")
    page = make_page()
    act(page, "somchai", "reset")
    panel = page.act_panel
    assert panel is not None
    panel.form.box("password").set_raw(GOOD_PASSWORD)
    panel.form.box("again").set_raw("something else 12")
    panel.form.save()
    assert plain(panel.form.box("again").said) == "The two passwords are not the same."
    panel.form.box("again").set_raw(GOOD_PASSWORD)
    panel.form.save()
    assert page.act_panel is None
    assert page.strip.said == "Somchai logs in with the new password once."
    changed = person(room, "somchai")
    assert changed.password_temporary
    assert row.id in room.station.people.waiting_for_slot()
    act(page, "somchai", "give")
    assert "somebody else who may use cameras must give the access back" in page.strip.said
    assert row.id in room.station.people.waiting_for_slot(), "who reset the password is not the one who gives"


def test_the_keys_of_the_list_do_not_reach_it_through_a_panel(
    make_page: Callable[..., PeoplePage], room: Room, qtbot: QtBot
) -> None:
    add(room, "somchai")
    page = make_page()
    act(page, "somchai", "reset")
    panel = page.act_panel
    assert panel is not None
    QTest.keyClick(panel.form.box("password").editor, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.row is not None, "Ctrl+N opened no new form behind it"


def test_a_page_that_stops_takes_its_panel_along(make_page: Callable[..., PeoplePage], room: Room) -> None:
    add(room, "somchai")
    page = make_page()
    act(page, "somchai", "reset")
    page.stop()
    assert page.act_panel is None
