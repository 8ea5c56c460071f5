"""The invented town of the demonstration: its people, cameras, what their owners allow, and what happened there.

Values only. Nobody and nothing here exists; the town lies in open water.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Category,
    ConnectionKind,
    Outcome,
    OwnerType,
    Priority,
    Role,
    Zone,
)

STATION_ID: Final = "demo"
STATION_TH: Final = "สภ.เมืองสาธิต"
STATION_EN: Final = "Mueang Sathit Police Station"
STATION_LAT: Final = 9.0
STATION_LON: Final = 101.0


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    rank: str
    name: str
    role: Role
    position: str


SUPERINTENDENT: Final = Person("superintendent", "พ.ต.อ.", "สาธิต ตัวอย่างธรรม", Role.SUPERINTENDENT, "ผกก.สภ.เมืองสาธิต")
DEPUTY: Final = Person(
    "deputy", "พ.ต.ท.", "ตัวอย่างยาวนาน สาธิตประชาราษฎร์บำรุง ณ เมืองสมมติ", Role.OPERATIONS_DEPUTY, "รอง ผกก.ป.สภ.เมืองสาธิต"
)
LEAD: Final = Person("lead", "ร.ต.อ.", "ทดลอง นำเวร", Role.SHIFT_LEAD, "รอง สวป.สภ.เมืองสาธิต")
OFFICER: Final = Person("officer", "ด.ต.", "จำลอง ตื่นตัว", Role.DUTY_OFFICER, "ผบ.หมู่ (ป.) สภ.เมืองสาธิต")
NIGHT_OFFICER: Final = Person("night", "ส.ต.ท.หญิง", "สมมุติ เวรดึก", Role.DUTY_OFFICER, "ผบ.หมู่ (ป.) สภ.เมืองสาธิต")
REGISTRAR: Final = Person("registrar", "ร.ต.ท.หญิง", "สมมติ ทะเบียนดี", Role.CAMERA_REGISTRAR, "รอง สว.(ชมส.) สภ.เมืองสาธิต")
TECHNICIAN: Final = Person("technician", "นาย", "ทดสอบ ระบบดี", Role.IT, "เจ้าหน้าที่คอมพิวเตอร์")
AUDITOR: Final = Person("auditor", "นาง", "ตัวอย่าง ตรวจสอบดี", Role.AUDITOR, "กต.ตร.สภ.เมืองสาธิต")

OTHERS: Final = (DEPUTY, LEAD, OFFICER, NIGHT_OFFICER, REGISTRAR, TECHNICIAN, AUDITOR)
"""Added by the superintendent, who founds the station."""


@dataclass(frozen=True, slots=True)
class Terms:
    kind: AuthorityKind = AuthorityKind.OWNER
    level: AccessLevel = AccessLevel.ALWAYS
    radius_m: int = 0
    inside_hours: bool = True
    paused: bool = False
    countersigned: bool = True
    demonstration: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """A camera: code, name, place, owner, the painted scene it shows, metres north and east of the station."""

    code: str
    name: str
    place: str
    owner: OwnerType
    owner_name: str
    scene: str
    spot: tuple[float, float]
    terms: Terms | None = Terms()
    zone: Zone = Zone.INSIDE
    connection: ConnectionKind = ConnectionKind.WIREGUARD


_OWN: Final = Terms(AuthorityKind.OWN)
_AGENCY: Final = Terms(AuthorityKind.AGENCY)
_HOURS: Final = Terms(level=AccessLevel.HOURS)
_NEAR: Final = Terms(level=AccessLevel.INCIDENT, radius_m=300)
_STATION: Final = "สภ.เมืองสาธิต"
_TOWN: Final = "เทศบาลเมืองสาธิต"
_LAN: Final = ConnectionKind.STATION_LAN
_VLAN: Final = ConnectionKind.AGENCY_VLAN

WALL: Final = (
    Sample(
        "P01",
        "หน้าห้างทองแสงสาธิต",
        "ถนนสาธิตใน",
        OwnerType.BANK_OR_GOLD,
        "ห้างทองแสงสาธิต",
        "gold-shop",
        (120, 80),
        connection=ConnectionKind.RTSPS,
    ),
    Sample("S01", "แยกสาธิตพัฒนา", "ถนนสาธิตพัฒนา", OwnerType.POLICE, _STATION, "junction", (0, 60), _OWN, connection=_LAN),
    Sample(
        "M01",
        "ตลาดสดเทศบาล",
        "ตลาดสดเมืองสาธิต",
        OwnerType.MUNICIPALITY,
        _TOWN,
        "market",
        (260, -140),
        _AGENCY,
        connection=_VLAN,
    ),
    Sample(
        "P02",
        "ประตูโรงเรียนเมืองสาธิต",
        "ถนนเล่าเรียน",
        OwnerType.SCHOOL,
        "โรงเรียนเมืองสาธิต",
        "school",
        (-300, 220),
        _HOURS,
    ),
    Sample("P03", "หน้าวัดสาธิตวนาราม", "ถนนวัดเหนือ", OwnerType.TEMPLE, "วัดสาธิตวนาราม", "temple", (420, 310)),
    Sample(
        "P04", "หน้าร้านน้ำชาสาธิต", "ย่านเมืองเก่า", OwnerType.SHOP, "นางสมมติ ชงชา (ตัวอย่าง)", "old-town", (180, 20), _NEAR
    ),
    Sample(
        "M02",
        "ถนนคนเดิน",
        "ถนนสาธิตใน",
        OwnerType.MUNICIPALITY,
        _TOWN,
        "walking-street",
        (140, -30),
        _AGENCY,
        connection=_VLAN,
    ),
    Sample(
        "P05",
        "ปั๊มน้ำมันสาธิตออยล์",
        "ถนนเลี่ยงเมือง",
        OwnerType.SHOP,
        "บริษัท สาธิตออยล์ จำกัด (ตัวอย่าง)",
        "petrol",
        (-520, -410),
        zone=Zone.OUTSIDE,
    ),
    Sample("S02", "ท่าเรือเมืองสาธิต", "ถนนริมน้ำ", OwnerType.POLICE, _STATION, "pier", (610, 90), _OWN, connection=_LAN),
)
"""The wall at the start, in the order of its tiles: with the open incident as purpose each of them is live."""

_CLOSED_NOW: Final = Terms(level=AccessLevel.HOURS, inside_hours=False, demonstration=False)
_PAUSED: Final = Terms(paused=True, demonstration=False)
_REGISTERED: Final = Terms(level=AccessLevel.REGISTER_ONLY, demonstration=False)
_NEAR_ONLY: Final = Terms(level=AccessLevel.INCIDENT, radius_m=200, demonstration=False)
_UNSIGNED: Final = Terms(AuthorityKind.AGENCY, countersigned=False, demonstration=False)

BESIDE: Final = (
    Sample(
        "S03",
        "สะพานลอยสาธิตพัฒนา",
        "ถนนสาธิตพัฒนา",
        OwnerType.POLICE,
        _STATION,
        "footbridge",
        (40, 200),
        _OWN,
        connection=_LAN,
    ),
    Sample(
        "P06",
        "ลานจอดรถสาธิตพลาซ่า",
        "ถนนเลี่ยงเมือง",
        OwnerType.SHOP,
        "บริษัท สาธิตพลาซ่า จำกัด (ตัวอย่าง)",
        "car-park",
        (-480, -360),
        _CLOSED_NOW,
        Zone.OUTSIDE,
    ),
    Sample("P07", "ซอยสาธิต 9", "ซอยสาธิต 9", OwnerType.HOME, "นายสมมุติ อยู่เย็น (ตัวอย่าง)", "soi", (350, -260), _PAUSED),
    Sample(
        "P08",
        "บ้านเลขที่ 9/99",
        "ซอยสาธิต 4",
        OwnerType.HOME,
        "นางสาวตัวอย่าง พักผ่อน (ตัวอย่าง)",
        "",
        (-150, 340),
        _REGISTERED,
        Zone.UNKNOWN,
        ConnectionKind.UNKNOWN,
    ),
    Sample(
        "P09",
        "หน้าหมู่บ้านสาธิตวิลล์",
        "ถนนเลี่ยงเมือง",
        OwnerType.ESTATE,
        "นิติบุคคลหมู่บ้านจัดสรรสาธิตวิลล์ (ตัวอย่าง)",
        "",
        (1900, 1400),
        _NEAR_ONLY,
        Zone.OUTSIDE,
    ),
    Sample(
        "H01",
        "ทางเข้าโรงพยาบาลเมืองสาธิต",
        "ถนนพยาบาล",
        OwnerType.HOSPITAL,
        "โรงพยาบาลเมืองสาธิต",
        "",
        (-700, 120),
        _UNSIGNED,
        Zone.OUTSIDE,
        _VLAN,
    ),
)
"""More cameras in the list: one more that opens, and one for each everyday reason why a tile stays dark."""

CIRCLE: Final = (
    Sample(
        "P10",
        "หน้าร้านกาแฟสาธิต",
        "ซอยสาธิต 9",
        OwnerType.SHOP,
        "นางสาวสาธิต คั่วบด (ตัวอย่าง)",
        "soi/coffee",
        (160, 110),
        None,
    ),
    Sample(
        "P11",
        "หน้าร้านก๋วยเตี๋ยวสาธิต",
        "ลานจอดรถสาธิตพลาซ่า",
        OwnerType.SHOP,
        "นายจำลอง ลวกเส้น (ตัวอย่าง)",
        "car-park/noodles",
        (90, 150),
        None,
    ),
)
"""Shops whose cameras are registered with an address while their owners have allowed nothing yet: the circle's."""

