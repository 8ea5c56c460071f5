"""The station's clock: the way out after it stood in the future, by one person's word that stands in the journal."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from console.db.journal import confirm_clock
from console.db.store import Tx
from console.kernel import Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ConfirmClock(Command):
    """The superintendent says that this computer's clock is right now.

    Rows written while it stood in the future keep owners' cameras closed until real time catches up. From this row on
    the gate compares with what follows it; a clock that is set back later is refused as before.
    """


class StationClock:
    """Confirms; nobody can set anything here."""

    @command(right=Right.COUNTERSIGN)
    def confirm(self, tx: Tx, cmd: ConfirmClock, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        confirm_clock(tx)
