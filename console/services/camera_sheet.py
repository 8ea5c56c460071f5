"""A file of cameras as spreadsheets write it: UTF-8, UTF-16 or Thai Windows; comma, semicolon or tab; Thai or English.

Reads only. What a cell may hold is the command's to say; here codes are found for their labels, and digits made Arabic.
"""

from __future__ import annotations

import codecs
import csv
import functools
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from console.i18n import language, plain
from console.i18n.dates import arabic_digits, search_key
from console.i18n.labels import CONNECTION_KINDS, OWNER_TYPES, ZONES, label
from console.kernel import ConnectionKind, ConsoleError, Invalid, OwnerType, Secret, Zone
from console.services.addresses import holds_address

NEEDED: Final = ("code", "name", "owner_type")
LARGEST: Final = 5 * 1024 * 1024
MOST_TOLD: Final = 30
"""A line of separators makes a million columns; nobody reads their names."""

LOST: Final = "\ufffd"
"""Stands where the file holds no letter of its encoding."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("รหัส", "รหัสกล้อง"),
    "name": ("ชื่อ", "ชื่อกล้อง"),
    "place": ("สถานที่", "จุดติดตั้ง", "ที่ตั้ง"),
    "owner_type": ("ประเภทเจ้าของ", "ประเภทเจ้าของกล้อง"),
    "owner_name": ("เจ้าของ", "ชื่อเจ้าของ", "เจ้าของกล้อง", "เจ้าของหรือหน่วยงาน", "หน่วยงาน"),
    "owner": ("เลขที่เจ้าของ", "ลำดับเจ้าของ", "เลขทะเบียนเจ้าของ", "owner_number"),
    "lat": ("ละติจูด", "latitude"),
    "lon": ("ลองจิจูด", "longitude"),
    "zone": ("พื้นที่", "เขตพื้นที่", "โซน"),
    "connection": ("การเชื่อมต่อ", "วิธีเชื่อมต่อ"),
    "address": ("ที่อยู่กล้อง", "ที่อยู่หลัก", "ที่อยู่สตรีมหลัก", "main_address"),
    "sub_address": ("ที่อยู่รอง", "ที่อยู่สตรีมรอง"),
    "user": ("ชื่อผู้ใช้",),
    "password": ("รหัสผ่าน",),
}
"""Our name of each column, and how else it may be headed."""

SHORT_WORDS: Final[Mapping[str, Mapping[str, StrEnum]]] = {
    "owner_type": {
        "ประชาชน": OwnerType.HOME,
        "ประชาชน (บ้านพัก)": OwnerType.HOME,
        "บ้านพัก": OwnerType.HOME,
        "บ้าน": OwnerType.HOME,
        "ร้านค้า": OwnerType.SHOP,
        "ร้านค้า–ผู้ประกอบการ": OwnerType.SHOP,
        "ผู้ประกอบการ": OwnerType.SHOP,
        "ห้าง": OwnerType.BANK_OR_GOLD,
        "ธนาคาร": OwnerType.BANK_OR_GOLD,
        "ร้านทอง": OwnerType.BANK_OR_GOLD,
        "ห้าง–ธนาคาร–ร้านทอง": OwnerType.BANK_OR_GOLD,
        "หมู่บ้าน": OwnerType.ESTATE,
        "อาคารชุด": OwnerType.ESTATE,
        "หมู่บ้าน–อาคารชุด": OwnerType.ESTATE,
        "สถานศึกษา": OwnerType.SCHOOL,
        "โรงเรียน": OwnerType.SCHOOL,
        "วัด": OwnerType.TEMPLE,
        "ศาสนสถาน": OwnerType.TEMPLE,
        "วัด–ศาสนสถาน": OwnerType.TEMPLE,
        "โรงพยาบาล": OwnerType.HOSPITAL,
        "อปท.": OwnerType.MUNICIPALITY,
        "เทศบาล": OwnerType.MUNICIPALITY,
        "หน่วยงานรัฐอื่น": OwnerType.STATE,
        "หน่วยงานรัฐ": OwnerType.STATE,
        "ตร.": OwnerType.POLICE,
        "ตำรวจ": OwnerType.POLICE,
    },
    "zone": {
        "ใน": Zone.INSIDE,
        "ในพื้นที่": Zone.INSIDE,
        "ในพื้นที่ Smart Safety Zone": Zone.INSIDE,
        "นอก": Zone.OUTSIDE,
        "นอกพื้นที่": Zone.OUTSIDE,
        "นอกพื้นที่ Smart Safety Zone": Zone.OUTSIDE,
        "ยังไม่ระบุพื้นที่": Zone.UNKNOWN,
    },
    "connection": {
        "LAN": ConnectionKind.STATION_LAN,
        "เครือข่ายภายในสถานี": ConnectionKind.STATION_LAN,
        "VLAN": ConnectionKind.AGENCY_VLAN,
        "เครือข่ายเฉพาะ (VLAN) ของหน่วยงาน": ConnectionKind.AGENCY_VLAN,
        "อุโมงค์ WireGuard": ConnectionKind.WIREGUARD,
        "สัญญาณเข้ารหัส (RTSPS)": ConnectionKind.RTSPS,
        "ยังไม่ระบุวิธีเชื่อมต่อ": ConnectionKind.UNKNOWN,
    },
}
"""What a registrar writes for a code, whatever language the console speaks."""

_CODES: Final[Mapping[str, Mapping[Any, str]]] = {
    "owner_type": OWNER_TYPES,
    "zone": ZONES,
    "connection": CONNECTION_KINDS,
}
_SECRET: Final = frozenset({"address", "sub_address", "user", "password"})
_NUMBERS: Final = frozenset({"lat", "lon"})
OWNER: Final = "owner"
"""The column of the owner's number in the register: no fact of the camera itself."""
_OWNER_NUMBER: Final = re.compile(r"(?:[จo][\s.–]*)?0*([1-9]\d{0,8})")
_DASHES: Final = str.maketrans("—‑-", "–––")


