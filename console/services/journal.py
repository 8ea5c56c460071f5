"""Sealing and checking the journal: checkpoints with the station's key, and the verifier's report."""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.db import journal as db
from console.db.journal import Checkpoint, Problem, VerifyReport
from console.db.store import CommandStamp, Store, Tx
from console.kernel import Denied, DenyReason, Right, Session, new_id
from console.services.sessions import Sessions

__all__ = ["Checkpoint", "Journal", "Problem", "SigningKeys", "VerifyReport"]


class SigningKeys(Protocol):
    """What this needs of the vault: the station's signing key. It has no business with addresses."""

    def signer(self, tx: Tx) -> Ed25519PrivateKey: ...
    def public_key(self, tx: Tx) -> Ed25519PublicKey: ...


class Journal:
    """The proof, from outside."""

    def __init__(self, store: Store, keys: SigningKeys, sessions: Sessions) -> None:
        self._store = store
        self._keys = keys
        self._sessions = sessions

    def seal(self) -> Checkpoint:
        """Sign the present heads of all chains, in the database and in the file beside it."""

        def work(tx: Tx) -> Checkpoint:
            return db.checkpoint(tx, self._keys.signer(tx))

        return self._store.submit(work, command=CommandStamp(new_id(), "seal_journal"))

    def verify(self, session: Session) -> VerifyReport:
        """Check every row, chain and checkpoint. Needs the right; finding something is a report, not an error."""
        self._sessions.check(session)
        if not session.may(Right.VERIFY_JOURNAL):
            raise Denied(DenyReason.ROLE, right=Right.VERIFY_JOURNAL.value)
        return self._store.read(lambda tx: db.verify(tx, self._keys.public_key(tx)))
