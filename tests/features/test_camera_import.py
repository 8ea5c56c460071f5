"""Files of cameras: what spreadsheets write, what each bad line is told, and what an import leaves behind."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from console import i18n
from console.i18n import plain
from console.i18n.labels import CONNECTION_KINDS, OWNER_TYPES, ZONES, label
from console.kernel import (
    Change,
    ConnectionKind,
    ConsoleError,
    Denied,
    EndReason,
    OwnerType,
    Party,
    Role,
    Session,
    TileState,
    Unavailable,
    Zone,
)
from console.services import camera_import
from console.services.camera_import import ImportReport, Keep, Watch, read_sheet
from console.services.camera_sheet import SHORT_WORDS
from console.services.owners import ArchiveOwner, RegisterOwner
from tests.gate.room import Room

HEAD = "code,name,owner_type,lat,lon,address\n"


@dataclass
class Desk:
    """Somebody with a file before him."""

    room: Room
    path: Path
    session: Session

    def take(self, text: str | bytes, keep: Keep = Keep.WHOLE, watch: Watch | None = None) -> ImportReport:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.room.station.camera_import.import_file(self.path, self.session, keep, watch)

    @property
    def codes(self) -> list[str]:
        return [row.code for row in self.room.station.cameras.cameras()]


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Desk:
    return Desk(room, tmp_path / "cameras.csv", room.registrar)


def told(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.field, problem.key) for problem in report.problems]


# Kinds of files


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"], ids=["utf-8", "with BOM", "Thai Windows", "UTF-16"]
)
def test_encodings_and_separators(desk: Desk, encoding: str, mark: str) -> None:
    text = mark.join(("code", "name", "owner_type")) + "\r\n" + mark.join(("B1", "ตลาดกิมหยง", "shop")) + "\r\n"
    raw = text.encode(encoding)
    assert raw.startswith(codecs.BOM_UTF8) is (encoding == "utf-8-sig")
    report = desk.take(raw)
    assert (report.registered, report.problems) == (1, ())
    assert [row.name for row in desk.room.station.cameras.cameras()] == ["ตลาดกิมหยง"]


def test_a_thai_file(desk: Desk) -> None:
    report = desk.take(
        "รหัส;ชื่อ;สถานที่;ประเภทเจ้าของ;เจ้าของหรือหน่วยงาน;ละติจูด;ลองจิจูด;พื้นที่;การเชื่อมต่อ;ที่อยู่กล้อง;ที่อยู่รอง;ชื่อผู้ใช้;รหัสผ่าน;หมายเหตุ\n"
        "ก๑;ร้านทองสมมติ;ถ.นครใน;ร้านทอง;นายสมมติ;๗.๒๐๑;๑๐๐.๕๙๕;ใน;VLAN;rtsp://10.6.0.1/main;rtsp://10.6.0.1/sub;admin;"
        "ลับ ลับ;ติดเสา\n"
    )
    assert report.registered == 1
    assert report.ignored == ("หมายเหตุ",)
    (row,) = desk.room.station.cameras.cameras()
    assert (row.code, row.owner_name, row.lat, row.lon) == ("ก๑", "นายสมมติ", 7.201, 100.595)
    assert (row.owner_type, row.zone, row.connection) == (
        OwnerType.BANK_OR_GOLD,
        Zone.INSIDE,
        ConnectionKind.AGENCY_VLAN,
    )
    assert row.has_address
    assert row.has_sub_address
    desk.room.permit(row.id)
    desk.room.look(row.id)
    assert "%E0%B8%A5%E0%B8%B1%E0%B8%9A%20%E0" in desk.room.engine.streams[0].request.address.reveal()


@pytest.fixture
def thai() -> Iterator[None]:
    before = i18n.language()
    i18n.install("th")
    yield
    i18n.install(before)


@pytest.mark.usefixtures("thai")
@pytest.mark.parametrize("language", ["en", "th"])
def test_labels_are_taken_for_codes_in_both_languages(desk: Desk, language: str) -> None:
    labels = [plain(label(code)) for code in (*OWNER_TYPES, *ZONES, *CONNECTION_KINDS)]
    i18n.install(language)
    rows: list[str] = []
    for number, owner in enumerate(OWNER_TYPES):
        for spelling in (owner.value.upper(), OWNER_TYPES[owner], labels[number]):
            rows.append(f"{len(rows):03};x;{spelling};;")
    for number, connection in enumerate(CONNECTION_KINDS):
        zone_th = labels[len(OWNER_TYPES) + min(number, 2)]
        rows.append(f"z{number:02};x;shop;{zone_th};{CONNECTION_KINDS[connection]}")
    report = desk.take("code;name;owner_type;zone;connection\n" + "\n".join(rows))
    assert report.problems == ()
    stored = {row.code: row for row in desk.room.station.cameras.cameras()}
    assert [stored[f"{n:03}"].owner_type for n in range(30)] == [owner for owner in OWNER_TYPES for _ in range(3)]
    assert {stored[f"z{n:02}"].connection for n in range(5)} == set(ConnectionKind)
    assert {row.zone for row in stored.values()} == set(Zone)


@pytest.mark.usefixtures("thai")
def test_every_thai_label_is_a_known_word() -> None:
    """A console that speaks English reads the file of one that speaks Thai."""
    tables: Mapping[str, Mapping[Any, str]] = {"owner_type": OWNER_TYPES, "zone": ZONES, "connection": CONNECTION_KINDS}
    for name, table in tables.items():
        for code in table:
            assert SHORT_WORDS[name][plain(label(code))] is code


def test_cells_over_several_lines_and_in_quotes(desk: Desk) -> None:
    report = desk.take(
        'code,name,owner_type,place\nA1,"ร้านทอง, ""สมมติ""",shop,"12/3\nถนนนครใน"\n\n,,,\nA2,x,palace,\n', Keep.GOOD
    )
    (row,) = desk.room.station.cameras.cameras()
    assert (row.name, row.place) == ('ร้านทอง, "สมมติ"', "12/3 ถนนนครใน")
    assert told(report) == [(6, "owner_type", "field.enum")], "the line as an editor counts it"


