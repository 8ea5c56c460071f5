"""Check an owner's statement (ccoc-statement-1) away from the station. One file, Python 3.11, nothing to install.

    python3 verify_statement.py STATEMENT.json --fingerprint "64 characters of the paper receipt"

Ends with 0: proved, 1: something is false, 2: cannot be judged. What is proved and what is not stands in the answer.
The format and its reasons: docs/decisions/001 and 009 of the console.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NoReturn

# --- lines: begin ---
PSEUDONYM_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TIME_LENGTH = 27


def pseudonym(station: str, camera: str, person: str) -> str:
    """Return the short code of a person: the same in every statement of this camera, another at another camera."""
    named = f"ccoc-pseudonym\0{station}\0{camera}\0{person}".encode()
    number = int.from_bytes(hashlib.sha256(named).digest()[:5], "big")
    return "".join(PSEUDONYM_LETTERS[number >> shift & 31] for shift in (35, 30, 25, 20, 15))


def text_of(values: Any, name: str) -> str:
    """Return a text out of a row's data; empty for anything else."""
    value = values.get(name) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""


def whole_of(values: Any, name: str) -> int | None:
    """Return a whole number that is not negative; None for anything else."""
    value = values.get(name) if isinstance(values, dict) else None
    return value if type(value) is int and value >= 0 else None


def texts_of(values: Any, name: str) -> list[str]:
    value = values.get(name) if isinstance(values, dict) else None
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def new_of(fields: Any, name: str) -> Any:
    """Return what a changed field holds now (rows tell old and new); None if it is not told."""
    change = fields.get(name) if isinstance(fields, dict) else None
    return change[1] if isinstance(change, list) and len(change) == 2 else None  # noqa: PLR2004 - old and new


def seconds_of(moment: str) -> int:
    """Return whole seconds since 1970 of a stored time."""
    read = datetime.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)  # noqa: UP017 - 3.11 alike
    return round(read.timestamp())


def view_line(place: Mapping[str, Any], kind: str, data: Any) -> dict[str, Any]:
    return {
        **place,
        "kind": kind,
        "view": text_of(data, "kind"),
        "purpose": text_of(data, "purpose"),
        "incident": text_of(data, "incident_number"),
        "through_incident": text_of(data, "incident") != "",
        "self_opened": isinstance(data, dict) and data.get("self_opened_incident") is True,
        "emergency": text_of(data, "basis") == "emergency",
        "law": text_of(data, "legal_basis"),
        "picture_ms": None,
        "seconds": None,
        "ended": "",
        "justified": "",
        "reviewed": "",
    }


def right_line(data: Any) -> dict[str, Any]:
    """Tell what became of the right to look."""
    fields = data.get("fields") if isinstance(data, dict) else None
    steps = (
        ("recorded", text_of(data, "op") == "created"),
        ("withdrawn", isinstance(new_of(fields, "withdrawn_at"), str)),
        ("paused", new_of(fields, "paused") is True),
        ("resumed", new_of(fields, "paused") is False),
        ("rested", isinstance(new_of(fields, "readdressed_by"), str) and new_of(fields, "readdressed_by") != ""),
        ("reconfirmed", new_of(fields, "readdressed_by") == ""),
        ("countersigned", isinstance(new_of(fields, "countersigned_at"), str)),
        ("replaced", new_of(fields, "current") is False),
        ("changed", True),
    )
    level, until = new_of(fields, "level"), new_of(fields, "expires_at")
    return {
        "kind": "right",
        "what": next(what for what, fits in steps if fits),
        "level": level if type(level) is int else None,
        "until": until if isinstance(until, str) else "",
    }


def camera_line(data: Any) -> dict[str, Any]:
    fields = data.get("fields") if isinstance(data, dict) else None
    named = sorted({*(fields if isinstance(fields, dict) else {}), *texts_of(data, "hidden")})
    steps = (
        ("registered", text_of(data, "op") == "created"),
        ("archived", new_of(fields, "archived") is True),
        ("restored", new_of(fields, "archived") is False),
        ("changed", True),
    )
    return {"kind": "camera", "what": next(what for what, fits in steps if fits), "fields": named}


CAMERA_EVENTS = {
    ("camera.address_destroyed", "camera"): "address_destroyed",
    ("record.changed", "address_tombstone"): "address_noted",
    ("record.changed", "connection_test"): "tested",
    ("address.watched", "address"): "watched",
    ("address.watch_ended", "address"): "watch_ended",
}


