"""Pages of a paper on a device: as a picture, in a PDF file, on a printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QMarginsF, QObject, QRectF, QSaveFile, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPainterPath, QPdfWriter, QPen
from PySide6.QtPrintSupport import QPrinter

from console.i18n import plain
from console.kernel import Unavailable
from console.services.papers import Orientation, Report
from console.views.paper_layout import Pages, lay_out
from console.views.paper_marks import Mark, Picture, Progress, Rule, Shade, Squares, unheard
from console.views.paper_text import TextLayer
from console.views.paper_type import DOTS, Style, Words, font_of, points

_CREATOR: Final = "CCOC console"
_INK: Final = QColor(0, 0, 0)
_GROUND: Final = QColor(236, 236, 236)
_THIN: Final = points(0.5)
_DOT: Final = points(0.9)


class PagePainter:
    """Draws pages with one painter, whose unit is a dot of the layout. Belongs to the painter's thread."""

    def __init__(self, painter: QPainter, heard: Callable[[Words], None] | None = None) -> None:
        self._painter = painter
        self._heard = heard
        self._fonts = {style: font_of(style) for style in Style}
        self._line = QPen(_INK, _THIN)
        self._dots = QPen(_INK, _DOT, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
        self._dots.setDashPattern([0.01, 3.5])

    def draw(self, marks: tuple[Mark, ...]) -> None:
        for mark in marks:
            self._draw(mark)

    def _draw(self, mark: Mark) -> None:
        painter = self._painter
        match mark:
            case Shade():
                painter.fillRect(QRectF(mark.x, mark.y, mark.width, mark.height), _GROUND)
            case Rule():
                painter.setPen(self._dots if mark.dotted else self._line)
                painter.drawLine(round(mark.x), round(mark.y), round(mark.x_end), round(mark.y_end))
            case Words():
                painter.setPen(_INK)
                painter.setFont(self._fonts[mark.style])
                painter.drawText(round(mark.x), round(mark.y), mark.text)
                if self._heard is not None:
                    self._heard(mark)
            case Squares():
                painter.fillPath(_path(mark), _INK)
            case Picture():
                _draw_picture(painter, mark)


def _draw_picture(painter: QPainter, mark: Picture) -> None:
    image = QImage.fromData(mark.content)
    if image.isNull():
        return
    scale = min(mark.width / image.width(), mark.height / image.height())
    width, height = image.width() * scale, image.height() * scale
    x = mark.x + (mark.width - width) / 2
    painter.drawImage(QRectF(x, mark.y + mark.height - height, width, height), image)


def _path(mark: Squares) -> QPainterPath:
    """One shape of all squares: drawn one by one, a hair of the ground would show between neighbours."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    x, y = round(mark.x), round(mark.y)
    for down, row in enumerate(mark.rows):
        for across, dark in enumerate(row):
            if dark:
                path.addRect(x + across * mark.side, y + down * mark.side, mark.side, mark.side)
    return path


def page_image(pages: Pages, number: int, width: int) -> QImage:
    """Return page `number`, from 0, as a picture `width` pixels wide."""
    scale = width / pages.size.width
    image = QImage(QSize(width, round(pages.size.height * scale)), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    PagePainter(painter).draw(pages.pages[number])
    painter.end()
    return image


def page_layout(pages: Pages) -> QPageLayout:
    """A4 up to its edges: the margins are part of the paper's own layout."""
    standing = pages.report.orientation is Orientation.PORTRAIT
    turned = QPageLayout.Orientation.Portrait if standing else QPageLayout.Orientation.Landscape
    layout = QPageLayout(QPageSize(QPageSize.PageSizeId.A4), turned, QMarginsF(0, 0, 0, 0))
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def pdf_bytes(report: Report) -> bytes:
    """Return the paper as a PDF file, for who has to keep or hash its exact bytes."""
    return _pdf(lay_out(report), unheard)


def write_pdf(report: Report, path: Path) -> None:
    """Write the paper as a PDF file; raises `Unavailable` and leaves what was there if that cannot be done."""
    write_pages(lay_out(report), path)


def write_pages(pages: Pages, path: Path, progress: Progress = unheard) -> Path:
    """Do the same with pages that are laid out; returns the path. What `progress` raises leaves no file."""
    file = QSaveFile(str(path))
    if not file.open(QSaveFile.OpenModeFlag.WriteOnly):
        raise Unavailable("paper.not_written", path=path)
    made = _pdf(pages, progress)
    if file.write(made) != len(made) or not file.commit():
        raise Unavailable("paper.not_written", path=path)
    return path


def _pdf(pages: Pages, progress: Progress) -> bytes:
    memory, layer = QBuffer(), TextLayer()
    memory.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(memory)
    writer.setResolution(DOTS)
    writer.setPageLayout(page_layout(pages))
    writer.setTitle(plain(pages.report.title))
    writer.setCreator(_CREATOR)
    painter = QPainter(writer)
    try:
        press = PagePainter(painter, layer.note)
        for number, marks in enumerate(pages.pages):
            progress(number, len(pages.pages))
            if number:
                writer.newPage()
            press.draw(marks)
    finally:
        painter.end()
    return layer.complete(bytes(memory.data().data()))


def prepare_printer(printer: QPrinter, pages: Pages) -> None:
    printer.setPageLayout(page_layout(pages))
    printer.setFullPage(True)
    printer.setDocName(plain(pages.report.title))
    printer.setCreator(_CREATOR)


class PrintRun(QObject):
    """Sends the chosen pages to a printer, one at each turn of the event loop, so that the window stays alive."""

    moved = Signal(int, int)
    ended = Signal(bool)
    """Whether every page went out."""

    def __init__(self, pages: Pages, printer: QPrinter, parent: QObject) -> None:
        super().__init__(parent)
        self._pages = pages
        self._printer = printer
        last = printer.toPage() or len(pages.pages)
        chosen = list(range(max(1, printer.fromPage()) - 1, min(last, len(pages.pages))))
        self._left = chosen * (1 if printer.supportsMultipleCopies() else printer.copyCount())
        self._of = len(self._left)
        self._painter = QPainter()
        self._press: PagePainter | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        """Take back what is not yet printed."""
        self._timer.stop()
        if self._painter.isActive():
            self._printer.abort()
            self._painter.end()

    @Slot()
    def _turn(self) -> None:
        if not self._left:
            self._finish(whole=self._painter.end())
            return
        self.moved.emit(self._of - len(self._left), self._of)
        if not self._ready():
            self._finish(whole=False)
        elif self._press is not None:
            self._press.draw(self._pages.pages[self._left.pop(0)])

    def _ready(self) -> bool:
        """Whether the printer takes another page."""
        if self._press is not None:
            return self._printer.newPage()
        if not self._painter.begin(self._printer):
            return False
        scale = self._printer.resolution() / DOTS
        self._painter.scale(scale, scale)
        self._press = PagePainter(self._painter)
        return True

    def _finish(self, *, whole: bool) -> None:
        self._timer.stop()
        self.ended.emit(whole)
