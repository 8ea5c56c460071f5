"""How people stand in the shared list: columns, form, what can be done with somebody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.dates import format_moment, sort_key
from console.i18n.labels import label, labels_of
from console.i18n.ranks import position_order, rank_choices, rank_order
from console.kernel import RIGHTS, Clock, Invalid, Right, Role
from console.services.commands import Command, build
from console.services.people import AddPerson, ChangePerson, GiveSlot, GiveSlotBySheet, PersonRow, ResetPassword
from console.services.row_lines import RowLine
from console.services.station import Station
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Chip,
    Choice,
    Column,
    Empty,
    Field,
    Flag,
    FormSpec,
    Hidden,
    LongText,
    Mark,
    RecordSpec,
    Section,
    Text,
    Values,
)
from console.views.ui import Ui

KIND: Final = "person"
OTHER_RANK: Final = "other"
_KNOWN: Final = "known"
"""Never seen: tells the other fields whether somebody is changed or new."""


class Standing(Enum):
    """How somebody stands, the most pressing first."""

    OFF = "off"
    LOCKED = "locked"
    WAITS = "waits"
    TEMPORARY = "temporary"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Somebody(RowLine):
    """A row of the list. `waits`: the role may use cameras, but nobody has given this person access to them yet."""

    row: PersonRow
    waits: bool


OpenPanel = Callable[[Somebody, FormSpec[Somebody]], None]


def people_spec(ui: Ui, station: Station, open_panel: OpenPanel) -> RecordSpec[Somebody]:
    columns, chips = _columns(ui.clock), _chips(ui.clock)
    may_add = station.dispatcher.may(AddPerson, ui.session)
    return RecordSpec(
        kind=KIND,
        title=N_("People and roles"),
        source=Shelf(lambda: read_people(station), columns, chips, _words),
        columns=columns,
        empty=Empty(
            N_("Nobody is entered yet"),
            N_("Everybody who works at this console has a user name of his own: the access log tells who looked."),
            N_("Add the first person"),
        ),
        watch=frozenset({KIND, "vault"}),
        form=_form(),
        may_add=may_add,
        may_change=station.dispatcher.may(ChangePerson, ui.session),
        right=station.dispatcher.right(ChangePerson),
        new=N_("New person"),
        chips=chips,
        acts=_acts(ui, open_panel) if may_add else (),
        summary=lambda: _summary(read_people(station)),
        sort="name",
    )


def read_people(station: Station) -> list[Somebody]:
    """Return everybody. For a reader's thread."""
    waiting = station.people.waiting_for_slot()
    return [Somebody(row, row.id in waiting) for row in station.people.people()]


def standing(person: Somebody, clock: Clock) -> Standing:
    row = person.row
    if not row.active:
        return Standing.OFF
    if row.locked_until is not None and clock.now() < row.locked_until:
        return Standing.LOCKED
    if person.waits:
        return Standing.WAITS
    return Standing.TEMPORARY if row.password_temporary else Standing.ACTIVE


def _words(person: Somebody) -> tuple[object, ...]:
    return (person.row.role, person.row.display_name)


def _summary(people: list[Somebody]) -> str:
    active = sum(person.row.active for person in people)
    waiting = sum(person.waits and person.row.active for person in people)
    texts = [_("May log in: {n}", n=active)]
    if waiting:
        texts.append(_("waiting for access to the cameras: {n}", n=waiting))
    return " · ".join(texts)


# The list


def _columns(clock: Clock) -> tuple[Column[Somebody], ...]:
    return (
        Column("name", N_("Rank and name"), lambda person: person.row.full_name, 0, sort=_order),
        Column("position", N_("Position"), lambda person: person.row.position, 24, sort=_position),
        Column(
            "login",
            N_("User name"),
            lambda person: person.row.login,
            16,
            sort=lambda person: person.row.login,
            whole=True,
        ),
        Column("role", N_("Role"), lambda person: label(person.row.role), 33, sort=_role),
        Column(
            "state",
            N_("State"),
            lambda person: _mark(person, clock).text,
            34,
            sort=lambda person: list(Standing).index(standing(person, clock)),
            mark=lambda person: _mark(person, clock),
        ),
    )


