"""The verb that says what this computer can promise."""

from __future__ import annotations

from console.cli.book import Book
from console.cli.desk import FOUND, GOOD, Desk, say
from console.kernel import SystemClock


def enter(book: Book) -> None:
    book.verb(book.nouns, "self-test", _self_test, "this computer: what works here and what is missing")


def _self_test(desk: Desk) -> int:
    """Reads nothing of the station, so it asks nobody's name."""
    from console.services.self_test import CHECKS, Computer, Grade, told, worst

    computer = Computer(desk.place(), desk.settings.video, SystemClock())
    grades = []
    for check in CHECKS:
        findings = check.run(computer)
        grades.append(worst(findings))
        for line in told(findings):
            say(line)
    return FOUND if Grade.BAD in grades else GOOD
