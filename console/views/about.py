"""About the program: what it is made of, where its data lie, and the self-test with what to do about each finding."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from typing import Final

from PySide6 import __version__ as qt_version
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.kernel import ConsoleError, EndReason
from console.services import about
from console.services.about import Part
from console.services.self_test import CHECKS, GRADES, Computer, Finding, Grade, told, worst
from console.services.station import Station
from console.views.page import Page
from console.views.theme import Theme
from console.views.ui import Ui

_READING: Final = "about.self_test"
_SIGNS: Final = {
    Grade.GOOD: ("check", "good"),
    Grade.WARNING: ("urgent", "warning"),
    Grade.BAD: ("denied", "bad"),
}
_MARGIN: Final = 24
_NARROW: Final = 1180


def page(ui: Ui, station: Station) -> Page:
    return AboutPage(ui, station)


class AboutPage(Page):
    """Facts at the left, licences at the right; on a narrow window one below the other."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._running = False
        self._facts = FactsCard(ui, station)
        self.self_test = SelfTestCard(ui, Computer(station.store.place, station.preferences.settings.video, ui.clock))
        self._parts = PartsCard()
        body = QWidget()
        body.setObjectName("pageBody")
        self._columns = QGridLayout(body)
        self._columns.setContentsMargins(_MARGIN, 18, _MARGIN, 18)
        self._columns.setSpacing(18)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        left = QVBoxLayout()
        left.setSpacing(18)
        left.addWidget(self._facts)
        left.addWidget(self.self_test)
        left.addStretch(1)
        self._columns.addLayout(left, 0, 0)
        self._columns.setColumnStretch(0, 3)
        self._arrange()

    def start(self) -> None:
        self._running = True
        self._ui.tasks.read("about.parts", about.parts, self._show_parts, self._show_problem)
        self.self_test.run()

    def stop(self, reason: EndReason = EndReason.SHUTDOWN) -> None:
        del reason
        self._running = False
        self.self_test.cancel()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < _NARROW
        self._columns.removeWidget(self._parts)
        self._columns.addWidget(self._parts, int(narrow), int(not narrow), Qt.AlignmentFlag.AlignTop)
        self._columns.setColumnStretch(1, 0 if narrow else 2)

    # An answer may come when another page, in another language, has taken this one's place.

    def _show_parts(self, parts: Sequence[Part]) -> None:
        if self._running:
            self._parts.show_parts(parts)

    def _show_problem(self, problem: ConsoleError) -> None:
        if self._running:
            self._parts.show_problem(problem)


class FactsCard(QFrame):
    """What is known without asking anything."""

    def __init__(self, ui: Ui, station: Station) -> None:
        super().__init__()
        self.setObjectName("card")
        settings = station.preferences.settings
        column = _column(self, _("CCOC console {version}", version=about.version()))
        told_by = QLabel(_("No frame without a grant, no lie on the wall, no entry lost."))
        told_by.setProperty("role", "hint")
        told_by.setWordWrap(True)
        column.addWidget(told_by)
        place = station.store.place
        server = settings.database.url is not None
        _lines(
            column,
            (
                (_("Station"), f"{ui.station} ({settings.station.id})" if ui.station else settings.station.id),
                (_("Data folder"), str(place.data_dir)),
                (_("Database"), _("Shared database") if server else str(place.sqlite_path)),
                (_("Log"), str(place.data_dir / "logs" / "console.log")),
                (_("This console's number in the journal"), station.store.writer.id),
                (_("System"), f"{platform.system()} {platform.release()}"),
                ("Qt", qt_version),
            ),
        )


