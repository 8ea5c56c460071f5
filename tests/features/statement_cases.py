"""One camera's honest history at two writers, statements out of it, and what forgers make of them."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db import camera_heads, feeds, incidents, statements
from console.db.authorities import AuthorityTerms, record_authority
from console.db.base import parse_time, time_text
from console.db.camera_heads import CameraHead, head_message, heads_of, make_head
from console.db.cameras import CameraFacts, register_camera
from console.db.feeds import ViewOpening
from console.db.incidents import NewIncident
from console.db.journal import JournalEvent
from console.db.journal_format import decode, encode, key_id, row_hash
from console.db.places import StorePlace, Writer
from console.db.store import Store, Tx
from console.kernel import AccessLevel, AuthorityKind, EndReason, OwnerType, Purpose, Role, ViewKind
from console.services.statement_file import Claims, Statement, statement_bytes
from tests.store.history import KEY
from tests.store.world import START, STATION, HandClock, enrol, write

FINGERPRINT: Final = key_id(KEY.public_key())
NFC: Final = "สภ.เมืองสงขลา Café"
_DOMAIN: Final = b"ccoc-statement\0"


@dataclass(frozen=True)
class History:
    """What a station holds of a camera; `other` is another camera of it."""

    store: Store
    camera: str
    other: str
    heads: tuple[CameraHead, ...]
    delayed_view: str

    def statement(self, begin: int = 0, *, delayed: bool = False) -> Statement:
        """Return the statement that begins at head `begin` (0: at the first row)."""
        former = self.heads[begin - 1] if begin else None
        links = self.store.read(
            lambda tx: statements.camera_links(
                tx, self.camera, former.writers if former else {}, self.heads[-1].writers
            )
        )
        waits = {
            (link.writer_id, link.seq)
            for link in links
            if delayed and decode(link.body)["subject"] == ["view", self.delayed_view]
        }
        return Statement(
            station_id=STATION,
            station_name=NFC,
            camera_id=self.camera,
            camera_name="หน้าร้านทอง <b>A1</b>",
            since=former.at if former else START - timedelta(days=1),
            until=START + timedelta(days=1),
            from_head=former,
            between=self.heads[begin:-1],
            head=self.heads[-1],
            links=links,
            delayed=frozenset(waits),
            claims=Claims({}, {"sk01-2569-0001": "settled"}, ["2026-12-22T01:02:03.000000Z"] if delayed else []),
            unheard={"01920000-0000-7000-8000-00000000dead": START},
        )

    def file(self, begin: int = 0, *, delayed: bool = False, until: str = "") -> bytes:
        made = self.statement(begin, delayed=delayed)
        return statement_bytes(replace(made, until=parse_time(until) if until else made.until), KEY)


def live(folder: Path) -> Iterator[History]:
    """Live a day on SQLite: two consoles, two cameras, three heads."""
    clock, place = HandClock(), StorePlace.standalone(folder)
    writers = [Writer(f"01920000-0000-7000-8000-00000000000{n}", STATION, "tests") for n in (1, 2)]
    store = Store.open(place, clock=clock, writer=writers[0])
    lead, officer = enrol(store, "lead", Role.SUPERINTENDENT), enrol(store, "som")
    shops = (CameraFacts(code, "หน้าร้าน", "", OwnerType.SHOP) for code in ("A1", "A2"))
    camera, other = (write(store, partial(register_camera, facts=facts)).id for facts in shops)
    terms = AuthorityTerms(AuthorityKind.AGENCY, AccessLevel.INCIDENT, frozenset({Purpose.INCIDENT}), clock.now())
    right = write(store, lambda tx: record_authority(tx, camera, terms), lead.session)
    write(store, lambda tx: record_authority(tx, other, terms), lead.session)
    _look(store, clock, ViewOpening(camera, Purpose.TRAFFIC, ViewKind.WALL, right.id), officer)
    write(store, lambda tx: make_head(tx, KEY, camera))
    incident = write(store, lambda tx: incidents.open_incident(tx, NewIncident("เหตุสมมติ")), officer.session)
    through = ViewOpening(camera, Purpose.INCIDENT, ViewKind.FOCUS, right.id, incident.id, self_opened_incident=True)
    delayed = _look(store, clock, through, officer)
    denied = JournalEvent("view.denied", ("camera", camera), {"purpose": "traffic", "reason": "outside_hours"}, camera)
    write(store, lambda tx: tx.record(denied), officer.session)
    write(store, lambda tx: make_head(tx, KEY, camera))
    write(store, lambda tx: make_head(tx, KEY, other))
    store.close()
    store = Store.open(place, clock=clock, writer=writers[1])
    urgent = _look(store, clock, ViewOpening(camera, Purpose.URGENT, ViewKind.WALL, right.id), lead, ends=False)
    write(store, lambda tx: feeds.justify(tx, urgent, "คำอธิบายของการดูด่วน"), lead.session)
    write(
        store,
        lambda tx: tx.record(JournalEvent("view.reviewed", ("view", delayed), {"ok": True}, camera)),
        lead.session,
    )
    forced = {"purpose": "urgent", "kind": "focus", "authority": None, "basis": "emergency"}
    forced["legal_basis"] = "danger_to_life"
    events = [
        JournalEvent("view.opened", ("view", "v-emergency"), forced, camera, {"reason": "คำอธิบายยี่สิบตัวอักษรขึ้นไป"}),
        JournalEvent("view.ended", ("view", "v-from-before"), {"reason": "closed", "seconds": 7}, camera),
        JournalEvent(
            "consent.signed",
            ("consent", "c1"),
            {"consent": "ย-0001", "level": 1, "purposes": ["incident"], "until": "2027-11-22T00:00:00.000000Z"},
            camera,
        ),
        JournalEvent("snapshot.taken", ("view", "v-emergency"), {"seconds": 1.0, "": [None, True, 1e-7]}, camera),
        JournalEvent("camera.address_destroyed", ("camera", camera), {}, camera),
        JournalEvent("address.watched", ("address", "a"), {}, camera),
        JournalEvent("record.changed", ("address_tombstone", "t"), {"op": "created"}, camera),
        JournalEvent("record.changed", ("__proto__", "constructor"), {"__proto__": {"x": 1}}, camera),
        JournalEvent("statement.delayed", ("incident", "i"), {"until": "2026-12-22T01:02:03.000000Z"}, camera),
        JournalEvent("consent.__proto__", ("consent", "c1"), {"level": -1, "purposes": "x", "until": 7}, camera),
        JournalEvent("statement.issued", ("camera", camera), {"number": 3}, camera),
    ]
    for event in events:
        clock.move(10)
        write(store, partial(Tx.record, happening=event), lead.session)
    write(store, lambda tx: make_head(tx, KEY, camera))
    yield History(store, camera, other, tuple(store.read(lambda tx: heads_of(tx, camera))), delayed)
    store.close()


def _look(store: Store, clock: HandClock, new: ViewOpening, officer: Any, *, ends: bool = True) -> str:
    view = write(store, lambda tx: feeds.open_view(tx, new), officer.session)
    clock.move(1.5)
    write(store, lambda tx: feeds.first_picture(tx, view.id, tx.now))
    clock.move(64)
    if ends:
        write(store, lambda tx: feeds.end_view(tx, view.id, EndReason.CLOSED, tx.now))
    return view.id


# Forgeries


@dataclass(frozen=True)
class Case:
    """A file, what is asked, and what both readers must say. `problem` None: whatever they agree upon, but no proof."""

    name: str
    data: bytes
    verdict: int
    problem: str | None
    fingerprint: str = FINGERPRINT
    holds: str | bytes | None = None


def signed(values: dict[str, Any], key: Ed25519PrivateKey = KEY) -> bytes:
    """Do what a station does that lies: change the content and sign it anew."""
    values = {name: value for name, value in values.items() if name != "signature"}
    return sealed(json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")), key)


def sealed(text: str, key: Ed25519PrivateKey = KEY) -> bytes:
    body = text.removesuffix("}").encode("utf-8", "surrogatepass")
    signature = base64.b64encode(key.sign(_DOMAIN + body)).decode()
    return body + f',"signature":"{signature}"}}\n'.encode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def head_of(key: Ed25519PrivateKey, **changes: Any) -> Callable[[dict[str, Any]], dict[str, str]]:
    """Return what makes a head anew with other values."""

    def made(part: dict[str, Any]) -> dict[str, str]:
        body = encode(decode(base64.b64decode(part["body"])) | {"key": key_id(key.public_key())} | changes)
        return {"body": b64(body), "signature": b64(key.sign(head_message(body)))}

    return made


def rechained(values: dict[str, Any], forge: Callable[[dict[str, Any]], None], *, heads: bool) -> None:
    """Change rows and compute every later hash anew; with `heads` the newest head too, as only the key's owner can."""
    begin: Any = decode(base64.b64decode(values["from_head"]["body"])) if values["from_head"] else {"writers": {}}
    ends: dict[str, list[Any]] = dict(begin["writers"])
    rows = []
    for part in values["rows"]:
        row: dict[str, Any] = decode(base64.b64decode(part["b"]))
        forge(row)
        number, former = ends.get(row["writer"], [row["camera"]["seq"] - 1, row["camera"]["prev"]])
        row["camera"] |= {"seq": number + 1, "prev": former}
        body = encode(row)
        ends[row["writer"]] = [number + 1, row_hash(body)]
        rows.append({"b": b64(body)})
    values["rows"] = rows
    if heads:
        values["head"] = head_of(KEY, writers=ends)(values["head"])


