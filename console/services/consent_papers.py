"""The papers of a consent: the form, the receipt, the sticker at the camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from console.db.camera_heads import CameraHead
from console.db.consents import CameraTerms, ConsentTerms
from console.db.owners import OwnerRow
from console.i18n import N_, _
from console.i18n.dates import format_date, format_hours, format_long_date, format_time
from console.i18n.labels import label
from console.kernel import AccessLevel, Aim, Party
from console.services.consent_codes import CodeKind, PaperCode
from console.services.consent_heads import held_code, typed_code
from console.services.consent_state import Signers
from console.services.consents import ConsentEntry
from console.services.notices import NoticeRow
from console.services.papers import (
    Block,
    Code,
    Facts,
    Heading,
    Made,
    Note,
    Paragraph,
    QrCode,
    Report,
    Signature,
    Signatures,
    Table,
    TableColumn,
    Tick,
    grouped,
)

EMPTY_ROWS: Final = 4
PROMISE: Final = N_(
    "The station will (1) look only at the level and for the purposes that you choose (2) record every time that"
    " somebody looks (3) send you a report on the use of the pictures every month (4) not publish the pictures or use"
    " them for anything else (5) delete the pictures when their time is over (6) let you pause or withdraw at any time"
)
PERMISSION_LINE: Final = N_(
    "I allow the CCOC to access the live picture of the cameras listed under {items} at {level} from {start} to {end}"
)
CONSENT_LINE: Final = N_(
    "I consent that the station keeps and uses my name, address and contacts in order to communicate about the linked"
    " cameras"
)
WITHDRAWAL: Final = N_(
    "You may pause or withdraw at any time, by letter, by telephone or in person, without giving a reason. It takes"
    " effect at once, and it does not affect your right to the services of the police."
)
_DOTS: Final = "……………"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Signatures that were drawn on the screen, as PNG bytes; A and B each have one of their own."""

    link: bytes = field(default=b"", repr=False)
    data: bytes = field(default=b"", repr=False)


# The form


def blank_form(notice: NoticeRow, made: Made) -> Report:
    """Return the form to be filled by hand: every box is empty."""
    columns, rows = _CAMERAS, [[str(number), "", "", "", ""] for number in range(1, EMPTY_ROWS + 1)]
    parties = Facts([(_(name), "") for name in (_NAME, _AUTHORISED, _ADDRESS, _CONTACT, _GUARDIAN)])
    line = _(PERMISSION_LINE, items=_DOTS, level=_("level {n}", n=_DOTS), start=_DOTS, end=_DOTS)
    blocks: list[Block] = [
        parties,
        Heading(_("Cameras")),
        Table([TableColumn(_(title), width) for title, width in columns], rows),
        Heading(_("A. Permission to link the cameras")),
        Tick(line),
        *(Tick(label(level)) for level in AccessLevel),
        Paragraph(_("Purposes (tick each that you allow)")),
        *(Tick(label(purpose)) for purpose in sorted(notice.purposes)),
        Facts([(_("Hours (level 2)"), ""), (_("Radius in metres (level 1)"), ""), (_("Recording, days"), "")]),
        *(Tick(_(text)) for text in _ALSO.values()),
        Facts([(_("May be passed on to"), "")]),
        *_rights_and_promise(),
        Signatures([Signature(_(role)) for role in (_OWNER_A, _OFFICER, _WITNESS, _GUARDIAN)]),
        *_consent_b(),
        *_notice(notice),
    ]
    return Report(_(_TITLE), made, blocks, _head("", notice, made))


def filled_form(entry: ConsentEntry, made: Made, drawn: Drawn | None = None) -> Report:
    """Return the form with the terms. Both boxes of agreement are empty until it is signed."""
    row, terms = entry.row, entry.row.terms
    signed = row.signed_at is not None
    hands = drawn or Drawn()
    ticked = signed or bool(hands.link)
    blocks: list[Block] = [
        Facts(_parties(entry.owner)),
        Heading(_("Cameras")),
        _camera_table(entry),
        Heading(_("A. Permission to link the cameras")),
        Tick(_permission_line(terms), ticked),
        *_dark_between(entry, made.at if row.signed_at is None else row.signed_at),
        Facts(_terms(terms)),
        *(Tick(_(text), getattr(terms, name)) for name, text in _ALSO.items()),
        *_rights_and_promise(),
        Signatures(_people(entry, made.by, hands)),
        *_consent_b(ticked=(signed and row.agreed_data) or bool(hands.data), drawn=hands.data),
        *_notice(entry.notice),
    ]
    return Report(_(_TITLE), made, blocks, _head(row.number, entry.notice, made))


