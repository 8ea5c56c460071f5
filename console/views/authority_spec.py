"""How permissions stand in the shared list: one line a camera, the form of a new one, and what can be done with one.

A signed permission is never edited. The form of a camera that has one opens with its terms and records another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.dates import format_time, local, sort_key
from console.i18n.labels import label, labels_of
from console.i18n.typed import day_begins
from console.kernel import AuthorityKind
from console.services.authorities import (
    CountersignAuthority,
    PauseAuthority,
    RecordAuthority,
    ResumeAuthority,
    Withdrawal,
    WithdrawAuthority,
    may_withdraw,
)
from console.services.camera_register import AuthorityRow, CameraEntry, Standing, permission_standing
from console.services.commands import Command, build
from console.services.station import Station
from console.views.camera_words import (
    STANDINGS,
    camera_text,
    kind_text,
    limit_text,
    purposes_text,
    right_text,
    span_text,
    standing_mark,
    until_soon,
)
from console.views.level_fields import LEVEL_FIELDS
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Chip,
    Choice,
    Column,
    Day,
    Empty,
    Field,
    Flag,
    FormSpec,
    RecordSpec,
    Section,
    Text,
    Values,
)
from console.views.ui import Ui

KIND: Final = "authority"
SOON_DAYS: Final = 30
_KNOWN: Final = "known"
"""Never seen: tells the other fields whether the camera is chosen already."""

_ENDED: Final = frozenset({Standing.WITHDRAWN, Standing.EXPIRED})
_ORDER: Final = {standing: at for at, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Permission:
    """A camera and what is allowed at it now. Found by the camera's id; another permission is another version."""

    entry: CameraEntry
    standing: Standing

    @property
    def id(self) -> str:
        return self.entry.camera.id

    @property
    def version(self) -> int:
        row = self.authority
        return 0 if row is None else int(row.recorded_at.timestamp() * 1000) * 1000 + row.version

    @property
    def authority(self) -> AuthorityRow | None:
        return self.entry.authority

    @property
    def camera(self) -> str:
        return camera_text(self.entry.camera)


@dataclass
class Recording:
    """What the form recorded last, for the words and the place that are shown afterwards."""

    command: RecordAuthority | None = None


def authority_spec(
    ui: Ui, station: Station, recording: Recording, more: Sequence[Act[Permission]] = ()
) -> RecordSpec[Permission]:
    may_write = station.dispatcher.may(RecordAuthority, ui.session)
    chips = _chips(ui)
    return RecordSpec(
        kind=KIND,
        title=N_("Permissions"),
        source=Shelf(lambda: permissions(ui, station), COLUMNS, chips, _words),
        columns=COLUMNS,
        empty=Empty(
            N_("There is no camera to permit anything at"),
            N_("Register the cameras first. Here stands then what each owner or agency allows, and until when."),
        ),
        watch=frozenset({"camera", "owner", KIND}),
        form=permission_form(ui, station, recording),
        may_add=may_write,
        may_change=may_write,
        right=station.dispatcher.right(RecordAuthority),
        new=N_("New permission"),
        chips=chips,
        acts=(*_acts(ui, station), *more),
        sort="code",
        history=False,
    )


def permissions(ui: Ui, station: Station) -> list[Permission]:
    """Return every camera with its permission. For a reader's thread."""
    now = ui.clock.now()
    entries = station.register.entries(ui.session)
    return [Permission(entry, permission_standing(entry.authority, now)) for entry in entries]


# The list

COLUMNS: Final[tuple[Column[Permission], ...]] = (
    Column(
        "code",
        N_("Code"),
        lambda row: row.entry.camera.code,
        10,
        sort=lambda row: sort_key(row.entry.camera.code),
        whole=True,
    ),
    Column(
        "name", N_("Camera"), lambda row: row.entry.camera.name, 0, sort=lambda row: sort_key(row.entry.camera.name)
    ),
    Column(
        "standing",
        N_("State"),
        lambda row: standing_mark(row.standing).text,
        23,
        sort=lambda row: _ORDER[row.standing],
        mark=lambda row: standing_mark(row.standing),
    ),
    Column(
        "kind",
        N_("Comes from"),
        lambda row: "" if row.authority is None else kind_text(row.authority.kind),
        13,
        sort=lambda row: "" if row.authority is None else row.authority.kind.value,
    ),
    Column(
        "level",
        N_("Level"),
        lambda row: "" if row.authority is None else limit_text(row.authority),
        26,
        sort=lambda row: None if row.authority is None else row.authority.level.value,
    ),
    Column(
        "span",
        N_("In force"),
        lambda row: span_text(row.authority),
        26,
        sort=lambda row: None if row.authority is None else row.authority.expires_at,
    ),
    Column("reference", N_("Paper"), lambda row: "" if row.authority is None else row.authority.reference, 16),
)


