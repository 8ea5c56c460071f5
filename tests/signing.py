"""How tests come by an owner's permission: as the program does, by a consent that the owner signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from console.db import consents, schema
from console.db.authorities import Authority, AuthorityRow, AuthorityTerms, current_authority, record_authority
from console.db.cameras import get_camera
from console.db.consents import CameraTerms, ConsentRow, ConsentTerms, NewEvent, Signing
from console.db.notices import current_notice, publish_notice
from console.db.owners import OwnerFacts, add_owner, set_camera_owner
from console.db.store import Tx
from console.kernel import Aim, AuthorityKind, ConsentEventKind, OwnerType, Party, Purpose, WithdrawalWay
from console.services.permits import NEVER_TICKED
from console.services.stop_link import tell

SIGNER: Final = "นางสมหญิง ตัวอย่าง"
WITNESS: Final = "นายพยาน ตัวอย่าง"
OWNER: Final = OwnerFacts(Party.PERSON, OwnerType.SHOP, SIGNER, address="1 ถ.นครใน", phone="000-000-0001")
LONG: Final = timedelta(days=5 * 365)


def signed_consent(tx: Tx, camera_id: str, terms: AuthorityTerms, supersedes: str | None = None) -> ConsentRow:
    """Let the camera's owner, a new one if it has none, put his name under these terms. Nothing follows from it yet."""
    owner_id = get_camera(tx, camera_id).owner_id or add_owner(tx, OWNER).id
    notice = current_notice(tx) or publish_notice(tx, "ประกาศ", frozenset(Purpose) - NEVER_TICKED)
    drafted = consents.add_consent(
        tx,
        ConsentTerms(
            owner_id=owner_id,
            notice_id=notice.id,
            cameras=(CameraTerms(camera_id, "", Aim.FRONT),),
            level=terms.level,
            valid_from=terms.valid_from,
            expires_at=terms.expires_at or terms.valid_from + LONG,
            purposes=terms.purposes,
            hours=terms.hours,
            radius_m=terms.radius_m,
            permission_snapshot=terms.permission_snapshot,
            permission_clip=terms.permission_clip,
            permission_export=terms.permission_export,
            permission_demonstration=terms.permission_demonstration,
            supersedes_id=supersedes,
        ),
    )
    consents.sign(tx, drafted.id, Signing(SIGNER, "", WITNESS, tx.now, agreed_data=True))
    return consents.get_consent(tx, drafted.id)


def permitted(tx: Tx, camera_id: str, terms: AuthorityTerms) -> AuthorityRow:
    """Record the permission that such a signature gives, and no more: enough where the store alone is tested."""
    consent = signed_consent(tx, camera_id, terms)
    return record_authority(tx, camera_id, replace(terms, consent_id=consent.id))


def permit(tx: Tx, camera_id: str, terms: AuthorityTerms) -> AuthorityRow:
    """Do all that signing does, in one transaction; a consent that stands is superseded.

    Unlike the command it takes terms that began before today, or are over.
    """
    standing = current_authority(tx, camera_id)
    former = None if standing is None or standing.withdrawn_at is not None else standing.consent_id
    consent = signed_consent(tx, camera_id, terms, former)
    for kind in (ConsentEventKind.DRAFTED, ConsentEventKind.PRESENTED):
        tell(tx, consent, NewEvent(kind))
    tell(tx, consent, NewEvent(ConsentEventKind.SIGNED, way=WithdrawalWay.SCREEN, data={"agreed_data": True}))
    set_camera_owner(tx, camera_id, consent.terms.owner_id)
    right = replace(terms, expires_at=consent.terms.expires_at, consent_id=consent.id)
    made = record_authority(tx, camera_id, replace(right, reference=terms.reference or consent.number))
    if former is not None:
        tell(tx, consents.get_consent(tx, former), NewEvent(ConsentEventKind.SUPERSEDED, data={"by": consent.number}))
    return made


def from_before(tx: Tx, camera_id: str, terms: AuthorityTerms) -> str:
    """Put a permission in as versions before consents recorded it, past the guard that stands since; returns its id."""
    connection = tx.session.connection()
    for guard in ("insert", "update"):
        of = "" if connection.dialect.name == "sqlite" else " ON authority"
        connection.exec_driver_sql(f"DROP TRIGGER guard_authority_{guard}{of}")
    made = tx.session.get_one(Authority, record_authority(tx, camera_id, replace(terms, kind=AuthorityKind.AGENCY)).id)
    made.authority_kind, made.countersign_needed = str(AuthorityKind.OWNER), False
    tx.session.flush()
    schema.install_guards(connection)
    return made.id
