"""Emergency overrides: a superintendent answers, by a named law, for looking where the owner does not allow it now.

The command only writes down who, by which law, why and for which incident. Whether a picture follows is the gate's to
say, as ever: a refused attempt stands on the camera's own chain like any other refusal.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import StringConstraints
from pydantic.dataclasses import dataclass

from console.db import emergencies as db
from console.db.cameras import get_camera
from console.db.emergencies import LASTS
from console.db.incidents import get_incident
from console.db.store import Tx
from console.kernel import ConsoleError, DenyReason, Invalid, LegalBasis, Right, Session
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.texts import ONE_LINE, unseen

LASTS_MIN: Final = int(LASTS.total_seconds() // 60)
SHORTEST: Final = 20
LIFTED: Final = frozenset(
    {
        DenyReason.PAUSED_BY_OWNER,
        DenyReason.OUTSIDE_HOURS,
        DenyReason.REGISTER_ONLY,
        DenyReason.NO_INCIDENT,
        DenyReason.INCIDENT_CLOSED,
        DenyReason.INCIDENT_TOO_FAR,
        DenyReason.PURPOSE_NOT_ALLOWED,
        DenyReason.EMERGENCY_OVER,
    }
)
"""Refusals past which an override may lead. The window offers it only there; the gate decides by itself."""

Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), ONE_LINE]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class BeginEmergency(Command):
    """Look at one camera for half an hour at most, for an open incident, by this law."""

    camera_id: str
    incident_id: str
    legal_basis: LegalBasis
    reason: Why

    def problems(self) -> dict[str, str]:
        if len(self.reason) < SHORTEST:
            return {"reason": "field.twenty"}
        return unseen(reason=self.reason)


@plain_dataclass(frozen=True, slots=True)
class Begun:
    """An override that runs: its id, its incident, and when it ends at the latest."""

    id: str
    incident_id: str
    until: datetime


class Emergencies:
    """The override's one command."""

    @command(right=Right.OVERRIDE)
    def begin_emergency(self, tx: Tx, cmd: BeginEmergency, session: Session) -> Begun:
        camera = get_camera(tx, cmd.camera_id)
        if not get_incident(tx, cmd.incident_id).is_open:
            raise Invalid({"incident_id": "emergency.incident_closed"})
        running = db.running_emergencies(tx).values()
        if any(each.camera_id == camera.id and each.session_id == session.id for each in running):
            # It is not made longer while it runs: each half hour has its own reason.
            raise ConsoleError("emergency.runs_already")
        row = db.begin_emergency(tx, db.NewEmergency(camera.id, cmd.incident_id, cmd.legal_basis, cmd.reason))
        return Begun(row.id, row.incident_id, row.until)
