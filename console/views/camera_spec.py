"""How cameras stand in the shared list: columns, filters, form, paper. What can be done with one: see the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.dates import sort_key
from console.i18n.labels import label, owner_number
from console.i18n.record_words import masks_words
from console.i18n.sentences import SENTENCES
from console.kernel import ConnectionKind, OwnerType, Session, Zone
from console.services.camera_register import CameraEntry, Standing
from console.services.cameras import ChangeCamera, RegisterCamera, outside_thailand
from console.services.commands import Command, build
from console.services.feeds import Feeds
from console.services.papers import CameraCounts, CameraLine, Made, Report, camera_list
from console.services.station import Station
from console.views.camera_words import camera_text, is_private, right_text, standing_mark
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Chip,
    Choice,
    Column,
    Empty,
    Field,
    FormSpec,
    Found,
    Hidden,
    Number,
    Query,
    RecordSpec,
    Section,
    Text,
    Values,
)
from console.views.ui import Ui

KIND: Final = "camera"
WATCHED: Final = frozenset({KIND, "authority", "connection_test", "owner"})
LONGEST_ADDRESS: Final = 1024
ARCHIVE: Final = "archived"
_ORDER: Final = {standing: at for at, standing in enumerate(Standing)}


def camera_spec(ui: Ui, station: Station, feeds: Feeds, acts: Sequence[Act[CameraEntry]]) -> RecordSpec[CameraEntry]:
    may_write = station.dispatcher.may(RegisterCamera, ui.session)
    return RecordSpec(
        kind=KIND,
        title=N_("Cameras"),
        source=Register(station, ui.session),
        columns=COLUMNS,
        empty=Empty(
            N_("No camera is registered yet"),
            N_("A camera is registered first. Then its permission is recorded, its address entered and tested."),
            N_("Register the first camera"),
        ),
        watch=WATCHED,
        form=camera_form(),
        may_add=may_write,
        may_change=may_write,
        right=station.dispatcher.right(ChangeCamera),
        new=N_("New camera"),
        chips=CHIPS,
        acts=acts,
        report=_paper(ui, station, feeds),
        sort="code",
    )


# The list


def _right_order(entry: CameraEntry) -> tuple[str, int]:
    authority = entry.authority
    return ("", -1) if authority is None else (authority.kind.value, authority.level.value)


COLUMNS: Final[tuple[Column[CameraEntry], ...]] = (
    Column(
        "code",
        N_("Code"),
        lambda entry: entry.camera.code,
        10,
        sort=lambda entry: sort_key(entry.camera.code),
        whole=True,
    ),
    Column("name", N_("Camera"), lambda entry: entry.camera.name, 0, sort=lambda entry: sort_key(entry.camera.name)),
    Column(
        "standing",
        N_("State"),
        lambda entry: standing_mark(entry.standing).text,
        23,
        sort=lambda entry: _ORDER[entry.standing],
        mark=lambda entry: standing_mark(entry.standing),
    ),
    Column("right", N_("Right to look"), lambda entry: right_text(entry.authority), 32, sort=_right_order),
    Column(
        "place",
        N_("Installed at"),
        lambda entry: entry.camera.place,
        20,
        sort=lambda entry: sort_key(entry.camera.place),
    ),
    Column(
        "owner",
        N_("Owner"),
        lambda entry: label(entry.camera.owner_type),
        20,
        sort=lambda entry: sort_key(label(entry.camera.owner_type)),
    ),
    Column("zone", N_("Zone"), lambda entry: zone_text(entry.camera.zone), 8, sort=lambda entry: entry.camera.zone),
    Column(
        "connection",
        N_("Connection"),
        lambda entry: connection_text(entry.camera.connection),
        14,
        sort=lambda entry: entry.camera.connection,
    ),
)

_SHORT_ZONES: Final = {Zone.INSIDE: N_("Inside"), Zone.OUTSIDE: N_("Outside"), Zone.UNKNOWN: "–"}
_SHORT_CONNECTIONS: Final = {
    ConnectionKind.STATION_LAN: N_("Station network"),
    ConnectionKind.AGENCY_VLAN: N_("Agency VLAN"),
    ConnectionKind.WIREGUARD: "WireGuard",
    ConnectionKind.RTSPS: "RTSPS",
    ConnectionKind.UNKNOWN: "–",
}


def zone_text(zone: Zone) -> str:
    """One word for a narrow column."""
    return _(_SHORT_ZONES[zone])


def connection_text(connection: ConnectionKind) -> str:
    return _(_SHORT_CONNECTIONS[connection])


CHIPS: Final[tuple[Chip[CameraEntry], ...]] = (
    Chip("private", N_("Private"), is_private, group="owner"),
    Chip("public", N_("Own or agency"), lambda entry: not is_private(entry), group="owner"),
    Chip("no_permission", N_("Without permission"), lambda entry: entry.authority is None, group="missing"),
    Chip("no_address", N_("Without address"), lambda entry: not entry.camera.has_address, group="missing"),
    Chip("no_owner", N_("No owner recorded"), lambda entry: entry.owner_number is None, group="missing"),
    Chip("linked", N_("Linked"), lambda entry: entry.linked, group="missing"),
    Chip(ARCHIVE, N_("Archived"), group="missing"),
    Chip("inside", N_("Inside the zone"), lambda entry: entry.camera.zone is Zone.INSIDE),
)


class Register(Shelf[CameraEntry]):
    """The cameras in use; those out of use are a list of their own, behind its chip."""

    def __init__(self, station: Station, session: Session) -> None:
        super().__init__(lambda: station.register.entries(session), COLUMNS, CHIPS, words)
        self._archive: Shelf[CameraEntry] = Shelf(station.register.archived, COLUMNS, CHIPS, words)
        self._in_archive = False

    def find(self, query: Query, start: int, limit: int) -> Found[CameraEntry]:
        self._in_archive = ARCHIVE in query.chips
        return self._archive.find(query, start, limit) if self._in_archive else super().find(query, start, limit)

    def forget(self) -> None:
        super().forget()
        self._archive.forget()

    def row(self, record_id: str) -> CameraEntry | None:
        found = super().row(record_id)
        return self._archive.row(record_id) if found is None and self._in_archive else found

    def place(self, query: Query, record_id: str) -> int | None:
        return self._archive.place(query, record_id) if ARCHIVE in query.chips else super().place(query, record_id)


def words(entry: CameraEntry) -> Sequence[object]:
    """Return what else of a camera the filter finds: owner, codes, dates of its permission, full labels."""
    camera, authority = entry.camera, entry.authority
    found: tuple[object, ...] = (
        entry.owner_name or camera.owner_name,
        camera.owner_type,
        camera.zone,
        camera.connection,
        label(camera.zone),
        label(camera.connection),
    )
    if entry.owner_number is not None:
        found += (owner_number(entry.owner_number),)
    if authority is not None:
        found += (authority.kind, authority.reference, authority.valid_from, authority.expires_at)
    return found


# The form


def camera_form() -> FormSpec[CameraEntry]:
    sections = (
        Section(N_("Camera and owner"), _CAMERA),
        Section(N_("Where it stands"), _PLACE),
        Section(N_("Connection"), _CONNECTION),
    )
    return FormSpec(
        title=lambda entry: _("New camera") if entry is None else camera_text(entry.camera),
        sections=sections,
        stored=stored,
        command=command,
        doubt=lambda values: (
            {"lat": SENTENCES["camera.outside_thailand"]} if outside_thailand(values["lat"], values["lon"]) else {}
        ),
        saved=lambda answer: (
            _("Saved.") if answer is None else _("The camera is registered. No picture opens before its permission is.")
        ),
    )


def _labels(codes: type[OwnerType | Zone | ConnectionKind]) -> Callable[[], Mapping[Any, str]]:
    return lambda: {code: label(code) for code in codes}


def _recorded(values: Values) -> bool:
    """Whether a number of the register of owners stands there: then the name is that owner's."""
    return any(sign.isdecimal() for sign in str(values["owner"] or ""))


