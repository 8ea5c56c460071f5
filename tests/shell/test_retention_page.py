"""Terms, holds and deletions in the window: what would go is said first, the certificate is shown, holds are chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from console.i18n import plain
from console.protection import HoldKind, Kept
from console.views.printing import Preview
from console.views.record_page import RecordPage
from console.views.record_spec import Query
from console.views.retention import RetentionPage, deletions_page, holds_page, retention_page
from tests.gate.room import Room
from tests.shell.register_stage import InFront, answer, texts

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]

MakePage = Callable[..., RecordPage[Any]]
DAY = 86_400.0


@pytest.fixture
def make_page(in_front: InFront, room: Room) -> MakePage:
    return lambda which, session=None: in_front(which, session or room.chief)


def test_what_is_due_is_said_deleted_when_asked_and_certified(make_page: MakePage, room: Room) -> None:
    page = make_page(retention_page)
    assert isinstance(page, RetentionPage)
    page.look()
    assert plain(page.strip.said) == "Nothing is due. Nothing was deleted."
    held, camera = room.camera(owner_name="นางสมใจ"), room.camera(owner_name="นายดำ")
    del camera
    holds = make_page(holds_page)
    holds.open_new()
    form = holds.panel.form
    assert form is not None
    form.box("hold_kind").set_raw(HoldKind.CAMERA.value)
    form.box("camera").set_raw(held)
    form.box("reason").set_raw("คดีอาญา")
    form.save()
    assert texts(holds, "subject") == ["C001 กล้อง C001"]
    room.clock.advance(1000 * DAY)
    page.refresh()
    assert any("held: " in text for text in texts(page, "due"))
    page.look()
    assert "would be deleted, for good: Names and words" in plain(page.strip.said)
    assert "are held and stay" in plain(page.strip.said)
    assert not room.data("retention.run")
    answer(page, "Delete")
    assert "were deleted" in plain(page.strip.said)
    answer(page, "Certificate")
    assert page.findChild(Preview) is not None
    done = make_page(deletions_page)
    assert "Names and words beside the access journal" in texts(done, "what")[0]
    (act,) = done.spec.acts
    done.panel.run_act(act, done.spec.source.find(Query(), 0, 9).rows[0])
    assert done.findChild(Preview) is not None
    assert room.data("register.extracted") == [{"register": "retention", "how": "print", "rows": 1}] * 2
    release = holds.spec.acts[0]
    row = holds.spec.source.find(Query(), 0, 9).rows[0]
    holds.select(row.id)
    holds.panel.run_act(release, row)
    holds.panel._strip._reason.setText("จบแล้ว")
    holds.panel._strip._accept()
    assert texts(holds, "state") == ["Released"]


def test_a_term_is_changed_at_its_line_and_one_too_short_is_refused_there(make_page: MakePage) -> None:
    page = make_page(retention_page)
    lines = {line.kept: line.id for line in page.station.retention.lines(page.ui.session)}
    page.select(lines[Kept.PERSONAL_WORDS])
    form = page.panel.form
    assert form is not None
    form.box("days").set_raw("30")
    form.save()
    assert "shorter than the law" in plain(form.box("days").said)
    assert form.box("days").raw() == "30"
    form.box("days").set_raw("๙๐")
    form.save()
    assert "90 days" in texts(page, "days")
    page.select(lines[Kept.JOURNAL])
    assert form.box("days").isHidden()
    assert "never deleted" in str(form.box("what").raw())


def test_the_registrar_looks_and_does_not_delete(make_page: MakePage, room: Room) -> None:
    page = make_page(retention_page, room.registrar)
    assert isinstance(page, RetentionPage)
    assert page.delete_button is None
    assert not page.spec.may_change
    empty = make_page(deletions_page, room.registrar)
    assert "Nothing was deleted yet" in plain(empty.states.saying)
