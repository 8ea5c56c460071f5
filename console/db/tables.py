"""Imports every module that maps a table, so that metadata and foreign keys are whole."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData

from console.db import (
    authorities,
    breaches,
    camera_addresses,
    camera_heads,
    cameras,
    connection_tests,
    consents,
    emergencies,
    feeds,
    health,
    incidents,
    journal_rows,
    named_walls,
    notices,
    owner_steps,
    owners,
    people,
    processing,
    retention,
    rights_requests,
    statements,
    vault_rows,
    visits,
    walls,
)
from console.db.base import Base

__all__ = [
    "METADATA",
    "authorities",
    "breaches",
    "camera_addresses",
    "camera_heads",
    "cameras",
    "connection_tests",
    "consents",
    "emergencies",
    "feeds",
    "health",
    "incidents",
    "journal_rows",
    "named_walls",
    "notices",
    "owner_steps",
    "owners",
    "people",
    "processing",
    "retention",
    "rights_requests",
    "statements",
    "vault_rows",
    "visits",
    "walls",
]

METADATA: Final[MetaData] = Base.metadata
