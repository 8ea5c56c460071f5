"""About the program, and the self-test in the window: each step told, cancelled, copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.kernel import ConsoleError
from console.services import about
from console.services.self_test import Check, Computer, Finding, Grade
from console.views.about import AboutPage
from tests.gate.room import Room
from tests.shell.wall_fakes import InlineTasks, context

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

GOOD = Finding(Grade.GOOD, "The first thing is there.")
WARNING = Finding(Grade.WARNING, "The second is weak.", "Make it stronger.")
BAD = Finding(Grade.BAD, "The third is missing.", "Bring one.")


def checks(*findings: Sequence[Finding]) -> list[Check]:
    def of(found: Sequence[Finding]) -> Callable[[Computer], Sequence[Finding]]:
        return lambda _computer: found

    return [Check(f"Part {number}", of(found)) for number, found in enumerate(findings)]


@pytest.fixture
def tasks() -> InlineTasks:
    return InlineTasks()


@pytest.fixture
def make_page(
    qtbot: QtBot, qapp: QApplication, room: Room, tasks: InlineTasks, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AboutPage]:
    def make(*findings: Sequence[Finding]) -> AboutPage:
        monkeypatch.setattr("console.views.about.CHECKS", checks(*findings))
        ui = context(tasks)
        ui.theme.apply(qapp)
        page = AboutPage(ui, room.station)
        qtbot.addWidget(page)
        page.resize(1366, 700)
        page.show()
        page.start()
        return page

    return make


def words(page: AboutPage) -> list[str]:
    QApplication.processEvents()  # what was added is shown with the next layout
    shown = [label for label in page.findChildren(QLabel) if not label.isHidden() and not _row_is_hidden(label)]
    return [label.text() for label in shown]


def _row_is_hidden(label: QLabel) -> bool:
    row = label.parentWidget()
    return row is not None and row.isHidden()


def test_it_says_what_it_is_and_where_its_data_lie(make_page: Callable[..., AboutPage], room: Room) -> None:
    page = make_page([GOOD])
    text = "\n".join(words(page))
    assert about.version() in text
    assert str(room.data_dir) in text
    assert room.store.writer.id in text
    for part in about.parts():
        assert part.name in text
        assert part.licence in text


def test_the_steps_are_told_one_by_one_with_what_to_do(make_page: Callable[..., AboutPage], tasks: InlineTasks) -> None:
    tasks.hold = True
    page = make_page([GOOD], [WARNING], [BAD])
    assert page.self_test.state == "Step 1 of 3: Part 0…"
    tasks.let_go()
    assert page.self_test.state == "Step 2 of 3: Part 1…"
    assert GOOD.text in words(page)
    assert WARNING.text not in words(page)
    tasks.hold = False
    tasks.let_go()
    assert page.self_test.findings == [GOOD, WARNING, BAD]
    for finding in (GOOD, WARNING, BAD):
        assert finding.text in words(page)
    assert BAD.advice in words(page)
    assert [word for word in words(page) if word in {"Good", "Warning", "Problem"}] == ["Good", "Warning", "Problem"]
    assert page.self_test.state == "Something does not work; what to do stands beside it."


@pytest.mark.parametrize(
    ("finding", "verdict"), [(GOOD, "Everything is as it should be."), (WARNING, "It works; heed the warnings.")]
)
def test_the_whole_is_judged(make_page: Callable[..., AboutPage], finding: Finding, verdict: str) -> None:
    assert make_page([GOOD], [finding]).self_test.state == verdict


def test_again_begins_anew(make_page: Callable[..., AboutPage]) -> None:
    page = make_page([GOOD], [WARNING])
    page.self_test.run()
    assert page.self_test.findings == [GOOD, WARNING]
    assert words(page).count(GOOD.text) == 1


def test_a_cancelled_test_asks_for_nothing_more(make_page: Callable[..., AboutPage], tasks: InlineTasks) -> None:
    tasks.hold = True
    page = make_page([GOOD], [WARNING])
    tasks.let_go()
    page.self_test.cancel()
    tasks.hold = False
    tasks.let_go()
    assert page.self_test.findings == [GOOD]
    assert page.self_test.state == "Cancelled. What was found until then stands below."
    assert WARNING.text not in words(page)


def test_a_step_that_fails_is_a_finding(make_page: Callable[..., AboutPage], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_computer: Computer) -> Sequence[Finding]:
        raise ConsoleError("unexpected")

    page = make_page([GOOD])
    monkeypatch.setattr("console.views.about.CHECKS", [Check("Database", fail), *checks([GOOD])])
    page.self_test.run()
    assert [each.grade for each in page.self_test.findings] == [Grade.BAD, Grade.GOOD]
    assert page.self_test.findings[0].text == "Database"


def test_copying_gives_plain_lines(make_page: Callable[..., AboutPage]) -> None:
    page = make_page([GOOD], [BAD])
    page.self_test.copy()
    assert QGuiApplication.clipboard().text() == (
        "[Good] The first thing is there.\n[Problem] The third is missing.\n    → Bring one."
    )


def test_an_answer_that_comes_after_the_page_is_gone_touches_nothing(
    make_page: Callable[..., AboutPage], tasks: InlineTasks
) -> None:
    tasks.hold = True
    page = make_page([GOOD], [WARNING])
    page.stop()
    tasks.hold = False
    tasks.let_go()
    assert page.self_test.findings == []
    assert about.parts()[0].licence not in words(page)


def test_licences_stand_below_on_a_narrow_window(make_page: Callable[..., AboutPage], qtbot: QtBot) -> None:
    page = make_page([GOOD])
    test, parts = page.self_test, page._parts
    qtbot.waitUntil(lambda: parts.x() > test.geometry().right())
    page.resize(1000, 700)
    qtbot.waitUntil(lambda: parts.x() == test.x() and parts.y() > test.geometry().bottom())