class Rows(Protocol):
    """Rows of cells that count the lines of the file they come from, as the standard library's reader does."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One camera of the file: its line number, and the filled cells by our name of the column."""

    number: int
    cells: Mapping[str, str] = field(repr=False)
    problems: tuple[tuple[str, str], ...] = ()
    """What is wrong before any rule is asked: column (our name) and catalogue key."""

    def shown(self, name: str) -> str:
        """Return what stands in a column, as far as somebody may see it."""
        cell = self.cells.get(name, "")
        return "" if name in _SECRET or holds_address(cell) else cell

    def fields(self) -> dict[str, Any]:
        """Return the cells as the command wants them: codes for labels, secrets wrapped, empty ones left out."""
        made: dict[str, Any] = {}
        for name, text in self.cells.items():
            if name == OWNER:
                continue
            if name in _SECRET:
                made[name] = Secret(text)
            elif name in _CODES:
                made[name] = _code(name, text)
            else:
                made[name] = arabic_digits(text) if name in _NUMBERS else text
        return made

    def read_owner(self) -> int | None:
        """Return the number of the owner's record, None where the cell is empty, or raise `Invalid`."""
        cell = arabic_digits(self.cells.get(OWNER, "")).lower().translate(_DASHES)
        if not cell:
            return None
        found = _OWNER_NUMBER.fullmatch(cell)
        if found is None:
            raise Invalid({OWNER: "import.no_owner_number"})
        return int(found[1])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole file. `headers` maps our columns to the file's own; `ignored` are the first that nobody knows."""

    path: Path
    headers: Mapping[str, str]
    ignored: tuple[str, ...]
    lines: tuple[SheetLine, ...] = field(repr=False)


def read_sheet(path: Path) -> Sheet:
    """Read a file, or raise `ConsoleError` with what is wrong with it as a whole. Nothing is registered by this."""
    text = _text(path)
    mark = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        headers = next(reader, [])
        columns = _columns(headers)
        lines = tuple(_lines(reader, columns))
    except csv.Error:
        raise ConsoleError("import.not_csv", path=str(path), line=reader.line_num) from None
    own = {name: header.strip() for name, header in zip(columns, headers, strict=True) if name}
    unknown = [header.strip() for name, header in zip(columns, headers, strict=True) if not name and header.strip()]
    told = (*unknown[:MOST_TOLD], "…") if len(unknown) > MOST_TOLD else tuple(unknown)
    return Sheet(path, own, told, lines)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConsoleError("import.unreadable", path=str(path), why=type(error).__name__) from None
    if len(raw) > LARGEST:
        raise ConsoleError("import.too_large", path=str(path))
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp874"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8-sig", errors="replace")


def _columns(headers: list[str]) -> list[str]:
    """Return our name of each column, empty for one that is none of ours."""
    names = {_folded(alias): name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
    found = [names.get(_folded(header), "") for header in headers]
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise ConsoleError("import.columns_missing", columns=", ".join(missing))
    twice = sorted(name for name, times in Counter(found).items() if name and times > 1)
    if twice:
        raise ConsoleError("import.column_twice", columns=", ".join(twice))
    return found


def _folded(header: str) -> str:
    return search_key(header).replace("_", "").replace(" ", "")


def _lines(reader: Rows, columns: list[str]) -> Iterator[SheetLine]:
    number = reader.line_num + 1
    for row in reader:
        begins, number = number, reader.line_num + 1
        if any(cell.strip() for cell in row):
            yield _line(begins, row, columns)


def _line(number: int, row: list[str], columns: list[str]) -> SheetLine:
    cells = {name: _cell(name, cell) for name, cell in zip(columns, row, strict=False) if name and cell.strip()}
    wrong = [(name, "import.lost_letters") for name, cell in cells.items() if LOST in cell]
    if any(cell.strip() for cell in row[len(columns) :]):
        # A mark inside a cell that is not in quotes cuts it in two: everything behind it stands in a wrong column.
        wrong.append((next(name for name in reversed(columns) if name), "import.too_many_cells"))
    return SheetLine(number, cells, tuple(wrong))


def _cell(name: str, text: str) -> str:
    """A cell's own line breaks become blanks: a spreadsheet shows them as one cell, and so do we. Never in a secret."""
    return text.strip() if name in _SECRET else " ".join(text.split())


def _code(name: str, text: str) -> object:
    """Return the code that a cell means, or the cell as it is, which the command then refuses at its field."""
    return _spellings(name, language()).get(_spelling(text), text)


@functools.lru_cache(maxsize=8)
def _spellings(name: str, _language: str) -> Mapping[str, object]:
    known: dict[str, object] = {_spelling(word): code for word, code in SHORT_WORDS[name].items()}
    for code, english in _CODES[name].items():
        known |= dict.fromkeys(map(_spelling, (code.value, english, label(code))), code)
    return known


def _spelling(text: str) -> str:
    return search_key(plain(text)).translate(_DASHES).replace(" ", "")
