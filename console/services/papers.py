"""Papers: what is printed or saved as PDF, as values. One renderer (views/printing.py) turns them into pages.

Texts are what the reader sees, in the language chosen when the paper was built; the renderer breaks lines between words
and writes figures in the paper's numerals. Builders take plain rows: they read no store and know no window.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from console.i18n import N_, _, language
from console.i18n.dates import format_date, format_date_time, format_hours, thai_digits
from console.i18n.labels import label, short_level
from console.kernel import AccessLevel, AuthorityKind, OwnerType, Secret

MOST_LINES: Final = 5000
"""An extract longer than this is not read by anybody; the paper says how many lines it leaves out."""

_PORTRAIT_COLUMNS: Final = 5
_GROUP: Final = 8
_TOKEN: Final = re.compile(r"\S+")
_LATIN: Final = re.compile(r"[A-Za-z]")


class Numerals(StrEnum):
    THAI = "thai"
    ARABIC = "arabic"


class Orientation(StrEnum):
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


def official_numerals() -> Numerals:
    """Thai numerals on Thai paper, Arabic otherwise."""
    return Numerals.THAI if language() == "th" else Numerals.ARABIC


# Blocks


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the paper; it stays on the page of what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`number` hangs before it: “1.”."""

    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: a limit, a condition, where something comes from."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are, one below the other. An empty value leaves a dotted line to write on."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`width` is the column's share beside the others'. A number stands at the right edge."""

    title: str
    width: float = 1.0
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The head is repeated on each page; a row is parted between two lines of text at most. `empty`: no rows."""

    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[str]]
    empty: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row of the table has other cells than there are columns")


@dataclass(frozen=True, slots=True)
class Code:
    """Characters to be compared or typed, as they are: never Thai numerals. A secret one stands in large type."""

    text: str | Secret
    label: str = ""


MOST_IN_QR: Final = 2000
"""Bytes. More would need squares that a telephone cannot tell apart on paper."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """Characters to be read by a camera, as they are; `label` stands beside the squares and says what they hold."""

    text: str
    label: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.text.encode()) <= MOST_IN_QR:
            raise ValueError("a QR code holds between 1 and 2,000 bytes")


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick, and what ticking it means; `number` hangs between the two."""

    text: str
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A dotted line. Without a `name` it is left for handwriting; `drawn` is the picture of what was written on it."""

    role: str
    name: str = ""
    drawn: bytes = b""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Side by side, two in a row, never parted from one another."""

    people: Sequence[Signature]


Block: TypeAlias = Heading | Paragraph | Note | Facts | Table | Code | QrCode | Tick | Signatures


# The paper


@dataclass(frozen=True, slots=True)
class Made:
    """Where, by whom and when a paper was made; at the foot of each page."""

    station: str
    by: str
    at: datetime
    numerals: Numerals = field(default_factory=official_numerals)


@dataclass(frozen=True, slots=True)
class Report:
    """A paper. `facts` stand below the title. `secret`: it is printed, and not offered as a file."""

    title: str
    made: Made
    blocks: Sequence[Block]
    facts: Sequence[tuple[str, str]] = ()
    orientation: Orientation = Orientation.PORTRAIT
    secret: bool = False

    def figures(self, text: str) -> str:
        """Write the text in this paper's numerals. A word with a Latin letter, a name or a code, stays as it is."""
        if self.made.numerals is Numerals.ARABIC:
            return text
        return _TOKEN.sub(lambda word: word[0] if _LATIN.search(word[0]) else thai_digits(word[0]), text)


def listing(
    title: str,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[str]],
    made: Made,
    facts: Sequence[tuple[str, str]] = (),
) -> Report:
    """Return the plain paper of a list: its rows as they are shown, the first `MOST_LINES` of them.

    `facts` tell the filter; the count is added.
    """
    shown = rows[:MOST_LINES]
    counted = (*facts, (_("Entries"), _shown_of(len(shown), len(rows))))
    orientation = Orientation.LANDSCAPE if len(columns) > _PORTRAIT_COLUMNS else Orientation.PORTRAIT
    blocks: list[Block] = [Table(columns, shown, _("No entries."))]
    if len(rows) > len(shown):
        blocks.append(Note(_("This paper is not complete: filter the list to print the other entries.")))
    return Report(title, made, blocks, counted, orientation)


