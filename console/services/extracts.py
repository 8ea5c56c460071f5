"""What is journaled before a list that names people leaves the program as a file or on paper."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from console.db.journal import JournalEvent, JsonValue
from console.db.store import Tx
from console.kernel import Session
from console.services.commands import COMMAND_CONFIG, Command, command


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ExtractConsents(Command):
    """Owners, what they allow, and until when."""

    how: Literal["csv", "print"]
    rows: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ExtractVisits(Command):
    """Groups that came, with what somebody wrote beside them."""

    how: Literal["csv", "print"]
    rows: Annotated[int, Field(ge=0)]


class Extracts:
    """Whoever reads a list may take it out; that it was taken is told."""

    @command(right=None)
    def extract_consents(self, tx: Tx, cmd: ExtractConsents, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        tx.record(JournalEvent("consents.extracted", ("consent", tx.station_id), _told(cmd)))

    @command(right=None)
    def extract_visits(self, tx: Tx, cmd: ExtractVisits, session: Session) -> None:  # noqa: ARG002 - the same
        tx.record(JournalEvent("visits.extracted", ("visit", tx.station_id), _told(cmd)))


def _told(cmd: ExtractConsents | ExtractVisits) -> dict[str, JsonValue]:
    return {"how": cmd.how, "rows": cmd.rows}
