"""Everything on a tile that is not the camera's picture, drawn once into pixmaps: strip, plates, messages, overlay.

The painter of the wall only blits these. They are made again when their words change, never for a new picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QTextLayout, QTextOption

from console.i18n import WORD_BREAK, _, plain
from console.i18n.dates import SPAN
from console.i18n.labels import short_level
from console.views.theme import LARGE_PX, TEXT_PX, Theme, font, line_height
from console.views.wall_layouts import CELLS
from console.views.wall_model import WallCamera
from console.views.wall_words import Show, Words

STRIP: Final = 24
ICON: Final = 16
PAD: Final = 6
_WIDE: Final = 300
"""From this width on a strip has room for the place and the level in words."""
_LEVEL_ROOM: Final = 210
_ICON_ROOM: Final = 54
"""For the name: with less it has no room for the icon beside it."""
_NAME_ROOM: Final = 70
"""With less a name ends after its first letters, and that many cameras share: the code is whole."""
_LETTERS_ROOM: Final = 28
_NARROW: Final = 100
"""A strip without a pixel to give away."""
_ICON_HEIGHT: Final = 104
"""A tile lower than this has room for the words only."""
_OVERLAY_ALPHA: Final = 84
_OVERLAY_SHADE: Final = 76
_OVERLAY_SIZES: Final = ((200, 14), (96, 12), (0, 10))
_TALL: Final = 230
_MIDDLE: Final = 150
_WORD: Final = re.compile(f"[^{WORD_BREAK} ]+[{WORD_BREAK} ]*")
_DATE: Final = re.compile(r"\b(\d{1,2}) (\S+) (\d{4})\b")
PLATE: Final = 26


@dataclass(frozen=True, slots=True)
class Overlay:
    """The faint words of a private picture: one pixmap, set down at several points so that no crop loses it."""

    pixmap: QPixmap
    points: tuple[QPoint, ...]


class TilePainter:
    """Makes the pixmaps of tiles in the look of the theme, for one screen's pixel ratio."""

    def __init__(self, theme: Theme, ratio: float) -> None:
        self.theme = theme
        self.ratio = ratio
        # Pictures are dark whatever the window is: words on them keep the colours made for the dark.
        self._dark = theme if theme.name == "dark" else Theme("dark")
        self._font = font()
        self._bold = font(bold=True)
        self._metrics = QFontMetricsF(self._font)
        self._bold_metrics = QFontMetricsF(self._bold)

    def strip(self, area: QSize, camera: WallCamera | None, words: Words, position: int) -> QPixmap:
        """Return the thin line below a picture: owner-type icon, name, place, level; at the right the state."""
        width = area.width()
        pixmap, painter = self._canvas(QSize(width, STRIP), self.theme.colour("strip"))
        right = self._badge(painter, width - _pad(width), words, low=area.height() < PLATE)
        if camera is None:
            painter.setPen(self.theme.colour("faint"))
            self._text(painter, QRectF(PAD, 0, right - PAD, STRIP), str(position + 1), self._font)
        else:
            right = self._level(painter, right, width, camera)
            self._names(painter, right + PAD - _pad(width), width, camera)
        painter.end()
        return pixmap

    def _badge(self, painter: QPainter, right: float, words: Words, *, low: bool) -> float:
        """Draw shape and word of the state at the right; return where the rest must end.

        In a tile too `low` for words the word of the state stands here, before the camera's name.
        """
        if not words.badge:
            return right
        told = words.message or (words.plate and words.show is not Show.PICTURE)
        if right < _WIDE - PAD and told and not low:
            # The word stands on the tile itself; in a narrow strip the shape leaves room for the camera's name.
            left = right - ICON
            painter.drawPixmap(QPointF(left, (STRIP - ICON) / 2), self._icon(words.icon, words.colour, ICON))
            return left - PAD
        room = right - ICON - 2 if low else max(34.0, right * 0.62 - ICON)
        text = _first_fitting((words.badge, words.short), self._bold_metrics, room)
        text = self._bold_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = self._bold_metrics.horizontalAdvance(text)
        left = right - width
        painter.setPen(self.theme.colour(words.colour))
        self._text(painter, QRectF(left, 0, width + 2, STRIP), text, self._bold)
        left -= ICON + 2
        painter.drawPixmap(QPointF(left, (STRIP - ICON) / 2), self._icon(words.icon, words.colour, ICON))
        return left - PAD

    def _level(self, painter: QPainter, right: float, width: int, camera: WallCamera) -> float:
        """Draw the level of an owner's camera as a small frame: in words if there is room, else its digit."""
        if camera.level is None or not camera.private or width < _LEVEL_ROOM:
            return right
        text = plain(short_level(camera.level)) if width >= _WIDE else str(int(camera.level))
        advance = self._metrics.horizontalAdvance(text)
        frame = QRectF(right - advance - 9.5, 3.5, advance + 9, STRIP - 7)
        painter.setPen(QPen(self.theme.colour("faint"), 1))
        painter.drawRoundedRect(frame, 3, 3)
        painter.setPen(self.theme.colour("muted"))
        painter.setFont(self._font)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)
        return frame.left() - PAD

    def _names(self, painter: QPainter, right: float, width: int, camera: WallCamera) -> None:
        left = float(_pad(width))
        if right - left - ICON - 5 >= min(_ICON_ROOM, self._metrics.horizontalAdvance(camera.name)):
            painter.drawPixmap(QPointF(left, (STRIP - ICON) / 2), self._icon(camera.owner_type, "muted", ICON))
            left += ICON + 5
        room = right - left
        name = camera.name
        if room < _NAME_ROOM:
            name = _first_fitting((camera.name, camera.code), self._metrics, room, camera.name)
        if room < _LETTERS_ROOM < self._metrics.horizontalAdvance(name):
            return
        name = self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(0.0, room))
        painter.setPen(self.theme.colour("text"))
        self._text(painter, QRectF(left, 0, max(0.0, room), STRIP), name, self._font)
        left += self._metrics.horizontalAdvance(name)
        if camera.place and width >= _WIDE and right - left > 60:  # noqa: PLR2004 — less shows no readable place
            place = self._metrics.elidedText(f" · {camera.place}", Qt.TextElideMode.ElideRight, right - left)
            painter.setPen(self.theme.colour("muted"))
            self._text(painter, QRectF(left, 0, right - left, STRIP), place, self._font)

    def plate(self, words: Words, room: int) -> QPixmap:
        """Return a dark plate with shape and words, readable on any picture; the shape alone where none fits."""
        icon, colour = words.icon, words.colour
        shown = _first_fitting((words.plate, words.brief, words.short), self._bold_metrics, room - ICON - 20, "")
        width = round(self._bold_metrics.horizontalAdvance(shown)) + ICON + (18 if shown else 10)
        pixmap, painter = self._canvas(QSize(width, PLATE), QColor(0, 0, 0, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(8, 11, 15, 216))
        painter.drawRoundedRect(QRectF(0, 0, width, PLATE), 5, 5)
        painter.drawPixmap(QPointF(6 if shown else 5, 5), self._dark.pixmap(icon, colour, ICON, self.ratio))
        painter.setPen(self._dark.colour(colour))
        self._text(painter, QRectF(ICON + 10, 0, width, PLATE), shown, self._bold)
        painter.end()
        return pixmap

    def message(self, size: QSize, words: Words) -> QPixmap:
        """Return a dark tile that says in words why there is no picture."""
        pixmap, painter = self._canvas(size, self.theme.colour("tile"))
        pixels = _message_pixels(size)
        face, step = font(pixels), line_height(pixels)
        if size.height() < PLATE:
            # The strip below tells it.
            painter.end()
            return pixmap
        icon = pixels * 2 if size.height() >= _ICON_HEIGHT else 0
        room = QSize(max(20, size.width() - 4 * PAD), max(step, size.height() - PAD - (icon + 8 if icon else 0)))
        lines = _that_fits(words, face, room, step)
        height = len(lines) * step + (icon + 8 if icon else 0)
        top = max(2.0, (size.height() - height) / 2)
        if icon:
            sign = self._dark.pixmap(words.icon, words.colour, icon, self.ratio)
            painter.drawPixmap(QPointF((size.width() - icon) / 2, top), sign)
            top += icon + 8
        painter.setPen(self.theme.colour("tile_text"))
        painter.setFont(face)
        for number, line in enumerate(lines):
            where = QRectF(2 * PAD - 4, top + number * step, size.width() - 4 * PAD + 8, step)
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, line)
        painter.end()
        return pixmap

    def empty(self, size: QSize, *, selected: bool) -> QPixmap:
        """Return an unused place; the selected one says how to fill it."""
        pixmap, painter = self._canvas(size, self.theme.colour("tile"))
        side = 22
        centre = QRectF(0, 0, size.width(), size.height()).center()
        hint = selected and size.height() >= 70 and size.width() >= 150  # noqa: PLR2004 — room for a line
        top = centre.y() - side / 2 - (13 if hint else 0)
        painter.setOpacity(0.9 if selected else 0.45)
        painter.drawPixmap(QPointF(centre.x() - side / 2, top), self._icon("plus", "tile_muted", side))
        if hint:
            painter.setPen(self.theme.colour("tile_muted"))
            painter.setFont(self._font)
            text = self._metrics.elidedText(
                plain(_("Place a camera (F)")), Qt.TextElideMode.ElideRight, size.width() - 8
            )
            painter.drawText(QRectF(0, top + side + 4, size.width(), line_height()), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        return pixmap

    def overlay(self, target: QRect, lines: tuple[str, ...]) -> Overlay:
        """Return the faint words for a private picture. `lines` are joined if the picture is wide enough."""
        room = max(24, target.width() - 2 * PAD)
        # Nobody reads it while watching, it is there for a photograph: on a small picture it may be smaller.
        sizes = [size for width, size in _OVERLAY_SIZES if target.width() >= width]
        rows, pixels = _whole_rows(lines, sizes, room)
        face, step = font(pixels, bold=True), line_height(pixels)
        metrics = QFontMetricsF(face)
        shown = [metrics.elidedText(row, Qt.TextElideMode.ElideRight, room) for row in rows]
        width = round(max(metrics.horizontalAdvance(row) for row in shown)) + 4
        pixmap, painter = self._canvas(QSize(width, step * len(shown)), QColor(0, 0, 0, 0))
        painter.setFont(face)
        for number, row in enumerate(shown):
            base = QPointF(1, number * step + step * 0.72)
            painter.setPen(QColor(0, 0, 0, _OVERLAY_SHADE))
            painter.drawText(base + QPointF(1, 1), row)
            painter.setPen(QColor(255, 255, 255, _OVERLAY_ALPHA))
            painter.drawText(base, row)
        painter.end()
        return Overlay(pixmap, _spread(target, width, step * len(shown)))

    def _icon(self, name: str, colour: str, size: int) -> QPixmap:
        return self.theme.pixmap(name, colour, size, self.ratio)

    def _canvas(self, size: QSize, fill: QColor) -> tuple[QPixmap, QPainter]:
        pixmap = QPixmap(QSize(max(1, round(size.width() * self.ratio)), max(1, round(size.height() * self.ratio))))
        pixmap.setDevicePixelRatio(self.ratio)
        pixmap.fill(fill)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return pixmap, painter

    @staticmethod
    def _text(painter: QPainter, where: QRectF, text: str, face: QFont) -> None:
        painter.setFont(face)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _pad(width: int) -> int:
    return PAD if width >= _NARROW else PAD // 2


def _message_pixels(size: QSize) -> int:
    """Words grow with their tile: a message on a large one is read from across the room."""
    if size.height() >= 420:  # noqa: PLR2004
        return 22
    return LARGE_PX if size.height() >= 150 else TEXT_PX  # noqa: PLR2004


def _first_fitting(texts: tuple[str, ...], metrics: QFontMetricsF, room: float, otherwise: str | None = None) -> str:
    """Return the first text that is no wider than the room; else `otherwise`, or the last of them."""
    known = [plain(text) for text in texts if text]
    for text in known:
        if metrics.horizontalAdvance(text) <= room:
            return text
    return known[-1] if otherwise is None else otherwise


def _whole_rows(lines: tuple[str, ...], sizes: list[int], room: int) -> tuple[tuple[str, ...], int]:
    """Return the rows, and the largest of the sizes in which none of them is cut."""
    joined = (" · ".join(lines),)
    for pixels in sizes:
        metrics = QFontMetricsF(font(pixels, bold=True))
        for rows in (joined, lines):
            if all(metrics.horizontalAdvance(row) <= room for row in rows):
                return rows, pixels
    return lines, sizes[-1]


def _that_fits(words: Words, face: QFont, room: QSize, step: int) -> list[str]:
    """Return the fullest text that fits the tile whole: the message, its reason alone, or the word of the state."""
    most = max(1, room.height() // step)
    for text in (words.message, words.brief, words.badge, words.short):
        if text:
            lines = wrapped(text, face, room.width(), CELLS)
            if len(lines) <= most and _letters("".join(lines)) == _letters(plain(text)):
                return lines
    return wrapped(words.short or words.badge or words.message, face, room.width(), most)


def _letters(text: str) -> str:
    return "".join(text.split())


def _spread(target: QRect, width: int, height: int) -> tuple[QPoint, ...]:
    """Places for the overlay: one in a low picture, three in a tall one, never in one column."""
    left, right = target.left() + PAD, target.right() - PAD - width
    middle = target.left() + (target.width() - width) // 2
    if target.height() < _MIDDLE:
        return (QPoint(middle, target.top() + (target.height() - height) // 2),)
    top, bottom = target.top() + target.height() // 6, target.top() + target.height() * 5 // 6 - height
    if target.height() < _TALL:
        return (QPoint(left, top), QPoint(right, bottom))
    return (QPoint(left, top), QPoint(middle, target.top() + (target.height() - height) // 2), QPoint(right, bottom))


def wrapped(text: str, face: QFont, width: float, most: int) -> list[str]:
    """Break text into lines at its word breaks; what does not fit ends in an ellipsis."""
    metrics = QFontMetricsF(face)
    lines: list[str] = []
    # An hour and its น. stay together, and so do the parts of a date.
    for paragraph in _DATE.sub("\\1\u00a0\\2\u00a0\\3", text.replace(" น.", "\u00a0น.")).split("\n"):
        whole = _by_words(paragraph, metrics, width)
        if whole is not None:
            lines += whole
            continue
        # The library that breaks Thai lines heeds no word joiner: digits in its place hold a span of hours together.
        layout = QTextLayout(paragraph.replace(SPAN, "0" * len(SPAN)), face)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()])
        layout.endLayout()
    shown = [plain(line).strip() for line in lines]
    if len(shown) > most:
        rest = plain("".join(lines[most - 1 :]))
        shown = [*shown[: most - 1], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in shown]


def _by_words(paragraph: str, metrics: QFontMetricsF, width: float) -> list[str] | None:
    """Break a line of the catalogue at its own marks only: the library would part เชื่อมต่อ. None: no marks, no room."""
    if WORD_BREAK not in paragraph:
        return None
    lines = [""]
    for word in _WORD.findall(paragraph):
        if lines[-1] and metrics.horizontalAdvance(plain(lines[-1] + word).rstrip()) > width:
            lines.append("")
        lines[-1] += word
        if metrics.horizontalAdvance(plain(lines[-1]).rstrip()) > width:
            return None
    return lines
