"""How the access log stands in the shared list: where its rows come from, columns, filters, jumps, paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from console.i18n import N_, _, plain
from console.i18n.dates import format_date_time, local
from console.i18n.typed import day_begins
from console.kernel import Clock, Session
from console.services.access_log import GROUPS, ExtractLog, LogQuery, LogRow
from console.services.journal import Checked
from console.services.papers import MOST_LINES, AccessExtract, Report, access_log_extract
from console.services.station import Station
from console.views.access_log_words import on_paper
from console.views.pages import CAMERAS, INCIDENTS, PEOPLE, may_open
from console.views.record_output import made_by
from console.views.record_spec import Act, Chip, Column, Empty, Found, Mark, Query, RecordSpec
from console.views.ui import Ui

KIND: Final = "journal"
_DAYS: Final = {"today": 1, "week": 7, "month": 30}
_LABELS: Final = {
    "views": N_("Views"),
    "refusals": N_("Refusals"),
    "changes": N_("Changes"),
    "log_ins": N_("Log-ins"),
    "everything": N_("Everything"),
    "today": N_("Today"),
    "week": N_("7 days"),
    "month": N_("30 days"),
}
_MARKS: Final = {
    "view.opened": ("eye", "text"),
    "view.picture": ("live", "muted"),
    "view.ended": ("close", "muted"),
    "view.denied": ("denied", "warning"),
    "view.justified": ("note", "text"),
    "view.unjustified": ("urgent", "warning"),
    "view.noted": ("note", "muted"),
    "view.reviewed": ("review", "text"),
    "shift.handed_over": ("person", "text"),
    "record.changed": ("note", "muted"),
    "camera.address_destroyed": ("strike", "warning"),
    "login.failed": ("denied", "warning"),
    "first_code.refused": ("denied", "warning"),
    "vault.not_opened": ("key", "warning"),
    "login.locked": ("lock", "muted"),
    "clock.jump": ("clock", "warning"),
    "guards.restored": ("urgent", "bad"),
    "unreadable": ("urgent", "bad"),
    "store.restored": ("database", "warning"),
    "journal.extracted": ("print", "text"),
    "owners.extracted": ("print", "text"),
    "consents.extracted": ("print", "text"),
    "visits.extracted": ("print", "text"),
}
Jump = Callable[[str, object], None]


class LogSource:
    """The journal as a source of rows. New rows are looked for at every question, so there is nothing to forget."""

    def __init__(self, ui: Ui, station: Station) -> None:
        self._log = station.access_log
        self._session = ui.session
        self._clock = ui.clock

    def find(self, query: Query, start: int, limit: int) -> Found[LogRow]:
        found = self._log.find(self._session, asked(query, self._clock), start, limit)
        return Found(found.rows, found.total)

    def glance(self, query: Query, limit: int) -> Found[LogRow]:
        found = self._log.glance(self._session, asked(query, self._clock), limit)
        return Found(found.rows, found.total, found.counted)

    def row(self, record_id: str) -> LogRow | None:
        return self._log.row(self._session, record_id)

    def place(self, query: Query, record_id: str) -> int | None:
        return self._log.place(self._session, asked(query, self._clock), record_id)

    def forget(self) -> None:
        """Nothing is kept that could be old."""


def asked(query: Query, clock: Clock) -> LogQuery:
    """Return what the filter line asks of the log."""
    group = next((key for key in GROUPS if key in query.chips), "")
    days = next((count for key, count in _DAYS.items() if key in query.chips), 0)
    today = local(clock.now()).date()
    since = day_begins(today - timedelta(days=days - 1)) if days else None
    return LogQuery(query.typed, group, since)


def access_log_spec(ui: Ui, station: Station, jump: Jump, checked: Callable[[], Checked | None]) -> RecordSpec[LogRow]:
    return RecordSpec(
        kind=KIND,
        title=N_("Access log"),
        source=LogSource(ui, station),
        columns=COLUMNS,
        empty=Empty(
            N_("Nothing has happened yet"),
            N_("Everything that happens at this console will stand here: who looked at which camera, when and why."),
        ),
        watch=None,
        chips=_chips(),
        acts=_acts(ui.session, jump),
        report=lambda rows, query: _paper(ui, station, (rows, query), checked()),
        extracted=lambda query, how, total: _extract(asked(query, ui.clock), how, total),
        history=False,
    )


def _chips() -> tuple[Chip[LogRow], ...]:
    kinds = (Chip[LogRow](key, _LABELS[key], group="kind") for key in GROUPS)
    spans = (Chip[LogRow](key, _LABELS[key], group="span") for key in _DAYS)
    return (*kinds, *spans)


# Columns


def when_words(row: LogRow) -> str:
    return format_date_time(row.at, seconds=True)


def who_words(row: LogRow) -> str:
    return f"{row.who} · {row.role}" if row.role else row.who


def _mark(row: LogRow) -> Mark:
    icon, colour = _MARKS.get(row.event_class, ("person" if row.event_class.startswith("login.") else "info", "muted"))
    return Mark(icon, colour, row.what)


COLUMNS: Final = (
    Column[LogRow]("at", N_("Date and time"), when_words, 28, whole=True),
    Column[LogRow]("who", N_("Who"), who_words, 24),
    Column[LogRow]("what", N_("What"), lambda row: row.what, 22, mark=_mark),
    Column[LogRow]("camera", N_("Camera"), lambda row: row.camera, 22),
    Column[LogRow]("why", N_("Purpose"), lambda row: row.why, 24),
    Column[LogRow]("details", N_("Details"), lambda row: row.details, 0),
)


# Jumps

_Way = tuple[str, str, str, str, Callable[[LogRow], str]]
"""Name, words and sign of a way, the page it leads to, and an entry's record there, empty for none."""


