"""Cameras and permissions in words and signs, alike in both lists, on paper and in what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from console.i18n import N_, _, plain
from console.i18n.dates import format_date, format_hours
from console.i18n.errors import fault_text
from console.i18n.labels import short_level, short_purpose
from console.kernel import AccessLevel, AuthorityKind, StreamFacts
from console.services.camera_register import AuthorityRow, CameraEntry, CameraRow, Counts, Standing
from console.services.feeds import Probe
from console.views.record_spec import Mark

STANDINGS: Final[Mapping[Standing, tuple[str, str, str]]] = {
    Standing.ARCHIVED: ("close", "quiet", N_("Archived")),
    Standing.NO_PERMISSION: ("key", "warning", N_("No permission")),
    Standing.UNSIGNED: ("review", "warning", N_("Not countersigned")),
    Standing.WITHDRAWN: ("strike", "bad", N_("Withdrawn by owner")),
    Standing.PAUSED: ("paused", "warning", N_("On pause")),
    Standing.NOT_YET: ("clock", "muted", N_("Not yet in force")),
    Standing.EXPIRED: ("denied", "bad", N_("Expired")),
    Standing.READDRESSED: ("review", "warning", N_("New address: ask owner")),
    Standing.REGISTERED_ONLY: ("note", "muted", N_("Registered only")),
    Standing.NO_ADDRESS: ("down", "warning", N_("No address")),
    Standing.NOT_TESTED: ("info", "warning", N_("Not tested")),
    Standing.OUTSIDE_HOURS: ("clock", "muted", N_("Outside the hours")),
    Standing.IN_FORCE: ("check", "good", N_("In force")),
}
"""Sign, colour and word of each; what somebody has to do something about is a warning."""

_SHORT_KINDS: Final = {
    AuthorityKind.OWNER: N_("Owner"),
    AuthorityKind.AGENCY: N_("Agency"),
    AuthorityKind.OWN: N_("Own camera"),
}
_INSTANT: Final = timedelta(microseconds=1)


def standing_mark(standing: Standing) -> Mark:
    icon, colour, text = STANDINGS[standing]
    return Mark(icon, colour, plain(_(text)))


def camera_text(camera: CameraRow) -> str:
    """C001 หน้าร้านทองถนนนครใน."""
    return f"{camera.code} {camera.name}"


def right_text(authority: AuthorityRow | None) -> str:
    """Say in a few words where the right to look comes from and how far it reaches."""
    return "" if authority is None else f"{kind_text(authority.kind)} · {limit_text(authority)}"


def kind_text(kind: AuthorityKind) -> str:
    """Where a right comes from, in one word for a column."""
    return _(_SHORT_KINDS[kind])


def limit_text(authority: AuthorityRow) -> str:
    """Level 2 (18.00–06.00 น.), Level 1 (300 m)."""
    level = short_level(authority.level)
    if authority.level is AccessLevel.HOURS:
        return f"{level} ({format_hours(authority.hours)})"
    if authority.level is AccessLevel.INCIDENT:
        return f"{level} ({_('{n} m', n=authority.radius_m)})"
    return level


def span_text(authority: AuthorityRow | None) -> str:
    """The days of a permission, the last one included."""
    if authority is None:
        return ""
    start = format_date(authority.valid_from)
    if authority.expires_at is None:
        return _("from {start}", start=start)
    return f"{start} – {format_date(authority.expires_at - _INSTANT)}"


def purposes_text(authority: AuthorityRow) -> str:
    return ", ".join(short_purpose(purpose) for purpose in sorted(authority.purposes))


def allowed_text(authority: AuthorityRow) -> str:
    """What is allowed beside watching; a dash if nothing is."""
    ticked = {
        N_("snapshots"): authority.permission_snapshot,
        N_("clips"): authority.permission_clip,
        N_("export"): authority.permission_export,
        N_("demonstration"): authority.permission_demonstration,
    }
    return ", ".join(_(text) for text, allowed in ticked.items() if allowed) or "–"


def is_private(entry: CameraEntry) -> bool:
    """Somebody's own camera; also one whose right is not known."""
    return entry.authority is None or entry.authority.kind is AuthorityKind.OWNER


def counts_parts(counts: Counts) -> Sequence[tuple[str, str]]:
    """The three counts, each with what it means."""
    return (
        (
            _("Registered {n}", n=f"{counts.registered:,}"),
            _("Cameras in the register, whether they can be watched or not."),
        ),
        (
            _("Linked {n}", n=f"{counts.linked:,}"),
            _(
                "Registered cameras whose permission is in force today and lets a picture be opened, with an address"
                " whose connection was tested."
            ),
        ),
        (
            _("Online {n}", n=f"{counts.online:,}"),
            _(
                "Linked cameras whose current picture is on this console's wall now, or that answered a connection"
                " test in the last five minutes."
            ),
        ),
    )


def facts_text(facts: StreamFacts) -> str:
    """h264, 640x360, 15 pictures a second, tcp."""
    told = {"codec": facts.codec, "size": f"{facts.width}x{facts.height}", "rate": f"{facts.rate:g}"}
    return _("{codec}, {size}, {rate} pictures a second, {transport}", transport=facts.transport or "–", **told)


def probe_text(found: Probe) -> str:
    """What a connection test found, as the end of a sentence."""
    return facts_text(found.facts) if found.answered else fault_text(found.fault)


def until_soon(authority: AuthorityRow | None, now: datetime, days: int) -> bool:
    """Whether a permission that stands ends within so many days."""
    if authority is None or authority.expires_at is None or authority.withdrawn_at is not None:
        return False
    return now < authority.expires_at <= now + timedelta(days=days)
