"""Papers as values: what stands on them, in which numerals, and what never does."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pythainlp.tokenize import word_tokenize

from console.i18n import WORD_BREAK
from console.i18n.words import broken
from console.kernel import AccessLevel, AuthorityKind, OwnerType, Secret
from console.services.papers import (
    MOST_LINES,
    AccessExtract,
    AccessLine,
    CameraCounts,
    CameraLine,
    Code,
    Made,
    Note,
    Numerals,
    Orientation,
    Paragraph,
    Report,
    Signatures,
    Table,
    TableColumn,
    access_log_extract,
    camera_list,
    format_duration,
    listing,
    recovery_sheet,
)

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 6, 5, 9, tzinfo=UTC)
MADE = Made("สภ.เมืองตัวอย่าง", "พ.ต.อ.สมมติ ตัวอย่าง", NOW)
CODE = "7QK2-M8ZD-X04T-9HVB-3WEN-YR6C-1G5J"
FINGERPRINT = "9f3c2b1a77d0e4c8" * 4


def table_of(report: Report) -> Table:
    return next(block for block in report.blocks if isinstance(block, Table))


def extract(lines: int, total: int | None = None, **more: Any) -> Report:
    line = AccessLine(NOW, "ส.ต.อ.สมชาย ใจดี", "Shift lead", "looked", "SK-001 หน้าร้าน", "Traffic", 252.0)
    span: dict[str, Any] = {"since": NOW - timedelta(days=1), "until": NOW} | more
    asked = AccessExtract(**span, chosen="", total=total or lines, verified="Whole.", fingerprint=FINGERPRINT, seal="")
    return access_log_extract([line] * lines, asked, MADE)


def test_thai_numerals_leave_names_and_codes_alone() -> None:
    paper = Report("t", Made("s", "p", NOW, Numerals.THAI), ())
    assert paper.figures("SK-001 เหตุ 2569-0412 เวลา 13.05 น.") == "SK-001 เหตุ ๒๕๖๙-๐๔๑๒ เวลา ๑๓.๐๕ น."
    assert Report("t", Made("s", "p", NOW, Numerals.ARABIC), ()).figures("13.05 น.") == "13.05 น."


def test_a_paper_of_an_english_console_has_arabic_numerals() -> None:
    assert MADE.numerals is Numerals.ARABIC


def test_a_table_refuses_a_row_of_other_cells() -> None:
    with pytest.raises(ValueError, match="other cells"):
        Table((TableColumn("a"), TableColumn("b")), (("1",),))


@pytest.mark.parametrize(("columns", "stands"), [(5, Orientation.PORTRAIT), (6, Orientation.LANDSCAPE)])
def test_a_wide_list_lies(columns: int, stands: Orientation) -> None:
    paper = listing("List", [TableColumn("x")] * columns, [["1"] * columns], MADE, [("Filter", "gold")])
    assert paper.orientation is stands
    assert list(paper.facts) == [("Filter", "gold"), ("Entries", "1")]


def test_a_list_that_is_too_long_is_cut_and_says_so() -> None:
    paper = listing("List", [TableColumn("x")], [["1"]] * (MOST_LINES + 1), MADE)
    assert len(table_of(paper).rows) == MOST_LINES
    assert paper.facts[-1] == ("Entries", "5,000 of 5,001")
    assert any(isinstance(block, Note) and "not complete" in block.text for block in paper.blocks)


def test_a_list_that_is_complete_does_not_say_otherwise() -> None:
    paper = listing("List", [TableColumn("x")], [["1"]] * MOST_LINES, MADE)
    assert paper.facts[-1] == ("Entries", "5,000")
    assert not any(isinstance(block, Note) for block in paper.blocks)


def test_an_extract_tells_who_looked_at_what_and_why() -> None:
    paper = extract(1)
    when = "22 Nov 2026 13:05:09"
    cells = (when, "ส.ต.อ.สมชาย ใจดี\nShift lead", "looked", "SK-001 หน้าร้าน", "Traffic", "4 min 12 s")
    assert list(table_of(paper).rows) == [cells]
    assert dict(paper.facts)["Period"] == "21 Nov 2026 13:05 – 22 Nov 2026 13:05"
    assert dict(paper.facts)["Chosen"] == "everything"


def test_an_extract_bears_the_verification_and_the_key() -> None:
    paper = extract(1)
    assert Paragraph("Whole.") in paper.blocks
    code = next(block for block in paper.blocks if isinstance(block, Code))
    assert isinstance(code.text, str)
    assert code.text.replace(" ", "") == FINGERPRINT
    signed = next(block for block in paper.blocks if isinstance(block, Signatures))
    assert [person.name for person in signed.people] == [MADE.by, ""]


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (None, None, "from the first entry until now"),
        (NOW, None, "from 22 Nov 2026 13:05"),
        (None, NOW, "from the first entry until 22 Nov 2026 13:05"),
    ],
)
def test_an_open_period_is_told(since: datetime | None, until: datetime | None, said: str) -> None:
    assert dict(extract(1, since=since, until=until).facts)["Period"] == said


def test_an_extract_of_which_only_a_part_is_given_says_so() -> None:
    paper = extract(3, total=7312)
    assert dict(paper.facts)["Entries"] == "3 of 7,312"
    assert any(isinstance(block, Note) and "shorter period" in block.text for block in paper.blocks)
    assert len(table_of(extract(MOST_LINES + 5)).rows) == MOST_LINES


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (252, "4 min 12 s"), (3999, "1 h 6 min")]
)
def test_how_long_a_view_lasted(seconds: float, said: str) -> None:
    assert format_duration(seconds) == said


def test_a_camera_list_keeps_three_counts_apart() -> None:
    lines = [
        CameraLine(
            "SK-001", "Gold shop", "Road", OwnerType.SHOP, AuthorityKind.OWNER, AccessLevel.HOURS, ((1080, 360),)
        ),
        CameraLine("SK-002", "Junction", "Road", OwnerType.POLICE),
    ]
    paper = camera_list(lines, CameraCounts(1200, 31, 28), MADE)
    assert [value for _name, value in paper.facts] == ["1,200 cameras", "31 cameras", "28 cameras"]
    first, second = table_of(paper).rows
    assert first[5].startswith("Owner's permission\nLevel 2 18:00")
    assert second[5:] == ("no permission in force", "")
    assert [row[0] for row in (first, second)] == ["1", "2"]


def test_a_recovery_sheet_keeps_its_code_out_of_every_log() -> None:
    paper = recovery_sheet(Secret(CODE), FINGERPRINT, MADE)
    assert paper.secret
    assert CODE not in repr(paper)
    codes = [block.text for block in paper.blocks if isinstance(block, Code)]
    assert codes[0] == Secret(CODE)


# Words


def test_words_are_parted_and_nothing_else_is_changed() -> None:
    text = "เจ้าหน้าที่เวรตรวจสอบภาพจากกล้องหน้าร้านทองถนนนครใน"
    assert broken(text).replace(WORD_BREAK, "") == text
    assert broken(text).split(WORD_BREAK) == word_tokenize(text, engine="newmm")


@pytest.mark.parametrize("text", ["ต่าง ๆ", "กรุงเทพฯ", "ฯลฯ", "พ.ต.อ.", "13.05 น.", "Camera 7", "", "ก"])
def test_signs_cling_to_the_word_before(text: str) -> None:
    assert broken(text) == text


def test_text_that_is_parted_already_is_parted_once() -> None:
    text = broken("กล้องหน้าร้าน")
    assert broken(text) == text


def test_the_words_leave_nothing_in_the_persons_home(tmp_path: Path) -> None:
    program = "from console.i18n.words import broken; assert len(broken('สวัสดีครับ')) == 11"
    env = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", program], env=env, cwd=ROOT, check=True)
    assert list(tmp_path.iterdir()) == []
