"""From an address as it was typed to one that only the gate can open, or the reason why this camera may not have it.

The keyed fingerprint of host, port and path ties a camera to one record: the same camera is refused under a second one,
and after a withdrawal for ever, unless the owner himself permits it again. Main and sub address obey the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.db.authorities import current_authority
from console.db.camera_addresses import fingerprint_uses
from console.db.cameras import AddressKind, SealedAddress
from console.db.store import Tx
from console.db.vault import Vault
from console.kernel import Denied, DenyReason, Invalid, Secret
from console.services.addresses import CAMERA_SCHEMES, Address, address_context, parse
from console.services.former_owners import refuse_owners_address

FIELDS: Final[Mapping[AddressKind, str]] = {AddressKind.MAIN: "address", AddressKind.SUB: "sub_address"}
"""The commands' field of each address."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Addresses as typed. The log-in counts for each of them and wins over one that stands inside an address."""

    main: Secret | None = None
    sub: Secret | None = None
    user: Secret | None = None
    password: Secret | None = None

    @property
    def texts(self) -> dict[AddressKind, Secret]:
        given = {AddressKind.MAIN: self.main, AddressKind.SUB: self.sub}
        return {kind: text for kind, text in given.items() if text is not None}

    @property
    def login(self) -> tuple[Secret, Secret] | None:
        if self.user is None and self.password is None:
            return None
        return self.user or Secret(""), self.password or Secret("")

    def problems(self, *, has_main: bool) -> dict[str, str]:
        """Return what is wrong with them together, by field."""
        if self.sub is not None and self.main is None and not has_main:
            return {"sub_address": "address.main_first"}
        if self.login is not None and not self.texts:
            # Whoever writes an address cannot read it back, and neither can we: it comes whole or not at all.
            return {"user" if self.user is not None else "password": "address.with_its_login"}
        return {}


@dataclass(frozen=True, slots=True)
class Holder:
    """The camera that is to have the addresses; its record may not be there yet."""

    camera_id: str
    unencrypted_override: bool = False
    has_main: bool = False


class AddressBook:
    """Seals addresses for cameras, after every rule was asked. Writes nothing: what is refused leaves no trace."""

    def __init__(self, vault: Vault, schemes: frozenset[str] = CAMERA_SCHEMES) -> None:
        self._vault = vault
        self._schemes = schemes

    def seal(self, tx: Tx, holder: Holder, typed: Typed) -> dict[AddressKind, SealedAddress]:
        """Return the sealed addresses. Raises `Invalid` at the field, or `Denied` naming it as `field`."""
        wrong = typed.problems(has_main=holder.has_main)
        if wrong:
            raise Invalid(wrong)
        return {kind: self._seal(tx, holder, kind, self.read(kind, typed)) for kind in typed.texts}

    def read(self, kind: AddressKind, typed: Typed) -> Address:
        """Take one address apart; what is wrong with it stands at its own field."""
        try:
            return parse(typed.texts[kind], typed.login, self._schemes)
        except Invalid as wrong:
            raise Invalid({FIELDS[kind]: wrong.fields["address"]}) from None

    def _seal(self, tx: Tx, holder: Holder, kind: AddressKind, address: Address) -> SealedAddress:
        field = FIELDS[kind]
        if address.public and not address.encrypted and not holder.unencrypted_override:
            raise Denied(DenyReason.UNENCRYPTED_PUBLIC, field=field)
        fingerprint = self._vault.fingerprint(tx, Secret(address.identity))
        uses = fingerprint_uses(tx, fingerprint)
        # A camera that has this address now gets no other one: its log-in may change.
        has_it = any(use.camera_id == holder.camera_id and not use.withdrawn for use in uses)
        for use in () if has_it else uses:
            # Withdrawn for ever, except to the same record under a new permission of its owner.
            if use.camera_id != holder.camera_id or not _permitted_anew(tx, holder.camera_id):
                raise Denied(DenyReason.FINGERPRINT_TAKEN, withdrawn=use.withdrawn, field=field)
        authority = current_authority(tx, holder.camera_id)
        if not has_it and authority is not None and not authority.private:
            refuse_owners_address(tx, holder.camera_id, {fingerprint}, field=field)
        sealed = self._vault.seal(tx, address.url(), address_context(holder.camera_id, kind))
        return SealedAddress(sealed, fingerprint, self._vault.fingerprint(tx, Secret(address.way)))


def _permitted_anew(tx: Tx, camera_id: str) -> bool:
    authority = current_authority(tx, camera_id)
    return authority is not None and authority.private and authority.withdrawn_at is None