def cases(history: History) -> Iterator[Case]:
    whole, later, waits = history.file(), history.file(2), history.file(delayed=True)
    yield Case("whole", whole, 0, "")
    yield Case("from a head", later, 0, "")
    yield Case("with lines that wait", waits, 0, "")
    grouped = " ".join(FINGERPRINT[at : at + 8] for at in range(0, 64, 8)).upper()
    yield Case("a fingerprint in groups", whole, 0, "", grouped)
    pasted = "\ufeff" + FINGERPRINT[:9] + "\u200b\u2060\u00a0\x85\x1c-:" + FINGERPRINT[9:]
    yield Case("a fingerprint with blanks that are not seen", whole, 0, "", pasted)
    yield Case("a fingerprint in full-width letters", whole, 2, "fingerprint", FINGERPRINT.translate({97: 0xFF41}))
    yield Case("a period with a leap day", history.file(until="2028-02-29T00:00:00.000000Z"), 0, "")
    second = history.heads[1]
    yield Case("holding a head", whole, 0, "", holds=f"2:{second.hash}")
    yield Case("holding the beginning of a head", later, 0, "", holds=f"2:{second.hash[:16]}")
    yield Case("holding an earlier statement", later, 0, "", holds=whole)
    yield Case("holding an older head", later, 2, "holds_before", holds=f"1:{history.heads[0].hash}")
    yield Case("holding another history", whole, 1, "holds_differs", holds=f"2:{history.heads[0].hash}")
    yield Case("holding what is no head", whole, 2, "holds", holds="2:zz")
    theirs = history.store.read(lambda tx: heads_of(tx, history.other))[0]
    other = {"head": {"body": b64(theirs.body), "signature": b64(theirs.signature)}}
    yield Case("holding another camera's statement", whole, 2, "holds_camera", holds=json.dumps(other).encode())
    yield Case("holding another camera's confirmation", whole, 1, "holds_differs", holds=f"1:{theirs.hash}")
    strange = {"deep nesting": b"[" * 9999, "a blank": b" ", "no head": b'{"head":[]}', "1e400": b"1e400"}
    for name, held in strange.items():
        yield Case(f"holding {name}", whole, 2, "holds", holds=held)
    foreign = head_of(Ed25519PrivateKey.generate())({"body": b64(second.body)})
    yield Case("holding another key's head", whole, 2, "holds", holds=json.dumps(foreign).encode())
    yield from _not_statements(whole)
    yield from _touched(whole)
    yield from _of_the_station(history, json.loads(whole), json.loads(waits))


