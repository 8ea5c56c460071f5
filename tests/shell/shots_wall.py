"""Pictures of the wall in every state, over the stand-in of the gate: a real engine shows most only by chance."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from console.kernel import Denied, DenyReason, Fault, Invalid, Purpose, Right, Role, StreamFacts, TileState, Unavailable
from console.services.health import Sums
from console.services.named_walls import STATION, NamedWallRow, Shelf, TourRow
from console.services.viewers import LookedAt, Viewer
from console.services.window_place import PlaceKeeper
from console.views.page import PageSpec
from console.views.second_window import SecondWall
from console.views.shell import Shell
from console.views.wall import WallPage
from console.views.wall_keys import Act
from console.views.wall_model import PurposeChoice, SavedWall
from console.views.wall_shelf import Mode
from tests.shell.wall_fakes import (
    INCIDENTS,
    NOW,
    FakeDesk,
    FakeFeed,
    FakeStatus,
    StillClock,
    camera,
    context,
    day_of,
    hours_denied,
)
from tests.shell.wall_fakes import officer as officer_of

BUSY_FRAMES = 12


class WallStage:
    """A window over the stand-in of the gate."""

    def __init__(self, app: QApplication, theme: str, width: int, height: int) -> None:
        self.app = app
        self.clock = StillClock()
        self.ui = context(clock=self.clock, theme=theme)
        self.ui.theme.apply(app)
        self.desk = FakeDesk([camera(number) for number in range(100)], INCIDENTS)
        self.pages: list[WallPage] = []
        self.window: QWidget | None = None
        """What the picture is of, if not the first window."""

        self.shell = Shell(demonstration=True)
        # A laptop at 150 % has less room than the window would like.
        self.shell.setMinimumSize(640, 400)
        self.shell.resize(width, height)
        self.shell.show()

    def start(self, layout: int | str, count: int, *, incident: bool = True) -> None:
        cells = [f"camera-{number}" if number < count else None for number in range(100)]
        self.desk.saved = SavedWall(str(layout), tuple(cells))

        def make() -> WallPage:
            self.pages.append(WallPage(self.ui, self.desk))
            return self.pages[-1]

        # The page reads the saved wall as soon as somebody sits before it.
        self.shell.seat(self.ui, [PageSpec("wall", "Camera wall", "wall", make)])
        if incident:
            self.pages[0].board.choose(PurposeChoice(Purpose.INCIDENT, INCIDENTS[0]))

    def settle(self) -> None:
        for _frame in range(BUSY_FRAMES):
            for page in self.pages:
                page.canvas.tick()
            self.app.processEvents()

    def close(self) -> None:
        self.shell.close()
        self.shell.deleteLater()


def _states(stage: WallStage) -> None:
    """Sixteen tiles, each in another state."""
    faults = {
        "camera-2": FakeStatus(TileState.STALE, Fault.FROZEN, age_s=4.2),
        "camera-3": FakeStatus(TileState.RECONNECTING, Fault.NO_ANSWER, age_s=None, attempt=3),
        "camera-5": FakeStatus(TileState.DOWN, Fault.UNAUTHORISED, since=NOW - timedelta(minutes=64)),
        "camera-6": FakeStatus(TileState.QUARANTINED, Fault.QUARANTINED),
        "camera-7": FakeStatus(TileState.CONNECTING, age_s=None),
        "camera-9": FakeStatus(TileState.RECONNECTING, Fault.STREAM_ENDED, age_s=17.0, attempt=2),
        "camera-11": FakeStatus(facts=StreamFacts("h264", 640, 480, 12.0, "tcp")),
    }

    _dressed(stage, faults, unencrypted={"camera-10"})
    stage.desk.denials = {
        "camera-4": hours_denied(),
        "camera-8": Denied(DenyReason.PAUSED_BY_OWNER),
        "camera-12": Denied(DenyReason.INCIDENT_TOO_FAR, radius_m=300),
        "camera-13": Denied(DenyReason.NOT_COUNTERSIGNED),
    }
    stage.start(16, 15)


def _denials(layout: int, first: int = 0) -> Callable[[WallStage], None]:
    """Return a scene of the reasons for which the gate says no, with what it knows of each."""
    known: dict[DenyReason, dict[str, Any]] = {
        DenyReason.ROLE: {"right": Right.VIEW_FEEDS.value},
        DenyReason.EXPIRED: {"at": NOW - timedelta(days=40)},
        DenyReason.NOT_YET_VALID: {"at": NOW + timedelta(days=9)},
        DenyReason.OUTSIDE_HOURS: {"hours": ((1080, 360), (720, 780))},
        DenyReason.INCIDENT_TOO_FAR: {"radius_m": 300},
        DenyReason.KNOWLEDGE_TOO_OLD: {"known_at": NOW - timedelta(hours=9)},
    }

    def arrange(stage: WallStage) -> None:
        reasons = list(DenyReason)[first:][:layout]
        denials = (Denied(reason, **known.get(reason, {})) for reason in reasons)
        stage.desk.denials = {f"camera-{number}": denied for number, denied in enumerate(denials)}
        stage.start(layout, len(reasons))

    return arrange


def _faults(stage: WallStage) -> None:
    """Every fault, of cameras that are tried again and of cameras that are given up for now."""
    faults = [fault for fault in Fault if fault not in {Fault.NONE, Fault.FROZEN, Fault.BEHIND}]
    found = {}
    for number, fault in enumerate(faults):
        found[f"camera-{number}"] = FakeStatus(TileState.RECONNECTING, fault, age_s=None, attempt=number + 1)
        since = NOW - timedelta(hours=11 * number)
        found[f"camera-{number + len(faults)}"] = FakeStatus(TileState.DOWN, fault, since=since)
    _dressed(stage, found)
    stage.start(36, 2 * len(faults))


def _eased(stage: WallStage) -> None:
    """What is left out because the machine cannot keep up, and pictures that are old: how old, and which kind."""
    fast = StreamFacts("h264", 1280, 720, 25.0, "tcp")
    found = {
        "camera-0": FakeStatus(eased=1),
        "camera-1": FakeStatus(eased=2, shown_rate=7.4),
        "camera-2": FakeStatus(eased=3, shown_rate=1.0, facts=fast),
        "camera-3": FakeStatus(eased=3, shown_rate=5.0, facts=fast),
        "camera-4": FakeStatus(why_small=Fault.UNAUTHORISED),
        "camera-5": FakeStatus(why_small=Fault.NO_ANSWER, eased=2, shown_rate=12.0, facts=fast),
        "camera-6": FakeStatus(TileState.STALE, Fault.FROZEN, age_s=7300.0),
        "camera-7": FakeStatus(TileState.STALE, Fault.BEHIND, age_s=2.4),
        "camera-8": FakeStatus(TileState.RECONNECTING, Fault.WORKER_LOST, age_s=12.0, attempt=14),
    }
    _dressed(stage, found, unencrypted={"camera-1", "camera-6"})
    stage.start(9, 9)


def _mixed(count: int) -> Callable[[WallStage], None]:
    """Return a scene of so many tiles of which every fifth or so is in trouble."""

    def arrange(stage: WallStage) -> None:
        kinds = [
            FakeStatus(TileState.STALE, Fault.FROZEN, age_s=4.2),
            FakeStatus(TileState.RECONNECTING, Fault.NO_ANSWER, age_s=None, attempt=3),
            FakeStatus(TileState.DOWN, Fault.UNAUTHORISED, since=NOW - timedelta(minutes=64)),
            FakeStatus(TileState.QUARANTINED, Fault.QUARANTINED),
            FakeStatus(TileState.CONNECTING, age_s=None),
            FakeStatus(TileState.RECONNECTING, Fault.STREAM_ENDED, age_s=17.0, attempt=2),
            FakeStatus(eased=3, shown_rate=5.0),
        ]
        found = {f"camera-{5 * number + 2}": kinds[number % len(kinds)] for number in range(count // 5)}
        _dressed(stage, found, unencrypted={f"camera-{number}" for number in range(0, count, 9)})
        for number in range(4, count, 11):
            denied = hours_denied() if number % 2 else Denied(DenyReason.PAUSED_BY_OWNER)
            stage.desk.denials[f"camera-{number}"] = denied
        stage.start(count, count - 1)

    return arrange


def _dressed(stage: WallStage, found: dict[str, FakeStatus], unencrypted: AbstractSet[str] = frozenset()) -> None:
    def dress(feed: FakeFeed) -> None:
        feed.status = found.get(feed.camera.id, feed.status)
        feed.unencrypted = feed.camera.id in unencrypted

    stage.desk.dress = dress


def _faulty(stage: WallStage) -> None:
    """The card of a tile with a fault."""
    _states(stage)
    stage.pages[0].board.select(5)


def _viewers(stage: WallStage) -> None:
    """The card of a private camera that several people looked at."""
    lead, officer = Role.SHIFT_LEAD, Role.DUTY_OFFICER
    stage.desk.looked["camera-0"] = LookedAt(
        (
            Viewer(NOW - timedelta(minutes=3), "", officer, Purpose.INCIDENT, None, mine=True),
            Viewer(NOW - timedelta(minutes=58), "ร.ต.อ.วิชัย แก้วมณี", lead, Purpose.RISK_SPOT, 252, mine=False),
            Viewer(NOW - timedelta(hours=4), "", officer, Purpose.URGENT, 41, mine=False),
        ),
        12,
    )
    stage.ui = replace(stage.ui, session=officer_of(lead))
    stage.start(9, 9)
    card = stage.pages[0].panel.card
    stage.desk.health_of["camera-0"] = day_of(
        "camera-0",
        *[Sums(live=3600)] * 5,
        Sums(live=3000, reconnecting=200, down=400, reconnects=2),
        *[Sums(live=3600)] * 4,
        Sums(live=3540, stale=60),
    )
    card.viewers.read()
    card.health.read()


def _day(stage: WallStage) -> None:
    """The end of a card: how the camera did in the last 24 hours, and its picture's figures."""
    _viewers(stage)
    page = stage.pages[0]
    if not page.panel.isVisible():
        page.act(Act.PANEL)
    stage.app.processEvents()
    page.panel.card.health.read()
    for area in page.panel.card.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def _denied(stage: WallStage) -> None:
    _states(stage)
    stage.pages[0].board.select(4)