CAMERAS: Final = (*WALL, *BESIDE, *CIRCLE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an incident's log, so long after it was opened; `struck` is the reason for which it was struck."""

    after: timedelta
    words: str
    struck: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """An incident, opened so long before the demonstration starts, seen by `camera` or at no camera."""

    ago: timedelta
    title: str
    place: str
    category: Category
    priority: Priority
    camera: str = ""
    entries: tuple[Entry, ...] = ()
    outcome: Outcome | None = None
    """How it ended; None: it is open."""


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


THEFT: Final = Happening(
    ago=_minutes(38),
    title="ลักทรัพย์ในร้านค้า (ตัวอย่าง)",
    place="ถนนสาธิตใน",
    category=Category.THEFT,
    priority=Priority.VERY_URGENT,
    camera="P01",
    entries=(
        Entry(_minutes(2), "ผู้แจ้งเป็นพนักงานร้าน เห็นชายสวมเสื้อดำเดินไปทางถนนคนเดิน"),
        Entry(_minutes(4), "สั่งการสายตรวจ 201 ไปที่เกิดเหตุ"),
        Entry(_minutes(9), "สายตรวจ 301 ถึงที่เกิดเหตุ", "พิมพ์หมายเลขสายตรวจผิด ที่ถูกคือ 201"),
        Entry(_minutes(10), "สายตรวจ 201 ถึงที่เกิดเหตุ กำลังตรวจสอบ"),
    ),
)
"""The wall's purpose."""

HAPPENINGS: Final = (
    Happening(
        ago=timedelta(days=2, hours=5),
        title="รถจักรยานยนต์ล้ม มีผู้บาดเจ็บเล็กน้อย (ตัวอย่าง)",
        place="แยกสาธิตพัฒนา",
        category=Category.TRAFFIC_ACCIDENT,
        priority=Priority.URGENT,
        camera="S01",
        entries=(
            Entry(_minutes(3), "แจ้งกู้ชีพและสายตรวจจราจร"),
            Entry(_minutes(14), "กู้ชีพถึงที่เกิดเหตุ ผู้บาดเจ็บรู้สึกตัวดี"),
        ),
        outcome=Outcome.SETTLED,
    ),
    Happening(
        ago=timedelta(days=1, hours=3),
        title="เสียงดังรบกวนจากการตั้งวงดื่มสุรา (ตัวอย่าง)",
        place="ซอยสาธิต 4",
        category=Category.NOISE,
        priority=Priority.NORMAL,
        entries=(Entry(_minutes(12), "สายตรวจว่ากล่าวตักเตือนแล้ว เหตุการณ์สงบ"),),
        outcome=Outcome.SETTLED,
    ),
    Happening(
        ago=timedelta(hours=9),
        title="พบบุคคลต้องสงสัยเดินวนหน้าโรงเรียน (ตัวอย่าง)",
        place="ถนนเล่าเรียน",
        category=Category.SUSPECT,
        priority=Priority.URGENT,
        camera="P02",
        entries=(Entry(_minutes(6), "ตรวจสอบแล้วเป็นผู้ปกครองมารอรับบุตร"),),
        outcome=Outcome.NOTHING_FOUND,
    ),
    Happening(
        ago=timedelta(hours=2, minutes=20),
        title="ตรวจสอบกล้องโรงพยาบาลที่ยังไม่ลงนามกำกับ (ตัวอย่าง)",
        place="ถนนพยาบาล",
        category=Category.EQUIPMENT,
        priority=Priority.NORMAL,
        camera="H01",
    ),
    THEFT,
    Happening(
        ago=_minutes(12),
        title="เด็กพลัดหลงกับผู้ปกครองในตลาด (ตัวอย่าง)",
        place="ตลาดสดเมืองสาธิต",
        category=Category.MISSING_PERSON,
        priority=Priority.MOST_URGENT,
        camera="M01",
        entries=(Entry(_minutes(3), "เด็กหญิงอายุประมาณ 6 ปี เสื้อสีชมพู แจ้งสายตรวจเดินเท้าแล้ว"),),
    ),
)
"""In the order in which they were opened."""