_TITLE: Final = N_("Consent and agreement to link the picture of CCTV cameras")
_NAME: Final = N_("Name of the person or legal entity")
_AUTHORISED: Final = N_("Authorised person and position")
_ADDRESS: Final = N_("Address of the owner")
_CONTACT: Final = N_("Telephone or LINE")
_GUARDIAN: Final = N_("Parent or guardian")
_ALSO: Final = {
    "permission_snapshot": N_("Snapshots may be taken"),
    "permission_clip": N_("Clips may be kept"),
    "permission_export": N_("Pictures may be exported"),
    "permission_demonstration": N_("May be used in demonstrations and publicity"),
    "permission_ai": N_("AI may analyse the picture"),
}
_CAMERAS: Final = (
    (N_("Item"), 0.9),
    (N_("Code"), 1.1),
    (N_("Place of the camera"), 2.6),
    (N_("What it looks at"), 2.6),
    (N_("Sound"), 0.8),
)


def _head(number: str, notice: NoticeRow, made: Made) -> list[tuple[str, str]]:
    return [
        (_("Number of the paper"), number),
        (_("Station"), made.station),
        (_("Version of the notice"), _("{n} of {date}", n=notice.number, date=format_date(notice.published_at))),
    ]


def _parties(owner: OwnerRow) -> list[tuple[str, str]]:
    facts = owner.facts
    told = [(_(_NAME), facts.name)]
    if owner.party is not Party.PERSON:
        authorised = ", ".join(filter(None, (facts.authorised_person, facts.authorised_position)))
        told.append((_(_AUTHORISED), authorised))
    contact = " · ".join(filter(None, (facts.phone, facts.line_id, facts.email)))
    told += [(_(_ADDRESS), facts.address), (_(_CONTACT), contact)]
    return told + ([(_(_GUARDIAN), facts.guardian)] if facts.birth_year is not None else [])


def _signer(owner: OwnerRow) -> str:
    return owner.facts.name if owner.party is Party.PERSON else owner.facts.authorised_person


def _camera_table(entry: ConsentEntry) -> Table:
    codes = {camera.id: camera.code for camera in entry.cameras}
    rows = [
        [str(number), codes[camera.camera_id], camera.place, _sight(camera), _("off")]
        for number, camera in enumerate(entry.row.terms.cameras, start=1)
    ]
    return Table([TableColumn(_(title), width) for title, width in _CAMERAS], rows)


def _sight(camera: CameraTerms) -> str:
    return " · ".join(filter(None, (label(Aim(camera.aim)), camera.sight)))


def _permission_line(terms: ConsentTerms) -> str:
    count = len(terms.cameras)
    items = "1" if count == 1 else f"1–{count}"
    start, end = span_of(terms)
    return _(PERMISSION_LINE, items=items, level=label(terms.level), start=start, end=end)


def _dark_between(entry: ConsentEntry, signed: datetime) -> list[Block]:
    begins = entry.dark_until(signed)
    if begins is None:
        return []
    text = _(
        "With the signature this consent takes the place of consent {number}. From then until {date}, the first day of"
        " this one, the cameras are dark.",
        number=entry.replaces,
        date=format_date(begins),
    )
    return [Paragraph(text)]


def span_of(terms: ConsentTerms) -> tuple[str, str]:
    """Return the first and the last day; what ends at midnight has the day before as its last one."""
    return format_date(terms.valid_from), format_date(terms.expires_at - timedelta(seconds=1))


def _terms(terms: ConsentTerms) -> list[tuple[str, str]]:
    told = [(_("Purposes"), ", ".join(label(purpose) for purpose in sorted(terms.purposes)) or _("none"))]
    if terms.hours:
        told.append((_("Hours"), format_hours(terms.hours)))
    if terms.radius_m:
        told.append((_("Radius"), _("{n} m", n=terms.radius_m)))
    recording = _("{n} days", n=terms.recording_days) if terms.recording_days else _("no recording")
    return [*told, (_("Recording at the CCOC"), recording), (_("May be passed on to"), terms.recipients or _("nobody"))]


def _rights_and_promise() -> list[Block]:
    return [
        Heading(_("Your rights and how to withdraw")),
        Paragraph(_(WITHDRAWAL)),
        Heading(_("Promise of the police")),
        Paragraph(_(PROMISE)),
    ]


_OWNER_A: Final = N_("Owner of the cameras (A)")
_OFFICER: Final = N_("Officer of the station")
_WITNESS: Final = N_("Witness")


def _people(entry: ConsentEntry, officer: str, drawn: Drawn) -> list[Signature]:
    """Who signs: of an owner who may be a minor the guardian too, of a small child the guardian alone."""
    row, owner = entry.row, entry.owner
    needed = Signers.OWNER if row.signed_at and not row.guardian else entry.signers
    people = [Signature(_(_OFFICER), officer), Signature(_(_WITNESS), row.witness)]
    guardian = Signature(_(_GUARDIAN), row.guardian or owner.facts.guardian)
    if needed is Signers.GUARDIAN:
        return [replace(guardian, drawn=drawn.link), *people]
    signer = Signature(_(_OWNER_A), row.signer or _signer(owner), drawn.link)
    return [signer, *people, *([guardian] if needed is Signers.BOTH else [])]


