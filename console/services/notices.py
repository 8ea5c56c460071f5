"""What owners are told before they sign (PDPA s.23): the first version comes with the program, each next by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from console.db import notices as db
from console.db.notices import NoticeRow
from console.db.store import Store, Tx
from console.kernel import Conflict, ConsoleError, Invalid, Purpose, Right, Session
from console.services.commands import command
from console.services.consent_commands import PublishNotice
from console.services.permits import NEVER_TICKED
from console.settings import StationSettings

__all__ = [
    "NoticeRow",
    "Notices",
    "PublishNotice",
    "blanks",
    "default_text",
    "filled",
    "notice_in_force",
    "refuse_blanks",
]

NAMED_BY: Final = 40
"""So many letters before a blank tell which one it is."""
_BLANK: Final = re.compile(r"[._…]{4,}|…{2,}")
OFFERED: Final = frozenset(Purpose) - NEVER_TICKED
_TEXT: Final = """ประกาศความเป็นส่วนตัวสำหรับเจ้าของกล้องที่เชื่อมโยงสัญญาณภาพกับศูนย์ CCOC {station}

1. ผู้ควบคุมข้อมูลส่วนบุคคล คือ {station} สำนักงานตำรวจแห่งชาติ ที่อยู่ ................................ โทรศัพท์ ................ \
เจ้าหน้าที่คุ้มครองข้อมูลส่วนบุคคล (DPO) ติดต่อได้ที่ ................................

2. วัตถุประสงค์และฐานทางกฎหมาย สถานีขอเข้าถึงภาพสดจากกล้องของท่านเพื่อป้องกันเหตุ ระงับเหตุ สืบสวนเมื่อมีเลขคดี และการจราจร \
เฉพาะข้อที่ท่านทำเครื่องหมายเลือก โดยอาศัยความยินยอมของท่าน (มาตรา 19 และมาตรา 24 แห่งพระราชบัญญัติคุ้มครองข้อมูลส่วนบุคคล พ.ศ. 2562)

3. ความยินยอมเป็นไปโดยสมัครใจ ไม่มีกฎหมายบังคับ หากท่านไม่ยินยอม ท่านยังได้รับบริการของตำรวจทุกอย่างเหมือนเดิม \
ผลมีเพียงว่าศูนย์ CCOC จะไม่เห็นภาพจากกล้องของท่าน

4. ข้อมูลที่เก็บ (ก) ภาพสดจากกล้องที่ระบุในหนังสือยินยอม โดยปิดเสียงเสมอ และไม่บันทึกเว้นแต่ท่านอนุญาต \
(ข) ที่อยู่และรหัสของกล้องซึ่งเข้ารหัสไว้ (ค) ชื่อ ที่อยู่ และช่องทางติดต่อของท่าน เมื่อท่านยินยอมแยกต่างหาก

5. ระยะเวลาเก็บ ภาพที่ท่านอนุญาตให้บันทึกจะลบเมื่อพ้นจำนวนวันที่ท่านกำหนด (ไม่เกิน 30 วัน) ภาพที่เป็นพยานหลักฐานในคดีเก็บจนคดีสิ้นสุดและอีก 1 ปี \
หนังสือยินยอมเก็บตลอดอายุและอีก 5 ปี บันทึกการเข้าถึงเก็บ 2 ปี

6. ผู้รับข้อมูล เฉพาะเจ้าหน้าที่ผู้มีหน้าที่ของสถานี และผู้ที่ท่านระบุให้ส่งต่อได้ พนักงานสอบสวนเมื่อมีเลขคดี หรือตามคำสั่งศาลหรือกฎหมาย \
ไม่ส่งข้อมูลไปต่างประเทศ ไม่ใช้ระบบคลาวด์ และไม่ใช้ระบบจดจำใบหน้า

