"""The registers of data protection leave the program only with a line in the journal, written before they do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from console.db.journal import JournalEvent
from console.db.store import Tx
from console.kernel import Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command

Register = Literal["rights_request", "breach", "processing", "retention"]


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
