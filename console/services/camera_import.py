"""Registering the cameras of a file: all of them in one transaction, or the good lines in batches.

A check runs the same transaction and takes it back, so that what it finds is what the import would meet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic.dataclasses import dataclass

from console.db.owners import OwnerRow, list_owners, set_camera_owner
from console.db.store import Tx
from console.i18n.dates import search_key
from console.kernel import ConsoleError, Denied, Invalid, Right, Session
from console.services.camera_sheet import OWNER, Sheet, SheetLine, read_sheet
from console.services.cameras import Cameras, RegisterCamera, outside_thailand
from console.services.commands import COMMAND_CONFIG, Command, Dispatcher, build, command
from console.services.sealed_addresses import FIELDS, AddressBook

__all__ = ["CameraImport", "ImportProblem", "ImportReport", "Keep", "Sheet", "Watch", "read_sheet"]

BATCH: Final = 100


class Keep(StrEnum):
    """What an import leaves behind."""

    WHOLE = "whole"
    """Every camera of the file, or none."""
    GOOD = "good"
    """Every line that can be taken; the others are told."""
    NOTHING = "nothing"
    """A check: what would happen."""


@plain_dataclass(frozen=True, slots=True)
class ImportProblem:
    """A line of the file that is not taken, at which column (our name and the file's own), and why (catalogue key)."""

    line: int
    field: str
    key: str
    column: str = ""
    value: str = ""
    """What stands there, unless it is secret."""
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


@plain_dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file of `lines` cameras: how many could be taken, and how many are registered now."""

    lines: int
    good: int
    registered: int
    problems: tuple[ImportProblem, ...]
    doubts: tuple[ImportProblem, ...] = ()
    """Taken, but worth a second look: places outside Thailand."""
    ignored: tuple[str, ...] = ()
    """Headings of columns that nobody knows."""
    cancelled: bool = False
    stopped: ConsoleError | None = None
    """What ended it half-way; `registered` cameras stay."""


class Cancelled(ConsoleError):
    """Whoever watches wants no more of it."""

    def __init__(self) -> None:
        super().__init__("import.cancelled")


class Watch:
    """Follows an import, on the thread that does it: lines done of all, and whether to go on."""

    def __init__(self, progress: Callable[[int, int], None] | None = None) -> None:
        self._progress = progress
        self._cancelled = False
        self._done = 0
        self._all = 0

    def cancel(self) -> None:
        """Ask it to stop; for any thread."""
        self._cancelled = True

    def begin(self, lines: int) -> None:
        self._done, self._all = 0, lines

    def step(self) -> None:
        """One line more. Raises `Cancelled`."""
        if self._cancelled:
            raise Cancelled
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._all)


@plain_dataclass(frozen=True, slots=True)
class Ready:
    """A line that its own cells make a sound command."""

    line: SheetLine
    command: RegisterCamera
    owner: int | None = None
    """Number of the owner's record; None: whose it is is recorded later."""


@plain_dataclass(frozen=True, slots=True)
class Taken:
    """What a transaction did with its lines."""

    good: int
    problems: tuple[ImportProblem, ...]
    doubts: tuple[ImportProblem, ...] = ()


class TakenBack(ConsoleError):
    """The transaction is undone on purpose: it was a check, or a line of a whole file cannot be taken."""

    def __init__(self, taken: Taken) -> None:
        super().__init__("import.taken_back")
        self.taken = taken


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ImportCameras(Command):
    """Lines of a file, in one transaction."""

    lines: tuple[Ready, ...]
    keep: Keep
    watch: Watch


class ImportOwners:
    """The owners of the register by their numbers, for whoever may say whose a camera is."""

    def __init__(self, tx: Tx, session: Session) -> None:
        self._may = session.may(Right.WRITE_AUTHORITIES)
        self._known = {row.number: row for row in list_owners(tx)} if self._may else {}

    def find(self, number: int) -> OwnerRow:
        """Return the owner in use of this number; raises `Invalid` for one that is not there."""
        if not self._may:
            raise Invalid({OWNER: "import.owner_not_yours"})
        if number not in self._known:
            raise Invalid({OWNER: "import.owner_unknown"})
        return self._known[number]

    def named_else(self, ready: Ready) -> bool:
        """Whether the line has a name that is not the one in the register: perhaps the number is mistyped."""
        owner = self._known.get(ready.owner or 0)
        typed = ready.command.owner_name
        return owner is not None and bool(typed) and search_key(typed) != search_key(owner.name)


class CameraImport:
    """Files of cameras."""

    def __init__(self, cameras: Cameras, book: AddressBook, dispatcher: Dispatcher) -> None:
        self._cameras = cameras
        self._book = book
        self._dispatcher = dispatcher

    def import_file(self, path: Path, session: Session, keep: Keep, watch: Watch | None = None) -> ImportReport:
        """Read a file and run it. Raises `ConsoleError` for a file that is none, or a person who may not."""
        return self.run(read_sheet(path), session, keep, watch)

    def run(self, sheet: Sheet, session: Session, keep: Keep, watch: Watch | None = None) -> ImportReport:
        """Check a file, or register what it holds. Not on the UI thread; the store is held for as long as a batch."""
        watch = watch or Watch()
        ready, wrong = self._made_ready(sheet)
        watch.begin(len(ready))
        report = ImportReport(len(sheet.lines), 0, 0, tuple(wrong), tuple(_doubts(ready)), sheet.ignored)
        if keep is not Keep.GOOD:
            # A file with a bad line is gone through to its end all the same, so that every problem is told at once.
            report = self._batch(
                report, session, ImportCameras(lines=tuple(ready), keep=Keep.NOTHING if wrong else keep, watch=watch)
            )
        else:
            report = self._batches(report, session, ready, watch)
        return _told(report, sheet)

    def _batches(self, report: ImportReport, session: Session, ready: Sequence[Ready], watch: Watch) -> ImportReport:
        for start in range(0, len(ready), BATCH):
            lines = tuple(ready[start : start + BATCH])
            try:
                report = self._batch(report, session, ImportCameras(lines=lines, keep=Keep.GOOD, watch=watch))
            except ConsoleError as problem:
                if report.registered == 0:
                    raise
                return replace(report, stopped=problem)
            if report.cancelled:
                break
        return report

    def _batch(self, report: ImportReport, session: Session, cmd: ImportCameras) -> ImportReport:
        try:
            taken: Taken = self._dispatcher.run(cmd, session)
            registered = taken.good
        except TakenBack as back:
            taken, registered = back.taken, 0
        except Cancelled:
            return replace(report, cancelled=True)
        return replace(
            report,
            good=report.good + taken.good,
            registered=report.registered + registered,
            problems=report.problems + taken.problems,
            doubts=report.doubts + taken.doubts,
        )

    @command(right=Right.WRITE_CAMERAS)
    def import_cameras(self, tx: Tx, cmd: ImportCameras, session: Session) -> Taken:
        """Each line by the rule of a single camera. A refused line has written nothing, so the others may stay."""
        owners = ImportOwners(tx, session) if any(ready.owner is not None for ready in cmd.lines) else None
        refused: list[ImportProblem] = []
        for ready in cmd.lines:
            cmd.watch.step()
            refused += self._refusals(tx, ready, owners)
        bad = {problem.line for problem in refused}
        doubts = tuple(
            ImportProblem(ready.line.number, "owner_name", "import.owner_named_else")
            for ready in cmd.lines
            if owners is not None and ready.line.number not in bad and owners.named_else(ready)
        )
        taken = Taken(len(cmd.lines) - len(bad), tuple(refused), doubts)
        if cmd.keep is Keep.NOTHING or (cmd.keep is Keep.WHOLE and refused):
            raise TakenBack(taken)
        return taken

    def _refusals(self, tx: Tx, ready: Ready, owners: ImportOwners | None) -> list[ImportProblem]:
        try:
            if owners is None or ready.owner is None:
                self._cameras.enter(tx, ready.command)
            else:
                owner = owners.find(ready.owner)
                camera = self._cameras.enter(tx, replace(ready.command, owner_name=""))
                set_camera_owner(tx, camera.id, owner.id)
        except Invalid as invalid:
            return _problems(ready.line, invalid)
        except Denied as denied:
            return [ImportProblem(ready.line.number, str(denied.params["field"]), denied.key)]
        return []

    def _made_ready(self, sheet: Sheet) -> tuple[list[Ready], list[ImportProblem]]:
        """Ask what needs no database: each line alone, and the lines among each other."""
        ready: list[Ready] = []
        wrong: list[ImportProblem] = []
        seen: dict[tuple[str, str], int] = {}
        for line in sheet.lines:
            try:
                made = Ready(line, _command(line), line.read_owner())
            except Invalid as invalid:
                wrong += _problems(line, invalid)
                continue
            twice = list(self._twice(made, seen))
            wrong += twice
            if not twice:
                ready.append(made)
        return ready, wrong

    def _twice(self, ready: Ready, seen: dict[tuple[str, str], int]) -> Iterator[ImportProblem]:
        for name, mark in self._marks(ready.command):
            first = seen.setdefault((name.removeprefix("sub_"), mark), ready.line.number)
            if first != ready.line.number:
                yield ImportProblem(ready.line.number, name, "import.twice_in_file", params={"line": first})

    def _marks(self, cmd: RegisterCamera) -> Iterator[tuple[str, str]]:
        """What no two lines may share: the code, and the camera that an address leads to."""
        yield "code", search_key(cmd.code)
        for kind in cmd.typed.texts:
            try:
                yield FIELDS[kind], self._book.read(kind, cmd.typed).identity
            except Invalid:
                # The transaction tells what is wrong with it.
                continue


def _command(line: SheetLine) -> RegisterCamera:
    """Return the line's command, or raise `Invalid` with everything that is wrong with its cells."""
    wrong = {**dict(line.problems), **_wrong_owner(line)}
    try:
        made = build(RegisterCamera, **line.fields())
        wrong = {**made.problems(), **wrong}
    except Invalid as invalid:
        wrong = {**invalid.fields, **wrong}
    if wrong:
        raise Invalid(wrong)
    return made


def _wrong_owner(line: SheetLine) -> Mapping[str, str]:
    try:
        line.read_owner()
    except Invalid as invalid:
        return invalid.fields
    return {}


def _problems(line: SheetLine, invalid: Invalid) -> list[ImportProblem]:
    return [ImportProblem(line.number, name, key) for name, key in invalid.fields.items()]


def _doubts(ready: Sequence[Ready]) -> Iterator[ImportProblem]:
    for made in ready:
        if outside_thailand(made.command.lat, made.command.lon):
            yield ImportProblem(made.line.number, "lat", "camera.outside_thailand")


def _told(report: ImportReport, sheet: Sheet) -> ImportReport:
    """In the order of the file, each with the heading under which whoever made the file finds it."""
    lines = {line.number: line for line in sheet.lines}

    def named(problems: tuple[ImportProblem, ...]) -> tuple[ImportProblem, ...]:
        found = (
            replace(told, column=sheet.headers.get(told.field, told.field), value=lines[told.line].shown(told.field))
            for told in problems
        )
        return tuple(sorted(found, key=lambda told: told.line))

    return replace(report, problems=named(report.problems), doubts=named(report.doubts))
