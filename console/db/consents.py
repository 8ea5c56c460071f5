"""Consents: what an owner signed for which cameras, what happened to it since, and the papers that prove it.

The terms are never changed once they are signed, and events are only added: guards of the database see to it (schema).
Papers and names can be deleted when their time is over; their hashes stay in the events and in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from console.db.base import ID_LENGTH, PERSONAL, Base, UtcTime
from console.db.facts import facts_of
from console.db.journal import JsonValue, forget_personal
from console.db.running_numbers import Numbered, next_number
from console.db.store import Tx, discard, fetch
from console.kernel import AccessLevel, Aim, Change, ConsentEventKind, Purpose, WithdrawalWay

KIND = "consent"


class Consent(Numbered):
    """The terms of one paper. Names of those who signed are PERSONAL and may be erased."""

    __tablename__ = "consent"
    kind: ClassVar[str] = KIND

    number: Mapped[str] = mapped_column(String(32))
    owner_id: Mapped[str] = mapped_column(ForeignKey("owner.id"), index=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"))
    language: Mapped[str] = mapped_column(String(8))
    level: Mapped[int] = mapped_column(Integer)
    purposes: Mapped[list[Any]] = mapped_column(JSON)
    hours: Mapped[list[Any]] = mapped_column(JSON)
    radius_m: Mapped[int] = mapped_column(Integer)
    permission_snapshot: Mapped[bool] = mapped_column(Boolean)
    permission_clip: Mapped[bool] = mapped_column(Boolean)
    permission_export: Mapped[bool] = mapped_column(Boolean)
    permission_demonstration: Mapped[bool] = mapped_column(Boolean)
    permission_ai: Mapped[bool] = mapped_column(Boolean)
    recording_days: Mapped[int] = mapped_column(Integer)
    recipients: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    supersedes_id: Mapped[str | None] = mapped_column(ForeignKey("consent.id"))
    agreed_data: Mapped[bool] = mapped_column(Boolean)
    """Consent B: that the owner's own name and contacts are kept."""
    signed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    signer: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    guardian: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    witness: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    officer_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))


class ConsentCamera(Base):
    """A camera of a consent, as the paper describes it."""

    __tablename__ = "consent_camera"

    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"), primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("camera.id"), primary_key=True, index=True)
    station_id: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(300))
    aim: Mapped[str] = mapped_column(String(16))
    sight: Mapped[str] = mapped_column(String(300))


