"""The text in the QR codes of our papers, and how it is read back: what is not ours is said to be so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.kernel import Invalid

FORMAT: Final = "CCOC1"
_MARK: Final = ";"
_PARTS: Final = 5
LONGEST: Final = 400


class CodeKind(StrEnum):
    RECEIPT = "receipt"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True)
class PaperCode:
    """`proof` is the key's fingerprint on a receipt, and the hash of the notice on a sticker."""

    kind: CodeKind
    station: str
    consent: str
    proof: str

    def text(self) -> str:
        return _MARK.join((FORMAT, self.kind.value, self.station, self.consent, self.proof))


def read_code(text: str) -> PaperCode:
    """Read what a scanner typed; raises `Invalid` at the field `code` for anything that is not of our papers."""
    parts = text.strip().split(_MARK) if len(text) <= LONGEST else []
    if len(parts) != _PARTS or parts[0] != FORMAT or parts[1] not in set(CodeKind) or not all(parts):
        raise Invalid({"code": "code.not_ours"})
    return PaperCode(CodeKind(parts[1]), parts[2], parts[3], parts[4])
