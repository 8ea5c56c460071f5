"""Authorities: what an owner, an agency or the station allows at a camera; the snapshot that the gate decides by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, Record, UtcTime
from console.db.rereading import Listing, reread
from console.db.store import Tx, fetch
from console.kernel import AccessLevel, AuthorityKind, Invalid, Purpose

READDRESSERS: Final = 1000


class Authority(Record):
    """One authority of a camera. A signed one is never edited: a new one takes its place and `current` moves."""

    __tablename__ = "authority"
    kind: ClassVar[str] = "authority"

    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"), index=True)
    current: Mapped[bool] = mapped_column(Boolean)
    authority_kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[int] = mapped_column(Integer)
    purposes: Mapped[list[Any]] = mapped_column(JSON)
    hours: Mapped[list[Any]] = mapped_column(JSON)
    radius_m: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    permission_snapshot: Mapped[bool] = mapped_column(Boolean)
    permission_clip: Mapped[bool] = mapped_column(Boolean)
    permission_export: Mapped[bool] = mapped_column(Boolean)
    permission_demonstration: Mapped[bool] = mapped_column(Boolean)
    reference: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    countersign_needed: Mapped[bool] = mapped_column(Boolean)
    countersigned_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    countersigned_at: Mapped[datetime | None] = mapped_column(UtcTime)
    paused: Mapped[bool] = mapped_column(Boolean)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("consent.id"), index=True)
    unconfirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    """Paused since a backup came back: what the owner said after that backup was made is not known."""
    readdressed_by: Mapped[str] = mapped_column(String(READDRESSERS), default="")
    """Who gave the camera another address than the owner knows, with blanks between; the link rests until he confirms.

    None of them takes down his word for it.
    """
    reconfirmed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))

    __table_args__ = (
        Index(
            "ux_authority_current",
            "camera_id",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    def journal_camera(self) -> str | None:
        return self.camera_id


@dataclass(frozen=True, slots=True)
class AuthorityTerms:
    """What was agreed.

    `hours` are pairs of minutes of the local day: start inclusive, end exclusive, over midnight if start > end.
    """

    kind: AuthorityKind
    level: AccessLevel
    purposes: frozenset[Purpose]
    valid_from: datetime
    expires_at: datetime | None = None
    hours: tuple[tuple[int, int], ...] = ()
    radius_m: int = 0
    permission_snapshot: bool = False
    permission_clip: bool = False
    permission_export: bool = False
    permission_demonstration: bool = False
    reference: str = ""
    consent_id: str | None = None
    """The signed consent that it comes from; None for an agency's, an own camera's, and those from before consents."""


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """An authority as the pure decision reads it."""

    id: str
    version: int
    camera_id: str
    kind: AuthorityKind
    level: AccessLevel
    purposes: frozenset[Purpose]
    hours: tuple[tuple[int, int], ...]
    radius_m: int
    valid_from: datetime
    expires_at: datetime | None
    permission_snapshot: bool
    permission_clip: bool
    permission_export: bool
    permission_demonstration: bool
    reference: str
    recorded_by: str | None
    recorded_at: datetime
    countersign_needed: bool
    countersigned_by: str | None
    countersigned_at: datetime | None
    paused: bool
    withdrawn_at: datetime | None
    consent_id: str | None = None
    unconfirmed: bool = False
    readdressed_by: tuple[str, ...] = ()

    @property
    def private(self) -> bool:
        """Tell whether this is somebody's own camera, to be kept apart from the station's and agencies'."""
        return self.kind is AuthorityKind.OWNER


def _row(found: Authority) -> AuthorityRow:
    return AuthorityRow(
        id=found.id,
        version=found.version,
        camera_id=found.camera_id,
        kind=AuthorityKind(found.authority_kind),
        level=AccessLevel(found.level),
        purposes=frozenset(Purpose(code) for code in found.purposes),
        hours=tuple((int(start), int(end)) for start, end in found.hours),
        radius_m=found.radius_m,
        valid_from=found.valid_from,
        expires_at=found.expires_at,
        permission_snapshot=found.permission_snapshot,
        permission_clip=found.permission_clip,
        permission_export=found.permission_export,
        permission_demonstration=found.permission_demonstration,
        reference=found.reference,
        recorded_by=found.recorded_by,
        recorded_at=found.recorded_at,
        countersign_needed=found.countersign_needed,
        countersigned_by=found.countersigned_by,
        countersigned_at=found.countersigned_at,
        paused=found.paused,
        withdrawn_at=found.withdrawn_at,
        consent_id=found.consent_id,
        unconfirmed=found.unconfirmed,
        readdressed_by=tuple(found.readdressed_by.split()),
    )