class ConsentEvent(Base):
    """Something that happened to a consent. Only ever added."""

    __tablename__ = "consent_event"

    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    station_id: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(16))
    camera_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    way: Mapped[str | None] = mapped_column(String(16))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class ConsentPaper(Base):
    """A form, a signature or a scan, byte by byte; or words of a reason. Deleted when its time is over."""

    __tablename__ = "consent_paper"

    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"), primary_key=True)
    event_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    station_id: Mapped[str] = mapped_column(String(64))
    media: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class CameraTerms:
    """A camera as the paper describes it: where it hangs, what it looks at, and how in words."""

    camera_id: str
    place: str
    aim: Aim
    sight: str = ""


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What is asked of the owner. `hours` as in an authority."""

    owner_id: str
    notice_id: str
    cameras: tuple[CameraTerms, ...]
    level: AccessLevel
    valid_from: datetime
    expires_at: datetime
    purposes: frozenset[Purpose] = frozenset()
    hours: tuple[tuple[int, int], ...] = ()
    radius_m: int = 0
    permission_snapshot: bool = False
    permission_clip: bool = False
    permission_export: bool = False
    permission_demonstration: bool = False
    permission_ai: bool = False
    recording_days: int = 0
    recipients: str = ""
    language: str = "th"
    supersedes_id: str | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    number: int
    event: ConsentEventKind
    at: datetime
    camera_id: str | None = None
    """The one camera that it concerns; None: all of them."""
    actor_id: str | None = None
    way: WithdrawalWay | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signed, before whom, and whether the owner's own data may be kept (B)."""

    signer: str
    guardian: str
    witness: str
    signed_at: datetime
    agreed_data: bool


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper without its bytes."""

    name: str
    event_number: int
    media: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ConsentRow:
    id: str
    record_version: int
    number: str
    terms: ConsentTerms
    events: tuple[EventRow, ...]
    signer: str
    guardian: str
    witness: str
    officer_id: str | None
    agreed_data: bool
    signed_at: datetime | None

    @property
    def version(self) -> int:
        """Grows with each change of the terms and each event."""
        return self.record_version + len(self.events)

    @property
    def camera_ids(self) -> tuple[str, ...]:
        return tuple(camera.camera_id for camera in self.terms.cameras)


# Reading


def list_consents(tx: Tx) -> list[ConsentRow]:
    """Return the station's consents, newest first."""
    query = select(Consent).where(Consent.station_id == tx.station_id)
    found = tx.session.scalars(query.order_by(Consent.year_be.desc(), Consent.running.desc())).all()
    cameras: dict[str, list[ConsentCamera]] = {}
    every = select(ConsentCamera).where(ConsentCamera.station_id == tx.station_id).order_by(ConsentCamera.position)
    for camera in tx.session.scalars(every):
        cameras.setdefault(camera.consent_id, []).append(camera)
    events: dict[str, list[ConsentEvent]] = {}
    happened = select(ConsentEvent).where(ConsentEvent.station_id == tx.station_id).order_by(ConsentEvent.number)
    for event in tx.session.scalars(happened):
        events.setdefault(event.consent_id, []).append(event)
    return [_row(each, cameras.get(each.id, ()), events.get(each.id, ())) for each in found]


def get_consent(tx: Tx, consent_id: str) -> ConsentRow:
    """Return a consent or raise `not_found`."""
    found = fetch(tx, Consent, consent_id)
    cameras = select(ConsentCamera).where(ConsentCamera.consent_id == consent_id).order_by(ConsentCamera.position)
    events = select(ConsentEvent).where(ConsentEvent.consent_id == consent_id).order_by(ConsentEvent.number)
    return _row(found, tx.session.scalars(cameras).all(), tx.session.scalars(events).all())


def consents_of_camera(tx: Tx, camera_id: str) -> list[ConsentRow]:
    """Return every consent that names the camera, oldest first."""
    query = select(ConsentCamera.consent_id).where(ConsentCamera.camera_id == camera_id)
    rows = [get_consent(tx, consent_id) for consent_id in tx.session.scalars(query)]
    return sorted(rows, key=lambda row: row.number)


def successors(tx: Tx) -> dict[str, str]:
    """Return, for each consent that a signed one replaced, that one's number."""
    query = select(Consent.supersedes_id, Consent.number).where(
        Consent.station_id == tx.station_id, Consent.supersedes_id.is_not(None), Consent.signed_at.is_not(None)
    )
    return {str(former): number for former, number in tx.session.execute(query)}


def replaced(tx: Tx) -> dict[str, str]:
    """Return, for each consent that replaces another or is to, that other one's number."""
    former = aliased(Consent)
    query = select(Consent.id, former.number).join(former, Consent.supersedes_id == former.id)
    return {
        str(later): number for later, number in tx.session.execute(query.where(Consent.station_id == tx.station_id))
    }


def _row(found: Consent, cameras: Sequence[ConsentCamera], events: Sequence[ConsentEvent]) -> ConsentRow:
    return ConsentRow(
        id=found.id,
        record_version=found.version,
        number=found.number,
        terms=_terms(found, cameras),
        events=tuple(facts_of(EventRow, event) for event in events),
        signer=found.signer,
        guardian=found.guardian,
        witness=found.witness,
        officer_id=found.officer_id,
        agreed_data=found.agreed_data,
        signed_at=found.signed_at,
    )


