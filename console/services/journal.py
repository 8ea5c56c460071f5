"""Sealing and checking the journal: checkpoints with the station's key, and the verifier's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.db import journal as db
from console.db.journal import Checkpoint, Problem, Progress, VerifyReport
from console.db.store import CommandStamp, Store, Tx
from console.kernel import ConsoleError, Denied, DenyReason, Right, Session, new_id
from console.services.remembered import ClientMemory
from console.services.seal_codes import read_seal_code, seal_code
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
        self._memory: ClientMemory | None = None
        self.older = False
        """Whether the journal that was opened lacks what this console has seen sealed."""

    def recall(self, memory: ClientMemory) -> bool:
        """Remember the seals from now on, and say whether the journal is older than what was remembered until now."""
        self._memory = memory
        self.older = self._store.read(lambda tx: self._lacks(tx, memory))
        return self.older

    def _lacks(self, tx: Tx, memory: ClientMemory) -> bool:
        try:
            return db.lacks(tx, memory.heads(self._keys.public_key(tx)))
        except ConsoleError:
            # No station was founded here yet: there is no key, and nothing to remember.
            return False

    def notice(self) -> None:
        """Take it that the older journal was noticed and journaled: the next start does not tell it again."""
        if self._memory is not None:
            self._memory.notice(self._store.read(self._keys.public_key))

    def seal(self) -> Checkpoint:
        """Sign the present heads of all chains, in the database and in the file beside it."""
        signer, heads = self._store.read(lambda tx: (self._keys.signer(tx), db.vector(tx)))
        stamp = CommandStamp(new_id(), "seal_journal")
        made = self._store.submit(lambda tx: db.checkpoint(tx, signer, heads), command=stamp)
        if self._memory is not None:
            self._memory.remember(made, signer.public_key())
        return made

    def paper_code(self) -> str:
        """Return the newest seal as characters for paper; empty where nothing is sealed."""
        newest = self._store.read(db.newest_checkpoint_hash)
        return "" if newest is None else seal_code(newest)

    def verify(self, session: Session, papers: Sequence[str] = ()) -> VerifyReport:
        """Check every row, chain and checkpoint. Needs the right; finding something is a report, not an error.

        `papers` are codes of seals as they stand on paper; `Invalid` for one that is none.
        """
        return self.check(session, papers=papers).report

    def check(self, session: Session, progress: Progress | None = None, papers: Sequence[str] = ()) -> Checked:
        """Do the same, telling `progress` (rows looked at, of how many); what that raises ends the check."""
        named = [read_seal_code(code) for code in papers]
        self._sessions.check(session)
        if not session.may(Right.VERIFY_JOURNAL):
            raise Denied(DenyReason.ROLE, right=Right.VERIFY_JOURNAL.value)

        def work(tx: Tx) -> Checked:
            key = self._keys.public_key(tx)
            known = db.Known("" if self._memory is None else self._memory.text(key), named)
            report = db.verify(tx, key, progress, known)
            # What this very opening put back is told as well: nobody else would see that it was gone.
            guards = [
                problem for problem in map(db.guard_problem, self._store.mended) if problem not in report.problems
            ]
            report = replace(report, problems=(*report.problems, *guards))
            return Checked(report, tx.now, db.sealed_until(tx), db.key_id(key))

        return self._store.read(work)

    def fingerprint(self) -> str:
        """Return the name of the key that seals this station's journal."""
        return self._store.read(lambda tx: db.key_id(self._keys.public_key(tx)))