# The first three papers


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line of the access log in words. `lasted_s` None: not a view, or one that still runs."""

    at: datetime
    who: str
    role: str
    what: str
    camera: str = ""
    why: str = ""
    lasted_s: float | None = None


@dataclass(frozen=True, slots=True)
class AccessExtract:
    """What an extract was asked for, and whether the log was whole. `chosen` tells the filter in words.

    `total` counts what answers the filter, however many lines are given. `verified` is the verification's sentence;
    `fingerprint` names the key that seals the log, `seal` the newest seal: who keeps the paper can ask for it again.
    """

    since: datetime | None
    until: datetime | None
    chosen: str
    total: int
    verified: str
    fingerprint: str
    seal: str = ""


def access_log_extract(lines: Sequence[AccessLine], extract: AccessExtract, made: Made) -> Report:
    """Return who looked at what and why in a span of time; the first `MOST_LINES` lines, and says so."""
    shown = lines[:MOST_LINES]
    facts = [(_("Period"), _period(extract.since, extract.until)), (_("Chosen"), extract.chosen or _("everything"))]
    facts.append((_("Entries"), _shown_of(len(shown), extract.total)))
    columns = (
        TableColumn(_("Date and time"), 1.7),
        TableColumn(_("By"), 2.5),
        TableColumn(_("Did"), 2.2),
        TableColumn(_("Camera"), 2.6),
        TableColumn(_("Purpose or reason"), 2.6),
        TableColumn(_("Lasted"), 1.2, number=True),
    )
    blocks: list[Block] = [Table(columns, [_access_cells(line) for line in shown], _("No entries in this period."))]
    if extract.total > len(shown):
        blocks.append(Note(_("This paper is not complete: choose a shorter period to print the other entries.")))
    blocks += [Heading(_("Verification of the log")), Paragraph(extract.verified)]
    blocks.append(Code(grouped(extract.fingerprint), _("Fingerprint of the key that seals the access log")))
    blocks += seal_on_paper(extract.seal)
    head = Signature(_("Superintendent of {station}", station=made.station))
    blocks.append(Signatures((Signature(_("Extract made by"), made.by), head)))
    return Report(_("Extract from the access log"), made, blocks, facts, Orientation.LANDSCAPE)


def seal_on_paper(seal: str) -> list[Block]:
    """Return the newest seal for any paper that leaves the room; nothing where nothing is sealed."""
    if not seal:
        return []
    asked = _("Ask IT to type it after “journal verify --checkpoint”: a journal that was cut or exchanged lacks it.")
    named = _("Newest seal of the access log")
    return [QrCode(seal, named), Code(seal, named), Note(asked)]


def _access_cells(line: AccessLine) -> tuple[str, ...]:
    when = format_date_time(line.at, seconds=True)
    who = f"{line.who}\n{line.role}" if line.role else line.who
    lasted = "" if line.lasted_s is None else format_duration(line.lasted_s)
    return when, who, line.what, line.camera, line.why, lasted


def _period(since: datetime | None, until: datetime | None) -> str:
    start = "" if since is None else format_date_time(since)
    end = "" if until is None else format_date_time(until)
    if start and end:
        return f"{start} – {end}"
    if start:
        return _("from {start}", start=start)
    return _("from the first entry until {end}", end=end) if end else _("from the first entry until now")


def _shown_of(shown: int, total: int) -> str:
    return f"{total:,}" if shown >= total else _("{n} of {total}", n=f"{shown:,}", total=f"{total:,}")


def format_duration(seconds: float) -> str:
    """12 s, 4 min 12 s, 1 h 4 min."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, left = divmod(minutes, 60)
    if hours:
        return _("{h} h {m} min", h=hours, m=left)
    return _("{m} min {s} s", m=minutes, s=rest) if minutes else _("{n} s", n=rest)


