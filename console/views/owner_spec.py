"""How owners stand in the shared list: columns, filters, form. What can be done with one: see the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from console.i18n import N_, _, language
from console.i18n.dates import sort_key
from console.i18n.labels import label, labels_of, owner_number
from console.kernel import OwnerType, Party, PersuasionStage, Zone
from console.services.commands import Command, build
from console.services.owners import (
    ChangeOwner,
    ExtractOwners,
    OwnerFacts,
    OwnerLine,
    OwnerRow,
    RegisterOwner,
    Sight,
    alike,
    may_be_minor,
    sight_of,
)
from console.services.station import Station
from console.views.camera_words import camera_text
from console.views.owner_words import cameras_text, next_mark, next_text, owner_text, shown_year, stage_mark
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
    LongText,
    Number,
    Query,
    RecordSpec,
    Section,
    Text,
    Values,
)
from console.views.ui import Ui

KIND: Final = "owner"
STEP: Final = "owner_step"
WATCHED: Final = frozenset({KIND, STEP, "camera", "authority", "connection_test"})
ARCHIVE: Final = "archived"
_ORDER: Final = {stage: at for at, stage in enumerate(PersuasionStage)}


@dataclass
class Known:
    """The owners as they were read last, and whom the form was filled with: to ask whether somebody stands there twice.

    Written by a reader's thread, read by the form: a whole list is put in the place of another.
    """

    rows: Sequence[OwnerRow] = ()
    own_id: str = ""


@dataclass(frozen=True)
class _Place:
    """Where the list is shown: to whom, and what it knows."""

    ui: Ui
    station: Station
    known: Known = field(default_factory=Known)

    @property
    def sight(self) -> Sight:
        return sight_of(self.ui.session)

    @property
    def may_write(self) -> bool:
        return self.station.dispatcher.may(RegisterOwner, self.ui.session)

    def read(self) -> list[OwnerLine]:
        lines = self.station.owners.lines(self.ui.session)
        self.known.rows = [line.row for line in lines]
        return lines


def owner_spec(ui: Ui, station: Station, acts: Sequence[Act[OwnerLine]]) -> RecordSpec[OwnerLine]:
    place = _Place(ui, station)
    columns, chips = _columns(place), _chips(place)
    return RecordSpec(
        kind=KIND,
        title=N_("Owners of cameras"),
        source=Register(place, columns, chips),
        columns=columns,
        empty=Empty(
            N_("No owner is registered yet"),
            N_(
                "Whoever has a camera that could help the zone is registered here: how to reach them, what was talked"
                " about, and what comes next, from the first contact to the linked camera."
            ),
            N_("Register the first owner"),
        ),
        watch=WATCHED,
        form=_form(place),
        may_add=place.may_write,
        may_change=place.may_write,
        right=station.dispatcher.right(RegisterOwner),
        new=N_("New owner"),
        chips=chips,
        acts=acts,
        summary=lambda: summary(place.station.owners.lines(ui.session), place),
        extracted=lambda _query, how, total: build(ExtractOwners, how=how, rows=total),  # type: ignore[arg-type]  # "csv" or "print"
        sort="number",
        history=place.sight is Sight.WHOLE,
    )


def summary(lines: Sequence[OwnerLine], place: _Place) -> str:
    """How many owners there are, how many of them said yes, and how many next steps are due."""
    now = place.ui.clock.now()
    agreed = sum(line.stage in {PersuasionStage.AGREED, PersuasionStage.LINKED} for line in lines)
    parts = [_("Owners: {n}", n=f"{len(lines):,}"), _("consent given: {n}", n=f"{agreed:,}")]
    if place.sight is Sight.WHOLE:
        due = sum(line.next_step is not None and line.next_step.due(now) for line in lines)
        parts.append(_("next steps due: {n}", n=f"{due:,}"))
    return " · ".join(parts)


# The list


def _columns(place: _Place) -> tuple[Column[OwnerLine], ...]:
    now = place.ui.clock.now
    found: list[Column[OwnerLine]] = [
        Column(
            "number",
            N_("No."),
            lambda line: owner_number(line.row.number),
            8,
            sort=lambda line: line.row.number,
            whole=True,
        )
    ]
    if place.sight is not Sight.FIGURES:
        found.append(
            Column("name", N_("Name"), lambda line: line.row.name, 0, sort=lambda line: sort_key(line.row.name))
        )
    found += [
        Column(
            "stage",
            N_("Stage"),
            lambda line: stage_mark(line).text,
            30,
            sort=lambda line: (_ORDER[line.stage], line.unwilling or ""),
            mark=stage_mark,
        ),
        Column(
            "owner_type",
            N_("Kind of owner"),
            lambda line: label(line.row.owner_type),
            18,
            sort=lambda line: sort_key(label(line.row.owner_type)),
        ),
        Column(
            "community",
            N_("Community"),
            lambda line: line.row.facts.community,
            14,
            sort=lambda line: sort_key(line.row.facts.community),
        ),
        Column("cameras", N_("Cameras"), cameras_text, 16, sort=lambda line: len(line.cameras)),
    ]
    if place.sight is Sight.WHOLE:
        found.append(
            Column(
                "next",
                N_("Next step"),
                lambda line: next_text(line.next_step),
                26,
                sort=lambda line: None if line.next_step is None else line.next_step.day,
                mark=lambda line: next_mark(line, now()),
            )
        )
    if place.sight is Sight.CONTACT:
        found.append(Column("phone", N_("Telephone"), lambda line: line.row.facts.phone, 14, whole=True))
    return tuple(found)


def _chips(place: _Place) -> tuple[Chip[OwnerLine], ...]:
    now = place.ui.clock.now
    due: tuple[Chip[OwnerLine], ...] = (
        Chip("due", N_("Next step due"), lambda line: line.next_step is not None and line.next_step.due(now())),
    )
    return (
        *(due if place.sight is Sight.WHOLE else ()),
        Chip(
            "open",
            N_("Not agreed yet"),
            lambda line: _ORDER[line.stage] < _ORDER[PersuasionStage.AGREED],
            group="stage",
        ),
        Chip("linked", N_("Linked"), lambda line: line.stage is PersuasionStage.LINKED, group="stage"),
        Chip("unwilling", N_("Refused or postponed"), lambda line: line.unwilling is not None, group="stage"),
        Chip(ARCHIVE, N_("Archived"), group="stage"),
        Chip("inside", N_("Inside the zone"), lambda line: line.row.facts.zone is Zone.INSIDE),
    )


class Register(Shelf[OwnerLine]):
    """The owners in use; those out of use are a list of their own, behind its chip."""

    def __init__(self, place: _Place, columns: Sequence[Column[OwnerLine]], chips: Sequence[Chip[OwnerLine]]) -> None:
        super().__init__(place.read, columns, chips, words)
        owners, session = place.station.owners, place.ui.session
        self._archive: Shelf[OwnerLine] = Shelf(lambda: owners.lines(session, archived=True), columns, chips, words)
        self._in_archive = False

    def find(self, query: Query, start: int, limit: int) -> Found[OwnerLine]:
        self._in_archive = ARCHIVE in query.chips
        return self._archive.find(query, start, limit) if self._in_archive else super().find(query, start, limit)

    def forget(self) -> None:
        super().forget()
        self._archive.forget()

    def row(self, record_id: str) -> OwnerLine | None:
        found = super().row(record_id)
        return self._archive.row(record_id) if found is None and self._in_archive else found

    def place(self, query: Query, record_id: str) -> int | None:
        return self._archive.place(query, record_id) if ARCHIVE in query.chips else super().place(query, record_id)


def words(line: OwnerLine) -> Sequence[object]:
    """Return what else of an owner the filter finds."""
    facts = line.row.facts
    found = (
        facts.phone,
        facts.authorised_person,
        facts.address,
        facts.line_id,
        facts.email,
        facts.guardian,
        facts.zone,
    )
    return (*found, f"O-{line.row.number:04d}", *(camera_text(entry.camera) for entry in line.cameras))


# The form


def _form(place: _Place) -> FormSpec[OwnerLine]:
    names = _READ_BY[place.sight]

    def section(title: str, fields: Sequence[Field]) -> Section:
        return Section(title, tuple(each for each in fields if each.name in names))

    def stored(line: OwnerLine | None) -> Values:
        place.known.own_id = "" if line is None else line.id
        return _stored(line)

    sections = (section(N_("Owner"), _OWNER), section(N_("How to reach them"), _CONTACT), section(N_("Place"), _PLACE))
    return FormSpec(
        title=lambda line: _("New owner") if line is None else owner_text(line),
        sections=[each for each in sections if each.fields],
        stored=stored,
        command=_command,
        doubt=lambda values: _doubt(values, place),
        saved=lambda answer: (
            _("Saved.") if answer is None else _("The owner is registered. Record next what was talked about.")
        ),
    )


def _is_person(values: Values) -> bool:
    return values["party"] is Party.PERSON


def _has_signer(values: Values) -> bool:
    return values["party"] not in {None, Party.PERSON}


_OWNER: Final = (
    Field("party", N_("Legal form"), Choice(labels_of(Party)), required=True),
    Field("owner_type", N_("Kind of owner"), Choice(labels_of(OwnerType)), required=True),
    Field("name", N_("Name of the owner"), Text(200), required=True, hint=N_("As it stands on the paper of consent.")),
    Field(
        "authorised_person",
        N_("Authorised person"),
        Text(200),
        required=True,
        hint=N_("Who may sign for the company or the agency."),
        shown=_has_signer,
    ),
    Field("authorised_position", N_("Position"), Text(100), required=True, shown=_has_signer),
    Field(
        "birth_year",
        N_("Year of birth"),
        Number(1, 9999),
        hint=N_("Only if the owner may be under 20 years old. Either era."),
        shown=_is_person,
    ),
    Field(
        "guardian",
        N_("Parent or guardian"),
        Text(200),
        hint=N_("Of an owner under 20: the law asks for this person's consent too."),
        shown=_is_person,
    ),
)
_CONTACT: Final = (
    Field("phone", N_("Telephone"), Text(40)),
    Field("line_id", N_("LINE"), Text(100)),
    Field("email", N_("E-mail"), Text(200)),
    Field("address", N_("Postal address"), LongText(500)),
)
_PLACE: Final = (
    Field(
        "community",
        N_("Community"),
        Text(100),
        hint=N_("As the station calls it; figures are told by it. No name of a person."),
    ),
    Field("zone", N_("Smart Safety Zone"), Choice(labels_of(Zone))),
    Field("note", N_("Note"), LongText(1000), hint=N_("Nothing about religion, health or a criminal record.")),
)
_CALLED: Final = frozenset(
    {"party", "owner_type", "name", "authorised_person", "authorised_position", "guardian", "phone", "line_id"}
)
_FIGURES: Final = frozenset({"party", "owner_type", "community", "zone"})
_READ_BY: Final[Mapping[Sight, frozenset[str]]] = {
    Sight.WHOLE: frozenset(each.name for each in (*_OWNER, *_CONTACT, *_PLACE)),
    Sight.CONTACT: _CALLED | _FIGURES,
    Sight.FIGURES: _FIGURES,
}


def _stored(line: OwnerLine | None) -> Values:
    if line is None:
        return {"zone": Zone.UNKNOWN}
    facts = line.row.facts
    known = {name: getattr(facts, name) for name in _READ_BY[Sight.WHOLE]}
    return known | {"birth_year": shown_year(facts.birth_year, thai=language() == "th")}


def _command(values: Values, line: OwnerLine | None) -> Command:
    known = {**values, "zone": values["zone"] or Zone.UNKNOWN}
    if line is None:
        return build(RegisterOwner, **known)
    return build(ChangeOwner, owner_id=line.id, version=line.version, **known)


def _doubt(values: Values, place: _Place) -> Mapping[str, str]:
    """Ask about who stands there twice, perhaps, and about who may be a minor."""
    facts = OwnerFacts(
        values["party"], values["owner_type"], values["name"], address=values["address"], phone=values["phone"]
    )
    twice = alike(facts, place.known.rows, place.known.own_id)
    asked = {
        name: _("{number} {name} is registered with the same.", number=owner_number(row.number), name=row.name)
        for name, row in twice.items()
    }
    if may_be_minor(values["birth_year"], place.ui.clock.now()) is None and not values["guardian"]:
        asked["birth_year"] = _("This owner turns 20 in this year: before the birthday a guardian has to consent too.")
    return asked