def _not_statements(whole: bytes) -> Iterator[Case]:
    text = whole.decode()
    for name, fingerprint in {"none": "", "short": FINGERPRINT[:-1], "no figures": "g" * 64}.items():
        yield Case(f"fingerprint: {name}", whole, 2, "fingerprint", fingerprint)
    unreadable = {
        "empty": b"",
        "cut off": whole[: len(whole) // 2],
        "not UTF-8": b"\xff" + whole,
        "byte order mark": b"\xef\xbb\xbf" + whole,
        "two objects": whole + whole,
        "a list": b"[]",
        "NaN": text.replace('"seq"', "NaN", 1).encode() if '"seq"' in text else b'{"a":NaN}',
        "a key twice": b'{"format":"x",' + whole[1:],
        "a key twice in other spelling": b'{"\\u0066ormat":"x",' + whole[1:],
        "half a character": text.replace("Caf", "\\ud800", 1).encode(),
        "a control character": text.replace("Caf", "\x01", 1).encode(),
        "too deep": b'{"a":' + b"[" * 200 + b"]" * 200 + b"}",
        "too deep by one": b'{"a":' + b"[" * 32 + b"]" * 32 + b"}",
        "a number too large": b'{"a":9007199254740992}',
        "a number with a zero before": b'{"a":01}',
        "a number that is none": b'{"a":1e999}',
        "a comma too much": b'{"a":[1,]}',
    }
    for name, data in unreadable.items():
        yield Case(name, data, 2, "unreadable")
    yield Case("as deep as may be", b'{"a":' + b"[" * 31 + b"]" * 31 + b"}", 2, "format")
    yield Case("another format", text.replace("ccoc-statement-1", "ccoc-statement-2").encode(), 2, "format")


def _touched(whole: bytes) -> Iterator[Case]:
    """Changes by somebody without the key."""
    text = whole.decode()
    values = json.loads(whole)
    other = Ed25519PrivateKey.generate()
    yield Case("another key's fingerprint", whole, 1, "key", key_id(other.public_key()))
    forged = values | {"key": b64(other.public_key().public_bytes_raw())}
    yield Case("signed by another key", signed(forged, other), 1, "key")
    yield Case("signed by another key than it says", signed(values, other), 1, "signature")
    yield Case("another Unicode form", text.replace(NFC, unicodedata.normalize("NFD", NFC)).encode(), 1, "signature")
    yield Case("a blank behind", whole + b" ", 1, "signature")
    yield Case("no line's end", whole.rstrip(), 1, "signature")
    yield Case("laid out anew", json.dumps(values, ensure_ascii=False, indent=1).encode(), 1, "signature")
    yield Case("a letter as an escape", text.replace("Caf", "\\u0043af").encode(), 1, "signature")
    yield Case("another period", text.replace('"since":"2026', '"since":"2025').encode(), 1, "signature")
    again = text.replace('=="}\n', "", 1)
    spelt = again[:-1] + chr(ord(again[-1]) + 1) + '=="}\n'
    yield Case("another spelling of the signature", spelt.encode(), 2, "shape")
    for place in range(5, len(whole), max(1, len(whole) // 60)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 7
        yield Case(f"bit of byte {place} turned", bytes(changed), 1, None)


@dataclass(frozen=True)
class _Liar:
    """A station that lies: it has the key and signs what it changed."""

    whole: dict[str, Any]

    def __call__(self, name: str, problem: str, change: Callable[[dict[str, Any]], object], verdict: int = 1) -> Case:
        values = json.loads(json.dumps(self.whole))
        change(values)
        return Case(name, signed(values), verdict, problem)


def _of_the_station(history: History, whole: dict[str, Any], waits: dict[str, Any]) -> Iterator[Case]:
    case = _Liar(whole)
    yield from _rows_changed(history, case)
    yield from _chained_anew(history, case)
    yield from _old_heads(history, case)
    yield from _heads_changed(history, case)
    yield from _entries(history, json.loads(json.dumps(whole)))
    yield from _shapes(case)
    yield from _waiting(waits)


def _rows_changed(history: History, case: _Liar) -> Iterator[Case]:
    def row(values: dict[str, Any], at: int, body: bytes) -> None:
        values["rows"][at] = {"b": b64(body)}

    bodies = [base64.b64decode(part["b"]) for part in case.whole["rows"]]
    many = len(bodies)
    others = history.store.read(
        lambda tx: statements.camera_links(tx, history.other, {}, camera_heads.camera_ends(tx.session, history.other))
    )
    yield case("a row dropped", "rows_order", lambda v: v["rows"].pop(3))
    yield case("the last row dropped", "rows_order", lambda v: v["rows"].pop())
    yield case("all rows dropped", "rows_order", lambda v: v["rows"].clear())
    yield case("a row twice", "rows_order", lambda v: v["rows"].insert(3, v["rows"][3]))
    yield case("a row too much", "rows_order", lambda v: v["rows"].append(v["rows"][-1]))
    yield case("two rows swapped", "rows_order", lambda v: v["rows"].insert(3, v["rows"].pop(4)))
    yield case("another camera's row", "row_place", lambda v: row(v, 2, others[1].body))
    yield case("a row's bytes turned", "row_bytes", lambda v: row(v, 2, b"\x02" + bodies[2][1:]))
    yield case("a key twice in a row", "row_bytes", lambda v: row(v, 2, b'\x01{"class":"x",' + bodies[2][2:]))
    yield case(
        "a row in another spelling", "row_bytes", lambda v: v["rows"].__setitem__(2, {"b": b64(bodies[2]) + "\n"})
    )
    yield case(
        "the last row changed",
        "head_rows",
        lambda v: row(v, many - 1, bodies[-1].replace(b"statement.issued", b"statement.issueD")),
    )
    yield case(
        "a row changed in the middle",
        "row_chain",
        lambda v: row(
            v, 3, bodies[3].replace(b'"reason":"closed"', b'"reason":"closeD"').replace(b"after_ms", b"after_mS")
        ),
    )
    yield case(
        "an NFD row",
        "head_rows",
        lambda v: row(v, many - 1, bodies[-1].replace(b'"number":3', '"number":3,"x":"e\u0301"'.encode())),
    )


def _chained_anew(history: History, case: _Liar) -> Iterator[Case]:
    def shorter(values: dict[str, Any]) -> None:
        values["data"]["seconds"] = 1 if values["class"] == "view.ended" else 0

    def nothing(_values: dict[str, Any]) -> None:
        """Only the hashes are computed anew."""

    def unseen(values: dict[str, Any]) -> None:
        rechained(values, nothing, heads=False)
        values["rows"].pop(2)

    yield case("rows chained anew", "head_rows", lambda v: rechained(v, shorter, heads=False))
    yield case("rows chained anew under a new head", "head_rows", lambda v: rechained(v, shorter, heads=True))
    yield case("a row taken out and chained anew", "rows_order", unseen)

    def alone(values: dict[str, Any]) -> None:
        rechained(values, shorter, heads=True)
        values["head"] = head_of(KEY, number=1, prev="0" * 64)(values["head"])
        values["heads_between"] = []

    values = json.loads(json.dumps(case.whole))
    alone(values)
    yield Case("a second history from the beginning", signed(values), 0, "")
    yield Case("and the head held from before", signed(values), 1, "holds_differs", holds=f"1:{history.heads[0].hash}")


def _old_heads(history: History, case: _Liar) -> Iterator[Case]:
    whole = case.whole
    old = history.heads[0]
    first = {name: end.seq for name, end in old.writers.items()}
    rows: list[Any] = [decode(base64.b64decode(part["b"])) for part in whole["rows"]]
    known = [row["camera"]["seq"] <= first.get(row["writer"], 0) for row in rows]
    shown = [part for part, was_there in zip(whole["rows"], known, strict=True) if was_there]
    ancient = {"head": {"body": b64(old.body), "signature": b64(old.signature)}, "heads_between": []}
    yield case("an old head", "rows_order", lambda v: v.update(ancient))
    yield case("an old head with its rows", "", lambda v: v.update(ancient | {"rows": shown}), 0)
    stale = signed(whole | ancient | {"rows": shown})
    yield Case("an old head, and a newer one is held", stale, 1, "holds_after", holds=f"3:{history.heads[2].hash}")
    over = {"since": whole["period"]["since"], "until": time_text(old.at)}
    stale = signed(whole | ancient | {"rows": shown, "period": over})
    yield Case("of a time that was over, and a newer one is held", stale, 2, "holds_newer", holds=f"3:{old.hash}")


def _with_head(values: dict[str, Any], forge: Callable[[dict[str, Any]], dict[str, str]]) -> None:
    values["head"] = forge(values["head"])


def _heads_changed(history: History, case: _Liar) -> Iterator[Case]:
    stranger = Ed25519PrivateKey.generate()
    heads: dict[str, Callable[[dict[str, Any]], dict[str, str]]] = {
        "of another key": head_of(stranger),
        "without a signature": lambda part: part | {"signature": b64(bytes(64))},
        "of another camera": head_of(KEY, camera=history.other),
        "of another station": head_of(KEY, station="other"),
        "number zero": head_of(KEY, number=0),
        "a writer without a hash": head_of(KEY, writers={"w": [1]}),
        "a writer of strange letters": head_of(KEY, writers={"ก": [1, "0" * 64]}),
        "at no time": head_of(KEY, at="2026-02-30T00:00:00.000000Z"),
    }
    for name, forge in heads.items():
        yield case(f"a head {name}", "head", partial(_with_head, forge=forge))
    yield case("a head left out", "heads_chain", lambda v: v["heads_between"].pop(0))
    yield case("a head twice", "heads_chain", lambda v: v["heads_between"].append(v["heads_between"][-1]))
    yield case(
        "a head that follows another", "heads_chain", lambda v: v.update(head=head_of(KEY, prev="1" * 64)(v["head"]))
    )
    yield case("a head that shrinks", "heads_chain", lambda v: v.update(head=head_of(KEY, writers={})(v["head"])))
    yield case("no first head", "heads_chain", lambda v: v.update(heads_between=[]))

    def elsewhere(values: dict[str, Any]) -> None:
        values["from_head"] = values["heads_between"].pop(0)
        values["period"]["since"] = decode(base64.b64decode(values["from_head"]["body"]))["at"]

    yield case("a head that begins elsewhere", "rows_order", elsewhere)
    late = json.loads(history.file(1))
    yield _Liar(late)("a head that begins in time", "", lambda _v: None, 0)
    yield _Liar(late)(
        "a head that begins after the period",
        "begins_late",
        lambda v: v["period"].update(since="2026-11-01T00:00:00.000000Z"),
    )


def _entries(history: History, whole: dict[str, Any]) -> Iterator[Case]:
    """What the entry of the statement itself says of its period and beginning."""
    begin = [2, history.heads[1].hash]
    later = json.loads(history.file(2))
    later["period"] = whole["period"] = {"since": later["period"]["since"], "until": whole["period"]["until"]}
    period = {"from": whole["period"]["since"], "until": whole["period"]["until"]}
    said: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
        "names the period": (whole, period | {"head": None}, ""),
        "names period and beginning": (later, period | {"head": begin}, ""),
        "names the period only, as of old": (later, period, ""),
        "names another period": (whole, period | {"until": "2027-01-01T00:00:00.000000Z"}, "entry"),
        "names a period that is no text": (whole, period | {"from": 7}, "entry"),
        "names no beginning though there is one": (later, period | {"head": None}, "entry"),
        "names a beginning though there is none": (whole, period | {"head": begin}, "entry"),
        "names another beginning": (later, period | {"head": [2, "0" * 64]}, "entry"),
        "names a beginning by a fraction": (later, period | {"head": [2.0, begin[1]]}, "entry"),
        "names too much of a beginning": (later, period | {"head": [*begin, 1]}, "entry"),
        "is of another number": (whole, {"number": 2, "from": "x"}, ""),
        "is of a number that is a truth": (whole, {"number": True, "from": "x"}, ""),
    }
    for name, (values, data, problem) in said.items():

        def entry(row: dict[str, Any], data: dict[str, Any] = data) -> None:
            if row["class"] == "statement.issued":
                row["data"] = {"number": 3} | data

        forged = json.loads(json.dumps(values))
        rechained(forged, entry, heads=True)
        yield Case(f"its own entry {name}", signed(forged), int(problem != ""), problem)


def _shapes(case: _Liar) -> Iterator[Case]:
    shapes: dict[str, Callable[[dict[str, Any]], object]] = {
        "a key too much": lambda v: v.update(more=1),
        "a key missing": lambda v: v.pop("unheard"),
        "a period of no days": lambda v: v["period"].update(since="2026-02-30T00:00:00.000000Z"),
        "a period that ends as it begins": lambda v: v["period"].update(until=v["period"]["since"]),
        "a period that ends before it begins": lambda v: v["period"].update(until="2000-02-29T00:00:00.000000Z"),
        "a period of the Buddhist era": lambda v: v["period"].update(until="2569-12-01T00:00:00.000000Z"),
        "a leap day of a year without one": lambda v: v["period"].update(until="2100-02-29T00:00:00.000000Z"),
        "a number as a truth": lambda v: v["rows"].append({"delayed": 1, "writer": "w", "seq": 1, "hash": "0"}),
        "a truth as a number": lambda v: v["rows"].append({"delayed": True, "writer": "w", "seq": True, "hash": "0"}),
        "a fraction as a number": lambda v: v["rows"].append({"delayed": True, "writer": "w", "seq": 1.0, "hash": "0"}),
        "a beginning of nothing": lambda v: v.update(from_head={}),
        "a claim that is no text": lambda v: v["claims"]["names"].update(x=1),
    }
    for name, change in shapes.items():
        yield case(name, "shape", change, 2)
    twice = json.dumps(case.whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    twice = twice[: twice.index(',"signature"')] + twice[twice.index('","station"') + 1 :]
    yield Case("a key twice, signed", sealed(twice.replace('"claims"', '"camera":"x","claims"')), 2, "unreadable")


def _waiting(waits: dict[str, Any]) -> Iterator[Case]:
    """Of rows that wait one behind the other the last one's hash is held by what follows, and the others' by it."""
    rows = waits["rows"]
    held = next(at for at, part in enumerate(rows) if "delayed" in part and "b" in rows[at + 1])

    def case(name: str, problem: str, **changes: Any) -> Case:
        values = json.loads(json.dumps(waits))
        values["rows"][held] |= changes
        return Case(f"a waiting row: {name}", signed(values), 1, problem)

    # Nothing confirms yet what is told of the row before one that waits: both say so, and which it is.
    values = json.loads(json.dumps(waits))
    last = next(at for at, part in enumerate(rows) if "delayed" in part and "b" in rows[at - 1] and at > held)
    row: dict[str, Any] = decode(base64.b64decode(rows[last - 1]["b"]))
    values["rows"][last - 1] = {"b": b64(encode(row | {"at": "2026-01-01T00:00:00.000000Z"}))}
    yield Case("a waiting row: what stands before it told otherwise", signed(values), 0, "")
    yield case("another hash", "row_chain", hash="1" * 64)
    yield case("no hash", "rows_order", hash="1")
    yield case("another number", "rows_order", seq=99)
    yield case("another writer", "rows_order", writer="w")
    yield case("that does not wait", "rows_order", delayed=False)
