"""How far a right to look reaches, as fields of a form: the same on an owner's consent and on a recorded permission."""

from __future__ import annotations

from typing import Final

from console.i18n import N_
from console.i18n.labels import labels_of
from console.kernel import AccessLevel, Purpose
from console.services.authorities import FARTHEST_M
from console.services.permits import NEVER_TICKED
from console.views.record_spec import Choice, Field, Hours, Number, Several, Values


def looks(values: Values) -> bool:
    """Whether the chosen level lets anybody look at all."""
    return values["level"] not in {None, AccessLevel.REGISTER_ONLY}


TICKABLE: Final = tuple(purpose for purpose in Purpose if purpose not in NEVER_TICKED)
"""The purposes that an owner is asked about."""

LEVEL_FIELDS: Final = (
    Field("level", N_("Level"), Choice(labels_of(AccessLevel)), required=True),
    Field(
        "hours",
        N_("Hours"),
        Hours(),
        required=True,
        hint=N_("Also across midnight; several spans with a comma between them."),
        shown=lambda values: values["level"] is AccessLevel.HOURS,
    ),
    Field(
        "radius_m",
        N_("Radius around the camera"),
        Number(1, FARTHEST_M, unit=N_("metres")),
        required=True,
        hint=N_("The picture opens only while an incident within this radius is open."),
        shown=lambda values: values["level"] is AccessLevel.INCIDENT,
    ),
    Field("purposes", N_("Purposes"), Several(labels_of(TICKABLE)), required=True, shown=looks),
)
