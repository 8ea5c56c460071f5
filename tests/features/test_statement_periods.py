"""Which lines a period has: every view that began, ended, ran on or ran through it, told alike by all three readers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from console.db.base import parse_time
from console.db.feeds import ViewOpening, close_crashed_views, end_view, first_picture, justify, open_view
from console.db.places import Writer
from console.db.store import CommandStamp
from console.kernel import EndReason, Purpose, ViewKind, new_id
from console.services.papers import Made, Table
from console.services.statement_file import read_lines, statement_bytes, told
from console.services.statement_papers import statement_report
from console.services.statement_words import line_words
from console.services.statements import Given, IssueStatement
from resources.verify import verify_statement as reader
from tests.browser import Browser, running_browser
from tests.features.statement_cases import FINGERPRINT, Case, History, live
from tests.features.test_statement_readers import PAGE, page_says
from tests.gate.room import Room
from tests.store.history import KEY

DAY: Final = timedelta(days=1)
FAR: Final = timedelta(days=400)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    yield from live(tmp_path_factory.mktemp("periods") / "data")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        started.open(PAGE)
        yield started


def _moments(history: History) -> dict[str, datetime]:
    """Return when the views of the history began; of the one from before, when it ended."""
    lines = read_lines(history.statement().links, "sk01", history.camera)
    found = {line["purpose"]: parse_time(line["at"]) for line in lines if line["kind"] == "view" and line["picture_ms"]}
    return found | {line["kind"]: parse_time(line["at"]) for line in lines if line["kind"] == "earlier"}


def _asked(history: History) -> dict[str, tuple[datetime, datetime, str, list[tuple[str, int | None]]]]:
    """Return periods, the view that is meant, and what of it is told: purpose or kind, and its seconds there."""
    at = _moments(history)
    first, urgent, before = at["traffic"], at["urgent"], at["earlier"]
    s = timedelta(seconds=1)
    return {
        "all before it": (first - DAY, first, "traffic", []),
        "from its beginning on": (first, first + DAY, "traffic", [("traffic", 65)]),
        "up to its first moment": (first - DAY, first + s / 1_000_000, "traffic", [("traffic", 0)]),
        "its first seconds": (first - DAY, first + 9 * s, "traffic", [("traffic", 9)]),
        "in the midst of it": (first + 10 * s, first + 20 * s, "traffic", [("traffic", 10)]),
        "from its end on": (first + 65 * s, first + DAY, "traffic", [("traffic", 0)]),
        "from its last part of a second on": (first + 65.9 * s, first + DAY, "traffic", [("traffic", 0)]),
        "after it": (first + 66 * s, first + DAY, "traffic", []),
        "long before one without an end": (urgent - DAY, urgent, "urgent", []),
        "long after one without an end began": (urgent + FAR, urgent + 2 * FAR, "urgent", [("urgent", None)]),
        "in the midst of one known by its end": (before - 5 * s, before - 2 * s, "earlier", [("earlier", 3)]),
        "before one known by its end": (before - DAY, before - 7 * s, "earlier", []),
        "the last second of one known by its end": (before - s, before + DAY, "earlier", [("earlier", 1)]),
        "after one known by its end": (before + s, before + DAY, "earlier", []),
    }


def _told_of(lines: Any, what: str) -> list[tuple[str, int | None]]:
    return [
        (what, line["within"])
        for line in lines
        if line["kind"] in {"view", "earlier"} and what in {line["purpose"], line["kind"]} and not line["emergency"]
    ]


def test_all_three_tell_a_view_in_every_period_that_it_ran_in(history: History, browser: Browser) -> None:
    asked = _asked(history)
    whole = history.statement()
    made = [replace(whole, since=since, until=until) for since, until, _what, _expected in asked.values()]
    files = [statement_bytes(each, KEY) for each in made]
    pages = page_says(browser, [Case(name, data, 0, "") for name, data in zip(asked, files, strict=True)])
    for name, each, data, page in zip(asked, made, files, pages, strict=True):
        _since, _until, what, expected = asked[name]
        script = reader.verify(data, FINGERPRINT)
        console = told(read_lines(each.links, "sk01", each.camera_id), each.since, each.until, 0)
        assert [dict(line) for line in console.lines] == script["lines"] == page["lines"], name
        assert console.totals == script["totals"] == page["totals"], name
        assert _told_of(script["lines"], what) == expected, name


def test_what_is_known_of_a_view_from_before_is_not_called_running(history: History, browser: Browser) -> None:
    """Only what became of it stands in the file: it may have ended long ago."""
    whole, alone = history.statement(2), history.statement(2)
    kept = {"view.reviewed", "view.opened"}
    assert whole.from_head is not None
    links = [link for link in whole.links if not kept.isdisjoint({reader.parsed(link.body[1:])["class"]})]
    lines = told(read_lines(links, "sk01", alone.camera_id), alone.since, alone.until, 0)
    (reviewed,) = [line for line in lines.lines if line["kind"] == "earlier"]
    assert (lines.totals["views"], lines.totals["running"]) == (2, 2), "the urgent one and the emergency"
    for words in (
        line_words(reviewed, {}).remarks,
        reader.Speaker("en").line(reviewed, {"names": {}, "incidents": {}}),
    ):
        assert "its end is not among these entries" in words
    said = browser.run("language = 'en'; return viewWords(JSON.parse(arguments[0]), {})", json.dumps(dict(reviewed)))
    assert "its end is not among these entries" in said


def test_a_view_called_a_test_counts_if_a_picture_was_shown(history: History) -> None:
    made = history.statement()
    called = [replace(link, body=link.body.replace(b'"kind":"wall"', b'"kind":"probe"')) for link in made.links]
    views = [
        told(read_lines(links, "sk01", made.camera_id), made.since, made.until, 0) for links in (made.links, called)
    ]
    assert called != made.links
    assert views[0].totals == views[1].totals
    shown = [dict(line) | {"picture_ms": None} for line in views[1].lines]
    assert reader.totals_of(shown)["views"] == views[0].totals["views"] - 2


def test_an_end_told_once_more_shortens_nothing(history: History) -> None:
    made = history.statement()
    (end,) = (link for link in made.links if b'"seconds":7' in link.body)
    for seconds, counts in ((0, 7), (6, 7), (9, 9)):
        again = replace(end, body=end.body.replace(b'"seconds":7', f'"seconds":{seconds}'.encode()))
        for links in ([end, again], [again, end]):
            (line,) = read_lines(links, "sk01", made.camera_id)
            assert line["seconds"] == max(counts, 7)


# What the station puts into the file


def _do(room: Room, work: Any) -> Any:
    return room.store.submit(work, command=CommandStamp(new_id(), "tests", room.officer))


def _look(room: Room, camera: str) -> str:
    opening = ViewOpening(camera, Purpose.RISK_SPOT, ViewKind.WALL, room.current(camera).id)
    view = str(_do(room, lambda tx: open_view(tx, opening)).id)
    _do(room, lambda tx: first_picture(tx, view, tx.now))
    return view


def _end(room: Room, view: str) -> None:
    _do(room, lambda tx: end_view(tx, view, EndReason.CLOSED, tx.now))


def _give(room: Room, camera: str, since: datetime, until: datetime) -> Given:
    asked = IssueStatement(camera_id=camera, since=since, until=until)
    return room.station.statements.given(room.chief, camera, room.run(asked, room.chief))


def _views(given: Given) -> list[tuple[str, int | None]]:
    found = reader.verify(given.file, given.fingerprint)
    assert found["lines"] == [dict(line) for line in given.told.lines]
    return [(line["ended"], line["within"]) for line in found["lines"] if line["kind"] == "view"]


def test_a_view_that_spans_a_period_without_an_entry_is_told(room: Room) -> None:
    camera = room.shop()
    before = _give(room, camera, room.clock.now() - DAY, room.clock.now() + DAY)
    view = _look(room, camera)
    room.clock.advance(3600)
    running = _give(room, camera, room.clock.now() - DAY, room.clock.now())
    assert _views(running) == [("", None)]
    room.clock.advance(3600)
    since = room.clock.now()
    room.clock.advance(86_400)
    until = room.clock.now()
    # The newest head made before the period stands behind the opening: what began before it comes along.
    still = _give(room, camera, since, until)
    assert still.statement.from_head == before.statement.head
    assert _views(still) == [("", None)]
    assert still.told.totals["running"] == 1
    room.clock.advance(3600)
    _end(room, view)
    after = _give(room, camera, since, until)
    assert after.statement.from_head == before.statement.head
    assert _views(after) == [("closed", 86_400)]
    assert (after.told.totals["views"], after.told.totals["seconds"]) == (1, 86_400)
    assert reader.verify(after.file, after.fingerprint, f"2:{running.statement.head.hash}")["holds"] is True
    assert room.station.statements.see(room.chief, camera, since, until).told.totals == after.told.totals
    # Of a later period it is no part, and the file begins as late as it can.
    room.clock.advance(86_400)
    later = _give(room, camera, room.clock.now() - timedelta(hours=1), room.clock.now())
    assert (_views(later), later.statement.from_head) == ([], after.statement.head)
    # What was given is the same for ever, whatever was learned since.
    assert room.station.statements.given(room.chief, camera, still.number).file == still.file


def test_a_view_whose_end_nobody_told_is_told_until_its_console_comes_back(room: Room) -> None:
    camera = room.shop()
    _look(room, camera)
    room.clock.advance(600)
    gone, here = room.store.writer, Writer(new_id(), "SKA", "another console")
    room.store.writer = here
    _give(room, camera, room.clock.now() - DAY, room.clock.now())
    room.clock.advance(3600)
    since = room.clock.now()
    room.clock.advance(86_400)
    lost = _give(room, camera, since, room.clock.now())
    assert (_views(lost), set(lost.statement.unheard)) == ([("", None)], {gone.id})
    room.store.writer = gone
    _do(room, close_crashed_views)
    back = _give(room, camera, since, room.clock.now())
    assert _views(back) == [], "it had ended before the period"
    assert back.statement.from_head is None
    first = _give(room, camera, since - DAY, since)
    assert [ended for ended, _within in _views(first)] == ["crashed"]


def test_what_a_clock_dated_ahead_is_told_in_the_period_of_its_date(room: Room) -> None:
    camera = room.shop()
    true = room.clock.now()
    room.clock.set_wall(true + 30 * DAY)
    view = _look(room, camera)
    room.clock.advance(60)
    _end(room, view)
    room.clock.set_wall(true + timedelta(hours=1))
    first = _give(room, camera, true - DAY, true + DAY)
    assert (_views(first), first.told.outside) == ([], 1)
    room.clock.set_wall(true + 32 * DAY)
    later = _give(room, camera, true + 29 * DAY, true + 32 * DAY)
    assert (later.statement.from_head, _views(later)) == (None, [("closed", 60)])


def test_a_view_whose_end_was_dated_before_its_beginning_comes_along(room: Room) -> None:
    """Its seconds lead into the period, though its end is dated before: the clock was set back in between."""
    camera = room.shop()
    view = _look(room, camera)
    begun = room.clock.now()
    room.clock.set_wall(begun - timedelta(hours=1))
    _do(room, partial(end_view, view_id=view, reason=EndReason.SLEPT, at=begun + timedelta(seconds=90)))
    _give(room, camera, begun - DAY, begun)
    room.clock.set_wall(begun + DAY)
    assert _views(_give(room, camera, begun + timedelta(seconds=30), begun + DAY)) == [("slept", 60)]


def test_the_paper_tells_how_much_of_a_view_lies_in_the_period(room: Room) -> None:
    camera = room.shop()
    view, open_one = _look(room, camera), _look(room, camera)
    since = room.clock.now() + timedelta(minutes=1)
    room.clock.advance(300)
    _end(room, view)
    _do(room, lambda tx: justify(tx, open_one, "คำอธิบาย"))
    given = _give(room, camera, since, room.clock.now())
    totals, lines = (block for block in statement_report(given, _made(room)).blocks if isinstance(block, Table))
    assert [column.title for column in totals.columns][:3] == ["Views", "Time in all", "No end recorded"]
    assert totals.rows[0][:3] == ("2", "4 min 0 s", "1")
    assert ["4 min 0 s of it in this period" in row[4] for row in lines.rows[:2]].count(True) == 1
    sheet = "\n".join(reader.Speaker("en").sheet(reader.verify(given.file, given.fingerprint)))
    assert "4 min 0 s of it in this period" in sheet
    assert "No end recorded 1" in sheet


def _made(room: Room) -> Made:
    return Made("SK", "chief", room.clock.now())