def _terms(found: Consent, cameras: Sequence[ConsentCamera]) -> ConsentTerms:
    return ConsentTerms(
        owner_id=found.owner_id,
        notice_id=found.notice_id,
        cameras=tuple(CameraTerms(each.camera_id, each.place, Aim(each.aim), each.sight) for each in cameras),
        level=AccessLevel(found.level),
        valid_from=found.valid_from,
        expires_at=found.expires_at,
        purposes=frozenset(Purpose(code) for code in found.purposes),
        hours=tuple((int(start), int(end)) for start, end in found.hours),
        radius_m=found.radius_m,
        permission_snapshot=found.permission_snapshot,
        permission_clip=found.permission_clip,
        permission_export=found.permission_export,
        permission_demonstration=found.permission_demonstration,
        permission_ai=found.permission_ai,
        recording_days=found.recording_days,
        recipients=found.recipients,
        language=found.language,
        supersedes_id=found.supersedes_id,
    )


# Writing


def add_consent(tx: Tx, terms: ConsentTerms) -> ConsentRow:
    """Store a draft under the year's next number: `0001/2569`."""
    new = next_number(tx, Consent)
    made = Consent(number=f"{new.running:04d}/{new.year_be}", year_be=new.year_be, running=new.running)
    made.agreed_data = False
    made.signer = made.guardian = made.witness = ""
    _enter(tx, made, terms)
    tx.session.add(made)
    tx.session.flush()
    _enter_cameras(tx, made.id, terms.cameras)
    return get_consent(tx, made.id)


def change_consent(tx: Tx, consent_id: str, terms: ConsentTerms) -> ConsentRow:
    """Put other terms into a consent that is not signed yet."""
    found = fetch(tx, Consent, consent_id)
    _enter(tx, found, terms)
    tx.session.flush()
    discard(tx, ConsentCamera, ConsentCamera.consent_id == consent_id)
    _enter_cameras(tx, consent_id, terms.cameras)
    return get_consent(tx, consent_id)


def show_notice(tx: Tx, consent_id: str, notice_id: str) -> ConsentRow:
    """Put the version of the notice that the owner is shown into a consent that is not signed yet."""
    fetch(tx, Consent, consent_id).notice_id = notice_id
    tx.session.flush()
    return get_consent(tx, consent_id)


def _enter(tx: Tx, found: Consent, terms: ConsentTerms) -> None:
    found.owner_id = terms.owner_id
    found.notice_id = terms.notice_id
    found.language = terms.language
    found.level = int(terms.level)
    found.purposes = sorted(str(purpose) for purpose in terms.purposes)
    found.hours = [[start, end] for start, end in terms.hours]
    found.radius_m = terms.radius_m
    found.permission_snapshot = terms.permission_snapshot
    found.permission_clip = terms.permission_clip
    found.permission_export = terms.permission_export
    found.permission_demonstration = terms.permission_demonstration
    found.permission_ai = terms.permission_ai
    found.recording_days = terms.recording_days
    found.recipients = terms.recipients
    found.valid_from = terms.valid_from
    found.expires_at = terms.expires_at
    found.supersedes_id = terms.supersedes_id
    found.station_id = tx.station_id


def _enter_cameras(tx: Tx, consent_id: str, cameras: Iterable[CameraTerms]) -> None:
    for position, camera in enumerate(cameras, start=1):
        tx.session.add(
            ConsentCamera(
                consent_id=consent_id,
                camera_id=camera.camera_id,
                station_id=tx.station_id,
                position=position,
                place=camera.place,
                aim=str(camera.aim),
                sight=camera.sight,
            )
        )
    tx.session.flush()


