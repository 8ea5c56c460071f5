"""The gate over a shared database: the same promises, in one walk."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.db.consents import NewEvent, get_consent
from console.db.store import CommandStamp
from console.kernel import (
    AccessLevel,
    ConsentEventKind,
    ConsentState,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    Invalid,
    Purpose,
    Role,
    TileState,
    new_id,
)
from console.services import consents
from console.services.consent_commands import RefuseConsent
from console.services.feeds import FeedRequest, LiveFeed
from console.services.station_clock import ConfirmClock
from console.services.stop_link import tell
from tests.consent_desk import Desk
from tests.gate.room import Room
from tests.postgres import PostgresServer, postgres_first, postgres_server

__all__ = ["postgres_first", "postgres_server"]

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Room]:
    with postgres_server.database() as url:
        made = Room(tmp_path, None, url)
        made.found()
        yield made
        made.close()


def test_a_night_on_a_shared_database(shared: Room) -> None:
    room = shared
    shop, level_1, own = room.shop(), room.shop(AccessLevel.INCIDENT, radius_m=300), room.own_camera()
    incident = room.incident()
    requests = [
        FeedRequest(shop, Purpose.RISK_SPOT),
        FeedRequest(level_1, Purpose.INCIDENT, incident),
        FeedRequest(own, Purpose.URGENT),
        FeedRequest(level_1, Purpose.RISK_SPOT),
    ]
    answers = room.feeds.open_many(room.officer, requests)
    lives = [answer for answer in answers if isinstance(answer, LiveFeed)]
    assert len(lives) == 3
    assert isinstance(answers[3], Denied)
    for live in lives:
        room.stream(live).tell(TileState.LIVE)
    for _ in range(13):
        room.clock.advance(5)
        room.feeds.tick()
        room.feeds.keep()
    assert all(live.picture() is not None for live in lives)
    room.close_incident(incident)
    room.withdraw(shop)
    assert [live.picture() is None for live in lives] == [True, True, False]
    assert room.refusal(shop).reason is DenyReason.WITHDRAWN
    assert [debt.camera_id for debt in room.station.views.debts()] == [own]
    room.feeds.keep()
    room.crash()
    room.reopen()
    room.feeds.recover()
    assert {data["reason"] for data in room.data("view.ended")} == {"incident_closed", "withdrawn", "crashed"}
    room.station.journal.seal()
    assert room.station.journal.verify(room.chief).sound
    room.look(own).end(EndReason.CLOSED)


def test_two_papers_for_one_camera_at_the_same_moment(
    shared: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two consoles, one owner, one camera: neither sees what the other has not stored yet."""
    other = Room(tmp_path / "other", None, shared.url)
    try:
        here, there = Desk(shared.station, shared.lead), Desk(other.station, other.log_in(Role.SHIFT_LEAD))
        owner, camera = here.owner(), shared.camera()
        papers = [here.draft(owner, camera), there.draft(owner, camera)]
        check, meeting = consents._refuse_taken, threading.Barrier(2)

        def checked_together(*args: Any) -> None:
            check(*args)
            # Nothing is stored before the other one has looked as well; or cannot, because it has to wait.
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait(1)

        monkeypatch.setattr(consents, "_refuse_taken", checked_together)
        assert together(lambda: here.present(papers[0]), lambda: there.present(papers[1])) == ["consent.camera_taken"]
        meeting.reset()
        monkeypatch.setattr(consents, "_refuse_taken", check)
        states = {here.entry(each).state: each for each in papers}
        assert set(states) == {ConsentState.AWAITING_SIGNATURE, ConsentState.DRAFT}
        # Both presented, as it could be before they took turns: both signed at the same moment, one right at most.
        stamp = CommandStamp(new_id(), "present", here.session)
        late = states[ConsentState.DRAFT]
        shared.store.submit(
            lambda tx: tell(tx, get_consent(tx, late), NewEvent(ConsentEventKind.PRESENTED)), command=stamp
        )
        assert "consent.camera_taken" in together(lambda: here.sign(papers[0]), lambda: there.sign(papers[1]))
        here.run(RefuseConsent(reason="คนละฉบับ", **here.on(late)))
        # The same paper signed twice, and two that take the place of the same one.
        first = states[ConsentState.AWAITING_SIGNATURE]
        assert len(together(lambda: here.sign(first), lambda: there.sign(first))) == 1
        newer = [desk.draft(owner, camera, supersedes=first) for desk in (here, there)]
        monkeypatch.setattr(consents, "_refuse_taken", checked_together)
        assert together(lambda: here.present(newer[0]), lambda: there.present(newer[1])) == ["consent.camera_taken"]
        in_force = [each for each in (*papers, *newer) if here.entry(each).state is ConsentState.IN_FORCE]
        assert in_force == [first]
        assert shared.current(camera).consent_id == first
        assert shared.station.journal.verify(shared.chief).sound
    finally:
        other.close()


def together(*acts: Callable[[], None]) -> list[str]:
    """Do these at the same moment on threads of their own; return the keys of those that were refused."""
    refused: list[str] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except Invalid as wrong:
            refused.extend(wrong.fields.values())
        except ConsoleError as wrong:
            refused.append(wrong.key)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return refused


def test_a_clock_confirmed_on_a_shared_database(shared: Room) -> None:
    room = shared
    first = "rtsp://user:pass@192.168.7.7:554/one"
    shop, other = room.camera(first), room.camera()
    room.permit(shop)
    room.row_of_tomorrow()
    assert room.refusal(shop).reason is DenyReason.CLOCK_SET_BACK
    room.run(ConfirmClock(), room.chief)
    assert room.look(shop).picture() is not None
    # And an earlier address of a withdrawn camera is refused there too.
    room.address(shop, first.replace("one", "two"))
    room.withdraw(shop)
    with pytest.raises(Denied):
        room.address(other, first)
    assert room.station.authorities.reapply_tombstones() == 0
