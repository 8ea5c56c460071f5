"""How large the pictures of a stream are drawn: of the camera's shape, within what is asked for and allowed."""

from __future__ import annotations

from typing import Final

from console.kernel import PixelSize
from console.video.grants import Grant
from console.video.ingest import SourceFacts

_GIVEN_AWAY: Final = 2
"""Pixels of a picture's shape; what was asked for whole is shown as it is, and not scaled once more."""


def fit(box: PixelSize, grant: Grant, facts: SourceFacts) -> PixelSize | None:
    """Return the largest size of the camera's true shape within the box and the grant; None if masks cannot be laid."""
    width, height = min(box.width, grant.max_width), min(box.height, grant.max_height)
    if width < 1 or height < 1:
        return None
    stream = facts.stream
    if stream.width < 1 or stream.height < 1:
        # Without a known shape a mask could miss what it is for.
        return None if grant.masks else PixelSize(width, height)
    shape = stream.width * facts.pixel_aspect / stream.height
    if width - height * shape > _GIVEN_AWAY:
        width = max(1, round(height * shape))
    elif height - width / shape > _GIVEN_AWAY:
        height = max(1, round(width / shape))
    # An odd width has FFmpeg convert each pixel on its own, at three times the work.
    return PixelSize(width - width % 2 or 1, height)