def _asking(stage: WallStage) -> None:
    """Private tiles wait for a purpose."""
    stage.start(9, 9, incident=False)
    stage.pages[0].act(Act.PURPOSE)


def _visitors(stage: WallStage) -> None:
    stage.start(16, 16)
    stage.pages[0].board.toggle_visitors()


def _keys(stage: WallStage) -> None:
    stage.start(16, 16)
    stage.shell.open_help()


def _layouts(stage: WallStage) -> None:
    stage.start(4, 4)
    stage.pages[0].act(Act.LAYOUT_LIST)


def _shelf(stage: WallStage) -> None:
    """Named walls, own and the station's, and tours."""
    own, station = stage.ui.session.person_id, STATION
    stage.ui = replace(stage.ui, session=replace(stage.ui.session, role=Role.SHIFT_LEAD))
    walls = [
        NamedWallRow("w1", 1, own, "ตลาดกลางคืนและถนนคนเดินนางงาม", "9", tuple(f"camera-{at}" for at in range(9))),
        NamedWallRow("w2", 1, own, "หน้าโรงเรียนตอนเช้า", "1+5", tuple(f"camera-{at}" for at in (10, 1, 2, 13, 11, 9))),
        NamedWallRow("w3", 1, station, "เส้นทางขบวนเสด็จ", "1+12", tuple(f"camera-{at}" for at in range(13))),
        NamedWallRow("w4", 1, station, "ท่าเรือ", "4", ("camera-13", "camera-26", "camera-27", None)),
    ]
    tours = [
        TourRow("t1", 1, own, "รอบดึก", 15, ("w1", "w2", "w4")),
        TourRow("t2", 1, station, "รอบเย็นวันศุกร์", 30, ("w3", "w4")),
    ]
    stage.desk.found = Shelf(tuple(walls), tuple(tours))
    stage.start(9, 9)