def test_files_that_are_none(desk: Desk) -> None:
    with pytest.raises(ConsoleError, match="unreadable"):
        read_sheet(desk.path)
    for text in ("code,name\n", "", "รหัส,ชื่อ\n"):
        with pytest.raises(ConsoleError, match="columns_missing") as missing:
            desk.take(text)
    assert missing.value.params == {"columns": "owner_type"}
    with pytest.raises(ConsoleError, match="column_twice") as twice:
        desk.take("code,name,ชื่อ ,owner_type,,\nB1,x,y,shop,,\n")
    assert twice.value.params == {"columns": "name"}
    with pytest.raises(ConsoleError, match="not_csv") as wrong:
        desk.take(f"code,name,owner_type\nB1,x,shop\nB2,{'x' * 131_073},shop\n")
    assert wrong.value.params["line"] == 3
    with pytest.raises(ConsoleError, match="not_csv"):
        desk.take("x" * 131_073)
    with pytest.raises(ConsoleError, match="too_large"):
        desk.take(bytes(6 * 1024 * 1024))
    assert desk.codes == []


# Bad lines

BAD = (
    HEAD + "A1,ร้านทอง,shop,7.2,100.6,rtsp://10.5.0.1/live\n"
    "A2,วัด,temple,,,\n"
    "a2,ซ้ำ,temple,,,\n"
    ",,castle,seven,,\n"
    "A4,ไฟล์,shop,,,file:///etc/passwd\n"
    "A5,สาธารณะ,shop,,,rtsp://8.8.8.8/live\n"
    "A6,สอง,shop,,,rtsp://10.5.0.1:554/live\n"
    "A7,ครึ่งเดียว,shop,7.2,,\n"
    "A8,เกิน,shop,7.2,100.6,rtsp://10.5.0.8/live,more\n"
    "A9,กลับมุม,shop,\u202e7.2,100.6,\n"
    "C001,มีแล้ว,shop,,,\n"
    "B3,กล้องเดิม,shop,,,rtsp://192.168.1.1/live\n"
)
FOUND = [
    (4, "code", "import.twice_in_file"),
    (5, "code", "field.missing"),
    (5, "name", "field.missing"),
    (5, "owner_type", "field.enum"),
    (5, "lat", "field.float_parsing"),
    (6, "address", "address.scheme"),
    (7, "address", "denied.unencrypted_public"),
    (8, "address", "import.twice_in_file"),
    (9, "lon", "camera.half_a_place"),
    (10, "address", "import.too_many_cells"),
    (11, "lat", "field.float_parsing"),
    (12, "code", "camera.code_taken"),
    (13, "address", "denied.fingerprint_taken"),
]


