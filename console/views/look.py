"""The language and the colours of the whole window, as they are now."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from console import i18n
from console.settings import StationSettings
from console.views.theme import Theme


class Look:
    """One a window. Widgets made before a change keep their words: whoever changes it makes them anew."""

    def __init__(self, app: QApplication, theme: str) -> None:
        self._app = app
        self._theme = Theme(theme)
        self._theme.apply(app)

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def language(self) -> str:
        return i18n.language()

    def change(self, language: str, theme: str) -> bool:
        """Take up a language and colours; False if they are what they were."""
        if (language, theme) == (self.language, self._theme.name):
            return False
        i18n.install(language)
        if theme != self._theme.name:
            self._theme = Theme(theme)
            self._theme.apply(self._app)
        return True


def station_name(names: StationSettings, language: str) -> str:
    """Return the station's name in this language, or the best that is known of it."""
    wanted, other = (names.name_th, names.name_en) if language == "th" else (names.name_en, names.name_th)
    return wanted or other or names.id
