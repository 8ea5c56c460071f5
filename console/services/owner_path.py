"""The path of persuasion: first contact, visit by the superintendent, briefing or visit to the room, consent, link."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import AwareDatetime, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import owner_steps as db
from console.db.attachments import Attachments
from console.db.owner_steps import StepFacts, StepRow
from console.db.owners import get_owner
from console.db.people import get_person
from console.db.store import Store, Tx
from console.i18n.typed import day_begins
from console.kernel import STATION_ZONE, ConsoleError, Denied, DenyReason, Invalid, Right, Session, StepKind
from console.services.commands import COMMAND_CONFIG, Command, command
from console.services.names import Names, named
from console.services.owners import demand
from console.services.photo_files import erase_files, keep_again
from console.services.retention_sweeps import owners_held
from console.services.sessions import Sessions
from console.services.texts import ONE_LINE, MaybeLine, MaybeWords, Reason, unseen

__all__ = ["OwnerPath", "StepFacts", "StepLine", "StepRow"]

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), ONE_LINE]

MOST_PHOTOS: Final = 12
MOST_PEOPLE: Final = 20
OLDEST: Final = 2000
FARTHEST: Final = timedelta(days=3 * 366)
"""How far ahead a next step may lie: beyond that a year was mistyped."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AddStep(Command):
    """Something was done with an owner. `day` and `next_day` are the moments at which those days begin."""

    owner_id: str
    kind: StepKind
    day: AwareDatetime
    went: frozenset[str] = frozenset()
    others: Line = ""
    result: MaybeWords = ""
    next_step: MaybeLine = ""
    next_day: AwareDatetime | None = None

    def problems(self) -> dict[str, str]:
        wrong = unseen(others=self.others, result=self.result, next_step=self.next_step)
        if len(self.went) > MOST_PEOPLE:
            wrong["went"] = "field.too_long"
        if self.next_day is not None and not self.next_step:
            wrong["next_step"] = "owner.next_what"
        if self.next_day is not None and self.next_day < self.day:
            wrong["next_day"] = "owner.next_before"
        return wrong


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeStep(AddStep):
    """Correct a step that stands; what it said before is in the journal."""

    step_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _OnStep(Command):
    step_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class StrikeStep(_OnStep):
    """It was written in error. It stays readable, and counts for nothing."""

    reason: Reason

    def problems(self) -> dict[str, str]:
        return unseen(reason=self.reason)


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AttachPhoto(_OnStep):
    """Keep a copy of a picture with a step. The file that was chosen stays where it is."""

    path: Path


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RemovePhoto(_OnStep):
    """Take a picture away from a step. Its file is deleted, unless another step shows the same one."""

    photo: str


@plain_dataclass(frozen=True, slots=True)
class StepLine:
    """A step with the names of those who went and of who struck it."""

    step: StepRow
    went: tuple[str, ...]
    struck_by: str

    @property
    def id(self) -> str:
        return self.step.id

    @property
    def version(self) -> int:
        return self.step.version


class OwnerPath:
    """Reads and writes the steps. Their files lie beside the database."""

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._names = Names()
        self.files = Attachments(store.place.data_dir)

    def steps(self, owner_id: str, session: Session) -> list[StepLine]:
        """Return the steps with an owner, newest first. For those who keep the register."""
        self._demand(session)

        def work(tx: Tx) -> list[StepLine]:
            book = self._names.book(tx)
            return [
                StepLine(
                    step,
                    tuple(named(book, "person", person) for person in step.facts.went),
                    named(book, "person", step.struck_by) if step.struck_by else "",
                )
                for step in reversed(db.steps_of(tx, owner_id))
            ]

        return self._store.read(work)

    def photo(self, name: str, session: Session) -> bytes:
        """Return a picture, or raise `attachment.…` with what became of it."""
        self._demand(session)
        return self.files.read(name)

    def _demand(self, session: Session) -> None:
        demand(self._sessions, session)
        if not session.may(Right.WRITE_AUTHORITIES):
            raise Denied(DenyReason.ROLE, right=Right.WRITE_AUTHORITIES.value)

    @command(right=Right.WRITE_AUTHORITIES)
    def add_step(self, tx: Tx, cmd: AddStep, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        if get_owner(tx, cmd.owner_id).archived:
            raise ConsoleError("owner.archived_stays")
        return db.add_step(tx, cmd.owner_id, _facts(tx, cmd)).id

    @command(right=Right.WRITE_AUTHORITIES)
    def change_step(self, tx: Tx, cmd: ChangeStep, session: Session) -> None:  # noqa: ARG002 - the same
        known = _standing(tx, cmd.step_id)
        if known.owner_id != cmd.owner_id:
            raise ConsoleError("not_found", kind="owner_step", id=cmd.step_id)
        db.change_step(tx, cmd.step_id, cmd.version, _facts(tx, cmd))

    @command(right=Right.WRITE_AUTHORITIES)
    def strike_step(self, tx: Tx, cmd: StrikeStep, session: Session) -> None:  # noqa: ARG002 - the same
        _standing(tx, cmd.step_id)
        db.strike_step(tx, cmd.step_id, cmd.version, cmd.reason)

    @command(right=Right.WRITE_AUTHORITIES)
    def attach_photo(self, tx: Tx, cmd: AttachPhoto, session: Session) -> str:  # noqa: ARG002 - the same
        step = _standing(tx, cmd.step_id)
        if len(step.photos) >= MOST_PHOTOS:
            raise ConsoleError("owner.too_many_photos", most=MOST_PHOTOS)
        kept = self.files.keep(cmd.path)
        if kept.new:
            tx.on_rollback(lambda: self.files.forget(kept.name))
        if kept.name in step.photos:
            raise ConsoleError("owner.photo_twice")
        db.set_photos(tx, cmd.step_id, cmd.version, (*step.photos, kept.name))
        keep_again(tx, kept.name)
        return kept.name

    @command(right=Right.WRITE_AUTHORITIES)
    def remove_photo(self, tx: Tx, cmd: RemovePhoto, session: Session) -> None:  # noqa: ARG002 - the same
        step = _standing(tx, cmd.step_id)
        left = tuple(photo for photo in step.photos if photo != cmd.photo)
        if left == step.photos:
            raise ConsoleError("not_found", kind="owner_step", id=cmd.step_id)
        db.set_photos(tx, cmd.step_id, cmd.version, left)
        if step.owner_id in owners_held(tx):
            raise ConsoleError("retention.held")
        erase_files(tx, [cmd.photo])


def _standing(tx: Tx, step_id: str) -> StepRow:
    step = db.get_step(tx, step_id)
    if not step.stands:
        raise ConsoleError("owner.step_struck")
    return step


def _facts(tx: Tx, cmd: AddStep) -> StepFacts:
    for person in cmd.went:
        get_person(tx, person)
    if cmd.day > tx.now:
        raise Invalid({"day": "owner.day_ahead"})
    if cmd.day.astimezone(STATION_ZONE).year < OLDEST:
        raise Invalid({"day": "authority.wrong_year"})
    if cmd.next_day is not None and cmd.next_day > tx.now + FARTHEST:
        raise Invalid({"next_day": "authority.wrong_year"})
    return StepFacts(
        kind=cmd.kind,
        day=_begins(cmd.day),
        went=tuple(sorted(cmd.went)),
        others=cmd.others,
        result=cmd.result,
        next_step=cmd.next_step,
        next_day=None if cmd.next_day is None else _begins(cmd.next_day),
    )


def _begins(moment: datetime) -> datetime:
    return day_begins(moment.astimezone(STATION_ZONE).date())
