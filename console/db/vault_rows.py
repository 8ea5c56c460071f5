"""The tables of the vault (docs/decisions/002). Only `vault` uses them; nothing here opens without a key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from console.db.base import ID_LENGTH, Base, UtcTime


class VaultHead(Base):
    """The station's vault: public halves in the clear, the rest wrapped."""

    __tablename__ = "vault"

    station_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    signer_public: Mapped[bytes] = mapped_column(LargeBinary)
    recovery_slot: Mapped[bytes] = mapped_column(LargeBinary)
    keys_for_vault: Mapped[bytes] = mapped_column(LargeBinary)
    """Station keys, sealed to the vault key."""
    keys_for_station: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Station keys under the station secret; None where there is no keyring."""


class PersonKey(Base):
    """A person's key pair, the private half wrapped under the password (and the station secret, if `bound`)."""

    __tablename__ = "vault_person"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    station_id: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    bound: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class VaultSlot(Base):
    """The vault key, sealed to one person."""

    __tablename__ = "vault_slot"

    person_id: Mapped[str] = mapped_column(ForeignKey("vault_person.person_id"), primary_key=True)
    station_id: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime] = mapped_column(UtcTime)
    given_by: Mapped[str | None] = mapped_column(String(ID_LENGTH))
