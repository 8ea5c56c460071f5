"""What the pages of data protection share: columns, forms and steps, and what is journaled before rows leave."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

from console.i18n import N_, _
from console.i18n.dates import format_date_time
from console.i18n.words import broken
from console.services.commands import Command, build
from console.services.registers import Deadline, ExtractRegister, Register
from console.views.record_spec import Column, Field, FormSpec, Keyed, Mark, Query, Section, Settled, Several, Values

SOON: Final = 7
"""From so many days on a deadline is near."""


class RegisterLine(Keyed, Protocol):
    """A line whose row has a number of its year, facts, and a state."""

    @property
    def row(self) -> Any: ...


Line = TypeVar("Line", bound=RegisterLine)


def extraction(register: Register) -> Callable[[Query, str, int], Command]:
    """Return what is journaled before rows of the register leave."""
    return lambda _query, how, rows: ExtractRegister(
        register=register, how="csv" if how == "csv" else "print", rows=rows
    )


def days_mark(due: Deadline | None) -> Mark | None:
    """12 days left, the last day, overdue by 3 days; None where nothing is due."""
    if due is None:
        return None
    if due.overdue:
        return Mark("urgent", "bad", _("Overdue by {n} days", n=-due.left))
    if due.left == 0:
        return Mark("clock", "warning", _("Today is the last day"))
    return Mark("clock", "warning" if due.left <= SOON else "quiet", _("{n} days left", n=due.left))


# The list


def number_column(title: str) -> Column[Any]:
    """Return the column that the register is ordered by."""
    return Column(
        "number",
        title,
        lambda line: line.row.number,
        9,
        sort=lambda line: (line.row.year_be, line.row.running),
        whole=True,
    )


def state_column(states: type[StrEnum], mark: Callable[[Line], Mark]) -> Column[Line]:
    """Return the state, ordered as the states follow each other."""
    order = list(states)
    return Column(
        "state", N_("State"), lambda line: mark(line).text, 26, sort=lambda line: order.index(line.row.state), mark=mark
    )


def left_column(
    key: str, width: int, due: Callable[[Line], Deadline | None], marked: Callable[[Deadline | None], Mark | None]
) -> Column[Line]:
    """Return how much time is left in words; empty where nothing is due."""

    def text(line: Line) -> str:
        mark = marked(due(line))
        return "" if mark is None else mark.text

    def left(line: Line) -> int | None:
        found = due(line)
        return None if found is None else found.left

    return Column(key, N_("Time left"), text, width, sort=left, mark=lambda line: marked(due(line)))


# The forms


@dataclass(frozen=True, slots=True)
class Entering:
    """The commands that enter and correct a record; `key` is what the second calls the record's id."""

    enter: type[Command]
    correct: type[Command]
    key: str


@dataclass(frozen=True, slots=True)
class FormWords:
    """Message ids: title of a new record and of one with its `{number}`; said once it is entered, and once settled."""

    new: str
    known: str
    entered: str
    settled: str


def register_form(
    words: FormWords,
    sections: Sequence[Section],
    entering: Entering,
    settled: Callable[[Line], bool],
    doubt: Callable[[Values], Mapping[str, str]] = lambda _values: {},
) -> FormSpec[Line]:
    """Return the form of a record's facts, which are only shown once it is settled."""
    fields = [field for section in sections for field in section.fields]
    names = [field.name for field in fields]

    def stored(line: Line | None) -> Values:
        if line is None:
            empty = {field.name: frozenset[Any]() for field in fields if isinstance(field.kind, Several)}
            return dict.fromkeys(names) | empty
        return {name: getattr(line.row.facts, name) for name in names}

    def command(values: Values, line: Line | None) -> Command:
        facts = {name: values[name] for name in names}
        if line is None:
            return build(entering.enter, **facts)
        return build(entering.correct, **{entering.key: line.id}, version=line.version, **facts)

    return FormSpec(
        title=lambda line: _(words.new) if line is None else _(words.known, number=line.row.number),
        sections=sections,
        stored=stored,
        command=command,
        doubt=doubt,
        saved=lambda answer: _("Saved.") if answer is None else _(words.entered),
        settled=lambda line: Settled(_(words.settled)) if settled(line) else None,
    )


def step_form(
    title: str,
    fields: tuple[Field, ...],
    command: Callable[[Values, Any], Command],
    stored: Callable[[Any], Values] = lambda _line: {},
) -> FormSpec[Any]:
    """Return the form of one step; `title` is a message id that names the record."""
    return FormSpec(
        title=lambda line: _(title, number="" if line is None else line.row.number),
        sections=(Section("", fields),),
        stored=stored,
        command=command,
        saved=lambda _answer: _("Saved."),
    )


# The steps


def step_text(at: datetime, *words: str) -> str:
    """Return when a step was done, by whom, and what it says."""
    return " · ".join(filter(None, (format_date_time(at), *words)))


def told(facts: Iterable[tuple[str, str]], muted: str) -> str:
    """Return facts as rich text. For a reader's thread: finding Thai words takes time."""
    return "".join(
        f'<p style="line-height:125%; margin:0 0 12px 0"><span style="color:{muted}">{_safe(name)}</span>'
        f"<br>{_safe(text)}</p>"
        for name, text in facts
    )


def _safe(text: str) -> str:
    return html.escape(broken(text)).replace("\n", "<br>")
