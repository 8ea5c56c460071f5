"""Papers of consents, visits and photographs go when their time is over, at both databases; what is held stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from console.db.consents import papers_held
from console.db.journal import personal_values
from console.kernel import ConsentState, ConsoleError, StepKind
from console.protection import HoldKind, Kept
from console.services.commands import build
from console.services.owner_path import AddStep, AttachPhoto
from console.services.retention import HoldRecord, ReleaseHold, RunLine, RunRetention
from console.services.visitors import RecordVisit
from tests.consent_desk import Desk
from tests.gate.room import Room, Template
from tests.pictures import jpeg
from tests.postgres import PostgresServer, postgres_first, postgres_server

__all__ = ["postgres_first", "postgres_server"]

DAY = 86_400.0
TERM = 1827 * DAY
"""A day more than papers are kept beyond their validity."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def station(request: pytest.FixtureRequest, tmp_path: Path, template: Template) -> Iterator[Room]:
    if request.param == "sqlite":
        made = Room(tmp_path, template)
        yield made
        made.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        made = Room(tmp_path, None, url)
        made.found()
        yield made
        made.close()


def due(room: Room, kept: Kept) -> tuple[int, int]:
    item = next(item for item in room.station.retention.plan(room.chief).items if item.kept is kept)
    return item.due.count, item.due.held


def run(room: Room) -> RunLine:
    plan = room.station.retention.plan(room.chief)
    room.run(RunRetention(as_of=plan.as_of), room.chief)
    return room.station.retention.runs(room.chief)[0]


def deleted(line: RunLine, kept: Kept) -> int:
    return next(item.due.count for item in line.row.items if item.kept is kept)


def papers(room: Room, consent_id: str) -> int:
    return room.store.read(papers_held).get(consent_id, 0)


def hold(room: Room, kind: HoldKind, subject_id: str) -> str:
    made: str = room.run(HoldRecord(hold_kind=kind, subject_id=subject_id, reason="คดีอาญา"), room.registrar)
    return made


def photo(room: Room, owner_id: str, words: bytes, tmp_path: Path) -> tuple[str, Path]:
    """Keep a photograph with a step of today; returns its name and where it lies."""
    step = AddStep(owner_id=owner_id, kind=StepKind.BRIEFING, day=room.clock.now() - timedelta(hours=1))
    source = tmp_path / "photo.jpg"
    source.write_bytes(jpeg(words))
    step_id = room.run(step, room.registrar)
    name = room.run(AttachPhoto(step_id=step_id, version=1, path=source), room.registrar)
    return name, room.data_dir / "attachments" / name[:2] / name


def visit(room: Room, group: str = "ชมรมผู้ค้าสมมติ") -> str:
    facts: dict[str, Any] = {"day": room.clock.now() - timedelta(hours=1), "group_name": group, "counts": {4: 3}}
    made: str = room.run(build(RecordVisit, **facts, received_by=room.chief.person_id), room.officer)
    return made


