"""What a feature tells the shared record page: columns, filters, fields, actions, papers. Values only, no widget.

A new kind of record is one `RecordSpec`; table, filter, form, drafts, conflicts, history, CSV and print come with it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from console.kernel import Right
from console.services.commands import Command
from console.services.papers import Report


class Keyed(Protocol):
    """A row that can be found again. `version` is the one that the form was filled from."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


Row = TypeVar("Row", bound=Keyed)
Row_co = TypeVar("Row_co", bound=Keyed, covariant=True)
Values: TypeAlias = Mapping[str, Any]
"""A form's values by field name, typed as the command wants them."""


# The list


@dataclass(frozen=True, slots=True)
class Query:
    """What the officer asked for. `typed` is the filter box as it stands; the source folds it (`i18n.search`)."""

    typed: str = ""
    chips: frozenset[str] = frozenset()
    sort: str = ""
    descending: bool = False


@dataclass(frozen=True)
class Found(Generic[Row]):
    """A block of what was found, and how much there is in all; if not `counted`, there is more."""

    rows: Sequence[Row]
    total: int
    counted: bool = True


class Source(Protocol[Row]):
    """Where the rows come from. Asked on a reader's thread, block by block; may use the database."""

    def find(self, query: Query, start: int, limit: int) -> Found[Row]: ...

    def forget(self) -> None:
        """Something changed in the store: read anew at the next question."""


@runtime_checkable
class Findable(Protocol[Row_co]):
    """A source that can also find one record, so that the page can jump to it and read it again. Asked likewise."""

    def row(self, record_id: str) -> Row_co | None: ...

    def place(self, query: Query, record_id: str) -> int | None:
        """Return the record's place among what answers the query, None if it is not there."""


@runtime_checkable
class Glancing(Protocol[Row]):
    """A source that would count for a while: it shows the first rows at once, and counts when it is asked again."""

    def glance(self, query: Query, limit: int) -> Found[Row]: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A state: shape, colour (a name of the theme) and word together, as no state is ever only a colour."""

    icon: str
    colour: str
    text: str


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`title` is a message id. `sort` None: not to be ordered by. `width` in characters as usual; 0 takes the rest.

    `whole`: never cut, like a state: a date, a number, a code.
    """

    key: str
    title: str
    text: Callable[[Row], str]
    width: int = 12
    sort: Callable[[Row], Any] | None = None
    mark: Callable[[Row], Mark | None] | None = None
    number: bool = False
    whole: bool = False
    cut: bool = False
    """A mark whose words may be long: on a narrow table they are cut like a text."""


@dataclass(frozen=True)
class Chip(Generic[Row]):
    """A filter of one click. `keep` is for lists read at once; a source over the database knows its keys itself."""

    key: str
    label: str
    keep: Callable[[Row], bool] | None = None
    group: str = ""
    """Of the chips of one group at most one is chosen."""


# The form


@dataclass(frozen=True, slots=True)
class Text:
    """One line; pasted newlines become blanks, and more than `longest` characters are refused at the field."""

    longest: int = 200


@dataclass(frozen=True, slots=True)
class LongText:
    longest: int = 4000


@dataclass(frozen=True, slots=True)
class Number:
    """Typed in Thai or Arabic digits; the value is an int or, with decimals, a float; None when empty."""

    lowest: float
    highest: float
    decimals: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these codes; `options` gives code → shown text, in order. With a filter box from nine on."""

    options: Callable[[], Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class Several:
    """Any of these codes; the value is a frozenset."""

    options: Callable[[], Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class Flag:
    """A box to tick, unticked unless the record says otherwise; `label` of the field stands beside it."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, typed in both eras and digits; the value is the moment it begins, or with `ends` when it is over."""

    ends: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Date and time of day."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of the day, `18.00–06.00`, several separated by commas; the value is pairs of minutes."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Can be written, never read back: shown as dots, never in a draft; the value is a `Secret` or None."""

    longest: int = 500


@dataclass(frozen=True, slots=True)
class Drawn:
    """A signature drawn by hand; the value is a PNG file's bytes or None. Never in a draft."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The scan of a paper; the value is the file's bytes or None. Never in a draft."""


Kind: TypeAlias = Text | LongText | Number | Choice | Several | Flag | Day | Moment | Hours | Hidden | Drawn | Attached


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the command's own name of it, so that `Invalid.fields` finds it. `label` and `hint` are message ids.

    `shown` tells from the other values whether the field stands in the form at all (hours only at level 2).
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    hint: str = ""
    shown: Callable[[Values], bool] | None = None
    fixed: bool = False
    """Shown, not changed here."""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    fields: Sequence[Field]


class Everything:
    """Holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Settled:
    """The fields of a record that are only shown from now on, and why, in a sentence."""

    why: str
    fields: Container[str] = field(default_factory=Everything)


