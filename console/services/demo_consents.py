"""How the owners of the demonstration sign: what is laid before them, and the paper that the registrar scans."""

from __future__ import annotations

from typing import Final

from console.kernel import Party, Session
from console.services.consent_commands import DraftConsent, PresentConsent, SignConsent
from console.services.consents import ConsentEntry
from console.services.demo_signature import sample_scan
from console.services.station import Station

WITNESS: Final = "นายพยาน สมมติ (ตัวอย่าง)"


def lay_before_owner(station: Station, draft: DraftConsent, session: Session) -> tuple[ConsentEntry, str]:
    """Draw the consent up and show it; returns it as it waits for the signature, and who signs."""
    run = station.dispatcher.run
    consent_id = str(run(draft, session))
    run(PresentConsent(consent_id=consent_id, version=station.consents.entry(session, consent_id).version), session)
    shown = station.consents.entry(session, consent_id)
    facts = shown.owner.facts
    return shown, facts.name if facts.party is Party.PERSON else facts.authorised_person


def sign_on_paper(station: Station, draft: DraftConsent, registrar: Session) -> str:
    """Lay it before the owner, and enter the paper that came back signed; returns its id."""
    shown, signer = lay_before_owner(station, draft, registrar)
    signing = SignConsent(
        consent_id=shown.id,
        version=shown.version,
        signer=signer,
        witness=WITNESS,
        agreed=True,
        agreed_data=True,
        signed_on=station.clock.now(),
        scan=sample_scan(signer, shown.row.number),
    )
    station.dispatcher.run(signing, registrar)
    return shown.id