_CAMERA: Final = (
    Field("code", N_("Code"), Text(32), required=True, hint=N_("As on the sticker at the camera, for example SK-012.")),
    Field("name", N_("Name of the camera"), Text(200), required=True, hint=N_("What it shows, in the room's words.")),
    Field("owner_type", N_("Kind of owner"), Choice(_labels(OwnerType)), required=True),
    Field(
        "owner_name",
        N_("Owner or agency"),
        Text(200),
        hint=N_("Only the name: telephone and address are not kept."),
        shown=lambda values: not _recorded(values),
    ),
    Field("owner", N_("Owner in the register"), Text(220), fixed=True, shown=lambda values: bool(values["owner"])),
    Field("masked", N_("Masks"), Text(), fixed=True, shown=lambda values: bool(values["masked"])),
)
_PLACE: Final = (
    Field("place", N_("Installed at"), Text(300)),
    Field("lat", N_("Latitude"), Number(-90, 90, 6, "°")),
    Field("lon", N_("Longitude"), Number(-180, 180, 6, "°")),
    Field("zone", N_("Smart Safety Zone"), Choice(_labels(Zone))),
)
_CONNECTION: Final = (
    Field("connection", N_("How the picture reaches the room"), Choice(_labels(ConnectionKind))),
    Field(
        "address",
        N_("Main address"),
        Hidden(LONGEST_ADDRESS),
        hint=N_(
            "rtsp://, rtsps://, http:// or https://. It is sealed: nobody can read it back. Another one than before"
            " darkens an owner's camera until the owner confirms it."
        ),
    ),
    Field(
        "sub_address",
        N_("Sub address"),
        Hidden(LONGEST_ADDRESS),
        hint=N_("The camera's smaller stream. Tiles of the wall take it where there is one."),
    ),
    Field("user", N_("User name at the camera"), Hidden(200)),
    Field(
        "password",
        N_("Password at the camera"),
        Hidden(200),
        hint=N_("Counts for both addresses and is stored with them: to change it, enter the addresses again."),
    ),
)