def _acts(session: Session, jump: Jump) -> tuple[Act[LogRow], ...]:
    """Return the ways to the records of an entry, of those pages that this role may open."""
    return tuple(_act(way, jump) for way in _WAYS if may_open(session, way[3]))


def _act(way: _Way, jump: Jump) -> Act[LogRow]:
    key, label, icon, page, of = way
    return Act(key, label, icon, lambda row: bool(of(row)), open=lambda row: jump(page, of(row)))


def _somebody(row: LogRow) -> str:
    return "" if row.actor_id == "unknown" else row.actor_id


_WAYS: Final[tuple[_Way, ...]] = (
    ("camera", N_("To the camera"), "camera", CAMERAS, lambda row: row.camera_id),
    ("incident", N_("To the incident"), "incidents", INCIDENTS, lambda row: row.incident_id),
    ("person", N_("To the user"), "people", PEOPLE, _somebody),
)


# Out of the program


def _extract(query: LogQuery, how: str, total: int) -> ExtractLog:
    """What was typed may name people: the journal is told only that something was."""
    return ExtractLog(
        how="csv" if how == "csv" else "print",
        rows=min(total, MOST_LINES) if how == "print" else total,
        group=query.group,
        filtered=bool(query.typed.strip()),
        since=query.since,
        until=query.until,
    )


def _paper(ui: Ui, station: Station, listed: tuple[Sequence[LogRow], Query], checked: Checked | None) -> Report:
    """Made on a reader's thread."""
    rows, query = listed
    wanted = asked(query, ui.clock)
    since, until = station.access_log.span(ui.session, wanted)
    chosen = [plain(_(_LABELS[key])) for key in (wanted.group,) if key]
    chosen += [f"“{query.typed.strip()}”"] if query.typed.strip() else []
    extract = AccessExtract(
        since=since,
        until=until,
        chosen=" · ".join(chosen),
        total=station.access_log.find(ui.session, wanted, 0, 1).total,
        verified=on_paper(checked),
        fingerprint=checked.fingerprint if checked is not None else station.journal.fingerprint(),
        seal=station.journal.paper_code(),
    )
    return access_log_extract([row.paper_line() for row in rows], extract, made_by(ui.session, ui.clock, ui.station))
