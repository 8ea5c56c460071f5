"""What can be done with a consent, as validated commands; and whatever one can tell of them without the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import timedelta
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db.attachments import LARGEST
from console.db.bare_pictures import bare
from console.db.consents import CameraTerms
from console.i18n.search import fold
from console.kernel import AccessLevel, Aim, AuthorityKind, ConsoleError, Purpose, WithdrawalWay
from console.services.authorities import FARTHEST_M, Minute, RecordAuthority
from console.services.cameras import visible
from console.services.commands import COMMAND_CONFIG, Command
from console.services.readdressing import MOST_CAMERAS
from console.services.texts import LINES, ONE_LINE

LONGEST: Final = timedelta(days=5 * 366)
"""Nobody remembers for longer what he signed."""
MOST_DAYS: Final = 30
"""Of recording (domain 5.4)."""
MOST_BYTES: Final = LARGEST
"""A scan may be as large as a photograph."""
MOST_OF_SIGNATURE: Final = 512 * 1024
PNG: Final = "image/png"
PDF: Final = "application/pdf"
_BEGINNINGS: Final = {b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": "image/jpeg", b"%PDF-": PDF}

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), ONE_LINE]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), ONE_LINE]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), LINES]
NoticeText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), LINES]


def media_of(content: bytes) -> str:
    """Return what kind of file the bytes are, by their beginning; empty for none that we keep."""
    return next((media for beginning, media in _BEGINNINGS.items() if content.startswith(beginning)), "")


def wrong_file(content: bytes) -> str:
    """Return the key of what is wrong with a scan; empty if nothing is."""
    if not content:
        return "paper.empty"
    if len(content) > MOST_BYTES:
        return "paper.too_large"
    if not media_of(content):
        return "paper.unknown_kind"
    try:
        bare(content)
    except ConsoleError:
        return "paper.damaged"
    return ""


def _unseen(**texts: str) -> dict[str, str]:
    return {name: "field.pattern" for name, text in texts.items() if not visible(text)}


# The terms


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _Terms(Command):
    """What is asked of the owner. Everything that is not ticked is not allowed."""

    owner_id: str
    cameras: tuple[CameraTerms, ...]
    level: AccessLevel
    valid_from: AwareDatetime
    expires_at: AwareDatetime
    purposes: frozenset[Purpose] = frozenset()
    hours: tuple[tuple[Minute, Minute], ...] = ()
    radius_m: Annotated[int, Field(ge=0, le=FARTHEST_M)] = 0
    permission_snapshot: bool = False
    permission_clip: bool = False
    permission_export: bool = False
    permission_demonstration: bool = False
    permission_ai: bool = False
    recording_days: Annotated[int, Field(ge=0, le=MOST_DAYS)] = 0
    recipients: Line = ""

    def problems(self) -> dict[str, str]:
        return (
            self._wrong_right() | self._wrong_cameras() | self._contradictions() | _unseen(recipients=self.recipients)
        )

    def _wrong_right(self) -> dict[str, str]:
        """What no permission may say either; and a consent always has an end that somebody lives to see."""
        wrong = RecordAuthority(
            camera_id="",
            kind=AuthorityKind.OWNER,
            level=self.level,
            purposes=self.purposes,
            valid_from=self.valid_from,
            expires_at=self.expires_at,
            hours=self.hours,
            radius_m=self.radius_m,
        ).wrong_terms()
        if not wrong and self.expires_at - self.valid_from > LONGEST:
            wrong["expires_at"] = "consent.too_long"
        return wrong

    def _wrong_cameras(self) -> dict[str, str]:
        ids = [camera.camera_id for camera in self.cameras]
        if not ids:
            return {"cameras": "consent.cameras_missing"}
        if len(ids) > MOST_CAMERAS:
            return {"cameras": "consent.cameras_too_many"}
        if len(set(ids)) < len(ids):
            return {"cameras": "consent.camera_twice"}
        if any(camera.aim is Aim.INDOOR for camera in self.cameras):
            return {"cameras": "consent.indoor"}
        if not all(visible(camera.place) and visible(camera.sight) for camera in self.cameras):
            return {"cameras": "field.pattern"}
        return {}

    def _contradictions(self) -> dict[str, str]:
        if self.level is AccessLevel.REGISTER_ONLY:
            empty = {
                "purposes": bool(self.purposes),
                "recording_days": self.recording_days > 0,
                "permission_snapshot": self.permission_snapshot,
                "permission_clip": self.permission_clip,
                "permission_export": self.permission_export,
                "permission_demonstration": self.permission_demonstration,
                "permission_ai": self.permission_ai,
            }
            return {name: "consent.nothing_at_level_0" for name, ticked in empty.items() if ticked}
        if self.permission_export and not (self.permission_snapshot or self.permission_clip or self.recording_days):
            return {"permission_export": "consent.nothing_to_export"}
        if self.recipients and not self.permission_export:
            return {"recipients": "consent.recipients_without_export"}
        return {}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class DraftConsent(_Terms):
    """Begin a consent; `supersedes` names the signed one that it is to replace."""

    supersedes: str | None = None


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeConsent(_Terms):
    """Put other terms into a consent that nobody has signed; it is shown to the owner anew."""

    consent_id: str
    version: int


# Signing and what happens before it


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _OnConsent(Command):
    consent_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class PresentConsent(_OnConsent):
    """The terms are complete and go to the owner, with the newest notice."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class SignConsent(_OnConsent):
    """The owner signed: on the screen (`form` is the PDF that was shown), or on paper (`scan`).

    `agreed` is the box of A, `agreed_data` that of B with a signature of its own.
    """

    signer: Name = ""
    guardian: Name = ""
    witness: Name = ""
    agreed: bool = False
    agreed_data: bool = False
    signed_on: AwareDatetime | None = None
    signature: bytes | None = field(default=None, repr=False)
    data_signature: bytes | None = field(default=None, repr=False)
    form: bytes | None = field(default=None, repr=False)
    scan: bytes | None = field(default=None, repr=False)

    def problems(self) -> dict[str, str]:
        wrong = {} if self.agreed else {"agreed": "consent.not_agreed"}
        if not self.witness:
            wrong["witness"] = "field.missing"
        elif as_read(self.witness) in {as_read(name) for name in (self.signer, self.guardian) if name}:
            wrong["witness"] = "consent.witness_signs"
        wrong |= _unseen(signer=self.signer, guardian=self.guardian, witness=self.witness)
        return wrong | self._wrong_papers() | self._wrong_data()

    def _wrong_papers(self) -> dict[str, str]:
        if self.signature is None and self.scan is None:
            return {"signature": "consent.signature_missing"}
        if self.signature is not None and (self.form is None or media_of(self.form) != PDF):
            return {"signature": "consent.form_missing"}
        wrong: dict[str, str] = {}
        for name, drawn in (("signature", self.signature), ("data_signature", self.data_signature)):
            if drawn is not None and (media_of(drawn) != PNG or len(drawn) > MOST_OF_SIGNATURE):
                wrong[name] = "consent.signature_unreadable"
        key = "" if self.scan is None else wrong_file(self.scan)
        if key:
            wrong["scan"] = key
        if self.scan is not None and self.signed_on is None:
            wrong["signed_on"] = "field.missing"
        return wrong

    def _wrong_data(self) -> dict[str, str]:
        if self.data_signature is not None and not self.agreed_data:
            return {"agreed_data": "consent.data_not_ticked"}
        if self.agreed_data and self.scan is None and self.data_signature is None:
            return {"data_signature": "consent.data_signature_missing"}
        return {}


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RefuseConsent(_OnConsent):
    """The owner said no. That is written down once and held against nobody."""

    reason: Reason


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class VoidConsent(_OnConsent):
    """The paper was never good: signed by somebody who may not, for another camera. It ends like a withdrawal."""

    reason: Reason