_CURRENT: Final = Listing("authorities", Authority, _row)


def authority_snapshot(tx: Tx, *, anew: bool = False) -> dict[str, AuthorityRow]:
    """Return the current authority of every camera, withdrawn and paused ones too. Its age counts from `tx.now`.

    `anew`: none is taken as known.
    """
    fits = (Authority.station_id == tx.station_id, Authority.current.is_(True))
    return {row.camera_id: row for row in reread(tx, _CURRENT, *fits, anew=anew)}


def current_authority(tx: Tx, camera_id: str) -> AuthorityRow | None:
    found = _current(tx, camera_id)
    return _row(found) if found else None


def _current(tx: Tx, camera_id: str) -> Authority | None:
    query = select(Authority).where(Authority.camera_id == camera_id, Authority.current.is_(True))
    return tx.session.scalars(query).one_or_none()


def get_authority(tx: Tx, authority_id: str) -> AuthorityRow:
    """Return an authority or raise `not_found`."""
    return _row(fetch(tx, Authority, authority_id))


def authorities_of(tx: Tx, camera_id: str) -> list[AuthorityRow]:
    """Return the history of a camera's authorities, oldest first."""
    query = select(Authority).where(Authority.camera_id == camera_id)
    return [_row(found) for found in tx.session.scalars(query.order_by(Authority.recorded_at, Authority.id))]


def record_authority(tx: Tx, camera_id: str, terms: AuthorityTerms) -> AuthorityRow:
    """Record a new authority; the camera's former one is no longer current. Own and agency need a countersignature.

    An owner's names the consent that he signed; the database's own guard looks into that (schema).
    """
    if terms.kind is AuthorityKind.OWNER and terms.consent_id is None:
        raise Invalid({"kind": "authority.owner_by_consent"})
    former = _current(tx, camera_id)
    if former is not None:
        former.current = False
        tx.session.flush()
    made = Authority(
        camera_id=camera_id,
        current=True,
        authority_kind=str(terms.kind),
        level=int(terms.level),
        purposes=sorted(str(purpose) for purpose in terms.purposes),
        hours=[[start, end] for start, end in terms.hours],
        radius_m=terms.radius_m,
        valid_from=terms.valid_from,
        expires_at=terms.expires_at,
        permission_snapshot=terms.permission_snapshot,
        permission_clip=terms.permission_clip,
        permission_export=terms.permission_export,
        permission_demonstration=terms.permission_demonstration,
        reference=terms.reference,
        recorded_by=tx.actor_id,
        recorded_at=tx.now,
        countersign_needed=terms.kind is not AuthorityKind.OWNER,
        paused=False,
        consent_id=terms.consent_id,
    )
    tx.session.add(made)
    tx.session.flush()
    return _row(made)


def countersign(tx: Tx, authority_id: str, version: int) -> AuthorityRow:
    found = fetch(tx, Authority, authority_id, version)
    found.countersigned_by = tx.actor_id
    found.countersigned_at = tx.now
    tx.session.flush()
    return _row(found)


def set_paused(
    tx: Tx, authority_id: str, version: int, *, paused: bool, unconfirmed: bool | None = None
) -> AuthorityRow:
    """Pause or resume. `unconfirmed` None: a pause leaves it as it is, a resumption confirms."""
    found = fetch(tx, Authority, authority_id, version)
    found.paused = paused
    found.unconfirmed = (paused and found.unconfirmed) if unconfirmed is None else unconfirmed
    tx.session.flush()
    return _row(found)


def set_readdressed(tx: Tx, authority_id: str, people: Iterable[str]) -> AuthorityRow:
    """Let it rest for these people's sake: they gave the camera an address that its owner does not know."""
    found = fetch(tx, Authority, authority_id)
    found.readdressed_by = " ".join(dict.fromkeys((*found.readdressed_by.split(), *people)))
    found.reconfirmed_by = None
    tx.session.flush()
    return _row(found)


def reconfirm(tx: Tx, authority_id: str) -> AuthorityRow:
    """Let it rest no longer: the owner told whoever acts that it is still his camera."""
    found = fetch(tx, Authority, authority_id)
    found.readdressed_by, found.reconfirmed_by = "", tx.actor_id
    tx.session.flush()
    return _row(found)


def withdraw(tx: Tx, authority_id: str, version: int | None = None) -> AuthorityRow:
    """Withdraw; it stays current, so that the gate can say so. The caller destroys the address with it."""
    found = fetch(tx, Authority, authority_id, version)
    found.withdrawn_at = found.withdrawn_at or tx.now
    tx.session.flush()
    return _row(found)
