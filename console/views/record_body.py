"""The fields of a form: what stands in them, what of it was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.errors import field_text
from console.kernel import Invalid
from console.views.record_fields import FieldBox
from console.views.record_spec import Section, Values
from console.views.record_values import Options, Raw, empty_value
from console.views.ui import Ui


class FormBody(QScrollArea):
    """All fields, below one another. Each began with its `base`; what differs from that was typed."""

    changed = Signal()

    def __init__(self, ui: Ui, sections: Sequence[Section], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.boxes = {each.name: FieldBox(ui, each) for section in sections for each in section.fields}
        self._base: dict[str, Raw] = {}
        self._options: Mapping[str, Options] = {}
        self._doubted: dict[str, Raw] = {}
        self._loading = False
        self._heads: list[tuple[QLabel, tuple[str, ...]]] = []
        self.setWidget(self._column(sections))
        self._policies = {name: box.editor.focusPolicy() for name, box in self.boxes.items()}
        self._pass_over_fixed()

    def _pass_over_fixed(self) -> None:
        """Tab leads from one field that can be filled in to the next: what is typed blindly lands where it belongs.

        Where nothing can be filled in, Tab is the way to read on without a mouse.
        """
        some = self.writable
        for name, box in self.boxes.items():
            passed = box.fixed and some
            box.editor.setFocusPolicy(Qt.FocusPolicy.ClickFocus if passed else self._policies[name])

    @property
    def writable(self) -> bool:
        """Whether any field can be filled in."""
        return not all(box.fixed for box in self.boxes.values())

    def fix(self, settled: Container[str]) -> None:
        """Let the fields of these names be read only, and every other one be written."""
        for name, box in self.boxes.items():
            box.set_fixed(fixed=name in settled)
        self._pass_over_fixed()

    def _column(self, sections: Sequence[Section]) -> QWidget:
        body = QWidget()
        body.setObjectName("formBody")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(16, 10, 16, 16)
        rows.setSpacing(12)
        for section in sections:
            if section.title:
                head = QLabel(plain(_(section.title)))
                head.setProperty("role", "section")
                rows.addWidget(head)
                self._heads.append((head, tuple(each.name for each in section.fields)))
            for each in section.fields:
                box = self.boxes[each.name]
                box.changed.connect(self._tell)
                rows.addWidget(box)
        rows.addStretch(1)
        return body

    # What stands in it

    def load(self, stored: Values, options: Mapping[str, Options]) -> None:
        """Begin with a record's values."""
        self._options = options
        self._doubted.clear()
        self._set_base(stored)
        self.react()

    def offer(self, options: Mapping[str, Options]) -> None:
        """Offer these codes, which came after the values; what was typed meanwhile stays typed."""
        self._options = options
        typed = self.typed()
        self._loading = True
        for name, choices in options.items():
            self.boxes[name].set_options(choices)
            if name not in typed:
                self._base[name] = self.boxes[name].raw()
        self._loading = False
        self.react()

    def rebase(self, stored: Values, chosen: Mapping[str, Raw]) -> None:
        """Begin with other values; what was typed stays typed, and what was `chosen` stands instead of both."""
        typed = self.typed()
        self._set_base(stored)
        self.put({**typed, **chosen})

    def _set_base(self, stored: Values) -> None:
        self._loading = True
        for name, box in self.boxes.items():
            box.set_stored(stored.get(name))
            box.set_options(self._options.get(name, {}))
            box.say("")
            self._base[name] = box.raw()
        self._loading = False

    def put(self, raws: Mapping[str, Raw]) -> None:
        """Let these stand in their fields, as if they had been typed."""
        self._loading = True
        for name, raw in raws.items():
            if name in self.boxes:
                self.boxes[name].set_raw(raw)
        self._loading = False
        self.react()

    def reset(self) -> None:
        """Put back what the fields began with."""
        self.put(self._base)
        for box in self.boxes.values():
            box.say("")

    def settle(self) -> None:
        """What stands here is stored now."""
        self._base = self.raws()

    @property
    def base(self) -> Mapping[str, Raw]:
        return self._base

    def raws(self) -> dict[str, Raw]:
        return {name: box.raw() for name, box in self.boxes.items()}

    def typed(self) -> dict[str, Raw]:
        """Return what differs from what the fields began with."""
        raws = {name: box.raw() for name, box in self.boxes.items() if not box.fixed}
        return {name: raw for name, raw in raws.items() if name in self._base and raw != self._base[name]}

    @Slot()
    def _tell(self) -> None:
        if not self._loading:
            self.react()
            self.changed.emit()

    def react(self) -> None:
        """Let fields come and go with what the others say."""
        values = {name: box.read().value for name, box in self.boxes.items()}
        for box in self.boxes.values():
            # What can no longer be filled in, and was not, is left out.
            missing = box.fixed and not box.field.fixed and box.raw() in {"", ()}
            shown = not missing and (box.field.shown is None or box.field.shown(values))
            if box.isHidden() is shown:
                box.setVisible(shown)
        for head, names in self._heads:
            head.setVisible(any(not self.boxes[name].isHidden() for name in names))

    # What is wrong with it

    def checked_values(self) -> dict[str, Any] | None:
        """Return the values for the command; None if a field cannot be read, which says so and is entered."""
        values: dict[str, Any] = {}
        wrong: list[FieldBox] = []
        for name, box in self.boxes.items():
            if box.isHidden():
                values[name] = empty_value(box.field.kind)
                continue
            reading = box.check(complete=True)
            values[name] = reading.value
            if reading.problem:
                wrong.append(box)
        if not wrong:
            return values
        self.enter(wrong[0])
        return None

    def has_doubts(self, questions: Mapping[str, str]) -> bool:
        """Ask at the fields what was not asked for the same contents before."""
        asked: list[FieldBox] = []
        for name, question in questions.items():
            box = self.boxes[name]
            if self._doubted.get(name) == box.raw():
                continue
            self._doubted[name] = box.raw()
            box.say(f"{_(question)} {_('Save once more if it is right.')}", doubt=True)
            asked.append(box)
        if asked:
            self.enter(asked[0])
        return bool(asked)

    def blame(self, wrong: Invalid) -> list[str]:
        """Say at each field what was refused; return the sentences that have no field here."""
        elsewhere: list[str] = []
        blamed: list[FieldBox] = []
        for name, key in wrong.fields.items():
            box = self.boxes.get(name)
            if box is None or box.isHidden():
                elsewhere.append(field_text(key, wrong.params))
            else:
                box.say(field_text(key, wrong.params))
                blamed.append(box)
        if blamed:
            self.enter(min(blamed, key=list(self.boxes.values()).index))
        return elsewhere

    def enter(self, box: FieldBox) -> None:
        """Put the cursor into a field and bring it into sight."""
        box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(box, 0, 24)

    def enter_first(self) -> None:
        """Put the cursor into the first field that can be written; where there is none, into the first one."""
        shown = [box for box in self.boxes.values() if not box.isHidden()]
        for box in [*(box for box in shown if not box.fixed), *shown][:1]:
            self.enter(box)
