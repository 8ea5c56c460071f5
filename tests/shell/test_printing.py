"""Papers in files, on printers, and on the sheet that shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.i18n import NO_BREAK, WORD_BREAK
from console.kernel import Secret, Unavailable
from console.services.papers import (
    Heading,
    Made,
    Numerals,
    Orientation,
    Paragraph,
    Report,
    recovery_sheet,
)
from console.views import printing
from console.views.paper_layout import lay_out
from console.views.paper_marks import Stopped
from console.views.paper_output import page_image, write_pages
from console.views.paper_text import TextLayer
from console.views.paper_type import DOTS, Style, Words
from console.views.paper_work import Meter
from console.views.printing import Preview, show_preview, write_pdf
from console.views.ui import ThreadTasks
from tests.shell.sample_papers import MADE, NOW, paper, table, texts
from tests.shell.wall_fakes import InlineTasks, context

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]

# Files


def test_a_pdf_holds_sarabun_and_no_other_type(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    write_pdf(paper(Heading("หัวข้อ"), table(60)), path)
    fonts: dict[str, Any] = {}
    for page in PdfReader(path).pages:
        used: Any = page["/Resources"]
        for font in used["/Font"].values():
            told = font.get_object()
            fonts[told["/BaseFont"].split("+")[-1]] = told["/DescendantFonts"][0].get_object()["/FontDescriptor"]
    assert set(fonts) == {"/Sarabun-Regular", "/Sarabun-Bold"}
    assert all(len(descriptor["/FontFile2"].get_data()) > 2000 for descriptor in fonts.values())


def test_a_pdf_has_the_pages_of_the_layout_and_no_signs_for_breaks(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    report = paper(Paragraph(f"กล้อง{WORD_BREAK}หน้าร้าน"), table(120), orientation=Orientation.LANDSCAPE)
    write_pdf(report, path)
    reader = PdfReader(path)
    assert len(reader.pages) == len(lay_out(report).pages)
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [842, 595]
    assert reader.metadata is not None
    assert reader.metadata.title == report.title
    assert "- ๒ -" in reader.pages[1].extract_text()
    assert not {WORD_BREAK, NO_BREAK} & set("".join(page.extract_text() for page in reader.pages))


WORDS = (
    "ที่นี่มีป้ายห้ามเข้า น้ำท่วมซ้ำ คำสั่งที่ ๑๒ ฟื้นฟูป่าชายเลน ปู่ย่าตายาย กตัญญูรู้คุณ กฎหมาย ฎีกา ฐานข้อมูล "
    "ฝั่งซ้าย ฟ้าผ่า ปี๊บ เก๋ง โต๊ะ สัมภาษณ์ จันทร์ ฤๅษี Officer 25 % ffi – “เหตุ” SK-001"
)


def as_drawn(text: str) -> str:
    """Am is a ring and aa, the ring below a tone mark."""
    return re.sub("([่้๊๋])ํ", r"ํ\1", text.replace("ำ", "ํา").replace("\u00a0", " "))


@pytest.mark.parametrize("heading", [False, True])
def test_what_is_copied_from_a_pdf_is_what_was_written(tmp_path: Path, *, heading: bool) -> None:
    report = paper(Heading(WORDS) if heading else Paragraph(WORDS), table(40))
    write_pdf(report, tmp_path / "paper.pdf")
    copied = "".join(page.extract_text() for page in PdfReader(tmp_path / "paper.pdf", strict=True).pages)
    wanted = {as_drawn(text) for number in range(2) for text in texts(lay_out(report), number)}
    assert len(wanted) > 40
    bare = re.sub(r"\s", "", copied)
    assert [text for text in wanted if re.sub(r"\s", "", text) not in bare] == []
    assert "\t" not in copied


def test_a_file_that_is_written_otherwise_is_left_as_it_is() -> None:
    layer = TextLayer()
    assert layer.complete(b"%PDF-1.4 something else") == b"%PDF-1.4 something else"


def test_a_table_that_was_counted_otherwise_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    write_pdf(paper(Paragraph("ที่นี่")), path)
    written = path.read_bytes()
    qts = written[: written.index(b"%%EOF") + 6]
    layer = TextLayer()
    layer.note(Words(0, 0, "other letters", Style.BODY))
    assert layer.complete(qts) == qts


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        write_pdf(paper(), tmp_path / "no folder" / "paper.pdf")
    assert caught.value.key == "paper.not_written"


def test_a_stopped_file_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"before")

    def at_the_second(done: int, _of: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        write_pages(lay_out(paper(table(120))), path, at_the_second)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_picture_of_a_page_is_dark_where_its_words_are() -> None:
    pages = lay_out(paper(Paragraph("ข้อความ")))
    image = page_image(pages, 0, 794)
    assert (image.width(), image.height()) == (794, 1123)
    words = next(mark for mark in pages.pages[0] if isinstance(mark, Words) and mark.text == "ข้อความ")
    x, y = round(words.x * 96 / DOTS), round(words.y * 96 / DOTS)
    assert any(image.pixelColor(x + step, y - 4).lightness() < 120 for step in range(40))
    assert image.pixelColor(5, 5).lightness() == 255


# The sheet


@dataclass
class Ground:
    """A page with something to lose the focus of, and the sheet over it."""

    widget: QWidget
    edit: QLineEdit
    tasks: InlineTasks
    handed: list[str]
    presses: list[str]

    def show(self, report: Report) -> Preview:
        preview = show_preview(context(self.tasks), report, self.widget)
        preview.handed_out.connect(self.handed.append)
        return preview


@pytest.fixture
def ground(qtbot: QtBot) -> Iterator[Ground]:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1270, 690)
    edit = QLineEdit()
    column = QVBoxLayout(widget)
    column.addWidget(edit)
    presses: list[str] = []
    for keys in ("Ctrl+P", "Ctrl+S", "Esc"):
        shortcut = QShortcut(QKeySequence(keys), widget)
        shortcut.activated.connect(lambda keys=keys: presses.append(keys))
    widget.show()
    qtbot.waitExposed(widget)
    edit.setFocus()
    yield Ground(widget, edit, InlineTasks(), [], presses)
    widget.close()


def press(preview: Preview, key: Qt.Key, *, ctrl: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(QApplication.focusWidget() or preview, key, modifier)


def placed(preview: Preview) -> int:
    return preview.desk.number + 1


def test_the_sheet_pages_by_keys(ground: Ground) -> None:
    preview = ground.show(paper(table(120)))
    last = preview.desk.count
    press(preview, Qt.Key.Key_Minus, ctrl=True)
    assert not preview.desk.real_size
    press(preview, Qt.Key.Key_PageDown)
    assert placed(preview) == 2
    press(preview, Qt.Key.Key_End)
    assert placed(preview) == last
    press(preview, Qt.Key.Key_PageDown)
    assert placed(preview) == last
    press(preview, Qt.Key.Key_PageUp)
    assert placed(preview) == last - 1
    press(preview, Qt.Key.Key_Home)
    assert placed(preview) == 1


def test_in_real_size_a_page_is_read_to_its_end_first(ground: Ground) -> None:
    preview = ground.show(paper(table(120)))
    press(preview, Qt.Key.Key_Plus, ctrl=True)
    QApplication.processEvents()
    bar = preview.desk.verticalScrollBar()
    assert bar.maximum() > 0
    press(preview, Qt.Key.Key_PageDown)
    assert placed(preview) == 1
    assert bar.value() > 0
    press(preview, Qt.Key.Key_PageDown)
    assert (placed(preview), bar.value()) == (2, 0)
    press(preview, Qt.Key.Key_PageUp)
    assert placed(preview) == 1
    assert bar.value() == bar.maximum()
    press(preview, Qt.Key.Key_Up)
    assert bar.value() < bar.maximum()


def test_escape_closes_the_sheet_and_gives_the_focus_back(ground: Ground, qtbot: QtBot) -> None:
    preview = ground.show(paper())
    assert not ground.edit.hasFocus()
    with qtbot.waitSignal(preview.closed):
        press(preview, Qt.Key.Key_Escape)
    assert ground.edit.hasFocus()
    assert ground.presses == []


def test_the_sheet_fills_its_page_however_large_it_is(ground: Ground) -> None:
    preview = ground.show(paper())
    ground.widget.resize(900, 500)
    assert preview.geometry() == ground.widget.rect()


def test_saving_writes_the_file_that_was_chosen(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(_parent: QWidget, name: str, then: Callable[[Path], None]) -> None:
        asked.append(name)
        then(tmp_path / "chosen.pdf")

    monkeypatch.setattr(printing, "ask_file", choose)
    preview = ground.show(paper(title="กล้อง: ทั้งหมด / วันนี้"))
    press(preview, Qt.Key.Key_S, ctrl=True)
    assert asked == ["กล้อง- ทั้งหมด - วันนี้ 2026-11-22.pdf"]
    assert len(PdfReader(tmp_path / "chosen.pdf").pages) == 1
    assert ground.handed == ["saved"]
    assert "chosen.pdf" in preview.line.said
    assert ground.presses == []


def test_a_file_that_could_not_be_saved_is_said_on_the_sheet(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "ask_file", lambda _parent, _name, then: then(tmp_path / "gone" / "x.pdf"))
    preview = ground.show(paper())
    press(preview, Qt.Key.Key_S, ctrl=True)
    assert "could not be saved" in preview.line.said
    assert ground.handed == []


def test_printing_sends_the_chosen_pages(
    ground: Ground, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(_parent: QWidget, printer: QPrinter, then: Callable[[], None]) -> None:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        printer.setFromTo(2, 3)
        then()

    monkeypatch.setattr(printing, "ask_printer", choose)
    preview = ground.show(paper(table(120)))
    with qtbot.waitSignal(preview.handed_out):
        press(preview, Qt.Key.Key_P, ctrl=True)
    pages = PdfReader(tmp_path / "printed.pdf").pages
    assert [page.extract_text().replace("\t", " ").count("- ๒ -") for page in pages] == [1, 0]
    assert ground.handed == ["printed"]
    assert ground.presses == []


@pytest.mark.qt_log_ignore("propagateSizeHints", "begin\\(\\): Returned false")
def test_a_printer_that_takes_nothing_is_said(
    ground: Ground, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(_parent: QWidget, printer: QPrinter, then: Callable[[], None]) -> None:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "no folder" / "printed.pdf"))
        then()

    monkeypatch.setattr(printing, "ask_printer", choose)
    preview = ground.show(paper())
    press(preview, Qt.Key.Key_P, ctrl=True)
    qtbot.waitUntil(lambda: "printer did not take" in preview.line.said)
    assert ground.handed == []


def test_printing_can_be_stopped(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(_parent: QWidget, printer: QPrinter, then: Callable[[], None]) -> None:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        then()

    monkeypatch.setattr(printing, "ask_printer", choose)
    preview = ground.show(paper(table(120)))
    press(preview, Qt.Key.Key_P, ctrl=True)
    press(preview, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert ground.handed == []
    assert preview.line.said == "Stopped."
    assert preview.isVisible()


def test_without_a_printer_the_sheet_says_so(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    preview = ground.show(paper())
    press(preview, Qt.Key.Key_P, ctrl=True)
    assert "No printer is set up" in preview.line.said


def test_a_secret_paper_is_not_offered_as_a_file(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(printing, "ask_file", lambda *words: asked.append(words))
    preview = ground.show(recovery_sheet(Secret("7QK2"), "ab" * 32, MADE))
    press(preview, Qt.Key.Key_S, ctrl=True)
    assert asked == []
    assert preview.findChild(QPushButton, "save") is None
    assert "must not lie in a file" in preview.line.said


def test_a_long_layout_can_be_given_up(ground: Ground) -> None:
    ground.tasks.hold = True
    preview = ground.show(paper(table(120)))
    assert preview.line.isVisible()
    assert not preview.findChildren(QPushButton, "print")[0].isEnabled()
    press(preview, Qt.Key.Key_Escape)
    assert ground.edit.hasFocus()
    ground.tasks.let_go()
    assert preview.desk.pages is None


@pytest.mark.usefixtures("_thai")
def test_the_sheet_speaks_thai(ground: Ground) -> None:
    preview = ground.show(paper(table(120)))
    shown = [button.text() for button in preview.findChildren(QPushButton) if button.isVisibleTo(preview)]
    assert shown == ["‹", "›", "ทั้งหน้า", "100 %", "พิมพ์…", "บันทึกเป็น PDF…", "ปิด"]
    assert Made("s", "p", NOW).numerals is Numerals.THAI


def test_on_threads_pages_come_and_files_are_written(ground: Ground, qtbot: QtBot, tmp_path: Path) -> None:
    tasks = ThreadTasks()
    preview = show_preview(replace(context(), tasks=tasks), paper(table(60)), ground.widget)
    qtbot.waitUntil(lambda: preview.desk.count > 1)
    preview.save_to(tmp_path / "saved.pdf")
    qtbot.waitUntil(lambda: "saved.pdf" in preview.line.said and preview.line.said.startswith("Saved"))
    tasks.close()


def test_work_that_nobody_waits_for_ends() -> None:
    meter, done = Meter(), []

    def work() -> str:
        for step in range(3):
            meter.heard(step, 3)
            done.append(step)
            meter.stop()
        return "made"

    assert meter.run(work) is None
    assert done == [0]