def _named(stage: WallStage) -> None:
    _shelf(stage)
    stage.pages[0].act(Act.LAYOUT_LIST)


def _making_a_tour(stage: WallStage) -> None:
    _named(stage)
    stage.pages[0].layouts.shelf.set_mode(Mode.TOUR, stage.desk.found.tours[0])


def _deleted(stage: WallStage) -> None:
    _named(stage)
    stage.pages[0].shelf.delete(stage.desk.found.walls[0])
    stage.pages[0].layouts.shelf.name.setText("ท่าเรือ")
    stage.pages[0].shelf.refused.emit(Invalid({"name": "walls.name_taken"}))


def _tour(stage: WallStage) -> None:
    _shelf(stage)
    stage.pages[0].tours.start(stage.desk.found.tours[0])
    stage.clock.pass_time(15)
    stage.pages[0].tours.look()
    stage.clock.pass_time(4)
    stage.pages[0].tours.look()


def _held(stage: WallStage) -> None:
    _tour(stage)
    stage.pages[0].act(Act.HOLD)


def _focus(stage: WallStage) -> None:
    stage.start(9, 9)
    stage.pages[0].board.toggle_focus()


def _zoomed(stage: WallStage) -> None:
    """A private tile looked at closer, beside others."""
    stage.start(4, 4)
    stage.settle()
    for _time in range(3):
        stage.pages[0].act(Act.ZOOM_IN)
    stage.pages[0].canvas.settle()