@pytest.mark.parametrize("keep", list(Keep))
def test_every_bad_line_is_told_whatever_is_kept(desk: Desk, keep: Keep) -> None:
    desk.room.camera()
    report = desk.take(BAD, keep)
    assert sorted(told(report)) == sorted(FOUND)
    assert [problem.line for problem in report.problems] == sorted(problem.line for problem in report.problems)
    assert (report.lines, report.good) == (12, 2)
    assert report.registered == (2 if keep is Keep.GOOD else 0)
    assert desk.codes == (["A1", "A2", "C001"] if keep is Keep.GOOD else ["C001"])
    twice = next(problem for problem in report.problems if problem.line == 4)
    assert dict(twice.params) == {"line": 3}


def test_what_only_the_database_knows_stops_a_whole_file_too(desk: Desk) -> None:
    desk.room.camera()
    text = HEAD + "A1,x,shop,,,rtsp://10.5.0.1/a\nC001,x,shop,,,\nA2,x,shop,,,rtsp://192.168.1.1/live\n"
    report = desk.take(text)
    assert told(report) == [(3, "code", "camera.code_taken"), (4, "address", "denied.fingerprint_taken")]
    assert (report.good, report.registered, desk.codes) == (1, 0, ["C001"])
    assert desk.take(text, Keep.GOOD).registered == 1
    assert desk.codes == ["A1", "C001"]


def test_problems_name_the_column_as_the_file_does(desk: Desk) -> None:
    report = desk.take("รหัส,ชื่อ,ประเภทเจ้าของ,ละติจูด\nA1,x,shop,seven\nA2,x,shop,7.2\n")
    assert [(problem.field, problem.column) for problem in report.problems] == [
        ("lat", "ละติจูด"),
        ("lon", "lon"),
    ]


def test_a_place_outside_thailand_is_taken_and_told(desk: Desk) -> None:
    report = desk.take(HEAD + "A1,x,shop,51.5,-0.1,\nA2,x,shop,7.2,100.6,\n")
    assert report.registered == 2
    assert [(doubt.line, doubt.key) for doubt in report.doubts] == [(2, "camera.outside_thailand")]


def test_letters_that_the_file_lost_are_not_registered(desk: Desk) -> None:
    torn = "code,name,owner_type\nA1,ร้าน".encode() + b"\xe0\xb8,shop\nA2,\xff\xdb,shop\n"
    report = desk.take(torn, Keep.GOOD)
    assert (report.registered, told(report)) == (
        0,
        [(2, "name", "import.lost_letters"), (3, "name", "import.lost_letters")],
    )


def test_a_check_leaves_nothing_behind(desk: Desk) -> None:
    changes: list[tuple[Change, ...]] = []
    before = len(desk.room.rows())
    desk.room.store.on_change(changes.append)
    report = desk.take(HEAD + "A1,x,shop,,,rtsp://10.5.0.1/live\nA2,x,shop,,,\n", Keep.NOTHING)
    assert (report.good, report.registered, report.problems) == (2, 0, ())
    assert (desk.codes, changes, len(desk.room.rows())) == ([], [], before)
    assert desk.take(desk.path.read_bytes()).registered == 2, "what it checked can then be taken"


# In one piece, and in batches


def many(count: int, bad: int = -1) -> str:
    lines = (
        f"N{n:04},x,{'castle' if n == bad else 'shop'},,,rtsp://10.7.{n // 250}.{n % 250}/live" for n in range(count)
    )
    return HEAD + "\n".join(lines)


