"""How terms of keeping, legal holds and deletions stand in the shared lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_date, format_time
from console.i18n.labels import label
from console.protection import HoldKind, Kept
from console.services.commands import Command, build
from console.services.retention import (
    LONGEST,
    ChangeRetention,
    HoldLine,
    HoldRecord,
    ReleaseHold,
    RetentionLine,
    RunLine,
)
from console.services.retention_papers import backups_text
from console.services.station import Station
from console.views.camera_words import camera_text
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
    LongText,
    Mark,
    Number,
    RecordSpec,
    Section,
    Settled,
    Text,
    Values,
)
from console.views.registers import extraction
from console.views.ui import Ui

RULE: Final = "retention_rule"
RUN: Final = "retention_run"
HOLD: Final = "legal_hold"

# Terms


def rule_spec(ui: Ui, station: Station) -> RecordSpec[RetentionLine]:
    return RecordSpec(
        kind=RULE,
        title=N_("Retention"),
        source=Shelf(lambda: station.retention.lines(ui.session), RULE_COLUMNS),
        columns=RULE_COLUMNS,
        empty=Empty(N_("Nothing has a term"), N_("Here stands how long each kind of data is kept.")),
        watch=frozenset({RULE, RUN, HOLD}),
        form=_rule_form(),
        may_change=station.dispatcher.may(ChangeRetention, ui.session),
        right=station.dispatcher.right(ChangeRetention),
        extracted=extraction("retention"),
    )


def kept_text(line: RetentionLine) -> str:
    if line.days is not None:
        return _("{n} days", n=f"{line.days:,}")
    return _("not recorded") if line.kept is Kept.PICTURES else _("for ever")


def due_mark(line: RetentionLine) -> Mark:
    if line.kept is Kept.JOURNAL:
        return Mark("lock", "quiet", _("Rows stay: see why"))
    if line.due is None:
        return Mark("info", "quiet", _("Nothing is recorded"))
    held = " · " + _("held: {n}", n=f"{line.due.held:,}") if line.due.held else ""
    if line.due.count == 0:
        return Mark("check", "good", _("Nothing is due") + held)
    return Mark("clock", "warning", _("{n} due", n=f"{line.due.count:,}") + held)


def _span(line: RetentionLine) -> str:
    due = line.due
    if due is None or due.oldest is None:
        return ""
    return f"{format_date(due.oldest)} – {format_date(due.newest or due.oldest)}"


RULE_COLUMNS: Final[tuple[Column[RetentionLine], ...]] = (
    Column("kept", N_("What is kept"), lambda line: label(line.kept), 0),
    Column("days", N_("Kept for"), kept_text, 14, sort=lambda line: line.days),
    Column("due", N_("Due for deletion"), lambda line: due_mark(line).text, 34, mark=due_mark),
    Column("span", N_("From – to"), _span, 28),
    Column("reason", N_("Rests on"), lambda line: line.reason or rests_on(line.kept), 40),
)


def rests_on(kept: Kept) -> str:
    """Return what the term that the program delivers rests on."""
    return _(_RESTS_ON[kept])


_RESTS_ON: Final[Mapping[Kept, str]] = {
    Kept.PERSONAL_WORDS: N_("Computer Crime Act s. 26: at least 90 days; proposal 2 years"),
    Kept.HEALTH: N_("A year and a month, to compare with the year before"),
    Kept.DRAFTS: N_("What nobody came back to for a month"),
    Kept.CONSENT_PAPERS: N_("Validity and 5 years; the police archive rule may say more"),
    Kept.VISITORS: N_("Proposal: 1 year"),
    Kept.ATTACHMENTS: N_("Without a case 30 days; in a case until its end and 1 year"),
    Kept.PICTURES: N_("The room watches, it does not record"),
    Kept.JOURNAL: N_("The chain is the proof: a row that is missing would look like one taken away"),
}


def _rule_form() -> FormSpec[RetentionLine]:
    def has_term(values: Values) -> bool:
        return bool(values["has_term"])

    fields = (
        Field("has_term", "", Flag(), fixed=True, shown=lambda _values: False),
        Field("what", N_("What is kept"), LongText(), fixed=True),
        Field(
            "days",
            N_("Kept for"),
            Number(1, LONGEST, unit=N_("days")),
            required=True,
            shown=has_term,
        ),
        Field("reason", N_("Rests on"), Text(300), required=True, shown=has_term),
        Field("floor", N_("At least"), Text(), fixed=True, shown=lambda values: has_term(values) and values["floor"]),
    )

    def stored(line: RetentionLine | None) -> Values:
        if line is None:
            return {"has_term": False}
        floor = _("{n} days", n=line.term.floor) if line.term.floor > 1 else ""
        known = {"what": told_text(line.kept), "days": line.days, "reason": line.reason or rests_on(line.kept)}
        return known | {"has_term": line.term.days is not None, "floor": floor}

    def command(values: Values, line: RetentionLine | None) -> Command:
        assert line is not None  # noqa: S101 - no line is added
        return build(
            ChangeRetention, kept=line.kept, version=line.version, days=values["days"] or 1, reason=values["reason"]
        )

    return FormSpec(
        title=lambda line: "" if line is None else label(line.kept),
        sections=(Section("", fields),),
        stored=stored,
        command=command,
    )


def told_text(kept: Kept) -> str:
    """Return what is deleted of a kind, and how."""
    return _(_TOLD[kept])


_TOLD: Final[Mapping[Kept, str]] = {
    Kept.PERSONAL_WORDS: N_(
        "Names and words of people that stand beside the rows of the journal (who was entered, what was changed). The"
        " rows stay; their words are deleted. What stands in the records of today is not touched."
    ),
    Kept.HEALTH: N_("Minutes and outages of cameras. No person is named in them."),
    Kept.DRAFTS: N_("What somebody typed and never saved, in files of this computer."),
    Kept.CONSENT_PAPERS: N_(
        "Forms, signatures and scans of consents, and the names under them, counted from the day on which the consent"
        " ended. The papers of a consent in force or paused are never deleted. Terms and fingerprints of the papers"
        " stay."
    ),
    Kept.VISITORS: N_(
        "Visits of the room, counted from the day of the visit. They go whole: the sums of those months then count"
        " them no more, so print them first where they are still needed."
    ),
    Kept.ATTACHMENTS: N_(
        "Photographs of steps with owners, counted from the day of the step. The step itself stays. Scans of consents"
        " go with their papers."
    ),
    Kept.PICTURES: N_("The pictures of the cameras are shown and not recorded: there is nothing to delete."),
    Kept.JOURNAL: N_(
        "Rows of the access journal are never deleted: each holds the fingerprint of the one before it, so a row that"
        " is missing would look like one that somebody took away."
    ),
}


# Holds


def hold_spec(ui: Ui, station: Station) -> RecordSpec[HoldLine]:
    may = station.dispatcher.may
    return RecordSpec(
        kind=HOLD,
        title=N_("Legal holds"),
        source=Shelf(lambda: station.retention.holds(ui.session), HOLD_COLUMNS, HOLD_CHIPS),
        columns=HOLD_COLUMNS,
        empty=Empty(
            N_("Nothing is held"),
            N_("What a court, a case or a complaint needs is held here: as long as it is, nothing of it is erased."),
            N_("Hold something"),
        ),
        watch=frozenset({HOLD, "camera", "incident", "rights_request", "owner", "visit", "person"}),
        form=_hold_form(ui, station),
        may_add=may(HoldRecord, ui.session),
        may_change=may(HoldRecord, ui.session),
        right=station.dispatcher.right(HoldRecord),
        new=N_("New hold"),
        chips=HOLD_CHIPS,
        acts=(
            Act(
                "release",
                N_("Release"),
                "check",
                lambda line: line.row.stands and may(ReleaseHold, ui.session),
                command=lambda line, reason: build(ReleaseHold, hold_id=line.id, version=line.version, reason=reason),
                warning=lambda line: _(
                    "{what} may then be erased again, at a request or when its term is over.", what=line.subject
                ),
                reason=N_("Why"),
                done=lambda line, _answer: _("{what} is no longer held.", what=line.subject),
            ),
        ),
        extracted=extraction("retention"),
        sort="since",
        descending=True,
    )


def _hold_mark(line: HoldLine) -> Mark:
    if line.row.stands:
        return Mark("lock", "warning", _("Held"))
    return Mark("check", "quiet", _("Released"))


HOLD_COLUMNS: Final[tuple[Column[HoldLine], ...]] = (
    Column(
        "since",
        N_("Since"),
        lambda line: format_date(line.row.held_at),
        12,
        sort=lambda line: line.row.held_at,
        whole=True,
    ),
    Column("kind", N_("Kind"), lambda line: label(line.row.hold_kind), 16, sort=lambda line: line.row.hold_kind),
    Column("subject", N_("What is held"), lambda line: line.subject, 0, sort=lambda line: line.subject),
    Column("reference", N_("Order or case"), lambda line: line.row.reference, 20),
    Column("state", N_("State"), lambda line: _hold_mark(line).text, 14, mark=_hold_mark),
    Column("by", N_("By"), lambda line: line.held_by, 24),
)
HOLD_CHIPS: Final[tuple[Chip[HoldLine], ...]] = (Chip("held", N_("Held"), lambda line: line.row.stands),)


def _hold_form(ui: Ui, station: Station) -> FormSpec[HoldLine]:
    chosen = {kind: kind.name.lower() for kind in HoldKind}
    named = {HoldKind.REQUEST: N_("Request"), HoldKind.OWNER: N_("Owner"), HoldKind.VISIT: N_("Visit of the room")}

    def is_kind(kind: HoldKind) -> Callable[[Values], bool]:
        return lambda values: values["hold_kind"] is kind

    def cameras() -> Mapping[str, str]:
        return {camera.id: camera_text(camera) for camera in station.cameras.cameras()}

    def incidents() -> Mapping[str, str]:
        return {row.id: row.number for row in station.incidents.incidents()}

    fields = (
        Field("hold_kind", N_("Kind"), Choice(lambda: {kind: label(kind) for kind in HoldKind}), required=True),
        Field("camera", N_("Camera"), Choice(cameras), required=True, shown=is_kind(HoldKind.CAMERA)),
        Field("incident", N_("Incident"), Choice(incidents), required=True, shown=is_kind(HoldKind.INCIDENT)),
        *(
            Field(
                chosen[kind],
                title,
                Choice(partial(station.retention.holdable, ui.session, kind)),
                required=True,
                shown=is_kind(kind),
            )
            for kind, title in named.items()
        ),
        Field("reference", N_("Order or case"), Text(200), hint=N_("For example the number of the court's order.")),
        Field("reason", N_("Why"), LongText(2000), required=True),
    )

    def stored(line: HoldLine | None) -> Values:
        names = ("hold_kind", *chosen.values(), "reference", "reason")
        if line is None:
            return dict.fromkeys(names)
        row = line.row
        return dict.fromkeys(names) | {
            "hold_kind": row.hold_kind,
            chosen[row.hold_kind]: row.subject_id,
            "reference": row.reference,
            "reason": row.reason,
        }

    def command(values: Values, _line: HoldLine | None) -> Command:
        kind = values["hold_kind"]
        subject = values[chosen[kind]] if kind is not None else ""
        held = {"hold_kind": kind, "subject_id": subject, "reference": values["reference"]}
        return build(HoldRecord, **held, reason=values["reason"])

    return FormSpec(
        title=lambda line: _("New hold") if line is None else line.subject,
        sections=(Section("", fields),),
        stored=stored,
        command=command,
        saved=lambda _answer: _("It is held: nothing of it is erased until it is released."),
        settled=lambda _line: Settled(_("A hold is not changed; it is released when its reason is gone.")),
    )


# Deletions


def run_spec(ui: Ui, station: Station, certificate: Callable[[RunLine], None]) -> RecordSpec[RunLine]:
    return RecordSpec(
        kind=RUN,
        title=N_("Deletions"),
        source=Shelf(lambda: station.retention.runs(ui.session), RUN_COLUMNS),
        columns=RUN_COLUMNS,
        empty=Empty(
            N_("Nothing was deleted yet"),
            N_("Each deletion stands here with its certificate. What is due is shown under “Retention”."),
        ),
        watch=frozenset({RUN, "person"}),
        acts=(Act("certificate", N_("Certificate"), "print", lambda _line: True, open=certificate),),
        extracted=extraction("retention"),
        sort="number",
        descending=True,
    )


def _what(line: RunLine) -> str:
    return " · ".join(f"{label(item.kept)}: {item.due.count:,}" for item in line.row.items if item.due.count)


def _count(line: RunLine) -> str:
    return f"{line.row.count:,}"


def _at(line: RunLine) -> str:
    return f"{format_date(line.row.at)} {format_time(line.row.at)}"


RUN_COLUMNS: Final[tuple[Column[RunLine], ...]] = (
    Column(
        "number",
        N_("Certificate no."),
        lambda line: line.row.number,
        9,
        sort=lambda line: (line.row.year_be, line.row.running),
        whole=True,
    ),
    Column("at", N_("Deleted at"), _at, 20, sort=lambda line: line.row.at, whole=True),
    Column("what", N_("What was deleted"), _what, 0),
    Column(
        "count", N_("Deleted"), lambda line: f"{line.row.count:,}", 10, sort=lambda line: line.row.count, number=True
    ),
    Column("by", N_("Ordered by"), lambda line: line.by, 24),
    Column("backups", N_("Backups"), lambda line: backups_text(line.row.backups), 36),
)
