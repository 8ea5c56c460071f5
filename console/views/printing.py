"""Papers on the screen: the real pages, to be printed or saved as PDF. Lies over its page; everything else plays on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.i18n import N_, _, plain
from console.i18n.dates import local
from console.i18n.errors import error_text
from console.kernel import ConsoleError, Unavailable
from console.services.papers import Report
from console.views.flow import FoldingLine
from console.views.paper_desk import PaperDesk
from console.views.paper_layout import Pages, lay_out
from console.views.paper_output import PrintRun, prepare_printer, write_pages, write_pdf
from console.views.paper_work import Meter, WorkLine
from console.views.ui import Ui

__all__ = ["Preview", "ask_file", "ask_printer", "show_preview", "write_pdf"]

_NOT_IN_A_NAME: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_TIPS: Final = {
    "back": (N_("Previous page"), "PgUp"),
    "next": (N_("Next page"), "PgDn"),
    "whole": (N_("Show the whole page"), "Ctrl+−"),
    "real": (N_("Show the page in its real size"), "Ctrl++"),
    "print": (N_("Print this paper"), "Ctrl+P"),
    "save": (N_("Save this paper as a file"), "Ctrl+S"),
    "close": (N_("Back to the page"), "Esc"),
}
_TEXTS: Final = {
    "back": "‹",
    "next": "›",
    "whole": N_("Whole page"),
    "real": "100 %",
    "print": N_("Print…"),
    "save": N_("Save as PDF…"),
    "close": N_("Close"),
}


def show_preview(ui: Ui, report: Report, parent: QWidget) -> Preview:
    """Lay the paper over `parent` until it is closed; the focus then goes back to where it was."""
    preview = Preview(ui, report, parent)
    preview.open()
    return preview


def ask_file(parent: QWidget, name: str, then: Callable[[Path], None]) -> None:
    """Let the person choose where a PDF file goes; the window stays alive meanwhile."""
    dialog = QFileDialog(parent, plain(_("Save as PDF")), name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter("PDF (*.pdf)")
    dialog.setDefaultSuffix("pdf")
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()


def ask_printer(parent: QWidget, printer: QPrinter, then: Callable[[], None]) -> None:
    """Open the system's print dialog for `printer`; raises `Unavailable` where the system knows none."""
    if not QPrinterInfo.availablePrinterNames():
        raise Unavailable("paper.no_printer")
    dialog = QPrintDialog(printer, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(then)
    QDialog.open(dialog)


class Preview(QFrame):
    """The sheet with the pages. PgUp and PgDn page, Ctrl+P prints, Ctrl+S saves, Esc stops or closes."""

    handed_out = Signal(str)
    """`printed` or `saved`, after it happened."""
    closed = Signal()

    def __init__(self, ui: Ui, report: Report, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("paperPreview")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ui = ui
        self._report = report
        self._ground = parent
        self._before = QApplication.focusWidget()
        self._meter: Meter | None = None
        self._run: PrintRun | None = None
        self._open = True
        self._buttons: dict[str, QPushButton] = {}
        self._place = QLabel()
        self.desk = PaperDesk()
        self.desk.turned.connect(self._show_state)
        self.line = WorkLine()
        self.line.stop_wanted.connect(self.stop_work)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.desk, 1)
        column.addWidget(self.line)
        self.hide()

    def _head(self) -> QFrame:
        title = QLabel(plain(self._report.title))
        title.setProperty("role", "title")
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        turning, doing = QWidget(), QWidget()
        turn, do = QHBoxLayout(turning), QHBoxLayout(doing)
        for row in (turn, do):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
        turn.addWidget(self._button("back", self.desk.previous))
        turn.addWidget(self._place)
        turn.addWidget(self._button("next", self.desk.next))
        turn.addSpacing(10)
        turn.addWidget(self._button("whole", self.desk.show_whole))
        turn.addWidget(self._button("real", self.desk.show_real))
        turn.addStretch(1)
        do.addWidget(self._button("print", self.print_paper))
        if not self._report.secret:
            do.addWidget(self._button("save", self.save_paper))
        do.addWidget(self._button("close", self.close_preview))
        for name in ("whole", "real"):
            self._buttons[name].setCheckable(True)
        self._buttons["print"].setProperty("primary", True)
        head = FoldingLine(title, turning, doing)
        head.setObjectName("paperHead")
        head.column.setContentsMargins(14, 7, 14, 7)
        head.set_spacing(18, 6)
        return head

    def _button(self, name: str, pressed: Callable[[], None]) -> QPushButton:
        button = self._buttons[name] = QPushButton(plain(_(_TEXTS[name])))
        tip, key = _TIPS[name]
        button.setObjectName(name)
        button.setToolTip(f"{plain(_(tip))} ({key})")
        button.setAccessibleName(plain(_(tip)))
        button.clicked.connect(pressed)
        return button

    # Coming and going

    def open(self) -> None:
        self.setGeometry(self._ground.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self._ground.installEventFilter(self)
        report = self._report
        self._make(_("Laying out the pages…"), lambda meter: lay_out(report, meter.heard), self._laid_out)

    @Slot()
    def close_preview(self) -> None:
        """Close; what was being made is given up."""
        if not self._open:
            return
        self._open = False
        self.stop_work()
        self._ground.removeEventFilter(self)
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._ground.rect())
        return super().eventFilter(watched, event)

    def _laid_out(self, pages: Pages) -> None:
        self.desk.show_pages(pages)
        if self._report.secret:
            self.line.say(_("This paper is only printed: what stands on it must not lie in a file."))

    @Slot()
    def _show_state(self) -> None:
        number, count = self.desk.number, self.desk.count
        for name in {"print", "save"} & self._buttons.keys():
            self._buttons[name].setEnabled(self._meter is None and count > 0)
        self._buttons["back"].setEnabled(count > 0)
        self._buttons["next"].setEnabled(count > 0)
        self._buttons["whole"].setChecked(count > 0 and not self.desk.real_size)
        self._buttons["real"].setChecked(count > 0 and self.desk.real_size)
        self._place.setText(plain(_("Page {n} of {of}", n=number + 1, of=count)) if count else "")

    # Work that takes a while

    def _make(self, saying: str, work: Callable[[Meter], Any], then: Callable[[Any], None]) -> None:
        """Do it on a reader's thread. `then` hears of it unless it was stopped."""
        meter = self._begin(saying)

        def ended(answer: object) -> None:
            if isValid(self) and self._meter is meter and answer is not None:
                self._end("")
                then(answer)

        def failed(problem: ConsoleError) -> None:
            if isValid(self) and self._meter is meter:
                self._end(error_text(problem))

        self._ui.tasks.read("paper", lambda: meter.run(lambda: work(meter)), ended, failed)

    def _begin(self, saying: str) -> Meter:
        self._meter = self.line.work(saying)
        self._show_state()
        return self._meter

    def _end(self, said: str) -> None:
        self._meter = self._run = None
        self.line.say(said)
        self._show_state()

    @Slot()
    def stop_work(self) -> None:
        """Give up what is being made; without pages there is nothing to stay for."""
        if self._meter is None:
            return
        self._meter.stop()
        if self._run is not None:
            self._run.stop()
        self._end(_("Stopped."))
        if self.desk.pages is None:
            self.close_preview()

    # Handing out

    @Slot()
    def save_paper(self) -> None:
        if self._meter is None and self.desk.pages is not None and not self._report.secret:
            day = local(self._report.made.at).date().isoformat()
            ask_file(self, f"{_NOT_IN_A_NAME.sub('-', plain(self._report.title))} {day}.pdf", self.save_to)

    def save_to(self, path: Path) -> None:
        pages = self.desk.pages
        if pages is not None:
            saying = _("Saving {path} …", path=path)
            self._make(saying, lambda meter: write_pages(pages, path, meter.heard), self._saved)

    def _saved(self, path: Path) -> None:
        self.line.say(_("Saved: {path}", path=path))
        self.handed_out.emit("saved")

    @Slot()
    def print_paper(self) -> None:
        pages = self.desk.pages
        if self._meter is not None or pages is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        prepare_printer(printer, pages)
        try:
            ask_printer(self, printer, lambda: self._print(pages, printer))
        except Unavailable as problem:
            self.line.say(error_text(problem))

    def _print(self, pages: Pages, printer: QPrinter) -> None:
        meter = self._begin(_("Printing…"))
        self._run = PrintRun(pages, printer, self)
        self._run.moved.connect(meter.moved)
        self._run.ended.connect(self._printed)
        self._run.start()

    @Slot(bool)
    def _printed(self, whole: bool) -> None:  # noqa: FBT001 - a signal's argument
        self._end(_("Sent to the printer.") if whole else error_text(Unavailable("paper.not_printed")))
        if whole:
            self.handed_out.emit("printed")

    # Keys

    def event(self, event: QEvent) -> bool:
        """Keys of this sheet are not shortcuts of what lies below it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._meaning(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        meant = self._meaning(event)
        if meant is None:
            super().keyPressEvent(event)
        else:
            meant()

    def _meaning(self, event: QKeyEvent) -> Callable[[], object] | None:
        key, desk = Qt.Key(event.key()), self.desk
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return {
                Qt.Key.Key_P: self.print_paper,
                Qt.Key.Key_S: self.save_paper,
                Qt.Key.Key_Minus: desk.show_whole,
                Qt.Key.Key_Plus: desk.show_real,
                Qt.Key.Key_Equal: desk.show_real,
            }.get(key)
        return {
            Qt.Key.Key_PageDown: desk.next,
            Qt.Key.Key_PageUp: desk.previous,
            Qt.Key.Key_Home: lambda: desk.go(0),
            Qt.Key.Key_End: lambda: desk.go(desk.count - 1),
            Qt.Key.Key_Down: lambda: desk.scroll_by(1),
            Qt.Key.Key_Up: lambda: desk.scroll_by(-1),
            Qt.Key.Key_Escape: self.stop_work if self._meter is not None else self.close_preview,
        }.get(key)