def other_line(place: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell everything that is no view: nothing on the camera's chain goes without a line."""
    named, data, subject = row["class"], row["data"], row["subject"][0]
    told: dict[str, Any] = {"kind": "other", "class": named, "about": subject if named == "record.changed" else ""}
    if named == "view.denied":
        told = {"kind": "refused", "purpose": text_of(data, "purpose"), "reason": text_of(data, "reason")}
    elif named == "record.changed" and subject == "authority":
        told = right_line(data)
    elif named == "record.changed" and subject == "camera":
        told = camera_line(data)
    elif (named, subject) in CAMERA_EVENTS:
        told = {"kind": "camera", "what": CAMERA_EVENTS[named, subject], "fields": []}
    elif named.startswith("consent."):
        told = {"kind": "consent", "what": named[len("consent.") :], "level": whole_of(data, "level")}
        told |= {"purposes": texts_of(data, "purposes")}
        told |= {name: text_of(data, name) for name in ("consent", "from", "until", "way")}
    elif named == "statement.issued":
        told = {"kind": "statement", "number": whole_of(data, "number")}
        told |= {name: text_of(data, name) for name in ("from", "until")}
    elif named == "statement.delayed":
        told = {"kind": "delay", "until": text_of(data, "until")}
    return {**place, **told}


def follow(line: dict[str, Any], row: Mapping[str, Any]) -> None:
    """Enter into a view's line what became of the view."""
    named, data = row["class"], row["data"]
    if named == "view.picture":
        line["picture_ms"] = whole_of(data, "after_ms")
    elif named == "view.ended":
        lasted = whole_of(data, "seconds")
        if line["ended"] == "" or (lasted or 0) > (line["seconds"] or 0):  # an end told once more shortens nothing
            line["seconds"], line["ended"] = lasted, text_of(data, "reason")
            line["at"] = row["at"] if line["kind"] == "earlier" else line["at"]
    elif named == "view.justified":
        line["justified"] = row["at"]
    else:
        line["reviewed"] = "ok" if isinstance(data, dict) and data.get("ok") is True else "not_ok"


FOLLOWING = ("view.picture", "view.ended", "view.justified", "view.reviewed")


def unconfirmed_of(
    places: Sequence[tuple[str, int, bool]], confirmed: Collection[tuple[str, int]]
) -> frozenset[tuple[str, int]]:
    """Return the places whose rows nothing confirms yet; each place tells writer, number, and whether its row waits.

    A row is confirmed by a head that names it, or by the row behind it. One that waits does not show what it stands on.
    """
    found, sure = set(), False
    for writer, number, waits in reversed(places):
        sure = sure or (writer, number) in confirmed
        if not (sure or waits):
            found.add((writer, number))
        sure = sure and not waits
    return frozenset(found)


def lines_of(
    rows: Sequence[Mapping[str, Any]], codes: Mapping[str, str], unconfirmed: Collection[tuple[str, int]]
) -> list[dict[str, Any]]:
    """Return a line for each row or view, oldest first. `codes` tells the pseudonym of every person."""
    lines: list[dict[str, Any]] = []
    views: dict[str, dict[str, Any]] = {}
    # What became of a view may stand at a writer that comes before the one that opened it: openings come first.
    for row in sorted(rows, key=lambda row: row["class"] != "view.opened"):
        named, actor = row["class"], row["actor"]
        who = codes[actor["person"]] if actor else ""
        place = {"at": row["at"], "writer": row["writer"], "n": row["camera"]["seq"]}
        place |= {"who": who, "role": actor["role"] if actor else ""}
        place |= {"confirmed": (row["writer"], row["camera"]["seq"]) not in unconfirmed}
        view = row["subject"][1]
        if named == "view.opened":
            lines.append(view_line(place, "view", row["data"]))
            views[view] = lines[-1]
        elif named in FOLLOWING:
            if view not in views:
                lines.append(view_line({**place, "who": "", "role": ""}, "earlier", None))
                views[view] = lines[-1]
            follow(views[view], row)
            views[view]["confirmed"] &= place["confirmed"]
        else:
            lines.append(other_line(place, row))
    return sorted(lines, key=lambda line: (line["at"], line["writer"], line["n"]))


def lines_within(lines: Sequence[Mapping[str, Any]], since: str, until: str) -> list[dict[str, Any]]:
    """Return the lines of a period, and of each view how many seconds of it lie there."""
    kept = [line for line in lines if is_within(line, since, until)]
    return [{**line, **({"within": within_of(line, since, until)} if "seconds" in line else {})} for line in kept]


def is_within(line: Mapping[str, Any], since: str, until: str) -> bool:
    """Tell whether a line belongs to a period: what began in it, and a view that ran into it or through all of it."""
    if line["kind"] == "earlier" and line["at"] >= until:
        # Known by its end only: it had begun before these entries.
        return line["seconds"] is not None and seconds_of(line["at"]) - line["seconds"] < seconds_of(until)
    if line["at"] >= until:
        return False
    if line["kind"] != "view" or line["at"] >= since:
        return bool(line["at"] >= since)
    # Whole seconds are recorded: it may have run for a part of one more.
    before = seconds_of(since) - seconds_of(line["at"]), since[19:]
    return line["seconds"] is None or before < (line["seconds"] + 1, line["at"][19:])


def within_of(line: Mapping[str, Any], since: str, until: str) -> int | None:
    """Return how many seconds of a period a view took; None where no end is recorded."""
    if line["seconds"] is None:
        return None
    at, lasted = seconds_of(line["at"]), line["seconds"]
    begin, end = (at - lasted, at) if line["kind"] == "earlier" else (at, at + lasted)
    return max(0, min(end, seconds_of(until)) - max(begin, seconds_of(since)))


def is_view(line: Mapping[str, Any]) -> bool:
    """Tell whether a line counts: no test without a picture, and one from before if picture or end tell that it ran."""
    if line["kind"] == "earlier":
        return line["seconds"] is not None or line["picture_ms"] is not None
    return bool(line["kind"] == "view" and (line["view"] != "probe" or line["picture_ms"] is not None))


def totals_of(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count what an owner asks first."""
    views = [line for line in lines if is_view(line)]
    return {
        "views": len(views),
        "seconds": sum(line["within"] or 0 for line in views),
        "running": sum(line["kind"] == "view" and line["ended"] == "" for line in views),
        "refused": sum(line["kind"] == "refused" for line in lines),
        "emergency": sum(line["emergency"] for line in views),
        "self_opened": sum(line["self_opened"] for line in views),
        "unjustified": sum(line["purpose"] == "urgent" and line["justified"] == "" for line in views),
    }


# --- lines: end ---


FORMAT = "ccoc-statement-1"
LARGEST = 64 * 1024 * 1024
DEEPEST = 32
LARGEST_NUMBER = 2**53 - 1
NO_HASH = "0" * 64
PROVED, FALSE, UNKNOWN = 0, 1, 2


class Fault(Exception):
    """The first thing that keeps the file from being proved; `verdict` is the exit code."""

    def __init__(self, verdict: int, code: str) -> None:
        super().__init__(code)
        self.verdict, self.code = verdict, code


# Ed25519 (RFC 8032), to check only

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = add(found, point)
        point, factor = add(point, point), factor >> 1
    return found


def point_of(data: bytes) -> Point | None:
    """Read a point of the curve; None for bytes that name none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature of 64 bytes is the key's over the message."""
    maker, random = point_of(key), point_of(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or maker is None or random is None or factor >= L:  # noqa: PLR2004 - RFC 8032
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(factor, BASE), add(random, times(digest, maker))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Reading strictly: what two readers could read in two ways is refused


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key stands twice")
    return values


def refuse(text: str) -> NoReturn:
    raise ValueError(text)


def whole(text: str) -> int:
    return int(text) if len(text) < 18 and abs(int(text)) <= LARGEST_NUMBER else refuse(text)  # noqa: PLR2004


def finite(text: str) -> float:
    return float(text) if math.isfinite(float(text)) else refuse(text)


STRICT = json.JSONDecoder(object_pairs_hook=unique, parse_int=whole, parse_float=finite, parse_constant=refuse)


def parsed(data: bytes) -> dict[str, Any]:
    """Read one JSON object, or raise ValueError."""
    try:
        values = STRICT.decode(data.decode("utf-8"))
    except RecursionError:
        refuse("too deep")
    sound(values, DEEPEST)
    return values if isinstance(values, dict) else refuse("no object")


def sound(value: Any, depth: int) -> None:
    """Refuse half characters, which have no UTF-8, and what is nested too deep."""
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, (list, dict)):
        if depth == 0:
            refuse("too deep")
        for each in value if isinstance(value, list) else [*value, *value.values()]:
            sound(each, depth - 1)


def bytes_of(text: Any) -> bytes:
    """Read Base64 in its one spelling, or raise ValueError."""
    data = base64.b64decode(text if isinstance(text, str) else refuse("no text"), validate=True)
    return data if base64.b64encode(data).decode("ascii") == text else refuse("another spelling")


TIME = r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"


def is_time(text: Any) -> bool:
    if not isinstance(text, str) or not re.fullmatch(TIME, text):
        return False
    try:
        return bool(seconds_of(text) or True)
    except ValueError:
        return False


def is_hash(text: Any) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[0-9a-f]{64}", text) is not None


def is_name(text: Any) -> bool:
    """Tell whether it is an id of a writer, camera or station: printable ASCII, so that all sort it alike."""
    return isinstance(text, str) and re.fullmatch(r"[!-~]{1,128}", text) is not None


def has(value: Any, **shape: Any) -> bool:
    """Tell whether an object has exactly these keys with values of these types (a bool is no number)."""
    return (
        isinstance(value, dict)
        and value.keys() == shape.keys()
        and all(type(value[key]) in (kind if isinstance(kind, tuple) else (kind,)) for key, kind in shape.items())
    )


NOTHING = type(None)


def is_statement(values: Any) -> bool:
    texts = ("format", "station", "station_name", "camera", "camera_name", "key", "signature")
    shape = {**dict.fromkeys(texts, str), "period": dict, "from_head": (dict, NOTHING), "heads_between": list}
    if not has(values, **shape, head=dict, rows=list, claims=dict, unheard=list):
        return False
    heads = [values["head"], *values["heads_between"], *([] if values["from_head"] is None else [values["from_head"]])]
    claims, period = values["claims"], values["period"]
    return (
        is_name(values["station"])
        and is_name(values["camera"])
        and has(period, since=str, until=str)
        and is_time(period["since"])
        and is_time(period["until"])
        and period["since"] < period["until"]
        and all(has(head, body=str, signature=str) for head in heads)
        and has(claims, names=dict, incidents=dict, delays=list)
        and all(isinstance(text, str) for part in ("names", "incidents") for text in claims[part].values())
        and all(is_time(text) for text in claims["delays"])
        and all(has(each, writer=str, last_at=str) and is_time(each["last_at"]) for each in values["unheard"])
        and all(has(row, b=str) or has(row, delayed=bool, writer=str, seq=int, hash=str) for row in values["rows"])
    )


# Checking


def hash_of(domain: bytes, body: bytes) -> str:
    return hashlib.sha256(domain + body).hexdigest()


HEAD, ROW, FILE = b"ccoc-camera-head\0", b"ccoc-journal\0", b"ccoc-statement\0"


def read_head(part: Any, key: bytes) -> dict[str, Any]:
    """Return what a signed head says, its own hash beside it; anything wrong is a ValueError."""
    body, signature = bytes_of(part["body"]), bytes_of(part["signature"])
    values = parsed(body[1:]) if body[:1] == b"\x01" else refuse("version")
    shape = {**dict.fromkeys(("station", "camera", "at", "prev", "key"), str), "number": int, "writers": dict}
    good = (
        has(values, **shape)
        and is_time(values["at"])
        and is_hash(values["prev"])
        and values["key"] == hashlib.sha256(key).hexdigest()
        and values["number"] > 0
        and all(
            is_name(name) and isinstance(end, list) and [type(each) for each in end] == [int, str] and end[0] > 0
            for name, end in values["writers"].items()
        )
        and is_signed(key, HEAD + body, signature)
    )
    return {**values, "hash": hash_of(HEAD, body)} if good else refuse("head")


def read_row(text: str) -> dict[str, Any]:
    """Return what a row says, its own hash beside it; anything that no console writes is a ValueError."""
    body = bytes_of(text)
    row = parsed(body[1:]) if body[:1] == b"\x01" else refuse("version")
    texts = dict.fromkeys(("station", "writer", "prev", "at", "class", "command", "action"), str)
    rest = {"seq": int, "subject": list, "camera": dict, "actor": (dict, NOTHING), "data": dict, "personal": dict}
    good = (
        has(row, **texts, **rest)
        and is_time(row["at"])
        and [type(each) for each in row["subject"]] == [str, str]
        and has(row["camera"], id=str, seq=int, prev=str)
        and (row["actor"] is None or has(row["actor"], person=str, role=str, session=str))
    )
    return {**row, "hash": hash_of(ROW, body)} if good else refuse("row")


def read_heads(values: dict[str, Any], key: bytes) -> list[dict[str, Any]]:
    """Return the heads, the one the statement begins at first; each must follow the one before."""
    begin = [values["from_head"]] if values["from_head"] else []
    try:
        heads = [read_head(part, key) for part in (*begin, *values["heads_between"], values["head"])]
    except ValueError:
        raise Fault(FALSE, "head") from None
    if any((head["station"], head["camera"]) != (values["station"], values["camera"]) for head in heads):
        raise Fault(FALSE, "head")
    if begin and heads[0]["at"] > values["period"]["since"]:
        raise Fault(FALSE, "begins_late")
    former: dict[str, Any] = {"number": 0, "hash": NO_HASH, "writers": {}}
    for head in heads:
        follows = head["number"] == former["number"] + 1 and head["prev"] == former["hash"]
        grown = all(head["writers"].get(name, [0])[0] >= end[0] for name, end in former["writers"].items())
        if not (grown and (follows or (begin and head is heads[0]))):
            raise Fault(FALSE, "heads_chain")
        former = head
    return heads


def read_rows(values: dict[str, Any], heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that are told; each writer's must lead without a gap from the first head to the last."""
    begin = heads[0]["writers"] if values["from_head"] else {}
    confirmed: dict[tuple[str, int], set[str]] = {}
    for head in heads:
        for name, (number, named) in head["writers"].items():
            confirmed.setdefault((name, number), set()).add(named)
    rows, told = iter(values["rows"]), []
    for name, (last, _named) in sorted(heads[-1]["writers"].items()):
        number, former = begin.get(name, [0, NO_HASH])
        check_head(confirmed, (name, number), former)
        while number < last:
            number += 1
            part = next(rows, None)
            if part is None:
                raise Fault(FALSE, "rows_order")
            if "b" in part:
                row = link(values, part["b"], (name, number, former))
                told.append(row)
                former = row["hash"]
            elif (part["writer"], part["seq"], part["delayed"]) == (name, number, True) and is_hash(part["hash"]):
                former = part["hash"]
            else:
                raise Fault(FALSE, "rows_order")
            check_head(confirmed, (name, number), former)
    if next(rows, None) is not None:
        raise Fault(FALSE, "rows_order")
    return told


def check_head(confirmed: dict[tuple[str, int], set[str]], place: tuple[str, int], found: str) -> None:
    if confirmed.get(place, {found}) != {found}:
        raise Fault(FALSE, "head_rows")


def link(values: dict[str, Any], text: str, place: tuple[str, int, str]) -> dict[str, Any]:
    """Read a row and compare it with the place where it must stand."""
    try:
        row = read_row(text)
    except ValueError:
        raise Fault(FALSE, "row_bytes") from None
    if (row["station"], row["camera"]["id"]) != (values["station"], values["camera"]):
        raise Fault(FALSE, "row_place")
    if (row["writer"], row["camera"]["seq"]) != place[:2]:
        raise Fault(FALSE, "rows_order")
    if row["camera"]["prev"] != place[2]:
        raise Fault(FALSE, "row_chain")
    return row


def check_entry(values: dict[str, Any], heads: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bool:
    """Tell whether an entry names this statement; one that gives its number another period or beginning is a fault."""
    begin = [heads[0]["number"], heads[0]["hash"]] if values["from_head"] else None
    named = {"from": values["period"]["since"], "until": values["period"]["until"]}
    found = False
    for data in (row["data"] for row in rows if row["class"] == "statement.issued"):
        if whole_of(data, "number") != heads[-1]["number"]:
            continue
        differs = any(name in data and data[name] != text for name, text in named.items())
        if differs or ("head" in data and not same_head(data["head"], begin)):
            raise Fault(FALSE, "entry")
        found = found or named.keys() <= data.keys()
    return found


def same_head(one: Any, other: list[Any] | None) -> bool:
    """Compare number and hash of a head; a truth is no number."""
    return one == other and (one is None or [type(each) for each in one] == [int, str])


def check_holds(heads: list[dict[str, Any]], holds: str, key: bytes, until: str) -> None:
    """Compare with what the owner has from before: NUMBER:HASH, an earlier statement, or a head of one."""
    try:
        number, named, place = held(holds, key)
    except (ValueError, OSError, KeyError, TypeError):
        raise Fault(UNKNOWN, "holds") from None
    if place not in (None, (heads[0]["station"], heads[0]["camera"])):
        raise Fault(UNKNOWN, "holds_camera")
    if number < heads[0]["number"]:
        raise Fault(UNKNOWN, "holds_before")
    if number > heads[-1]["number"] and heads[-1]["at"] >= until:
        raise Fault(UNKNOWN, "holds_newer")
    if number > heads[-1]["number"]:
        raise Fault(FALSE, "holds_after")
    if not heads[number - heads[0]["number"]]["hash"].startswith(named):
        raise Fault(FALSE, "holds_differs")


BLANKS = "[\\s\x1c-\x1f\x85\u200b\u2060\ufeff]"
"""What may stand between typed characters, where the two readers' languages do not mean the same by a blank."""


def held(holds: str, key: bytes) -> tuple[int, str, tuple[str, str] | None]:
    """Return number and hash of the head, and where a file tells it, station and camera."""
    typed = re.fullmatch(r"([0-9]{1,9}):([0-9a-f]{16,64})", re.sub(BLANKS, "", holds).lower())
    if typed:
        return int(typed[1]), typed[2], None
    values = parsed(Path(holds).read_bytes())
    head = read_head(values.get("head", values), key)
    return head["number"], head["hash"], (head["station"], head["camera"])


def fingerprint_of(text: str) -> str:
    """Read a fingerprint as it stands on paper, in groups."""
    found = re.sub(f"{BLANKS}|[:-]", "", text).lower()
    if not is_hash(found):
        raise Fault(UNKNOWN, "fingerprint")
    return found


def verify(data: bytes, fingerprint: str, holds: str | None = None) -> dict[str, Any]:
    """Return what the file proves, or raise `Fault`."""
    wanted = fingerprint_of(fingerprint)
    try:
        values = parsed(data) if len(data) <= LARGEST else refuse("too large")
    except ValueError:
        raise Fault(UNKNOWN, "unreadable") from None
    if values.get("format") != FORMAT:
        raise Fault(UNKNOWN, "format")
    if not is_statement(values):
        raise Fault(UNKNOWN, "shape")
    try:
        key, signature = bytes_of(values["key"]), bytes_of(values["signature"])
    except ValueError:
        raise Fault(UNKNOWN, "shape") from None
    if len(key) != 32 or hashlib.sha256(key).hexdigest() != wanted:  # noqa: PLR2004 - RFC 8032
        raise Fault(FALSE, "key")
    ending = f',"signature":"{values["signature"]}"}}\n'.encode()
    if not data.endswith(ending) or not is_signed(key, FILE + data.removesuffix(ending), signature):
        raise Fault(FALSE, "signature")
    heads = read_heads(values, key)
    rows = read_rows(values, heads)
    listed = check_entry(values, heads, rows)
    if holds is not None:
        check_holds(heads, holds, key, values["period"]["until"])
    return {**answer(values, heads, rows), "listed": listed, "holds": holds is not None}


def answer(values: dict[str, Any], heads: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    people = {row["actor"]["person"] for row in rows if row["actor"]}
    codes = {person: pseudonym(values["station"], values["camera"], person) for person in people}
    shown = iter(rows)
    parts = (part if "delayed" in part else next(shown) for part in values["rows"])
    places = [
        (part["writer"], part["seq"], True) if "delayed" in part else (part["writer"], part["camera"]["seq"], False)
        for part in parts
    ]
    unconfirmed = unconfirmed_of(places, {(name, end[0]) for head in heads for name, end in head["writers"].items()})
    lines = lines_of(rows, codes, unconfirmed)
    within = lines_within(lines, values["period"]["since"], values["period"]["until"])
    kept = {name: values[name] for name in ("station_name", "camera_name", "period", "claims", "unheard")}
    return {
        **kept,
        "from": heads[0]["number"] if values["from_head"] else 0,
        "head": {"number": heads[-1]["number"], "hash": heads[-1]["hash"], "at": heads[-1]["at"]},
        "rows": len(values["rows"]),
        "delayed": len(values["rows"]) - len(rows),
        "unconfirmed": len(unconfirmed),
        "lines": within,
        "outside": len(lines) - len(within),
        "totals": totals_of(within),
    }


# Words

WORDS = """
purpose.incident|Incident|มีเหตุ
purpose.sos|SOS|SOS
purpose.risk_spot|Planned watch of a risk spot|เฝ้าระวังจุดเสี่ยงตามแผน
purpose.follow|Following a suspect person or vehicle|ติดตามบุคคล–รถต้องสงสัย
purpose.traffic|Traffic|จราจร
purpose.camera_check|Checking the camera's state|ตรวจสอบสถานะกล้อง
purpose.investigation|At an investigator's request|ตามคำขอพนักงานสอบสวน
purpose.demonstration|Demonstration (with consent)|สาธิต (ได้รับความยินยอม)
purpose.urgent|Urgent|ด่วน
purpose.setup|Set-up of the camera|ติดตั้งและตั้งค่ากล้อง
role.duty_officer|CCOC duty officer|เจ้าหน้าที่เวร CCOC
role.shift_lead|Shift lead|หัวหน้าเวร/ร้อยเวร 20
role.operations_deputy|Deputy superintendent (operations)|รอง ผกก.ป.
role.superintendent|Superintendent|ผกก.
role.camera_registrar|Camera registrar|เจ้าหน้าที่ทะเบียนกล้อง
role.it|System administrator (IT)|ผู้ดูแลระบบ (IT)
role.auditor|Auditor / DPO|ผู้ตรวจสอบ/DPO
view.wall|On the wall|บนกระดานกล้อง
view.focus|Enlarged|ขยายภาพ
view.tour|On a tour|ดูวนตามรอบ
view.prewarm|Held ready|เตรียมไว้
view.probe|Connection test (no picture)|ทดสอบการเชื่อมต่อ (ไม่มีภาพ)
ended.closed|closed by the officer|เจ้าหน้าที่ปิดเอง
ended.replaced|another camera put in its place|เปลี่ยนเป็นกล้องอื่น
ended.visitors|visitors in the room|มีผู้เยี่ยมชม
ended.handover|shift handed over|ส่งเวร
ended.lock|console locked|ล็อกเครื่อง
ended.logout|logged out|ออกจากระบบ
ended.purpose_changed|purpose changed|เปลี่ยนเหตุผลการดู
ended.right_ended|the permitted time ended|สิ้นสุดเวลาที่ได้รับอนุญาต
ended.withdrawn|the owner withdrew|เจ้าของถอนความยินยอม
ended.paused|the owner paused|เจ้าของพักการเชื่อมโยง
ended.address_changed|the camera's address was changed|ที่อยู่ของกล้องเปลี่ยน
ended.incident_closed|the incident was closed|ปิดเหตุแล้ว
ended.slept|the computer slept|เครื่องพักการทำงาน
ended.shutdown|console closed|ปิดโปรแกรม
ended.crashed|console ended unexpectedly|โปรแกรมหยุดทำงานโดยไม่คาดคิด
ended.journal_failed|the access journal could not be written|ลงบันทึกการเข้าถึงไม่ได้
ended.not_started|the view could not be started|เริ่มการดูไม่ได้
reason.role|your position does not include this|ตำแหน่งของท่านไม่มีหน้าที่นี้
reason.not_logged_in|nobody is logged in at this console|ยังไม่มีผู้เข้าสู่ระบบที่เครื่องนี้
reason.no_authority|no right to look is recorded for this camera|ยังไม่มีการบันทึกสิทธิ์ดูของกล้องนี้
reason.not_countersigned|the superintendent has not countersigned yet|ผกก. ยังไม่ได้ลงนามกำกับ
reason.withdrawn|the owner withdrew the permission|เจ้าของถอนความยินยอมแล้ว
reason.paused_by_owner|the owner has paused the link|เจ้าของพักการเชื่อมโยง
reason.not_yet_valid|the permission has not begun|หนังสือยินยอมยังไม่เริ่มมีผล
reason.expired|the permission has expired|หนังสือยินยอมหมดอายุแล้ว
reason.address_changed|the camera's address was changed; its owner has not confirmed the camera yet|ที่อยู่ของกล้องเปลี่ยน เจ้าของยังไม่ได้ยืนยันกล้อง
reason.outside_hours|outside the hours the owner allows|นอกช่วงเวลาที่เจ้าของอนุญาต
reason.register_only|the owner only registered the camera; ask for footage case by case|เจ้าของขึ้นทะเบียนกล้องอย่างเดียว ต้องขอภาพเป็นรายครั้ง
reason.no_incident|only while an incident nearby is open; choose the incident|เจ้าของให้ดูเฉพาะเมื่อมีเหตุในรัศมี กรุณาเลือกเหตุก่อน
reason.incident_closed|the incident is closed|เหตุนี้ปิดแล้ว
reason.incident_too_far|the incident is outside the radius the owner allows|จุดเกิดเหตุอยู่นอกรัศมีที่เจ้าของอนุญาต
reason.purpose_not_allowed|the owner does not allow this purpose|เจ้าของไม่อนุญาตให้ดูด้วยเหตุผลนี้
reason.knowledge_too_old|the permissions known here are too old; connect to the database first|ข้อมูลสิทธิ์ในเครื่องนี้เก่าเกินไป กรุณาเชื่อมต่อฐานข้อมูลก่อน
reason.clock_set_back|this computer's clock is behind the access journal; correct the clock, or have a superintendent confirm it|นาฬิกาของเครื่องช้ากว่าบันทึกการเข้าถึง กรุณาแก้นาฬิกา หรือให้ ผกก. ยืนยันนาฬิกา
reason.journal_unavailable|the access journal cannot be written, so no picture is opened|ลงบันทึกการเข้าถึงไม่ได้ จึงไม่เปิดภาพ
reason.vault_locked|the camera passwords are locked; log in again|ที่เก็บรหัสผ่านกล้องถูกล็อก กรุณาเข้าสู่ระบบอีกครั้ง
reason.unknown_camera|this camera is not in the register|ไม่มีกล้องนี้ในทะเบียน
reason.no_address|the camera's address is not recorded yet|ยังไม่ได้บันทึกที่อยู่ของกล้อง
reason.fingerprint_taken|the same camera is already registered under another permission|กล้องตัวเดียวกันขึ้นทะเบียนไว้กับหนังสือยินยอมฉบับอื่นแล้ว
reason.unencrypted_public|the camera sends unencrypted over the internet; the superintendent must approve|กล้องส่งภาพผ่านอินเทอร์เน็ตโดยไม่เข้ารหัส ต้องให้ ผกก. อนุมัติก่อน
reason.forbidden_scheme|this kind of address is not allowed (only rtsp, rtsps, http, https)|ไม่อนุญาตที่อยู่ชนิดนี้ (ใช้ได้เฉพาะ rtsp, rtsps, http, https)
reason.visitors|visitors in the room: private cameras are dark|มีผู้เยี่ยมชม ปิดภาพกล้องเอกชนไว้
reason.emergency_over|the emergency access to this camera is over|หมดเวลาเปิดกล้องนี้กรณีฉุกเฉินแล้ว
reason.emergency_not_here|emergency access is for owners' cameras only|การเปิดกรณีฉุกเฉินใช้ได้เฉพาะกล้องของเจ้าของเอกชน
reason.locked|this console is locked|เครื่องนี้ถูกล็อกอยู่
reason.engine_unavailable|the video part of the program cannot start; tell IT|ส่วนแสดงภาพของโปรแกรมเริ่มไม่ได้ กรุณาแจ้งผู้ดูแลระบบ
level.0|Level 0 – registered only, no live picture|ระดับ 0 ขึ้นทะเบียนอย่างเดียว ไม่มีภาพสด
level.1|Level 1 – live only while an incident nearby is open|ระดับ 1 ดูสดเมื่อมีเหตุที่เปิดอยู่ในรัศมี
level.2|Level 2 – live in set hours|ระดับ 2 ดูสดในช่วงเวลาที่กำหนด
level.3|Level 3 – live round the clock|ระดับ 3 ดูสดตลอด 24 ชม.
outcome.settled|Settled|ยุติเหตุ
outcome.to_investigator|Passed to the investigator|ส่งต่อพนักงานสอบสวน
outcome.to_other_agency|Passed to another agency|ส่งต่อหน่วยอื่น
outcome.nothing_found|Nothing found|ไม่พบเหตุ
outcome.false_report|False report or prank|แจ้งเท็จ/ก่อกวน
outcome.duplicate|Same as another incident|ซ้ำกับเหตุอื่น
outcome.cancelled|Cancelled|ยกเลิก
right.recorded|Right to look recorded|บันทึกสิทธิ์การดู
right.withdrawn|Right to look withdrawn|ถอนสิทธิ์การดู
right.paused|Right to look paused|พักสิทธิ์การดู
right.resumed|Right to look in force again|สิทธิ์การดูกลับมามีผล
right.rested|Right to look rests: the camera's address was changed|พักสิทธิ์การดู: ที่อยู่ของกล้องเปลี่ยน
right.reconfirmed|Owner's word for the camera's address written down|บันทึกคำยืนยันของเจ้าของเรื่องที่อยู่ของกล้อง
right.countersigned|Right to look countersigned|ผกก. ลงนามกำกับสิทธิ์การดู
right.replaced|Right to look replaced by a newer one|สิทธิ์การดูเดิมถูกแทนด้วยฉบับใหม่
right.changed|Right to look changed|แก้ไขสิทธิ์การดู
camera.registered|Camera entered in the register|ขึ้นทะเบียนกล้อง
camera.archived|Camera taken out of use|เลิกใช้กล้อง
camera.restored|Camera taken into use again|นำกล้องกลับมาใช้
camera.changed|Camera's entry changed|แก้ไขข้อมูลกล้อง
camera.address_destroyed|Camera's address and password destroyed|ทำลายที่อยู่และรหัสผ่านของกล้อง
camera.address_noted|Mark of a former address kept, so that it cannot come back unseen|เก็บเครื่องหมายของที่อยู่เดิมไว้ ไม่ให้นำกลับมาใช้โดยไม่มีใครรู้
camera.tested|Result of a connection test noted (no picture)|บันทึกผลทดสอบการเชื่อมต่อ (ไม่มีภาพ)
camera.watched|Address watched for set-up (no picture)|เฝ้าดูที่อยู่กล้องเพื่อตั้งค่า (ไม่มีภาพ)
camera.watch_ended|Watch of the address ended|สิ้นสุดการเฝ้าดูที่อยู่กล้อง
consent.signed|Consent signed|ลงนามหนังสือยินยอม
consent.paused|Consent paused by the owner|เจ้าของพักความยินยอม
consent.resumed|Consent in force again|ความยินยอมกลับมามีผล
consent.withdrawn|Consent withdrawn by the owner|เจ้าของถอนความยินยอม
consent.refused|Consent refused|เจ้าของปฏิเสธ
consent.voided|Consent void|หนังสือยินยอมเป็นโมฆะ
consent.superseded|Consent replaced by a newer one|หนังสือยินยอมถูกแทนด้วยฉบับใหม่
consent.readdressed|Camera's address changed: the link rests until the owner confirms the camera|ที่อยู่ของกล้องเปลี่ยน: พักการเชื่อมโยงจนกว่าเจ้าของจะยืนยันกล้อง
consent.reconfirmed|Owner confirmed the camera at its new address|เจ้าของยืนยันกล้องที่ที่อยู่ใหม่
line.view|Watched|ดูภาพ
line.earlier|A view that began before these entries|การดูที่เริ่มก่อนรายการในไฟล์นี้
line.refused|Was refused|ขอดูแต่ระบบไม่อนุญาต
line.consent|Consent|หนังสือยินยอม
line.statement|Statement made for the owner|จัดทำรายงานให้เจ้าของกล้อง
line.delay|Lines of a sensitive case wait until {until}|ชะลอการแจ้งรายการของคดีที่อ่อนไหวถึง {until}
line.other|Other entry: {class}|รายการอื่น: {class}
part.lasted|for {time}|นาน {time}
part.within|{time} of it in this period|เฉพาะในช่วงเวลานี้ {time}
part.no_end|its end is not among these entries|การสิ้นสุดไม่อยู่ในรายการเหล่านี้
part.running|no end is recorded yet|ยังไม่มีบันทึกการสิ้นสุด
part.no_picture|no picture was shown|ไม่มีภาพแสดง
part.picture|first picture after {n} s|ภาพแรกหลัง {n} วินาที
part.incident|incident {n}|เลขรับเหตุ {n}
part.some_incident|through an incident|ผ่านเหตุที่เปิดไว้
part.self_opened|through an incident that the viewer opened|ผ่านเหตุที่ผู้ดูเปิดเอง
part.reviewed|reviewed: in order|หัวหน้าเวรตรวจแล้ว: ถูกต้อง
part.not_ok|reviewed: not in order|หัวหน้าเวรตรวจแล้ว: ไม่ถูกต้อง
part.not_reviewed|not reviewed yet|ยังไม่ได้ตรวจทาน
part.emergency|EMERGENCY OVERRIDE by the superintendent|ใช้อำนาจฉุกเฉินโดย ผกก.
law.danger_to_life|Danger to life, body or health (PDPA s.24 (2))|พ.ร.บ.คุ้มครองข้อมูลฯ ม.24(2): ภัยต่อชีวิต ร่างกาย สุขภาพ
law.criminal_procedure|Criminal Procedure Code: an offence in progress|ป.วิ.อ.: ความผิดซึ่งหน้าหรือการสืบสวนเหตุที่กำลังเกิด
law.police_act|National Police Act: safety of the public|พ.ร.บ.ตำรวจแห่งชาติ: รักษาความปลอดภัยของประชาชน
part.justified|urgent, explained later|ด่วน ชี้แจงภายหลังแล้ว
part.unjustified|urgent, NOT explained|ด่วน ยังไม่ได้ชี้แจง
part.unconfirmed|not confirmed yet|ยังไม่ยืนยัน
way.paper|by letter or paper|เป็นหนังสือ
way.phone|by telephone|ทางโทรศัพท์
way.visit|in person|มาด้วยตนเอง
way.screen|at the screen|ที่หน้าจอ
part.until|until {until}|ถึง {until}
part.period|{from} – {until}|{from} – {until}
part.number|no. {n}|เลขที่ {n}
time.s|{s} s|{s} วินาที
time.m|{m} min {s} s|{m} นาที {s} วินาที
time.h|{h} h {m} min|{h} ชม. {m} นาที
page.title|Check your camera's report|ตรวจรายงานการใช้ภาพจากกล้องของท่าน
page.about|This page checks on your own device whether the report that the station gave you is whole and unchanged.|หน้านี้ตรวจบนเครื่องของท่านเองว่า รายงานที่สถานีให้ไว้ครบถ้วนและไม่ถูกแก้ไข
page.offline|It works without the internet: your file goes nowhere.|ทำงานได้โดยไม่ใช้อินเทอร์เน็ต ไฟล์ของท่านไม่ถูกส่งไปที่ใด
page.file|1. The report file|๑. ไฟล์รายงาน
page.drop|Choose the file, or drop it here (.json)|เลือกไฟล์ หรือลากมาวางที่นี่ (.json)
page.fingerprint|2. The key's fingerprint on your paper receipt|๒. ลายนิ้วมือกุญแจบนใบรับที่เป็นกระดาษ
page.fingerprint_help|64 characters in groups; blanks and capitals do not matter. Take it from your own receipt, not from the file or a message.|64 ตัว แบ่งเป็นกลุ่ม เว้นวรรคหรือตัวพิมพ์ใหญ่ได้ ให้ดูจากใบรับของท่านเอง ไม่ใช่จากไฟล์หรือข้อความที่ส่งมา
page.scan|Photograph the QR code of the receipt|ถ่ายภาพ QR บนใบรับ
page.holds|3. If you have an earlier confirmation (not required)|๓. หากมีจุดยืนยันเดิม (ไม่บังคับ)
page.holds_help|Number, colon and the first 16 characters or more, such as 3:9f2c41d07be85a16; or the file of an earlier report.|ลำดับที่ เครื่องหมาย : และอักษร 16 ตัวแรกขึ้นไป เช่น 3:9f2c41d07be85a16 หรือไฟล์รายงานฉบับก่อน
page.earlier|File of an earlier report|ไฟล์รายงานฉบับก่อน
page.check|Check|ตรวจสอบ
result.0|Proved: the file is whole and unchanged|พิสูจน์ได้: ไฟล์ครบถ้วนและไม่ถูกแก้ไข
result.1|FALSE: do not trust this file|ไม่ถูกต้อง: อย่าเชื่อไฟล์นี้
result.2|Cannot be judged|ยังตรวจไม่ได้
problem.fingerprint|The fingerprint is missing or not written whole: 64 characters, digits and the letters a to f. It stands on your paper receipt.|ยังไม่มีลายนิ้วมือกุญแจ หรือพิมพ์ไม่ครบ: ต้องมี 64 ตัว เป็นตัวเลขและอักษร a ถึง f ดูได้จากใบรับที่เป็นกระดาษ
problem.unreadable|The file cannot be read: it is damaged, cut off or no statement.|อ่านไฟล์ไม่ได้: ไฟล์เสีย ขาดหาย หรือไม่ใช่ไฟล์รายงาน
problem.stopped|The check could not be finished on this device: not enough memory, or a fault of the checking program.|ตรวจไม่เสร็จบนเครื่องนี้: หน่วยความจำไม่พอ หรือโปรแกรมตรวจสอบขัดข้อง
problem.format|The file is of another format. Get the newest checking page from the station.|ไฟล์เป็นรูปแบบอื่น กรุณาขอหน้าตรวจสอบรุ่นใหม่จากสถานี
problem.shape|The file is not built as a statement is.|โครงสร้างของไฟล์ไม่ใช่ไฟล์รายงาน
problem.browser|This browser cannot check signatures (Ed25519): it is too old, or does not allow it for a file opened in this way. Use Chrome or Edge 137, Firefox 130, Safari 17 or later, on a computer if need be.|เบราว์เซอร์นี้ตรวจลายเซ็น (Ed25519) ไม่ได้: เก่าเกินไป หรือไม่อนุญาตสำหรับไฟล์ที่เปิดด้วยวิธีนี้ กรุณาใช้ Chrome หรือ Edge 137, Firefox 130, Safari 17 ขึ้นไป หรือเปิดบนคอมพิวเตอร์
problem.key|The file was signed with another key than the one on your receipt. If you typed the fingerprint, compare it once more.|ไฟล์ลงลายเซ็นด้วยกุญแจอื่น ไม่ใช่กุญแจบนใบรับของท่าน หากพิมพ์ลายนิ้วมือเอง กรุณาเทียบอีกครั้ง
problem.signature|The file was changed after the station signed it.|ไฟล์ถูกแก้ไขหลังจากสถานีลงลายเซ็น
problem.head|A confirmation in the file is not one that the station signed for this camera.|จุดยืนยันในไฟล์ไม่ใช่จุดที่สถานีลงลายเซ็นไว้สำหรับกล้องนี้
problem.heads_chain|The confirmations in the file do not follow one another.|จุดยืนยันในไฟล์ไม่ต่อเนื่องกัน
problem.row_bytes|An entry is not one that the console writes.|มีรายการที่ไม่ใช่รายการซึ่งระบบบันทึก
problem.row_place|An entry belongs to another camera or station.|มีรายการที่เป็นของกล้องอื่นหรือสถานีอื่น
problem.rows_order|An entry is missing, stands twice, is too much or in the wrong place.|มีรายการขาดหาย ซ้ำ เกิน หรือผิดลำดับ
problem.row_chain|An entry does not follow the one before: one was changed or exchanged.|มีรายการที่ไม่ต่อจากรายการก่อนหน้า: มีการแก้ไขหรือสลับรายการ
problem.head_rows|The entries are not those that a confirmation confirms.|รายการไม่ตรงกับที่จุดยืนยันรับรองไว้
problem.begins_late|The file begins after its period does: entries of the time before are left out.|ไฟล์เริ่มหลังช่วงเวลาที่ระบุ: ไม่มีรายการก่อนหน้านั้น
problem.entry|The access log names another period or beginning for the report of this number.|บันทึกการเข้าถึงระบุช่วงเวลาหรือจุดเริ่มต้นอื่นสำหรับรายงานเลขที่นี้
problem.holds|What you hold from before is not a confirmation or a statement of this station's key.|สิ่งที่ท่านเก็บไว้ไม่ใช่จุดยืนยันหรือรายงานของกุญแจสถานีนี้
problem.holds_camera|The earlier report that you gave is about another camera. Take one of this camera.|รายงานฉบับก่อนที่ท่านให้มาเป็นของกล้องอื่น กรุณาใช้ฉบับของกล้องนี้
problem.holds_before|This file begins after the confirmation that you hold. Ask for a statement that begins earlier.|ไฟล์นี้เริ่มหลังจุดยืนยันที่ท่านถืออยู่ กรุณาขอรายงานที่เริ่มก่อนหน้านั้น
problem.holds_after|This file ends before the confirmation that you hold: it leaves out what came after.|ไฟล์นี้จบก่อนจุดยืนยันที่ท่านถืออยู่: ไม่มีรายการหลังจากนั้น
problem.holds_newer|This file is older than the confirmation that you hold, and its period had ended: the two cannot be compared. Take the confirmation that you had then, or one from before.|ไฟล์นี้เก่ากว่าจุดยืนยันที่ท่านถืออยู่ และครอบคลุมช่วงเวลาจนจบแล้ว จึงเทียบกันไม่ได้ กรุณาใช้จุดยืนยันที่ท่านมีในเวลานั้นหรือก่อนหน้านั้น
problem.holds_differs|The confirmation that you hold is another one: the station has shown two different histories.|จุดยืนยันที่ท่านถืออยู่ไม่ตรงกัน: สถานีแสดงประวัติสองแบบที่ต่างกัน
proved.title|What is proved|สิ่งที่พิสูจน์ได้
proved.signed|The file comes from whoever has the key on your receipt, and no character was changed since.|ไฟล์มาจากผู้ถือกุญแจตามใบรับของท่าน และไม่มีตัวอักษรใดถูกแก้ไขหลังจากนั้น
proved.whole|These are all {n} entries that the station has of this camera, from {from} up to confirmation {to} of {at}: none was dropped, added, changed or moved.|นี่คือรายการทั้งหมด {n} รายการของกล้องนี้ที่สถานีมี ตั้งแต่{from} ถึงจุดยืนยันที่ {to} เมื่อ {at}: ไม่มีรายการใดถูกตัด เพิ่ม แก้ไข หรือย้าย
proved.part|These are all {n} entries that the station has of this camera, from {from} up to confirmation {to} of {at}: none was dropped or added. {m} of them are not confirmed yet (below); none of the others was changed or moved.|นี่คือรายการทั้งหมด {n} รายการของกล้องนี้ที่สถานีมี ตั้งแต่{from} ถึงจุดยืนยันที่ {to} เมื่อ {at}: ไม่มีรายการใดถูกตัดหรือเพิ่ม มี {m} รายการที่ยังไม่ยืนยัน (ดูด้านล่าง) รายการอื่นไม่ถูกแก้ไขหรือย้าย
proved.after|confirmation {n}|จุดยืนยันที่ {n}
proved.begin|the first entry|รายการแรก
proved.holds|The confirmation that you hold stands in the file: nothing before it was changed since.|จุดยืนยันที่ท่านถืออยู่มีในไฟล์นี้: สิ่งที่อยู่ก่อนหน้าไม่ถูกแก้ไข
proved.lines|The lines below were computed from the entries here, not by the station.|บรรทัดด้านล่างคำนวณจากรายการในไฟล์ ณ ที่นี้ ไม่ใช่โดยสถานี
open.title|What is not proved|สิ่งที่พิสูจน์ไม่ได้
open.phone|That nobody photographed the screen with a phone, or told others what was seen.|ว่าไม่มีใครใช้โทรศัพท์ถ่ายภาพหน้าจอ หรือเล่าสิ่งที่เห็นให้ผู้อื่นฟัง
open.program|That the console was not altered: an altered program can look without writing it down.|ว่าโปรแกรมไม่ได้ถูกดัดแปลง: โปรแกรมที่ถูกดัดแปลงอาจดูโดยไม่ลงบันทึก
open.silent|What a console recorded that has not reported to the station yet.|สิ่งที่เครื่องซึ่งยังไม่ได้ส่งข้อมูลถึงสถานีบันทึกไว้
open.unheard|Not heard since {at}: console {name}|ไม่ได้รับข้อมูลตั้งแต่ {at}: เครื่อง {name}
open.after|What happened after {at}: the file ends there, before the period does.|สิ่งที่เกิดขึ้นหลัง {at}: ไฟล์สิ้นสุดที่เวลานั้น ก่อนสิ้นช่วงเวลา
open.claims|What station and camera are called, who a code stands for and how an incident ended: the station says so and has signed it.|ชื่อสถานีและชื่อกล้อง รหัสใดคือผู้ใด และเหตุสิ้นสุดอย่างไร: เป็นคำบอกของสถานีที่ลงลายเซ็นไว้
open.unlisted|That the access log has this report for this period: no entry in the file says so.|ว่าบันทึกการเข้าถึงมีรายงานฉบับนี้สำหรับช่วงเวลานี้: ไม่มีรายการใดในไฟล์ระบุไว้
open.before|A view that began before confirmation {n} and of which nothing was entered since: it stands in the report before this one, without an end.|การดูที่เริ่มก่อนจุดยืนยันที่ {n} และไม่มีการลงบันทึกใดหลังจากนั้น: มีอยู่ในรายงานฉบับก่อน เป็นรายการที่ยังไม่มีบันทึกการสิ้นสุด
open.camera|That it is about your camera: enter the confirmation on your receipt, and that is checked too.|ว่าเป็นกล้องของท่าน: ใส่จุดยืนยันที่อยู่บนใบรับของท่าน แล้วจะตรวจข้อนี้ให้ด้วย
open.delayed|What stands in {n} entries that the station delays as those of sensitive cases: they hold their place and cannot be exchanged later; of which kind they are is seen only when they are told.|เนื้อหาของ {n} รายการในคดีที่อ่อนไหว: ชะลอการแจ้งไว้ แต่ยังคงลำดับเดิมและสลับภายหลังไม่ได้ จะทราบว่าเป็นรายการชนิดใดเมื่อแจ้งแล้วเท่านั้น
open.unconfirmed|What {n} entries say that stand before a delayed one (marked “not confirmed yet”): the station shows them so, and whether that is true can be checked only when the delayed entry is told.|เนื้อหาของ {n} รายการที่อยู่ก่อนรายการที่ชะลอไว้ (มีคำว่า “ยังไม่ยืนยัน”): สถานีแสดงไว้เช่นนี้ จะตรวจได้ว่าจริงหรือไม่ต่อเมื่อแจ้งรายการที่ชะลอไว้แล้ว
open.copies|Copies outside the console, and what else the camera sends elsewhere.|สำเนาที่อยู่นอกระบบ และสิ่งที่กล้องส่งไปที่อื่น
sheet.title|Report on the use of your camera's pictures|รายงานการใช้ภาพจากกล้องของท่าน
sheet.station|Station|สถานี
sheet.camera|Camera|กล้อง
sheet.period|Period|ช่วงเวลา
sheet.head|Confirmation|จุดยืนยัน
sheet.head_text|no. {n} of {at}|ที่ {n} เมื่อ {at}
sheet.lines|Lines of the period|รายการในช่วงเวลา
sheet.outside|{n} lines of the file lie outside the period; they were checked too.|มีอีก {n} รายการนอกช่วงเวลา ซึ่งตรวจแล้วเช่นกัน
sheet.none|Nobody looked at this camera, and nothing about it changed.|ไม่มีผู้ใดดูกล้องนี้ และไม่มีการเปลี่ยนแปลงใด
sheet.open|No entry of this period can be told here; what may be missing stands under “What is not proved”.|ไม่มีรายการของช่วงเวลานี้ที่แจ้งได้ในที่นี้ สิ่งที่อาจขาดไประบุไว้ในหัวข้อ “สิ่งที่พิสูจน์ไม่ได้”
total.views|Views|จำนวนครั้งที่ดู
total.time|Time in all|เวลารวม
total.running|No end recorded|ยังไม่มีบันทึกการสิ้นสุด
total.refused|Refused|ไม่อนุญาต
total.emergency|Emergency|ฉุกเฉิน
total.delayed|Delayed|ชะลอการแจ้ง
total.unjustified|Urgent, not explained|ด่วน ยังไม่ชี้แจง
"""

TEXTS = {key: (english, thai) for key, english, thai in (line.split("|") for line in WORDS.strip().split("\n"))}
LANGUAGES = ("en", "th")


class Speaker:
    """Says codes and sentences in one language."""

    def __init__(self, language: str) -> None:
        self.language = LANGUAGES.index(language)

    def say(self, key: str, **values: object) -> str:
        text = TEXTS[key][self.language] if key in TEXTS else key.partition(".")[2]
        return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)

    def number(self, line: Mapping[str, Any]) -> str:
        return "" if line["number"] is None else self.say("part.number", n=line["number"])

    def moment(self, text: str) -> str:
        """Return a stored time as Thailand's clocks show it, in the Buddhist era where the language is Thai."""
        if not is_time(text):
            return text
        local = datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S") + timedelta(hours=7)  # noqa: DTZ007 - said above
        year = local.year + (543 if LANGUAGES[self.language] == "th" else 0)
        return f"{local.day:02}/{local.month:02}/{year} {local:%H:%M:%S}"

    def lasted(self, seconds: int) -> str:
        minutes, rest = divmod(seconds, 60)
        hours, left = divmod(minutes, 60)
        if hours:
            return self.say("time.h", h=hours, m=left)
        return self.say("time.m", m=minutes, s=rest) if minutes else self.say("time.s", s=rest)

    def line(self, line: Mapping[str, Any], claims: Mapping[str, Mapping[str, str]]) -> str:
        """Return a line in words, and beside it what the station claims: who it was, how the incident ended."""
        kind = line["kind"]
        who = " ".join(filter(None, (claims["names"].get(line["who"], ""), line["who"])))
        parts = [self.moment(line["at"]), self.say(f"role.{line['role']}") if line["role"] else "", who]
        if kind in {"view", "earlier"}:
            parts += self.view(line, claims["incidents"].get(line["incident"], ""))
        elif kind == "refused":
            parts += [
                self.say("line.refused"),
                self.say(f"purpose.{line['purpose']}"),
                self.say(f"reason.{line['reason']}"),
            ]
        elif kind in {"right", "camera", "consent"}:
            parts += [
                self.say(f"{kind}.{line['what']}"),
                self.say("part.number", n=line["consent"]) if line.get("consent") else "",
            ]
            parts += [self.say(f"level.{line['level']}") if line.get("level") is not None else ""]
            parts += [self.say("part.until", until=self.moment(line["until"])) if line.get("until") else ""]
            parts += [self.say(f"way.{line['way']}") if line.get("way") else ""]
        elif kind == "statement":
            period = {name: self.moment(line[name]) for name in ("from", "until")}
            parts += [self.say("line.statement"), self.number(line)]
            parts += [self.say("part.period", **period) if all(period.values()) else ""]
        elif kind == "delay":
            parts += [self.say("line.delay", until=self.moment(line["until"]))]
        else:
            parts += [self.say("line.other", **{"class": " ".join(filter(None, (line["class"], line["about"])))})]
        return " · ".join(filter(None, [*parts, "" if line["confirmed"] else self.say("part.unconfirmed")]))

    def view(self, line: Mapping[str, Any], outcome: str) -> list[str]:
        lasted, incident = line["seconds"], line["incident"]
        parts = [self.say("part.emergency") if line["emergency"] else ""]
        parts += [self.say(f"law.{line['law']}") if line["emergency"] and line["law"] else ""]
        parts += [self.say(f"line.{line['kind']}")]
        parts += [self.say(f"{name}.{line[name]}") for name in ("view", "purpose") if line[name]]
        if incident or line["through_incident"]:
            parts.append(self.say("part.incident", n=incident) if incident else self.say("part.some_incident"))
            parts.append(self.say(f"outcome.{outcome}") if outcome else "")
        if line["self_opened"]:
            review = {"ok": "part.reviewed", "not_ok": "part.not_ok"}.get(line["reviewed"], "part.not_reviewed")
            parts += [self.say("part.self_opened"), self.say(review)]
        if line["purpose"] == "urgent":
            parts.append(self.say("part.justified" if line["justified"] else "part.unjustified"))
        if lasted is None:
            parts.append(self.say("part.running" if line["kind"] == "view" else "part.no_end"))
        else:
            parts.append(self.say("part.lasted", time=self.lasted(lasted)))
            within = line["within"]
            parts.append(self.say("part.within", time=self.lasted(within)) if within != lasted else "")
        if line["kind"] == "view":
            shown = line["picture_ms"]
            parts.append(
                self.say("part.no_picture") if shown is None else self.say("part.picture", n=(shown + 500) // 1000)
            )
        return [*parts, self.say(f"ended.{line['ended']}") if line["ended"] else ""]

    def sheet(self, found: Mapping[str, Any]) -> list[str]:
        """Return everything that is proved, in words."""
        period, head, totals = found["period"], found["head"], found["totals"]
        begin = self.say("proved.after", n=found["from"]) if found["from"] else self.say("proved.begin")
        at = self.moment(head["at"])
        ends_early = head["at"] < period["until"]
        missing = found["delayed"] or found["unheard"] or ends_early
        counts = {"views": totals["views"], "time": self.lasted(totals["seconds"])}
        counts |= {"running": totals["running"]} if totals["running"] else {}
        counts |= {name: totals[name] for name in ("refused", "emergency", "unjustified")}
        counts |= {"delayed": found["delayed"]}
        counted = " · ".join(f"{self.say(f'total.{name}')} {count}" for name, count in counts.items())
        unsure = found["unconfirmed"]
        whole = "proved.part" if unsure else "proved.whole"
        return [
            self.say("sheet.title"),
            f"{self.say('sheet.station')}: {found['station_name']}",
            f"{self.say('sheet.camera')}: {found['camera_name']}",
            f"{self.say('sheet.period')}: {self.moment(period['since'])} - {self.moment(period['until'])}",
            f"{self.say('sheet.head')}: {self.say('sheet.head_text', n=head['number'], at=at)}, {head['hash']}",
            "",
            self.say("proved.title"),
            "- " + self.say("proved.signed"),
            "- " + self.say(whole, n=found["rows"], m=unsure, **{"from": begin, "to": head["number"], "at": at}),
            *(["- " + self.say("proved.holds")] if found["holds"] else []),
            "- " + self.say("proved.lines"),
            "",
            self.say("open.title"),
            *("- " + self.say(f"open.{name}") for name in ("phone", "program", "copies", "claims", "silent")),
            *([] if found["holds"] else ["- " + self.say("open.camera")]),
            *(
                "- " + self.say("open.unheard", at=self.moment(e["last_at"]), name=e["writer"])
                for e in found["unheard"]
            ),
            *(["- " + self.say("open.delayed", n=found["delayed"])] if found["delayed"] else []),
            *(["- " + self.say("open.unconfirmed", n=unsure)] if unsure else []),
            *([] if found["listed"] else ["- " + self.say("open.unlisted")]),
            *(["- " + self.say("open.before", n=found["from"])] if found["from"] else []),
            *(["- " + self.say("open.after", at=at)] if ends_early else []),
            "",
            f"{self.say('sheet.lines')}: {counted}",
            *([] if found["lines"] else [self.say(f"sheet.{'open' if missing else 'none'}")]),
            *(self.line(line, found["claims"]) for line in found["lines"]),
            *([self.say("sheet.outside", n=found["outside"])] if found["outside"] else []),
        ]


def visible(text: str) -> str:
    """Replace what would move, hide or reverse other words where the text is shown."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", "\ufffd", text)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="verify_statement.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path, help="the statement (.json)")
    parser.add_argument("--fingerprint", required=True, help="of the station's key, from the paper receipt")
    parser.add_argument("--holds", help="NUMBER:HASH of a confirmation you have, or the file of an earlier statement")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--json", action="store_true", help="the answer for a machine")
    asked = parser.parse_args(arguments)
    speaker = Speaker(asked.language)
    try:
        data = asked.file.read_bytes()
        found: dict[str, Any] = {"verdict": PROVED, "problem": "", **verify(data, asked.fingerprint, asked.holds)}
    except OSError:
        found = {"verdict": UNKNOWN, "problem": "unreadable"}
    except Fault as fault:
        found = {"verdict": fault.verdict, "problem": fault.code}
    except (MemoryError, RecursionError):
        found = {"verdict": UNKNOWN, "problem": "stopped"}
    verdict = int(found["verdict"])
    said = [speaker.say(f"result.{verdict}")]
    said += [speaker.say(f"problem.{found['problem']}")] if verdict else ["", *map(visible, speaker.sheet(found))]
    if asked.json:
        said = [json.dumps(found, ensure_ascii=False, sort_keys=True)]
    sys.stdout.buffer.write(("\n".join(said) + "\n").encode("utf-8"))
    return verdict


if __name__ == "__main__":
    sys.exit(main())