def _words(row: Permission) -> Sequence[object]:
    camera, authority = row.entry.camera, row.authority
    found: tuple[object, ...] = (camera.place, row.entry.owner_name or camera.owner_name, label(camera.owner_type))
    if authority is not None:
        found += (right_text(authority), purposes_text(authority), authority.valid_from, authority.expires_at)
        found += (authority.kind, *(label(purpose) for purpose in authority.purposes))
    return found


def _chips(ui: Ui) -> tuple[Chip[Permission], ...]:
    def chip(standing: Standing) -> Chip[Permission]:
        return Chip(standing.value, STANDINGS[standing][2], lambda row: row.standing is standing, group="state")

    return (
        chip(Standing.UNSIGNED),
        chip(Standing.PAUSED),
        chip(Standing.READDRESSED),
        Chip("ended", N_("Withdrawn or expired"), lambda row: row.standing in _ENDED, group="state"),
        chip(Standing.NO_PERMISSION),
        Chip("soon", N_("Expires in 30 days"), lambda row: until_soon(row.authority, ui.clock.now(), SOON_DAYS)),
    )


# The form


def permission_form(ui: Ui, station: Station, recording: Recording) -> FormSpec[Permission]:
    cameras = station.cameras

    def offered() -> Mapping[str, str]:
        return {camera.id: camera_text(camera) for camera in cameras.cameras()}

    def command(values: Values, row: Permission | None) -> Command:
        recording.command = record(values, row)
        return recording.command

    sections = (
        Section(N_("What is permitted"), (*_camera_fields(offered), *_RIGHT)),
        Section(N_("In force"), _SPAN),
        Section(N_("Also allowed – only what the paper says"), _ALSO),
        Section(N_("Paper"), _PAPER),
    )
    return FormSpec(
        title=lambda row: _("New permission") if row is None else row.camera,
        sections=sections,
        stored=lambda row: stored(row, ui),
        command=command,
        verb=N_("Record as a new permission"),
        saved=lambda _answer: _("Recorded. It counts once the superintendent has countersigned."),
    )


def _camera_fields(offered: Callable[[], Mapping[str, str]]) -> tuple[Field, ...]:
    return (
        Field(_KNOWN, "", Flag(), fixed=True, shown=lambda _values: False),
        Field("camera_id", N_("Camera"), Choice(offered), required=True, shown=lambda values: not values[_KNOWN]),
    )


RECORDED: Final = (AuthorityKind.AGENCY, AuthorityKind.OWN)
"""What somebody of the station records. An owner's permission is recorded by his signature."""
_RIGHT: Final = (
    Field(
        "kind",
        N_("Where the right comes from"),
        Choice(labels_of(RECORDED)),
        required=True,
        hint=N_(
            "Both count once the superintendent has countersigned. What an owner allows comes from a signed consent:"
            " see “Consents”."
        ),
    ),
    *LEVEL_FIELDS,
)
_SPAN: Final = (
    Field("valid_from", N_("First day"), Day(), required=True),
    Field(
        "expires_at", N_("Last day"), Day(ends=True), hint=N_("This day still counts. Empty: until it is withdrawn.")
    ),
)
_ALSO: Final = (
    Field("permission_snapshot", N_("Snapshots"), Flag()),
    Field("permission_clip", N_("Clips"), Flag()),
    Field("permission_export", N_("Export"), Flag()),
    Field("permission_demonstration", N_("Showing it in a demonstration"), Flag()),
)
_PAPER: Final = (
    Field("reference", N_("Number of the paper"), Text(200), hint=N_("Where the signed original lies. No names.")),
)


def stored(row: Permission | None, ui: Ui) -> Values:
    """Return the terms of the camera's permission; one that has ended begins anew today."""
    today = day_begins(local(ui.clock.now()).date())
    if row is None:
        return {_KNOWN: False, "valid_from": today}
    authority = row.authority
    if authority is None:
        return {_KNOWN: True, "valid_from": today}
    names = ("kind", "level", "hours", "purposes", "reference", "valid_from", "expires_at")
    terms = {name: getattr(authority, name) for name in (*names, *(field.name for field in _ALSO))}
    terms |= {_KNOWN: True, "radius_m": authority.radius_m or None}
    return terms | {"valid_from": today, "expires_at": None} if row.standing in _ENDED else terms


