"""The form of the door: who, and his password; where that is a temporary one, also one of his own.

Used wherever somebody shows who he is: at log-in, to unlock, to take over, to change a password.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text, field_text
from console.kernel import ConsoleError, Invalid, Secret
from console.views.field_box import FieldBox
from console.views.password_field import PasswordField
from console.views.prose import Prose
from console.views.theme import Theme

TEMPORARY = "login.temporary"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was typed. `new` is the password that takes the place of a temporary one."""

    login: str
    password: Secret
    new: Secret | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the form asks. `login` None: it is typed here. `new_password`: a change, so a new one from the start."""

    verb: str
    login: str | None = None
    new_password: bool = False


class CredentialsForm(QWidget):
    """What was typed stays after a refusal, but for a wrong password; the cursor stands where it is needed."""

    submitted = Signal(object)

    def __init__(self, theme: Theme, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wishes = wishes
        self.login = QLineEdit()
        self.login.setMaxLength(64)
        self.password = PasswordField(theme, _("Password"))
        self.new = PasswordField(theme, _("New password"))
        self.again = PasswordField(theme, _("New password once more"))
        present = _("Present password") if wishes.new_password else _("Password")
        self._boxes = {
            "login": FieldBox(_("User name"), self.login),
            "old": FieldBox(present, self.password),
            "new": FieldBox(_("New password (at least 12 characters)"), self.new),
            "again": FieldBox(_("New password once more"), self.again),
        }
        self.verb = QPushButton(plain(wishes.verb))
        self.verb.setProperty("primary", True)
        self.verb.setAutoDefault(True)
        self._message = Prose(role="problem")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for box in self._boxes.values():
            column.addWidget(box)
        column.addWidget(self._message)
        column.addWidget(self.verb)
        self._boxes["login"].setVisible(wishes.login is None)
        self._ask_new(wanted=wishes.new_password)
        self.login.returnPressed.connect(self.password.setFocus)
        for field in (self.password, self.new, self.again):
            field.submitted.connect(self._go_on)
        self.verb.clicked.connect(self._submit)
        self.setFocusProxy(self.login if wishes.login is None else self.password)

    @property
    def said(self) -> str:
        """Everything the form says that is wrong now."""
        boxes = (box.said for box in self._boxes.values())
        return "\n".join(filter(None, (*boxes, self._message.said)))

    @property
    def asks_new(self) -> bool:
        return not self._boxes["new"].isHidden()

    def busy(self) -> None:
        """The password is being checked, which takes a moment by design."""
        self._say({})
        self.setEnabled(False)

    def refuse(self, problem: ConsoleError) -> None:
        """Say why it was refused. A temporary password is right: one's own is asked for in its place."""
        self.setEnabled(True)
        if problem.key == TEMPORARY:
            self._ask_new(wanted=True)
            self._say({}, _("This password was chosen by somebody else. Choose one of your own now."))
            self.new.setFocus()
        elif isinstance(problem, Invalid):
            self._say({name: field_text(key) for name, key in problem.fields.items()})
            self._go_to(next(iter(problem.fields)))
        else:
            self._say({}, error_text(problem))
            self.password.clear()
            self.password.setFocus()

    def reset(self) -> None:
        """Forget the passwords that were typed."""
        self.setEnabled(True)
        for field in (self.password, self.new, self.again):
            field.clear()
        self._ask_new(wanted=self._wishes.new_password)
        self._say({})

    def _ask_new(self, *, wanted: bool) -> None:
        for name in ("new", "again"):
            self._boxes[name].setVisible(wanted)

    def _say(self, fields: dict[str, str], message: str = "") -> None:
        for name, box in self._boxes.items():
            box.say(fields.get(name, ""))
        rest = [sentence for name, sentence in fields.items() if name not in self._boxes]
        self._message.say("\n".join(filter(None, (message, *rest))))

    def _go_to(self, name: str) -> None:
        box = self._boxes.get(name)
        if box is not None:
            box.field.setFocus()

    @Slot()
    def _go_on(self) -> None:
        """Enter leads to the other new password as long as that is empty; nothing is wrong yet."""
        if self.asks_new and not self.new.is_empty() and self.again.is_empty():
            self._say({})
            self.again.setFocus()
        else:
            self._submit()

    @Slot()
    def _submit(self) -> None:
        wrong = self._missing()
        if wrong:
            self._say(wrong)
            self._go_to(next(iter(wrong)))
            return
        login = self._wishes.login if self._wishes.login is not None else self.login.text().strip()
        new = self.new.secret() if self.asks_new else None
        self.busy()
        self.submitted.emit(Credentials(login, self.password.secret(), new))

    def _missing(self) -> dict[str, str]:
        missing = field_text("field.missing")
        wrong = {}
        if self._wishes.login is None and not self.login.text().strip():
            wrong["login"] = missing
        if self.password.is_empty():
            wrong["old"] = missing
        if self.asks_new and self.new.is_empty():
            wrong["new"] = missing
        if self.asks_new and self.new.secret() != self.again.secret():
            wrong["again"] = field_text("password.differs")
        return wrong
