"""What the registers of data protection share: deadlines, and what is journaled before rows leave the program."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from console.db.journal import JournalEvent
from console.db.store import Tx
from console.kernel import Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command

Register = Literal["rights_request", "breach", "processing", "retention"]


@plain_dataclass(frozen=True, slots=True)
class Deadline:
    """Until when something has to be done, and how many whole days or hours are left; 0: these are the last."""

    ends: datetime
    left: int

    @property
    def overdue(self) -> bool:
        return self.left < 0


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ExtractRegister(Command):
    """Rows of a register, or one paper about a record of it (`rows` 1), are about to leave the program."""

    register: Register
    how: Literal["csv", "print"]
    rows: Annotated[int, Field(ge=0)]


class Registers:
    """What is common to the registers."""

    @command(right=Right.PROTECT_DATA)
    def extract_register(self, tx: Tx, cmd: ExtractRegister, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        data = {"register": cmd.register, "how": cmd.how, "rows": cmd.rows}
        tx.record(JournalEvent("register.extracted", ("register", cmd.register), data))
