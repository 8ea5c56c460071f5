"""Sealing and checking the journal: checkpoints with the station's key, and the verifier's report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.db import journal as db
from console.db.journal import Checkpoint, Problem, Progress, VerifyReport
from console.db.store import CommandStamp, Store, Tx
from console.kernel import Denied, DenyReason, Right, Session, new_id
from console.services.sessions import Sessions

__all__ = ["Checked", "Checkpoint", "Journal", "Problem", "Progress", "SigningKeys", "VerifyReport"]


class SigningKeys(Protocol):
    """What this needs of the vault: the station's signing key. It has no business with addresses."""

    def signer(self, tx: Tx) -> Ed25519PrivateKey: ...
    def public_key(self, tx: Tx) -> Ed25519PublicKey: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of the whole journal, when it began, and until when the newest seal reaches (None: nothing is sealed).

    `fingerprint` names the key that the seals were checked with.
    """

    report: VerifyReport
    at: datetime
    sealed_until: datetime | None
    fingerprint: str


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
        return self.check(session).report

    def check(self, session: Session, progress: Progress | None = None) -> Checked:
        """Do the same, telling `progress` (rows looked at, of how many); what that raises ends the check."""
        self._sessions.check(session)
        if not session.may(Right.VERIFY_JOURNAL):
            raise Denied(DenyReason.ROLE, right=Right.VERIFY_JOURNAL.value)

        def work(tx: Tx) -> Checked:
            key = self._keys.public_key(tx)
            return Checked(db.verify(tx, key, progress), tx.now, db.sealed_until(tx), db.key_id(key))

        return self._store.read(work)

    def fingerprint(self) -> str:
        """Return the name of the key that seals this station's journal."""
        return self._store.read(lambda tx: db.key_id(self._keys.public_key(tx)))
