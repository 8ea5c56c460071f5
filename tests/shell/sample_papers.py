"""Papers that the tests of layout and printing share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from console.services.papers import (
    Block,
    Made,
    Numerals,
    Report,
    Table,
    TableColumn,
)
from console.views.paper_layout import Pages
from console.views.paper_type import Words

NOW = datetime(2026, 11, 22, 6, 5, 9, tzinfo=UTC)
MADE = Made("สภ.เมืองตัวอย่าง", "พ.ต.อ.สมมติ ตัวอย่าง", NOW, Numerals.THAI)
LONG = (
    "เจ้าหน้าที่เวรตรวจสอบภาพจากกล้องหน้าร้านทองถนนนครในตามคำขอพนักงานสอบสวนเพื่อประกอบสำนวนคดีลักทรัพย์ในเวลากลางคืน"
    "ซึ่งเกิดขึ้นบริเวณตลาดสดเทศบาลฝั่งตรงข้ามสถานีบริการน้ำมัน"
)
COLUMNS = (TableColumn("ลำดับ", 1, number=True), TableColumn("กล้อง", 4), TableColumn("เหตุผล", 3))


def paper(*blocks: Block, **more: object) -> Report:
    return replace(Report("บัญชีกล้องวงจรปิด", MADE, blocks), **more)  # type: ignore[arg-type]  # named by each test


def table(rows: int) -> Table:
    return Table(COLUMNS, [(str(at), f"กล้อง {at} หน้าร้านทอง", LONG[: at % 90]) for at in range(1, rows + 1)])


def texts(pages: Pages, number: int) -> list[str]:
    return [mark.text for mark in pages.pages[number] if isinstance(mark, Words)]
