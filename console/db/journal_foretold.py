"""How a verifier reads an honest row: what columns and chains foretell of its bytes is compared, not taken apart.

A row that is written as it should be holds nothing unknown but who acted and its data: only these are read. Bytes that
are not exactly as foretold are read the strict way, which names what is wrong with them. Knows no database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.db.base import is_time
from console.db.journal_format import BODY_LIMIT, FormatError, decode, decode_value

if TYPE_CHECKING:
    from console.db.journal_examine import RawRow

_REMEMBERED: Final = 1 << 16
"""So many values are looked at once only: classes, cameras and sessions come again and again."""
_LONGEST: Final = 512
"""Bytes that are no longer are remembered."""
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f\ud800-\udfff]*').fullmatch
"""What stands in JSON as it is, between two quotes."""
_AT: Final = b'"at":"'
_ACTOR: Final = frozenset(("person", "role", "session"))


class Acted(NamedTuple):
    """Who acted, as the beginning of the bytes says; None: the system."""

    person: str | None
    session: str | None


def as_foretold(
    row: RawRow, head: tuple[int, str], camera_head: tuple[int, str]
) -> tuple[Mapping[str, Any], Acted] | None:
    """Return a row's data and who acted, if all else of its bytes is what its columns and chains foretell; or None.

    None says nothing of the row: there may be clear text promised in it, or a letter that JSON escapes.
    """
    at, camera, command, subject, body = row.at, row.camera_id, row.command_id, row.subject_id, row.body
    seq, on, camera_seq = head[0] + 1, "null", None
    if camera is not None:
        camera_seq = camera_head[0] + 1
        on = f'{{"id":"{camera}","prev":"{camera_head[1]}","seq":{camera_seq}}}'
    if row.seq != seq or row.prev != head[1] or row.camera_seq != camera_seq:
        return None
    own, often = f"{command}{subject}", (row.station_id, row.writer_id, row.event_class, row.subject_kind, camera or "")
    if not (type(at) is type(command) is type(subject) is str and is_time(at) and _are_plain(*often)):
        return None
    if '"' in own or "\\" in own or not own.isprintable():
        return None
    before = f'"at":"{at}","camera":{on},"class":"{row.event_class}","command":"{command}","data":'.encode()
    behind = (
        f',"personal":{{}},"prev":"{head[1]}","seq":{seq},"station":"{row.station_id}",'
        f'"subject":["{row.subject_kind}","{subject}"],"writer":"{row.writer_id}"}}'
    ).encode()
    place = body.find(_AT)
    if not (body.startswith(before, place) and body.endswith(behind)) or place > _LONGEST or len(body) > BODY_LIMIT:
        return None
    acted, part = _acted(body[:place]), body[place + len(before) : len(body) - len(behind)]
    data = _data(part) if len(part) < _LONGEST else _data.__wrapped__(part)
    return None if data is None or acted is None or acted.person != row.actor_id else (data, acted)


@lru_cache(_REMEMBERED)
def _are_plain(*values: object) -> bool:
    """Tell whether they are texts that stand in JSON as they are."""
    return all(type(value) is str and _PLAIN(value) is not None for value in values)


@lru_cache(_REMEMBERED)
def _data(part: bytes) -> Mapping[str, Any] | None:
    """Read a row's data; None for what is no object. Nobody may change what is found: it is given again."""
    try:
        data = decode_value(part)
    except FormatError:
        return None
    return data if isinstance(data, dict) else None


@lru_cache(_REMEMBERED)
def _acted(begin: bytes) -> Acted | None:
    """Read the beginning of a row's bytes, up to its time: the action, and who acted."""
    try:
        values: dict[str, Any] = decode(begin + b'"at":0}')
    except FormatError:
        return None
    actor = values.get("actor")
    if values.keys() != {"action", "actor", "at"} or type(values["action"]) is not str:
        return None
    if actor is None:
        return Acted(None, None)
    whole = type(actor) is dict and actor.keys() == _ACTOR and {str} == set(map(type, actor.values()))
    return Acted(actor["person"], actor["session"]) if whole else None
