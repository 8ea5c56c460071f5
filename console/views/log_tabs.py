"""The tabs of the rail's access log: the log itself, and the records of data protection that stand on it."""

from __future__ import annotations

from typing import Final

from console.i18n import N_
from console.kernel import Right
from console.services.station import Station
from console.views.page import Page, PageSpec
from console.views.pages import ACCESS_LOG
from console.views.ui import Ui

STATEMENTS: Final = "statements"
RIGHTS_REQUESTS: Final = "rights_requests"
BREACHES: Final = "breaches"
PROCESSING: Final = "processing"
RETENTION: Final = "retention"
DELETIONS: Final = "deletions"
HOLDS: Final = "holds"

_READERS: Final = frozenset({Right.VERIFY_JOURNAL, Right.REVIEW_VIEWS})
_KEEPERS: Final = frozenset({Right.PROTECT_DATA})


def log_tabs(ui: Ui, station: Station) -> tuple[PageSpec, ...]:
    def access_log() -> Page:
        from console.views.access_log import page

        return page(ui, station)

    def statements() -> Page:
        from console.views.statements import page

        return page(ui, station)

    def rights_requests() -> Page:
        from console.views.rights_requests import page

        return page(ui, station)

    def breaches() -> Page:
        from console.views.breaches import page

        return page(ui, station)

    def processing() -> Page:
        from console.views.processing import page

        return page(ui, station)

    def retention() -> Page:
        from console.views.retention import retention_page

        return retention_page(ui, station)

    def deletions() -> Page:
        from console.views.retention import deletions_page

        return deletions_page(ui, station)

    def holds() -> Page:
        from console.views.retention import holds_page

        return holds_page(ui, station)

    return (
        PageSpec(ACCESS_LOG, N_("Access log"), "log", access_log, _READERS),
        PageSpec(STATEMENTS, N_("Statements"), "note", statements, frozenset({Right.WRITE_STATEMENTS})),
        PageSpec(RIGHTS_REQUESTS, N_("Rights requests"), "person", rights_requests, _KEEPERS),
        PageSpec(BREACHES, N_("Breaches"), "urgent", breaches, _KEEPERS),
        PageSpec(PROCESSING, N_("Record of processing"), "note", processing, _KEEPERS),
        PageSpec(RETENTION, N_("Retention"), "clock", retention, _KEEPERS),
        PageSpec(DELETIONS, N_("Deletions"), "strike", deletions, _KEEPERS),
        PageSpec(HOLDS, N_("Legal holds"), "lock", holds, _KEEPERS),
    )