@dataclass(frozen=True, slots=True)
class CameraLine:
    """A camera of the register. `kind` and `level` None: nobody has given a permission that is in force."""

    code: str
    name: str
    place: str
    owner_type: OwnerType
    kind: AuthorityKind | None = None
    level: AccessLevel | None = None
    hours: Sequence[Sequence[int]] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CameraCounts:
    """Never one number for another: in the register, with a permission in force and a stream, with a picture now."""

    registered: int
    linked: int
    online: int


def camera_list(lines: Sequence[CameraLine], counts: CameraCounts, made: Made) -> Report:
    facts = (
        (_("Registered"), _("{n} cameras", n=f"{counts.registered:,}")),
        (_("Linked to CCOC"), _("{n} cameras", n=f"{counts.linked:,}")),
        (_("Online when this was made"), _("{n} cameras", n=f"{counts.online:,}")),
    )
    columns = (
        TableColumn(_("No."), 0.7, number=True),
        TableColumn(_("Code"), 0.9),
        TableColumn(_("Camera"), 2.4),
        TableColumn(_("Place"), 2.0),
        TableColumn(_("Kind of owner"), 1.8),
        TableColumn(_("Right to look"), 2.2),
        TableColumn(_("Until"), 1.1),
    )
    rows = [(f"{number:,}", *_camera_cells(line)) for number, line in enumerate(lines, start=1)]
    blocks = (Table(columns, rows, _("No camera is registered.")),)
    return Report(_("List of cameras"), made, blocks, facts, Orientation.LANDSCAPE)


def _camera_cells(line: CameraLine) -> tuple[str, ...]:
    right = _("no permission in force") if line.kind is None else label(line.kind)
    if line.level is not None:
        right = f"{right}\n{short_level(line.level)}"
    if line.hours:
        right = f"{right} {format_hours(line.hours)}"
    until = "" if line.until is None else format_date(line.until)
    return line.code, line.name, line.place, label(line.owner_type), right, until


def recovery_sheet(code: Secret, fingerprint: str, made: Made) -> Report:
    """Return the sheet that opens the camera passwords when nobody can; `fingerprint` names the key of the log."""
    facts = (
        (_("Made on"), format_date_time(made.at)),
        (_("Made by"), made.by),
    )
    blocks: tuple[Block, ...] = (
        Code(code, _("Recovery code")),
        Note(_("The letters I, L, O and U do not occur. Capitals, blanks and hyphens do not matter.")),
        Code(grouped(fingerprint), _("Fingerprint of the key that seals the access log")),
        Note(_("The same fingerprint stands on every extract from the access log of this station: compare them.")),
        Heading(_("What it is for")),
        Paragraph(
            _(
                "The code opens the passwords of the cameras when nobody at the station can do it any more: all those"
                " who could have left or forgotten their passwords, or the computer broke and a backup was restored."
                " Whoever holds this sheet and the station's database can open every camera that is linked."
            )
        ),
        Heading(_("How to keep it")),
        *(Paragraph(_(rule), f"{number}.") for number, rule in enumerate(_KEEPING, start=1)),
        Signatures((Signature(_("Sealed by")), Signature(_("Witness")))),
    )
    return Report(_("Recovery sheet"), made, blocks, facts, secret=True)


_KEEPING: Final = (
    N_("Two people put this sheet into an envelope, close it and sign across the seal."),
    N_("The envelope lies in the station's safe, not beside the computer."),
    N_("Nobody photographs the code, sends it or types it anywhere but into this program."),
    N_("When the envelope is opened, two people are present and note on it the date, the time and the reason."),
    N_("If the sheet is lost or somebody unknown has seen it, tell the superintendent and IT at once."),
)


def grouped(digits: str) -> str:
    """Part a fingerprint into groups that the eye can compare."""
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))
