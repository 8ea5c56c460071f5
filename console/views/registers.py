"""What the pages of data protection share: deadlines and steps in words, and what is journaled before rows leave."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from typing import Final

from console.i18n import _
from console.i18n.words import broken
from console.services.commands import Command
from console.services.registers import ExtractRegister, Register
from console.services.rights_requests import Deadline
from console.views.record_spec import Mark, Query

SOON: Final = 7
"""From so many days on a deadline is near."""


def extraction(register: Register) -> Callable[[Query, str, int], Command]:
    """Return what is journaled before rows of the register leave."""
    return lambda _query, how, rows: ExtractRegister(
        register=register, how="csv" if how == "csv" else "print", rows=rows
    )


def days_mark(due: Deadline | None) -> Mark | None:
    """12 days left, the last day, overdue by 3 days; None where nothing is due."""
    if due is None:
        return None
    if due.overdue:
        return Mark("urgent", "bad", _("Overdue by {n} days", n=-due.left))
    if due.left == 0:
        return Mark("clock", "warning", _("Today is the last day"))
    return Mark("clock", "warning" if due.left <= SOON else "quiet", _("{n} days left", n=due.left))


def told(facts: Iterable[tuple[str, str]], muted: str) -> str:
    """Return facts as rich text. For a reader's thread: finding Thai words takes time."""
    return "".join(
        f'<p style="line-height:125%; margin:0 0 12px 0"><span style="color:{muted}">{_safe(name)}</span>'
        f"<br>{_safe(text)}</p>"
        for name, text in facts
    )


def _safe(text: str) -> str:
    return html.escape(broken(text)).replace("\n", "<br>")