def _order(person: Somebody) -> tuple[int, int, tuple[str, str]]:
    row = person.row
    return rank_order(row.rank or row.display_name), position_order(row.position), sort_key(row.display_name)


def _position(person: Somebody) -> tuple[int, tuple[str, str]]:
    return position_order(person.row.position), sort_key(person.row.position)


def _role(person: Somebody) -> int:
    return list(Role).index(person.row.role)


def _mark(person: Somebody, clock: Clock) -> Mark:
    match standing(person, clock):
        case Standing.OFF:
            return Mark("close", "quiet", _("Switched off"))
        case Standing.LOCKED:
            until = person.row.locked_until or clock.now()
            return Mark("denied", "bad", _("Locked until {until}", until=format_moment(until, clock.now())))
        case Standing.WAITS:
            return Mark("clock", "warning", _("Waits for access to the cameras"))
        case Standing.TEMPORARY:
            return Mark("info", "warning", _("Must choose a password"))
        case Standing.ACTIVE:
            return Mark("check", "good", _("May log in"))


def _chips(clock: Clock) -> tuple[Chip[Somebody], ...]:
    def chip(key: Standing, text: str) -> Chip[Somebody]:
        return Chip(key.value, text, lambda person: standing(person, clock) is key, group="state")

    return (
        Chip("all_active", N_("May log in"), lambda person: person.row.active, group="state"),
        chip(Standing.WAITS, N_("Wait for access")),
        chip(Standing.LOCKED, N_("Locked")),
        chip(Standing.OFF, N_("Switched off")),
    )


# The form


def _form() -> FormSpec[Somebody]:
    return FormSpec(
        title=lambda person: _("New person") if person is None else person.row.full_name,
        sections=(
            Section(
                N_("Person"),
                (
                    Field("rank", N_("Rank or title"), Choice(_ranks)),
                    Field(
                        "other_rank",
                        N_("Which rank or title"),
                        Text(64),
                        required=True,
                        shown=lambda values: values["rank"] == OTHER_RANK,
                    ),
                    Field("display_name", N_("First name and surname"), Text(200), required=True),
                    Field("position", N_("Position"), Text(100), hint=N_("For example: สวป.สภ.เมืองสงขลา")),
                ),
            ),
            Section(
                N_("Role and log-in"),
                (
                    Field("role", N_("Role"), Choice(labels_of(Role)), required=True),
                    *map(_rights_field, Role),
                    *_log_in_fields(),
                ),
            ),
        ),
        stored=_stored,
        command=_command,
        saved=lambda answer: _("Saved.") if answer is None else _("The person was added."),
    )


def _rights_field(role: Role) -> Field:
    """What a role may do, in words, beside the choice of it."""
    return Field(
        f"rights_{role.value}",
        N_("This role may"),
        LongText(),
        fixed=True,
        shown=lambda values: values["role"] is role,
    )


def _log_in_fields() -> tuple[Field, ...]:
    return (
        Field(_KNOWN, "", Flag(), fixed=True, shown=lambda _values: False),
        Field("login_fixed", N_("User name"), Text(), fixed=True, shown=lambda values: values[_KNOWN]),
        Field(
            "login",
            N_("User name"),
            Text(64),
            required=True,
            hint=N_("2 to 64 letters, digits, dots or hyphens. It cannot be changed later."),
            shown=_is_new,
        ),
        Field(
            "password",
            N_("First password"),
            Hidden(256),
            required=True,
            hint=N_("At least 12 characters. The person must choose another one at the first log-in."),
            shown=_is_new,
        ),
        Field("again", N_("First password once more"), Hidden(256), required=True, shown=_is_new),
    )


def _is_new(values: Values) -> bool:
    return not values[_KNOWN]


def _ranks() -> dict[str, str]:
    return {**rank_choices(), OTHER_RANK: _("Another one…")}


def _stored(person: Somebody | None) -> dict[str, Any]:
    rights = {f"rights_{role.value}": rights_text(role) for role in Role}
    if person is None:
        return {_KNOWN: False, **rights}
    row = person.row
    return {
        _KNOWN: True,
        "rank": row.rank or None,
        "display_name": row.display_name,
        "position": row.position,
        "role": row.role,
        "login_fixed": row.login,
        **rights,
    }


def rights_text(role: Role) -> str:
    """Return what a role may do, in the order of the rights."""
    return " · ".join(label(right) for right in Right if right in RIGHTS[role])