def test_a_whole_file_is_one_commit_and_the_gate_reads_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    live = desk.room.look(desk.room.shop())
    commits: list[int] = []
    readings: list[int] = []
    desk.room.store.on_change(lambda changes: commits.append(len(changes)))
    refresh = desk.room.feeds.refresh

    def counted(*, anew: bool = True) -> None:
        readings.append(1)
        refresh(anew=anew)

    monkeypatch.setattr(desk.room.feeds, "refresh", counted)
    assert desk.take(many(120)).registered == 120
    assert commits == [120]
    assert readings == [1]
    assert live.picture() is not None
    assert desk.room.look(desk.room.shop()).picture() is not None


def test_good_lines_are_taken_in_batches(desk: Desk) -> None:
    commits: list[int] = []
    desk.room.store.on_change(lambda changes: commits.append(len(changes)))
    report = desk.take(many(250, bad=7), Keep.GOOD)
    assert (report.registered, told(report)) == (249, [(9, "owner_type", "field.enum")])
    assert commits == [100, 100, 49]


def test_views_stay_lit_while_a_file_is_taken(desk: Desk) -> None:
    """Leases are renewed from memory; the import holds the store for all of that time."""
    live = desk.room.look(desk.room.shop())
    desk.room.stream(live).tell(TileState.LIVE)
    room = desk.room

    def time_goes_by(_done: int, _lines: int) -> None:
        room.clock.advance(1)
        room.feeds.tick()

    assert desk.take(many(60), watch=Watch(time_goes_by)).registered == 60
    assert live.picture() is not None
    assert live.ending is None
    live.end(EndReason.CLOSED)


@pytest.mark.parametrize(("keep", "left"), [(Keep.WHOLE, 0), (Keep.NOTHING, 0), (Keep.GOOD, 100)])
def test_progress_and_cancel(desk: Desk, keep: Keep, left: int) -> None:
    seen: list[tuple[int, int]] = []

    def follow(done: int, lines: int) -> None:
        seen.append((done, lines))
        if done == 150:
            watch.cancel()

    watch = Watch(follow)
    report = desk.take(many(250), keep, watch)
    assert report.cancelled
    assert (seen[0], seen[-1]) == ((1, 250), (150, 250))
    assert report.registered == left
    assert len(desk.codes) == left
    assert [row.event_class for row in desk.room.rows("record.changed")].count("record.changed") >= left


def test_a_database_that_fails_half_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    submit, calls = desk.room.store.submit, 0

    def failing(*args: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise Unavailable("store.disk_full")
        return submit(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.room.store, "submit", failing)
    report = desk.take(many(250), Keep.GOOD)
    assert report.registered == 200
    assert report.stopped is not None
    assert report.stopped.key == "store.disk_full"
    assert len(desk.codes) == 200
    with pytest.raises(Unavailable):
        desk.take(many(10).replace("N0", "M0").replace("10.7", "10.9"), Keep.GOOD)


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.SHIFT_LEAD, Role.AUDITOR])
@pytest.mark.parametrize("keep", list(Keep))
def test_who_may_not(desk: Desk, role: Role, keep: Keep) -> None:
    desk.session = desk.room.log_in(role)
    with pytest.raises(Denied):
        desk.take(HEAD + "A1,x,shop,,,\n", keep)
    assert desk.codes == []


def test_a_file_without_cameras(desk: Desk) -> None:
    report = desk.take(HEAD)
    assert (report.lines, report.registered, report.problems) == (0, 0, ())


def test_secrets_of_a_file_are_not_shown(desk: Desk) -> None:
    desk.take(HEAD.replace("address", "address,password") + "A1,x,shop,,,rtsp://10.5.0.1/live,geheimwort\n")
    sheet = read_sheet(desk.path)
    command = camera_import._command(sheet.lines[0])
    wrong = desk.take(desk.path.read_bytes().replace(b"A1", b"A2").replace(b"rtsp://10.5.0.1", b"ftp://geheimwort"))
    assert told(wrong) == [(2, "address", "address.scheme")]
    assert "geheimwort" not in str(wrong)
    assert "geheimwort" not in f"{sheet!r}{sheet.lines[0]!r}{command!r}{desk.room.rows()!r}"


