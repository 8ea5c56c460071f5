"""The side panel of the wall: the card of the selected tile above, the list of cameras to place from below."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QHideEvent, QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.dates import search_key, sort_key
from console.i18n.labels import label, short_level
from console.views.emergency_words import card_text, emergency_of, may_ask
from console.views.theme import Theme, font
from console.views.wall_board import Board
from console.views.wall_canvas import CAMERA_MIME
from console.views.wall_card_part import say
from console.views.wall_health import HealthPart
from console.views.wall_keys import Act
from console.views.wall_model import Cell, TileStatus, WallCamera
from console.views.wall_stop import StopPart
from console.views.wall_tools import describe
from console.views.wall_viewers import ViewersPart
from console.views.wall_words import allowance, cell_words, explanation, owner_words, picture_text

PANEL_WIDTH: Final = 300
ROW_HEIGHT: Final = 48
LOW: Final = 600
CARD_SHARE: Final = 0.64
LEAST_CARD: Final = 210
ENOUGH_CARD: Final = 730
LEAST_LIST: Final = 215
FIGURES_MS: Final = 2000
"""How often the figures of the picture are said anew."""

_CAMERA_ROLE: Final = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


class SidePanel(QFrame):
    """Card and list."""

    acted = Signal(object)
    left = Signal()
    log_wanted = Signal(object)
    emergency_wanted = Signal(object)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setFixedWidth(PANEL_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.card = Card(board, self)
        self.list = CameraList(board, self)
        self.card.acted.connect(self.acted)
        self.card.log_wanted.connect(self.log_wanted)
        self.card.emergency_wanted.connect(self.emergency_wanted)
        self.card.resized.connect(self._share_room)
        self.list.left.connect(self.left)
        self._rule = _rule()
        self._finding = False
        column.addWidget(self.card)
        column.addWidget(self._rule)
        column.addWidget(self.list, 1)

    def find_camera(self) -> None:
        """Bring up the list with the cursor in its filter."""
        self._finding = True
        self._share_room()
        self.list.start_finding()

    def show_card(self) -> None:
        self._finding = False
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """On a low window card and list take turns: a card that is cut off in the middle says half the truth."""
        both = self.height() >= LOW
        self.card.setVisible(both or not self._finding)
        self._rule.setVisible(both)
        self.list.setVisible(both or self._finding)
        if both:
            self.card.setFixedHeight(LEAST_CARD if self.card.empty else _card_height(self.height()))
        else:
            self.card.setMinimumHeight(0)
            self.card.setMaximumHeight(self.height())


class Card(QWidget):
    """The selected tile: camera, state, what the owner allows and until when, why it is watched, who looked, its day.

    Its size does not follow what it says, so that nothing moves under the eye when something new is known.
    """

    acted = Signal(object)
    log_wanted = Signal(object)
    emergency_wanted = Signal(object)
    """A superintendent wants past what the owner allows now: the camera."""
    resized = Signal()
    """It has much to say now, or little."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._was_empty: bool | None = None
        self._title = ElidedLabel(self)
        self._title.setProperty("role", "title")
        self._place = ElidedLabel(self)
        self._place.setProperty("role", "name")
        self._state = _rich()
        self._grid = _rich()
        self._figures = _rich()
        self.viewers = ViewersPart(board)
        self.viewers.log_wanted.connect(self.log_wanted)
        self.health = HealthPart(board)
        self.stopping = StopPart(board)
        self._enlarge = self._button(_("Enlarge"), "enlarge", Act.FOCUS)
        self._again = self._button(_("Try again"), "refresh", Act.RETRY)
        self._remove = self._button(_("Clear"), "close", Act.CLEAR)
        self._incident = self._button(_("New incident here (F2)"), "incidents", Act.INCIDENT)
        self.emergency = QPushButton(board.ui.theme.icon("urgent", "bad"), plain(_("Emergency access…")))
        self.emergency.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.emergency.clicked.connect(self._want_emergency)
        self._build()
        board.selection_changed.connect(self.refresh)
        board.cells_changed.connect(self.refresh)
        board.layout_changed.connect(self.refresh)
        self._timer = QTimer(self)
        self._timer.setInterval(FIGURES_MS)
        self._timer.timeout.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        """Name and buttons have their places; what may be long scrolls between them."""
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        body = QWidget()
        body.setObjectName("cardBody")
        told = QVBoxLayout(body)
        # The scroll bar keeps the distance to the right edge.
        told.setContentsMargins(14, 0, 4, 4)
        told.setSpacing(4)
        # The owner's word before all that may be long: its buttons are in sight on a low screen too.
        for part in (self._state, self.stopping, self._grid, self.viewers, self.health, self._figures):
            told.addWidget(part)
        told.addStretch(1)
        self._area.setWidget(body)
        head = QVBoxLayout()
        head.setContentsMargins(14, 10, 14, 0)
        head.setSpacing(4)
        head.addWidget(self._title)
        head.addWidget(self._place)
        buttons = QGridLayout()
        buttons.setContentsMargins(14, 4, 14, 12)
        buttons.setSpacing(6)
        for at, button in enumerate((self._enlarge, self._again, self._remove)):
            buttons.addWidget(button, 0, at)
            buttons.setColumnStretch(at, 1)
        buttons.addWidget(self._incident, 1, 0, 1, 3)
        buttons.addWidget(self.emergency, 2, 0, 1, 3)
        column = QVBoxLayout(self)
        # The line at the panel's edge stays in sight beside the scrolled part.
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        column.addLayout(buttons)

    @property
    def empty(self) -> bool:
        """Whether the selected tile has no camera, and little to say."""
        return self._board.cells[self._board.selected].camera is None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    @Slot()
    def refresh(self) -> None:
        """Say what is known of the selected tile now."""
        cell = self._board.cells[self._board.selected]
        camera = cell.camera
        now = self._board.ui.clock.now()
        status = None if cell.feed is None else cell.feed.state()
        for button in (self._enlarge, self._again, self._remove, self._incident):
            button.setEnabled(camera is not None)
        words = cell_words(cell, status, now)
        colour = getattr(self._board.ui.theme.colours, words.colour)
        text = explanation(cell, status, now)
        for part in (self._place, self._grid, self.viewers, self.health, self._figures):
            part.setVisible(camera is not None)
        self.stopping.show_camera(camera)
        self.viewers.show_camera(camera)
        self.health.show_camera(camera)
        denied = cell.denied if status is None else status.deny
        self.emergency.setVisible(camera is not None and may_ask(self._board.ui.session, camera, denied))
        if self._was_empty is not (camera is None):
            self._was_empty = camera is None
            self.resized.emit()
        if camera is None:
            self._title.setText(plain(_("Tile {n}: empty", n=self._board.selected + 1)))
            say(self._state, _spaced(text))
            return
        self._title.setText(camera.name)
        self._place.setText(" · ".join(filter(None, (camera.place, camera.code))))
        badge = f'<b style="color:{colour}">{html.escape(words.badge)}</b>'
        more = "" if plain(text) == plain(words.badge) else f"<br>{html.escape(text)}"
        say(self._state, f'<p style="line-height:118%; margin:0">{badge}{more}</p>')
        say(self._grid, self._table(self._rights(camera, cell)))
        say(self._figures, self._table([(_("Picture"), _picture(status))]))

    def _rights(self, camera: WallCamera, cell: Cell) -> list[tuple[str, str]]:
        now = self._board.ui.clock.now()
        owner = owner_words(camera, visitors=self._board.visitors)
        rows = [(_("Owner"), owner), (_("Permission"), "\n".join(allowance(camera, now)))]
        if cell.choice is not None and cell.feed is not None:
            rows.append((_("Watched for"), describe(cell.choice)))
        until = emergency_of(cell.feed)
        if until is not None:
            rows.append((_("Emergency"), card_text(until, now)))
        if camera.private:
            allowed = [_("Still pictures")] if camera.may_snapshot else []
            allowed += [_("Clips")] if camera.may_clip else []
            rows.append((_("Also allowed"), ", ".join(allowed) or _("nothing else")))
        if camera.masked:
            rows.append((_("Masks"), _("Parts of the picture are covered")))
        return rows

    def _table(self, rows: Sequence[tuple[str, str]]) -> str:
        muted = self._board.ui.theme.colours.muted
        # Two tables, one column: what stands between them does not part it.
        names = (_("Owner"), _("Permission"), _("Watched for"), _("Emergency"), _("Also allowed"), _("Picture"))
        width = max(self.fontMetrics().horizontalAdvance(plain(name)) for name in names) + 14
        body = "".join(
            f'<tr><td width="{width}" style="color:{muted}">{html.escape(plain(name))}</td>'
            f'<td style="line-height:118%">{html.escape(value).replace(chr(10), "<br>")}</td></tr>'
            for name, value in rows
        )
        return f'<table cellspacing="0" cellpadding="1">{body}</table>'

    def _button(self, text: str, icon: str, act: Act) -> QPushButton:
        button = QPushButton(self._board.ui.theme.icon(icon, "text"), plain(text))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("act", act.value)
        button.clicked.connect(self._clicked)
        return button

    @Slot()
    def _clicked(self) -> None:
        self.acted.emit(Act(self.sender().property("act")))

    @Slot()
    def _want_emergency(self) -> None:
        self.emergency_wanted.emit(self._board.cells[self._board.selected].camera)