def _command(values: Values, person: Somebody | None) -> Command:
    rank = values["other_rank"] if values["rank"] == OTHER_RANK else values["rank"] or ""
    shared = {"display_name": values["display_name"], "rank": rank, "position": values["position"]}
    if person is not None:
        return build(ChangePerson, person_id=person.id, version=person.version, role=values["role"], **shared)
    if values["password"] != values["again"]:
        raise Invalid({"again": "password.differs"})
    return build(
        AddPerson,
        login=values["login"],
        role=values["role"],
        password=values["password"],
        temporary=True,
        **shared,
    )


# What can be done with somebody


def _acts(ui: Ui, open_panel: OpenPanel) -> tuple[Act[Somebody], ...]:
    own = ui.session.person_id
    return (
        Act(
            "give",
            N_("Give access"),
            "camera",
            lambda person: person.waits and person.row.active,
            command=lambda person, _reason: GiveSlot(person_id=person.id),
            done=lambda person, _answer: _given(person),
        ),
        Act(
            "sheet",
            N_("By recovery sheet…"),
            "camera",
            lambda person: person.waits and person.row.active,
            open=lambda person: open_panel(person, _sheet_form(person)),
        ),
        Act(
            "reset",
            N_("New password…"),
            "refresh",
            lambda person: person.row.active and person.id != own,
            open=lambda person: open_panel(person, _reset_form(person)),
        ),
        Act(
            "off",
            N_("Switch off"),
            "close",
            lambda person: person.row.active and person.id != own,
            command=lambda person, _reason: _switch(person, active=False),
            warning=_switch_off_warning,
            done=lambda person, _answer: _("{name} can no longer log in.", name=person.row.full_name),
        ),
        Act(
            "on",
            N_("Switch on"),
            "check",
            lambda person: not person.row.active,
            command=lambda person, _reason: _switch(person, active=True),
            done=lambda person, _answer: _("{name} may log in again.", name=person.row.full_name),
        ),
    )


def _switch(person: Somebody, *, active: bool) -> Command:
    return ChangePerson(person_id=person.id, version=person.version, active=active)


def _switch_off_warning(person: Somebody) -> str:
    return _(
        "{name} can then no longer log in, and loses access to the cameras. What this person did stays in the access"
        " log. The account can be switched on again; access to the cameras is then given anew.",
        name=person.row.full_name,
    )


def _given(person: Somebody) -> str:
    return _("{name} may use cameras from the next log-in on.", name=person.row.full_name)


def _sheet_form(person: Somebody) -> FormSpec[Somebody]:
    field = Field(
        "code",
        N_("Recovery code"),
        Hidden(200),
        required=True,
        hint=N_("As it stands on the recovery sheet in the safe. That the sheet was used is journaled."),
    )
    return FormSpec(
        title=lambda _person: _("Access to the cameras for {name}", name=person.row.full_name),
        sections=(Section("", (field,)),),
        stored=lambda _person: {},
        command=lambda values, _person: build(GiveSlotBySheet, person_id=person.id, code=values["code"]),
        verb=N_("Give access"),
        saved=lambda _answer: _given(person),
    )


def _reset_form(person: Somebody) -> FormSpec[Somebody]:
    return FormSpec(
        title=lambda _person: _("New password for {name}", name=person.row.full_name),
        sections=(
            Section(
                "",
                (
                    Field(
                        "password",
                        N_("New password"),
                        Hidden(256),
                        required=True,
                        hint=N_(
                            "At least 12 characters. The person must choose another one at the next log-in. Access to"
                            " the cameras ends with the old password: somebody else must give it again, or the"
                            " recovery sheet."
                        ),
                    ),
                    Field("again", N_("New password once more"), Hidden(256), required=True),
                ),
            ),
        ),
        stored=lambda _person: {},
        command=lambda values, _person: _reset(values, person),
        verb=N_("Set the password"),
        saved=lambda _answer: _("{name} logs in with the new password once.", name=person.row.full_name),
    )


def _reset(values: Values, person: Somebody) -> Command:
    if values["password"] != values["again"]:
        raise Invalid({"again": "password.differs"})
    return build(ResetPassword, person_id=person.id, version=person.version, password=values["password"])
