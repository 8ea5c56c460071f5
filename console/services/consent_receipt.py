"""The machine-readable receipt: a consent record in the structure of ISO/IEC TS 27560:2023, as JSON.

Header, processing, types of data, parties and events; the fields that the standard calls mandatory are all there
(domain 5.3). Whoever holds it can read it without this program; `resources/schemas` has its schema.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.db.base import time_text
from console.db.camera_heads import CameraHead
from console.db.consents import EventRow
from console.kernel import ConsentEventKind, ConsentState, Party, Purpose
from console.services.consent_heads import held_code
from console.services.consent_state import camera_state, resting_cameras
from console.services.consents import ConsentEntry

SCHEMA_VERSION: Final = "ISO/IEC TS 27560:2023; ccoc-receipt-1"
JURISDICTION: Final = "TH"
_SUSPENDED: Final = "consent suspended"
_AGAIN: Final = frozenset({ConsentEventKind.RESUMED, ConsentEventKind.RECONFIRMED})
_STATES: Final = {
    ConsentEventKind.DRAFTED: "consent requested",
    ConsentEventKind.PRESENTED: "consent requested",
    ConsentEventKind.SIGNED: "consent given",
    ConsentEventKind.RESUMED: "consent given",
    ConsentEventKind.REFUSED: "consent refused",
    ConsentEventKind.VOIDED: "consent invalidated",
    ConsentEventKind.PAUSED: _SUSPENDED,
    ConsentEventKind.WITHDRAWN: "consent withdrawn",
    ConsentEventKind.SUPERSEDED: "consent terminated",
    ConsentEventKind.READDRESSED: _SUSPENDED,
    ConsentEventKind.RECONFIRMED: "consent given",
}
_RIGHTS: Final = (
    "access",
    "portability",
    "objection",
    "erasure",
    "restriction",
    "rectification",
    "withdrawal",
    "complaint",
)


@dataclass(frozen=True, slots=True)
class ReceiptStation:
    """The controller as a receipt names it; `key_id` is the fingerprint of the key that signs its statements."""

    id: str
    name: str
    key_id: str


def receipt_record(entry: ConsentEntry, station: ReceiptStation, heads: Sequence[CameraHead] = ()) -> dict[str, Any]:
    """Return the record of one consent; the owner's contacts are in it only where B was given.

    `heads` are those that were made with the signature: a camera names its own as the readers of statements take it.
    """
    row = entry.row
    return {
        "header": {
            "schema_version": SCHEMA_VERSION,
            "record_id": row.id,
            "receipt_id": row.number,
            "pii_principal_id": row.terms.owner_id,
            "station_key": station.key_id,
        },
        "pii_processing": {
            "privacy_notice": {"version": entry.notice.number, "sha256": entry.notice.sha256},
            "language": row.terms.language,
            "purposes": [_link(entry, station, heads), *([_contacts(entry, station)] if row.agreed_data else [])],
        },
        "party_identification": [_controller(station), _principal(entry)],
        "events": [_event(entry, event) for event in row.events],
    }


def receipt_json(entry: ConsentEntry, station: ReceiptStation, heads: Sequence[CameraHead] = ()) -> bytes:
    """Return the record as a file: UTF-8, keys in order, one newline at the end."""
    text = json.dumps(receipt_record(entry, station, heads), ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def _link(entry: ConsentEntry, station: ReceiptStation, heads: Sequence[CameraHead]) -> dict[str, Any]:
    """A: the pictures."""
    held = {head.camera_id: {"first_head": held_code(head)} for head in heads}
    terms = entry.row.terms
    allowed = ("snapshot", "clip", "export", "demonstration", "ai")
    recipients = [each.strip() for each in terms.recipients.split(",") if each.strip()]
    return {
        "purpose": "link-cameras",
        "purpose_codes": [purpose.value for purpose in Purpose if purpose in terms.purposes],
        "lawful_basis": "consent (PDPA s.19)",
        "pii_information": [{"pii_type": "live picture of CCTV cameras, no sound", "sensitive": False}],
        "cameras": [
            {
                "code": camera.code,
                "place": placed.place,
                "aim": placed.aim.value,
                "sight": placed.sight,
                "sound": False,
                **held.get(camera.id, {}),
            }
            for camera, placed in zip(entry.cameras, terms.cameras, strict=True)
        ],
        "access_level": int(terms.level),
        "hours": [list(span) for span in terms.hours],
        "radius_m": terms.radius_m,
        "permissions": {name: getattr(terms, f"permission_{name}") for name in allowed},
        "pii_controllers": [station.id],
        "storage_locations": ["CCOC room of the station, no cloud"],
        "retention_period": f"P{terms.recording_days}D",
        "processing_locations": [JURISDICTION],
        "jurisdiction": JURISDICTION,
        "recipient_third_parties": recipients,
        "withdrawal_method": "paper, telephone or visit to the station, at any time and without a reason",
        "privacy_rights": list(_RIGHTS),
        "collection_method": "RTSP stream opened on demand",
    }


def _contacts(entry: ConsentEntry, station: ReceiptStation) -> dict[str, Any]:
    """B: the owner's own data."""
    return {
        "purpose": "contact-owner",
        "purpose_codes": [],
        "lawful_basis": "consent (PDPA s.19)",
        "pii_information": [{"pii_type": each, "sensitive": False} for each in ("name", "address", "contact")],
        "pii_controllers": [station.id],
        "storage_locations": ["CCOC room of the station, no cloud"],
        "retention_period": f"P{entry.papers_days}D",
        "processing_locations": [JURISDICTION],
        "jurisdiction": JURISDICTION,
        "recipient_third_parties": [],
        "withdrawal_method": "paper, telephone or visit to the station, at any time and without a reason",
        "privacy_rights": list(_RIGHTS),
        "collection_method": f"consent form {entry.row.number}",
    }


