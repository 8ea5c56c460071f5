"""Errors in words: what happened, what is safe, what to do. Lower layers raise keys; `sentences` has the words.

A key without a sentence is found by `tests/shell/test_catalogue.py`, not by an officer at night.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_date_time, format_hours
from console.i18n.labels import is_code, label
from console.i18n.sentences import SENTENCES
from console.kernel import ConsoleError, Denied, DenyReason, Fault, Invalid, Right

_FIELD_KINDS: Final[Mapping[str, str]] = {
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_pattern_mismatch": "pattern",
    "int_parsing": "number",
    "int_type": "number",
    "float_parsing": "number",
    "float_type": "number",
    "finite_number": "number",
    "greater_than_equal": "range",
    "less_than_equal": "range",
    "enum": "choice",
    "literal_error": "choice",
    "bool_parsing": "choice",
    "bool_type": "choice",
    "greater_than": "range",
    "less_than": "range",
    "extra_forbidden": "unknown",
}
"""What the checking library calls a wrong value, and which of our sentences says it."""

_DENIED: Final[Mapping[str, DenyReason]] = {f"denied.{reason}": reason for reason in DenyReason}
"""Refusals that travel as keys, like those of the lines of an imported file."""

_STORED_TIME: Final = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
"""A moment as notes beside the database write it (UTC)."""


def error_text(error: ConsoleError) -> str:
    """Return the whole sentence for an expected error, parameters included."""
    if isinstance(error, Denied):
        return deny_text(error)
    if isinstance(error, Invalid):
        return "\n".join(field_text(key, error.params) for key in error.fields.values())
    return sentence(error.key, error.params)


def field_text(key: str, params: Mapping[str, object] | None = None) -> str:
    """Return the sentence that stands at a field."""
    family, _dot, kind = key.partition(".")
    if family == "field" and key not in SENTENCES:
        key = f"field.{_FIELD_KINDS.get(kind, 'other')}"
    return sentence(key, params or {})


def sentence(key: str, params: Mapping[str, object]) -> str:
    known = SENTENCES.get(key)
    if known is None and (reason := _DENIED.get(key)) is not None:
        return deny_text(Denied(reason, **params))
    if known is None:
        return _("Something is not available ({key}). Nothing was changed. Please tell IT this word.", key=key)
    shown = _Shown({name: _shown(value) for name, value in params.items()})
    return _(known).format_map(shown)


def deny_text(denied: Denied) -> str:
    """Not permitted: outside the hours the owner allows (18.00–06.00 น.)."""
    return _("Not permitted: {reason}", reason=deny_reason(denied))


def deny_reason(denied: Denied) -> str:
    """Return the reason alone, with the hours or the date that a person needs to plan."""
    reason = label(denied.reason)
    if denied.params.get("problem") == "unexpected":
        return _("something unexpected happened in the program; press R to try again, and tell IT")
    right = denied.params.get("right")
    if denied.reason is DenyReason.ROLE and isinstance(right, str) and right in set(Right):
        return f"{reason}: {label(Right(right))}"
    hours = denied.params.get("hours")
    if denied.reason is DenyReason.OUTSIDE_HOURS and isinstance(hours, Sequence) and hours:
        return f"{reason} ({format_hours(hours)})"
    for name in ("at", "known_at"):
        moment = denied.params.get(name)
        if isinstance(moment, datetime):
            return f"{reason} ({format_date_time(moment)})"
    radius = denied.params.get("radius_m")
    if denied.reason is DenyReason.INCIDENT_TOO_FAR and isinstance(radius, int):
        return f"{reason} ({_('{n} m', n=radius)})"
    return reason


def fault_text(fault: Fault) -> str:
    """Return what is wrong with a stream, in words; empty for nothing wrong."""
    return label(fault)


def open_failed_text(camera: str, fault: Fault) -> str:
    """Return the full sentence with the way out, for the tile's card."""
    return _(
        "Camera “{camera}” cannot be shown: {fault} — {way_out}",
        camera=camera,
        fault=fault_text(fault),
        way_out=_(WAYS_OUT.get(fault, _KEEPS_TRYING)),
    )


_KEEPS_TRYING: Final = N_("the console keeps trying by itself; nothing needs to be done here")
_CORRECT_ADDRESS: Final = N_("ask the camera registrar to correct the connection")

WAYS_OUT: Final[Mapping[Fault, str]] = {
    Fault.BAD_ADDRESS: _CORRECT_ADDRESS,
    Fault.FORBIDDEN_SCHEME: _CORRECT_ADDRESS,
    Fault.HOST_UNKNOWN: _CORRECT_ADDRESS,
    Fault.UNAUTHORISED: _CORRECT_ADDRESS,
    Fault.NOT_FOUND: _CORRECT_ADDRESS,
    Fault.TLS: _CORRECT_ADDRESS,
    Fault.NO_VIDEO: _CORRECT_ADDRESS,
    Fault.UNSUPPORTED: N_("ask IT to set the camera to H.264"),
    Fault.FROZEN: N_("if it stays so, restart the camera"),
    Fault.QUARANTINED: N_("tell IT; press R to try this camera again"),
    Fault.ENGINE_MISSING: N_("ask IT to install VLC 3.0 (64-bit)"),
}


class _Shown(dict[str, object]):
    """Parameters of a sentence; one that the error did not bring shows as a dash instead of breaking the sentence."""

    def __missing__(self, name: str) -> str:
        return "–"


def _shown(value: object) -> object:
    if value == "":
        return "–"
    if is_code(value):
        return label(value)
    if isinstance(value, str) and _STORED_TIME.match(value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return format_date_time(value)
    if isinstance(value, list | tuple):
        rows = (row if isinstance(row, tuple) else (row,) for row in value)
        return "\n".join(" · ".join(map(_part, row)) for row in rows)
    return value


def _part(part: object) -> str:
    """Return one part of a line; what is wrong with a setting comes as a key, like what is wrong with a field."""
    text = str(part)
    return field_text(text) if text in SENTENCES or text.startswith("field.") else text
