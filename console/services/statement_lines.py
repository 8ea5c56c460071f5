"""The lines of a statement, computed from a camera's rows alone: the rules that console and readers share.

The part between the marks stands word for word in `resources/verify/verify_statement.py`, which knows nothing of this
program; `verify.html` follows the same rules (decision 009). Values are codes: words are the reader's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

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
