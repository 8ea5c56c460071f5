"""The side panel of a record page: title, what can be done with the record, and tabs with form, more, and history."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Final, Generic

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.i18n import _, plain
from console.i18n.errors import error_text
from console.i18n.labels import roles_with
from console.kernel import Conflict, ConsoleError
from console.services.drafts import Draft
from console.services.station import Station
from console.views.flow import ButtonRow
from console.views.record_form import RecordForm
from console.views.record_history import HistoryPanel
from console.views.record_spec import Act, Findable, FormSpec, RecordSpec, Row, Values, only_shown
from console.views.record_strip import ReasonStrip
from console.views.ui import Ui

LOW: Final = 320
_numbers = count()


class RowPanel(QWidget, Generic[Row]):
    """A tab of a feature's own. `show_row` is called for each record that is opened or read again; None: no record."""

    changed = Signal(object)
    """Something was stored; the id of the record to be shown, or None."""

    def show_row(self, row: Row | None) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """End what runs."""


class RecordPanel(QFrame, Generic[Row]):
    """Shows one record, or the form of a new one."""

    closed = Signal()
    changed = Signal(object)
    said = Signal(str, str)
    told = Signal(str)
    """What was done, in a sentence that has to stay."""
    opening_wanted = Signal(object, object)
    """An act of this record has something to ask: open it, then call the second."""

    def __init__(self, ui: Ui, station: Station, spec: RecordSpec[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recordPanel")
        self._ui = ui
        self._station = station
        self._spec = spec
        self._name = f"panel-{next(_numbers)}"
        self._row: Row | None = None
        self._closed = False
        self._sending = False
        self.form: RecordForm[Row] | None = None
        if spec.form is not None:
            self.form = RecordForm(ui, station, self._form_for_reader_or_writer(spec.form), spec.kind)
            self.form.reread = spec.form.reread or self._reread()
            self.form.saved.connect(self._take_saved)
            self.form.closed.connect(self.closed)
        self.history = HistoryPanel(ui, station, spec.kind) if spec.history else None
        self._panels: list[RowPanel[Row]] = []
        self._build()

    def _form_for_reader_or_writer(self, form: FormSpec[Row]) -> FormSpec[Row]:
        if self._spec.may_change:
            return form
        right = self._spec.right
        roles = "–" if right is None else roles_with({right})
        return only_shown(form, _("You can read this but not change it. It may be changed by: {roles}.", roles=roles))

    def _reread(self) -> Callable[[Row], Row | None] | None:
        source = self._spec.source
        if not isinstance(source, Findable):
            return None

        def again(row: Row) -> Row | None:
            source_now = self._spec.source
            source_now.forget()
            found: Row | None = source.row(row.id)
            return found

        return again

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        self._strip = ReasonStrip(self._ui.theme)
        column.addWidget(self._strip)
        self._strip.installEventFilter(self)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.currentChanged.connect(self._tab_changed)
        if self.form is not None:
            self._tabs.addTab(self.form, plain(_("Details")))
        if self.history is not None:
            self._tabs.addTab(self.history, plain(_("History")))
        column.addWidget(self._tabs, 1)
        column.addStretch(0)

    def _head(self) -> QWidget:
        head = QFrame()
        head.setObjectName("panelHead")
        column = QVBoxLayout(head)
        column.setContentsMargins(16, 10, 10, 8)
        column.setSpacing(6)
        top = QHBoxLayout()
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "title")
        self._title.setWordWrap(True)
        close = QToolButton()
        close.setObjectName("tool")
        close.setIcon(self._ui.theme.icon("close"))
        close.setToolTip(plain(_("Close")))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.try_close)
        top.addWidget(self._title, 1)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        more = QPushButton(self._ui.theme.icon("more", "text"), plain(_("More")))
        more.clicked.connect(self._list_more)
        self._acts = ButtonRow(more)
        column.addWidget(self._acts)
        return head

    def add_tab(self, title: str, panel: RowPanel[Row]) -> None:
        """Put a feature's own tab before the history."""
        self._panels.append(panel)
        panel.changed.connect(self.changed)
        self._tabs.insertTab(self._tabs.count() - (1 if self.history is not None else 0), panel, plain(title))

    # What is shown

    @property
    def row(self) -> Row | None:
        return self._row

    def show_row(self, row: Row) -> None:
        """Show a record. The tab stays; what is not in sight is read when it is opened."""
        same = self._row is not None and self._row.id == row.id
        self._row = row
        if not same:
            self._strip.close_strip()
        if self.form is not None:
            self.form.follow(row)
        self._dress()

    def show_new(self, values: Values | None) -> None:
        self._row = None
        self._strip.close_strip()
        if self.form is not None:
            self.form.fill(None, values)
        self._tabs.setCurrentIndex(0)
        self._dress()

    def show_draft(self, draft: Draft) -> None:
        """Go on with a new record that was begun before."""
        self.show_new(None)
        if self.form is not None:
            self.form.resume(draft)

    def note(self, row: Row) -> None:
        """The list was read again: tell what is stored now."""
        if self._row is None or row.id != self._row.id or self.isHidden():
            return
        if row != self._row and not self.is_dirty():
            self._row = row
            self._dress()
        if self.form is not None:
            self.form.note_change(row)

    def _dress(self) -> None:
        row = self._row
        if self._spec.form is not None:
            self._title.setText(self._spec.form.title(row))
        elif row is not None:
            self._title.setText(self._spec.columns[0].text(row))
        for panel in self._panels:
            panel.show_row(row)
        if self.history is not None:
            self.history.show_record(None if row is None else row.id)
            self._tabs.setTabVisible(self._tabs.indexOf(self.history), row is not None)
        self._show_acts()
        self._tab_changed()

    @Slot()
    def _tab_changed(self) -> None:
        if self.history is not None and self._tabs.currentWidget() is self.history:
            self.history.read()

    def enter(self) -> None:
        """Put the cursor into what is shown."""
        if self.form is not None and self._tabs.currentWidget() is self.form:
            self.form.focus_first()
        else:
            self._tabs.currentWidget().setFocus(Qt.FocusReason.OtherFocusReason)

    # Leaving

    def is_dirty(self) -> bool:
        return self.form is not None and not self.isHidden() and self.form.is_dirty()

    def leave(self, then: Callable[[], None]) -> None:
        if self.form is not None and self.is_dirty():
            self._tabs.setCurrentWidget(self.form)
            self.form.leave(then)
        else:
            then()

    @Slot()
    def try_close(self) -> None:
        if self._strip.asks:
            self._strip.leave()
        elif self.form is not None and self.is_dirty():
            self._tabs.setCurrentWidget(self.form)
            self.form.try_close()
        else:
            self.closed.emit()

    def save(self) -> None:
        if self.form is not None and not self.isHidden():
            self.form.save()

    def stop(self) -> None:
        self._closed = True
        self._strip.close_strip()
        if self.form is not None:
            self.form.stop()
        for panel in self._panels:
            panel.stop()
        if self.history is not None:
            self.history.stop()

    @Slot(object)
    def _take_saved(self, answer: Any) -> None:
        form = self._spec.form
        said = form.saved(answer) if form is not None else ""
        self.said.emit(said or _("Saved."), "good")
        made = answer if isinstance(answer, str) else getattr(answer, "id", None)
        record_id = made if self._row is None else self._row.id
        self.changed.emit(record_id)
        if record_id is None:
            # Nothing tells which record it became: the form must not stand there to be saved a second time.
            self.closed.emit()

    # Acts

    def _possible(self, row: Row) -> list[Act[Row]]:
        return [act for act in self._spec.acts if act.can(row)]

    def _show_acts(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self._acts.isAncestorOf(focused):
            # The button that was pressed goes away; the page's keys must not go with it.
            self.enter()
        self._acts.fill([self._act_button(act) for act in ([] if self._row is None else self._possible(self._row))])

    def _act_button(self, act: Act[Row]) -> QPushButton:
        button = QPushButton(self._ui.theme.icon(act.icon, "text"), plain(_(act.label)), self._acts)
        button.setProperty("act", act.key)
        button.clicked.connect(self._press)
        return button

    @Slot()
    def _press(self) -> None:
        key = self.sender().property("act")
        if self._row is not None:
            self.run_act(next(act for act in self._spec.acts if act.key == key), self._row)

    @Slot()
    def _list_more(self) -> None:
        sender = self.sender()
        if self._row is not None and isinstance(sender, QWidget):
            self.list_acts(self._row, sender.mapToGlobal(QPoint(0, sender.height())))

    def list_acts(self, row: Row, place: QPoint) -> None:
        """Offer what can be done with this record in a menu."""
        menu = QMenu(self)
        for act in self._possible(row):
            action = QAction(self._ui.theme.icon(act.icon, "text"), plain(_(act.label)), menu)
            action.triggered.connect(lambda _checked=False, each=act: self.run_act(each, row))
            menu.addAction(action)
        if not menu.isEmpty():
            menu.setActiveAction(menu.actions()[0])
            menu.popup(place)

    def run_act(self, act: Act[Row], row: Row) -> None:
        """Do it, after asking if it warns or wants a reason."""
        if self._sending:
            return
        if act.open is not None:
            act.open(row)
        elif act.warning is None and not act.reason:
            self._send(act, row, "")
        else:
            self._asking(row, lambda: self._ask(act, row))

    def _asking(self, row: Row, ask: Callable[[], None]) -> None:
        if self.isHidden() or self._row is None or self._row.id != row.id:
            self.opening_wanted.emit(row, ask)
        else:
            ask()

    def _ask(self, act: Act[Row], row: Row) -> None:
        text = act.warning(row) if act.warning is not None else _(act.label)
        self._strip.ask_reason(text, _(act.reason), _(act.label), lambda reason: self._send(act, row, reason))
        # In a low window the question has the panel to itself: it must be read whole.
        self._tabs.setVisible(self.height() >= LOW)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring back what a question in a low window had covered."""
        if watched is self._strip and event.type() == QEvent.Type.Hide and self._tabs.isHidden():
            self._tabs.show()
            if QApplication.focusWidget() is None:
                self.enter()
        return super().eventFilter(watched, event)

    def _send(self, act: Act[Row], row: Row, reason: str) -> None:
        if act.command is None:
            return
        try:
            command = act.command(row, reason)
        except ConsoleError as problem:
            self._refuse(row, problem)
            return
        self._sending = True
        dispatcher, session = self._station.dispatcher, self._ui.session
        self._ui.tasks.write(
            lambda: dispatcher.run(command, session),
            lambda answer: self._take_done(act, row, answer),
            lambda problem: self._refuse(row, problem),
        )

    def _take_done(self, act: Act[Row], row: Row, answer: Any) -> None:
        self._sending = False
        if self._closed:
            return
        text = act.done(row, answer) or _("Done.")
        if act.stays:
            self.told.emit(text)
        else:
            self.said.emit(text, "good")
        self.changed.emit(row.id)

    def _refuse(self, row: Row, problem: ConsoleError) -> None:
        self._sending = False
        if self._closed:
            return
        self.said.emit(error_text(problem), "bad")
        if isinstance(problem, Conflict):
            self.changed.emit(row.id)
