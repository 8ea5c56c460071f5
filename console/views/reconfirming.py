"""The small form with which the owner's word for a new address is written down: how it came, and for which cameras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.labels import labels_of
from console.kernel import WithdrawalWay
from console.services.cameras import CameraRow
from console.services.commands import Command, build
from console.services.readdressing import ReconfirmCameras
from console.views.camera_words import camera_text
from console.views.record_spec import Choice, Field, FormSpec, Section, Values

ALL: Final = "all"
SHORT: Final = N_("new address: ask the owner")
_ASK: Final = N_(
    "Ask whether the camera has a new address and is still the one that was consented to. Whoever entered the address"
    " leaves this to another person."
)


def reconfirm_form(cameras: Sequence[CameraRow]) -> FormSpec[Any]:
    """Return the form for cameras as they stand before the officer; of several, one may be chosen."""
    names = {camera.id: camera_text(camera) for camera in cameras}
    which = Field("camera", N_("Which cameras"), Choice(lambda: _offered(names)), required=True)
    fields = (
        Field("way", N_("How the owner said so"), Choice(labels_of(WithdrawalWay)), required=True, hint=_ASK),
        *((which,) if len(cameras) > 1 else ()),
    )

    def command(values: Values, _row: Any) -> Command:
        chosen = values.get("camera") or ALL
        asked = tuple((camera.id, camera.version) for camera in cameras if chosen in {ALL, camera.id})
        return build(ReconfirmCameras, cameras=asked, way=values["way"])

    title = _("{cameras}: the owner's word for the new address", cameras=", ".join(names.values()))
    return FormSpec(
        title=lambda _row: title,
        sections=(Section("", fields),),
        stored=lambda _row: {"camera": ALL},
        command=command,
        verb=N_("The owner confirms it"),
        saved=lambda _answer: _("The owner's word is written down. The link goes on, as the owner allows."),
    )


def _offered(cameras: Mapping[str, str]) -> Mapping[str, str]:
    return {ALL: _("All of them"), **cameras}
