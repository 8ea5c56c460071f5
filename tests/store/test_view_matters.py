"""What an older store holds of reviews comes through: views of a reviewed incident stay reviewed, the others wait."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from console.db import emergencies, feeds, migrate, view_matters
from console.db.places import StorePlace, Writer
from console.db.store import Store, Tx
from tests.store.test_migrate import CAMERA, INCIDENT, PERSON, at_revision, put
from tests.store.world import HandClock, write

BEFORE = "0006"
VIEW: dict[str, Any] = {
    "version": 1,
    "writer_id": "w1",
    "session_id": "s1",
    "person_id": "p1",
    "camera_id": "c1",
    "purpose": "incident",
    "view_kind": "wall",
    "self_opened_incident": True,
    "opened_at": "2026-11-22T01:02:03.000000Z",
}


def test_reviews_of_whole_incidents_count_for_their_views(place: StorePlace, clock: HandClock, writer: Writer) -> None:
    at_revision(place, BEFORE)
    store = Store(place, clock, writer, None)
    own = {"station_id": writer.station_id}

    def fill(tx: Tx) -> None:
        put(tx, "person", PERSON | own)
        put(tx, "camera", CAMERA | own)
        put(tx, "incident", INCIDENT | own | {"reviewed_by": "p2"})
        put(tx, "incident", INCIDENT | own | {"id": "i2", "running": 2, "needs_review": True, "reviewed_by": "p2"})
        for number, incident in enumerate(("i1", "i2")):
            put(tx, "camera_view", VIEW | own | {"id": f"v{number}", "incident_id": incident})
        put(tx, "camera_view", VIEW | own | {"id": "v9", "incident_id": "i1", "self_opened_incident": False})

    write(store, fill)
    store.close()
    migrate.upgrade(place, clock, backed_up=True)
    store = Store.open(place, clock=clock, writer=writer)
    try:
        assert [view.id for view in store.read(view_matters.waiting_for_review)] == ["v1"]
        reviewed = store.read(lambda tx: [feeds.get_view(tx, found) for found in ("v0", "v9")])
        assert [(view.reviewed_by, view.review_ok, view.overdue_before) for view in reviewed] == [
            ("p2", True, 0),
            (None, None, 0),
        ]
        assert store.read(emergencies.running_emergencies) == {}
        assert store.read(view_matters.next_debt_due) is None
        count = store.read(lambda tx: tx.session.scalar(text("SELECT count(*) FROM authority WHERE unconfirmed")))
        assert count == 0
    finally:
        store.close()
