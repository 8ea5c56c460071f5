"""How the owners of the demonstration sign: on paper, which the registrar scans and enters."""

from __future__ import annotations

from typing import Final

from console.kernel import Party, Session
from console.services.consent_commands import DraftConsent, PresentConsent, SignConsent
from console.services.demo_signature import sample_scan
from console.services.station import Station

WITNESS: Final = "นายพยาน สมมติ (ตัวอย่าง)"


def sign_on_paper(station: Station, draft: DraftConsent, registrar: Session) -> str:
    """Draw the consent up, show it, and enter the paper that came back signed; returns its id."""
    run = station.dispatcher.run
    consent_id = str(run(draft, registrar))
    run(PresentConsent(consent_id=consent_id, version=station.consents.entry(consent_id).version), registrar)
    shown = station.consents.entry(consent_id)
    facts = shown.owner.facts
    signer = facts.name if facts.party is Party.PERSON else facts.authorised_person
    signing = SignConsent(
        consent_id=consent_id,
        version=shown.version,
        signer=signer,
        witness=WITNESS,
        agreed=True,
        agreed_data=True,
        signed_on=station.clock.now(),
        scan=sample_scan(signer, shown.row.number),
    )
    run(signing, registrar)
    return consent_id
