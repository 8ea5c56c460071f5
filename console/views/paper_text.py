"""What a reader finds when he searches a PDF file, or copies from it.

Qt writes for each shape of a letter which letter it is, except for those that stand in for another: a tone mark over a
vowel, the mark of a narrow place. Copied, half of all Thai words would miss a mark, and blanks would be tabulators. So
the shapes are counted while they are drawn, and the file gets whole tables beside Qt's. What is seen stays as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from PySide6.QtGui import QFont, QRawFont, QTextLayout

from console.views.paper_type import Style, Words, font_of
from console.views.theme import FAMILY

_TOKEN: Final = re.compile(r"\S+|\s")
_CLUSTER: Final = re.compile("[^ัิ-ฺ็-๎ำๅ]?[ัิ-ฺ็-๎]*[ำๅ]?", re.DOTALL)
_AM: Final = "\u0e33"
_NIKHAHIT: Final = "\u0e4d"
_AA: Final = "\u0e32"
_TONES: Final = "่้๊๋"
_FONT: Final = re.compile(rb"/Type /Font\s*/Subtype /Type0\s*/BaseFont /(\S+)[^>]*?/ToUnicode (\d+) 0 R")
_RANGE: Final = re.compile(rb"<([0-9A-F]{4})> <[0-9A-F]{4}> \[([^\]]*)\]")
_TRAILER: Final = re.compile(rb"trailer\n<<\n(.*?)>>\nstartxref\n(\d+)\s+%%EOF\s*$", re.DOTALL)
_BLOCK: Final = 100
"""The format takes no more entries in one block."""


class TextLayer:
    """Hears of every text that is drawn into one file, in order."""

    def __init__(self) -> None:
        self._faces = {bold: _Face(font_of(Style.STRONG if bold else Style.BODY)) for bold in (False, True)}

    def note(self, words: Words) -> None:
        self._faces[words.style.value[1]].note(words.text)

    def complete(self, pdf: bytes) -> bytes:
        """Return the file with whole tables; unchanged where it is not written as we know it."""
        tables: dict[int, bytes] = {}
        for name, number in _FONT.findall(pdf):
            if FAMILY.encode() in name:
                known = _known(pdf, int(number))
                whole = self._faces[b"Bold" in name].table(known)
                if whole is None:
                    return pdf
                tables[int(number)] = _cmap(whole)
        return _appended(pdf, tables)


class _Face:
    """The shapes of one face: in which order they came, which is their number in the file, and what each means."""

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._raw = QRawFont.fromFont(font)
        self._order: dict[int, None] = {}
        self._meaning: dict[int, str] = {}
        self._tokens: set[str] = set()
        self._clusters: set[str] = set()
        self._learn(" ")

    def note(self, text: str) -> None:
        for token in _TOKEN.findall(text):
            if token not in self._tokens:
                self._tokens.add(token)
                self._order |= dict.fromkeys(self._shapes(token))
                for cluster in set(_CLUSTER.findall(token)) - self._clusters:
                    self._learn(cluster)

    def table(self, known: Mapping[int, str]) -> dict[int, str] | None:
        """Number in the file → text. None if Qt's own table counts otherwise than we did."""
        order = list(self._order)
        for number, letter in known.items():
            if number > len(order) or self._raw.glyphIndexesForString(letter) != [order[number - 1]]:
                return None
        return {
            number: self._meaning.get(shape) or _apart(known.get(number, "\ufffd"))
            for number, shape in enumerate(order, start=1)
        }

    def _shapes(self, text: str) -> list[int]:
        layout = QTextLayout(text, self._font)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        runs = [run for run in line.glyphRuns() if run.rawFont().familyName() == FAMILY]
        return [shape for run in runs for shape in run.glyphIndexes()]

    def _learn(self, cluster: str) -> None:
        """Read off what the shapes of a letter with its marks mean."""
        self._clusters.add(cluster)
        shapes, letters = self._shapes(cluster), _letters(cluster)
        if len(shapes) == len(letters) - 1 and _NIKHAHIT in letters:
            at = letters.index(_NIKHAHIT)
            letters[at : at + 2] = ["".join(letters[at : at + 2])]
        elif len(shapes) == 1:
            letters = [cluster]
        if len(shapes) == len(letters):
            for shape, letter in zip(shapes, letters, strict=True):
                self._meaning.setdefault(shape, letter)


def _apart(letter: str) -> str:
    """Write joined Latin letters, as in “office”, as the letters that they are."""
    return unicodedata.normalize("NFKC", letter) if "\ufb00" <= letter <= "\ufb06" else letter


def _letters(cluster: str) -> list[str]:
    """Return the letters in the order in which they are drawn: am is a ring, which goes below a tone mark, and aa."""
    letters = list(cluster)
    if _AM in letters:
        at = letters.index(_AM)
        letters[at : at + 1] = [_NIKHAHIT, _AA]
        if at and letters[at - 1] in _TONES:
            letters[at - 1], letters[at] = letters[at], letters[at - 1]
    return letters


def _known(pdf: bytes, number: int) -> dict[int, str]:
    """Qt's table: the entries that it has."""
    start = pdf.index(b"\n%d 0 obj" % number)
    text = pdf[start : pdf.index(b"endstream", start)]
    found: dict[int, str] = {}
    for first, codes in _RANGE.findall(text):
        for number_in_file, code in enumerate(re.findall(rb"<([0-9A-F]{4})>", codes), start=int(first, 16)):
            if int(code, 16):
                found[number_in_file] = chr(int(code, 16))
    return found


def _cmap(table: Mapping[int, str]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
        *_blocks(table),
        "endcmap",
        "CMapName currentdict /CMap defineresource pop",
        "end",
        "end",
    ]
    return "\n".join(lines).encode("ascii")


def _blocks(table: Mapping[int, str]) -> Iterator[str]:
    entries = [f"<{number:04X}> <{text.encode('utf-16-be').hex().upper()}>" for number, text in table.items()]
    for start in range(0, len(entries), _BLOCK):
        block = entries[start : start + _BLOCK]
        yield f"{len(block)} beginbfchar"
        yield from block
        yield "endbfchar"


def _appended(pdf: bytes, streams: Mapping[int, bytes]) -> bytes:
    """Put new versions of objects behind the file, as the format foresees."""
    trailer = _TRAILER.search(pdf)
    if trailer is None or not streams:
        return pdf
    grown, places = bytearray(pdf), {}
    for number, stream in streams.items():
        places[number] = len(grown)
        grown += b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(stream), stream)
    start = len(grown)
    grown += b"xref\n0 1\n0000000000 65535 f \n" + b"".join(
        b"%d 1\n%010d 00000 n \n" % place for place in sorted(places.items())
    )
    grown += b"trailer\n<<\n%s/Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n" % (trailer[1], trailer[2], start)
    return bytes(grown)