# The owner's word afterwards


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class _OwnersWord(Command):
    """`camera_id` None: all cameras of the consent. Names no version: what the owner says holds whatever was before."""

    consent_id: str
    way: WithdrawalWay
    camera_id: str | None = None


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class PauseConsent(_OwnersWord):
    """No eyes for now. Everybody on duty does it at once."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ResumeConsent(_OwnersWord):
    """The owner allows it again."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class WithdrawConsent(_OwnersWord):
    """For good, in one step: dark, the credential destroyed. Everybody on duty does it at once."""


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class StopCamera(Command):
    """The same for one camera, from the wall: paused, or with `ends` withdrawn. With a consent or from before them."""

    camera_id: str
    way: WithdrawalWay
    ends: bool


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class CheckPaper(Command):
    """The text of the QR code on a paper that somebody brought along."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class PublishNotice(Command):
    """The next version of what owners are told; `follows` is the number of the version that it was written from."""

    text: NoticeText
    purposes: frozenset[Purpose]
    follows: int

    def problems(self) -> dict[str, str]:
        return notice_problems(self.text, self.purposes)


def notice_problems(text: str, purposes: Iterable[Purpose]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not all(visible(line) for line in text.split("\n")):
        wrong["text"] = "field.pattern"
    if not frozenset(purposes):
        wrong["purposes"] = "notice.purposes_missing"
    return wrong


def as_read(name: str) -> str:
    """Return the one form of a name's spellings that look the same on paper."""
    return fold(" ".join(name.split()))
