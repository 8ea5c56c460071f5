"""How the record of processing stands in the shared list: one line an activity, all eight items in its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import sort_key
from console.i18n.labels import labels_of
from console.protection import LegalBasis
from console.services.breach_papers import joined
from console.services.commands import Command, build
from console.services.papers import Report
from console.services.processing import KIND, ActivityFacts, ActivityLine, PutActivity, StrikeActivity
from console.services.processing_papers import ITEMS, processing_record
from console.services.station import Station
from console.views.record_output import made_by
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Column,
    Empty,
    Field,
    FormSpec,
    LongText,
    Mark,
    Query,
    RecordSpec,
    Section,
    Several,
    Text,
    Values,
)
from console.views.registers import extraction
from console.views.ui import Ui

_NAMES: Final = tuple(field.name for field in fields(ActivityFacts))


def processing_spec(ui: Ui, station: Station) -> RecordSpec[ActivityLine]:
    may = station.dispatcher.may

    def report(rows: Sequence[ActivityLine], _query: Query) -> Report:
        issues = station.processing.issues(ui.session)
        made = made_by(ui.session, ui.clock, ui.station)
        return processing_record([line.facts for line in rows], next(iter(issues), None), made)

    return RecordSpec(
        kind=KIND,
        title=N_("Record of processing"),
        source=Shelf(lambda: station.processing.lines(ui.session), COLUMNS),
        columns=COLUMNS,
        empty=Empty(
            N_("No activity is recorded"), N_("Every use of personal data at the station stands here (s. 39).")
        ),
        watch=frozenset({KIND, "processing_issue"}),
        form=_form(),
        may_add=may(PutActivity, ui.session),
        may_change=may(PutActivity, ui.session),
        right=station.dispatcher.right(PutActivity),
        new=N_("New activity"),
        acts=(
            Act(
                "strike",
                N_("Take out"),
                "strike",
                lambda _line: may(StrikeActivity, ui.session),
                command=lambda line, _reason: StrikeActivity(code=line.code, version=line.version),
                warning=lambda line: _(
                    "“{name}” leaves the record. Versions that were issued keep it.", name=line.facts.name
                ),
                done=lambda line, _answer: _("“{name}” was taken out.", name=line.facts.name),
            ),
        ),
        report=report,
        extracted=extraction("processing"),
    )


def state_mark(line: ActivityLine) -> Mark:
    if line.own:
        return Mark("plus", "accent", _("Added by the station"))
    if line.version:
        return Mark("check", "good", _("Worded by the station"))
    return Mark("info", "quiet", _("As delivered"))


COLUMNS: Final[tuple[Column[ActivityLine], ...]] = (
    Column("name", N_("Activity"), lambda line: line.facts.name, 28, sort=lambda line: sort_key(line.facts.name)),
    Column("basis", N_("Legal basis"), lambda line: joined(line.facts.basis), 34),
    Column("purposes", N_("Purposes"), lambda line: line.facts.purposes, 0),
    Column("retention", N_("Kept for"), lambda line: line.facts.retention, 34),
    Column("state", N_("State"), lambda line: state_mark(line).text, 22, mark=state_mark),
)


def _item(name: str) -> Callable[[ActivityLine], str]:
    return lambda line: str(getattr(line.facts, name))


EVERY_ITEM: Final[tuple[Column[ActivityLine], ...]] = (
    *COLUMNS[:2],
    *(Column(name, title, _item(name)) for name, title in ITEMS),
    COLUMNS[-1],
)
"""What leaves as CSV: the whole record, not only what the list has room for."""


def _form() -> FormSpec[ActivityLine]:
    head = (
        Field("name", N_("Activity"), Text(200), required=True),
        Field("basis", N_("Legal basis"), Several(labels_of(LegalBasis)), required=True),
    )
    items = tuple(Field(name, title, LongText(2000), required=True) for name, title in ITEMS)
    return FormSpec(
        title=lambda line: _("New activity") if line is None else line.facts.name,
        sections=(Section("", head), Section(N_("The eight items of s. 39"), items)),
        stored=_stored,
        command=_command,
    )


def _stored(line: ActivityLine | None) -> Values:
    if line is None:
        return {"basis": frozenset()}
    return {name: getattr(line.facts, name) for name in _NAMES}


def _command(values: Values, line: ActivityLine | None) -> Command:
    facts = {name: values[name] for name in _NAMES}
    if line is None:
        return build(PutActivity, code=None, version=0, **facts)
    return build(PutActivity, code=line.code, version=line.version, **facts)
