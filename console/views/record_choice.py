"""Choosing codes by keyboard: one of many by a few letters, or several by ticks."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.i18n import WORD_BREAK, _, plain
from console.i18n.search import fold, haystack, matches, needles
from console.i18n.words import broken
from console.views.record_values import UNCHOSEN, key_of
from console.views.theme import Theme

MOST_SHOWN: Final = 9
LINE_WIDTH: Final = 280
_PARTS: Final = re.compile(f"(?<= )|{WORD_BREAK}")
_KEY_ROLE: Final = Qt.ItemDataRole.UserRole


class ChoiceBox(QLineEdit):
    """One of some codes. Letters filter (either language, either digits), arrows move, Enter or Tab takes, Esc leaves.

    What is typed and names no code is kept as it stands and refused when the form is read.
    """

    picked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options: dict[str, str] = {}
        self._found: dict[str, str] = {}
        self._key = ""
        self._list: QListWidget | None = None
        self._theme = theme
        opener = QAction(theme.icon("down_arrow", "muted"), "", self)
        opener.triggered.connect(self._toggle)
        self.addAction(opener, QLineEdit.ActionPosition.TrailingPosition)
        self.setPlaceholderText(plain(_("Choose…")))
        self.textEdited.connect(self._filter)

    def set_options(self, options: Mapping[Any, str]) -> None:
        """Offer these codes. What was typed before there were any means what it would have meant with them."""
        late = not self._options
        self._options = {key_of(code): plain(text) for code, text in options.items()}
        self._found = {key_of(code): haystack(text, code) for code, text in options.items()}
        if self._key in self._options:
            self.setText(self._options[self._key])
        elif late and self._options and self.text().strip():
            self._take_up()

    def _take_up(self) -> None:
        """Somebody is still typing: show what fits. Nobody is: words that can only mean one code mean it."""
        if self.hasFocus():
            self._open_list(needles(self.text()))
        else:
            self._settle()

    def raw(self) -> str:
        """Return the key of the code, or the words that name none."""
        typed = self.text().strip()
        if self._key and self._options.get(self._key) == typed:
            return self._key
        return f"{UNCHOSEN}{typed}" if typed else ""

    def set_raw(self, raw: str) -> None:
        self._key = "" if raw.startswith(UNCHOSEN) else raw
        self.setText(self._options.get(raw, raw.removeprefix(UNCHOSEN)))
        self.setCursorPosition(0)

    # The list below

    def _open_list(self, words: tuple[str, ...] = ()) -> None:
        shown = [key for key in self._options if matches(self._found[key], words)]
        self._close_list()
        if not shown:
            return
        made = QListWidget(self.window())
        made.setObjectName("choices")
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for key in shown:
            item = QListWidgetItem(self._options[key])
            item.setData(_KEY_ROLE, key)
            item.setToolTip(f"<span>{html.escape(self._options[key])}</span>")
            made.addItem(item)
        made.setCurrentRow(shown.index(self._key) if self._key in shown else 0)
        made.itemClicked.connect(self._take)
        self._list = made
        self._place_list(min(len(shown), MOST_SHOWN))
        made.show()
        made.raise_()
        made.scrollToItem(made.currentItem())

    def _place_list(self, rows: int) -> None:
        """Below the field, above it where the window ends; never a window of its own that could take the keyboard."""
        assert self._list is not None  # noqa: S101 - called by `_open_list` alone
        height = rows * self._list.sizeHintForRow(0) + 10
        below = self.mapTo(self.window(), QPoint(0, self.height() + 2))
        if below.y() + height > self.window().height():
            below.setY(max(0, below.y() - self.height() - height - 4))
        self._list.setGeometry(below.x(), below.y(), self.width(), height)

    def _close_list(self) -> None:
        if self._list is not None:
            self._list.hide()
            self._list.deleteLater()
            self._list = None

    def is_choosing(self) -> bool:
        """Whether its list is open."""
        return self._list is not None

    @Slot()
    def _toggle(self) -> None:
        if self._list is None:
            self.setFocus()
            self._open_list()
        else:
            self._close_list()

    @Slot(str)
    def _filter(self, text: str) -> None:
        self._open_list(needles(text))

    @Slot(QListWidgetItem)
    def _take(self, item: QListWidgetItem) -> None:
        self._key = item.data(_KEY_ROLE)
        self.setText(self._options[self._key])
        self.setCursorPosition(0)
        self._close_list()
        self.picked.emit()

    def _settle(self) -> None:
        """Leaving: words that can only mean one code mean it."""
        typed = self.text().strip()
        if typed and self.raw().startswith(UNCHOSEN):
            same = [key for key, text in self._options.items() if fold(text) == fold(typed)]
            meant = same or [key for key in self._options if matches(self._found[key], needles(typed))]
            if len(meant) == 1:
                self.set_raw(meant[0])
                self.picked.emit()
        self._close_list()

    # Keys

    def event(self, event: QEvent) -> bool:
        """Tab with the list open takes what is marked and goes on."""
        if event.type() == QEvent.Type.KeyPress and self._list is not None:
            assert isinstance(event, QKeyEvent)  # noqa: S101 - that is what the type means
            if event.key() == Qt.Key.Key_Tab:
                self._take(self._list.currentItem())
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self._list is None:
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_F4}:
                self._open_list()
                return
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            row = self._list.currentRow() + (1 if key == Qt.Key.Key_Down else -1)
            self._list.setCurrentRow(row % self._list.count())
            return
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take(self._list.currentItem())
            return
        elif key == Qt.Key.Key_Escape:
            self._close_list()
            return
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and key != Qt.Key.Key_Control:
            # Ctrl+S saves what stands here: what is typed must mean something by then.
            self._settle()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.isReadOnly() and self._list is None:
            self.selectAll()
            self._open_list()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._settle()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._close_list()
        super().hideEvent(event)


class TickList(QWidget):
    """Several of some codes: a box to tick for each."""

    ticked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 2)
        self._column.setSpacing(4)
        self._boxes: dict[str, QCheckBox] = {}
        self._wanted: frozenset[str] = frozenset()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_options(self, options: Mapping[Any, str]) -> None:
        texts = {key_of(code): self._in_lines(text) for code, text in options.items()}
        if list(texts) != list(self._boxes):
            self._rebuild(list(texts))
        for key, box in self._boxes.items():
            box.setText(texts[key])

    def _in_lines(self, text: str) -> str:
        """Break what is longer than a narrow form has room for, as a box does not by itself."""
        lines = [""]
        for part in _PARTS.split(broken(text)):
            if lines[-1] and self.fontMetrics().horizontalAdvance(plain(lines[-1] + part).rstrip()) > LINE_WIDTH:
                lines.append("")
            lines[-1] += part
        return "\n".join(plain(line).strip() for line in lines).replace("&", "&&")

    def _rebuild(self, keys: Sequence[str]) -> None:
        for box in self._boxes.values():
            self._column.removeWidget(box)
            box.deleteLater()
        self._boxes = {}
        # Boxes come when the form stands already: Tab goes through them here, not behind everything in the window.
        before = self.previousInFocusChain() or self
        while before.focusPolicy() == Qt.FocusPolicy.NoFocus and before is not self:
            before = before.previousInFocusChain() or self
        for key in keys:
            box = QCheckBox(self)
            box.setChecked(key in self._wanted)
            box.toggled.connect(self.ticked)
            box.installEventFilter(self)
            self._boxes[key] = box
            self._column.addWidget(box)
            QWidget.setTabOrder(before, box)
            before = box

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The first box has the keyboard. It is no focus proxy: Tab would follow that back from the last box."""
        super().focusInEvent(event)
        if self._boxes:
            next(iter(self._boxes.values())).setFocus(event.reason())

    def raw(self) -> tuple[str, ...]:
        if not self._boxes:
            return tuple(sorted(self._wanted))
        return tuple(sorted(key for key, box in self._boxes.items() if box.isChecked()))

    def set_raw(self, raw: tuple[str, ...]) -> None:
        self._wanted = frozenset(raw)
        for key, box in self._boxes.items():
            box.setChecked(key in self._wanted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move between the boxes; Tab leaves them one by one as Qt does."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            boxes = list(self._boxes.values())
            if step and watched in boxes:
                at = boxes.index(watched) + step
                if 0 <= at < len(boxes):
                    boxes[at].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)
