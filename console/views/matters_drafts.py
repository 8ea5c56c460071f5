"""What a shift lead types beside another's view: a draft until it is saved, like everything that is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from console.kernel import ConsoleError
from console.services.drafts import Draft, Drafts
from console.views.record_strip import ReasonStrip
from console.views.ui import Ui

NOTE: Final = "note"
REVIEW: Final = "review"
KEEP_MS: Final = 700


class LineDrafts(QObject):
    """The words of the strip's line, one draft for each view and kind of word."""

    def __init__(self, ui: Ui, drafts: Drafts, strip: ReasonStrip) -> None:
        super().__init__(strip)
        self._ui, self._drafts, self._strip = ui, drafts, strip
        self._known: dict[str, str] = {}
        self._key = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self._keep)
        strip.reason_typed.connect(self._typed)
        person = ui.session.person_id
        ui.tasks.read(
            "matters.lines",
            lambda: [*drafts.kept(person, NOTE), *drafts.kept(person, REVIEW)],
            self._bring_back,
            self._fail,
        )

    def begin(self, key: str) -> None:
        """The strip asks for something else now; what was typed for it before stands there again. "": for no words."""
        self.keep_now()
        self._key = key
        if self._known.get(key):
            self._strip.put_reason(self._known[key])

    def done(self, key: str) -> None:
        """It was saved."""
        self._timer.stop()
        self._known.pop(key, None)
        person = self._ui.session.person_id
        self._ui.tasks.write(lambda: self._drafts.drop(person, key), _nothing, self._fail)

    def keep_now(self) -> None:
        """Keep what was typed last, without waiting for a pause."""
        if self._timer.isActive():
            self._timer.stop()
            self._keep()

    @Slot(str)
    def _typed(self, words: str) -> None:
        if self._key:
            self._known[self._key] = words
            self._timer.start()

    @Slot()
    def _keep(self) -> None:
        key, person = self._key, self._ui.session.person_id
        words = self._known.get(key, "")

        def work() -> None:
            if words.strip():
                self._drafts.keep(person, key, {"words": words})
            else:
                self._drafts.drop(person, key)

        self._ui.tasks.write(work, _nothing, self._fail)

    def _bring_back(self, found: Sequence[Draft]) -> None:
        for draft in found:
            self._known.setdefault(draft.key, str(draft.values.get("words", "")))

    def _fail(self, _problem: ConsoleError) -> None:
        """The words still stand in the line; a disk that is full is told where something is saved."""


def _nothing(_answer: object) -> None:
    """Nobody waits for this."""
