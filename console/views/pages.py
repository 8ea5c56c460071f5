"""The pages of the window, in the order of the rail. None is imported before the window is up, to start fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from console.i18n import N_
from console.kernel import Right, Session
from console.services.feeds import Feeds
from console.services.station import Station
from console.settings import Settings
from console.views.page import Page, PageSpec, opened_by
from console.views.tabs import TabPage
from console.views.ui import Ui

WALL: Final = "wall"
INCIDENTS: Final = "incidents"
CAMERAS: Final = "cameras"
ACCESS_LOG: Final = "access_log"
PEOPLE: Final = "people"
SETTINGS: Final = "settings"
ABOUT: Final = "about"

HEALTH: Final = "health"
"""Of the page of cameras, that of their health."""

_RIGHTS: Final = {
    WALL: frozenset({Right.VIEW_FEEDS}),
    INCIDENTS: frozenset({Right.WRITE_INCIDENTS}),
    CAMERAS: frozenset({Right.WRITE_CAMERAS, Right.WRITE_AUTHORITIES, Right.COUNTERSIGN, Right.PROBE_CAMERAS}),
    ACCESS_LOG: frozenset({Right.VERIFY_JOURNAL, Right.REVIEW_VIEWS, Right.PROTECT_DATA, Right.WRITE_STATEMENTS}),
    PEOPLE: frozenset({Right.MANAGE_PEOPLE}),
    SETTINGS: frozenset[Right](),
}


@dataclass(frozen=True, slots=True)
class Place:
    """What pages are made of. `apply` takes up settings that are felt at once."""

    ui: Ui
    station: Station
    feeds: Feeds
    apply: Callable[[Settings], None]


def load() -> tuple[ModuleType, ...]:
    """Import what the pages need, off the UI thread: whoever opens one must not wait for that."""
    from console.i18n import words
    from console.views import (
        about,
        access_log,
        breaches,
        cameras,
        incident_form,
        incidents,
        people,
        retention,
        rights_requests,
        seat,
        settings,
        statements,
    )

    words.load()
    return (
        seat,
        incidents,
        incident_form,
        cameras,
        access_log,
        statements,
        breaches,
        retention,
        rights_requests,
        people,
        settings,
        about,
    )


def may_open(session: Session, key: str) -> bool:
    """Whether somebody's role may open a page: what leads to another one is not offered."""
    return opened_by(session, _RIGHTS[key])


def wall_spec(make: Callable[[], Page], reseat: Callable[[Page], None]) -> PageSpec:
    return PageSpec(WALL, N_("Camera wall"), "wall", make, _RIGHTS[WALL], reseat)


def all_pages(place: Place, wall: PageSpec) -> list[PageSpec]:
    """Return every page; the rail shows those that the officer's role may open."""
    ui, station = place.ui, place.station

    def incidents() -> Page:
        from console.views.incidents import page

        return page(ui, station)

    def cameras() -> Page:
        from console.views.cameras import page

        return page(ui, station, place.feeds)

    def access_log() -> Page:
        from console.views.log_tabs import log_tabs

        return TabPage(log_tabs(ui, station), ui, home=ACCESS_LOG)

    def people() -> Page:
        from console.views.people import page

        return page(ui, station)

    def settings() -> Page:
        from console.views.about import page as about_page
        from console.views.settings import page as settings_page

        return TabPage(
            (
                PageSpec(SETTINGS, N_("Settings"), "settings", lambda: settings_page(ui, station, place.apply)),
                PageSpec(ABOUT, N_("About and self-test"), "info", lambda: about_page(ui, station)),
            )
        )

    return [
        wall,
        _spec(INCIDENTS, N_("Incident log"), "incidents", incidents),
        PageSpec(
            CAMERAS,
            N_("Cameras and owners"),
            "camera",
            cameras,
            _RIGHTS[CAMERAS],
            short=N_("Cameras\nand owners"),
        ),
        _spec(ACCESS_LOG, N_("Access log"), "log", access_log),
        _spec(PEOPLE, N_("People"), "people", people),
        _spec(SETTINGS, N_("Settings"), "settings", settings),
    ]


def _spec(key: str, name: str, icon: str, make: Callable[[], Page]) -> PageSpec:
    return PageSpec(key, name, icon, make, _RIGHTS[key])
