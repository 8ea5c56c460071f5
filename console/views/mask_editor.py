"""The sheet on which somebody covers what nobody may see of a camera: its picture, the list of masks, Save.

The picture comes through the gate like any other, for the purpose of set-up, with the stored masks laid on it: whoever
moves one does not see under it either.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.i18n.record_words import share_words
from console.kernel import (
    Conflict,
    ConsoleError,
    Denied,
    EndReason,
    PixelSize,
    Purpose,
    Right,
    ViewKind,
)
from console.masking import Mask
from console.services.camera_register import CameraEntry
from console.services.cameras import CameraRow, ChangeMasks
from console.services.feeds import FeedRequest, Feeds, LiveFeed
from console.services.station import Station
from console.views.camera_words import camera_text
from console.views.mask_canvas import MaskCanvas, Shown
from console.views.mask_draft import MaskDraft
from console.views.prose import Prose
from console.views.record_keys import RecordAct, read_record_key
from console.views.record_strip import Strip
from console.views.theme import line_height
from console.views.ui import Ui
from console.views.wall_canvas import affordable
from console.views.wall_gate import refusal
from console.views.wall_tile import WIDE
from console.views.wall_words import Show, Words, denied_words, overlay_lines, status_words

TICK_MS: Final = 66
SIDE_WIDTH: Final = 250
SIGN: Final = 18
_CORNERS_OF_A_RECTANGLE: Final = 4
_CONNECTING: Final = Words("connecting", "quiet", "")
_numbers = count()


class MaskEditor(QFrame):
    """One camera's masks. The view runs while the sheet is in sight."""

    closed = Signal()

    def __init__(
        self, ui: Ui, station: Station, feeds: Feeds, entry: CameraEntry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("maskSheet")
        self._ui = ui
        self._station = station
        self._feeds = feeds
        self._entry = entry
        self._camera = entry.camera
        self._name = f"masks-{next(_numbers)}"
        self._closed = False
        self._asking = False
        self._saving = False
        self._denied: Denied | None = None
        self.feed: LiveFeed | None = None
        self.canvas = MaskCanvas(ui.theme)
        self.canvas.draft = MaskDraft(self._camera.masks, may_uncover=ui.session.may(Right.COUNTERSIGN))
        self.strip = Strip(ui.theme, wide=True)
        self.list = QListWidget()
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.canvas.changed.connect(self._dress)
        self.canvas.refused.connect(self._say_refused)
        self.canvas.resized.connect(self._resize)
        self.list.currentRowChanged.connect(self._choose)
        ui.changes.changed.connect(self._hear)
        self.setFocusProxy(self.canvas)
        self._dress()

    # Building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = QLabel(f"{plain(_('Privacy masks'))} · {camera_text(self._camera)}")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 16, 0)
        head.addWidget(title)
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 16, 8)
        row.setSpacing(12)
        row.addWidget(self.canvas, 1)
        row.addWidget(self._side())
        column.addLayout(head)
        column.addLayout(row, 1)
        column.addWidget(self.strip)
        column.addWidget(self._foot())

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        state = QHBoxLayout()
        self.sign = QLabel()
        self.sign.setFixedWidth(SIGN + 4)
        self.state = Prose()
        state.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.state, 1)
        column.addLayout(state)
        self.hint = Prose(
            _(
                "Drag for a rectangle. Click corner by corner for another shape; Enter or a double-click closes it."
                " Tab and the arrow keys select and move."
            ),
            "hint",
        )
        self.rule = Prose(_("Once stored, a mask is moved or taken off by the superintendent only."), "hint")
        self.rule.setVisible(not self.canvas.draft.may_uncover)
        self.open_button = self._button(_("Open the picture"), "refresh", self.open)
        self.total = QLabel()
        self.total.setProperty("role", "hint")
        self.list.setAccessibleName(plain(_("Masks")))
        self.list.setMinimumHeight(48)
        self.add_button = self._button(_("Add a rectangle"), "plus", self.canvas.add_rectangle)
        self.remove_button = self._button(f"{_('Take off')}  Del", "strike", self.canvas.remove)
        above: tuple[QWidget, ...] = (self.open_button, self.hint, self.rule)
        below: tuple[QWidget, ...] = (self.total, self.add_button, self.remove_button)
        for part in above:
            column.addWidget(part)
        column.addWidget(self.list, 1)
        for part in below:
            column.addWidget(part)
        return side

    def _button(self, text: str, icon: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(self._ui.theme.icon(icon, "text"), plain(text))
        button.clicked.connect(run)
        return button

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("formFoot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        row.addStretch(1)
        back = QPushButton(f"{plain(_('Back to the list'))}  Esc")
        back.clicked.connect(self.leave)
        self.save_button = QPushButton(f"{plain(_('Save'))}  Ctrl+S")
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self.save)
        row.addWidget(back)
        row.addWidget(self.save_button)
        return foot

    # The picture

    @Slot()
    def open(self) -> None:
        """Ask the gate for the picture."""
        if self._closed or self._asking or not self.isVisible():
            return
        self._end(EndReason.REPLACED)
        self._asking, self._denied = True, None
        feeds, session = self._feeds, self._ui.session
        request = FeedRequest(self._camera.id, Purpose.SETUP, kind=ViewKind.FOCUS, size=self._pixels())
        self._ui.tasks.write(lambda: feeds.open(session, request), self._opened, self._fail_opening)

    def _opened(self, answer: LiveFeed | Denied) -> None:
        self._asking = False
        if isinstance(answer, Denied):
            self._denied = answer
        elif self._closed or not self.isVisible():
            answer.end(EndReason.CLOSED)
        else:
            self.feed = answer
            answer.resize(self._pixels())
        if not self._closed:
            self.tick()

    def _fail_opening(self, problem: ConsoleError) -> None:
        self._asking, self._denied = False, refusal(problem)
        if not self._closed:
            self.strip.say(error_text(problem), "bad")
            self.tick()

    def _end(self, reason: EndReason) -> None:
        feed, self.feed = self.feed, None
        if feed is not None:
            feed.end(reason)

    def _pixels(self) -> PixelSize:
        ratio = self.devicePixelRatioF()
        wide, high = (max(2, round(side * ratio)) for side in (self.canvas.width(), self.canvas.height()))
        return affordable(PixelSize(wide, high))

    @Slot()
    def _resize(self) -> None:
        if self.feed is not None:
            self.feed.resize(self._pixels())

    @Slot()
    def tick(self) -> None:
        """Look for a new picture and a new state; after a change of the record the view begins anew by itself."""
        if self._closed:
            return
        if self.feed is not None and self.feed.state().end is EndReason.REPLACED:
            self.feed = None
            self.open()
        words = self._words()
        shown = Shown(self.feed, words, self._known_shape(), self._lines())
        anew = (shown.words, shown.shape, shown.lines) != (
            self.canvas.shown.words,
            self.canvas.shown.shape,
            self.canvas.shown.lines,
        )
        self.canvas.shown = shown
        self.open_button.setVisible(self.feed is None or self.feed.ending is not None)
        if anew or not self.state.said:
            self.state.say(_state_text(words))
            self.sign.setPixmap(self._ui.theme.pixmap(words.icon, words.colour, SIGN, self.devicePixelRatioF()))
        if anew or (self.feed is not None and self.feed.sequence() != self.canvas.sequence):
            self.canvas.update()

    def _words(self) -> Words:
        if self.feed is None:
            return _CONNECTING if self._asking or self._denied is None else denied_words(self._denied)
        words = status_words(self.feed.state(), self._ui.clock.now())
        dark = words.show is not Show.NOTHING and self.feed.picture() is None
        return _CONNECTING if dark else words

    def _known_shape(self) -> tuple[int, int]:
        """The camera's shape as far as it is known: of the running stream, else of the last connection test."""
        test = self._entry.test
        told = [] if self.feed is None else [self.feed.state().facts]
        sizes = [(facts.width, facts.height) for facts in told] + (
            [] if test is None else [(test.facts.width, test.facts.height)]
        )
        return next(((wide, high) for wide, high in sizes if wide and high), WIDE)

    def _lines(self) -> tuple[str, ...]:
        """Who looks, when and at which camera, on a private picture as on the wall."""
        if self.feed is None or not self.feed.private:
            return ()
        return overlay_lines(self._ui.session, self._camera.code, self._ui.clock.now())

    # The masks

    @property
    def dirty(self) -> bool:
        return self.canvas.draft.dirty

    @Slot()
    def _dress(self) -> None:
        """Tell the list what the draft holds."""
        draft = self.canvas.draft
        self.list.blockSignals(True)
        self.list.clear()
        for number, mask in enumerate(draft.masks):
            item = QListWidgetItem(self._line(number, mask), self.list)
            item.setSizeHint(QSize(0, line_height() + 6))
        self.list.setCurrentRow(-1 if draft.selected is None else draft.selected)
        self.list.blockSignals(False)
        masks = tuple(draft.masks)
        total = _("Covered: {share} % of the picture", share=share_words(masks)) if masks else _("Nothing is covered.")
        self.total.setText(plain(total))
        self.remove_button.setEnabled(draft.selected is not None and not draft.fixed(draft.selected))
        self.save_button.setEnabled(draft.dirty and not draft.drawing and not self._saving)

    def _line(self, number: int, mask: Mask) -> str:
        shape = (
            _("rectangle") if len(mask.numbers()) == _CORNERS_OF_A_RECTANGLE else _("{n} corners", n=len(mask.corners))
        )
        text = f"{number + 1} · {shape} · {share_words((mask,))} %"
        return plain(text if mask in self.canvas.draft.stored else f"{text} · {_('not saved')}")

    @Slot(int)
    def _choose(self, row: int) -> None:
        self.canvas.draft.select(row if row >= 0 else None)
        self.canvas.update()
        draft = self.canvas.draft
        self.remove_button.setEnabled(draft.selected is not None and not draft.fixed(draft.selected))

    @Slot(str)
    def _say_refused(self, text: str) -> None:
        self.strip.say(text, "warning", passing=True)

    @Slot()
    def save(self) -> None:
        if self.canvas.draft.drawing:
            self._say_refused(_("Close the shape first: Enter or a double-click."))
        if not self.save_button.isEnabled():
            return
        self._saving = True
        self._dress()
        masks = tuple(self.canvas.draft.masks)
        command = ChangeMasks(camera_id=self._camera.id, version=self._camera.version, masks=masks)
        dispatcher, session = self._station.dispatcher, self._ui.session
        self._ui.tasks.write(lambda: dispatcher.run(command, session), self._saved, self._fail_saving)

    def _saved(self, _answer: object) -> None:
        self._saving = False
        if not self._closed:
            self.strip.say(_("Saved. From now on nobody sees what is covered, on any console."), passing=True)
            self._read(dirty=False)

    def _fail_saving(self, problem: ConsoleError) -> None:
        self._saving = False
        if self._closed:
            return
        if isinstance(problem, Conflict):
            text = _(
                "Somebody else changed this camera meanwhile. Its masks as stored are shown now, and what you drew"
                " beside them. Look at it and save again."
            )
            self.strip.say(text, "warning")
            self._read(dirty=True)
        else:
            self.strip.say(error_text(problem), "bad")
            self._dress()

    @Slot(object)
    def _hear(self, kinds: frozenset[str]) -> None:
        """What is drawn is not covered by what somebody else stores: that comes to light at saving."""
        if not self._closed and "camera" in kinds and not self.dirty and not self._saving:
            self._read(dirty=False)

    def _read(self, *, dirty: bool) -> None:
        cameras, camera_id = self._station.cameras, self._camera.id

        def take(camera: CameraRow) -> None:
            if self._closed:
                return
            self._camera = camera
            if dirty:
                self.canvas.draft.rebase(camera.masks)
            elif camera.masks != self.canvas.draft.stored:
                self.canvas.draft = MaskDraft(camera.masks, may_uncover=self.canvas.draft.may_uncover)
            self.canvas.update()
            self._dress()

        self._ui.tasks.read(self._name, lambda: cameras.camera(camera_id), take, self._fail_reading)

    def _fail_reading(self, problem: ConsoleError) -> None:
        if not self._closed:
            self.strip.say(error_text(problem), "bad")
            self._dress()

    # Coming and going

    @Slot()
    def leave(self, then: Callable[[], None] | None = None) -> None:
        """Go back to the list; what was drawn and not saved is asked about first."""
        go = then or self.closed.emit
        if not self.dirty:
            go()
            return
        answers = ((plain(_("Go on drawing")), self.canvas.setFocus), (plain(_("Discard")), go))
        self.strip.ask(_("What you drew is not saved."), answers, harmless=0)

    def stop(self, reason: EndReason = EndReason.CLOSED) -> None:
        self._closed = True
        self._timer.stop()
        self._end(reason)
        self.strip.close_strip()
        self._ui.changes.changed.disconnect(self._hear)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.open()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it: the view ends, as one does that is taken off the wall."""
        self._timer.stop()
        self._end(EndReason.CLOSED)
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = read_record_key(event)
        if act is RecordAct.BACK:
            if self.strip.asks:
                self.strip.leave()
            else:
                self.leave()
        elif act is RecordAct.SAVE:
            self.save()
        else:
            super().keyPressEvent(event)


def _state_text(words: Words) -> str:
    """What is said beside the picture: that it is live, or why it is not there."""
    if words is _CONNECTING:
        return _("Connecting…")
    if words.show is Show.PICTURE:
        return words.badge
    return (words.plate or words.message or words.badge).replace("\n", " · ")
