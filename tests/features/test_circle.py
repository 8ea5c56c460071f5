"""The demonstration's circle ticks a step when it really happened, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.kernel import ConsoleError, Denied, DenyReason, EndReason, Purpose, StreamFacts, ViewKind
from console.services import demo_town
from console.services.authorities import PauseAuthority
from console.services.circle import Circle, Round, Step
from console.services.circle_check import READER, check
from console.services.feeds import FeedRequest, Probe
from console.services.statements import VERIFY
from tests.demo_room import DemoRoom, FilledTown

STORED = [step for step in Step if step is not Step.CHECK]
"""Whether the statement was checked elsewhere the station cannot know."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> FilledTown:
    return FilledTown.make(tmp_path_factory.mktemp("town"))


class Play:
    """A demonstration with the superintendent before it, and a round begun."""

    def __init__(self, room: DemoRoom, town: FilledTown) -> None:
        self.room = room
        self.circle = Circle(room.station)
        self.chief = room.enter(town.made.login)
        self.round = self.circle.begin()

    def done(self, this: Round | None = None) -> list[Step]:
        standing = self.circle.standing(this or self.round)
        return [step for step in Step if step in standing.done]

    def permit(self) -> None:
        self.circle.permit(self.round, self.chief, lambda entry, drawn: b"%PDF-1.7 " + entry.id.encode() + drawn.link)

    def request(self, purpose: Purpose = Purpose.RISK_SPOT, kind: ViewKind = ViewKind.WALL) -> FeedRequest:
        return FeedRequest(self.round.camera_id, purpose, kind=kind)

    def refusal(self) -> Denied:
        answer = self.room.feeds.open(self.chief, self.request())
        assert isinstance(answer, Denied)
        self.room.feeds.keep()
        return answer


@pytest.fixture
def play(town: FilledTown, tmp_path: Path) -> Iterator[Play]:
    room = DemoRoom.copy(town, tmp_path)
    yield Play(room, town)
    room.close()


def test_the_whole_circle(play: Play) -> None:
    assert play.round.code == demo_town.CIRCLE[0].code
    assert play.refusal().reason is DenyReason.NO_AUTHORITY
    assert play.done() == []
    play.circle.visit(play.round, play.chief)
    assert play.done() == [Step.VISIT]
    play.permit()
    assert play.done() == [Step.VISIT, Step.PERMIT]
    play.room.look(play.chief, play.request())
    seen = [Step.VISIT, Step.PERMIT, Step.LOOK, Step.LOG]
    assert play.done() == seen
    play.circle.statement(play.round, play.chief)
    assert play.done() == [*seen, Step.STATEMENT]
    play.circle.withdraw(play.round, play.chief)
    play.room.feeds.keep()
    assert play.done() == [*seen, Step.STATEMENT, Step.WITHDRAW], "nobody has tried to open it since"
    assert not play.circle.standing(play.round).has_address
    assert play.refusal().reason is DenyReason.WITHDRAWN
    assert play.done() == STORED
    play.circle.withdraw(play.round, play.chief)
    assert play.done() == STORED, "withdrawing once more changes nothing"


def test_what_the_owner_takes_home_is_checked_by_a_bare_python(play: Play, tmp_path: Path) -> None:
    with pytest.raises(ConsoleError):
        play.circle.at_home(play.round, play.chief)
    play.permit()
    play.room.look(play.chief, play.request())
    play.circle.statement(play.round, play.chief)
    given, proof = play.circle.at_home(play.round, play.chief)
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / READER).write_bytes((VERIFY / READER).read_bytes())
    file = folder / "stick.json"
    file.write_bytes(given.file)
    assert [head.number for head in proof.heads] == [1]
    assert check(folder, proof, play.round.camera_id) == (True, "Proved: the file is whole and unchanged")
    file.write_bytes(
        given.file.replace(b"risk_spot", b"incident_", 1).replace(b'"from_head":null', b'"from_head": null')
    )
    good, said = check(folder, proof, play.round.camera_id)
    assert (good, said.partition(":")[0]) == (False, "FALSE")


def test_a_visit_of_an_earlier_round_does_not_count(play: Play) -> None:
    play.circle.visit(play.round, play.chief)
    again = Round(play.round.camera_id, play.round.code, play.round.name, play.room.staged.now(), visits=1)
    assert play.done(again) == []
    play.circle.visit(again, play.chief)
    assert play.done(again) == [Step.VISIT]


def test_a_view_without_a_picture_is_no_look(play: Play) -> None:
    play.permit()
    play.room.feeds.open(play.chief, play.request())
    play.room.feeds.keep()
    assert play.done() == [Step.PERMIT]


def test_a_connection_test_is_no_look(play: Play) -> None:
    play.permit()
    play.room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0, "tcp")
    assert isinstance(play.room.feeds.probe(play.chief, play.round.camera_id), Probe)
    play.room.feeds.keep()
    assert play.done() == [Step.PERMIT]


def test_a_picture_that_still_runs_is_not_dark(play: Play) -> None:
    play.permit()
    play.room.look(play.chief, play.request())
    for view in play.room.feeds.views():
        view.end(EndReason.CLOSED)
    play.room.feeds.keep()
    play.circle.withdraw(play.round, play.chief)
    assert Step.DARK not in play.done()
    play.refusal()
    assert Step.DARK in play.done()


def test_a_pause_is_no_withdrawal(play: Play) -> None:
    play.permit()
    row = play.room.station.authorities.current(play.round.camera_id)
    assert row is not None
    play.room.station.dispatcher.run(PauseAuthority(authority_id=row.id, version=row.version), play.chief)
    play.refusal()
    assert play.done() == [Step.PERMIT]


def test_each_round_takes_the_next_shop_and_then_a_new_permission(play: Play) -> None:
    seen = []
    for _number in range(len(demo_town.CIRCLE) + 1):
        play.room.clock.advance(60)
        play.round = play.circle.begin()
        seen.append(play.round.code)
        assert play.done() == [], "what happened in an earlier round does not count"
        play.circle.visit(play.round, play.chief)
        play.permit()
        assert play.circle.standing(play.round).has_address, "the address was entered again"
        play.room.look(play.chief, play.request())
        play.circle.statement(play.round, play.chief)
        play.circle.withdraw(play.round, play.chief)
        play.room.feeds.keep()
        play.refusal()
        assert play.done() == STORED
    codes = [sample.code for sample in demo_town.CIRCLE]
    assert seen == [*codes, codes[0]]
    assert play.room.station.journal.verify(play.chief).problems == ()
