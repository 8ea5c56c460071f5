"""A desk at which tests let owners sign: an owner of the register, cameras, terms, and papers that are good enough."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from console.db import owners as db
from console.db.notices import publish_notice
from console.db.owners import OwnerFacts
from console.db.store import CommandStamp
from console.i18n.dates import local
from console.i18n.typed import day_begins
from console.kernel import AccessLevel, Aim, OwnerType, Party, Purpose, Session, WithdrawalWay, new_id
from console.services.consent_commands import DraftConsent, PresentConsent, SignConsent, WithdrawConsent
from console.services.consents import CameraTerms, ConsentEntry, Stopped
from console.services.notices import OFFERED, filled
from console.services.station import Station
from tests.pictures import jpeg

PDF = b"%PDF-1.7 the form that was shown"
SCAN = jpeg(b"a photograph of wet ink")
PERSON = OwnerFacts(Party.PERSON, OwnerType.SHOP, "นางสมหญิง ตัวอย่าง", address="1 ถ.นครใน", phone="000-000-0001")
BLANKS = ("1 ถนนตัวอย่าง", "000-000-0000", "dpo@example.invalid")
WITNESS = "นายพยาน ตัวอย่าง"


def png(word: bytes = b"ink") -> bytes:
    """Return the bytes of a small picture of its own."""
    return b"\x89PNG\r\n\x1a\n" + zlib.compress(word + new_id().encode())


@dataclass
class Desk:
    """Everything is done by `session` unless a test says otherwise."""

    station: Station
    session: Session

    def owner(self, facts: OwnerFacts = PERSON) -> str:
        def work(tx: Any) -> str:
            return db.add_owner(tx, facts).id

        return self.station.store.submit(work, command=CommandStamp(new_id(), "add_owner", self.session))

    def today(self) -> datetime:
        return day_begins(local(self.station.clock.now()).date())

    def terms(self, owner_id: str, *camera_ids: str, **more: Any) -> dict[str, Any]:
        known: dict[str, Any] = {
            "owner_id": owner_id,
            "cameras": tuple(CameraTerms(camera_id, "", Aim.FRONT, "ประตูร้าน") for camera_id in camera_ids),
            "level": AccessLevel.ALWAYS,
            "purposes": frozenset({Purpose.RISK_SPOT, Purpose.INCIDENT}),
            "valid_from": self.today(),
            "expires_at": self.today() + timedelta(days=365),
        }
        return known | more

    def run(self, command: Any, session: Session | None = None) -> Any:
        return self.station.dispatcher.run(command, session or self.session)

    def notice(self) -> None:
        """Publish the notice with its blanks filled, where there is none yet."""
        if self.station.notices.current() is None:
            text = filled(self.station.notices.proposal(), BLANKS)
            stamp = CommandStamp(new_id(), "publish_notice", self.session)
            self.station.store.submit(lambda tx: publish_notice(tx, text, OFFERED).id, command=stamp)

    def draft(self, owner_id: str, *camera_ids: str, **more: Any) -> str:
        self.notice()
        made: str = self.run(DraftConsent(**self.terms(owner_id, *camera_ids, **more)))
        return made

    def entry(self, consent_id: str) -> ConsentEntry:
        return self.station.consents.entry(self.session, consent_id)

    def on(self, consent_id: str) -> dict[str, Any]:
        return {"consent_id": consent_id, "version": self.entry(consent_id).version}

    def present(self, consent_id: str) -> None:
        self.run(PresentConsent(**self.on(consent_id)))

    def signing(self, consent_id: str, **more: Any) -> SignConsent:
        known: dict[str, Any] = {
            "signer": "นางสมหญิง ตัวอย่าง",
            "witness": WITNESS,
            "agreed": True,
            "signature": png(),
            "form": PDF + new_id().encode(),
        }
        return SignConsent(**(self.on(consent_id) | known | more))

    def sign(self, consent_id: str, **more: Any) -> None:
        self.run(self.signing(consent_id, **more))

    def signed(self, *camera_ids: str, **more: Any) -> str:
        """Return a consent in force of an owner of its own."""
        consent_id = self.draft(more.pop("owner_id", None) or self.owner(), *camera_ids, **more)
        self.present(consent_id)
        self.sign(consent_id)
        return consent_id

    def withdraw(self, consent_id: str, camera_id: str | None = None, session: Session | None = None) -> Stopped:
        command = WithdrawConsent(consent_id=consent_id, camera_id=camera_id, way=WithdrawalWay.PHONE)
        stopped: Stopped = self.run(command, session)
        return stopped
