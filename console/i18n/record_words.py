"""What the fields of every record are called, and their stored values in words: for histories and the access log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Final, TypeAlias

from console.i18n import N_, _
from console.i18n.dates import format_date_time, format_hours
from console.i18n.labels import label
from console.i18n.protection_labels import PROTECTION_CODES, PROTECTION_FIELDS, PROTECTION_LISTS
from console.kernel import (
    AccessLevel,
    AuthorityKind,
    Category,
    ConnectionKind,
    Fault,
    LegalBasis,
    Outcome,
    OwnerType,
    Party,
    Priority,
    Purpose,
    Role,
    StepKind,
    Zone,
)
from console.masking import Mask, share

Named: TypeAlias = Callable[[str, str], str]
"""Kind of record and id → today's name; the id itself where nobody has a name for it."""

_COMMON: Final[Mapping[str, str]] = {
    "camera_id": N_("Camera"),
    "incident_id": N_("Incident"),
    "owner_id": N_("Owner in the register"),
    "person_id": N_("Person"),
    "lat": N_("Latitude"),
    "lon": N_("Longitude"),
    "zone": N_("Zone"),
    "place": N_("Place"),
}

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "person": {
        "login": N_("User name"),
        "rank": N_("Rank"),
        "display_name": N_("Name"),
        "position": N_("Position"),
        "role": N_("Role"),
        "password_hash": N_("Password"),
        "password_temporary": N_("Temporary password"),
        "reset_by": N_("Password reset by"),
        "active": N_("Account switched on"),
        "failed_tries": N_("Failed tries"),
        "locked_until": N_("Locked until"),
    },
    "camera": {
        "code": N_("Code"),
        "name": N_("Name"),
        "owner_type": N_("Kind of owner"),
        "owner_name": N_("Owner or agency"),
        "connection": N_("Connection"),
        "sealed_address": N_("Address"),
        "fingerprint": N_("Fingerprint of the address"),
        "sealed_sub_address": N_("Second address"),
        "sub_fingerprint": N_("Fingerprint of the second address"),
        "way": N_("Where the address leads"),
        "sub_way": N_("Where the second address leads"),
        "masks": N_("Masks"),
        "unencrypted_override": N_("Unencrypted allowed"),
        "archived": N_("Archived"),
    },
    "owner": {
        "number": N_("Owner number"),
        "party": N_("Legal form"),
        "owner_type": N_("Kind of owner"),
        "name": N_("Name"),
        "authorised_person": N_("Authorised person"),
        "authorised_position": N_("Position"),
        "address": N_("Postal address"),
        "community": N_("Community"),
        "phone": N_("Telephone"),
        "line_id": N_("LINE"),
        "email": N_("E-mail"),
        "birth_year": N_("Year of birth"),
        "guardian": N_("Parent or guardian"),
        "note": N_("Note"),
        "archived": N_("Archived"),
    },
    "owner_step": {
        "step_kind": N_("Step"),
        "day": N_("Day"),
        "went": N_("Who went"),
        "others": N_("Also there"),
        "result": N_("Result"),
        "next_step": N_("Next step"),
        "next_day": N_("Due"),
        "photos": N_("Photos"),
        "struck_at": N_("Struck"),
        "struck_by": N_("Struck by"),
        "strike_reason": N_("Reason for striking"),
    },
    "visit": {
        "day": N_("Day"),
        "group_name": N_("Group"),
        "counts": N_("Visitors by sector"),
        "received_by": N_("Received by"),
        "purpose": N_("Purpose of the visit"),
        "sign_ups": N_("Want to link a camera"),
        "wishes": N_("Wishes"),
        "struck_at": N_("Struck"),
        "struck_by": N_("Struck by"),
        "strike_reason": N_("Reason for striking"),
    },
    "sector": {"number": N_("Number of the sector"), "name": N_("Sector"), "used": N_("In use")},
    "consent": {
        "number": N_("Number"),
        "year_be": N_("Year"),
        "running": N_("Running number"),
        "owner_id": N_("Owner in the register"),
        "notice_id": N_("Version of the notice"),
        "language": N_("Language"),
        "level": N_("Level"),
        "purposes": N_("Purposes"),
        "hours": N_("Hours"),
        "radius_m": N_("Radius (m)"),
        "permission_snapshot": N_("Snapshots allowed"),
        "permission_clip": N_("Clips allowed"),
        "permission_export": N_("Export allowed"),
        "permission_demonstration": N_("Demonstration allowed"),
        "permission_ai": N_("Analysis by AI allowed"),
        "recording_days": N_("Days of recording at the CCOC"),
        "recipients": N_("May be passed on to"),
        "valid_from": N_("Begins"),
        "expires_at": N_("Ends"),
        "supersedes_id": N_("Replaces the consent"),
        "agreed_data": N_("Owner's own data may be kept (B)"),
        "signed_at": N_("Signed"),
        "signer": N_("Signed by"),
        "guardian": N_("Parent or guardian"),
        "witness": N_("Witness"),
        "officer_id": N_("Officer"),
    },
    "authority": {
        "current": N_("In force"),
        "authority_kind": N_("Kind"),
        "level": N_("Level"),
        "purposes": N_("Purposes"),
        "hours": N_("Hours"),
        "radius_m": N_("Radius (m)"),
        "valid_from": N_("Begins"),
        "expires_at": N_("Ends"),
        "permission_snapshot": N_("Snapshots allowed"),
        "permission_clip": N_("Clips allowed"),
        "permission_export": N_("Export allowed"),
        "permission_demonstration": N_("Demonstration allowed"),
        "reference": N_("Document"),
        "recorded_by": N_("Recorded by"),
        "recorded_at": N_("Recorded"),
        "countersign_needed": N_("Countersignature needed"),
        "countersigned_by": N_("Countersigned by"),
        "countersigned_at": N_("Countersigned"),
        "paused": N_("Paused"),
        "withdrawn_at": N_("Withdrawn"),
        "consent_id": N_("Consent"),
        "unconfirmed": N_("Waits for confirmation after a backup came back"),
        "readdressed_by": N_("Waits for the owner: address changed by"),
        "reconfirmed_by": N_("Owner's word for the address written down by"),
    },
    "incident": {
        "number": N_("Number"),
        "year_be": N_("Year"),
        "running": N_("Running number"),
        "title": N_("What happened"),
        "category": N_("Category"),
        "priority": N_("Urgency"),
        "happened_at": N_("Happened"),
        "placed_by": N_("Place entered by"),
        "opened_at": N_("Opened"),
        "opened_by": N_("Opened by"),
        "closed_at": N_("Closed"),
        "closed_by": N_("Closed by"),
        "outcome": N_("Outcome"),
        "needs_review": N_("Waits for a review"),
        "reviewed_by": N_("Reviewed by"),
    },
    "incident_entry": {
        "at": N_("Time"),
        "words": N_("Entry"),
        "struck_at": N_("Struck"),
        "struck_by": N_("Struck by"),
        "strike_reason": N_("Reason for striking"),
    },
    "emergency": {
        "legal_basis": N_("Legal basis"),
        "reason": N_("Reason"),
        "begun_at": N_("Begun"),
        "until": N_("At the latest until"),
        "session_id": N_("Log-in"),
    },
    "wall": {"layout": N_("Layout"), "cells": N_("Cameras on the wall"), "screen": N_("Screen")},
    "named_wall": {"name": N_("Name"), "layout": N_("Layout"), "cells": N_("Cameras on the wall")},
    "wall_tour": {"name": N_("Name"), "dwell_s": N_("Seconds a wall"), "walls": N_("Walls")},
    "address_tombstone": {
        "fingerprint": N_("Fingerprint of the address"),
        "destroyed_at": N_("Destroyed"),
        "destroyed_by": N_("Destroyed by"),
        "released": N_("May be used again"),
    },
    "connection_test": {
        "tried_at": N_("Tried"),
        "tested_at": N_("Last picture"),
        "fault": N_("Fault"),
        "codec": N_("Format of the picture"),
        "width": N_("Width"),
        "height": N_("Height"),
        "rate": N_("Pictures a second"),
        "transport": N_("Transport"),
        "encrypted": N_("Encrypted"),
    },
    **PROTECTION_FIELDS,
}