def _consent_b(*, ticked: bool = False, drawn: bytes = b"") -> list[Block]:
    return [
        Heading(_("B. Consent to keep the owner's own data")),
        Note(_("B is a consent of its own. A holds without it.")),
        Tick(_(CONSENT_LINE), ticked),
        Signatures((Signature(_("Owner of the cameras (B)"), "", drawn),)),
    ]


def _notice(notice: NoticeRow) -> list[Block]:
    """The whole text: what was signed and what was read are one paper."""
    return [
        Heading(_("Notice to owners, version {n}", n=notice.number)),
        *(Paragraph(part) for part in notice.text.split("\n") if part.strip()),
        Code(grouped(notice.sha256), _("SHA-256 of this notice")),
    ]


# What the owner takes home


def receipt(
    entry: ConsentEntry, fingerprint: str, made: Made, station_id: str, heads: Sequence[CameraHead] = ()
) -> Report:
    """Return the receipt (ใบรับความยินยอม) that is given at once; `fingerprint` names the key that signs statements.

    `heads` are the first ones of its cameras: the first statement extends what the owner holds from here.
    """
    row, terms = entry.row, entry.row.terms
    signed = made.at if row.signed_at is None else row.signed_at
    facts = [
        (_("Number of the paper"), row.number),
        (_("Given by"), entry.owner.facts.name),
        (_("Signed on"), f"{format_long_date(signed)} {format_time(signed)}"),
        (_("In force"), " – ".join(span_of(terms))),
    ]
    code = PaperCode(CodeKind.RECEIPT, station_id, row.number, fingerprint)
    papers = [event.data["paper_sha256"] for event in row.events if "paper_sha256" in event.data]
    blocks: list[Block] = [
        _camera_table(entry),
        Tick(_permission_line(terms), ticked=True),
        Facts(_terms(terms)),
        Tick(_(CONSENT_LINE), row.agreed_data),
        Facts(
            [(_("Kept after it is over"), _("this paper's copy at the station: {n} days", n=f"{entry.papers_days:,}"))]
        ),
        Heading(_("How to check the station")),
        Note(
            _(
                "Keep this paper. The fingerprint below names the key with which the station signs your reports."
                " Whoever checks a report enters the fingerprint from this paper, not one from a screen."
            )
        ),
        QrCode(code.text(), _("Scan to read the number of this consent and the fingerprint of the station's key")),
        Code(grouped(fingerprint), _("Fingerprint of the station's key")),
        *_first_heads(entry, heads),
        *(Code(grouped(str(digest)), _("SHA-256 of the paper that was signed")) for digest in papers),
        Note(_(WITHDRAWAL)),
        Signatures((Signature(_("Officer of the station"), made.by),)),
    ]
    return Report(_("Receipt of consent"), made, blocks, facts)


def _first_heads(entry: ConsentEntry, heads: Sequence[CameraHead]) -> list[Block]:
    if not heads:
        return []
    codes = {camera.id: camera.code for camera in entry.cameras}
    blocks: list[Block] = [
        Heading(_("Confirmations that you hold from today")),
        Note(
            _(
                "Each fixes what the access log of one camera held when you signed. Whoever checks a report may enter"
                " it too: if what stood there before was changed or removed since, the report no longer fits."
            )
        ),
    ]
    for head in heads:
        named = _("First confirmation of camera {code}", code=codes[head.camera_id])
        blocks += [QrCode(held_code(head), named), Code(typed_code(head), named)]
    return blocks


def stickers(entry: ConsentEntry, made: Made, station_id: str) -> Report:
    """Return the stickers for the places of the cameras, one below the other, to be cut out."""
    blocks = [block for camera in entry.cameras for block in _sticker(entry, camera.code, made, station_id)]
    return Report(_(_RECORDING), made, blocks)


_RECORDING: Final = N_("CCTV is recording in this area for safety")


def _sticker(entry: ConsentEntry, camera: str, made: Made, station_id: str) -> list[Block]:
    code = PaperCode(CodeKind.STICKER, station_id, entry.row.number, entry.notice.sha256)
    label_of = _("Camera {code} · Notice to owners, version {n}", code=camera, n=entry.notice.number)
    return [
        Heading(_(_RECORDING)),
        Paragraph(_("Some of the pictures are linked to the CCOC of {station}", station=made.station)),
        QrCode(code.text(), label_of),
        Facts([(_("Controller of the data"), made.station), (_("Telephone"), "")]),
        Note(_("Sound is off. Every look is recorded. Ask the station for the notice and your rights.")),
    ]
