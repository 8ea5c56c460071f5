"""Photos of records: small ones read beside the UI thread, and one large one over the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError
from console.views.prose import Prose
from console.views.theme import Theme
from console.views.ui import Ui

SMALL: Final = QSize(132, 99)
LARGEST_SIDE: Final = 20_000
_MARGIN: Final = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo to be shown, or the sentence why there is none."""

    name: str
    image: QImage | None
    problem: str = ""


def load(name: str, read: Callable[[str], bytes], size: QSize) -> Shown:
    """Read and decode a photo so large at most, on a reader's thread. Nothing that lies in the file breaks anything."""
    try:
        content = read(name)
    except ConsoleError as problem:
        return Shown(name, None, error_text(problem))
    image = decoded(content, size)
    return Shown(name, image, "" if image is not None else _("This file is damaged: no picture can be made of it."))


def decoded(content: bytes, size: QSize) -> QImage | None:
    """Return the picture, turned as the camera was held; None if there is none in it, or one of absurd size."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    whole = reader.size()
    if not whole.isValid() or max(whole.width(), whole.height()) > LARGEST_SIDE:
        return None
    # Turned by a quarter, the longer side must still fit: a square around it does.
    room = QSize(max(size.width(), size.height()), max(size.width(), size.height()))
    if whole.width() > room.width() or whole.height() > room.height():
        reader.setScaledSize(whole.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return None
    if image.width() > size.width() or image.height() > size.height():
        return image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return image


class SmallPhoto(QPushButton):
    """A photo to be pressed, which shows it large; or the words why it cannot be shown."""

    def __init__(self, shown: Shown, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo")
        self.setProperty("photo", shown.name)
        self.setAccessibleName(plain(_("Photo")))
        if shown.image is None:
            self.setIcon(theme.icon("down", "warning"))
            self.setText(plain(_("File missing")))
            self.setToolTip(f"<p>{shown.problem}</p>")
        else:
            self.setIcon(QPixmap.fromImage(shown.image))
            self.setIconSize(shown.image.size())
            self.setToolTip(plain(_("Show it large")))


class LargePhoto(QFrame):
    """One photo over its ground, until Esc. `remove_wanted` asks to take it away from its record."""

    closed = Signal()
    remove_wanted = Signal(str)

    def __init__(self, ui: Ui, ground: QWidget, *, may_remove: bool) -> None:
        super().__init__(ground)
        self.setObjectName("sheet")
        self._ground = ground
        self._name = ""
        self._image: QImage | None = None
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = Prose()
        close = QPushButton(ui.theme.icon("close", "text"), plain(_("Close")))
        close.clicked.connect(self.closed)
        remove = QPushButton(ui.theme.icon("strike", "text"), plain(_("Take this photo away")))
        remove.clicked.connect(self._remove)
        row = QHBoxLayout()
        row.addWidget(remove)
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.addWidget(self._picture, 1)
        column.addWidget(self._text)
        column.addLayout(row)
        remove.setVisible(may_remove)
        self.setFocusProxy(close)
        ground.installEventFilter(self)
        self.hide()

    @property
    def room(self) -> QSize:
        """How large a picture can be here."""
        return self._ground.size() - QSize(4 * _MARGIN, 6 * _MARGIN)

    @property
    def text(self) -> str:
        return self._text.said

    def show_photo(self, shown: Shown) -> None:
        self._name, self._image = shown.name, shown.image
        self._text.say(shown.problem)
        self._text.setVisible(bool(shown.problem))
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_photo(self) -> None:
        self._ground.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            event.accept()

    def _remove(self) -> None:
        self.remove_wanted.emit(self._name)

    def _place(self) -> None:
        self.setGeometry(self._ground.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        if self._image is not None:
            room = self.room.expandedTo(QSize(1, 1))
            fits = self._image.width() <= room.width() and self._image.height() <= room.height()
            shown = self._image if fits else self._image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            self._picture.setPixmap(QPixmap.fromImage(shown))