def _card_height(room: int) -> int:
    return max(round(room * CARD_SHARE), min(room - LEAST_LIST, ENOUGH_CARD))


def _picture(status: TileStatus | None) -> str:
    """Say what comes from the camera, how much, and how often it was lost."""
    if status is None or not status.facts.width:
        return "–"
    rate = _("{n} kbit/s", n=f"{status.kbps:,.0f}")
    lost = _("reconnected {n} times", n=status.reconnects) if status.reconnects else ""
    return "\n".join(filter(None, (picture_text(status.facts), rate, lost)))


class CameraList(QWidget):
    """Type to filter in Thai or English; Enter, double click or dragging places the camera on the selected tile."""

    left = Signal()

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._model = CameraModel(board, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 6, 8)
        column.setSpacing(6)
        self._count = QLabel()
        self._count.setProperty("role", "section")
        self.box = QLineEdit()
        self.box.setPlaceholderText(plain(_("Find a camera: name, place or code (F)")))
        self.box.setClearButtonEnabled(True)
        self.box.textChanged.connect(self._filter)
        self.box.installEventFilter(self)
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(CameraDelegate(board.ui.theme, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setDragEnabled(True)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.view.activated.connect(self._place)
        self.view.doubleClicked.connect(self._place)
        self._nothing = QLabel()
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = QGridLayout()
        head.setContentsMargins(0, 0, 8, 0)
        head.addWidget(self._count, 0, 0)
        head.addWidget(self.box, 1, 0)
        column.addLayout(head)
        column.addWidget(self._nothing, 1)
        column.addWidget(self.view, 1)
        board.contents_changed.connect(self._refresh)
        board.cells_changed.connect(self._model.mark)
        self._refresh()

    def start_finding(self) -> None:
        """Put the cursor into the filter."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    @Slot()
    def _refresh(self) -> None:
        self._filter(self.box.text())

    @Slot(str)
    def _filter(self, text: str) -> None:
        self._model.filter(text)
        shown, known = self._model.rowCount(), len(self._board.contents.cameras)
        self._count.setText(plain(_("Cameras {shown}/{known}", shown=shown, known=known)))
        self._nothing.setVisible(shown == 0)
        self.view.setVisible(shown > 0)
        empty = _("No camera is registered yet. The camera registrar adds them.")
        self._nothing.setText(_spaced(empty if known == 0 else _("No camera matches these words.")))
        if shown:
            self.view.setCurrentIndex(self._model.index(0))

    @Slot(QModelIndex)
    def _place(self, index: QModelIndex) -> None:
        camera = index.data(_CAMERA_ROLE)
        if camera is not None:
            self._board.place(self._board.selected, camera.id)
            self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while the cursor stays in the filter; Enter places, Esc goes back."""
        if watched is self.box and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                row = self.view.currentIndex().row() + (1 if key == Qt.Key.Key_Down else -1)
                self.view.setCurrentIndex(self._model.index(max(0, min(row, self._model.rowCount() - 1))))
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._place(self.view.currentIndex())
                return True
            if key == Qt.Key.Key_Escape:
                self.box.clear()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)


class CameraModel(QAbstractListModel):
    """The cameras that match the filter, in dictionary order."""

    def __init__(self, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._shown: list[WallCamera] = []
        self._on_wall: frozenset[str] = frozenset()

    def filter(self, text: str) -> None:
        words = search_key(text).split()
        found = [camera for camera in self._board.contents.cameras if _matches(camera, words)]
        self.beginResetModel()
        self._shown = sorted(found, key=lambda camera: sort_key(camera.name))
        self.endResetModel()
        self.mark()

    @Slot()
    def mark(self) -> None:
        """Mark the cameras that stand on the wall."""
        on_wall = frozenset(cell.camera.id for cell in self._board.cells if cell.camera is not None)
        if on_wall != self._on_wall:
            self._on_wall = on_wall
            if self._shown:
                self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        camera = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return camera.name
        if role == _CAMERA_ROLE:
            return camera
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"{camera.name}\n{camera.place} · {camera.code}\n{label(camera.owner_type)}")
        if role == Qt.ItemDataRole.CheckStateRole + 1000:
            return camera.id in self._on_wall
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        for index in indexes[:1]:
            data.setData(CAMERA_MIME, QByteArray(self._shown[index.row()].id.encode()))
        return data


class CameraDelegate(QStyledItemDelegate):
    """A row: owner-type icon, name, place and code; at the right the level, and whether it stands on the wall."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        camera = index.data(_CAMERA_ROLE)
        rect = QRect(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        if chosen or over:
            painter.fillRect(rect, self._theme.colour("accent_quiet" if chosen else "hover"))
        ratio = painter.device().devicePixelRatio()
        placed = bool(index.data(Qt.ItemDataRole.CheckStateRole + 1000))
        icon = self._theme.pixmap(camera.owner_type, "accent" if placed else "muted", 20, ratio)
        painter.drawPixmap(rect.left() + 6, rect.top() + (ROW_HEIGHT - 20) // 2, icon)
        right = rect.right() - 10
        note = plain(_("on the wall") if placed else _note(camera))
        metrics = QFontMetrics(font())
        painter.setFont(font())
        width = metrics.horizontalAdvance(note)
        left = rect.left() + 34
        upper = QRect(left, rect.top() + 3, right - left, 21)
        lower = QRect(left, rect.top() + 24, right - left, 21)
        elide = Qt.TextElideMode.ElideRight
        painter.setPen(self._theme.colour("text"))
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(camera.name, elide, upper.width()))
        painter.setPen(self._theme.colour("accent" if placed else "muted"))
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, note)
        painter.setPen(self._theme.colour("muted"))
        place = " · ".join(filter(None, (camera.code, camera.place)))
        room = lower.width() - width - 10
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(place, elide, room))


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis when it is too long, with the whole text as its tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""

    def setText(self, text: str) -> None:
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._fit()

    def text(self) -> str:
        return self._whole

    def resizeEvent(self, event: object) -> None:
        del event
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(20, round(self.fontMetrics().height() * 1.16))

    def _fit(self) -> None:
        super().setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(20, self.width())))


def _note(camera: WallCamera) -> str:
    if camera.level is not None and camera.private:
        return short_level(camera.level)
    return "" if camera.kind is not None else _("no permission")


def _matches(camera: WallCamera, words: list[str]) -> bool:
    hay = search_key(f"{camera.name} {camera.place} {camera.code} {label(camera.owner_type)}")
    return all(word in hay for word in words)


def _spaced(text: str) -> str:
    """Text for a label of several lines, at one and a half times the size of its letters."""
    lines = html.escape(text).replace("\n", "<br>")
    return f'<p style="line-height:118%; margin:0">{lines}</p>'


def _rich() -> QLabel:
    made = QLabel()
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.RichText)
    return made


def _rule() -> QFrame:
    rule = QFrame()
    rule.setObjectName("cardRule")
    return rule