7. สิทธิของท่าน ถอนความยินยอมหรือพักการเชื่อมโยงได้ทุกเมื่อ ด้วยหนังสือ ทางโทรศัพท์ หรือมาด้วยตนเอง \
โดยไม่ต้องบอกเหตุผล ง่ายเท่ากับการให้ความยินยอม \
มีผลทันทีและไม่กระทบสิ่งที่ทำไปก่อนถอน ท่านขอเข้าถึงและขอสำเนา ขอให้โอนข้อมูล คัดค้าน ขอให้ลบ ขอให้ระงับการใช้ และขอให้แก้ไขข้อมูลให้ถูกต้องได้ \
(มาตรา 30 ถึง 36) และร้องเรียนต่อคณะกรรมการผู้เชี่ยวชาญได้ตามมาตรา 73

8. ทุกครั้งที่มีการดูภาพ ระบบบันทึกว่าใครดู เมื่อใด และเพื่ออะไร ท่านขอรายงานการใช้ภาพจากกล้องของท่านได้ทุกเดือน \
และตรวจสอบรายงานนั้นได้เองด้วยลายนิ้วมือกุญแจของสถานีที่พิมพ์อยู่บนใบรับความยินยอม
"""


def default_text(station: StationSettings) -> str:
    """Return the first version. Its dotted places are the station's to fill, by publishing a second one."""
    return _TEXT.format(station=station.name_th or "สถานีตำรวจ").strip()


def blanks(text: str) -> tuple[str, ...]:
    """Return the dotted places of a notice that nobody filled, each by the words before it."""
    found = []
    for line in text.split("\n"):
        since = 0
        for blank in _BLANK.finditer(line):
            found.append(_last_words(line[since : blank.start()]) or blank[0])
            since = blank.end()
    return tuple(found)


def filled(text: str, words: Iterable[str]) -> str:
    """Return the text with these words in its dotted places, in their order."""
    rest = iter(words)
    return _BLANK.sub(lambda blank: next(rest, blank[0]), text)


def refuse_blanks(notice: NoticeRow) -> None:
    """Raise `notice.blanks`: nobody signs, or takes home, a notice that does not say who keeps his data."""
    left = blanks(notice.text)
    if left:
        raise ConsoleError("notice.blanks", number=notice.number, blanks=_quoted(left))


def _last_words(text: str) -> str:
    kept = ""
    for word in reversed(text.split()):
        if kept and len(kept) + len(word) >= NAMED_BY:
            break
        kept = f"{word} {kept}".rstrip()
    return kept


def _quoted(names: Iterable[str]) -> str:
    return " · ".join(f"“{name}”" for name in names)


def notice_in_force(tx: Tx, station: StationSettings) -> NoticeRow:
    """Return the newest version; the first is published by whoever needs one first."""
    return db.current_notice(tx) or db.publish_notice(tx, default_text(station), OFFERED)


class Notices:
    """Versions of the notice."""

    def __init__(self, store: Store, station: StationSettings) -> None:
        self._store = store
        self._station = station

    def current(self) -> NoticeRow | None:
        """Return the newest version; None while nobody has needed one."""
        return self._store.read(db.current_notice)

    def history(self) -> list[NoticeRow]:
        return self._store.read(db.notices)

    def proposal(self) -> str:
        """Return the text to write the next version from."""
        found = self.current()
        return default_text(self._station) if found is None else found.text

    @command(right=Right.PUBLISH_NOTICE)
    def publish_notice(self, tx: Tx, cmd: PublishNotice, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        current = db.current_notice(tx)
        if cmd.follows != (0 if current is None else current.number):
            raise Conflict(db.KIND, "" if current is None else current.id)
        if cmd.purposes & NEVER_TICKED:
            raise Invalid({"purposes": "authority.purpose_never_ticked"})
        if left := blanks(cmd.text):
            raise Invalid({"text": "notice.blanks_left"}, blanks=_quoted(left))
        if current is not None and (current.text, current.purposes) == (cmd.text, cmd.purposes):
            raise Invalid({"text": "notice.unchanged"})
        return db.publish_notice(tx, cmd.text, cmd.purposes).id
