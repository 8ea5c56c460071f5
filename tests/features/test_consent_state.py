"""How a consent stands: the pure function's table of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.db.consents import CameraTerms, ConsentTerms, EventRow
from console.kernel import AccessLevel, Aim, ConsentEventKind, ConsentState
from console.services.consent_state import camera_state, state

K = ConsentEventKind
S = ConsentState
START = datetime(2026, 11, 22, tzinfo=UTC)
TERMS = ConsentTerms(
    "o",
    "n",
    (CameraTerms("a", "", Aim.FRONT), CameraTerms("b", "", Aim.STREET)),
    AccessLevel.ALWAYS,
    START,
    START + timedelta(days=30),
)
SIGNED = ((K.DRAFTED, None), (K.PRESENTED, None), (K.SIGNED, None))


def events(*told: tuple[ConsentEventKind, str | None]) -> list[EventRow]:
    return [EventRow(number, kind, START, camera) for number, (kind, camera) in enumerate(told, start=1)]


@pytest.mark.parametrize(
    ("told", "days", "expected"),
    [
        ((), 0, S.DRAFT),
        (((K.DRAFTED, None),), 0, S.DRAFT),
        (SIGNED[:2], 0, S.AWAITING_SIGNATURE),
        (SIGNED[:2], 99, S.AWAITING_SIGNATURE),
        ((*SIGNED[:2], (K.DRAFTED, None)), 0, S.DRAFT),
        ((*SIGNED[:2], (K.REFUSED, None)), 0, S.REFUSED),
        ((*SIGNED[:2], (K.VOIDED, None)), 0, S.VOID),
        (SIGNED, 0, S.IN_FORCE),
        (SIGNED, 29, S.IN_FORCE),
        (SIGNED, 30, S.EXPIRED),
        ((*SIGNED, (K.PAUSED, "a")), 0, S.IN_FORCE),
        ((*SIGNED, (K.PAUSED, "a"), (K.PAUSED, "b")), 0, S.PAUSED),
        ((*SIGNED, (K.PAUSED, None)), 0, S.PAUSED),
        ((*SIGNED, (K.PAUSED, None)), 30, S.EXPIRED),
        ((*SIGNED, (K.PAUSED, None), (K.RESUMED, "b")), 0, S.IN_FORCE),
        ((*SIGNED, (K.PAUSED, "a"), (K.WITHDRAWN, "b")), 0, S.PAUSED),
        ((*SIGNED, (K.WITHDRAWN, "a")), 0, S.IN_FORCE),
        ((*SIGNED, (K.WITHDRAWN, "a"), (K.WITHDRAWN, "b")), 0, S.WITHDRAWN),
        ((*SIGNED, (K.WITHDRAWN, None)), 99, S.WITHDRAWN),
        ((*SIGNED, (K.WITHDRAWN, None), (K.RESUMED, None)), 0, S.WITHDRAWN),
        ((*SIGNED, (K.SUPERSEDED, None)), 0, S.EXPIRED),
        ((*SIGNED, (K.VOIDED, None)), 99, S.VOID),
    ],
)
def test_states(told: tuple[tuple[ConsentEventKind, str | None], ...], days: int, expected: ConsentState) -> None:
    assert state(events(*told), TERMS, START + timedelta(days=days)) is expected


def test_what_was_withdrawn_stays_so() -> None:
    told = events(*SIGNED, (K.WITHDRAWN, "a"), (K.RESUMED, "a"), (K.PAUSED, None))
    assert (camera_state(told, "a"), camera_state(told, "b")) == (S.WITHDRAWN, S.PAUSED)
