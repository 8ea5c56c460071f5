"""The invented owners of the demonstration's cameras, what was talked about with them, and who came to see the room.

Values only. Nobody here exists; the telephone numbers can be nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.kernel import OwnerType, Party, StepKind, Zone

_OLD_TOWN: Final = "เมืองเก่าสาธิต"
_MARKET: Final = "ตลาดสาธิต"
_NORTH: Final = "วัดเหนือ"
_BYPASS: Final = "เลี่ยงเมือง"


@dataclass(frozen=True, slots=True)
class Talk:
    """A step so many days before the demonstration starts; `next_in` days from then on, negative if it is overdue."""

    kind: StepKind
    days_ago: int
    result: str
    next_step: str = ""
    next_in: int | None = None


@dataclass(frozen=True, slots=True)
class SampleOwner:
    name: str
    owner_type: OwnerType
    community: str
    cameras: tuple[str, ...] = ()
    signs: tuple[str, str] | None = None
    """Who signs for a company or an agency, and as what."""
    zone: Zone = Zone.INSIDE
    talks: tuple[Talk, ...] = ()
    party: Party | None = None

    @property
    def legal_form(self) -> Party:
        return self.party or (Party.PERSON if self.signs is None else Party.COMPANY)


_SHOWN: Final = Talk(StepKind.ROOM_VISIT, 24, "พาชมห้อง CCOC และบันทึกการเข้าถึง เจ้าของสบายใจและตกลงลงนาม")
_VISITED: Final = Talk(StepKind.SUPERINTENDENT_VISIT, 26, "ผกก. อธิบายระดับการเข้าถึงและสิทธิในการถอน")

OWNERS: Final = (
    SampleOwner(
        "ห้างทองแสงสาธิต (ตัวอย่าง)",
        OwnerType.BANK_OR_GOLD,
        _OLD_TOWN,
        ("P01",),
        ("นายแสง สาธิตทอง (ตัวอย่าง)", "หุ้นส่วนผู้จัดการ"),
        talks=(Talk(StepKind.FIRST_CONTACT, 28, "พบผู้จัดการ สนใจให้ช่วยดูช่วงปิดร้าน"), _VISITED, _SHOWN),
    ),
    SampleOwner(
        "โรงเรียนเมืองสาธิต (ตัวอย่าง)",
        OwnerType.SCHOOL,
        _NORTH,
        ("P02",),
        ("นางครู สมมติดี (ตัวอย่าง)", "ผู้อำนวยการ"),
        talks=(Talk(StepKind.BRIEFING, 25, "ชี้แจงในที่ประชุมผู้ปกครอง ให้ดูเฉพาะช่วงเวลาที่กำหนด"),),
        party=Party.AGENCY,
    ),
    SampleOwner(
        "วัดสาธิตวนาราม (ตัวอย่าง)",
        OwnerType.TEMPLE,
        _NORTH,
        ("P03",),
        ("พระครูสมมติ (ตัวอย่าง)", "เจ้าอาวาส"),
        talks=(_VISITED,),
    ),
    SampleOwner(
        "นางสมมติ ชงชา (ตัวอย่าง)",
        OwnerType.SHOP,
        _OLD_TOWN,
        ("P04",),
        talks=(Talk(StepKind.FIRST_CONTACT, 27, "เจ้าของร้านขอให้ดูเฉพาะเมื่อมีเหตุ"), _SHOWN),
    ),
    SampleOwner(
        "บริษัท สาธิตออยล์ จำกัด (ตัวอย่าง)",
        OwnerType.SHOP,
        _BYPASS,
        ("P05",),
        ("นายปั๊ม สมมติ (ตัวอย่าง)", "ผู้จัดการสาขา"),
        Zone.OUTSIDE,
    ),
    SampleOwner(
        "บริษัท สาธิตพลาซ่า จำกัด (ตัวอย่าง)",
        OwnerType.SHOP,
        _BYPASS,
        ("P06",),
        ("นางสาวห้าง ตัวอย่าง (ตัวอย่าง)", "ผู้จัดการทั่วไป"),
        Zone.OUTSIDE,
    ),
    SampleOwner("นายสมมุติ อยู่เย็น (ตัวอย่าง)", OwnerType.HOME, _MARKET, ("P07",)),
    SampleOwner("นางสาวตัวอย่าง พักผ่อน (ตัวอย่าง)", OwnerType.HOME, _MARKET, ("P08",)),
    SampleOwner(
        "นิติบุคคลหมู่บ้านจัดสรรสาธิตวิลล์ (ตัวอย่าง)",
        OwnerType.ESTATE,
        _BYPASS,
        ("P09",),
        ("นายวิลล์ สมมติ (ตัวอย่าง)", "ประธานกรรมการหมู่บ้าน"),
        Zone.OUTSIDE,
    ),
    SampleOwner(
        "นางสาวสาธิต คั่วบด (ตัวอย่าง)",
        OwnerType.SHOP,
        _MARKET,
        ("P10",),
        talks=(Talk(StepKind.BRIEFING, 6, "เข้าใจโครงการแล้ว ขออ่านหนังสือยินยอมก่อน", "นัดลงนามหนังสือยินยอม", 2),),
    ),
    SampleOwner(
        "นายจำลอง ลวกเส้น (ตัวอย่าง)",
        OwnerType.SHOP,
        _BYPASS,
        ("P11",),
        talks=(Talk(StepKind.POSTPONED, 9, "ขอปรึกษาครอบครัวก่อน", "โทรถามอีกครั้ง", -2),),
    ),
    SampleOwner(
        "เทศบาลเมืองสาธิต (ตัวอย่าง)",
        OwnerType.MUNICIPALITY,
        _MARKET,
        ("M01", "M02"),
        ("นายเทศ สมมติ (ตัวอย่าง)", "นายกเทศมนตรี"),
        party=Party.AGENCY,
    ),
    SampleOwner(
        "นายอาทิตย์ ขายผ้า (ตัวอย่าง)",
        OwnerType.SHOP,
        _OLD_TOWN,
        talks=(Talk(StepKind.FIRST_CONTACT, 3, "มีกล้องหน้าร้าน 2 ตัว สนใจฟังรายละเอียด", "เชิญเยี่ยมชมห้อง CCOC", 0),),
    ),
    SampleOwner(
        "นางจันทร์ หลังบ้าน (ตัวอย่าง)",
        OwnerType.HOME,
        _NORTH,
        talks=(Talk(StepKind.REFUSED, 12, "กังวลเรื่องความเป็นส่วนตัว ขอไม่เข้าร่วม"),),
    ),
    SampleOwner("โรงแรมสาธิตริมน้ำ (ตัวอย่าง)", OwnerType.SHOP, _OLD_TOWN, signs=("นายน้ำ สมมติ (ตัวอย่าง)", "ผู้จัดการ")),
)


@dataclass(frozen=True, slots=True)
class SampleVisit:
    """A group in the room, people by the number of their sector."""

    days_ago: int
    group: str
    counts: tuple[tuple[int, int], ...]
    purpose: str
    sign_ups: int = 0
    wishes: str = ""


VISITS: Final = (
    SampleVisit(24, "ผู้ค้าย่านเมืองเก่าสาธิต (ตัวอย่าง)", ((4, 9), (5, 2)), "ดูว่าภาพถูกใช้อย่างไร", 3, "ขอเชื่อมกล้องหน้าร้าน 3 ร้าน"),
    SampleVisit(17, "คณะกรรมการชุมชนวัดเหนือ (ตัวอย่าง)", ((2, 2), (5, 14)), "ประชุมเตรียมงานวัด", 1),
    SampleVisit(8, "สื่อท้องถิ่นสาธิต (ตัวอย่าง)", ((6, 3),), "สัมภาษณ์เรื่องการคุ้มครองข้อมูลส่วนบุคคล"),
    SampleVisit(1, "คณะผู้ประเมินโครงการ (ตัวอย่าง)", ((1, 6), (3, 4)), "ตรวจประเมิน Smart Safety Zone"),
)

NOTICE_WORDS: Final = ("1 ถนนสาธิต อำเภอเมืองสาธิต (ตัวอย่าง)", "000-000-0000", "dpo@example.invalid (ตัวอย่าง)")
"""What fills the blanks of the notice: the station's address, its telephone, how to reach the DPO."""
