"""On the owner's card: the owner's word, “not now” or “never again”, for all cameras that are linked or for some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.i18n import N_, _
from console.i18n.labels import label
from console.kernel import WithdrawalWay
from console.services.camera_register import CameraEntry
from console.services.commands import Command, build
from console.services.owner_stop import StopOwner, stoppable
from console.services.owners import OwnerLine
from console.views.camera_words import camera_text, standing_mark
from console.views.owner_words import owner_text
from console.views.record_spec import Choice, Field, FormSpec, Section, Several, Values

PAUSE: Final = "pause"
WITHDRAW: Final = "withdraw"
_WORDS: Final = {
    PAUSE: N_("Pause: dark until somebody resumes it"),
    WITHDRAW: N_("Withdraw: over for good, addresses and passwords are destroyed"),
}
_WAYS: Final = (WithdrawalWay.PHONE, WithdrawalWay.VISIT, WithdrawalWay.PAPER)


def linked_cameras(line: OwnerLine) -> list[CameraEntry]:
    """Return the cameras of an owner that can still be paused or withdrawn."""
    return [entry for entry in line.cameras if stoppable(entry)]


def stop_form(line: OwnerLine) -> FormSpec[OwnerLine]:
    """Return the small form: what the owner says, how it was said, and for which cameras; all are ticked."""
    cameras = {entry.id: _camera(entry) for entry in linked_cameras(line)}
    title = _("{owner}: the cameras go dark at once, on every console.", owner=owner_text(line))
    fields = (
        Field(
            "word",
            N_("What the owner says"),
            Choice(_words),
            required=True,
            hint=N_("A withdrawal cannot be undone; the owner may sign anew at any time."),
        ),
        Field("way", N_("How the owner said so"), Choice(_ways), required=True),
        Field("camera_ids", N_("Which cameras"), Several(lambda: cameras), required=True),
    )

    def command(values: Values, row: OwnerLine | None) -> Command:
        owner_id = line.id if row is None else row.id
        ends = values["word"] == WITHDRAW
        return build(StopOwner, owner_id=owner_id, camera_ids=values["camera_ids"], way=values["way"], ends=ends)

    return FormSpec(
        title=lambda _row: title,
        sections=(Section("", fields),),
        stored=lambda _row: {"camera_ids": frozenset(cameras)},
        command=command,
        verb=N_("Go dark now"),
    )


def _camera(entry: CameraEntry) -> str:
    return f"{camera_text(entry.camera)} · {standing_mark(entry.standing).text}"


def _words() -> Mapping[str, str]:
    return {word: _(text) for word, text in _WORDS.items()}


def _ways() -> Mapping[WithdrawalWay, str]:
    return {way: label(way) for way in _WAYS}
