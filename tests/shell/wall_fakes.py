"""A typed stand-in for the gate and the services behind the wall: every state on demand, real pixels in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from console.kernel import (
    AccessLevel,
    AuthorityKind,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Fault,
    OwnerType,
    PixelSize,
    Purpose,
    Role,
    Session,
    StreamFacts,
    TileState,
)
from console.services.commands import Command
from console.services.consent_commands import StopCamera
from console.services.consents import Stopped
from console.services.health import Chart, Piece, Sums
from console.services.named_walls import Shelf
from console.services.stop_link import Pause, Withdrawal
from console.services.viewers import LookedAt
from console.views.theme import Theme
from console.views.ui import Changes, Failed, Ui
from console.views.wall_model import Ask, Feed, Picture, SavedWall, TileStatus, WallCamera, WallContents, WallIncident

Answer = TypeVar("Answer")

NOW = datetime(2026, 11, 22, 6, 5, 9, tzinfo=UTC)


class StillClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.at = NOW
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def pass_time(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


class InlineTasks:
    """Runs work at once, or when told: `hold` keeps answers back like a slow database."""

    def __init__(self) -> None:
        self.hold = False
        self.held: list[Callable[[], None]] = []

    def write(self, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        self._run(work, then, failed)

    def read(self, page: str, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        del page
        self._run(work, then, failed)

    def let_go(self) -> None:
        held, self.held = self.held, []
        for deliver in held:
            deliver()

    def _run(self, work: Callable[[], Answer], then: Callable[[Answer], None], failed: Failed) -> None:
        def deliver() -> None:
            try:
                answer = work()
            except ConsoleError as problem:
                failed(problem)
            else:
                then(answer)

        if self.hold:
            self.held.append(deliver)
        else:
            deliver()


@dataclass
class FakePicture:
    pixels: memoryview
    width: int
    height: int
    stride: int
    sequence: int
    torn: int = 0

    def whole(self) -> bool:
        if self.torn:
            self.torn -= 1
            return False
        return True


@dataclass
class FakeStatus:
    state: TileState = TileState.LIVE
    fault: Fault = Fault.NONE
    deny: Denied | None = None
    age_s: float | None = 0.05
    attempt: int = 0
    since: datetime = NOW
    facts: StreamFacts = field(default_factory=lambda: StreamFacts("h264", 640, 360, 15.0, "tcp"))
    end: EndReason | None = None
    why_small: Fault | Denied | None = None
    eased: int = 0
    shown_rate: float = 0.0
    kbps: float = 812.4
    reconnects: int = 0


def painted(size: PixelSize, hue: int) -> QImage:
    """A plain night street of one hue: something to look at, drawn at the size that was asked for."""
    image = QImage(max(2, size.width), max(2, size.height), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    sky = QLinearGradient(0, 0, 0, image.height())
    sky.setColorAt(0, QColor.fromHsv(hue, 90, 60))
    sky.setColorAt(0.5, QColor.fromHsv(hue, 60, 110))
    sky.setColorAt(0.51, QColor.fromHsv((hue + 30) % 360, 20, 92))
    sky.setColorAt(1, QColor.fromHsv((hue + 30) % 360, 18, 60))
    painter.fillRect(image.rect(), sky)
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(7):
        width = image.width() // 8
        top = image.height() // 5 + (step * 37 + hue) % max(1, image.height() // 4)
        house = QRect(step * image.width() // 7, top, width, image.height() * 11 // 20 - top)
        painter.fillRect(house, QColor.fromHsv((hue + step * 20) % 360, 70, 90 + step * 12))
        painter.fillRect(house.adjusted(4, 6, -width // 2, -house.height() // 2), QColor(250, 225, 150))
    for step in range(3):
        where = QRect(image.width() * (2 + 3 * step) // 11, image.height() * (13 + step) // 20, 0, 0)
        painter.fillRect(
            where.adjusted(0, 0, image.width() // 9, image.height() // 9), QColor.fromHsv(hue * step % 360, 160, 190)
        )
    painter.end()
    return image


class FakeFeed:
    """A running view whose state, lease and pictures the test decides."""

    def __init__(self, camera: WallCamera, ask: Ask, hue: int) -> None:
        self.camera = camera
        self.camera_id = camera.id
        self.ask = ask
        self.private = camera.private
        self.unencrypted = False
        self.emergency_until: datetime | None = ask.choice.emergency.until if ask.choice.emergency else None
        self.status = FakeStatus()
        self.leased = True
        self.ended: EndReason | None = None
        self.sizes: list[PixelSize] = [ask.size]
        self.taken = 0
        self.torn = 0
        self.hue = hue
        self._sequence = 1
        self._image: QImage | None = None

    def state(self) -> TileStatus:
        return self.status

    def sequence(self) -> int:
        return self._sequence

    def advance(self) -> None:
        self._sequence += 1

    def picture(self) -> Picture | None:
        if not self.leased or self.ended is not None:
            return None
        self.taken += 1
        size = self.sizes[-1]
        if self._image is None or (self._image.width(), self._image.height()) != (size.width, size.height):
            self._image = painted(size, self.hue)
        image = self._image
        pixels = memoryview(image.constBits())
        torn, self.torn = self.torn, max(0, self.torn - 1)
        return FakePicture(pixels, image.width(), image.height(), image.bytesPerLine(), self._sequence, min(1, torn))

    def resize(self, size: PixelSize) -> None:
        self.sizes.append(size)

    def end(self, reason: EndReason) -> None:
        if self.ended is None:
            self.ended = reason


def day_of(camera_id: str, *hours: Sums) -> Chart:
    """Return the last 24 hours of a camera, with the last of them as they are given."""
    since = NOW - timedelta(hours=24)
    sums = [*[Sums()] * (24 - len(hours)), *hours]
    pieces = tuple(Piece(since + timedelta(hours=number), 3600, each) for number, each in enumerate(sums))
    return Chart(camera_id, since, NOW, pieces, ())


class FakeDesk:
    """Cameras, incidents and a gate that answers as the test says."""

    def __init__(self, cameras: Sequence[WallCamera] = (), incidents: Sequence[WallIncident] = ()) -> None:
        self.cameras = list(cameras)
        self.incidents = list(incidents)
        self.saved: SavedWall | None = None
        self.writes: list[SavedWall] = []
        self.found = Shelf()
        self.kept: list[Command] = []
        self.refuses: ConsoleError | None = None
        self.calls: list[list[Ask]] = []
        self.denials: dict[str, Denied] = {}
        self.dress: Callable[[FakeFeed], None] = lambda _feed: None
        self.feeds: list[FakeFeed] = []
        self.ends: list[tuple[EndReason, bool]] = []
        self.released = 0
        self.owed = 0
        self.looked: dict[str, LookedAt] = {}
        self.asked_viewers: list[str] = []
        self.health_of: dict[str, Chart] = {}
        self.asked_health: list[str] = []
        self.broken: ConsoleError | None = None

    def contents(self) -> WallContents:
        return WallContents(tuple(self.cameras), tuple(self.incidents))

    def saved_wall(self) -> SavedWall | None:
        return self.saved

    def save_wall(self, wall: SavedWall) -> None:
        self.writes.append(wall)

    def shelf(self) -> Shelf:
        return self.found

    def keep(self, command: Command) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.kept.append(command)

    def stop_link(self, command: StopCamera) -> Stopped:
        if self.refuses is not None:
            raise self.refuses
        self.kept.append(command)
        done = (Withdrawal if command.ends else Pause)("C-0", "Shop 0", NOW, ("desk-2",), owner="Owner 0")
        return Stopped("", "", command.way, NOW, (done,))

    def open_many(self, asks: Sequence[Ask]) -> Sequence[Feed | Denied]:
        if self.broken is not None:
            raise self.broken
        self.calls.append(list(asks))
        return [self._answer(ask) for ask in asks]

    def end_all(self, reason: EndReason, *, private_only: bool) -> None:
        self.ends.append((reason, private_only))

    def release(self) -> None:
        self.released += 1

    def viewers(self, camera_id: str) -> LookedAt:
        self.asked_viewers.append(camera_id)
        if self.broken is not None:
            raise self.broken
        return self.looked.get(camera_id, LookedAt())

    def health(self, camera_id: str) -> Chart:
        self.asked_health.append(camera_id)
        if self.broken is not None:
            raise self.broken
        return self.health_of.get(camera_id) or day_of(camera_id, Sums())

    def waiting(self) -> int:
        return self.owed

    def feed_of(self, camera_id: str) -> FakeFeed:
        """Return the newest view of a camera."""
        return next(feed for feed in reversed(self.feeds) if feed.camera.id == camera_id)

    def _answer(self, ask: Ask) -> Feed | Denied:
        denied = self.denials.get(ask.camera_id)
        if denied is not None:
            return denied
        camera = next(camera for camera in self.cameras if camera.id == ask.camera_id)
        feed = FakeFeed(camera, ask, hue=len(self.feeds) * 47 % 360)
        self.dress(feed)
        self.feeds.append(feed)
        return feed


NAMES = (
    ("หน้าร้านทองถนนนครใน", "ถนนนครใน", OwnerType.BANK_OR_GOLD),
    ("แยกวชิรา", "ถนนราชดำเนิน", OwnerType.POLICE),
    ("ตลาดสดทรัพย์สิน", "ถนนเพชรคีรี", OwnerType.MUNICIPALITY),
    ("บ้านเลขที่ 12", "ซอยสวนหมาก", OwnerType.HOME),
    ("ร้านสะดวกซื้อหัวมุม", "ถนนไทรบุรี", OwnerType.SHOP),
    ("ประตูโรงเรียนวัดกลาง", "ถนนไทรบุรี", OwnerType.SCHOOL),
    ("ลานวัดกลาง", "ถนนนครนอก", OwnerType.TEMPLE),
    ("ทางเข้าโรงพยาบาล", "ถนนรามวิถี", OwnerType.HOSPITAL),
    ("หมู่บ้านชายทะเล ป้อมยาม", "ถนนชลาทัศน์", OwnerType.ESTATE),
    ("ศาลากลางหลังเก่า", "ถนนราชดำเนิน", OwnerType.STATE),
    ("สามแยกสำโรง", "ถนนกาญจนวนิช", OwnerType.POLICE),
    ("ถนนคนเดินด้านเหนือ", "ถนนนางงาม", OwnerType.MUNICIPALITY),
    ("ปั๊มน้ำมันสะพานดำ", "ถนนทะเลหลวง", OwnerType.SHOP),
    ("ท่าเรือประมง", "ถนนนครนอก", OwnerType.STATE),
    ("หอพักซอยเก้า", "ซอยเก้าแสน", OwnerType.ESTATE),
    ("หน้าร้านข้าวต้มกลางคืน", "ถนนนางงาม", OwnerType.SHOP),
)
PUBLIC = {OwnerType.POLICE, OwnerType.MUNICIPALITY, OwnerType.STATE}


def camera(number: int) -> WallCamera:
    """An invented camera; numbers beyond the names repeat them with the number behind."""
    name, place, owner = NAMES[number % len(NAMES)]
    more = "" if number < len(NAMES) else f" {number + 1}"
    public = owner in PUBLIC
    kind = AuthorityKind.OWN if owner is OwnerType.POLICE else AuthorityKind.AGENCY
    level = AccessLevel.ALWAYS if public else (AccessLevel.INCIDENT, AccessLevel.HOURS, AccessLevel.ALWAYS)[number % 3]
    return WallCamera(
        id=f"camera-{number}",
        code=f"SK-{number + 1:03d}",
        name=name + more,
        place=place,
        owner_type=owner,
        kind=kind if public else AuthorityKind.OWNER,
        level=level,
        hours=((1080, 360),) if level is AccessLevel.HOURS else (),
        expires_at=None if public else datetime(2027, 6, 30, 17, 0, tzinfo=UTC),
        radius_m=300 if level is AccessLevel.INCIDENT else None,
        purposes=frozenset(Purpose),
        may_snapshot=number % 2 == 0,
        owner="" if public else "นางสมมติ ตัวอย่างเจ้าของกล้อง",
        owner_number=None if public else number + 1,
    )


INCIDENTS = (
    WallIncident("incident-1", "2569-0412", "ทะเลาะวิวาทหน้าร้านข้าวต้ม"),
    WallIncident("incident-2", "2569-0411", "รถจักรยานยนต์หาย"),
)


def officer(role: Role = Role.DUTY_OFFICER) -> Session:
    return Session("s1", "p1", "somchai", "ส.ต.อ.สมชาย ใจดี", role, "st1", "w1", NOW)


def context(tasks: InlineTasks | None = None, clock: StillClock | None = None, theme: str = "dark") -> Ui:
    return Ui(
        tasks=tasks or InlineTasks(),
        changes=Changes(),
        session=officer(),
        clock=clock or StillClock(),
        theme=Theme(theme),
        station="สภ.เมืองตัวอย่าง",
    )


def hours_denied() -> Denied:
    return Denied(DenyReason.OUTSIDE_HOURS, hours=((1080, 360),))
