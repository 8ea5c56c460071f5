"""The words of every setting: what it is called, what it means, its unit. A setting without words fails a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.i18n import N_, _


@dataclass(frozen=True, slots=True)
class SettingWords:
    """Message ids."""

    label: str
    hint: str


PARTS: Final[Mapping[str, str]] = {
    "ui": N_("This workstation"),
    "video": N_("Video"),
    "gate": N_("The right to look"),
    "health": N_("Camera health"),
    "backups": N_("Backups"),
    "station": N_("Station"),
    "database": N_("Database"),
}

WORDS: Final[Mapping[str, SettingWords]] = {
    "ui.language": SettingWords(N_("Language"), N_("The language of this window.")),
    "ui.theme": SettingWords(N_("Look"), N_("Dark for the night, light for daylight.")),
    "ui.full_screen": SettingWords(N_("Start in full screen"), N_("F11 leaves the full screen and returns to it.")),
    "ui.idle_lock_min": SettingWords(
        N_("Lock when nobody is at the console"),
        N_("After so many minutes without a key or the mouse. Owners' cameras go dark then. 0: never."),
    ),
    "video.streams_per_worker": SettingWords(
        N_("Cameras in one video process"),
        N_("With fewer, a camera that brings its process down takes fewer others with it; it costs memory."),
    ),
    "video.rtsp_open_timeout_s": SettingWords(
        N_("Wait for a camera to answer"), N_("Then the connection counts as failed and is tried again.")
    ),
    "video.read_timeout_s": SettingWords(
        N_("Wait for a camera that fell silent"), N_("Then the connection is made anew.")
    ),
    "video.stale_after_s": SettingWords(
        N_("A picture counts as frozen after"),
        N_("Without a new picture for so long the tile turns grey and says so. Slow cameras are given more time."),
    ),
    "video.prefer_tcp": SettingWords(
        N_("Ask cameras for TCP first"), N_("UDP may lose parts of a picture; it is used where a camera refuses TCP.")
    ),
    "video.hardware_decoding": SettingWords(
        N_("Decode with the graphics card"),
        N_("Where it cannot, the processor decodes as before. Worth a try only if this computer has a fast one."),
    ),
    "video.sandbox": SettingWords(
        N_("Video processes in a sandbox"),
        N_("So that a hostile camera reaches nothing of this computer. Switch it off only to find a fault."),
    ),
    "health.keep_days": SettingWords(
        N_("Keep the cameras' health for"), N_("Older figures and outages are deleted, once a day.")
    ),
    "backups.keep_days": SettingWords(
        N_("Keep backups for"),
        N_("Older ones are deleted, once a day: a certificate of erasure names the day when the last one is gone."),
    ),
    "gate.lease_s": SettingWords(
        N_("A permission to show lasts"),
        N_("Without being renewed the picture goes dark after so long. 15 seconds at most: that is the promise."),
    ),
    "gate.renew_s": SettingWords(
        N_("The right is looked at again every"), N_("At most half of the time that a permission lasts.")
    ),
    "gate.private_age_s": SettingWords(
        N_("Owners' cameras without the database"),
        N_("So long they may still be opened on what this console last knew of their owners' permissions."),
    ),
    "gate.agency_age_s": SettingWords(
        N_("Agencies' cameras without the database"),
        N_("So long they may still be opened on what this console last knew of the agreements."),
    ),
    "gate.clock_slack_s": SettingWords(
        N_("The clock may be behind by"),
        N_("Further behind the access journal than this, no owner's camera opens until the clock is right."),
    ),
    "gate.ack_ms": SettingWords(
        N_("A video process must stop within"), N_("One that does not confirm the end of a picture by then is ended.")
    ),
    "station.id": SettingWords(
        N_("Short name of the station"), N_("Stands on every record. Set once, before the first start.")
    ),
    "station.name_th": SettingWords(N_("Name of the station in Thai"), N_("On the status line and on papers.")),
    "station.name_en": SettingWords(N_("Name of the station in English"), N_("On the status line in English.")),
    "station.lat": SettingWords(N_("Latitude of the station"), N_("In degrees, for example 7.2000.")),
    "station.lon": SettingWords(N_("Longitude of the station"), N_("In degrees, for example 100.5950.")),
    "station.statement_names": SettingWords(
        N_("Officers' names in owners' statements"),
        N_("If not, a statement tells role and pseudonym: the same code for the same officer."),
    ),
    "database.url": SettingWords(
        N_("Address of the shared database"),
        N_("Empty: one file in the data folder of this computer. The password stands in .pgpass, not here."),
    ),
}
"""By dotted key."""

OPTIONS: Final[Mapping[tuple[str, str], str]] = {
    ("ui.language", "th"): "ไทย",
    ("ui.language", "en"): "English",
    ("ui.theme", "dark"): N_("Dark"),
    ("ui.theme", "light"): N_("Light"),
}
"""What is shown for a value that is one of a few; a language calls itself by its own name."""

SOURCES: Final[Mapping[str, str]] = {
    "": N_("as delivered"),
    "station.toml": "station.toml",
    "preferences.json": N_("chosen here"),
    "environment": N_("from the environment"),
    "arguments": N_("from the start of the program"),
}

PART_WORDS: Final[Mapping[str, str]] = {
    "ui": N_("How the console looks and behaves at this workstation. Everybody may choose; it is journaled."),
    "video": N_("How this computer fetches pictures. They count from the next start of the program on."),
    "gate": N_(
        "How long a right to look may rest on what was last known. These stand in station.toml only: whoever starts"
        " the program must not choose them. They can be made tighter than delivered, never looser."
    ),
    "health": N_(
        "What is kept of how the cameras did while they were watched. IT sets this in station.toml; it counts from the"
        " next start of the program on."
    ),
    "backups": N_(
        "How long the program keeps the backups that it makes. IT sets this in station.toml; it counts from the next"
        " start of the program on."
    ),
    "station": N_(
        "Which station this is. These stand in station.toml only: whoever starts the program must not choose whose"
        " store this is."
    ),
    "database": N_("Where the records lie. IT sets this in station.toml, before the program is started."),
}
"""What stands below the name of a part: what it is about, and who changes it where."""

_MINUTE: Final = 60
_HOUR: Final = 3600
_MANY_SECONDS: Final = 300
_UNITS: Final[Mapping[str, str]] = {"_s": N_("s"), "_ms": N_("ms"), "_min": N_("min"), "_days": N_("days")}


def unit(key: str) -> str:
    """Return the unit of a number as a message id, empty if it has none; the key's ending names it."""
    return next((name for ending, name in _UNITS.items() if key.endswith(ending)), "")


def value_text(key: str, value: object) -> str:
    """Return a value as people read it: a dash for none, on or off, a number with its unit."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    option = OPTIONS.get((key, str(value)))
    if option is not None:
        return _(option)
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{shown} {_(unit(key))}{_longer(key, value)}".rstrip()


def _longer(key: str, value: object) -> str:
    """Return many seconds in minutes or hours as well."""
    if unit(key) != "s" or not isinstance(value, int | float) or value < _MANY_SECONDS or value % _MINUTE:
        return ""
    if value % _HOUR:
        return f" ({_('{n} min', n=round(value / _MINUTE))})"
    return f" ({_('{n} h', n=round(value / _HOUR))})"
