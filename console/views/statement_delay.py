"""The small form with which a case is let wait in owners' statements: until which day, and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.dates import local
from console.i18n.typed import day_begins
from console.services.commands import Command, build
from console.services.statements import DelayLines
from console.views.record_spec import Day, Field, FormSpec, LongText, Section, Values

OFFERED: Final = timedelta(days=30)
_FIELDS: Final = (
    Field(
        "until",
        N_("The owners are told from this day on"),
        Day(),
        required=True,
        hint=N_("90 days from today at most: who looked is the owner's to know, while it can still be asked about."),
    ),
    Field("reason", N_("Why they must wait"), LongText(1000), required=True, hint=N_("At least 20 letters.")),
)


def delay_form(number: str, incident_id: str, now: datetime) -> FormSpec[Any]:
    """Return the form for the case of an incident. What stands in it is refused at its field."""
    first = day_begins((local(now) + OFFERED).date())
    what = _(
        "The lines of incident {number} wait in the statements of every camera. They are counted there and named as"
        " waiting; afterwards the owners are told them.",
        number=number,
    )

    def command(values: Values, _row: object) -> Command:
        return build(DelayLines, incident_id=incident_id, until=values["until"], reason=values["reason"])

    return FormSpec(
        title=lambda _row: what,
        sections=(Section("", _FIELDS),),
        stored=lambda _row: {"until": first},
        command=command,
        verb=N_("Let this case wait"),
        saved=lambda _answer: _("The lines of incident {number} wait.", number=number),
    )