def test_an_address_in_a_column_that_everybody_reads_is_neither_told_nor_kept(desk: Desk) -> None:
    address = "rtsp://admin:geheimwort@10.5.0.1/live"
    head = "code,name,owner_type,place,owner_name\n"
    lines = (
        f"A1,x,{address},,",
        f"A2,x,shop,{address},",
        f"A3,x,shop,,{address}",
        f"A4,{address},shop,,",
        "A5,x,shop,,",
    )
    report = desk.take(head + "\n".join(lines), Keep.GOOD)
    assert told(report) == [
        (2, "owner_type", "field.enum"),
        (3, "place", "camera.address_elsewhere"),
        (4, "owner_name", "camera.address_elsewhere"),
        (5, "name", "camera.address_elsewhere"),
    ]
    assert desk.codes == ["A5"]
    assert "geheimwort" not in f"{report!r}{desk.room.rows()!r}"
    desk.take("code,name,owner_type,place\nA6,x,shop,https://maps.example/abc\n")
    assert desk.codes == ["A5", "A6"], "a link to a map is no stream"


def test_a_million_columns_are_read_in_a_moment_and_not_all_told(desk: Desk) -> None:
    report = desk.take("code,name,owner_type" + ",x" * 300_000 + "\nA1,x,shop\n")
    assert (report.registered, len(report.ignored), report.ignored[-1]) == (1, 31, "…")
    with pytest.raises(ConsoleError, match="column_twice"):
        desk.take("code,name,owner_type" + ",code" * 300_000 + "\nA1,x,shop\n")


# Whose they are


def test_an_owner_is_named_by_the_number_of_the_register(desk: Desk) -> None:
    room = desk.room
    home: dict[str, Any] = {"party": Party.PERSON, "owner_type": OwnerType.HOME}
    first, second = (room.run(RegisterOwner(name=name, **home), room.registrar) for name in ("นางหนึ่ง", "นายสอง"))
    numbers = ("จ-0001", "O-0002", "o 2", "จ๐๐๐๑", "2", "")
    lines = "".join(f"N{at},x,shop,{number},\n" for at, number in enumerate(numbers))
    report = desk.take(
        f"code,name,owner_type,เลขที่เจ้าของ,เจ้าของ\n{lines}N9,x,shop,จ-0001,นายสอง\nN8,x,shop,จ-0001,นางหนึ่ง\n"
    )
    assert (report.registered, report.problems) == (8, ())
    assert told(replace(report, problems=report.doubts)) == [(8, "owner_name", "import.owner_named_else")]
    found = {row.code: (row.owner_id, row.owner_name) for row in room.station.cameras.cameras()}
    assert [found[f"N{at}"][0] for at in range(6)] == [first, second, second, first, second, None]
    assert found["N8"] == found["N9"] == (first, ""), "the register keeps the name"


def test_an_unknown_owner_is_told_at_its_line_and_nothing_is_lost(desk: Desk) -> None:
    room = desk.room
    owner = room.run(RegisterOwner(name="ก", party=Party.PERSON, owner_type=OwnerType.HOME), room.registrar)
    room.run(ArchiveOwner(owner_id=owner, version=1), room.registrar)
    text = "code,name,owner_type,owner\nA,x,shop,จ-0001\nB,x,shop,O-0007\nC,x,shop,นายดำ\nD,x,shop,0\nE,x,shop,\n"
    wrong = [
        (2, "owner", "import.owner_unknown"),
        (3, "owner", "import.owner_unknown"),
        (4, "owner", "import.no_owner_number"),
        (5, "owner", "import.no_owner_number"),
    ]
    whole = desk.take(text)
    assert (whole.registered, told(whole)) == (0, wrong)
    assert [problem.value for problem in whole.problems] == ["จ-0001", "O-0007", "นายดำ", "0"]
    part = desk.take(text, Keep.GOOD)
    assert (part.registered, told(part), desk.codes) == (1, wrong, ["E"])
    desk.session = room.log_in(Role.IT)
    report = desk.take("code,name,owner_type,owner\nF,x,shop,1\n")
    assert told(report) == [(2, "owner", "import.owner_not_yours")], "IT registers cameras, not whose they are"
