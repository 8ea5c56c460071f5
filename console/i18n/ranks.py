"""Ranks and positions of the police: how they are written, and in which order people stand in a list.

A rank is stored as it is written in Thai (`ร.ต.อ.หญิง`): it is part of a name. English names explain it only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from console.i18n import N_, _, language

WOMAN: Final = "หญิง"
ACTING: Final = "ว่าที่"


@dataclass(frozen=True, slots=True)
class Rank:
    """`short` is what is stored; an officer's rank may be acting, until the royal command."""

    short: str
    full: str
    english: str
    officer: bool = True


RANKS: Final = (
    Rank("พล.ต.อ.", "พลตำรวจเอก", N_("Pol. Gen.")),
    Rank("พล.ต.ท.", "พลตำรวจโท", N_("Pol. Lt. Gen.")),
    Rank("พล.ต.ต.", "พลตำรวจตรี", N_("Pol. Maj. Gen.")),
    Rank("พ.ต.อ.", "พันตำรวจเอก", N_("Pol. Col.")),
    Rank("พ.ต.ท.", "พันตำรวจโท", N_("Pol. Lt. Col.")),
    Rank("พ.ต.ต.", "พันตำรวจตรี", N_("Pol. Maj.")),
    Rank("ร.ต.อ.", "ร้อยตำรวจเอก", N_("Pol. Capt.")),
    Rank("ร.ต.ท.", "ร้อยตำรวจโท", N_("Pol. Lt.")),
    Rank("ร.ต.ต.", "ร้อยตำรวจตรี", N_("Pol. Sub-Lt.")),
    Rank("ด.ต.", "ดาบตำรวจ", N_("Pol. Sen. Sgt. Maj."), officer=False),
    Rank("จ.ส.ต.", "จ่าสิบตำรวจ", N_("Pol. Sgt. Maj."), officer=False),
    Rank("ส.ต.อ.", "สิบตำรวจเอก", N_("Pol. Sgt."), officer=False),
    Rank("ส.ต.ท.", "สิบตำรวจโท", N_("Pol. Cpl."), officer=False),
    Rank("ส.ต.ต.", "สิบตำรวจตรี", N_("Pol. L/C."), officer=False),
)
"""Highest first."""

CIVILIANS: Final[Mapping[str, str]] = {
    "นาย": N_("Mr."),
    "นาง": N_("Mrs."),
    "นางสาว": N_("Miss"),
    "อาสาฯ": N_("Volunteer"),
}

POSITIONS: Final = (
    "ผบ.ตร.",
    "รอง ผบ.ตร.",
    "จตช.",
    "ผู้ช่วย ผบ.ตร.",
    "ผบช.",
    "รอง ผบช.",
    "ผบก.",
    "รอง ผบก.",
    "ผกก.",
    "รอง ผกก.",
    "สวญ.",
    "สวป.",
    "สว.",
    "รอง สวป.",
    "รอง สว.",
    "ผบ.หมู่",
)
"""Highest first, as they begin: `ผกก.สภ.เมืองสงขลา`."""

_LAST: Final = 999
_BLANKS: Final = re.compile(r"[\s\u200b]+")


def rank_choices() -> dict[str, str]:
    """Return what may be stored → what a choice shows, highest first; women's and acting ranks beside the plain one."""
    choices: dict[str, str] = {}
    for rank in RANKS:
        for short, full in _forms(rank):
            choices[short] = f"{short}  {full}" if language() == "th" else f"{short}  {_english(rank, short)}"
    for short, english in CIVILIANS.items():
        choices[short] = short if language() == "th" else f"{short}  {_(english)}"
    return choices


def _forms(rank: Rank) -> list[tuple[str, str]]:
    plain = [(rank.short, rank.full), (rank.short + WOMAN, rank.full + WOMAN)]
    acting = [(f"{ACTING} {short}", f"{ACTING}{full}") for short, full in plain]
    return plain + acting if rank.officer else plain


def _english(rank: Rank, short: str) -> str:
    text = _(rank.english)
    if WOMAN in short:
        text = _("{rank} (woman)", rank=text)
    return _("Acting {rank}", rank=text) if short.startswith(ACTING) else text


def with_rank(rank: str, name: str) -> str:
    """Return rank and name as they are written: `พ.ต.อ.ภูวรา แก้วพารัตน์`; a woman's rank keeps a space."""
    rank = rank.strip()
    if not rank or name.startswith(rank):
        return name
    return f"{rank} {name}" if rank.endswith(WOMAN) or not _thai(rank) else f"{rank}{name}"


def _thai(text: str) -> bool:
    return any("ก" <= sign <= "ฺ" for sign in text)


def rank_order(rank: str) -> int:
    """Return a rank's place in a list, 0 for the highest; civilians stand below, unknown words last.

    A name that begins with its rank will do as well.
    """
    bare = _BLANKS.sub("", rank).removeprefix(ACTING)
    return _longest(bare, [known.short for known in RANKS] + list(CIVILIANS))


def position_order(position: str) -> int:
    """Return a position's place in a list, 0 for the highest; unknown ones last."""
    return _longest(_BLANKS.sub("", position), [_BLANKS.sub("", known) for known in POSITIONS])


def _longest(text: str, known: Sequence[str]) -> int:
    """Return the place of the longest of these that the text begins with."""
    found = [(len(each), place) for place, each in enumerate(known) if text.startswith(each)]
    return max(found)[1] if found else _LAST
