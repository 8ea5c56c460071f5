"""A form's draft: kept a moment after the last key, on the writing thread, and brought back when the form is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.i18n import _
from console.i18n.errors import error_text
from console.kernel import ConsoleError
from console.services.drafts import Draft
from console.services.station import Station
from console.views.record_spec import Keyed
from console.views.record_values import Raw
from console.views.ui import Ui

DRAFT_MS: Final = 400
NEW: Final = "new"
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed, and what the fields began with then."""

    typed: Mapping[str, Raw]
    base: Mapping[str, Raw]

    @classmethod
    def of(cls, draft: Draft) -> Kept:
        """Read a draft; what lies in a file may be of any kind."""
        return cls(_raws(draft.values.get("typed")), _raws(draft.values.get("base")))


class DraftKeeper(QObject):
    """Keeps the draft of one form. `due` asks the form for what is typed."""

    due = Signal()
    noted = Signal(str)
    """What the form may say of its draft: that it is kept, or why it cannot be."""

    def __init__(self, ui: Ui, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = ui.tasks
        self._drafts = station.drafts
        self._person = ui.session.person_id
        self._key = ""
        self._keeps = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_MS)
        self._timer.timeout.connect(self.due)

    def begin(self, key: str) -> None:
        """From now on the draft is the one under this key."""
        self._timer.stop()
        self._key = key
        self._keeps = False

    def read(self) -> Draft | None:
        """Return the draft, on a reader's thread."""
        return self._drafts.take(self._person, self._key)

    def brought_back(self) -> None:
        """The draft stands in the form again: with nothing typed any more it shall go."""
        self._keeps = True

    @Slot()
    def touch(self) -> None:
        """A key was pressed."""
        self._timer.start()

    def keep(self, typed: Mapping[str, Raw], base: Mapping[str, Raw]) -> None:
        """Keep what is typed; with nothing typed drop what was kept."""
        self._timer.stop()
        if not typed:
            if self._keeps:
                self.drop()
            return
        self._keeps = True
        entry = {"typed": dict(typed), "base": {name: base[name] for name in typed}}
        drafts, person, key = self._drafts, self._person, self._key
        self.noted.emit(_("Kept as a draft until you save."))
        self._tasks.write(lambda: drafts.keep(person, key, entry), _nothing, self._not_kept)

    def dropped_after(self, work: Callable[[], Answer]) -> Callable[[], Answer]:
        """Return `work` with the draft gone as soon as it is done, whether or not the form is there to hear of it.

        What is stored and offered once more would be stored twice.
        """
        drafts, person, key = self._drafts, self._person, self._key

        def done() -> Answer:
            answer = work()
            drafts.drop(person, key)
            return answer

        return done

    def forget(self) -> None:
        """The draft is gone, or goes."""
        self._timer.stop()
        self._keeps = False
        self.noted.emit("")

    def drop(self) -> None:
        """The contents are not wanted."""
        self.forget()
        drafts, person, key = self._drafts, self._person, self._key
        self._tasks.write(lambda: drafts.drop(person, key), _nothing, _nothing)

    def stop(self) -> None:
        self._timer.stop()

    def _not_kept(self, problem: ConsoleError) -> None:
        self.noted.emit(error_text(problem))


def key_of_draft(kind: str, row: Keyed | None) -> str:
    return f"{kind}:{NEW if row is None else row.id}"


def _raws(values: Any) -> dict[str, Raw]:
    if not isinstance(values, Mapping):
        return {}
    return {str(name): _raw(value) for name, value in values.items()}


def _raw(value: object) -> Raw:
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return value if isinstance(value, bool) else str(value)


def _nothing(_answer: object) -> None:
    """Nobody waits for this."""
