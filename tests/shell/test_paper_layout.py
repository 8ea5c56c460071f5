"""Papers as pages: where lines end, what stays together, and what stands where."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import numpy as np
import pytest
import segno
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage, QPainter
from pythainlp.tokenize import word_tokenize

from console.i18n import NO_BREAK, WORD_BREAK
from console.i18n.dates import format_date, format_time
from console.kernel import Secret
from console.services.papers import (
    Block,
    Code,
    Facts,
    Heading,
    Note,
    Numerals,
    Orientation,
    Paragraph,
    QrCode,
    Signature,
    Signatures,
    Table,
    TableColumn,
    Tick,
)
from console.views.paper_layout import lay_out
from console.views.paper_marks import Picture, Rule, Squares, Stopped
from console.views.paper_output import PagePainter, page_image
from console.views.paper_type import Style, Typesetter, Words, millimetres
from tests.shell.sample_papers import COLUMNS, LONG, MADE, paper, table, texts

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]

# Lines


@pytest.mark.parametrize("width_mm", [30, 40, 75])
def test_lines_of_thai_end_between_words_only(width_mm: float) -> None:
    lines = Typesetter().lines(LONG, Style.CELL, millimetres(width_mm))
    assert len(lines) > 2
    assert "".join(lines) == LONG
    words = word_tokenize(LONG, engine="newmm")
    assert set(accumulate(map(len, lines))) <= set(accumulate(map(len, words)))


@pytest.mark.parametrize("width_mm", [18, 25, 40, 75])
def test_no_line_is_wider_than_its_column(width_mm: float) -> None:
    setter = Typesetter()
    limit = millimetres(width_mm)
    text = f"{LONG} 0123456789012345678901234567890123456789 rtsp://a-very-long-name.example/stream/number/7 {LONG}"
    lines = setter.lines(text, Style.CELL, limit)
    # Two words side by side may be kerned by a hair.
    assert max(setter.width(line, Style.CELL) for line in lines) <= limit * 1.005
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("ตรวจสอบสิ่งต่าง ๆ ทุกวัน", "ต่าง\u00a0ๆ"),
        ("ระดับ ๓ ดูสดตลอด ๒๔ ชม. ตั้งแต่วันที่", "๒๔\u00a0ชม."),
        ("หนังสือยินยอมและลายมือชื่อ ๑,๘๒๖ วัน", "๑,๘๒๖\u00a0วัน"),
        ("ตั้งแต่เวลา 18.00 น. เป็นต้นไป", "18.00\u00a0น."),
        ("ลงวันที่ 20 พ.ย. 2569 เป็นต้นไป", "20\u00a0พ.ย.\u00a02569"),
        ("วันที่ ๒๐ มี.ค. ๒๕๖๙ เป็นต้นไป", "๒๐\u00a0มี.ค.\u00a0๒๕๖๙"),
        ("until 20 Nov 2026 only", "20\u00a0Nov\u00a02026"),
    ],
)
def test_what_belongs_together_is_on_one_line(text: str, whole: str) -> None:
    setter = Typesetter()
    for width in range(26, 60):
        assert any(whole in line for line in setter.lines(text, Style.CELL, millimetres(width)))


def test_a_word_that_no_line_holds_is_cut_between_letters_with_their_marks() -> None:
    lines = Typesetter().lines("ที่นี้" * 30, Style.CELL, millimetres(4))
    assert "".join(lines) == "ที่นี้" * 30
    assert not any(line[0] in "ิีึืัุู่้๊๋์ำาะ" for line in lines)


def test_signs_for_breaks_are_not_printed() -> None:
    text = f"กล้อง{WORD_BREAK}หน้า{WORD_BREAK}ร้าน 18.00{NO_BREAK}–{NO_BREAK}06.00 น."
    lines = Typesetter().lines(text, Style.BODY, millimetres(150))
    assert lines == ["กล้องหน้าร้าน 18.00–06.00\u00a0น."]


def test_lines_end_where_the_text_says() -> None:
    assert Typesetter().lines("ส.ต.อ.สมชาย\nเจ้าหน้าที่เวร\n", Style.CELL, millimetres(90)) == [
        "ส.ต.อ.สมชาย",
        "เจ้าหน้าที่เวร",
        "",
    ]


@pytest.mark.parametrize("style", list(Style))
def test_no_mark_is_cut_above_or_below(style: Style) -> None:
    setter = Typesetter()
    image = QImage(4000, round(style.line) * 3, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    words = setter.words(100, round(style.line), "ปี่ฟื้นน้ำปู่กลุ้มกฎ", style)
    PagePainter(painter).draw((words,))
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), 4000, 4)
    inked = np.flatnonzero((pixels[:, :, 0] < 128).any(axis=1))
    # The rules of a table stand further off than this.
    hair = style.size * 0.1
    assert style.line - hair <= inked[0]
    assert inked[-1] <= 2 * style.line + hair


# Pages


def test_the_head_of_a_table_stands_on_every_page() -> None:
    pages = lay_out(paper(table(120)))
    assert len(pages.pages) > 3
    for number in range(len(pages.pages)):
        assert texts(pages, number).count("ลำดับ") == 1


def test_a_row_is_on_one_page_and_all_rows_are_there() -> None:
    pages = lay_out(paper(table(120)))
    seen: list[int] = []
    for number in range(len(pages.pages)):
        marks = [mark for mark in pages.pages[number] if isinstance(mark, Words)]
        names = [mark.text for mark in marks if mark.text.startswith("กล้อง ") and mark.style is Style.CELL]
        seen += range(len(seen) + 1, len(seen) + 1 + len(names))
        whole = "".join(mark.text for mark in marks if mark.style is Style.CELL)
        rows = range(len(seen) - len(names) + 1, len(seen) + 1)
        assert all(LONG[: at % 90] in whole.replace("\u00a0", " ") or at % 90 == 0 for at in rows if at % 90 < 25)
    assert len(seen) == 120


def test_nothing_stands_outside_the_margins() -> None:
    for orientation in Orientation:
        pages = lay_out(paper(table(60), orientation=orientation))
        size = pages.size
        for marks in pages.pages:
            for mark in marks:
                if isinstance(mark, Rule):
                    assert size.left - 1 <= mark.x <= mark.x_end <= size.left + size.inner_width + 1
                    assert size.top - 1 <= mark.y <= mark.y_end <= size.top + size.inner_height + 1


def test_official_margins() -> None:
    size = lay_out(paper()).size
    assert (size.left, size.top) == (millimetres(30), millimetres(25))
    assert size.inner_width == pytest.approx(millimetres(160))
    assert size.inner_height == pytest.approx(millimetres(252))


def test_a_row_that_no_page_holds_is_parted_between_lines() -> None:
    endless = "\n".join(f"line {number}" for number in range(150))
    made = replace(MADE, numerals=Numerals.ARABIC)
    pages = lay_out(paper(Table(COLUMNS, (("1", "x", endless), ("2", "y", "short"))), made=made))
    said = [text for number in range(len(pages.pages)) for text in texts(pages, number)]
    assert [text for text in said if text.startswith("line ")] == endless.split("\n")
    assert said.count("short") == 1


def test_a_heading_does_not_stay_behind() -> None:
    for count in range(10, 60):
        body = [Paragraph("คำ")] * count
        pages = lay_out(paper(*body, Heading("หัวข้อ"), table(2)))
        where = [number for number in range(len(pages.pages)) if "หัวข้อ" in texts(pages, number)]
        heads = [number for number in range(len(pages.pages)) if "ลำดับ" in texts(pages, number)]
        assert where == heads[:1]


def test_signatures_are_not_parted() -> None:
    people = [Signature("ผู้จัดทำ", "นายสมมติ"), Signature("พยาน"), Signature("ผู้รับรอง")]
    for count in range(20, 60):
        pages = lay_out(paper(*[Paragraph("คำ")] * count, Signatures(people)))
        held = [number for number in range(len(pages.pages)) if {"ผู้จัดทำ", "พยาน", "ผู้รับรอง"} & set(texts(pages, number))]
        assert len(held) == 1


def test_pages_are_numbered_from_the_second_in_thai() -> None:
    pages = lay_out(paper(table(120)))
    count = len(pages.pages)
    assert not any(text.startswith("- ") for text in texts(pages, 0))
    assert "- ๒ -" in texts(pages, 1)
    assert [texts(pages, number)[-1] for number in (0, 1)] == [f"๑/{'๐๑๒๓๔๕๖๗๘๙'[count]}", f"๒/{'๐๑๒๓๔๕๖๗๘๙'[count]}"]


def test_an_english_paper_has_arabic_numbers() -> None:
    pages = lay_out(paper(table(60), made=replace(MADE, numerals=Numerals.ARABIC)))
    assert "- 2 -" in texts(pages, 1)


def test_every_kind_of_block_says_its_words() -> None:
    blocks = (
        Heading("หัวข้อ"),
        Paragraph("ข้อความ", "1."),
        Note("หมายเหตุ"),
        Facts((("ชื่อ", "นายสมมติ"), ("เลขที่", ""))),
        Code("ab12 99", "ลายนิ้วมือ"),
        Code(Secret("7QK2-0412"), "รหัส"),
        Table(COLUMNS, (), "ไม่มีรายการ"),
    )
    said = texts(lay_out(paper(*blocks)), 0)
    expected = ["หัวข้อ", "๑.", "ข้อความ", "หมายเหตุ", "นายสมมติ", "เลขที่", "ab12 99", "7QK2-0412", "ไม่มีรายการ"]
    assert [text for text in expected if text not in said] == []


def test_an_empty_fact_leaves_a_line_to_write_on() -> None:
    dotted = [
        mark
        for mark in lay_out(paper(Facts((("เลขที่", ""), ("ชื่อ", "มี"))))).pages[0]
        if isinstance(mark, Rule) and mark.dotted
    ]
    assert len(dotted) == 1


def test_a_column_is_as_wide_as_its_widest_word() -> None:
    columns = (TableColumn("x", 1), TableColumn("y", 30))
    said = texts(lay_out(paper(Table(columns, (("SKA-2569-000123", LONG),)))), 0)
    assert "SKA-2569-000123" in said


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 1.9])
def test_no_word_is_cut_where_columns_are_narrowed_to_their_words(share: float) -> None:
    titles = ("What", "Kept for", "Older than", "From – to", "Deleted", "Held", "Certificate", "Ordered")
    columns = tuple(TableColumn(title, share if at % 2 else 1.0) for at, title in enumerate(titles))
    said = texts(lay_out(paper(Table(columns, (("names and words",) * len(titles),)))), 0)
    assert {"Deleted", "Held", "Certificate", "Ordered"} <= set(said)


def test_layout_tells_how_far_it_is_and_can_be_stopped() -> None:
    heard: list[tuple[int, int]] = []

    def until_half(done: int, of: int) -> None:
        heard.append((done, of))
        if done >= of / 2:
            raise Stopped

    with pytest.raises(Stopped):
        lay_out(paper(table(200)), until_half)
    assert heard == [(0, 200), (50, 200), (100, 200)]


@pytest.mark.parametrize("text", ["CCOC1:จ-0001:12af", "https://example.invalid/?q=1", "0123456789ABCDEF" * 60])
def test_the_squares_on_the_page_are_those_of_the_code(text: str) -> None:
    """Read back from the picture at the middle of each square, with the white edge that a reader needs around them."""
    pages = lay_out(paper(QrCode(text, "สแกนเพื่อตรวจสอบ")))
    (drawn,) = [mark for mark in pages.pages[0] if isinstance(mark, Squares)]
    scale = 2400 / pages.size.width
    image = page_image(pages, 0, 2400)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)[:, :, 0]
    count = len(drawn.rows)

    def dark(across: int, down: int) -> bool:
        x, y = (round((start + (at + 0.5) * drawn.side) * scale) for start, at in ((drawn.x, across), (drawn.y, down)))
        return bool(pixels[y, x] < 128)

    expected = [[bool(bit) for bit in row] for row in segno.make(text, error="m", micro=False).matrix]
    assert [[dark(across, down) for across in range(count)] for down in range(count)] == expected
    assert not any(dark(at, edge) or dark(edge, at) for at in range(count) for edge in (-3, -1))
    assert "สแกนเพื่อตรวจสอบ" in texts(pages, 0)


@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_a_qr_code_that_no_telephone_reads_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="QR code holds"):
        QrCode(text)


def test_a_box_is_empty_until_it_is_ticked_and_a_drawn_name_stands_on_its_line() -> None:
    def rules(*blocks: Block) -> int:
        return sum(isinstance(mark, Rule) for mark in lay_out(paper(*blocks)).pages[0])

    assert (rules(Tick("ข้อ ก.")), rules(Tick("ข้อ ก.", ticked=True))) == (4, 6)
    picture = QImage(40, 10, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.black)
    memory = QBuffer()
    memory.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(memory, "PNG")  # type: ignore[call-overload]  # the format is text in every version of Qt 6
    drawn = bytes(memory.data().data())
    pages = lay_out(paper(Signatures((Signature("เจ้าของ", drawn=drawn), Signature("พยาน", drawn=b"torn")))))
    (mark, _torn) = [mark for mark in pages.pages[0] if isinstance(mark, Picture)]
    scale = 1200 / pages.size.width
    shown = page_image(pages, 0, 1200)
    middle = (round((mark.x + mark.width / 2) * scale), round((mark.y + mark.height - 10) * scale))
    assert shown.pixelColor(*middle).black() > 200


@pytest.mark.parametrize("station", ["สภ.เมืองสาธิต", "สถานีตำรวจภูธรที่มีชื่อยาวมากเป็นพิเศษ " * 5])
def test_a_long_title_cuts_neither_the_person_nor_the_date_off_the_foot(station: str) -> None:
    short = paper(Paragraph("x"))
    long = replace(short, title=f"รายงาน {LONG}", made=replace(MADE, station=station))
    for report in (short, long):
        pages = lay_out(report)
        foot = next(mark for mark in pages.pages[0] if isinstance(mark, Words) and MADE.by in mark.text)
        when = report.figures(f"{format_date(MADE.at)} {format_time(MADE.at)}").replace("\xa0", " ")
        assert foot.text.replace("\xa0", " ").endswith(when)
        assert foot.x + Typesetter().width(foot.text, Style.SMALL) <= pages.size.width - pages.size.left
    assert "…" in foot.text
