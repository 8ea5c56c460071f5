"""How visits to the room stand in the shared list: columns, filters, form, paper with the sums of each month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.i18n import N_, _, plain
from console.i18n.dates import format_date, format_short_month, local, sort_key
from console.i18n.typed import day_begins
from console.kernel import Invalid
from console.services.commands import Command, build
from console.services.extracts import ExtractVisits
from console.services.papers import Block, Heading, Note, Orientation, Report, Signature, Signatures, Table, TableColumn
from console.services.station import Station
from console.services.visitors import (
    MOST,
    MOST_SECTORS,
    ChangeVisit,
    MonthSum,
    NameSectors,
    RecordVisit,
    SectorRow,
    StrikeVisit,
    VisitLine,
    month_sums,
)
from console.views.record_output import made_by
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Chip,
    Choice,
    Column,
    Day,
    Empty,
    Field,
    FormSpec,
    LongText,
    Mark,
    Number,
    Query,
    RecordSpec,
    Section,
    Text,
    Values,
)
from console.views.ui import Ui

KIND: Final = "visit"


@dataclass(frozen=True)
class Book:
    """What the page of visits is made of. The sectors were read before."""

    ui: Ui
    station: Station
    sectors: Sequence[SectorRow]

    @property
    def used(self) -> list[SectorRow]:
        return [row for row in self.sectors if row.used]

    def counts_text(self, counts: Mapping[int, int]) -> str:
        """Business 9 · Residents 2; a sector that is out of use too, as long as somebody was counted by it."""
        names = {row.number: row.name for row in self.sectors}
        return " · ".join(f"{names.get(number, number)} {people:,}" for number, people in sorted(counts.items()))


def visit_spec(book: Book) -> RecordSpec[VisitLine]:
    ui, station = book.ui, book.station
    columns, chips = _columns(book), _chips(ui)
    may_write = station.dispatcher.may(RecordVisit, ui.session)
    return RecordSpec(
        kind=KIND,
        title=N_("Visitor book of the CCOC room"),
        source=Shelf(lambda: station.visitors.visits(ui.session), columns, chips, words),
        columns=columns,
        empty=Empty(
            N_("No visit is recorded yet"),
            N_(
                "Whoever saw the room trusts it more. Each group stands here: how many of which sector, and what"
                " they wished."
            ),
            N_("Record the first visit"),
        ),
        watch=frozenset({KIND}),
        form=_form(book),
        may_add=may_write,
        may_change=may_write,
        right=station.dispatcher.right(RecordVisit),
        new=N_("New visit"),
        chips=chips,
        acts=(_strike(ui, station),),
        summary=lambda: summary(month_sums(line.visit for line in station.visitors.visits(ui.session)), ui.clock.now()),
        report=lambda lines, query: visitor_report(book, lines, query),
        extracted=lambda _query, how, total: build(ExtractVisits, how=how, rows=total),  # type: ignore[arg-type]  # "csv" or "print"
        sort="day",
        descending=True,
    )


def summary(months: Sequence[MonthSum], now: datetime) -> str:
    """What came of this month so far."""
    this = day_begins(local(now).date().replace(day=1))
    found = next((month for month in months if month.begins == this), MonthSum(this, 0, {}, 0))
    return _(
        "{month}: {groups} groups, {people} people, want to link a camera: {wishes}",
        month=format_short_month(this),
        groups=f"{found.groups:,}",
        people=f"{found.people:,}",
        wishes=f"{found.sign_ups:,}",
    )


def words(line: VisitLine) -> Sequence[object]:
    """Return what else of a visit the filter finds."""
    return (line.visit.facts.wishes, line.visit.facts.day, line.visit.strike_reason or "")


# The list


def _columns(book: Book) -> tuple[Column[VisitLine], ...]:
    def facts(line: VisitLine) -> Any:
        return line.visit.facts

    return (
        Column(
            "day", N_("Day"), lambda line: format_date(facts(line).day), 13, lambda line: facts(line).day, whole=True
        ),
        Column(
            "group", N_("Group"), lambda line: facts(line).group_name, 0, lambda line: sort_key(facts(line).group_name)
        ),
        Column(
            "people",
            N_("People who came"),
            lambda line: f"{line.visit.people:,}",
            8,
            lambda line: line.visit.people,
            number=True,
        ),
        Column("sectors", N_("By sector"), lambda line: book.counts_text(facts(line).counts), 34),
        Column("purpose", N_("Purpose of the visit"), lambda line: facts(line).purpose, 24),
        Column(
            "received_by", N_("Received by"), lambda line: line.received_by, 20, lambda line: sort_key(line.received_by)
        ),
        Column(
            "sign_ups",
            N_("Want to link"),
            lambda line: f"{facts(line).sign_ups:,}" if facts(line).sign_ups else "–",
            10,
            lambda line: facts(line).sign_ups,
            number=True,
        ),
        Column("state", N_("State"), lambda line: _state(line).text, 13, mark=_state),
    )


def _state(line: VisitLine) -> Mark:
    if line.visit.stands:
        return Mark("check", "good", plain(_("Counted")))
    return Mark("strike", "warning", plain(_("Struck out")))


def _chips(ui: Ui) -> tuple[Chip[VisitLine], ...]:
    def this_month(line: VisitLine) -> bool:
        day, now = local(line.visit.facts.day), local(ui.clock.now())
        return (day.year, day.month) == (now.year, now.month)

    return (
        Chip("month", N_("This month"), this_month),
        Chip("wishes", N_("Want to link a camera"), lambda line: line.visit.facts.sign_ups > 0),
        Chip("struck", N_("Struck out"), lambda line: not line.visit.stands),
    )


def _strike(ui: Ui, station: Station) -> Act[VisitLine]:
    return Act(
        "strike",
        N_("Strike out"),
        "strike",
        lambda line: line.visit.stands and station.dispatcher.may(StrikeVisit, ui.session),
        command=lambda line, reason: build(StrikeVisit, visit_id=line.id, version=line.version, reason=reason),
        warning=lambda _line: _("The visit stays readable with the reason, and is not counted any more."),
        reason=N_("Reason for striking"),
        done=lambda _line, _answer: _("The visit is struck out."),
    )


# The form


def _form(book: Book) -> FormSpec[VisitLine]:
    ui, station = book.ui, book.station
    counted = tuple(Field(_count(row), row.name, Number(0, MOST)) for row in book.used)

    def people() -> Mapping[Any, str]:
        return {row.id: row.full_name for row in station.people.people() if row.active}

    def stored(line: VisitLine | None) -> Values:
        if line is None:
            return {"day": day_begins(local(ui.clock.now()).date()), "received_by": ui.session.person_id, "sign_ups": 0}
        facts = line.visit.facts
        names = ("day", "group_name", "received_by", "purpose", "sign_ups", "wishes")
        counts = {_count(row): facts.counts.get(row.number) for row in book.used}
        return {name: getattr(facts, name) for name in names} | counts

    def command(values: Values, line: VisitLine | None) -> Command:
        return _command(values, line, book)

    return FormSpec(
        title=lambda line: _("New visit") if line is None else line.visit.facts.group_name,
        sections=(
            Section(
                N_("Who came"),
                (
                    Field("day", N_("Day"), Day(), required=True),
                    Field("group_name", N_("Group"), Text(200), required=True, hint=N_("No names of single visitors.")),
                ),
            ),
            Section(N_("How many of each sector"), counted),
            Section(
                N_("The visit"),
                (
                    Field("received_by", N_("Received by"), Choice(people), required=True),
                    Field("purpose", N_("Purpose of the visit"), Text(300)),
                    Field("sign_ups", N_("How many want to link a camera"), Number(0, MOST)),
                    Field("wishes", N_("Wishes"), LongText(1000)),
                ),
            ),
        ),
        stored=stored,
        command=command,
        saved=lambda answer: _("Saved.") if answer is None else _("The visit is recorded."),
    )


def _count(row: SectorRow) -> str:
    return f"count_{row.number}"


def _command(values: Values, line: VisitLine | None, book: Book) -> Command:
    counts = {row.number: values[_count(row)] or 0 for row in book.used}
    if not any(counts.values()) and book.used:
        raise Invalid({_count(book.used[0]): "visit.nobody"})
    if line is not None:
        # What was counted by a sector that is out of use now is not lost by a correction.
        counts = dict(line.visit.facts.counts) | counts
    names = ("day", "group_name", "received_by", "purpose", "wishes")
    known = {name: values[name] for name in names} | {"counts": counts, "sign_ups": values["sign_ups"] or 0}
    if line is None:
        return build(RecordVisit, **known)
    return build(ChangeVisit, visit_id=line.id, version=line.version, **known)


# The sectors


@dataclass(frozen=True, slots=True)
class Sectors:
    """The row of the form that names the sectors."""

    rows: Sequence[SectorRow]
    id: str = "sectors"
    version: int = 0


def sector_form() -> FormSpec[Sectors]:
    """Return the form that names the sectors; each keeps its place, so that what was counted stays where it is."""

    def label(number: int) -> str:
        return _("Sector {n}", n=number)

    def stored(row: Sectors | None) -> Values:
        known = {each.number: each.name for each in (row.rows if row else ()) if each.used}
        return {f"sector_{number}": known.get(number, "") for number in range(1, MOST_SECTORS + 1)}

    def command(values: Values, row: Sectors | None) -> Command:
        del row
        names = tuple(values[f"sector_{number}"] for number in range(1, MOST_SECTORS + 1))
        return build(NameSectors, names=names)

    fields = [Field(f"sector_{number}", label(number), Text(100)) for number in range(1, MOST_SECTORS + 1)]
    return FormSpec(
        title=lambda _row: _("Sectors of visitors"),
        sections=(Section(N_("An empty line takes a sector out of use; what was counted by it stays."), fields),),
        stored=stored,
        command=command,
        saved=lambda _answer: _("The sectors are named."),
    )


# The paper


def visitor_report(book: Book, lines: Sequence[VisitLine], query: Query) -> Report:
    """Return the visits that stand, and the sums of their months."""
    stands = [line for line in lines if line.visit.stands]
    columns = (
        TableColumn(_("Day"), 1.3),
        TableColumn(_("Group"), 3.0),
        TableColumn(_("By sector"), 3.0),
        TableColumn(_("People who came"), 0.9, number=True),
        TableColumn(_("Purpose of the visit"), 2.4),
        TableColumn(_("Received by"), 2.0),
        TableColumn(_("Want to link"), 1.0, number=True),
    )
    rows = [_paper_row(book, line) for line in stands]
    blocks: list[Block] = [Heading(_("Sums of each month")), _months(book, month_sums(line.visit for line in stands))]
    blocks += [Heading(_("Visits")), Table(columns, rows, _("No entries."))]
    if len(stands) < len(lines):
        blocks.append(Note(_("Struck visits are left out: {n}.", n=f"{len(lines) - len(stands):,}")))
    blocks.append(
        Signatures((Signature(_("Recorded by")), Signature(_("Superintendent of {station}", station=book.ui.station))))
    )
    facts = ((_("Filter"), query.typed.strip()),) if query.typed.strip() else ()
    made = made_by(book.ui.session, book.ui.clock, book.ui.station)
    return Report(plain(_("Visitor book of the CCOC room")), made, blocks, facts, Orientation.LANDSCAPE)


def _paper_row(book: Book, line: VisitLine) -> tuple[str, ...]:
    facts = line.visit.facts
    return (
        format_date(facts.day),
        facts.group_name,
        book.counts_text(facts.counts),
        f"{line.visit.people:,}",
        facts.purpose,
        line.received_by,
        f"{facts.sign_ups:,}",
    )


def _months(book: Book, months: Sequence[MonthSum]) -> Table:
    """A column for each sector that somebody was counted by, or that is in use."""
    counted = {number for month in months for number in month.counts}
    sectors = [row for row in book.sectors if row.used or row.number in counted]
    columns = (
        TableColumn(_("Month"), 1.7),
        TableColumn(_("Groups"), 0.9, number=True),
        *(TableColumn(row.name, 1.3, number=True) for row in sectors),
        TableColumn(_("People who came"), 0.9, number=True),
        TableColumn(_("Want to link"), 1.0, number=True),
    )
    rows = [
        (
            format_short_month(month.begins),
            f"{month.groups:,}",
            *(f"{month.counts.get(row.number, 0):,}" for row in sectors),
            f"{month.people:,}",
            f"{month.sign_ups:,}",
        )
        for month in months
    ]
    return Table(columns, rows, _("No entries."))
