"""Colours, fonts and icons of the window. Dark by default: used at night, for twelve hours.

Sarabun is loaded from its file, so that Thai looks the same on every computer. Colour never stands alone: every state
also has a shape (`resources/icons`) and a word.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from console.i18n import RESOURCES
from console.kernel import Unavailable

FAMILY: Final = "Sarabun"
TEXT_PX: Final = 14
LARGE_PX: Final = 16
LINE: Final = 1.5
"""Height of a line of text against its size: less cuts the upper tone marks of Thai."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Names by use, not by hue."""

    window: str
    surface: str
    raised: str
    hover: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_quiet: str
    on_accent: str
    wall: str
    tile: str
    tile_text: str
    tile_muted: str
    strip: str
    good: str
    warning: str
    bad: str
    quiet: str
    urgent: str
    on_urgent: str
    banner: str
    on_banner: str


DARK: Final = Colours(
    window="#11151a",
    surface="#181e25",
    raised="#222a33",
    hover="#2b3540",
    line="#2c3640",
    text="#e7ecf1",
    muted="#a3b0bd",
    faint="#74818e",
    accent="#62aeff",
    accent_quiet="#1d3a5a",
    on_accent="#08131f",
    wall="#0b0e12",
    tile="#05070a",
    tile_text="#e7ecf1",
    tile_muted="#93a1ae",
    strip="#161c23",
    good="#4fce8f",
    warning="#f0bd52",
    bad="#ff8484",
    quiet="#b3c0cd",
    urgent="#c93a3a",
    on_urgent="#ffffff",
    banner="#4a3a0d",
    on_banner="#ffe3a1",
)

LIGHT: Final = Colours(
    window="#eef1f4",
    surface="#ffffff",
    raised="#f3f5f8",
    hover="#e3e8ee",
    line="#ccd4dc",
    text="#16202a",
    muted="#4b5a68",
    faint="#6c7986",
    accent="#125fbe",
    accent_quiet="#d5e6fa",
    on_accent="#ffffff",
    wall="#d5dbe1",
    tile="#0b0f14",
    tile_text="#e7ecf1",
    tile_muted="#a3b0bd",
    strip="#ffffff",
    good="#13774a",
    warning="#8a5a00",
    bad="#b3261e",
    quiet="#45535f",
    urgent="#b3261e",
    on_urgent="#ffffff",
    banner="#ffe9b0",
    on_banner="#4a3500",
)


class Theme:
    """The colours in use, the fonts, and icons drawn in any of the colours (each once)."""

    def __init__(self, name: str = "dark") -> None:
        self.name = name
        self.colours = LIGHT if name == "light" else DARK
        self._drawings: dict[str, bytes] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}

    def apply(self, app: QApplication) -> None:
        """Load the fonts and give the whole application this look."""
        load_fonts()
        app.setStyle("Fusion")
        app.setFont(font())
        app.setPalette(self._palette())
        app.setStyleSheet(self._sheet())

    def colour(self, name: str) -> QColor:
        return QColor(getattr(self.colours, name))

    def pixmap(self, icon: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
        """Return the icon in a colour of the theme (by its name), `size` logical pixels wide."""
        key = (icon, colour, size, ratio)
        known = self._pixmaps.get(key)
        if known is None:
            known = self._pixmaps[key] = self._drawn(icon, colour, size, ratio)
        return known

    def icon(self, icon: str, colour: str = "muted", active: str = "text") -> QIcon:
        made = QIcon()
        for size in (18, 24, 36, 48):
            made.addPixmap(self.pixmap(icon, colour, size))
            made.addPixmap(self.pixmap(icon, active, size), QIcon.Mode.Normal, QIcon.State.On)
            made.addPixmap(self.pixmap(icon, "faint", size), QIcon.Mode.Disabled)
        return made

    def _drawn(self, icon: str, colour: str, size: int, ratio: float) -> QPixmap:
        drawing = self._drawings.get(icon)
        if drawing is None:
            drawing = self._drawings[icon] = (RESOURCES / "icons" / f"{icon}.svg").read_bytes()
        tinted = drawing.replace(b"#000", getattr(self.colours, colour).encode())
        pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(tinted)).render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, name in (
            (QPalette.ColorRole.Window, "window"),
            (QPalette.ColorRole.WindowText, "text"),
            (QPalette.ColorRole.Base, "surface"),
            (QPalette.ColorRole.AlternateBase, "raised"),
            (QPalette.ColorRole.Text, "text"),
            (QPalette.ColorRole.PlaceholderText, "faint"),
            (QPalette.ColorRole.Button, "raised"),
            (QPalette.ColorRole.ButtonText, "text"),
            (QPalette.ColorRole.ToolTipBase, "raised"),
            (QPalette.ColorRole.ToolTipText, "text"),
            (QPalette.ColorRole.Highlight, "accent_quiet"),
            (QPalette.ColorRole.HighlightedText, "text"),
            (QPalette.ColorRole.Link, "accent"),
        ):
            palette.setColor(role, self.colour(name))
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("faint"))
        return palette

    def _sheet(self) -> str:
        folder = RESOURCES / "theme"
        sheet = (folder / "console.qss").read_text(encoding="utf-8")
        # A style sheet takes pictures from files only, so the tick lies there in the colour of each theme.
        sheet = sheet.replace("@tick", f'"{(folder / f"tick-{self.name}.svg").as_posix()}"')
        for field in sorted(fields(self.colours), key=lambda each: -len(each.name)):
            sheet = sheet.replace(f"@{field.name}", getattr(self.colours, field.name))
        return sheet


def load_fonts(folder: Path | None = None) -> None:
    """Load Sarabun from its files; without it Thai would be cut or boxed, so its absence is said."""
    if FAMILY in QFontDatabase.families():
        return
    for name in ("Sarabun-Regular.ttf", "Sarabun-Bold.ttf"):
        path = (folder or RESOURCES / "fonts") / name
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise Unavailable("font.missing", path=path)


def font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    made = QFont(FAMILY)
    made.setPixelSize(pixels)
    made.setBold(bold)
    # Fonts that step in for symbols Sarabun lacks must not change the height of a line.
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return made


def line_height(pixels: int = TEXT_PX) -> int:
    return round(pixels * LINE)
