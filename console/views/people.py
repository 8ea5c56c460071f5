"""People and roles: who may log in here, as what, and who can reach the cameras."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.services.station import Station
from console.views.acting_page import ActingPage
from console.views.page import Page
from console.views.people_spec import Somebody, people_spec
from console.views.ui import Ui


def page(ui: Ui, station: Station) -> Page:
    return PeoplePage(ui, station)


class PeoplePage(ActingPage[Somebody]):
    """The list with two more forms, each in a panel over it: access by the recovery sheet, and a new password."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(ui, station, people_spec(ui, station, self.open_act), parent)
