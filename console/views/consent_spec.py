"""How consents stand in the shared list: columns, the form of the terms, and what can be done with one.

What was signed is only shown; drawing it up anew begins a draft with its terms that is to replace it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.dates import local, sort_key
from console.i18n.labels import label, labels_of, owner_number
from console.i18n.typed import day_begins
from console.kernel import Aim, ConsentState
from console.services.commands import Command, build
from console.services.consent_commands import (
    MOST_DAYS,
    ChangeConsent,
    DraftConsent,
    PresentConsent,
    RefuseConsent,
    SignConsent,
    VoidConsent,
    WithdrawConsent,
)
from console.services.consents import CameraTerms, ConsentEntry, may_read_names
from console.services.extracts import ExtractConsents
from console.services.station import Station
from console.views.camera_words import camera_text
from console.views.consent_words import ask_text, cameras_text, level_text, span_text, state_mark, state_text
from console.views.level_fields import LEVEL_FIELDS, looks
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
    Number,
    RecordSpec,
    Section,
    Settled,
    Text,
    Values,
)
from console.views.ui import Ui

KIND: Final = "consent"
SLOTS: Final = 12
"""Cameras that the form holds; who has more signs more papers."""
UNSIGNED: Final = frozenset({ConsentState.DRAFT, ConsentState.AWAITING_SIGNATURE})
STANDING: Final = frozenset({ConsentState.IN_FORCE, ConsentState.PAUSED})
_REPLACEABLE: Final = STANDING | {ConsentState.EXPIRED}
_ORDER: Final = {state: at for at, state in enumerate(ConsentState)}
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Doings:
    """What the page does itself: forms that need a pad or a choice, and papers."""

    sign: Callable[[ConsentEntry], None]
    anew: Callable[[ConsentEntry], None]
    stop: Callable[[ConsentEntry, str], None]
    paper: Callable[[ConsentEntry, str], None]


def consent_spec(ui: Ui, station: Station, doings: Doings) -> RecordSpec[ConsentEntry]:
    may_write = station.dispatcher.may(DraftConsent, ui.session)
    return RecordSpec(
        kind=KIND,
        title=N_("Consents"),
        source=Shelf(lambda: station.consents.entries(ui.session), COLUMNS, CHIPS, _words),
        columns=COLUMNS,
        empty=Empty(
            N_("No owner has been asked yet"),
            N_(
                "A consent says what an owner allows, from when until when, and who signed it. Signing it links the"
                " cameras; withdrawing it ends the link at once."
            ),
            N_("Draw up the first consent"),
        ),
        watch=frozenset({KIND, "authority", "owner", "camera", "notice"}),
        form=consent_form(ui, station),
        may_add=may_write,
        may_change=may_write,
        right=station.dispatcher.right(DraftConsent),
        new=N_("New consent"),
        chips=CHIPS,
        acts=_acts(ui, station, doings),
        summary=lambda: _summary(station.consents.entries(ui.session)),
        extracted=lambda _query, how, total: build(ExtractConsents, how=how, rows=total),  # type: ignore[arg-type]  # "csv" or "print"
        sort="number",
        descending=True,
    )


def _summary(entries: Sequence[ConsentEntry]) -> str:
    standing = sum(entry.state in STANDING for entry in entries)
    waiting = sum(entry.state is ConsentState.AWAITING_SIGNATURE for entry in entries)
    asked = sum(bool(ask_text(entry)) for entry in entries)
    parts = [_("In force: {n}", n=standing), _("waiting for a signature: {n}", n=waiting)]
    return " · ".join((*parts, _("to be asked again: {n}", n=asked)) if asked else parts)


# The list


def _by_number(entry: ConsentEntry) -> tuple[str, str]:
    running, _slash, year = entry.row.number.partition("/")
    return year, running


COLUMNS: Final[tuple[Column[ConsentEntry], ...]] = (
    Column("number", N_("Number of the paper"), lambda row: row.row.number, 11, sort=_by_number, whole=True),
    Column("owner", N_("Owner"), lambda row: row.owner.name, 0, sort=lambda row: sort_key(row.owner.name)),
    Column("cameras", N_("Cameras"), cameras_text, 16, sort=lambda row: sort_key(cameras_text(row))),
    Column("state", N_("State"), state_text, 28, sort=lambda row: _ORDER[row.state], mark=state_mark),
    Column("level", N_("Level"), level_text, 10, sort=lambda row: row.row.terms.level.value),
    Column("span", N_("In force"), span_text, 26, sort=lambda row: row.row.terms.expires_at),
    Column(
        "ask",
        N_("To do"),
        ask_text,
        24,
        sort=lambda row: None if row.reminder is None else (row.reminder.within or 999),
    ),
)
CHIPS: Final[tuple[Chip[ConsentEntry], ...]] = (
    Chip("waiting", N_("Wait for a signature"), lambda row: row.state in UNSIGNED, group="state"),
    Chip("standing", N_("In force"), lambda row: row.state in STANDING, group="state"),
    Chip("over", N_("Ended"), lambda row: row.state not in UNSIGNED | STANDING, group="state"),
    Chip("ask", N_("To be asked again"), lambda row: bool(ask_text(row))),
)


def _words(entry: ConsentEntry) -> Sequence[object]:
    terms = entry.row.terms
    cameras = tuple(part for camera in entry.cameras for part in (camera.code, camera.name, camera.place))
    purposes = tuple(label(purpose) for purpose in terms.purposes)
    return (entry.owner.name, label(terms.level), terms.valid_from, terms.expires_at, *cameras, *purposes)


# The terms


def consent_form(ui: Ui, station: Station) -> FormSpec[ConsentEntry]:
    def owners() -> Mapping[str, str]:
        named = may_read_names(ui.session)
        found = ((owner, owner_number(owner.number)) for owner in station.consents.owners(ui.session))
        return {owner.id: f"{number} {owner.name}" if named else number for owner, number in found}

    def cameras() -> Mapping[str, str]:
        return {camera.id: camera_text(camera) for camera in station.cameras.cameras()}

    def consents() -> Mapping[str, str]:
        found = station.consents.entries(ui.session)
        return {entry.id: entry.row.number for entry in found if _may_be_replaced(entry)}

    return FormSpec(
        title=_title,
        sections=(
            Section(
                N_("Owner"),
                (
                    Field("owner_id", N_("Owner"), Choice(owners), required=True),
                    Field(
                        "supersedes",
                        N_("Replaces consent"),
                        Choice(consents),
                        hint=N_("The former one counts until this one is signed."),
                        shown=lambda values: bool(values["supersedes"]),
                    ),
                ),
            ),
            Section(N_("Cameras"), tuple(field for slot in range(1, SLOTS + 1) for field in _slot(slot, cameras))),
            Section(N_("What is permitted"), LEVEL_FIELDS),
            Section(N_("In force"), _SPAN),
            Section(N_("Also allowed – only what the owner says"), _ALSO),
        ),
        stored=lambda row: stored(row, ui),
        command=terms_of,
        verb=N_("Save as a draft"),
        saved=lambda _answer: _("The draft is saved. Show it to the owner, then let it be signed."),
        settled=_settled,
        doubt=lambda values: _dark_between(values, day_begins(local(ui.clock.now()).date())),
    )


def _dark_between(values: Values, today: datetime) -> Mapping[str, str]:
    """A signed paper replaces the former at once, also if it begins later: that is asked once, before it is shown."""
    begins = values["valid_from"]
    if not values["supersedes"] or begins is None or begins <= today:
        return {}
    return {"valid_from": _LATER}


_LATER: Final = N_(
    "The former consent no longer counts once this one is signed: the cameras are then dark until this day. Save once"
    " more if the owner wants that, or let it begin today."
)


def _settled(row: ConsentEntry) -> Settled:
    """What was signed, refused or declared void stays as it is; of a draft, which one it is to replace."""
    if row.state in UNSIGNED:
        return Settled("", frozenset({"supersedes"}))
    return Settled(_("This stays as it is. Other terms need a new consent: “Draw up anew…”."))


def _may_be_replaced(row: ConsentEntry) -> bool:
    return row.state in _REPLACEABLE and not row.successor


def _title(row: ConsentEntry | None) -> str:
    return _("New consent") if row is None else _("Consent {number}", number=row.row.number)


def camera_field(slot: int) -> str:
    """The first one bears the name under which the service says what is wrong with cameras."""
    return "cameras" if slot == 1 else f"camera_{slot}"


def _slot(slot: int, offered: Callable[[], Mapping[str, str]]) -> tuple[Field, ...]:
    name = camera_field(slot)
    before = None if slot == 1 else (lambda values: bool(values[camera_field(slot - 1)]))
    return (
        Field(name, N_("Camera"), Choice(offered), required=slot == 1, shown=before),
        Field(
            f"aim_{slot}",
            N_("What it looks at"),
            Choice(labels_of(Aim)),
            required=True,
            shown=lambda values: bool(values[name]),
        ),
        Field(
            f"sight_{slot}",
            N_("The view in a few words"),
            Text(300),
            hint=N_("For example: the door and ten metres of the pavement."),
            shown=lambda values: bool(values[name]),
        ),
    )


_SPAN: Final = (
    Field("valid_from", N_("First day"), Day(), required=True),
    Field("expires_at", N_("Last day"), Day(ends=True), required=True, hint=N_("This day still counts.")),
)
_ALSO: Final = (
    Field("permission_snapshot", N_("Snapshots"), Flag(), shown=looks),
    Field("permission_clip", N_("Clips"), Flag(), shown=looks),
    Field("recording_days", N_("Recording at the CCOC, days"), Number(0, MOST_DAYS, unit=N_("days")), shown=looks),
    Field("permission_export", N_("Export"), Flag(), shown=looks),
    Field(
        "recipients",
        N_("May be passed on to"),
        Text(300),
        hint=N_("Agencies or positions, with commas between them. No names."),
        shown=lambda values: bool(values["permission_export"]) and looks(values),
    ),
    Field("permission_demonstration", N_("Showing it in a demonstration"), Flag(), shown=looks),
    Field("permission_ai", N_("Analysis by AI"), Flag(), shown=looks),
)
_PLAIN: Final = (
    "level",
    "hours",
    "purposes",
    "recipients",
    *(field.name for field in _ALSO if field.name[:4] == "perm"),
)


def stored(row: ConsentEntry | None, ui: Ui) -> Values:
    """Return the terms as they are written down; of a new one a year from today."""
    if row is None:
        today = day_begins(local(ui.clock.now()).date())
        return {"valid_from": today, "expires_at": today + _YEAR}
    terms = row.row.terms
    values: dict[str, Any] = {name: getattr(terms, name) for name in (*_PLAIN, "valid_from", "expires_at")}
    values |= {"owner_id": terms.owner_id, "supersedes": terms.supersedes_id, "radius_m": terms.radius_m or None}
    values["recording_days"] = terms.recording_days or None
    for slot, camera in enumerate(terms.cameras, start=1):
        values |= {camera_field(slot): camera.camera_id, f"aim_{slot}": camera.aim, f"sight_{slot}": camera.sight}
    return values


def anew(row: ConsentEntry, ui: Ui) -> Values:
    """Return the terms of a consent that begins today with those of a former one, and replaces it if that stands."""
    supersedes = row.id if _may_be_replaced(row) else None
    return {**stored(row, ui), **stored(None, ui), "supersedes": supersedes}


def terms_of(values: Values, row: ConsentEntry | None) -> Command:
    """Return the command: another draft, or a change of the one that was not signed yet."""
    known = {each.camera_id: each for each in row.row.terms.cameras} if row is not None else {}
    cameras = []
    for slot in range(1, SLOTS + 1):
        camera_id = values[camera_field(slot)]
        if camera_id:
            place = known[camera_id].place if camera_id in known else ""
            cameras.append(CameraTerms(camera_id, place, values[f"aim_{slot}"], values[f"sight_{slot}"]))
    shared = {name: values[name] for name in (*_PLAIN, "owner_id", "valid_from", "expires_at")}
    shared |= {"radius_m": values["radius_m"] or 0, "recording_days": values["recording_days"] or 0}
    if row is not None:
        return build(ChangeConsent, consent_id=row.id, version=row.version, cameras=tuple(cameras), **shared)
    return build(DraftConsent, cameras=tuple(cameras), supersedes=values["supersedes"], **shared)


# What can be done with one


def _acts(ui: Ui, station: Station, doings: Doings) -> tuple[Act[ConsentEntry], ...]:
    def may(kind: type[Command]) -> bool:
        return station.dispatcher.may(kind, ui.session)

    writes, stops = may(SignConsent), may(WithdrawConsent)
    return (
        *(_unsigned_acts(doings) if writes else ()),
        *(act for act in _stopping_acts(doings) if stops and (writes or act.key not in {"resume", "reconfirm"})),
        *(_ending_acts(doings) if writes else ()),
        *(_paper_acts(doings) if may_read_names(ui.session) else ()),
    )


def _unsigned_acts(doings: Doings) -> tuple[Act[ConsentEntry], ...]:
    return (
        Act(
            "present",
            N_("Show for signature"),
            "eye",
            lambda row: row.state in UNSIGNED,
            command=lambda row, _reason: PresentConsent(consent_id=row.id, version=row.version),
            done=lambda row, _answer: _("Consent {number} waits for the owner's signature.", number=row.row.number),
        ),
        Act(
            "sign",
            N_("Sign…"),
            "check",
            lambda row: row.state is ConsentState.AWAITING_SIGNATURE,
            open=doings.sign,
        ),
        Act(
            "refuse",
            N_("Refuse"),
            "close",
            lambda row: row.state in UNSIGNED,
            command=lambda row, reason: build(RefuseConsent, consent_id=row.id, version=row.version, reason=reason),
            reason=N_("What the owner said"),
            done=lambda row, _answer: _("It is written down that {owner} refused.", owner=row.owner.name),
        ),
    )


def _stopping_acts(doings: Doings) -> tuple[Act[ConsentEntry], ...]:
    return (
        Act(
            "pause",
            N_("Pause…"),
            "paused",
            lambda row: row.state in STANDING,
            open=lambda row: doings.stop(row, "pause"),
        ),
        Act(
            "resume",
            N_("Resume…"),
            "live",
            lambda row: row.state in STANDING and row.some_paused,
            open=lambda row: doings.stop(row, "resume"),
        ),
        Act(
            "reconfirm",
            N_("Owner confirms the camera…"),
            "check",
            lambda row: row.state in STANDING and bool(row.resting),
            open=lambda row: doings.stop(row, "reconfirm"),
        ),
        Act(
            "withdraw",
            N_("Withdraw…"),
            "strike",
            _may_be_replaced,
            open=lambda row: doings.stop(row, "withdraw"),
        ),
    )


def _ending_acts(doings: Doings) -> tuple[Act[ConsentEntry], ...]:
    return (
        Act("anew", N_("Draw up anew…"), "plus", lambda row: row.state not in UNSIGNED, open=doings.anew),
        Act(
            "void",
            N_("Declare void"),
            "denied",
            lambda row: row.state in UNSIGNED | _REPLACEABLE and not row.successor,
            command=lambda row, reason: build(VoidConsent, consent_id=row.id, version=row.version, reason=reason),
            warning=lambda row: _(
                "Consent {number} counts as never given: its cameras go dark at once and their addresses are destroyed."
                " This cannot be undone. Why is it void?",
                number=row.row.number,
            ),
            reason=N_("Why it is void"),
            done=lambda row, _answer: _("Consent {number} is void.", number=row.row.number),
        ),
    )


def _paper_acts(doings: Doings) -> tuple[Act[ConsentEntry], ...]:
    def signed(row: ConsentEntry) -> bool:
        return row.row.signed_at is not None

    papers: tuple[tuple[str, str, str, Callable[[ConsentEntry], bool]], ...] = (
        ("form", N_("Print the form"), "print", lambda _row: True),
        ("receipt", N_("Print the receipt"), "print", signed),
        ("sticker", N_("Print the stickers"), "print", lambda row: row.state in STANDING),
        ("confirmation", N_("Print the confirmation"), "print", lambda row: row.some_withdrawn),
        ("json", N_("Save the receipt for machines"), "export", signed),
    )

    def act(key: str, text: str, icon: str, can: Callable[[ConsentEntry], bool]) -> Act[ConsentEntry]:
        return Act(key, text, icon, can, open=lambda row: doings.paper(row, key))

    return tuple(act(*paper) for paper in papers)
