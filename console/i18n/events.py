"""The journal in words: every kind of event, every action, every kind of record. One without words fails a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from console.i18n import N_, _
from console.i18n.errors import error_text
from console.i18n.labels import label
from console.i18n.protection_labels import PROTECTION_ACTIONS, PROTECTION_EVENTS, PROTECTION_RECORDS
from console.kernel import ConsoleError, EndReason, Role, ViewKind, WithdrawalWay

EVENTS: Final[Mapping[str, str]] = {
    "view.opened": N_("Camera opened"),
    "view.picture": N_("First picture shown"),
    "view.ended": N_("View ended"),
    "view.denied": N_("Camera refused"),
    "view.justified": N_("Urgent view explained"),
    "view.unjustified": N_("Urgent view not explained in time"),
    "view.noted": N_("Note of the shift lead on an urgent view"),
    "view.reviewed": N_("View reviewed"),
    "shift.handed_over": N_("Shift handed over"),
    "views.alive": N_("Sign of life with the open views"),
    "address.watched": N_("Camera address watched for set-up (no picture)"),
    "address.watch_ended": N_("Watch of a camera address ended"),
    "record.changed": N_("Record changed"),
    "camera.address_destroyed": N_("Camera address destroyed"),
    "login.ok": N_("Logged in"),
    "login.failed": N_("Log-in refused"),
    "login.ended": N_("Logged out"),
    "login.locked": N_("Console locked"),
    "login.unlocked": N_("Console unlocked"),
    "login.proved": N_("Password confirmed"),
    "login.temporary": N_("Log-in with a temporary password: a new one is asked for"),
    "password.changed": N_("Password changed"),
    "password.reset": N_("Password reset"),
    "first_code.refused": N_("One-time code refused"),
    "settings.changed": N_("Settings changed"),
    "vault.created": N_("Store of camera passwords made"),
    "vault.key_made": N_("Key for the camera passwords made"),
    "vault.key_wrapped": N_("Key for the camera passwords sealed anew"),
    "vault.slot_given": N_("Access to the cameras given"),
    "vault.slot_removed": N_("Access to the cameras taken away"),
    "vault.sheet_used": N_("Recovery sheet used"),
    "vault.not_opened": N_("Camera passwords stayed closed"),
    "clock.jump": N_("Clock jumped"),
    "clock.confirmed": N_("Clock confirmed"),
    "guards.restored": N_("Guards of the journal put back"),
    "notice.published": N_("Notice to owners published"),
    "consent.drafted": N_("Consent drafted"),
    "consent.presented": N_("Consent shown for signature"),
    "consent.signed": N_("Consent signed"),
    "consent.paused": N_("Consent paused"),
    "consent.resumed": N_("Consent resumed"),
    "consent.withdrawn": N_("Consent withdrawn by the owner"),
    "consent.refused": N_("Consent refused"),
    "consent.voided": N_("Consent declared void"),
    "consent.superseded": N_("Consent replaced by a newer one"),
    "consent.readdressed": N_("Camera's address changed: the link rests until the owner confirms the camera"),
    "consent.reconfirmed": N_("Owner confirmed the camera at its new address"),
    "backups.deleted": N_("Old backups deleted"),
    "personal.erased": N_("Personal words erased"),
    "store.restored": N_("Backup restored: permissions paused"),
    "journal.extracted": N_("Access log printed or saved"),
    "statement.issued": N_("Statement made for the owner"),
    "statement.delayed": N_("Lines of a sensitive case wait in the statements"),
    "owners.extracted": N_("Register of owners printed or saved"),
    "consents.extracted": N_("List of consents printed or saved"),
    "visits.extracted": N_("Visitor book printed or saved"),
    "unreadable": N_("Entry that cannot be read: it was changed from outside"),
    **PROTECTION_EVENTS,
}

VIEWS: Final = frozenset({"view.opened", "view.justified", "view.unjustified", "view.noted", "view.reviewed"})
REFUSALS: Final = frozenset({"view.denied"})
CHANGES: Final = frozenset(
    {
        "record.changed",
        "camera.address_destroyed",
        "password.changed",
        "password.reset",
        "settings.changed",
        "vault.slot_given",
        "vault.slot_removed",
        "vault.sheet_used",
        "notice.published",
        "consent.drafted",
        "consent.presented",
        "consent.signed",
        "consent.paused",
        "consent.resumed",
        "consent.withdrawn",
        "consent.refused",
        "consent.voided",
        "consent.superseded",
        "consent.readdressed",
        "consent.reconfirmed",
        "backups.deleted",
        "personal.erased",
        "store.restored",
        "statement.issued",
        "statement.delayed",
        "retention.run",
        "processing.issued",
    }
)
LOG_INS: Final = frozenset(
    {
        "login.ok",
        "login.failed",
        "login.ended",
        "login.locked",
        "login.unlocked",
        "login.proved",
        "login.temporary",
        "first_code.refused",
        "vault.not_opened",
    }
)
FOLLOW_UPS: Final = frozenset({"view.picture", "view.ended", "views.alive"})
"""Told in the line of the view that they belong to; shown by themselves only where everything is shown."""

RECORDS: Final[Mapping[str, str]] = {
    "person": N_("user"),
    "camera": N_("camera"),
    "owner": N_("owner"),
    "owner_step": N_("step with an owner"),
    "visit": N_("visit to the room"),
    "sector": N_("sector of visitors"),
    "authority": N_("permission"),
    "consent": N_("consent"),
    "notice": N_("notice to owners"),
    "incident": N_("incident"),
    "incident_entry": N_("entry of the incident log"),
    "emergency": N_("emergency access"),
    "wall": N_("wall layout"),
    "named_wall": N_("named wall"),
    "wall_tour": N_("tour"),
    "view": N_("view"),
    "address": N_("camera address"),
    "address_tombstone": N_("destroyed address"),
    "connection_test": N_("connection test"),
    "settings": N_("settings"),
    "vault": N_("store of camera passwords"),
    "store": N_("database"),
    "clock": N_("clock"),
    "writer": N_("console"),
    "journal": N_("access log"),
    "statement_delay": N_("waiting lines of a sensitive case"),
    "guard": N_("guard of the database"),
    **PROTECTION_RECORDS,
}

OPERATIONS: Final[Mapping[str, str]] = {
    "created": N_("Added: {record}"),
    "changed": N_("Changed: {record}"),
    "deleted": N_("Deleted: {record}"),
}

ACTIONS: Final[Mapping[str, str]] = {
    "add_entry": N_("write an entry"),
    "begin_emergency": N_("open a private camera in an emergency"),
    "add_first_person": N_("set up the first person"),
    "add_person": N_("add a user"),
    "stop_camera": N_("pause or end the link of a camera"),
    "stop_owner": N_("pause or end the links of an owner"),
    "check_paper": N_("check the code of a paper"),
    "draft_consent": N_("draft a consent"),
    "change_consent": N_("change the draft of a consent"),
    "present_consent": N_("show a consent for signature"),
    "sign_consent": N_("sign a consent"),
    "refuse_consent": N_("note that a consent was refused"),
    "void_consent": N_("declare a consent void"),
    "pause_consent": N_("pause a consent"),
    "resume_consent": N_("resume a consent"),
    "withdraw_consent": N_("withdraw a consent"),
    "publish_notice": N_("publish the notice to owners"),
    "add_step": N_("record a step with an owner"),
    "allow_unencrypted": N_("allow an unencrypted camera"),
    "archive_owner": N_("archive an owner"),
    "attach_photo": N_("add a photo"),
    "archive_camera": N_("archive a camera"),
    "restore_camera": N_("bring an archived camera back"),
    "change_camera": N_("change a camera"),
    "change_masks": N_("change what is covered of a camera's picture"),
    "change_incident": N_("change an incident"),
    "change_owner": N_("change an owner"),
    "change_step": N_("correct a step with an owner"),
    "change_visit": N_("correct a visit"),
    "change_password": N_("change the own password"),
    "change_person": N_("change a user"),
    "change_preferences": N_("change settings"),
    "change_tour": N_("change a tour"),
    "change_video_settings": N_("change the video settings"),
    "choose_password": N_("choose a password"),
    "close_incident": N_("close an incident"),
    "confirm_clock": N_("confirm the clock"),
    "countersign_authority": N_("countersign a permission"),
    "delay_lines": N_("let the lines of a sensitive case wait"),
    "delete_tour": N_("delete a tour"),
    "delete_wall": N_("delete a named wall"),
    "erase_personal": N_("erase personal data"),
    "extract_consents": N_("print or save the list of consents"),
    "extract_visits": N_("print or save the visitor book"),
    "extract_owners": N_("print or save the register of owners"),
    "extract_log": N_("print or save the access log"),
    "give_slot": N_("give access to the cameras"),
    "give_slot_by_sheet": N_("give access to the cameras by the recovery sheet"),
    "import_cameras": N_("register cameras from a file"),
    "issue_statement": N_("make a statement for the owner"),
    "justify_view": N_("explain an urgent view"),
    "note_debt": N_("note something on an urgent view"),
    "note_overdue": N_("note urgent views that nobody explained"),
    "hand_over": N_("hand the shift over"),
    "review_view": N_("review a view"),
    "keep_tour": N_("save a tour"),
    "keep_wall": N_("save a wall under a name"),
    "link_camera": N_("say whose a camera is"),
    "lock": N_("lock the console"),
    "log_in": N_("log in"),
    "log_out": N_("log out"),
    "mend_guards": N_("look after the database"),
    "open_incident": N_("open an incident"),
    "open_vault": N_("open the camera passwords"),
    "open_views": N_("open cameras"),
    "pause_authority": N_("pause a permission"),
    "prove_password": N_("confirm the password"),
    "prune_backups": N_("delete old backups"),
    "reapply_erasures": N_("erase again after a restore"),
    "reapply_erased_files": N_("erase again after a restore"),
    "reapply_tombstones": N_("repeat withdrawals after a restore"),
    "record_authority": N_("record a permission"),
    "register_camera": N_("register a camera"),
    "remove_sub_address": N_("remove a camera's second address"),
    "rename_wall": N_("rename a wall"),
    "renew_password_hash": N_("look after the stored password"),
    "replace_wall": N_("replace a named wall"),
    "reset_password": N_("reset a password"),
    "resume_authority": N_("resume a permission"),
    "review_incident": N_("review an incident"),
    "save_wall": N_("save the wall layout"),
    "seal_journal": N_("seal the journal"),
    "reconfirm_cameras": N_("write down the owner's word for a new address"),
    "set_address": N_("set a camera's address"),
    "strike_entry": N_("strike an entry"),
    "views.after_crash": N_("end the views that a crash left open"),
    "views.alive": N_("give a sign of life"),
    "views.follow": N_("note what became of the views"),
    "watch_addresses": N_("watch camera addresses for set-up"),
    "withdraw_authority": N_("withdraw a permission"),
    **PROTECTION_ACTIONS,
    "name_sectors": N_("name the sectors of visitors"),
    "record_visit": N_("record a visit"),
    "register_owner": N_("register an owner"),
    "remove_photo": N_("take a photo away"),
    "restore_owner": N_("bring an archived owner back"),
    "strike_step": N_("strike a step with an owner"),
    "strike_visit": N_("strike a visit"),
    "unlink_camera": N_("part a camera from its owner"),
}

_LOGIN_FAILURES: Final[Mapping[str, str]] = {
    "password": N_("wrong password"),
    "locked": N_("the account was locked after too many tries"),
    "disabled": N_("the account is switched off"),
    "unknown": N_("nobody has this user name"),
}
_LOCKED_BY: Final[Mapping[str, str]] = {"idle": N_("nobody was at the console"), "asked": N_("at the officer's wish")}
_EXTRACTS: Final[Mapping[str, str]] = {"csv": N_("saved as CSV"), "print": N_("printed or saved as PDF")}


def event_words(event_class: str, subject_kind: str = "", data: Mapping[str, Any] | None = None) -> str:
    """Return what happened. A class that this program does not know stands as it is: nothing is left out."""
    told = data or {}
    if event_class == "record.changed" and str(told.get("op")) in OPERATIONS:
        return _(OPERATIONS[str(told["op"])], record=record_words(subject_kind))
    if event_class == "view.opened" and told.get("kind") == ViewKind.PROBE.value:
        return label(ViewKind.PROBE)
    return _(EVENTS[event_class]) if event_class in EVENTS else event_class


def record_words(kind: str) -> str:
    """Return what a kind of record is called inside a sentence."""
    return _(RECORDS[kind]) if kind in RECORDS else kind


def record_named(record: str) -> str:
    """Return a record that is known by kind and id only (`camera 0199…`), as a sentence names it."""
    kind, _blank, record_id = record.partition(" ")
    return f"{record_words(kind)} {record_id}"


def undigested(count: int) -> str:
    """Return what the check of the journal cannot say of consents that are older than their fingerprints."""
    return _("Consents recorded before digests, whose camera places nothing but the guards hold: {n}.", n=count)


def action_words(action: str) -> str:
    """Return what a command is for; its own name if this program does not know it."""
    return _(ACTIONS[action]) if action in ACTIONS else action


def event_details(event_class: str, data: Mapping[str, Any]) -> str:
    """Return what there is to say beyond who, what, where and why; empty for most."""
    say = _DETAILS.get(event_class)
    return say(data) if say is not None else ""


def _one_of(table: Mapping[str, str], name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: _(table.get(str(data.get(name)), ""))


def _code(kind: type[StrEnum], name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: label(kind(data[name])) if data.get(name) in set(kind) else ""


def _error(data: Mapping[str, Any]) -> str:
    return error_text(ConsoleError(str(data["why"]))) if data.get("why") else ""


def _alive(data: Mapping[str, Any]) -> str:
    views = data.get("views")
    return _("{n} open views", n=len(views) if isinstance(views, list) else 0)


def _extract(data: Mapping[str, Any]) -> str:
    count = _("{n} rows", n=data.get("rows", 0))
    return " · ".join(filter(None, (_(_EXTRACTS.get(str(data.get("how")), "")), count)))


def _consent(data: Mapping[str, Any]) -> str:
    way = _code(WithdrawalWay, "way")(data)
    return " · ".join(filter(None, (str(data.get("consent", "")), way)))


def _reviewed(data: Mapping[str, Any]) -> str:
    return _("in order") if data.get("ok") is True else _("not in order")


def _left_open(data: Mapping[str, Any]) -> str:
    debts, reviews = (len(found) if isinstance(found := data.get(name), list) else 0 for name in ("debts", "reviews"))
    return _("left open: {n} urgent views to explain, {m} views to review", n=debts, m=reviews)


_DETAILS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "view.ended": _code(EndReason, "reason"),
    "view.reviewed": _reviewed,
    "shift.handed_over": _left_open,
    "address.watch_ended": _code(EndReason, "reason"),
    "views.alive": _alive,
    **{event: _consent for event in EVENTS if event.startswith("consent.")},
    "login.ok": _code(Role, "role"),
    "login.failed": _one_of(_LOGIN_FAILURES, "why"),
    "login.ended": _code(EndReason, "reason"),
    "login.locked": _one_of(_LOCKED_BY, "why"),
    "first_code.refused": _error,
    "vault.not_opened": _error,
    "clock.jump": lambda data: _("{n} s", n=data.get("seconds", 0)),
    "personal.erased": lambda data: _("{n} values", n=data.get("values", 0)),
    "journal.extracted": _extract,
    "register.extracted": _extract,
    "owners.extracted": _extract,
    "consents.extracted": _extract,
    "visits.extracted": _extract,
    "backups.deleted": lambda data: _("{n} files", n=data.get("files", 0)),
}
