"""The small forms of a consent: the signature, the owner's word afterwards, the notice, and the code on a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.labels import label, labels_of
from console.kernel import ConsentState, Party, Purpose, WithdrawalWay
from console.services.commands import Command, build
from console.services.consent_commands import (
    CheckPaper,
    PauseConsent,
    PublishNotice,
    ResumeConsent,
    SignConsent,
    WithdrawConsent,
)
from console.services.consent_papers import CONSENT_LINE, Drawn, filled_form
from console.services.consent_state import Signers, camera_state
from console.services.consents import ConsentEntry
from console.services.notices import OFFERED
from console.services.papers import Made
from console.views import record_spec as spec
from console.views.camera_words import camera_text
from console.views.paper_output import pdf_bytes
from console.views.record_spec import (
    Attached,
    Choice,
    Day,
    Field,
    Flag,
    FormSpec,
    LongText,
    Section,
    Several,
    Text,
    Values,
)

ALL: Final = "all"
"""In the choice of cameras: every one of the consent."""

STOPS: Final[Mapping[str, type[PauseConsent | ResumeConsent | WithdrawConsent]]] = {
    "pause": PauseConsent,
    "resume": ResumeConsent,
    "withdraw": WithdrawConsent,
}
_VERBS: Final = {"pause": N_("Pause the link"), "resume": N_("Resume the link"), "withdraw": N_("End the link now")}
_TITLES: Final = {
    "pause": N_("{number} {owner}: the cameras go dark at once and stay so until somebody resumes them."),
    "resume": N_("{number} {owner}: did the owner say that the cameras may be watched again?"),
    "withdraw": N_(
        "{number} {owner}: the cameras go dark at once, on every console. Their addresses and passwords are destroyed."
        " This cannot be undone; the owner may sign anew at any time."
    ),
}


# The signature


def sign_form(entry: ConsentEntry, made: Made) -> FormSpec[ConsentEntry]:
    """Return the form in which the owner signs. `made` dates the PDF that is kept with the signature in it."""
    names = _names(entry)
    sections = (
        Section(N_("A. Permission to link the cameras"), _link_fields(entry, made.at)),
        Section(N_("B. Consent to keep the owner's own data"), _DATA),
        Section(N_("Witness and paper"), _PROOF),
    )
    return FormSpec(
        title=lambda _row: _("Consent {number}: {owner} signs", number=entry.row.number, owner=entry.owner.name),
        sections=sections,
        stored=lambda _row: names,
        command=lambda values, _row: _signing(values, entry, made),
        verb=N_("Sign"),
        saved=lambda _answer: _("Signed. The receipt is to be handed over now."),
    )


def _names(entry: ConsentEntry) -> dict[str, Any]:
    facts = entry.owner.facts
    signer = facts.name if facts.party is Party.PERSON else facts.authorised_person
    return {
        "signer": "" if entry.signers is Signers.GUARDIAN else signer,
        "guardian": "" if entry.signers is Signers.OWNER else facts.guardian,
    }


_AGREES: Final = N_("The owner has read the form and allows what stands in it")
_AGREES_TO_DARK: Final = N_(
    "The owner has read the form and allows what stands in it. With this signature the former consent no longer counts:"
    " the cameras are dark until the first day of this one."
)


def _link_fields(entry: ConsentEntry, now: datetime) -> tuple[Field, ...]:
    names = []
    if entry.signers is not Signers.GUARDIAN:
        names.append(Field("signer", N_("Name of the person who signs"), Text(200), required=True))
    if entry.signers is not Signers.OWNER:
        names.append(Field("guardian", N_("Parent or guardian"), Text(200), required=True))
    return (
        Field(
            "agreed",
            N_("The owner agrees to A"),
            Flag(),
            hint=_AGREES if entry.dark_until(now) is None else _AGREES_TO_DARK,
        ),
        *names,
        Field("signature", N_("Signature for A"), spec.Drawn()),
    )


_DATA: Final = (
    Field("agreed_data", N_("The owner agrees to B"), Flag(), hint=CONSENT_LINE),
    Field("data_signature", N_("Signature for B"), spec.Drawn(), shown=lambda values: bool(values["agreed_data"])),
)
_PROOF: Final = (
    Field("witness", N_("Witness"), Text(200), required=True, hint=N_("Neither who signs nor the officer.")),
    Field("scan", N_("Scan of the signed paper, if it was signed in ink"), Attached()),
    Field(
        "signed_on",
        N_("Day on which the paper was signed"),
        Day(),
        required=True,
        shown=lambda values: bool(values["scan"]),
    ),
)


def _signing(values: Values, entry: ConsentEntry, made: Made) -> Command:
    """The PDF is made with the signatures in it: its bytes are what is kept and hashed."""
    hands = Drawn(values["signature"] or b"", values["data_signature"] or b"")
    form = pdf_bytes(filled_form(entry, made, hands)) if hands.link else None
    shared = {name: values[name] for name in ("agreed", "agreed_data", "witness", "scan", "signed_on")}
    drawn = {name: values[name] for name in ("signature", "data_signature")}
    names: dict[str, Any] = {name: values.get(name) or "" for name in ("signer", "guardian")}
    return build(SignConsent, consent_id=entry.id, version=entry.version, form=form, **shared, **drawn, **names)


# The owner's word afterwards


def stop_form(entry: ConsentEntry, key: str) -> FormSpec[ConsentEntry]:
    """Return the form of “pause”, “resume” or “withdraw”: how the word came, and for which cameras."""
    kind = STOPS[key]
    fields = (
        Field("way", N_("How the owner said so"), Choice(labels_of(WithdrawalWay)), required=True),
        Field("camera", N_("Which cameras"), Choice(lambda: _cameras(entry, key)), required=True),
    )
    title = _(_TITLES[key], number=entry.row.number, owner=entry.owner.name)
    return FormSpec(
        title=lambda _row: title,
        sections=(Section("", fields),),
        stored=lambda _row: {"camera": ALL},
        command=lambda values, _row: kind(
            consent_id=entry.id, way=values["way"], camera_id=None if values["camera"] == ALL else values["camera"]
        ),
        verb=_VERBS[key],
    )


def _cameras(entry: ConsentEntry, key: str) -> Mapping[str, str]:
    wanted = {"resume": {ConsentState.PAUSED}, "pause": {ConsentState.IN_FORCE}}.get(
        key, {ConsentState.PAUSED, ConsentState.IN_FORCE}
    )
    events = entry.row.events
    named = {each.id: camera_text(each) for each in entry.cameras if camera_state(events, each.id) in wanted}
    return {ALL: _("All cameras of this consent"), **(named if len(entry.cameras) > 1 else {})}


# The notice, and the code on a paper


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is asked without a record: found by its own name."""

    id: str
    version: int = 0


