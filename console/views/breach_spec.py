"""How breaches stand in the shared list: columns with the 72-hour clock, the form, and the steps after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_date_time
from console.i18n.labels import label, labels_of
from console.protection import Affected, BreachKind, BreachState, DataType, Risk, Severity
from console.services.breach_papers import joined
from console.services.breaches import (
    KIND,
    NOTICE,
    AddToBreach,
    BreachLine,
    ChangeBreach,
    CloseBreach,
    RecordBreach,
    SubmitNotice,
    TellPeople,
    breach_clock,
)
from console.services.commands import Command, build
from console.services.registers import Deadline
from console.services.station import Station
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Chip,
    Choice,
    Column,
    Empty,
    Field,
    FormSpec,
    LongText,
    Mark,
    Moment,
    Number,
    RecordSpec,
    Section,
    Several,
    Text,
    Values,
)
from console.views.registers import (
    Entering,
    FormWords,
    extraction,
    left_column,
    number_column,
    register_form,
    state_column,
    step_form,
)
from console.views.ui import Ui

OpenAct = Callable[[BreachLine, FormSpec[BreachLine], str], None]
NEAR_H: Final = 24
"""From so many hours on the end of the clock is near."""

MOST: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Hands:
    """What the page does for an act that is more than a command."""

    open_act: OpenAct
    notice: Callable[[BreachLine], None]


def breach_spec(ui: Ui, station: Station, hands: Hands) -> RecordSpec[BreachLine]:
    columns = _columns(ui)
    return RecordSpec(
        kind=KIND,
        title=N_("Breaches"),
        source=Shelf(lambda: station.breaches.lines(ui.session), columns, _CHIPS, _words),
        columns=columns,
        empty=Empty(
            N_("No breach is recorded"),
            N_(
                "If personal data were lost, changed or seen by somebody who must not, enter it here at once: from the"
                " moment the station knows, the office (สคส.) is told within 72 hours, unless there is no risk."
            ),
            N_("Enter a breach"),
        ),
        watch=frozenset({KIND, "breach_event", "person"}),
        form=_FORM,
        may_add=station.dispatcher.may(RecordBreach, ui.session),
        may_change=station.dispatcher.may(ChangeBreach, ui.session),
        right=station.dispatcher.right(ChangeBreach),
        new=N_("New breach"),
        chips=_CHIPS,
        acts=_acts(ui, station, hands),
        extracted=extraction("breach"),
        sort="number",
        descending=True,
    )


def state_mark(line: BreachLine) -> Mark:
    icon, colour = _STATES[line.row.state]
    return Mark(icon, colour, label(line.row.state))


_STATES: Final[Mapping[BreachState, tuple[str, str]]] = {
    BreachState.OPEN: ("urgent", "bad"),
    BreachState.TO_NOTIFY: ("urgent", "bad"),
    BreachState.TO_TELL: ("people", "warning"),
    BreachState.NO_RISK: ("check", "quiet"),
    BreachState.NOTIFIED: ("check", "accent"),
    BreachState.CLOSED: ("done", "good"),
}


def clock_mark(clock: Deadline | None) -> Mark | None:
    """14 hours left, the last hour, overdue by 3 hours; None where the clock stands still."""
    if clock is None:
        return None
    if clock.overdue:
        return Mark("urgent", "bad", _("Overdue by {n} hours", n=-clock.left))
    if clock.left == 0:
        return Mark("clock", "bad", _("Less than an hour left"))
    return Mark("clock", "warning" if clock.left < NEAR_H else "quiet", _("{n} hours left", n=clock.left))


# The list


def _columns(ui: Ui) -> tuple[Column[BreachLine], ...]:
    return (
        number_column(N_("Breach no.")),
        Column("known", N_("Came to be known"), _known, 20, sort=lambda line: line.row.facts.discovered_at, whole=True),
        Column("title", N_("What happened"), lambda line: line.row.facts.title, 0),
        Column("kinds", N_("Kind of breach"), lambda line: joined(line.row.facts.breach_kinds), 20),
        state_column(BreachState, state_mark),
        left_column("clock", 20, lambda line: breach_clock(line.row, ui.clock.now()), clock_mark),
        Column("people", N_("Number of people"), _people, 9, sort=lambda line: line.row.facts.people, number=True),
    )


def _known(line: BreachLine) -> str:
    known = line.row.facts.discovered_at
    return format_date_time(known)


def _people(line: BreachLine) -> str:
    people = line.row.facts.people
    return "" if people is None else f"{people:,}"


def _words(line: BreachLine) -> tuple[object, ...]:
    facts = line.row.facts
    codes = (*facts.breach_kinds, *facts.data_types, *facts.affected)
    return (facts.discovered_at, facts.happened_at, facts.measures, facts.effect, line.row.reference, *codes)


_CHIPS: Final[tuple[Chip[BreachLine], ...]] = (
    Chip(
        "waiting",
        N_("To be told to the office"),
        lambda line: line.row.state in {BreachState.OPEN, BreachState.TO_NOTIFY},
        group="state",
    ),
    Chip("to_tell", N_("People to be told"), lambda line: line.row.state is BreachState.TO_TELL, group="state"),
    Chip("open", N_("Not closed"), lambda line: line.row.closed_at is None, group="state"),
)


# The form


_WHAT: Final = (
    Field("title", N_("What happened"), Text(200), required=True, hint=N_("No names of those who are affected.")),
    Field("discovered_at", N_("Came to be known"), Moment(), required=True, hint=N_("The 72 hours count from here.")),
    Field("happened_at", N_("Happened"), Moment(), hint=N_("Empty: not known.")),
    Field("breach_kinds", N_("Kind of breach"), Several(labels_of(BreachKind)), required=True),
)
_WHOSE: Final = (
    Field("data_types", N_("Kinds of data"), Several(labels_of(DataType))),
    Field("volume", N_("Number of records"), Number(0, MOST)),
    Field("affected", N_("Who is affected"), Several(labels_of(Affected))),
    Field("people", N_("Number of people"), Number(0, MOST)),
)
_RISK: Final = (
    Field("effect", N_("Likely effect"), LongText(2000)),
    Field("severity", N_("How badly people may be hurt"), Choice(labels_of(Severity))),
    Field(
        "safeguards",
        N_("How the data were kept and protected"),
        LongText(2000),
        hint=N_("Encrypted, locked away, password-protected – or not."),
    ),
    Field(
        "controller",
        N_("About the controller"),
        LongText(2000),
        hint=N_("What a station is and does that makes it graver or less grave."),
    ),
    Field("risk", N_("Risk"), Choice(labels_of(Risk)), hint=N_("Empty: not assessed yet; the clock runs.")),
    Field(
        "assessment",
        N_("Why"),
        LongText(2000),
        hint=N_("Also where there is no risk: the assessment is kept as proof."),
    ),
)
_DONE: Final = (
    Field("measures", N_("Measures done and planned"), LongText(2000)),
    Field("contact", N_("Data protection officer or contact"), Text(300)),
)
_FORM: Final[FormSpec[BreachLine]] = register_form(
    FormWords(
        N_("New breach"),
        N_("Breach {number}"),
        N_("The breach was entered; the clock runs."),
        N_("This stays as it was told or closed. What is new is put beside it: “Add…”."),
    ),
    (
        Section(N_("What happened"), _WHAT),
        Section(N_("Data and people"), _WHOSE),
        Section(N_("Assessment of the risk"), _RISK),
        Section(N_("Measures and contact"), _DONE),
    ),
    Entering(RecordBreach, ChangeBreach, "breach_id"),
    lambda line: line.row.submitted_at is not None or line.row.closed_at is not None,
)


# The steps


def _acts(ui: Ui, station: Station, hands: Hands) -> tuple[Act[BreachLine], ...]:
    may = station.dispatcher.may

    def untold(line: BreachLine) -> bool:
        row = line.row
        return row.people_told_at is None and row.closed_at is None and row.facts.risk in {Risk.RISK, Risk.HIGH}

    return (
        Act(
            "notify",
            N_("Office told…"),
            "urgent",
            lambda line: line.row.state is BreachState.TO_NOTIFY and may(SubmitNotice, ui.session),
            open=lambda line: hands.open_act(line, _notice_form(), "notice"),
        ),
        Act(
            "tell",
            N_("People told…"),
            "people",
            lambda line: untold(line) and may(TellPeople, ui.session),
            open=lambda line: hands.open_act(line, _telling_form(), "telling"),
        ),
        Act("paper", N_("Form of the notice"), "print", lambda _line: True, open=hands.notice),
        Act(
            "add",
            N_("Add…"),
            "plus",
            lambda _line: may(AddToBreach, ui.session),
            open=lambda line: hands.open_act(line, _adding_form(), "addition"),
        ),
        Act(
            "close",
            N_("Close"),
            "lock",
            lambda line: line.row.state in {BreachState.NO_RISK, BreachState.NOTIFIED} and may(CloseBreach, ui.session),
            command=lambda line, _reason: CloseBreach(breach_id=line.id, version=line.version),
            warning=lambda line: _(
                "Breach {number} is closed. What stands in it stays; something new can still be added.",
                number=line.row.number,
            ),
            done=lambda line, _answer: _("Breach {number} is closed.", number=line.row.number),
        ),
    )


def _notice_form() -> FormSpec[BreachLine]:
    def late(values: Values) -> bool:
        told, known = values["submitted_at"], values["known"]
        return told is not None and known is not None and told > known + NOTICE

    asked = (
        Field("known", N_("Came to be known"), Moment(), fixed=True),
        Field("submitted_at", N_("Told at"), Moment(), required=True),
        Field("reference", N_("Number at the office"), Text(200)),
        Field(
            "late_words",
            N_("Why only after 72 hours"),
            LongText(2000),
            required=True,
            hint=N_("The explanation reaches the office within 15 days of when the breach came to be known."),
            shown=late,
        ),
    )

    def command(values: Values, line: BreachLine) -> Command:
        given = {name: values[name] for name in ("submitted_at", "reference", "late_words")}
        return build(SubmitNotice, breach_id=line.id, version=line.version, **given)

    return step_form(
        N_("The office was told of breach {number}"),
        asked,
        command,
        lambda line: {"known": line.row.facts.discovered_at},
    )


def _telling_form() -> FormSpec[BreachLine]:
    asked = (
        Field("told_at", N_("Told at"), Moment(), required=True),
        Field("words", N_("How, and what they were advised to do"), LongText(2000), required=True),
    )
    return step_form(
        N_("The people were told of breach {number}"),
        asked,
        lambda values, line: build(TellPeople, breach_id=line.id, version=line.version, **values),
    )


def _adding_form() -> FormSpec[BreachLine]:
    asked = (
        Field(
            "words",
            N_("What came to be known, or is corrected"),
            LongText(2000),
            required=True,
            hint=N_("It is added with your name and the time, and never changed."),
        ),
    )
    return step_form(
        N_("Add to breach {number}"),
        asked,
        lambda values, line: build(AddToBreach, breach_id=line.id, **values),
    )
