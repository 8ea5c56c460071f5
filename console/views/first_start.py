"""The first start on an empty store: the first administrator with the one-time code, then the recovery sheet, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from console.i18n import _, plain
from console.i18n.errors import error_text, field_text
from console.i18n.labels import label
from console.i18n.ranks import rank_choices
from console.kernel import ConsoleError, Invalid, Role, Secret
from console.services.papers import grouped
from console.services.people import RecoverySheet
from console.views.field_box import FieldBox
from console.views.log_in import Card, Typed
from console.views.password_field import PasswordField
from console.views.prose import Prose
from console.views.record_choice import ChoiceBox
from console.views.record_values import UNCHOSEN
from console.views.theme import Theme

WIDTH: Final = 700
CODE_COLUMNS: Final = 3
FIRST_ROLES: Final = (Role.SUPERINTENDENT, Role.IT)


@dataclass(frozen=True, slots=True)
class Founding:
    """What was typed for the first administrator, before it is checked."""

    code: Secret
    login: str
    rank: str
    name: str
    position: str
    role: Role
    password: Secret


class FirstCard(Card):
    """Code, who it is, password twice. Every sentence stands at its field, and what was typed stays."""

    submitted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, parent)
        title = QLabel(plain(_("First administrator")))
        title.setProperty("role", "title")
        text = Prose(
            _(
                "Nobody can log in here yet. With the one-time code that installation printed (“main.py user code”)"
                " you become the first administrator. You add everybody else afterwards."
            )
        )
        self.column.addWidget(title)
        self.column.addWidget(text)
        self._make_fields(theme)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        for number, box in enumerate(self._boxes.values()):
            grid.addWidget(box, number // 2, number % 2, Qt.AlignmentFlag.AlignTop)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        self.column.addLayout(grid)
        self._message = Prose(role="problem")
        self.column.addWidget(self._message)
        self.verb = QPushButton(plain(_("Make the first administrator")))
        self.verb.setProperty("primary", True)
        self.verb.setAutoDefault(True)
        self.verb.clicked.connect(self._submit)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.verb)
        self.column.addLayout(row)
        self.setFocusProxy(self.code)

    def _make_fields(self, theme: Theme) -> None:
        self.code, self.login, self.name, self.position = (QLineEdit() for _number in range(4))
        self.code.setPlaceholderText("XXXX-XXXX-XXXX-XXXX")
        self.code.setMaxLength(64)
        self.login.setMaxLength(64)
        self.rank, self.role = ChoiceBox(theme), ChoiceBox(theme)
        self.rank.set_options(rank_choices())
        self.role.set_options({role.value: label(role) for role in FIRST_ROLES})
        self.role.set_raw(FIRST_ROLES[0].value)
        self.password = PasswordField(theme, _("Password"))
        self.again = PasswordField(theme, _("Password once more"))
        self._boxes = {
            "code": FieldBox(_("One-time code"), self.code, required=True),
            "login": FieldBox(_("User name"), self.login, required=True),
            "rank": FieldBox(_("Rank"), self.rank),
            "display_name": FieldBox(_("First name and surname"), self.name, required=True),
            "position": FieldBox(_("Position"), self.position),
            "role": FieldBox(_("Role in the program"), self.role, required=True),
            "password": FieldBox(_("Password (at least 12 characters)"), self.password, required=True),
            "again": FieldBox(_("Password once more"), self.again, required=True),
        }
        for line in (self.code, self.login, self.name, self.position):
            line.returnPressed.connect(self._submit)
        for field in (self.password, self.again):
            field.submitted.connect(self._submit)

    @property
    def said(self) -> str:
        """Everything that stands at the fields now."""
        return "\n".join(filter(None, (*(box.said for box in self._boxes.values()), self._message.said)))

    def refuse(self, problem: ConsoleError) -> None:
        """Say at each field what is wrong with it, the rest below."""
        self.setEnabled(True)
        if isinstance(problem, Invalid):
            self._say({name: field_text(key) for name, key in problem.fields.items()})
        else:
            self._say({}, error_text(problem))

    def typed(self) -> Typed:
        lines = {"code": self.code, "login": self.login, "name": self.name, "position": self.position}
        more = {"rank": self.rank.raw(), "role": self.role.raw()}
        passwords = {"password": self.password.line.text(), "again": self.again.line.text()}
        return {name: line.text() for name, line in lines.items()} | more | passwords

    def fill(self, typed: Typed) -> None:
        for name, line in {
            "code": self.code,
            "login": self.login,
            "name": self.name,
            "position": self.position,
            "password": self.password.line,
            "again": self.again.line,
        }.items():
            line.setText(typed.get(name, ""))
        self.rank.set_raw(typed.get("rank", ""))
        self.role.set_raw(typed.get("role", ""))

    def _say(self, fields: dict[str, str], message: str = "") -> None:
        for name, box in self._boxes.items():
            box.say(fields.get(name, ""))
        rest = [sentence for name, sentence in fields.items() if name not in self._boxes]
        self._message.say("\n".join(filter(None, (message, *rest))))
        first = next((box for name, box in self._boxes.items() if name in fields), None)
        if first is not None:
            first.field.setFocus()

    @Slot()
    def _submit(self) -> None:
        required = {
            "code": self.code.text(),
            "login": self.login.text(),
            "display_name": self.name.text(),
            "password": self.password.line.text(),
        }
        wrong = {name: field_text("field.missing") for name, text in required.items() if not text.strip()}
        if self.password.secret() != self.again.secret():
            wrong["again"] = field_text("password.differs")
        if self.role.raw() not in set(FIRST_ROLES):
            wrong["role"] = field_text("field.choice")
        self._say(wrong)
        if wrong:
            return
        self.setEnabled(False)
        self.submitted.emit(
            Founding(
                Secret(self.code.text()),
                self.login.text(),
                # A rank that is in no list is stored as it was typed.
                self.rank.raw().removeprefix(UNCHOSEN),
                self.name.text(),
                self.position.text(),
                Role(self.role.raw()),
                self.password.secret(),
            )
        )


class SheetCard(Card):
    """The recovery code, shown once. The last group must be typed: proof that it stands on paper."""

    print_wanted = Signal()
    finished = Signal()

    def __init__(self, theme: Theme, sheet: RecoverySheet, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, parent)
        self._groups = sheet.code.reveal().split("-")
        title = QLabel(plain(_("Recovery sheet")))
        title.setProperty("role", "title")
        self.column.addWidget(title)
        self._tell(
            _(
                "This code opens the camera passwords when nobody at the station can any more. It is shown only now."
                " Print it or write it down; two people seal it into an envelope for the safe."
            )
        )
        code = QGridLayout()
        code.setSpacing(8)
        for number, group in enumerate(self._groups):
            cell = QLabel(group)
            cell.setObjectName("codeGroup")
            cell.setAlignment(Qt.AlignmentFlag.AlignCenter)
            code.addWidget(cell, number // CODE_COLUMNS, number % CODE_COLUMNS)
        self.column.addLayout(code)
        self._tell(_("Fingerprint of the key that seals the access log: {signer}", signer=grouped(sheet.signer)))
        if not sheet.keyring:
            self._tell(
                _("This computer has no keyring that may be trusted: passwords alone protect the camera addresses.")
            )
        self.proof = QLineEdit()
        self.proof.setMaxLength(16)
        self._box = FieldBox(_("Type the last group of the code, to show that it stands on paper"), self.proof)
        self.column.addWidget(self._box)
        row = QHBoxLayout()
        self.print = QPushButton(theme.icon("print", "text"), plain(_("Print…")))
        self.print.clicked.connect(self.print_wanted)
        self.verb = QPushButton(plain(_("It is written down – go on")))
        self.verb.setProperty("primary", True)
        self.verb.clicked.connect(self._go_on)
        self.proof.returnPressed.connect(self._go_on)
        row.addWidget(self.print)
        row.addStretch(1)
        row.addWidget(self.verb)
        self.column.addLayout(row)
        self.setFocusProxy(self.proof)

    @property
    def said(self) -> str:
        return self._box.said

    def typed(self) -> Typed:
        return {"proof": self.proof.text()}

    def fill(self, typed: Typed) -> None:
        self.proof.setText(typed.get("proof", ""))

    def _tell(self, sentence: str) -> None:
        self.column.addWidget(Prose(sentence))

    @Slot()
    def _go_on(self) -> None:
        typed = self.proof.text().strip().upper().translate(str.maketrans("OIL", "011"))
        if typed != self._groups[-1]:
            self._box.say(_("This is not the last group. Read it from your paper."))
            self.proof.selectAll()
            self.proof.setFocus()
            return
        self.finished.emit()