@dataclass(frozen=True)
class FormSpec(Generic[Row]):
    """How a record is entered and changed. `row` is None for a new one.

    `command` may raise `Invalid`. `doubt` returns field → message id of a question: saving once more means yes.
    `stored` fills the form of a record, and the "now stored" side of a conflict.
    """

    title: Callable[[Row | None], str]
    sections: Sequence[Section]
    stored: Callable[[Row | None], Values]
    command: Callable[[Values, Row | None], Command]
    doubt: Callable[[Values], Mapping[str, str]] = field(default=lambda _values: {})
    verb: str = "Save"
    saved: Callable[[Any], str] = field(default=lambda _answer: "")
    """A sentence for what the handler returned; empty: “Saved.”"""
    reread: Callable[[Row], Row | None] | None = None
    """Reads the record again after a conflict, on a reader's thread; None: the page's source does."""
    read_only: str = ""
    """A sentence that says why it is only shown, and who may change it; empty: it is for writing."""
    settled: Callable[[Row], Settled | None] = field(default=lambda _row: None)
    """What of a record can no longer be changed."""


def only_shown(form: FormSpec[Row], why: str) -> FormSpec[Row]:
    """Return the form for somebody who may read but not write."""

    def shown(each: Field) -> Field:
        return replace(each, fixed=True, required=False, hint="")

    sections = [replace(section, fields=tuple(map(shown, section.fields))) for section in form.sections]
    return replace(form, sections=sections, read_only=why)


# Around them


@dataclass(frozen=True)
class Act(Generic[Row]):
    """One thing that can be done with a record. `command` gets the row and, if `reason` is asked, the typed words.

    `warning` says what will happen; then the act takes a second press on its verb. `open` acts inside the window.
    """

    key: str
    label: str
    icon: str
    can: Callable[[Row], bool]
    command: Callable[[Row, str], Command] | None = None
    open: Callable[[Row], None] | None = None
    warning: Callable[[Row], str] | None = None
    reason: str = ""
    done: Callable[[Row, Any], str] = field(default=lambda _row, _answer: "")
    stays: bool = False
    """What is said when it is done has to be read, to somebody perhaps: it does not go by itself."""


@dataclass(frozen=True, slots=True)
class Empty:
    """What the page says when there is no record yet: what it is for, and the first step."""

    title: str
    text: str
    step: str = ""


@dataclass(frozen=True)
class RecordSpec(Generic[Row]):
    """A whole page of records. Texts are message ids; `kind` is the record's kind in the journal and in `Change`."""

    kind: str
    title: str
    source: Source[Row]
    columns: Sequence[Column[Row]]
    empty: Empty
    watch: frozenset[str] | None
    """Kinds of change after which the list is read again; None: every change."""
    form: FormSpec[Row] | None = None
    may_add: bool = False
    """Only together with `may_change`: a new record stands in the same form."""
    may_change: bool = False
    """Whether the officer's role lets him; the window only mirrors what dispatch decides."""
    right: Right | None = None
    """Of those who may change a record; whoever may not is told who they are."""
    new: str = ""
    """Label of the button for a new record."""
    chips: Sequence[Chip[Row]] = ()
    acts: Sequence[Act[Row]] = ()
    summary: Callable[[], str] | None = None
    """A line of counts under the title; asked on a reader's thread."""
    report: Callable[[Sequence[Row], Query], Report] | None = None
    """The paper of what is listed; None: a plain listing of the columns."""
    extracted: Callable[[Query, str, int], Command] | None = None
    """For lists of which nothing may leave unseen: journaled before rows go to "csv" or "print", with their number."""
    sort: str = ""
    descending: bool = False
    history: bool = True