class SelfTestCard(QFrame):
    """The steps of the self-test, one after the other on a reader's thread, each told as soon as it is known."""

    def __init__(self, ui: Ui, computer: Computer) -> None:
        super().__init__()
        self.setObjectName("card")
        self._ui = ui
        self._computer = computer
        self._run = 0
        self.findings: list[Finding] = []
        column = _column(self, _("Self-test"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self._again = _button(_("Test again"), self.run, row)
        self._cancel = _button(_("Cancel"), self.cancel, row)
        self._copy = _button(_("Copy as text"), self.copy, row)
        self._state = QLabel()
        self._state.setWordWrap(True)
        row.addWidget(self._state, 1)
        column.addLayout(row)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        column.addLayout(self._rows)
        self._show_running(None)

    @property
    def state(self) -> str:
        """What is being done, or how it ended."""
        return plain(self._state.text())

    @Slot()
    def run(self) -> None:
        """Begin from the first step; what was found before is forgotten."""
        self._run += 1
        self.findings = []
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._take(0, self._run)

    @Slot()
    def cancel(self) -> None:
        """Ask for no further step. What the running one still finds is not told."""
        if self._cancel.isEnabled():
            self._run += 1
            self._show_running(None)
            self._state.setText(_("Cancelled. What was found until then stands below."))

    @Slot()
    def copy(self) -> None:
        QGuiApplication.clipboard().setText(plain("\n".join(told(self.findings))))
        self._state.setText(_("Copied. Paste it into a message to IT."))

    def _take(self, number: int, run: int) -> None:
        if run != self._run:
            return
        if number == len(CHECKS):
            self._show_running(None)
            return
        self._show_running(number)

        def found(findings: Sequence[Finding]) -> None:
            if run == self._run:
                self._add(findings)
                self._take(number + 1, run)

        def failed(problem: ConsoleError) -> None:
            found([Finding(Grade.BAD, _(CHECKS[number].name), error_text(problem))])

        check = CHECKS[number]
        self._ui.tasks.read(_READING, lambda: check.run(self._computer), found, failed)

    def _add(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.findings.append(finding)
            self._rows.addWidget(_FindingRow(finding, self._ui.theme))

    def _show_running(self, number: int | None) -> None:
        running = number is not None
        self._cancel.setEnabled(running)
        self._cancel.setVisible(running)
        self._again.setVisible(not running)
        self._copy.setEnabled(not running and bool(self.findings))
        if number is not None:
            name = _(CHECKS[number].name)
            self._state.setText(_("Step {n} of {all}: {name}…", n=number + 1, all=len(CHECKS), name=name))
        elif self.findings:
            self._state.setText(_verdict(self.findings))


def _verdict(findings: Sequence[Finding]) -> str:
    return {
        Grade.GOOD: _("Everything is as it should be."),
        Grade.WARNING: _("It works; heed the warnings."),
        Grade.BAD: _("Something does not work; what to do stands beside it."),
    }[worst(findings)]


class _FindingRow(QWidget):
    """Shape, word, what was found, and what to do about it."""

    def __init__(self, finding: Finding, theme: Theme) -> None:
        super().__init__()
        icon, colour = _SIGNS[finding.grade]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        sign = QLabel()
        sign.setPixmap(theme.pixmap(icon, colour, 18, self.devicePixelRatioF()))
        word = QLabel(plain(_(GRADES[finding.grade])))
        word.setProperty("tone", colour)
        word.setFixedWidth(64)
        grid.addWidget(sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(word, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_text(finding.text), 0, 2)
        if finding.advice:
            advice = _text(finding.advice)
            advice.setProperty("role", "hint")
            grid.addWidget(advice, 1, 2)
        grid.setColumnStretch(2, 1)


class PartsCard(QFrame):
    """Name, version and licence of everything that was not written here."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._column = _column(self, _("Made with"))
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._column.addWidget(self._said)
        self._said.hide()

    def show_parts(self, parts: Sequence[Part]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for row, part in enumerate(parts):
            for place, words in enumerate((part.name, part.version or "–", _(part.licence))):
                text = _text(words)
                text.setProperty("role", "hint" if place else "")
                grid.addWidget(text, row, place, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(2, 1)
        self._column.addLayout(grid)

    def show_problem(self, problem: ConsoleError) -> None:
        self._said.setText(error_text(problem))
        self._said.show()


def _column(card: QFrame, title: str) -> QVBoxLayout:
    column = QVBoxLayout(card)
    column.setContentsMargins(18, 14, 18, 16)
    column.setSpacing(10)
    head = QLabel(plain(title))
    head.setProperty("role", "title")
    column.addWidget(head)
    return column


def _lines(column: QVBoxLayout, lines: Sequence[tuple[str, str]]) -> None:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for row, (name, value) in enumerate(lines):
        label = QLabel(plain(name))
        label.setProperty("role", "hint")
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_text(value), row, 1)
    grid.setColumnStretch(1, 1)
    column.addLayout(grid)


def _text(words: str) -> QLabel:
    """Return words that wrap and can be marked and copied with mouse and keyboard."""
    text = QLabel(words)
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return text


def _button(label: str, act: Callable[[], None], row: QHBoxLayout) -> QPushButton:
    button = QPushButton(plain(label))
    button.clicked.connect(act)
    row.addWidget(button)
    return button
