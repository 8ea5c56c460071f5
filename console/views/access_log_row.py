"""One entry of the access log, whole: in words, and as it is stored, with its place in both chains."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from console.i18n import WORD_BREAK, _
from console.i18n.events import action_words
from console.i18n.record_words import field_words
from console.i18n.words import broken
from console.services.access_log import LogDetail, LogRow
from console.services.station import Station
from console.views.access_log_spec import when_words, who_words
from console.views.access_log_words import console_words
from console.views.record_reading import ReadingPanel
from console.views.ui import Ui

_BYTE: Final = 2
_HASH: Final = re.compile(r"[0-9a-f]{64}")
Pairs: TypeAlias = Sequence[tuple[str, str]]


class LogPanel(ReadingPanel[LogRow]):
    """Reads the row when it is shown; of several in a row the newest counts."""

    def __init__(self, ui: Ui, station: Station, parent: QWidget | None = None) -> None:
        super().__init__(ui, "log-row", parent)
        self._station = station
        self._row: LogRow | None = None
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._area.setObjectName("logEntry")

    def show_row(self, row: LogRow | None) -> None:
        if row is not None and (self._row is None or row.id != self._row.id or row != self._row):
            self._row = row
            self._read()

    @Slot()
    def _read(self) -> None:
        row = self._row
        if row is None:
            return
        log, session, theme = self._station.access_log, self._ui.session, self._ui.theme
        own = session.writer_id
        self._states.say_loading()

        def work() -> str:
            return told(log.detail(session, row.id), own, theme.colours.muted)

        self._ui.tasks.read(self._name, work, self._show, self._fail)

    def _show(self, text: str) -> None:
        if not self._closed:
            self._tell(text)
            self._area.verticalScrollBar().setValue(0)


def told(detail: LogDetail, own: str, muted: str) -> str:
    """Return the entry as rich text; on a reader's thread, because finding Thai words takes time."""
    parts = [
        _pairs(_in_words(detail, own), muted),
        _section(_("Personal words"), _pairs(_personal(detail), muted)) if _personal(detail) else "",
        _section(_("How it is stored"), _pairs(_stored(detail, own), muted)),
        _section(_("The stored bytes"), _bytes(detail)),
    ]
    return "".join(parts)


def _in_words(detail: LogDetail, own: str) -> Pairs:
    row, raw = detail.row, detail.stored.raw
    action = detail.stored.values.get("action")
    return [
        (_("Date and time"), when_words(row)),
        (_("What"), row.what),
        (_("Who"), who_words(row)),
        (_("Camera"), row.camera),
        (_("Purpose"), row.why),
        (_("Details"), row.details),
        (_("In the course of"), action_words(str(action)) if action else ""),
        (_("Written by"), console_words(raw.writer_id, own)),
    ]


def _personal(detail: LogDetail) -> Pairs:
    """What names people lies beside the entry, where it can be erased; the entry holds a proof of it only."""
    promised = detail.stored.values.get("personal")
    names = sorted(promised) if isinstance(promised, dict) else []
    kind = detail.row.subject[0]
    missing = _("not for this role to read") if detail.withheld else _("erased")
    return [(field_words(kind, name), detail.stored.clear.get(name, missing)) for name in names]


def _stored(detail: LogDetail, own: str) -> Pairs:
    raw, values = detail.stored.raw, detail.stored.values
    camera = values.get("camera")
    chain: list[tuple[str, str]] = []
    if isinstance(camera, dict):
        chain = [
            (_("Number in the camera's chain"), f"{camera.get('seq'):,}"),
            (_("Camera's entry before it"), str(camera.get("prev"))),
            (_("Camera's id"), str(camera.get("id"))),
        ]
    return [
        (_("Number in the console's chain"), f"{raw.seq:,}"),
        (_("Fingerprint of the entry"), raw.hash),
        (_("Fingerprint of the entry before it"), raw.prev),
        *chain,
        (_("Record"), f"{raw.subject_kind} {raw.subject_id}"),
        (_("User's id"), raw.actor_id or ""),
        (_("Session"), _actor(values.get("actor"), "session")),
        (_("Command"), raw.command_id),
        (_("Console's id"), "" if raw.writer_id == own else raw.writer_id),
    ]


def _actor(actor: Any, name: str) -> str:
    return str(actor.get(name, "")) if isinstance(actor, dict) else ""


def _bytes(detail: LogDetail) -> str:
    """The version byte, and the text behind it in lines. What cannot be read is shown as hexadecimal."""
    body = detail.stored.raw.body
    if not detail.stored.values:
        return f"<p style='font-family:monospace'>{body[:512].hex(' ', _BYTE)}</p>"
    lines = json.dumps(detail.stored.values, ensure_ascii=False, indent=2, sort_keys=True)
    head = _("Format {n}, {bytes} bytes", n=body[0], bytes=f"{len(body):,}")
    text = html.escape(lines).replace("\n", "<br>").replace("  ", "&nbsp;&nbsp;")
    style = "font-family:monospace; font-size:12px; line-height:130%"
    return f"<p>{html.escape(head)}</p><p style='{style}'>{_soft(text)}</p>"


def _soft(text: str) -> str:
    """Let ids and fingerprints break where a line needs it."""
    return _HASH.sub(lambda found: _broken_hash(found[0]), text).replace("-", f"-{WORD_BREAK}")


def _broken_hash(text: str) -> str:
    return WORD_BREAK.join(text[at : at + 8] for at in range(0, len(text), 8))


def _section(name: str, inner: str) -> str:
    return f"<p style='margin:18px 0 4px 0'><b>{html.escape(broken(name))}</b></p>{inner}"


def _pairs(pairs: Pairs, muted: str) -> str:
    shown = ((name, value) for name, value in pairs if value)
    return "".join(
        f"<p style='margin:0 0 6px 0; line-height:125%'><span style='color:{muted}'>{html.escape(broken(name))}</span>"
        f"<br>{_soft(html.escape(broken(value)))}</p>"
        for name, value in shown
    )
