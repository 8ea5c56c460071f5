"""A small honest history, its raw export, and what a forger does to it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.db import journal
from console.db.authorities import AuthorityTerms, record_authority
from console.db.cameras import CameraFacts, register_camera
from console.db.feeds import ViewOpening, end_view, first_picture, open_view
from console.db.journal_examine import Examiner, RawCheckpoint, RawRow, VerifyReport
from console.db.journal_format import NO_HASH, Head, JsonValue, decode, encode, row_hash
from console.db.journal_verify import CHECKPOINT_LOG, RawTopics, raw_checkpoints, raw_rows, read_log
from console.db.store import Store, Tx
from console.kernel import AccessLevel, AuthorityKind, EndReason, OwnerType, Purpose, Role, ViewKind
from tests.store.world import HandClock, Officer, enrol, record, write

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def live_a_little(store: Store, clock: HandClock) -> None:
    """Two cameras, an officer who looks at both, a checkpoint, and a little more."""
    officer = enrol(store, "som", Role.SUPERINTENDENT)
    for code in ("A1", "A2"):
        _look(store, clock, officer, CameraFacts(code, "หน้าร้าน", "ถ.นครใน", OwnerType.SHOP))
    seal(store)
    record(store, journal.JournalEvent("views.alive", ("console", "x"), {"views": []}))


def _look(store: Store, clock: HandClock, officer: Officer, facts: CameraFacts) -> None:
    camera = write(store, lambda tx: register_camera(tx, facts))
    terms = AuthorityTerms(AuthorityKind.AGENCY, AccessLevel.ALWAYS, frozenset({Purpose.TRAFFIC}), clock.now())
    authority = write(store, lambda tx: record_authority(tx, camera.id, terms), officer.session)
    new = ViewOpening(camera.id, Purpose.TRAFFIC, ViewKind.WALL, authority.id)
    view = write(store, lambda tx: open_view(tx, new), officer.session)
    clock.move(1.5)
    write(store, lambda tx: first_picture(tx, view.id, tx.now))
    seal(store)
    clock.move(60)
    write(store, lambda tx: end_view(tx, view.id, EndReason.CLOSED, tx.now))


def seal(store: Store) -> journal.Checkpoint:
    return write(store, lambda tx: journal.checkpoint(tx, KEY))


@dataclass(frozen=True)
class Export:
    """Everything a verifier reads."""

    rows: tuple[RawRow, ...]
    checkpoints: tuple[RawCheckpoint, ...]
    log: str

    @classmethod
    def of(cls, store: Store) -> Export:
        def query(tx: Tx) -> Export:
            log = read_log(tx.data_dir / CHECKPOINT_LOG)
            rows = chain.from_iterable(raw_rows(tx.session, RawTopics(tx.session)))
            return cls(tuple(rows), tuple(raw_checkpoints(tx.session)), log)

        return store.read(query)

    def examine(self, key: Ed25519PublicKey | None = None) -> VerifyReport:
        examiner = Examiner(key or KEY.public_key())
        for checkpoint in self.checkpoints:
            examiner.checkpoint(checkpoint)
        examiner.log(self.log)
        for row in self.rows:
            examiner.row(row)
        return examiner.report()

    def kinds(self) -> set[str]:
        return {problem.kind for problem in self.examine().problems}

    def with_row(self, index: int, **changes: object) -> Export:
        rows = list(self.rows)
        rows[index] = replace(rows[index], **changes)  # type: ignore[arg-type]  # a forger keeps no types
        return replace(self, rows=tuple(rows))

    def with_checkpoint(self, index: int, **changes: object) -> Export:
        checkpoints = list(self.checkpoints)
        checkpoints[index] = replace(checkpoints[index], **changes)  # type: ignore[arg-type]  # the same
        return replace(self, checkpoints=tuple(checkpoints))


def flipped(data: bytes, position: int) -> bytes:
    """Return the bytes with one bit turned."""
    changed = bytearray(data)
    changed[position] ^= 1 << (position % 8)
    return bytes(changed)


def rechained(
    rows: Sequence[RawRow], forge: Callable[[dict[str, JsonValue]], None] = lambda _values: None
) -> list[RawRow]:
    """Do what a forger with the program's source does: change the bodies and compute every link and column anew."""
    made: list[RawRow] = []
    head, cameras = Head(), dict[str, Head]()
    for row in rows:
        values = decode(row.body)
        forge(values)
        values |= {"seq": head.seq + 1, "prev": head.hash}
        camera = values["camera"]
        if isinstance(camera, dict):
            last = cameras.get(str(camera["id"]), Head(0, NO_HASH))
            camera |= {"seq": last.seq + 1, "prev": last.hash}
        body = encode(values)
        head = Head(head.seq + 1, row_hash(body))
        if isinstance(camera, dict):
            cameras[str(camera["id"])] = Head(int(str(camera["seq"])), head.hash)
        columns = {"seq": head.seq, "prev": values["prev"], "hash": head.hash, "body": body}
        columns |= {"event_class": values["class"], "camera_seq": camera["seq"] if isinstance(camera, dict) else None}
        made.append(replace(row, **columns))  # type: ignore[arg-type]  # the values come out of JSON
    return made


def line_of(checkpoint: RawCheckpoint) -> str:
    body, signature = (base64.b64encode(part).decode() for part in (checkpoint.body, checkpoint.signature))
    return f'{{"body": "{body}", "signature": "{signature}"}}\n'