def test_papers_go_five_years_after_their_consent_ended_and_never_while_it_stands(station: Room) -> None:
    room = station
    desk = Desk(room.station, room.registrar)
    cameras = [room.camera() for _ in range(4)]
    ended, held, standing, partly = (
        desk.signed(cameras[0]),
        desk.signed(cameras[1]),
        desk.signed(cameras[2], expires_at=desk.today() + timedelta(days=5 * 366)),
        desk.signed(cameras[3], room.camera(), expires_at=desk.today() + timedelta(days=5 * 366)),
    )
    names, standing_number = desk.entry(ended).row, desk.entry(standing).row.number
    assert (names.signer, names.witness) == ("นางสมหญิง ตัวอย่าง", "นายพยาน ตัวอย่าง")
    desk.withdraw(partly, cameras[3])
    room.clock.advance(DAY)
    desk.withdraw(ended)
    desk.withdraw(held)
    stop = hold(room, HoldKind.CAMERA, cameras[1])
    kept = {each: papers(room, each) for each in (ended, held, standing, partly)}
    assert min(kept.values()) >= 2
    room.clock.advance(TERM - 2 * DAY)
    assert due(room, Kept.CONSENT_PAPERS) == (0, 0)
    room.clock.advance(2 * DAY)
    assert {desk.entry(each).state for each in (standing, partly)} == {ConsentState.IN_FORCE}
    assert due(room, Kept.CONSENT_PAPERS) == (kept[ended] + 2, kept[held] + 2)
    assert papers(room, ended) == kept[ended], "looking deletes nothing"
    line = run(room)
    assert deleted(line, Kept.CONSENT_PAPERS) == kept[ended] + 2
    assert [papers(room, each) for each in (ended, held, standing, partly)] == [0, *list(kept.values())[1:]]
    assert (desk.entry(ended).row.signer, desk.entry(standing).row.signer) == ("", "นางสมหญิง ตัวอย่าง")
    assert "paper_sha256" in str([event.data for event in desk.entry(ended).row.events]), "the fingerprint stays"
    room.run(ReleaseHold(hold_id=stop, version=1, reason="จบแล้ว"), room.chief)
    assert due(room, Kept.CONSENT_PAPERS) == (kept[held] + 2, 0)
    run(room)
    assert papers(room, held) == 0
    assert room.station.journal.verify(room.chief).problems == (), "what a certificate names is not missed"
    consent = desk.entry(partly).row
    engine = create_engine(room.store.place.parsed)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM consent_paper"))
    engine.dispose()
    found = {(problem.kind, problem.record) for problem in room.station.journal.verify(room.chief).problems}
    assert found == {("consent_paper", f"consent {number}") for number in (consent.number, standing_number)}
    with pytest.raises(ConsoleError, match=r"retention\.nothing_due"):
        run(room)


def test_visits_and_photographs_go_with_their_words_and_files(station: Room, tmp_path: Path) -> None:
    room = station
    desk = Desk(room.station, room.registrar)
    owner, other = desk.owner(), desk.owner()
    old, kept = visit(room), visit(room, "คณะที่ถูกยึดไว้")
    (gone, gone_file), (shared, shared_file), (safe, safe_file) = (
        photo(room, owner, b"old", tmp_path),
        photo(room, owner, b"shared", tmp_path),
        photo(room, other, b"held", tmp_path),
    )
    holds = [hold(room, HoldKind.VISIT, kept), hold(room, HoldKind.OWNER, other)]
    lines = {line.row.subject_id: line.subject for line in room.station.retention.holds(room.chief)}
    assert lines[kept].endswith("คณะที่ถูกยึดไว้")
    assert "นางสมหญิง ตัวอย่าง" in lines[other]
    room.clock.advance(31 * DAY)
    assert (due(room, Kept.ATTACHMENTS), due(room, Kept.VISITORS)) == ((2, 1), (0, 0))
    photo(room, owner, b"shared", tmp_path)
    run(room)
    assert [path.exists() for path in (gone_file, shared_file, safe_file)] == [False, True, True]
    steps = room.station.owner_path.steps(owner, room.registrar)
    assert [step.step.photos for step in steps] == [(shared,), (), ()], "the steps themselves stay"
    with pytest.raises(ConsoleError, match=r"attachment\.gone"):
        room.station.owner_path.photo(gone, room.registrar)
    assert room.station.owner_path.photo(safe, room.registrar)
    room.clock.advance(335 * DAY)
    assert due(room, Kept.VISITORS) == (1, 1)
    line = run(room)
    assert (deleted(line, Kept.VISITORS), deleted(line, Kept.ATTACHMENTS)) == (1, 1)
    assert not shared_file.exists()
    assert [each.id for each in room.station.visitors.visits(room.chief)] == [kept]
    told = [row for row in room.rows("record.changed") if row.subject == ("visit", old)]
    assert told[-1].data["op"] == "deleted"
    about = [row for row in room.rows() if row.subject == ("visit", old)]
    words = room.store.read(lambda tx: [personal_values(tx, row.writer_id, row.seq) for row in about])
    assert set(map(str, words)) == {"{}"}
    for hold_id in holds:
        room.run(ReleaseHold(hold_id=hold_id, version=1, reason="จบแล้ว"), room.chief)
    run(room)
    assert not safe_file.exists()
    assert room.station.visitors.visits(room.chief) == []
