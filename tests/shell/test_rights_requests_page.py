"""The desk for rights over data in the window: entering, steps, days in words, the answer, and who finds the tab."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication

from console.i18n import plain
from console.kernel import Role, Unavailable
from console.protection import Decision, IdentityCheck, RefusalReason, RequestKind, RequestState, RequestWay
from console.views.access_log import AccessLogPage
from console.views.printing import Preview
from console.views.rights_requests import RightsRequestsPage
from console.views.tabs import TabPage
from tests.gate.room import Room
from tests.shell.register_stage import InFront, act, fill, form_of, newest, offered, texts
from tests.shell.seat_stage import seat_stage
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]

MakePage = Callable[..., RightsRequestsPage]


@pytest.fixture
def make_page(in_front: InFront, room: Room) -> MakePage:
    return lambda session=None: in_front(RightsRequestsPage, session or room.chief)


GOOD = {
    "requester": "นางสาวสมมติ ขอดู",
    "received_at": "22/11/2569 09.00",
    "way": RequestWay.COUNTER.value,
    "request_kind": RequestKind.ACCESS.value,
    "about": "ขอดูภาพของตนเอง",
}


def enter(page: RightsRequestsPage, **changed: str) -> None:
    page.open_new()
    fill(form_of(page), **{**GOOD, **changed})
    form_of(page).save()


def test_a_request_from_receipt_to_the_answer_on_paper(make_page: MakePage, room: Room) -> None:
    page = make_page()
    enter(page)
    assert plain(page.strip.said) == "The request was entered; the days are counted."
    act(page, "identify", identity=IdentityCheck.CARD_SEEN.value)
    act(page, "decide", decision=Decision.GRANTED.value)
    act(page, "carry_out", words="ให้ดูภาพแล้ว")
    assert newest(page).row.state is RequestState.CARRIED_OUT
    act(page, "letter")
    assert page.findChild(Preview) is not None
    assert room.data("register.extracted") == [{"register": "rights_request", "how": "print", "rows": 1}]
    act(page, "close")
    page.panel._strip._accept()
    assert newest(page).row.state is RequestState.CLOSED
    assert offered(page) == {"letter"}


def test_what_is_wrong_is_said_at_its_field_and_stays_typed(make_page: MakePage) -> None:
    page = make_page()
    enter(page, received_at="22/11/2570 09.00", requester="")
    form = form_of(page)
    assert plain(form.box("requester").said) == "This must be filled in."
    fill(form, requester="นายสมมติ")
    form.save()
    assert plain(form.box("received_at").said) == "This lies in the future. When did the request come in?"
    assert form.box("about").raw() == "ขอดูภาพของตนเอง"
    fill(form, received_at="01/01/2569 09.00")
    form.save()
    assert plain(form.box("received_at").said) == (
        "This is more than 30 days ago. Is the day right? Save once more if it is right."
    )
    form.save()
    assert newest(page).row.facts.requester == "นายสมมติ"


def test_a_refusal_asks_for_its_reason(make_page: MakePage) -> None:
    page = make_page()
    enter(page)
    act(page, "identify", identity=IdentityCheck.CARD_SEEN.value)
    act(page, "decide", decision=Decision.REFUSED.value)
    panel = page.act_panel
    assert panel is not None, "nothing was stored"
    assert plain(panel.form.box("refusal").said) == "This must be filled in."
    fill(panel.form, refusal=RefusalReason.LAW_OR_COURT.value)
    panel.form.save()
    assert plain(panel.form.box("words").said) == "Say in plain words why; these words stand in the answer."
    fill(panel.form, words="ศาลสั่ง")
    panel.form.save()
    assert texts(page, "state")[0] == "Refused, to be answered"
    assert texts(page, "decision")[0] == "Refused · The law or a court's order forbids it"
    assert texts(page, "due")[0] == ""


def test_days_left_stand_in_words_and_overdue_is_found_by_its_chip(make_page: MakePage, room: Room) -> None:
    page = make_page()
    enter(page)
    for days, words in ((0, "30 days left"), (30, "Today is the last day"), (1, "Overdue by 1 days")):
        room.clock.advance(timedelta(days=days).total_seconds())
        page.refresh()
        assert texts(page, "due")[0] == words
    page.filter.chips["overdue"].click()
    assert page.table.records.total == 1
    assert page.spec.summary is not None
    assert page.spec.summary() == "Not closed: 1 · overdue: 1"
    page.filter.chips["decided"].click()
    assert page.table.records.total == 0


def test_a_decided_request_is_only_read(make_page: MakePage) -> None:
    page = make_page()
    enter(page)
    act(page, "identify", identity=IdentityCheck.CARD_SEEN.value)
    act(page, "decide", decision=Decision.GRANTED.value)
    form = form_of(page)
    assert form.box("requester").fixed
    assert form.box("requester").raw() == GOOD["requester"]
    assert not form.box("requester").isHidden()
    assert not form.writable


def test_the_registrar_enters_and_does_not_decide(make_page: MakePage, room: Room) -> None:
    page = make_page(room.registrar)
    enter(page)
    assert offered(page) == {"identify"}


def test_an_empty_desk_says_what_it_is_for_and_a_broken_store_what_to_do(make_page: MakePage, room: Room) -> None:
    page = make_page()
    assert "Nobody has asked yet" in plain(page.states.saying)
    tasks = page.ui.tasks
    assert isinstance(tasks, InlineTasks)
    enter(page)
    page._say_failure(Unavailable("store.unreachable"))
    assert page.table.records.total == 1, "what was read stays in sight"


# The tabs


def test_each_role_finds_the_tabs_that_it_may_open(room: Room, qapp: QApplication) -> None:
    with seat_stage(room, qapp) as stage:
        for role, first, count in (
            (Role.CAMERA_REGISTRAR, "Statements", None),
            (Role.IT, "Access log", 1),
            (Role.AUDITOR, "Access log", None),
        ):
            stage.sit(role)
            stage.shell.open_page("access_log")
            page = stage.shell.made("access_log")
            assert isinstance(page, TabPage)
            assert plain(page.bar.tabText(0)) == first
            assert count is None or page.bar.count() == count
            assert page.bar.isHidden() is (page.bar.count() == 1)


def test_a_link_to_a_closed_tab_says_who_may_and_words_find_the_log(room: Room, qapp: QApplication) -> None:
    with seat_stage(room, qapp) as stage:
        stage.sit(Role.IT)
        stage.shell.go_to("access_log", "rights_requests")
        page = stage.shell.made("access_log")
        assert isinstance(page, TabPage)
        assert page._refusal is not None
        assert "Camera registrar" in plain(page._refusal.saying)
        stage.shell.go_to("access_log", ("filter", "SK-001"))
        log = page.made("access_log")
        assert isinstance(log, AccessLogPage)
        assert log.filter.box.text() == "SK-001"
        assert page.focusProxy() is log, "the keyboard is the tab's, not the frame's"
        stage.sit(Role.SUPERINTENDENT)
        stage.shell.go_to("access_log", ("rights_requests", ("filter", "x")))
        page = stage.shell.made("access_log")
        assert isinstance(page, TabPage)
        desk = page.made("rights_requests")
        assert isinstance(desk, RightsRequestsPage)
        assert desk.filter.box.text() == "x"
        stage.shell.go_to("access_log", ("filter", "SK-002"))
        log = page.made("access_log")
        assert isinstance(log, AccessLogPage)
        assert log.filter.box.text() == "SK-002", "words that name no tab are for the log"
