"""What an owner is handed when a link was paused or ended at their word: to whom, when, which way, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_date, format_long_date, format_time, local
from console.i18n.labels import label
from console.kernel import ConsentEventKind
from console.services.consents import ConsentEntry, Pause, Stopped, Withdrawal
from console.services.papers import (
    Block,
    Facts,
    Heading,
    Made,
    Note,
    Paragraph,
    Report,
    Signature,
    Signatures,
    Table,
    TableColumn,
)

_ENDED: Final = N_("Confirmation that the link has ended")
_PAUSED: Final = N_("Confirmation that the link is paused")
_GIVEN_TO: Final = N_("Given to")
_NUMBER: Final = N_("Number of the consent")
_WAY: Final = N_("Way in which the owner said so")
_RECEIVED: Final = N_("Heard by")
_GONE: Final = N_("What was destroyed")
_OFFICER: Final = N_("Officer of the station")
_DESTROYED: Final = {
    0: N_("no address was kept"),
    1: N_("address, user name and password"),
    2: N_("both addresses, user names and passwords"),
    None: N_("every address, user name and password that was kept"),
}
"""By how many there were; None where nobody counts them any more."""


def stop_paper(stopped: Stopped, made: Made) -> Report:
    """Return the confirmation that is handed over when links were paused or ended."""
    facts = [
        (_(_GIVEN_TO), stopped.owner),
        (_(_NUMBER), stopped.number or _("none: recorded before consents were signed")),
        (_(_WAY), label(stopped.way)),
        (_("Confirmed on"), f"{format_long_date(stopped.at)} {format_time(stopped.at)}"),
        (_(_RECEIVED), made.by),
    ]
    blocks: list[Block] = [*_sentences(stopped), *_lists(stopped)]
    blocks += [Heading(_("Consoles of the station")), Paragraph(consoles_text(stopped.waiting))]
    return Report(_(_ENDED if stopped.ends else _PAUSED), made, [*blocks, _hands(made)], facts)


def confirmation_again(entry: ConsentEntry, made: Made) -> Report:
    """Return the confirmation of what was withdrawn before, without what consoles said at that moment."""
    ended = [event for event in entry.row.events if event.event is ConsentEventKind.WITHDRAWN]
    cameras = {camera.id: camera for camera in entry.cameras}
    facts = [(_(_GIVEN_TO), entry.owner.name), (_(_NUMBER), entry.row.number)]
    blocks: list[Block] = []
    for event in ended:
        named = [cameras[event.camera_id]] if event.camera_id is not None else list(entry.cameras)
        when = f"{format_date(event.at)} {format_time(event.at)}"
        blocks += [Paragraph(done_text(camera.code, camera.name, when)) for camera in named]
        blocks += [Note(f"{_(_WAY)}: {label(event.way)}")] if event.way is not None else []
    return Report(_(_ENDED), made, [*blocks, _hands(made)], facts)


def _hands(made: Made) -> Signatures:
    """The officer alone: an owner who calls is not asked for a signature, and none is needed to withdraw."""
    return Signatures((Signature(_(_OFFICER), made.by),))


def _sentences(stopped: Stopped) -> Iterator[Block]:
    """The agreed sentence (domain 9.1), once for all cameras that went dark at the same moment."""
    for at, cameras in groupby(stopped.cameras, lambda each: each.at):
        named = ", ".join(f"{each.camera_code} {each.camera_name}" for each in cameras)
        yield Paragraph((_ended if stopped.ends else _paused)(named, _when(at, stopped.at)))
    if not stopped.ends:
        yield Note(
            _(
                "Until then nobody can look, except the superintendent in an emergency that the law names, for 30"
                " minutes: that stands in your report. You may end the link at any time instead."
            )
        )


def _when(at: datetime, today: datetime) -> str:
    """The hour; of another day than that of the paper, the day too."""
    same = local(at).date() == local(today).date()
    return format_time(at) if same else f"{format_date(at)} {format_time(at)}"


def _lists(stopped: Stopped) -> Iterator[Block]:
    if not stopped.ends:
        yield Facts([(_(_GONE), _("nothing: address and password stay sealed"))])
        return
    columns = (TableColumn(_("Camera"), 3), TableColumn(_("Ended at"), 2.4), TableColumn(_(_GONE), 3))
    rows = [
        [f"{each.camera_code} {each.camera_name}", f"{format_date(each.at)} {format_time(each.at)}", _gone(each)]
        for each in stopped.cameras
    ]
    yield Heading(_("Cameras"))
    yield Table(columns, rows)


def _gone(each: Withdrawal | Pause) -> str:
    count = each.addresses if isinstance(each, Withdrawal) else 0
    return _(_DESTROYED[count])


# Sentences that are read out too


def done_text(code: str, name: str, time: str) -> str:
    """Return the sentence that is read to the owner (domain 9.1)."""
    return _ended(f"{code} {name}", time)


def _ended(cameras: str, time: str) -> str:
    return _(
        "The link of camera {camera} was ended at {time} and its access codes were destroyed. You may link it again at"
        " any time. Withdrawing does not affect your right to the services of the police.",
        camera=cameras,
        time=time,
    )


def _paused(cameras: str, time: str) -> str:
    return _(
        "The link of camera {camera} is paused since {time}: it stays dark until you tell the station that it may be"
        " watched again. Pausing does not affect your right to the services of the police.",
        camera=cameras,
        time=time,
    )


def waiting_text(waiting: Sequence[str]) -> str:
    if not waiting:
        return _("No other console of the station showed the camera.")
    return _("Consoles that have not confirmed yet: {consoles}.", consoles=", ".join(waiting))


def consoles_text(waiting: Sequence[str]) -> str:
    """Return which console has confirmed, and which have not."""
    return f"{_('The console on which this was entered went dark at once.')} {waiting_text(waiting)}"