def sign(tx: Tx, consent_id: str, signing: Signing) -> None:
    """Put the names under the terms: from now on nobody changes these."""
    found = fetch(tx, Consent, consent_id)
    found.signer = signing.signer
    found.guardian = signing.guardian
    found.witness = signing.witness
    found.agreed_data = signing.agreed_data
    found.signed_at = signing.signed_at
    found.officer_id = tx.actor_id
    tx.session.flush()


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before it has its number. `camera_id` None: it concerns all cameras of the consent."""

    event: ConsentEventKind
    camera_id: str | None = None
    way: WithdrawalWay | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


def add_event(tx: Tx, consent_id: str, new: NewEvent) -> int:
    """Add an event; returns its number in the consent."""
    last = tx.session.scalar(select(func.max(ConsentEvent.number)).where(ConsentEvent.consent_id == consent_id))
    made = ConsentEvent(
        consent_id=consent_id,
        number=(last or 0) + 1,
        station_id=tx.station_id,
        event=str(new.event),
        camera_id=new.camera_id,
        at=tx.now,
        actor_id=tx.actor_id,
        way=None if new.way is None else str(new.way),
        data=dict(new.data),
    )
    tx.session.add(made)
    tx.session.flush()
    tx.changes[KIND, consent_id] = Change(KIND, consent_id, made.number, tx.written_stamp.command_id)
    return made.number


# Papers


def add_paper(tx: Tx, consent_id: str, event_number: int, name: str, content: tuple[str, bytes]) -> PaperRow:
    """Keep a paper of an event; `content` is its media type and its bytes."""
    media, held = content
    made = ConsentPaper(
        consent_id=consent_id,
        event_number=event_number,
        name=name,
        station_id=tx.station_id,
        media=media,
        sha256=sha256(held).hexdigest(),
        content=held,
    )
    tx.session.add(made)
    tx.session.flush()
    return PaperRow(name, event_number, media, made.sha256, len(held))


def papers_of(tx: Tx, consent_id: str) -> list[PaperRow]:
    """Return what is still held of a consent's papers, in order."""
    query = (
        select(
            ConsentPaper.name,
            ConsentPaper.event_number,
            ConsentPaper.media,
            ConsentPaper.sha256,
            func.length(ConsentPaper.content),
        )
        .where(ConsentPaper.consent_id == consent_id, ConsentPaper.station_id == tx.station_id)
        .order_by(ConsentPaper.event_number, ConsentPaper.name)
    )
    return [PaperRow(*row) for row in tx.session.execute(query)]


def read_paper(tx: Tx, consent_id: str, event_number: int, name: str) -> bytes | None:
    """Return a paper's bytes as they were signed; None if it is held no more."""
    found = tx.session.get(ConsentPaper, (consent_id, event_number, name))
    return None if found is None else found.content


def paper_used_by(tx: Tx, digest: str, apart_from: str = "") -> str | None:
    """Return the number of another consent that holds a paper of this hash."""
    query = (
        select(Consent.number)
        .join(ConsentPaper, ConsentPaper.consent_id == Consent.id)
        .where(
            ConsentPaper.sha256 == digest,
            ConsentPaper.station_id == tx.station_id,
            ConsentPaper.consent_id != apart_from,
        )
    )
    return tx.session.scalars(query).first()


def papers_held(tx: Tx) -> dict[str, int]:
    """Return how many papers are still held, by consent."""
    query = select(ConsentPaper.consent_id, func.count()).where(ConsentPaper.station_id == tx.station_id)
    return {str(row[0]): int(row[1]) for row in tx.session.execute(query.group_by(ConsentPaper.consent_id))}


def forget_papers(tx: Tx, consent_id: str) -> None:
    """Delete the papers of a consent whose time is over; their hashes stay in its events and in the journal."""
    discard(tx, ConsentPaper, ConsentPaper.consent_id == consent_id)


def forget_names(tx: Tx, consent_id: str) -> None:
    """Empty the names under a consent whose time is over, beside the journal too."""
    # First what was: that the names are empty now stays beside the journal, so that a name put in later is found.
    forget_personal(tx, (KIND, consent_id))
    found = fetch(tx, Consent, consent_id)
    found.signer = found.guardian = found.witness = ""
    tx.session.flush()
