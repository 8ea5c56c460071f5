"""What a picture says that is seen by a superintendent's override: on its tile, on its card."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from console.i18n import _
from console.i18n.dates import format_time
from console.kernel import AuthorityKind, Denied, Right, Session
from console.services.emergencies import LIFTED
from console.views.theme import Theme
from console.views.wall_model import Feed, WallCamera
from console.views.wall_paint import PLATE
from console.views.wall_words import Words

BORDER: Final = 4
GAP: Final = 4
MINUTE_S: Final = 60


def may_ask(session: Session, camera: WallCamera, denied: Denied | None) -> bool:
    """Whether this officer is offered an override: where one may help. The gate decides by itself."""
    owners = camera.kind is AuthorityKind.OWNER
    return denied is not None and denied.reason in LIFTED and owners and session.may(Right.OVERRIDE)


def emergency_of(feed: Feed | None) -> datetime | None:
    """Return when the override ends by which this view runs; None for any other view, and for one that is over."""
    return None if feed is None or feed.state().end is not None else feed.emergency_until


def left_text(until: datetime, now: datetime) -> str:
    """Return what is left of it, in whole minutes begun."""
    minutes = max(0, math.ceil((until - now).total_seconds() / MINUTE_S))
    return _("{n} min left", n=minutes)


def plate_words(until: datetime, now: datetime) -> Words:
    left = left_text(until, now)
    return Words("urgent", "bad", "", plate=_("Emergency · {left}", left=left), brief=left)


def card_text(until: datetime, now: datetime) -> str:
    """Say it whole for the card beside the wall."""
    left, at = left_text(until, now), format_time(until)
    return _("Emergency access until {at}, {left}. The owner reads it in the statement.", at=at, left=left)


def paint_border(painter: QPainter, theme: Theme, area: QRect) -> None:
    """A frame over the picture's edge, whatever is selected."""
    half = BORDER // 2
    painter.setPen(QPen(theme.colour("urgent"), BORDER))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(half, half, -half, -half))


def plate_point(area: QRect, target: QRect, plate: QPixmap, *, beside: bool) -> QPoint:
    """At the head of the picture, in its middle; under what already stands there."""
    width = round(plate.width() / plate.devicePixelRatio())
    left = target.left() + (target.width() - width) // 2
    top = target.top() + BORDER + GAP + (PLATE + GAP if beside else 0)
    return QPoint(max(area.left(), min(left, area.right() - width)), min(top, target.bottom() - PLATE))