def _second(stage: WallStage) -> None:
    """The second window alone: its picture is taken in place of the first's."""
    stage.start(4, 4)
    first, size = stage.pages[0], stage.shell.size()
    manager = SecondWall(stage.shell, PlaceKeeper(Path(mkdtemp())))
    other = FakeDesk([camera(number) for number in range(100)], INCIDENTS)
    other.saved = SavedWall("9", tuple(f"camera-{20 + number}" if number < 9 else None for number in range(100)))
    manager.open(stage.ui, other, first)
    assert manager.window is not None
    manager.window.resize(size)
    stage.window = manager.window
    stage.pages.append(manager.window.wall)
    manager.window.wall.board.choose(PurposeChoice(Purpose.INCIDENT, INCIDENTS[0]))


def _full(stage: WallStage) -> None:
    stage.start(16, 16)
    for page in stage.pages:
        page.show_full(full=True)
    stage.shell.rail.hide()


def _empty(stage: WallStage) -> None:
    stage.start(9, 0)


def _notice(stage: WallStage) -> None:
    stage.start(9, 9)
    stage.pages[0].board.failed.emit(Unavailable("store.disk_full", path="D:/ccoc"))


WALL_SCENES: dict[str, Callable[[WallStage], None]] = {
    "states-16": _states,
    "fault-card-16": _faulty,
    "viewers-card-9": _viewers,
    "viewers-card-day": _day,
    "light-viewers-card-day": _day,
    "denied-card-16": _denied,
    "asking-9": _asking,
    "visitors-16": _visitors,
    "keys": _keys,
    "layouts": _layouts,
    "focus": _focus,
    "zoomed-4": _zoomed,
    "second-9": _second,
    "full-16": _full,
    "empty-9": _empty,
    "notice-9": _notice,
    "denials-16": _denials(16),
    "denials-more-16": _denials(16, 16),
    "denials-36": _denials(36),
    "faults-36": _faults,
    "eased-9": _eased,
    "states-36": _mixed(36),
    "states-64": _mixed(64),
    "states-100": _mixed(100),
    "light-states-64": _mixed(64),
    "wall-1": lambda stage: stage.start(1, 1),
    "wall-4": lambda stage: stage.start(4, 4),
    "wall-9": lambda stage: stage.start(9, 9),
    "wall-16": lambda stage: stage.start(16, 16),
    "wall-25": lambda stage: stage.start(25, 25),
    "wall-36": lambda stage: stage.start(36, 36),
    "wall-1+5": lambda stage: stage.start("1+5", 6),
    "wall-1+7": lambda stage: stage.start("1+7", 8),
    "wall-1+12": lambda stage: stage.start("1+12", 13),
    "wall-100": lambda stage: stage.start(100, 100),
    "named-walls": _named,
    "tour-made": _making_a_tour,
    "wall-deleted": _deleted,
    "tour": _tour,
    "tour-held": _held,
    "wall-64": lambda stage: stage.start(64, 64),
    "light-16": _states,
}