_CODES: Final[Mapping[str, type[StrEnum | IntEnum]]] = {
    "role": Role,
    "owner_type": OwnerType,
    "party": Party,
    "step_kind": StepKind,
    "zone": Zone,
    "connection": ConnectionKind,
    "authority_kind": AuthorityKind,
    "level": AccessLevel,
    "category": Category,
    "priority": Priority,
    "outcome": Outcome,
    "fault": Fault,
    **PROTECTION_CODES,
    "legal_basis": LegalBasis,
}
_PEOPLE: Final = re.compile(r"^(person_id|.+_by)$")
_TIME: Final = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
NOTHING: Final = "–"
_LITTLE: Final = 10


def field_words(kind: str, name: str) -> str:
    """Return what a field is called; its own name if this program does not know it."""
    found = FIELDS.get(kind, {}).get(name) or _COMMON.get(name)
    return _(found) if found else name


def value_words(name: str, value: Any, named: Named) -> str:
    """Return a stored value of the field `name` as the page shows it."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return _("{n} people", n=sum(count for count in value.values() if isinstance(count, int)))
    if isinstance(value, list):
        return _several(name, value, named)
    if name in _CODES:
        return _code(_CODES[name], value)
    kind = "person" if _PEOPLE.match(name) else name.removesuffix("_id")
    # Of people there may be several.
    return ", ".join(named(kind, each) for each in str(value).split()) if kind != name else _text(str(value))


def _text(text: str) -> str:
    if not _TIME.match(text):
        return text
    moment = datetime.fromisoformat(text)
    return format_date_time(moment, seconds=True)


def _code(kind: type[StrEnum | IntEnum], value: Any) -> str:
    try:
        return label(kind(value))
    except ValueError:
        return str(value)


def _several(name: str, values: list[Any], named: Named) -> str:
    if name == "hours":
        return format_hours(values)
    codes = Purpose if name == "purposes" else PROTECTION_LISTS.get(name)
    if codes is not None:
        return ", ".join(_code(codes, value) for value in values)
    if name == "went":
        return ", ".join(named("person", value) for value in values)
    if name == "cells":
        return ", ".join(named("camera", value) for value in values if value) or NOTHING
    if name == "masks":
        with suppress(ValueError, TypeError):  # another version of this program may have written other masks
            return masks_words(tuple(Mask.of(numbers) for numbers in values))
    return _("{n} of them", n=len(values))


def masks_words(masks: tuple[Mask, ...]) -> str:
    """How many masks a camera has and how much of its picture they cover: what they cover is nobody's to read."""
    return _("{n}, covering {share} % of the picture", n=len(masks), share=share_words(masks)) if masks else NOTHING


def share_words(masks: tuple[Mask, ...]) -> str:
    """12, 0.4: percent, exact only where it is little."""
    part = share(masks)
    return f"{part:.0f}" if part >= _LITTLE else f"{part:.1f}"
