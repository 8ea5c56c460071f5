"""The funnel of the zone: the same three figures in bars and in the table, and the tab that it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.i18n import plain
from console.kernel import OwnerType, Role, StreamFacts, Zone
from console.services.owners import LinkCamera
from console.views.cameras import OWNER
from console.views.funnel import FunnelPage
from console.views.funnel_words import FunnelRow
from console.views.owners import FUNNEL, REGISTER, VISITS, OwnersFace, OwnersPage
from console.views.visitors import VisitorsPage
from tests.gate.room import Room
from tests.shell import cameras_stage
from tests.shell.owners_stage import registered
from tests.shell.record_stage import ui_of
from tests.shell.wall_fakes import InlineTasks

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qtbot")]


@contextmanager
def seated(room: Room) -> Iterator[FunnelPage]:
    ui = ui_of(room, room.registrar, InlineTasks())
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ui.theme.apply(app)
    made = FunnelPage(ui, room.station, room.feeds)
    made.resize(1270, 720)
    made.show()
    made.start()
    try:
        yield made
    finally:
        made.stop()
        made.close()
        made.deleteLater()


def table(page: FunnelPage) -> list[tuple[str, ...]]:
    model = page.table.records
    return [
        tuple(plain(str(model.data(model.index(row, column)))) for column in range(len(model.columns)))
        for row in range(model.rowCount())
    ]


def test_bars_and_table_tell_the_same_and_few_cameras_have_no_share(room: Room) -> None:
    with seated(room) as page:
        assert "no camera to count" in plain(page.states.saying)
        shop = registered(room, owner_type=OwnerType.SHOP, community="นครใน")
        cameras = [room.camera(zone=Zone.INSIDE) for _number in range(5)]
        room.run(LinkCamera(owner_id=shop, camera_id=cameras[0]), room.registrar)
        for camera in cameras:
            room.permit(camera)
        room.camera(owner=OwnerType.HOME, zone=Zone.OUTSIDE)
        room.engine.facts_at_once = StreamFacts("h264", 640, 360, 15.0, "tcp")
        for camera in cameras[:2]:
            room.feeds.probe(room.registrar, camera)
            room.feeds.keep()
        room.clock.advance(600)
        page.refresh()
        assert table(page) == [
            ("Shop or business", "5", "2", "0", "40 %"),
            ("Private home", "1", "0", "0", "few (n = 1)"),
            ("All together", "6", "2", "0", "33 %"),
        ]
        chart = page.chart
        assert chart is not None
        QTest.keyClick(chart, Qt.Key.Key_Down)
        assert plain(chart.told.text()) == "Shop or business: registered 5, linked 2, online 0"
        QTest.keyClick(chart, Qt.Key.Key_End)
        assert "few (n = 1)" in plain(chart.told.text())
        QTest.keyClick(chart, Qt.Key.Key_Home)
        assert chart.place == 0
        page.open_row(_row(page, 1))
        assert chart.place == 1
        page.filter.chips["community"].click()
        assert [row[:2] for row in table(page)] == [
            ("นครใน", "1"),
            ("No owner or community recorded", "5"),
            ("All together", "6"),
        ]
        page.filter.chips["outside"].click()
        assert [row[1] for row in table(page)] == ["1", "1"]
        assert "without an owner's record: 1" in plain(page.head.summary.text())
        page.filter.chips["inside"].click()
        assert "Camera linked 1" not in plain(page.stages.text()), "the owner's own zone is not stated"


def _row(page: FunnelPage, number: int) -> FunnelRow:
    return page.spec.source.find(page._query, number, 1).rows[0]


def test_the_tab_of_owners_holds_register_book_and_funnel(room: Room) -> None:
    owner, camera, bare = registered(room), room.camera(), room.camera()
    room.run(LinkCamera(owner_id=owner, camera_id=camera), room.registrar)
    with cameras_stage.seated(room, room.registrar) as seat:
        seat.page.go_to((OWNER, owner))
        face = seat.page.face(OWNER)
        assert isinstance(face, OwnersFace)
        front = face.front
        assert isinstance(front, OwnersPage)
        assert front.panel.row is not None
        assert front.panel.row.id == owner
        for key, kind in ((VISITS, VisitorsPage), (FUNNEL, FunnelPage), (REGISTER, OwnersPage)):
            face.go_to(key)
            assert isinstance(face.front, kind)
            face.refresh()
        seat.page._look_again()
        front.camera_wanted.emit(camera)
        assert seat.page.tabs.currentIndex() == 0
        assert seat.register.panel.row is not None
        form = seat.register.panel.form
        assert form is not None
        assert form.box("owner").raw() == "O-0001 นางสมมติ ใจดี"
        assert form.box("owner_name").isHidden(), "one place for a name"
        face.go_to(FUNNEL)
        seat.do("owner")
        assert isinstance(face.front, OwnersPage)
        seat.page.go_to(bare)
        assert form.box("owner").raw() == "No owner recorded"
        assert not form.box("owner_name").isHidden()
        assert "owner" not in seat.acts()
        seat.register.filter.chips["no_owner"].click()
        assert seat.codes() == ["C002"]
    with cameras_stage.seated(room, room.log_in(Role.IT)) as seat:
        seat.page.show_tab(OWNER)
        face = seat.page.face(OWNER)
        assert isinstance(face, OwnersFace)
        assert face.bar.count() == 2, "the visitor book is not for IT"
