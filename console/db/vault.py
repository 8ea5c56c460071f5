"""The vault: seals camera addresses so that only people with feed rights can use them (docs/decisions/002).

Everybody may seal; unsealing needs an unlocked vault, that is, a person's password, a slot and (where there is a
keyring) the station secret. No key and no clear text leaves this module but as `Secret` or as the signing key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from argon2.profiles import RFC_9106_LOW_MEMORY
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from console.db.journal import JournalEvent, key_id
from console.db.keyrings import MemoryKeyring, NoKeyring, OsKeyring, StationKeyring, find_keyring
from console.db.store import Tx
from console.db.vault_rows import PersonKey, VaultHead, VaultSlot
from console.kernel import ConsoleError, Secret, Unavailable

__all__ = [
    "MemoryKeyring",
    "NoKeyring",
    "OsKeyring",
    "RecoverySheet",
    "StationKeyring",
    "Vault",
    "find_keyring",
    "seal_to",
    "unseal_with",
]

_VERSION: Final = b"\x01"
_KEY: Final = 32
_NONCE: Final = 12
_ZERO_NONCE: Final = bytes(_NONCE)
_CODE_BYTES: Final = 20
_CODE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_LETTERS: Final = 4


@dataclass(frozen=True, slots=True)
class RecoverySheet:
    """Printed once at the first start and kept in the safe; a verifier compares `signer` with the public key."""

    code: Secret
    signer: str
    keyring: bool


def _derive(material: bytes, salt: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _KEY, salt, b"ccoc " + purpose.encode("utf-8")).derive(material)


def seal_to(public: X25519PublicKey, text: bytes, context: str) -> bytes:
    """Seal bytes to a public key, bound to `context` (`purpose|record id`)."""
    fresh = X25519PrivateKey.generate()
    ephemeral, receiver = fresh.public_key().public_bytes_raw(), public.public_bytes_raw()
    key = _derive(fresh.exchange(public), ephemeral + receiver, "seal")
    return _VERSION + ephemeral + ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, text, context.encode("utf-8"))


def unseal_with(private: X25519PrivateKey, sealed: bytes, context: str) -> bytes:
    """Open what `seal_to` sealed; another key, another context or a changed byte is `vault.tampered`."""
    ephemeral, receiver = sealed[1 : 1 + _KEY], private.public_key().public_bytes_raw()
    if sealed[:1] != _VERSION:
        raise ConsoleError("vault.tampered")
    try:
        key = _derive(private.exchange(X25519PublicKey.from_public_bytes(ephemeral)), ephemeral + receiver, "seal")
        return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, sealed[1 + _KEY :], context.encode("utf-8"))
    except (InvalidTag, ValueError):
        raise ConsoleError("vault.tampered") from None


def _wrap(key: bytes, text: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + ChaCha20Poly1305(key).encrypt(nonce, text, context.encode("utf-8"))


def _unwrap(key: bytes, wrapped: bytes, context: str) -> bytes:
    if wrapped[:1] != _VERSION:
        raise Unavailable("vault.wrong_key")
    nonce, rest = wrapped[1 : 1 + _NONCE], wrapped[1 + _NONCE :]
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, rest, context.encode("utf-8"))
    except (InvalidTag, ValueError):
        raise Unavailable("vault.wrong_key") from None


def _password_key(password: Secret, salt: bytes, station_secret: bytes | None, person_id: str) -> bytes:
    profile = RFC_9106_LOW_MEMORY
    stretched = hash_secret_raw(
        password.reveal().encode("utf-8"),
        salt,
        time_cost=profile.time_cost,
        memory_cost=profile.memory_cost,
        parallelism=profile.parallelism,
        hash_len=_KEY,
        type=Type.ID,
    )
    return _derive(stretched + (station_secret or b""), salt, f"person {person_id}")


def _code_text(code: bytes) -> str:
    """Spell a recovery code: base 32 without look-alike letters, groups of four, the last group a check."""
    number = int.from_bytes(code, "big")
    letters = "".join(_CODE_ALPHABET[number >> shift & 31] for shift in range(8 * _CODE_BYTES - 5, -1, -5))
    letters += _check_letters(code)
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _check_letters(code: bytes) -> str:
    digest = hashlib.sha256(b"ccoc-code\0" + code).digest()
    return "".join(_CODE_ALPHABET[byte & 31] for byte in digest[:_CHECK_LETTERS])


def _code_bytes(text: str) -> bytes:
    """Read a recovery code as people type it: any case, O for 0, I and L for 1, blanks and hyphens as they like."""
    letters = text.upper().translate(str.maketrans("OIL", "011", " -\t\n"))
    body, check = letters[:-_CHECK_LETTERS], letters[-_CHECK_LETTERS:]
    number = 0
    for letter in body:
        if letter not in _CODE_ALPHABET:
            raise ConsoleError("vault.code_mistyped")
        number = number << 5 | _CODE_ALPHABET.index(letter)
    if len(body) != 8 * _CODE_BYTES // 5 or _check_letters(number.to_bytes(_CODE_BYTES, "big")) != check:
        raise ConsoleError("vault.code_mistyped")
    return number.to_bytes(_CODE_BYTES, "big")


class Vault:
    """The vault of one station, as this console holds it. Locked until somebody with a slot logs in."""

    def __init__(self, keyring: StationKeyring) -> None:
        self._keyring = keyring
        self._private: X25519PrivateKey | None = None

    @property
    def unlocked(self) -> bool:
        return self._private is not None

    def lock(self) -> None:
        """Forget the vault's private key."""
        self._private = None

    def exists(self, tx: Tx) -> bool:
        return tx.session.get(VaultHead, tx.station_id) is not None

    def has_keyring(self, tx: Tx) -> bool:
        """Tell whether the station secret is at hand; without it passwords stand alone."""
        return self._keyring.get(tx.station_id) is not None

    def create(self, tx: Tx) -> RecoverySheet:
        """Make the station's vault, left open so that the first slot can be given. The code is shown once."""
        if self.exists(tx):
            raise ConsoleError("vault.exists")
        private, signer = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        code, keys = os.urandom(_CODE_BYTES), signer.private_bytes_raw() + os.urandom(_KEY)
        station = self._make_station_secret(tx.station_id)
        context = f"station-keys|{tx.station_id}"
        tx.session.add(
            VaultHead(
                station_id=tx.station_id,
                created_at=tx.now,
                public_key=private.public_key().public_bytes_raw(),
                signer_public=signer.public_key().public_bytes_raw(),
                recovery_slot=_wrap(
                    _derive(code, b"", f"recovery {tx.station_id}"), private.private_bytes_raw(), "recovery"
                ),
                keys_for_vault=seal_to(private.public_key(), keys, context),
                keys_for_station=_wrap(_derive(station, b"", context), keys, context) if station else None,
            )
        )
        tx.session.flush()
        named = key_id(signer.public_key())
        tx.record(JournalEvent("vault.created", ("vault", tx.station_id), {"signer": named, "keyring": bool(station)}))
        self._open(tx, private)
        return RecoverySheet(Secret(_code_text(code)), named, bool(station))

    def _make_station_secret(self, station_id: str) -> bytes | None:
        known = self._keyring.get(station_id)
        if known is not None:
            return known
        made = os.urandom(_KEY)
        return made if self._keyring.set(station_id, made) else None

    def _open(self, tx: Tx, private: X25519PrivateKey) -> None:
        self._private = private
        tx.on_rollback(self.lock)

    def _head(self, tx: Tx) -> VaultHead:
        head = tx.session.get(VaultHead, tx.station_id)
        if head is None:
            raise Unavailable("vault.missing")
        return head

    def _opened(self) -> X25519PrivateKey:
        if self._private is None:
            raise Unavailable("vault.locked")
        return self._private

    # People

    def add_person(self, tx: Tx, person_id: str, password: Secret) -> None:
        """Make a person's key pair, or a new one after a reset; a former slot is void then."""
        former = tx.session.get(PersonKey, person_id)
        if former is not None:
            self.remove_slot(tx, person_id)
            tx.session.delete(former)
            tx.session.flush()
        private = X25519PrivateKey.generate()
        salt, station = os.urandom(16), self._keyring.get(tx.station_id)
        key = _password_key(password, salt, station, person_id)
        tx.session.add(
            PersonKey(
                person_id=person_id,
                station_id=tx.station_id,
                public_key=private.public_key().public_bytes_raw(),
                salt=salt,
                wrapped=_wrap(key, private.private_bytes_raw(), f"person|{person_id}"),
                bound=station is not None,
                changed_at=tx.now,
            )
        )
        tx.session.flush()
        tx.record(JournalEvent("vault.key_made", ("person", person_id), {"bound": station is not None}))

    def change_password(self, tx: Tx, person_id: str, old: Secret, new: Secret) -> None:
        """Wrap a person's private key under a new password; slots stay valid."""
        found = self._person(tx, person_id)
        private = self._person_private(tx, found, old)
        salt, station = os.urandom(16), self._keyring.get(tx.station_id)
        found.salt = salt
        found.wrapped = _wrap(
            _password_key(new, salt, station, person_id), private.private_bytes_raw(), f"person|{person_id}"
        )
        found.bound = station is not None
        found.changed_at = tx.now
        tx.session.flush()
        tx.record(JournalEvent("vault.key_wrapped", ("person", person_id), {"bound": found.bound}))

    def has_slot(self, tx: Tx, person_id: str) -> bool:
        return tx.session.get(VaultSlot, person_id) is not None

    def give_slot(self, tx: Tx, person_id: str) -> None:
        """Give a person the vault key; needs an unlocked vault. Whether his role may have one is the caller's rule."""
        private = self._opened()
        if self.has_slot(tx, person_id):
            return
        public = X25519PublicKey.from_public_bytes(self._person(tx, person_id).public_key)
        tx.session.add(
            VaultSlot(
                person_id=person_id,
                station_id=tx.station_id,
                sealed=seal_to(public, private.private_bytes_raw(), f"slot|{person_id}"),
                given_at=tx.now,
                given_by=tx.actor_id,
            )
        )
        tx.session.flush()
        tx.record(JournalEvent("vault.slot_given", ("person", person_id)))

    def remove_slot(self, tx: Tx, person_id: str) -> None:
        """Take a person's slot away; harmless if there is none."""
        slot = tx.session.get(VaultSlot, person_id)
        if slot is not None:
            tx.session.delete(slot)
            tx.session.flush()
            tx.record(JournalEvent("vault.slot_removed", ("person", person_id)))

    def _person(self, tx: Tx, person_id: str) -> PersonKey:
        found = tx.session.get(PersonKey, person_id)
        if found is None:
            raise Unavailable("vault.no_slot")
        return found

    def _person_private(self, tx: Tx, found: PersonKey, password: Secret) -> X25519PrivateKey:
        station = self._keyring.get(tx.station_id) if found.bound else None
        if found.bound and station is None:
            raise Unavailable("vault.keyring_missing")
        key = _password_key(password, found.salt, station, found.person_id)
        return X25519PrivateKey.from_private_bytes(_unwrap(key, found.wrapped, f"person|{found.person_id}"))

    def unlock(self, tx: Tx, person_id: str, password: Secret) -> None:
        """Open the vault for a person, or raise `vault.no_slot`, `vault.keyring_missing` or `vault.wrong_key`."""
        slot = tx.session.get(VaultSlot, person_id)
        if slot is None:
            raise Unavailable("vault.no_slot")
        private = self._person_private(tx, self._person(tx, person_id), password)
        self._private = self._checked(tx, unseal_with(private, slot.sealed, f"slot|{person_id}"))

    def unlock_with_code(self, tx: Tx, code: Secret) -> None:
        """Open the vault with the recovery sheet, or raise `vault.code_mistyped` or `vault.wrong_key`."""
        key = _derive(_code_bytes(code.reveal()), b"", f"recovery {tx.station_id}")
        self._private = self._checked(tx, _unwrap(key, self._head(tx).recovery_slot, "recovery"))

    def _checked(self, tx: Tx, raw: bytes) -> X25519PrivateKey:
        private = X25519PrivateKey.from_private_bytes(raw)
        if private.public_key().public_bytes_raw() != self._head(tx).public_key:
            # Somebody put another public key into the table, to read what is sealed from now on.
            raise ConsoleError("vault.tampered")
        return private

    # Sealed values

    def seal(self, tx: Tx, text: Secret, context: str) -> bytes:
        """Seal text for the station, bound to `context` (`purpose|record id`). Needs no unlocked vault."""
        public = X25519PublicKey.from_public_bytes(self._head(tx).public_key)
        return seal_to(public, text.reveal().encode("utf-8"), context)

    def unseal(self, sealed: bytes, context: str) -> Secret:
        """Open a sealed text; `services.feeds` is the only caller outside db."""
        return Secret(unseal_with(self._opened(), sealed, context).decode("utf-8"))

    # Station keys

    def _station_keys(self, tx: Tx) -> bytes:
        head, context = self._head(tx), f"station-keys|{tx.station_id}"
        station = self._keyring.get(tx.station_id)
        if station is not None and head.keys_for_station is not None:
            return _unwrap(_derive(station, b"", context), head.keys_for_station, context)
        return unseal_with(self._opened(), head.keys_for_vault, context)

    def signer(self, tx: Tx) -> Ed25519PrivateKey:
        """Return the station's signing key; without a keyring only while the vault is unlocked."""
        return Ed25519PrivateKey.from_private_bytes(self._station_keys(tx)[:_KEY])

    def public_key(self, tx: Tx) -> Ed25519PublicKey:
        """Return the public half as the table names it; compare `key_id` with the recovery sheet before trusting it."""
        return Ed25519PublicKey.from_public_bytes(self._head(tx).signer_public)

    def fingerprint(self, tx: Tx, text: Secret) -> str:
        """Return the keyed fingerprint of host, port and path (one spelling is the caller's duty)."""
        return hmac.new(self._station_keys(tx)[_KEY:], text.reveal().encode("utf-8"), hashlib.sha256).hexdigest()