def stored(entry: CameraEntry | None) -> Values:
    if entry is None:
        return {"zone": Zone.UNKNOWN, "connection": ConnectionKind.UNKNOWN}
    camera = entry.camera
    names = ("code", "name", "owner_type", "owner_name", "place", "lat", "lon", "zone", "connection")
    known = {name: getattr(camera, name) for name in names}
    known["masked"] = masks_words(camera.masks)
    known["owner"] = _("No owner recorded")
    if entry.owner_number is not None:
        known["owner"] = f"{owner_number(entry.owner_number)} {entry.owner_name}".rstrip()
    return known | {"address": camera.has_address, "sub_address": camera.has_sub_address}


def command(values: Values, entry: CameraEntry | None) -> Command:
    known: dict[str, Any] = {name: value for name, value in values.items() if name not in {"masked", "owner"}}
    known["zone"] = values["zone"] or Zone.UNKNOWN
    known["connection"] = values["connection"] or ConnectionKind.UNKNOWN
    if entry is None:
        return build(RegisterCamera, **known)
    return build(ChangeCamera, camera_id=entry.id, version=entry.version, masks=entry.camera.masks, **known)


# The paper


def _paper(ui: Ui, station: Station, feeds: Feeds) -> Callable[[Sequence[CameraEntry], Query], Report]:
    def report(entries: Sequence[CameraEntry], query: Query) -> Report:
        del query
        counts = station.register.counts(feeds.live_cameras())
        told = CameraCounts(counts.registered, counts.linked, counts.online)
        made = Made(ui.station, ui.session.display_name, ui.clock.now())
        return camera_list([_line(entry) for entry in entries], told, made)

    return report


def _line(entry: CameraEntry) -> CameraLine:
    """On paper a permission that is not in force is none."""
    camera, authority = entry.camera, entry.authority
    known = CameraLine(camera.code, camera.name, camera.place, camera.owner_type)
    if authority is None or entry.standing in _NOT_IN_FORCE:
        return known
    return CameraLine(
        camera.code,
        camera.name,
        camera.place,
        camera.owner_type,
        authority.kind,
        authority.level,
        authority.hours,
        authority.expires_at,
    )


_NOT_IN_FORCE: Final = frozenset(
    {
        Standing.ARCHIVED,
        Standing.NO_PERMISSION,
        Standing.UNSIGNED,
        Standing.WITHDRAWN,
        Standing.PAUSED,
        Standing.NOT_YET,
        Standing.EXPIRED,
        Standing.READDRESSED,
    }
)