def notice_form(follows: int, text: str, purposes: frozenset[Purpose], read_only: str) -> FormSpec[Asked]:
    """Return the form of the notice's next version, written from the one in force."""
    fixed = bool(read_only)
    fields = (
        Field("text", N_("What owners are told before they sign"), LongText(20_000), required=not fixed, fixed=fixed),
        Field("purposes", N_("Purposes that it speaks of"), Several(_purposes), required=not fixed, fixed=fixed),
    )
    return FormSpec(
        title=lambda _row: _("Notice to owners, version {n}", n=max(1, follows)),
        sections=(Section("", fields),),
        stored=lambda _row: {"text": text, "purposes": purposes},
        command=lambda values, _row: build(
            PublishNotice, text=values["text"], purposes=values["purposes"], follows=follows
        ),
        verb=N_("Publish as a new version"),
        saved=lambda _answer: _("Published. Owners who signed under an earlier version are to be asked again."),
        read_only=read_only,
    )


def _purposes() -> Mapping[Purpose, str]:
    return {purpose: label(purpose) for purpose in Purpose if purpose in OFFERED}


def code_form() -> FormSpec[Asked]:
    """Return the form that a scanner types the code of a receipt or a sticker into."""
    field = Field("code", N_("Code on the paper"), Text(400), required=True, hint=N_("Scan the QR code of the paper."))
    return FormSpec(
        title=lambda _row: _("Find the consent of a receipt or a sticker"),
        sections=(Section("", (field,)),),
        stored=lambda _row: {},
        command=lambda values, _row: build(CheckPaper, code=values["code"]),
        verb=N_("Check"),
    )
