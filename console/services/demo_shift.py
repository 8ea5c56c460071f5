"""An officer's look round before the demonstration begins, so that the access log has something to show.

Real views and real refusals, through the gate like all others, ended when each has shown a picture.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from console.kernel import ConsoleError, Denied, EndReason, Purpose, Secret, Session, TileState
from console.services.demo_town import OFFICER
from console.services.feeds import FeedRequest, Feeds, LiveFeed
from console.services.station import Station

log = logging.getLogger(__name__)

LOOKED_AT: Final = (
    ("S01", Purpose.TRAFFIC),
    ("P02", Purpose.RISK_SPOT),
    ("P03", Purpose.RISK_SPOT),
    ("M02", Purpose.INCIDENT),
    ("P06", Purpose.RISK_SPOT),
    ("P07", Purpose.RISK_SPOT),
    ("P08", Purpose.INCIDENT),
)
"""The last three are refused: outside hours, paused, registered only."""

LONGEST_S: Final = 12.0
ASK_S: Final = 0.25


class EarlierShift(threading.Thread):
    """Looks round while the window opens. `end` it before the gate stops."""

    def __init__(self, station: Station, feeds: Feeds, password: Secret, incident_id: str) -> None:
        super().__init__(name="earlier shift", daemon=True)
        self._station = station
        self._feeds = feeds
        self._password = password
        self._incident_id = incident_id
        self._over = threading.Event()

    def run(self) -> None:
        try:
            session = self._station.people.log_in(OFFICER.login, self._password)
            try:
                self._look_round(session)
            finally:
                self._station.people.log_out(session)
        except ConsoleError as problem:
            # The demonstration goes on with a shorter log.
            log.warning("the earlier shift saw nothing: %s", problem)

    def end(self) -> None:
        self._over.set()
        self.join()

    def _look_round(self, session: Session) -> None:
        codes = {row.code: row.id for row in self._station.cameras.cameras()}
        requests = [
            FeedRequest(codes[code], purpose, self._incident_id if purpose is Purpose.INCIDENT else None)
            for code, purpose in LOOKED_AT
        ]
        views = [answer for answer in self._feeds.open_many(session, requests) if not isinstance(answer, Denied)]
        waited = 0.0
        while not all(_seen(view) for view in views) and waited < LONGEST_S and not self._over.wait(ASK_S):
            waited += ASK_S
        for view in views:
            view.end(EndReason.CLOSED)


def _seen(view: LiveFeed) -> bool:
    return view.ending is not None or view.state().state is TileState.LIVE
