"""Papers: what is printed or saved as PDF, as values. One renderer (views/printing.py) turns them into pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """A paper."""

    title: str
