"""The sentences of what is refused about requests, breaches, processing and retention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.i18n import N_

PROTECTION_SENTENCES: Final[Mapping[str, str]] = {
    "rights.in_future": N_("This lies in the future. When did the request come in?"),
    "rights.name_the_paper": N_("Say which paper gives the authority and who signed it."),
    "rights.granted_without_reason": N_("A request that is granted has no reason for refusing."),
    "rights.reason_missing": N_("Choose the reason: every refusal is recorded with one."),
    "rights.words_missing": N_("Say in plain words why; these words stand in the answer."),
    "rights.identity_first": N_(
        "First it must be known who asks: check the identity, or refuse because the person could not be identified."
    ),
    "rights.decided_stays": N_(
        "This request is decided, so its words stay as they are. Nothing was changed. Something new is a new request."
    ),
    "rights.nothing_to_do": N_("There is nothing to carry out here: it is not decided, refused, or done already."),
    "rights.ground_missing": N_("Choose why the data are erased: the certificate says it."),
    "rights.not_done_yet": N_("It can be closed once it was carried out, or refused. Nothing was changed."),
    "breach.in_future": N_("This lies in the future. Give the time when it was."),
    "breach.kind_missing": N_("Tick what was hurt: confidentiality, integrity or availability; also several."),
    "breach.known_before": N_("It cannot have come to be known before it happened."),
    "breach.before_known": N_("This is before the breach came to be known."),
    "breach.say_why": N_("Say why: the assessment is kept as proof, also where there is no risk."),
    "breach.risk_missing": N_("Choose what the assessment came to."),
    "breach.say_why_late": N_(
        "More than 72 hours have gone by since it came to be known: say why the notice comes late."
    ),
    "breach.assess_first": N_("First the risk has to be assessed; where there is none, nobody is told."),
    "breach.notice_incomplete": N_(
        "The notice lacks something: kinds of data, likely effect, measures and a contact belong into it. Nothing was"
        " changed; fill them in first."
    ),
    "breach.submitted_stays": N_(
        "The notice was given, or the breach closed, so its words stay as they are. Nothing was changed. Something new"
        " is added with “Add”."
    ),
    "breach.told_already": N_("The people were told already, or the breach is closed. Nothing was changed."),
    "breach.not_done_yet": N_("It can be closed once everybody was told who has to be, or if there is no risk."),
    "retention.below_floor": N_("This is shorter than the law or the program allows; see “At least”."),
    "retention.no_term": N_("This has no term: it is not recorded, or never deleted."),
    "retention.say_why": N_("Say what the term rests on."),
    "retention.look_again": N_("What was looked at is more than an hour old. Nothing was deleted; look at it again."),
    "retention.nothing_due": N_("Nothing is due any more. Nothing was deleted."),
    "retention.held": N_(
        "This is held: as long as the legal hold stands, nothing of it is erased. Nothing was changed. Release the hold"
        " first, or wait."
    ),
    "erasure.answerable": N_("Who looked, and why, is not erased: owners may ask after it. Nothing was changed."),
    "retention.held_already": N_("This is held already."),
    "retention.released_already": N_("This hold was released already. Nothing was changed."),
    "retention.say_why_released": N_("Say why it is no longer needed."),
    "processing.basis_missing": N_("Tick at least one legal basis."),
    "processing.nothing_new": N_("The record stands as in the newest version. Nothing was issued."),
}