def record(values: Values, row: Permission | None) -> RecordAuthority:
    """Return the command. It names the permission that was seen, so that nobody's newer one is superseded unseen."""
    terms = {name: value for name, value in values.items() if name not in {_KNOWN, "camera_id", "radius_m"}}
    supersedes = None if row is None else "" if row.authority is None else row.authority.id
    return build(
        RecordAuthority,
        camera_id=values["camera_id"] if row is None else row.id,
        radius_m=values["radius_m"] or 0,
        supersedes=supersedes,
        **terms,
    )


# What can be done with one


def _acts(ui: Ui, station: Station) -> tuple[Act[Permission], ...]:
    def act(key: str, text: str, icon: str, kind: type[OnAuthority], **more: Any) -> Act[Permission]:
        can = _CAN[kind]
        return Act(
            key,
            text,
            icon,
            lambda row: can(row) and station.dispatcher.may(kind, ui.session) and _is_theirs(kind, row, ui),
            command=lambda row, _reason: _on(kind, row),
            **more,
        )

    return (
        act(
            "countersign",
            N_("Countersign"),
            "check",
            CountersignAuthority,
            warning=_countersign_warning,
            done=lambda row, _answer: _("The permission of {camera} counts from now on.", camera=row.camera),
        ),
        act(
            "pause",
            N_("Pause"),
            "paused",
            PauseAuthority,
            warning=lambda row: _(
                "{camera} goes dark at once and stays so until somebody resumes it.", camera=row.camera
            ),
            done=lambda row, _answer: _("{camera} is paused.", camera=row.camera),
        ),
        act(
            "resume",
            N_("Resume"),
            "live",
            ResumeAuthority,
            warning=lambda row: _("Did the owner of {camera} say that it may be watched again?", camera=row.camera),
            done=lambda row, _answer: _("{camera} may be opened again, as its owner allows.", camera=row.camera),
        ),
        act(
            "withdraw",
            N_("Withdraw"),
            "strike",
            WithdrawAuthority,
            warning=_withdraw_warning,
            done=lambda _row, answer: withdrawal_text(answer),
            stays=True,
        ),
    )


OnAuthority = CountersignAuthority | PauseAuthority | ResumeAuthority | WithdrawAuthority


def _is_theirs(kind: type[OnAuthority], row: Permission, ui: Ui) -> bool:
    authority = row.authority
    return kind is not WithdrawAuthority or (authority is not None and may_withdraw(authority, ui.session))


def _stands(row: Permission) -> bool:
    return row.authority is not None and row.authority.withdrawn_at is None


_CAN: Final[Mapping[type[OnAuthority], Callable[[Permission], bool]]] = {
    CountersignAuthority: lambda row: row.standing is Standing.UNSIGNED,
    PauseAuthority: lambda row: row.authority is not None and _stands(row) and not row.authority.paused,
    ResumeAuthority: lambda row: row.authority is not None and _stands(row) and row.authority.paused,
    WithdrawAuthority: _stands,
}


def _on(kind: type[OnAuthority], row: Permission) -> Command:
    authority = row.authority
    assert authority is not None  # noqa: S101 - what cannot be done is not offered
    return kind(authority_id=authority.id, version=authority.version)


def _countersign_warning(row: Permission) -> str:
    authority = row.authority
    assert authority is not None  # noqa: S101 - what cannot be done is not offered
    return _(
        "With your signature {camera} counts as: {kind}, {limit}, {span}. Compare it with the paper first.",
        camera=row.camera,
        kind=label(authority.kind),
        limit=limit_text(authority),
        span=span_text(authority),
    )


def _withdraw_warning(row: Permission) -> str:
    return _(
        "{camera} goes dark at once, on every console. Its address and password are destroyed, and nobody can register"
        " the same camera again but its owner. This cannot be undone.",
        camera=row.camera,
    )


def withdrawal_text(done: Withdrawal) -> str:
    """Return the confirmation that is read to the owner, with the consoles that have not answered yet."""
    text = _(
        "The link of camera {camera} was ended at {time} and its access codes were destroyed. You may link it again at"
        " any time. Withdrawing does not affect your right to the services of the police.",
        camera=f"{done.camera_code} {done.camera_name}",
        time=format_time(done.at),
    )
    if not done.waiting:
        return text
    waiting = _("Consoles that have not confirmed yet: {consoles}.", consoles=", ".join(done.waiting))
    return f"{text}\n{waiting}"
