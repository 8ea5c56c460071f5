"""Where an owner signs on the screen, by mouse, pen or finger; and where the scan of a paper is attached instead."""

from __future__ import annotations

from base64 import b64decode, b64encode
from itertools import pairwise
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.services.consent_commands import MOST_BYTES, wrong_file
from console.views.record_values import NAMED, WRONG

_HEIGHT: Final = 130
_LEAST: Final = 24.0
"""Shorter than this in all, in pixels, it is a slip of the hand and no signature."""
_INK: Final = QColor(16, 28, 92)
_PAPER: Final = QColor(255, 255, 255)
_LINE: Final = QColor(150, 150, 150)
_WIDTH: Final = 2.6
_SCALE: Final = 2.0
_EDGE: Final = 12.0


class Pad(QWidget):
    """White paper, whatever the theme: ink is shown as it will be printed."""

    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT)
        self.setMinimumWidth(260)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self._strokes: list[list[QPointF]] = []
        self._kept = b""

    @property
    def is_signed(self) -> bool:
        return bool(self._kept) or self._length() >= _LEAST

    def _length(self) -> float:
        return sum((later - before).manhattanLength() for stroke in self._strokes for before, later in pairwise(stroke))

    def ink(self) -> bytes:
        """Return the signature as a PNG file, cut to what was drawn; empty if nobody has signed."""
        if self._kept or not self.is_signed:
            return self._kept
        points = [point for stroke in self._strokes for point in stroke]
        left, top = min(point.x() for point in points), min(point.y() for point in points)
        right, foot = max(point.x() for point in points), max(point.y() for point in points)
        size = QRectF(left - _EDGE, top - _EDGE, right - left + 2 * _EDGE, foot - top + 2 * _EDGE)
        image = QImage((size.size() * _SCALE).toSize(), QImage.Format.Format_RGB32)
        image.fill(_PAPER)
        painter = QPainter(image)
        painter.scale(_SCALE, _SCALE)
        painter.translate(-size.topLeft())
        self._draw(painter)
        painter.end()
        memory = QBuffer()
        memory.open(QBuffer.OpenModeFlag.WriteOnly)
        image.save(memory, "PNG")  # type: ignore[call-overload]  # the format is text in every version of Qt 6
        return bytes(memory.data().data())

    def clear(self) -> None:
        self._strokes, self._kept = [], b""
        self.update()
        self.drawn.emit()

    def keep(self, ink: bytes) -> None:
        """Show a signature that was drawn before."""
        self._strokes, self._kept = [], ink
        self.update()

    # Drawing

    def _begin(self, point: QPointF) -> None:
        self._kept = b""
        self._strokes.append([point])
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def _go_on(self, point: QPointF) -> None:
        if self._strokes:
            self._strokes[-1].append(point)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.drawn.emit()

    def tabletEvent(self, event: QTabletEvent) -> None:
        match event.type():
            case QEvent.Type.TabletPress:
                self._begin(event.position())
            case QEvent.Type.TabletMove:
                self._go_on(event.position())
            case _:
                self.drawn.emit()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """A finger draws like a mouse; a second one is not heard."""
        if isinstance(event, QTouchEvent) and event.points():
            point = event.points()[0].position()
            if event.type() == QEvent.Type.TouchBegin:
                self._begin(point)
            elif event.type() == QEvent.Type.TouchUpdate:
                self._go_on(point)
            else:
                self.drawn.emit()
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), _PAPER)
        foot = self.height() - 30
        painter.setPen(QPen(_LINE, 1, Qt.PenStyle.DotLine))
        painter.drawLine(20, foot, self.width() - 20, foot)
        if self._kept:
            image = QImage.fromData(self._kept)
            size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(QPointF((self.width() - size.width()) / 2, 0), size.toSizeF()), image)
        self._draw(painter)
        if self.hasFocus():
            painter.setPen(QPen(_INK, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _draw(self, painter: QPainter) -> None:
        pen = QPen(_INK, _WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        for stroke in self._strokes:
            painter.drawPolyline(stroke)


class SignaturePad(QWidget):
    """The pad with its button. What stands in it is kept as text, like every field's."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pad = Pad()
        self.pad.setAccessibleDescription(
            plain(_("Without a mouse or pen: attach the scan of the signed paper below."))
        )
        self.pad.drawn.connect(self.edited)
        again = QPushButton(plain(_("Sign again")))
        again.clicked.connect(self.pad.clear)
        again.setToolTip(plain(_("Delete")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.pad)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignRight)
        self.setFocusProxy(self.pad)

    def raw(self) -> str:
        return b64encode(self.pad.ink()).decode()

    def set_raw(self, raw: str) -> None:
        self.pad.keep(b64decode(raw))


class FilePicker(QWidget):
    """A file that is read as soon as it is chosen: deleting or changing it afterwards changes nothing."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._raw = ""
        self.button = QPushButton(plain(_("Choose a file…")))
        self.button.clicked.connect(self.ask)
        self._name = QLabel()
        self._name.setWordWrap(True)
        self._remove = QPushButton(plain(_("Remove")))
        self._remove.clicked.connect(self._take_out)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.button)
        row.addWidget(self._name, 1)
        row.addWidget(self._remove)
        self.setFocusProxy(self.button)
        self.set_raw("")

    @Slot()
    def ask(self) -> None:
        dialog = QFileDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("PDF, PNG, JPEG (*.pdf *.png *.jpg *.jpeg)")
        dialog.fileSelected.connect(lambda chosen: self.take(Path(chosen)))
        dialog.open()

    def take(self, path: Path) -> None:
        """Read the file now. One that is gone, or too large, leaves a sentence and no file."""
        try:
            size = path.stat().st_size
            content = path.read_bytes() if size <= MOST_BYTES else b""
        except OSError:
            self.set_raw(f"{WRONG}paper.not_readable")
        else:
            wrong = "paper.too_large" if size > MOST_BYTES else wrong_file(content)
            self.set_raw(f"{WRONG}{wrong}" if wrong else f"{path.name}{NAMED}{b64encode(content).decode()}")
        self.edited.emit()

    @Slot()
    def _take_out(self) -> None:
        self.set_raw("")
        self.edited.emit()

    def raw(self) -> str:
        return self._raw

    def set_raw(self, raw: str) -> None:
        self._raw = raw
        held = bool(raw) and not raw.startswith(WRONG)
        self._name.setText(plain(raw.rpartition(NAMED)[0] if held else _("no file")))
        self._remove.setVisible(held)
