"""The records of data protection before their pictures are taken: requests, breaches, processing, terms, holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from console.kernel import ErasureGround, Unavailable
from console.protection import (
    Affected,
    BreachKind,
    DataType,
    Decision,
    HoldKind,
    IdentityCheck,
    RefusalReason,
    RequestKind,
    RequestWay,
    Risk,
    Severity,
)
from console.services.breaches import AddToBreach, RecordBreach, SubmitNotice
from console.services.processing import IssueProcessing
from console.services.retention import HoldRecord, RunRetention
from console.services.rights_requests import CarryOutRequest, DecideRequest, IdentifyRequester, ReceiveRequest
from console.views.record_page import RecordPage
from console.views.tabs import TabPage
from tests.shell.shots_town import TownStage

Arrange = Callable[[TownStage], None]
LONG = 900 * 86_400.0


def run(stage: TownStage, command: Any) -> Any:
    return stage.room.station.dispatcher.run(command, stage.session)


def _request(stage: TownStage, days_ago: int, **more: Any) -> str:
    camera = stage.room.station.cameras.by_code("P03")
    assert camera is not None
    fields: dict[str, Any] = {
        "requester": "นางสาวตัวอย่าง ใจเย็น",
        "contact": "000-000-0003",
        "request_kind": RequestKind.ACCESS,
        "about": "ขอทราบว่ากล้องหน้าร้านเห็นตนเองเมื่อวันที่ 1 หรือไม่ และใครได้ดูภาพบ้าง",
        "received_at": stage.room.clock.now() - timedelta(days=days_ago),
        "way": RequestWay.COUNTER,
        "camera_id": camera.id,
    } | more
    made: str = run(stage, ReceiveRequest(**fields))
    return made


def _requests(stage: TownStage) -> None:
    """One of each state, one overdue, one refused."""
    _request(stage, 34, requester="นายสมมติ มาก่อน", request_kind=RequestKind.RECTIFICATION)
    erased = _request(stage, 12, requester="นายตัวอย่าง ลบชื่อ", request_kind=RequestKind.ERASURE)
    refused = _request(stage, 9, requester="บริษัท ตัวอย่าง จำกัด", request_kind=RequestKind.PORTABILITY)
    granted = _request(stage, 25, requester="นางตัวอย่าง หน้าร้าน", request_kind=RequestKind.RESTRICTION)
    _request(stage, 0)
    for each in (erased, refused, granted):
        run(stage, IdentifyRequester(request_id=each, version=1, identity=IdentityCheck.CARD_SEEN))
    for each in (erased, granted):
        run(stage, DecideRequest(request_id=each, version=2, decision=Decision.GRANTED, words="อนุญาตตามที่ขอ"))
    words = "ภาพมีบุคคลอื่นและสถานีไม่บันทึกภาพ จึงไม่มีข้อมูลที่จะโอนให้ได้"
    no: dict[str, Any] = {"decision": Decision.REFUSED, "refusal": RefusalReason.HARMS_OTHERS, "words": words}
    run(stage, DecideRequest(request_id=refused, version=2, **no))
    ground = ErasureGround.OBJECTION
    run(stage, CarryOutRequest(request_id=erased, version=3, words="ลบชื่อเจ้าของออกจากทะเบียนแล้ว", ground=ground))


def _breaches(stage: TownStage) -> None:
    now = stage.room.clock.now()
    whole: dict[str, Any] = {
        "title": "แฟลชไดรฟ์รายชื่อเจ้าของกล้องหายระหว่างเดินทาง",
        "discovered_at": now - timedelta(hours=20),
        "happened_at": now - timedelta(hours=30),
        "breach_kinds": frozenset({BreachKind.CONFIDENTIALITY, BreachKind.AVAILABILITY}),
        "data_types": frozenset({DataType.NAMES, DataType.CONTACTS}),
        "volume": 24,
        "affected": frozenset({Affected.OWNERS}),
        "people": 24,
        "severity": Severity.SOME,
        "effect": "อาจมีผู้โทรรบกวนหรือแอบอ้างเป็นเจ้าหน้าที่",
        "safeguards": "ไม่ได้เข้ารหัส",
        "controller": "สถานีตำรวจ ประชาชนไว้วางใจให้ดูแลข้อมูล",
        "risk": Risk.HIGH,
        "assessment": "มีชื่อและโทรศัพท์ของประชาชน ไม่ได้เข้ารหัส",
        "measures": "แจ้งความ ตรวจหาแฟลชไดรฟ์ ห้ามใช้แฟลชไดรฟ์ที่ไม่เข้ารหัส",
        "contact": "DPO ของสถานี โทร 000-000-0001",
    }
    run(stage, RecordBreach(**whole))
    late = run(stage, RecordBreach(**(whole | {"discovered_at": now - timedelta(hours=90), "happened_at": None})))
    told: dict[str, Any] = {
        "submitted_at": now,
        "reference": "สคส. 12/2569",
        "late_words": "ระบบรับแจ้งของ สคส. ขัดข้องสองวัน",
    }
    run(stage, SubmitNotice(breach_id=late, version=1, **told))
    run(stage, AddToBreach(breach_id=late, words="พบแฟลชไดรฟ์ที่จุดรับของหายของสถานีขนส่ง ซองยังไม่ถูกเปิด"))
    safe = {"risk": Risk.NONE, "assessment": "เครื่องเข้ารหัสทั้งเครื่องและดับไปเอง", "title": "โน้ตบุ๊กสำรองหายหนึ่งวัน"}
    run(stage, RecordBreach(**(whole | safe)))
    open_one = {"risk": None, "assessment": "", "discovered_at": now - timedelta(hours=75), "happened_at": None}
    run(stage, RecordBreach(**(whole | open_one | {"title": "พบรหัสผ่านเขียนติดไว้ที่จอ"})))


def _old(stage: TownStage) -> None:
    """What was entered long ago is due; a camera of it is held."""
    camera = stage.room.station.cameras.by_code("P03")
    assert camera is not None
    hold = {"reason": "ศาลสั่งให้เก็บพยานหลักฐาน", "reference": "คำสั่งศาล 12/2569"}
    run(stage, HoldRecord(hold_kind=HoldKind.CAMERA, subject_id=camera.id, **hold))
    stage.room.clock.shift_wall(LONG)


def _deleted(stage: TownStage) -> None:
    _old(stage)
    plan = stage.room.station.retention.plan(stage.session)
    run(stage, RunRetention(as_of=plan.as_of))


def _nothing(_stage: TownStage) -> None:
    """As it is."""


def tab(key: str, *keys: str, fill: Arrange = _nothing, act: str = "", click: str = "") -> Arrange:
    """Open a tab of the log over what `fill` entered, press keys, then open an act or press a button of the head."""

    def arrange(stage: TownStage) -> None:
        fill(stage)
        stage.settle()
        stage.shell.go_to("access_log", key)
        stage.settle()
        for name in keys:
            stage.hands.press(name)
            stage.settle()
        page = stage.shell.made("access_log")
        assert isinstance(page, TabPage)
        shown = page.made(key)
        assert isinstance(shown, RecordPage)
        if act:
            chosen = next(each for each in shown.spec.acts if each.key == act)
            row = next(row for row in shown.spec.source.find(shown._query, 0, 99).rows if chosen.can(row))
            shown.panel.run_act(chosen, row)
        if click:
            getattr(shown, click)()

    return arrange


def broken(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        stage.tasks.broken = Unavailable("store.unreachable")
        tab(key)(stage)

    return arrange


def loading(key: str) -> Arrange:
    def arrange(stage: TownStage) -> None:
        stage.tasks.hold = True
        tab(key)(stage)

    return arrange


def _refused(stage: TownStage) -> None:
    stage.take_over("officer")
    stage.shell.go_to("access_log", "rights_requests")


ISSUED: Arrange = lambda stage: run(stage, IssueProcessing())  # noqa: E731 - a name for what is done first

PROTECTION_SCENES: dict[str, Arrange] = {
    "rights-list": tab("rights_requests", fill=_requests),
    "light-rights-list": tab("rights_requests", fill=_requests),
    "rights-row": tab("rights_requests", "Down", "Return", fill=_requests),
    "rights-steps": tab("rights_requests", "Down", "Down", "Return", "Ctrl+Tab", fill=_requests),
    "rights-new": tab("rights_requests", "Ctrl+N"),
    "rights-new-wrong": tab("rights_requests", "Ctrl+N", "Ctrl+S"),
    "rights-decide": tab("rights_requests", fill=_requests, act="decide"),
    "rights-letter": tab("rights_requests", fill=_requests, act="letter"),
    "rights-certificate": tab("rights_requests", fill=_requests, act="certificate"),
    "rights-paper": tab("rights_requests", "Ctrl+P", fill=_requests),
    "rights-empty": tab("rights_requests"),
    "rights-broken": broken("rights_requests"),
    "rights-loading": loading("rights_requests"),
    "rights-refused": _refused,
    "breaches-list": tab("breaches", fill=_breaches),
    "light-breaches-list": tab("breaches", fill=_breaches),
    "breaches-row": tab("breaches", "Down", "Return", fill=_breaches),
    "breaches-notice": tab("breaches", fill=_breaches, act="notify"),
    "breaches-paper": tab("breaches", fill=_breaches, act="paper"),
    "breaches-new-wrong": tab("breaches", "Ctrl+N", "Ctrl+S"),
    "breaches-empty": tab("breaches"),
    "breaches-broken": broken("breaches"),
    "processing-list": tab("processing", fill=ISSUED),
    "light-processing-list": tab("processing"),
    "processing-row": tab("processing", "Down", "Return"),
    "processing-paper": tab("processing", "Ctrl+P", fill=ISSUED),
    "processing-broken": broken("processing"),
    "retention-list": tab("retention", fill=_old),
    "light-retention-list": tab("retention", fill=_old),
    "retention-row": tab("retention", "Down", "Return", fill=_old),
    "retention-look": tab("retention", fill=_old, click="look"),
    "retention-broken": broken("retention"),
    "deletions-list": tab("deletions", fill=_deleted),
    "deletions-certificate": tab("deletions", fill=_deleted, act="certificate"),
    "deletions-empty": tab("deletions"),
    "holds-list": tab("holds", "Down", "Return", fill=_old),
    "holds-new-wrong": tab("holds", "Ctrl+N", "Ctrl+S"),
    "holds-empty": tab("holds"),
}
