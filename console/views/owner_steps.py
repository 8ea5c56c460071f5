"""The forms of a step with an owner, and of saying whose a camera is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.dates import format_date, local
from console.i18n.labels import labels_of
from console.i18n.typed import day_begins
from console.kernel import StepKind
from console.services.commands import Command, build
from console.services.owner_path import AddStep, ChangeStep, StepLine, StrikeStep
from console.services.owners import LinkCamera, OwnerLine
from console.services.station import Station
from console.views.camera_words import camera_text
from console.views.owner_words import owner_text
from console.views.record_spec import Choice, Day, Field, FormSpec, LongText, Section, Several, Text, Values
from console.views.ui import Ui


def new_step(ui: Ui, station: Station) -> FormSpec[OwnerLine]:
    """Return the form of another step with an owner; it happened today, unless somebody says otherwise."""

    def stored(_line: OwnerLine | None) -> Values:
        return {"day": day_begins(local(ui.clock.now()).date()), "went": frozenset({ui.session.person_id})}

    def command(values: Values, line: OwnerLine | None) -> Command:
        return build(AddStep, owner_id="" if line is None else line.id, **values)

    return FormSpec(
        title=lambda line: _("New step") if line is None else _("New step: {owner}", owner=owner_text(line)),
        sections=_sections(station),
        stored=stored,
        command=command,
        verb=N_("Record the step"),
        saved=lambda _answer: _("The step is recorded."),
    )


def correct_step(station: Station) -> FormSpec[StepLine]:
    """Return the form that corrects a step; the journal keeps what it said before."""

    def stored(line: StepLine | None) -> Values:
        if line is None:
            return {}
        facts = line.step.facts
        names = ("kind", "day", "others", "result", "next_step", "next_day")
        return {name: getattr(facts, name) for name in names} | {"went": frozenset(facts.went)}

    def command(values: Values, line: StepLine | None) -> Command:
        assert line is not None  # noqa: S101 - the form is only opened with one
        step = line.step
        return build(ChangeStep, owner_id=step.owner_id, step_id=step.id, version=step.version, **values)

    return FormSpec(
        title=lambda line: "" if line is None else _("Correct the step of {day}", day=format_date(line.step.facts.day)),
        sections=_sections(station),
        stored=stored,
        command=command,
        verb=N_("Save the correction"),
        saved=lambda _answer: _("The step is corrected."),
    )


def strike_step() -> FormSpec[StepLine]:
    """Return the form that strikes a step out, with the reason."""

    def command(values: Values, line: StepLine | None) -> Command:
        assert line is not None  # noqa: S101 - the form is only opened with one
        return build(StrikeStep, step_id=line.id, version=line.version, reason=values["reason"])

    hint = N_("It stays readable, crossed out with the reason, and no longer counts for how far the talks are.")
    field = Field("reason", N_("Reason for striking"), Text(1000), required=True, hint=hint)
    return FormSpec(
        title=lambda line: "" if line is None else _("Strike the step of {day}", day=format_date(line.step.facts.day)),
        sections=(Section("", (field,)),),
        stored=lambda _line: {},
        command=command,
        verb=N_("Strike out"),
        saved=lambda _answer: _("The step is struck out."),
    )


def _sections(station: Station) -> Sequence[Section]:
    return (Section(N_("What was done"), (*_DONE, _went(station), *_HEARD)), Section(N_("What comes next"), _NEXT))


def _went(station: Station) -> Field:
    def people() -> Mapping[Any, str]:
        return {row.id: row.full_name for row in station.people.people() if row.active}

    return Field("went", N_("Who went"), Several(people))


_DONE: Final = (
    Field("kind", N_("Step"), Choice(labels_of(StepKind)), required=True),
    Field("day", N_("Day"), Day(), required=True),
)
_HEARD: Final = (
    Field("others", N_("Also there"), Text(200), hint=N_("For example the head of the community.")),
    Field("result", N_("Result"), LongText(2000)),
)
_NEXT: Final = (
    Field("next_step", N_("Next step"), Text(300)),
    Field("next_day", N_("Due"), Day(), hint=N_("From that day on it stands among the steps that are due.")),
)


def link_form(station: Station) -> FormSpec[OwnerLine]:
    """Return the form that gives an owner a camera of which none is recorded yet."""

    def free() -> Mapping[Any, str]:
        return {entry.id: camera_text(entry.camera) for entry in station.owners.free_cameras()}

    def command(values: Values, line: OwnerLine | None) -> Command:
        return build(LinkCamera, owner_id="" if line is None else line.id, camera_id=values["camera_id"])

    return FormSpec(
        title=lambda line: "" if line is None else _("A camera of {owner}", owner=owner_text(line)),
        sections=(Section("", (_camera_field(free),)),),
        stored=lambda _line: {},
        command=command,
        verb=N_("This is the owner's"),
        saved=lambda _answer: _("The camera is registered as this owner's."),
    )


def _camera_field(free: Callable[[], Mapping[Any, str]]) -> Field:
    return Field(
        "camera_id",
        N_("Camera"),
        Choice(free),
        required=True,
        hint=N_("Cameras of which no owner is recorded. Register a new camera first."),
    )