def _controller(station: ReceiptStation) -> dict[str, Any]:
    return {
        "party_id": station.id,
        "party_name": station.name,
        "party_address": station.name,
        "party_contact": station.name,
        "party_type": "pii controller",
    }


def _principal(entry: ConsentEntry) -> dict[str, Any]:
    """Say who the owner is; address and contact are given for B only."""
    facts, kept = entry.owner.facts, entry.row.agreed_data
    contact = " ".join(filter(None, (facts.phone, facts.line_id, facts.email)))
    return {
        "party_id": entry.owner.id,
        "party_name": facts.name,
        "party_address": facts.address if kept else "",
        "party_contact": contact if kept else "",
        "party_type": "pii principal" if facts.party is Party.PERSON else f"pii principal ({facts.party.value})",
    }


def _state(entry: ConsentEntry, event: EventRow) -> str:
    """Return what the consent was from this event on; given again only where nothing else holds a camera up."""
    told = [each for each in entry.row.events if each.number <= event.number]
    paused = (camera_state(told, camera_id) is ConsentState.PAUSED for camera_id in entry.row.camera_ids)
    held_up = event.event in _AGAIN and (bool(resting_cameras(told)) or any(paused))
    return _SUSPENDED if held_up else _STATES[event.event]


def _event(entry: ConsentEntry, event: EventRow) -> dict[str, Any]:
    terms = entry.row.terms
    told: dict[str, Any] = {
        "event_number": event.number,
        "event_time": time_text(event.at),
        "validity_duration": {"from": time_text(terms.valid_from), "until": time_text(terms.expires_at)},
        "entity_id": entry.owner.id if event.way is not None else event.actor_id or "station",
        "event_type": event.event.value,
        "event_state": _state(entry, event),
        "way": None if event.way is None else event.way.value,
    }
    if event.camera_id is not None:
        told["camera"] = next(camera.code for camera in entry.cameras if camera.id == event.camera_id)
    hashes = {name: value for name, value in event.data.items() if name.endswith("_sha256")}
    return told | ({"evidence": hashes} if hashes else {})
