"""QR codes on paper: from characters to squares that a telephone reads off a print or a copy of it."""

from __future__ import annotations

from typing import Final

import segno

from console.views.paper_marks import Squares
from console.views.paper_type import millimetres

_SIDE_MM: Final = 0.5
"""Of one square, at least: a copy of a copy still tells it from its neighbour."""
_WHOLE_MM: Final = 28.0
"""Of the whole code, at least."""


def squares(text: str) -> Squares:
    """Return the code's squares with their upper left corner at 0, without the white edge that the paper gives it."""
    code = segno.make(text, error="m", micro=False)
    rows = tuple(tuple(bool(square) for square in row) for row in code.matrix)
    # Whole dots: the squares meet without a hair between them.
    side = round(millimetres(max(_SIDE_MM, _WHOLE_MM / len(rows))))
    return Squares(0, 0, side, rows)
