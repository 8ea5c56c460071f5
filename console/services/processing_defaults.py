"""The activities of this program, as it is delivered: what a station's record of processing (PDPA s.39) begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.db.processing import ActivityFacts
from console.i18n import N_, _
from console.protection import LegalBasis


@dataclass(frozen=True, slots=True)
class _Activity:
    """Message ids of what differs from one activity to the next."""

    name: str
    basis: tuple[LegalBasis, ...]
    data: str
    purposes: str
    retention: str
    access: str
    disclosure: str


_CONTROLLER: Final = N_(
    "Royal Thai Police; this station is the unit in charge. Contact: the data protection officer, through the"
    " superintendent of the station."
)
_REFUSALS: Final = N_("Every refusal of a request stands with its reason in the register “Rights requests”.")
_SECURITY: Final = N_(
    "A user name and a role of his own for everybody; passwords only as Argon2id; addresses and passwords of cameras"
    " sealed; a journal that shows every view and every change; no recording, no face recognition, no cloud."
)

_ACTIVITIES: Final[Mapping[str, _Activity]] = {
    "camera_link": _Activity(
        N_("Linking owners' cameras"),
        (LegalBasis.CONSENT, LegalBasis.CONTRACT),
        N_("Owner: name, address, telephone, LINE, e-mail. Camera: place, angle of view, what is permitted."),
        N_("To agree on access to the owner's camera, and to keep in touch about it."),
        N_("As long as the camera is linked, then as the consent papers."),
        N_("Registrar, superintendent, auditor; officers on duty see what the owner allows."),
        N_("None outside the police. The owner gets a statement of every view of his camera."),
    ),
    "viewing": _Activity(
        N_("Watching live pictures"),
        (LegalBasis.PUBLIC_TASK,),
        N_("People and vehicles in sight of the cameras. Nothing is recorded."),
        N_("Prevention, answering incidents, investigation with a case number, traffic: as the owner ticked."),
        N_("None: the pictures are shown and not recorded."),
        N_("Officers who watch, within level, hours and purposes that the owner allows; every view is journaled."),
        N_("None: there is no recording that could be handed over."),
    ),
    "incident_log": _Activity(
        N_("Incident log"),
        (LegalBasis.PUBLIC_TASK, LegalBasis.LEGAL_DUTY),
        N_("What happened and where; who reported it, if the person gives a name."),
        N_("To record and answer incidents and to hand over shifts."),
        N_("As the police archive rule says; held where a case needs it."),
        N_("Officers on duty, shift lead, deputy, superintendent."),
        N_("Investigators, and agencies that an incident is passed to."),
    ),
    "consent_papers": _Activity(
        N_("Consent papers"),
        (LegalBasis.CONSENT, LegalBasis.LEGAL_DUTY),
        N_("Signed forms, signatures of owner, officer and witness, receipts."),
        N_("To prove what an owner allowed, and when he changed it."),
        N_("Validity and 5 years; the police archive rule may say more."),
        N_("Registrar, superintendent, auditor."),
        N_("The owner gets a receipt."),
    ),
    "visitor_log": _Activity(
        N_("Visitor book of the room"),
        (LegalBasis.CONSENT,),
        N_("Sector and number of visitors; a name if somebody gives it."),
        N_("To show who was invited to see the room."),
        N_("1 year."),
        N_("Registrar, superintendent, auditor."),
        N_("Counts only, in reports."),
    ),
    "users": _Activity(
        N_("Users of the console"),
        (LegalBasis.LEGAL_DUTY, LegalBasis.PUBLIC_TASK),
        N_("Rank, name, position, role, user name; the password only as a hash."),
        N_("To know who acts, and to let everybody do only what his work needs."),
        N_("As long as the person works here; then as long as the journal names him."),
        N_("Whoever manages users; the auditor reads."),
        N_("None."),
    ),
    "journal": _Activity(
        N_("Access journal"),
        (LegalBasis.LEGAL_DUTY, LegalBasis.PUBLIC_TASK),
        N_("Who looked at which camera, when and why; log-ins; every change of a record."),
        N_("To prove that pictures are not misused, and to answer owners."),
        N_("Rows stay: they are the proof. Names and words beside them 2 years, at least 90 days."),
        N_("Deputy, superintendent, auditor; IT without people's words; the shift lead reviews views."),
        N_("Owners, about their own camera."),
    ),
    "rights_desk": _Activity(
        N_("Rights requests and breaches"),
        (LegalBasis.LEGAL_DUTY,),
        N_("Who asks, what for, how the person was identified (no copy of a card); what happened in a breach."),
        N_("To answer people in time, and to tell the office and the people of a breach."),
        N_("As the journal; held where a complaint needs it."),
        N_("Registrar, superintendent, auditor."),
        N_("The office (สคส.), where the law asks for it."),
    ),
}


def delivered() -> dict[str, ActivityFacts]:
    """Return the delivered activities by code, in the chosen language."""
    return {code: _facts(each) for code, each in _ACTIVITIES.items()}


def _facts(each: _Activity) -> ActivityFacts:
    return ActivityFacts(
        name=_(each.name),
        basis=frozenset(each.basis),
        data=_(each.data),
        purposes=_(each.purposes),
        controller=_(_CONTROLLER),
        retention=_(each.retention),
        access=_(each.access),
        disclosure=_(each.disclosure),
        refusals=_(_REFUSALS),
        security=_(_SECURITY),
    )
