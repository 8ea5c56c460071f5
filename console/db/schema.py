"""Which revisions this program knows, and the guards that keep journal rows as they were written. Needs no Alembic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, inspect, text

KNOWN_REVISIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0011",
    "0012",
    "0013",
    "0014",
)
HEAD_REVISION: Final = KNOWN_REVISIONS[-1]

_GUARDED: Final = {
    "journal": ("writer_id", "seq"),
    "checkpoint": ("writer_id", "number"),
    "notice": ("station_id", "number"),
    "consent_event": ("consent_id", "number"),
    "camera_head": ("camera_id", "number"),
}
"""Tables that only grow: whose rows are numbered without gaps, and by which column."""

_TERMS: Final = (
    "station_id, number, owner_id, notice_id, language, level, purposes, hours, radius_m, permission_snapshot,"
    " permission_clip, permission_export, permission_demonstration, permission_ai, recording_days, recipients,"
    " valid_from, expires_at, supersedes_id, agreed_data, signed_at"
)
"""What a signature stands under. Names are not among them: they can be erased when their time is over."""
_SIGNED: Final = "a signed consent is never changed"
_IS_SIGNED: Final = "(SELECT signed_at FROM consent WHERE id = {row}.consent_id) IS NOT NULL"
_UNSIGNED: Final = (
    "NEW.authority_kind = 'owner' AND NOT EXISTS (SELECT 1 FROM consent JOIN consent_camera"
    " ON consent_camera.consent_id = consent.id WHERE consent.id = NEW.consent_id"
    " AND consent_camera.camera_id = NEW.camera_id AND consent.signed_at IS NOT NULL)"
)
"""An owner's permission that no signed consent for this very camera gives. What stood before consents stays."""
_ONLY_SIGNED: Final = "an owner permits by a signed consent"
_STEP: Final = ("id", "station_id", "breach_id", "step", "at", "person_id")
"""What stays of a step of a breach for good. Its words may be erased once, and written never again."""
_ROOTS: Final = ("camera_id", "authority_kind", "consent_id")
"""What an authority stands on. Another one is recorded; this one never comes from somewhere else."""
_ELSEWHERE: Final = (
    "(OLD.way IS NOT NULL OR OLD.sub_way IS NOT NULL) AND ("
    "NEW.way IS NOT NULL AND NEW.way {differs} OLD.way AND NEW.way {differs} OLD.sub_way OR "
    "NEW.sub_way IS NOT NULL AND NEW.sub_way {differs} OLD.way AND NEW.sub_way {differs} OLD.sub_way OR "
    "NEW.way IS NULL AND NEW.sub_way IS NULL AND NOT NEW.archived)"
    " AND EXISTS (SELECT 1 FROM authority WHERE camera_id = NEW.id AND current AND authority_kind = 'owner'"
    " AND withdrawn_at IS NULL AND readdressed_by = '')"
)
"""A camera is led to where its owner has not seen it, or all its addresses are taken, and his permission goes on."""
_RESTS_FIRST: Final = "another address lets the permission of the owner rest"
_BY_THE_SAME: Final = (
    "OLD.readdressed_by <> '' AND (NEW.readdressed_by = '' AND (NEW.reconfirmed_by IS NULL"
    " OR {place}) OR NEW.readdressed_by <> ''"
    " AND substr(NEW.readdressed_by, 1, length(OLD.readdressed_by)) <> OLD.readdressed_by)"
)
"""The owner's word for a new address is taken down by nobody, or by one of those who entered it."""
_BY_ANOTHER: Final = "another person takes down the word of the owner for a new address"
_SINCE: Final = {
    "guard_authority_": "0013",
    "guard_breach_event_": "0013",
    "guard_authority_readdressed": "0014",
    "guard_camera_way": "0014",
}
"""From which revision on guards belong to tables that are older than they."""


def _sqlite_guards() -> dict[str, str]:
    """REPLACE fires no delete trigger: the insert guard, which demands the next number, refuses it too."""
    made: dict[str, str] = {}
    for table, (chain, number) in _GUARDED.items():
        for verb in ("UPDATE", "DELETE"):
            name = f"guard_{table}_{verb.lower()}"
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        name = f"guard_{table}_insert"
        last = f"(SELECT max({number}) FROM {table} WHERE {chain} = NEW.{chain})"  # noqa: S608 - our own names
        made[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN NEW.{number} IS NOT coalesce({last}, 0) + 1"
            f" BEGIN SELECT RAISE(ABORT, '{table} has no gaps'); END"
        )
    return made | _sqlite_consent_guards() | _sqlite_late_guards()


def _sqlite_consent_guards() -> dict[str, str]:
    """REPLACE fires no delete trigger: an insertion in the place of a signed consent is refused by itself."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_SIGNED}'); END"
    same = "station_id = NEW.station_id AND year_be = NEW.year_be AND running = NEW.running"
    known = f"EXISTS (SELECT 1 FROM consent WHERE id = NEW.id OR ({same}))"  # noqa: S608 - our own names
    made = {
        "guard_consent_update": (
            f"CREATE TRIGGER guard_consent_update BEFORE UPDATE OF {_TERMS} ON consent"
            f" WHEN OLD.signed_at IS NOT NULL {refuse}"
        ),
        "guard_consent_delete": f"CREATE TRIGGER guard_consent_delete BEFORE DELETE ON consent {refuse}",
        "guard_consent_insert": f"CREATE TRIGGER guard_consent_insert BEFORE INSERT ON consent WHEN {known} {refuse}",
    }
    for verb, row in (("insert", "NEW"), ("update", ""), ("delete", "OLD")):
        name, when = f"guard_consent_camera_{verb}", f"WHEN {_IS_SIGNED.format(row=row)} " if row else ""
        made[name] = f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON consent_camera {when}{refuse}"
    return made


def _erases_words(same: str) -> str:
    kept = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in _STEP)
    return f"OLD.words <> '' AND NEW.words = '' AND {kept}"


def _sqlite_late_guards() -> dict[str, str]:
    """A step of a breach has no number: an insertion in the place of one is refused by itself."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'breach_event is append-only'); END"
    when = {
        "update": f"WHEN NOT ({_erases_words('IS')}) ",
        "delete": "",
        "insert": "WHEN EXISTS (SELECT 1 FROM breach_event WHERE id = NEW.id) ",
    }
    steps = {
        f"guard_breach_event_{verb}": (
            f"CREATE TRIGGER guard_breach_event_{verb} BEFORE {verb.upper()} ON breach_event {only}{refuse}"
        )
        for verb, only in when.items()
    }
    return steps | {
        "guard_authority_insert": (
            f"CREATE TRIGGER guard_authority_insert BEFORE INSERT ON authority WHEN {_UNSIGNED}"
            f" BEGIN SELECT RAISE(ABORT, '{_ONLY_SIGNED}'); END"
        ),
        "guard_authority_update": (
            f"CREATE TRIGGER guard_authority_update BEFORE UPDATE OF {', '.join(_ROOTS)} ON authority"
            f" WHEN {' OR '.join(f'NEW.{name} IS NOT OLD.{name}' for name in _ROOTS)}"
            f" BEGIN SELECT RAISE(ABORT, '{_ONLY_SIGNED}'); END"
        ),
        "guard_authority_readdressed": (
            "CREATE TRIGGER guard_authority_readdressed BEFORE UPDATE OF readdressed_by, reconfirmed_by ON authority"
            f" WHEN {_BY_THE_SAME.format(place='instr(OLD.readdressed_by, NEW.reconfirmed_by) > 0')}"
            f" BEGIN SELECT RAISE(ABORT, '{_BY_ANOTHER}'); END"
        ),
        "guard_camera_way": (
            "CREATE TRIGGER guard_camera_way BEFORE UPDATE OF way, sub_way ON camera"
            f" WHEN {_ELSEWHERE.format(differs='IS NOT')} BEGIN SELECT RAISE(ABORT, '{_RESTS_FIRST}'); END"
        ),
    }


_SQLITE_GUARDS: Final = _sqlite_guards()

_DENY: Final = """CREATE OR REPLACE FUNCTION journal_guard_deny() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"""


def _postgres_guards() -> dict[str, str]:
    made: dict[str, str] = {}
    for table, (chain, number) in _GUARDED.items():
        name = f"guard_{table}_change"
        made[name] = (
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION journal_guard_deny()"
        )
        name = f"guard_{table}_truncate"
        made[name] = (
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION journal_guard_deny()"
        )
        name = f"guard_{table}_insert"
        made[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_guard_next()"
        )
        _POSTGRES_FUNCTIONS[f"{table}_guard_next"] = (
            f"CREATE OR REPLACE FUNCTION {table}_guard_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 - our own names
            f" IF NEW.{number} <> coalesce((SELECT max({number}) FROM {table} WHERE {chain} = NEW.{chain}), 0) + 1"
            f" THEN RAISE EXCEPTION '{table} has no gaps' USING ERRCODE = 'restrict_violation'; END IF;"
            " RETURN NEW; END $$"
        )
    return made | _postgres_consent_guards() | _postgres_late_guards()


def _postgres_consent_guards() -> dict[str, str]:
    conditions = {
        "consent_guard": "OLD.signed_at IS NOT NULL",
        "consent_camera_insert_guard": _IS_SIGNED.format(row="NEW"),
        "consent_camera_delete_guard": _IS_SIGNED.format(row="OLD"),
    }
    for name, condition in conditions.items():
        _POSTGRES_FUNCTIONS[name] = (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition}"
            f" THEN RAISE EXCEPTION '{_SIGNED}' USING ERRCODE = 'restrict_violation'; END IF;"
            f" RETURN {'OLD' if 'delete' in name else 'NEW'}; END $$"
        )
    made = {
        "guard_consent_update": (
            f"CREATE TRIGGER guard_consent_update BEFORE UPDATE OF {_TERMS} ON consent"
            " FOR EACH ROW EXECUTE FUNCTION consent_guard()"
        ),
        "guard_consent_delete": (
            "CREATE TRIGGER guard_consent_delete BEFORE DELETE ON consent"
            " FOR EACH ROW EXECUTE FUNCTION journal_guard_deny()"
        ),
        "guard_consent_camera_insert": (
            "CREATE TRIGGER guard_consent_camera_insert BEFORE INSERT ON consent_camera"
            " FOR EACH ROW EXECUTE FUNCTION consent_camera_insert_guard()"
        ),
        "guard_consent_camera_update": (
            "CREATE TRIGGER guard_consent_camera_update BEFORE UPDATE ON consent_camera"
            " FOR EACH ROW EXECUTE FUNCTION journal_guard_deny()"
        ),
        "guard_consent_camera_delete": (
            "CREATE TRIGGER guard_consent_camera_delete BEFORE DELETE ON consent_camera"
            " FOR EACH ROW EXECUTE FUNCTION consent_camera_delete_guard()"
        ),
    }
    for table in ("consent", "consent_camera"):
        made[f"guard_{table}_truncate"] = (
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal_guard_deny()"
        )
    return made


def _postgres_late_guards() -> dict[str, str]:
    _POSTGRES_FUNCTIONS["authority_guard"] = (
        f"CREATE OR REPLACE FUNCTION authority_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {_UNSIGNED}"
        f" THEN RAISE EXCEPTION '{_ONLY_SIGNED}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$"
    )
    moved = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _ROOTS)
    _POSTGRES_FUNCTIONS["authority_roots_guard"] = (
        f"CREATE OR REPLACE FUNCTION authority_roots_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {moved}"
        f" THEN RAISE EXCEPTION '{_ONLY_SIGNED}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$"
    )
    _POSTGRES_FUNCTIONS["breach_event_guard"] = (
        "CREATE OR REPLACE FUNCTION breach_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' AND {_erases_words('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION 'breach_event is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    conditions = {
        "authority_readdressed_guard": (
            _BY_THE_SAME.format(place="position(NEW.reconfirmed_by IN OLD.readdressed_by) > 0"),
            _BY_ANOTHER,
        ),
        "camera_way_guard": (_ELSEWHERE.format(differs="IS DISTINCT FROM"), _RESTS_FIRST),
    }
    for name, (condition, why) in conditions.items():
        _POSTGRES_FUNCTIONS[name] = (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition}"
            f" THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'restrict_violation';"
            " END IF; RETURN NEW; END $$"
        )
    deny = "EXECUTE FUNCTION journal_guard_deny()"
    return {
        "guard_breach_event_change": (
            "CREATE TRIGGER guard_breach_event_change BEFORE UPDATE OR DELETE ON breach_event"
            " FOR EACH ROW EXECUTE FUNCTION breach_event_guard()"
        ),
        "guard_breach_event_truncate": (
            f"CREATE TRIGGER guard_breach_event_truncate BEFORE TRUNCATE ON breach_event FOR EACH STATEMENT {deny}"
        ),
        "guard_authority_insert": (
            "CREATE TRIGGER guard_authority_insert BEFORE INSERT ON authority"
            " FOR EACH ROW EXECUTE FUNCTION authority_guard()"
        ),
        "guard_authority_update": (
            "CREATE TRIGGER guard_authority_update BEFORE UPDATE ON authority"
            " FOR EACH ROW EXECUTE FUNCTION authority_roots_guard()"
        ),
        "guard_authority_readdressed": (
            "CREATE TRIGGER guard_authority_readdressed BEFORE UPDATE ON authority"
            " FOR EACH ROW EXECUTE FUNCTION authority_readdressed_guard()"
        ),
        "guard_camera_way": (
            "CREATE TRIGGER guard_camera_way BEFORE UPDATE OF way, sub_way ON camera"
            " FOR EACH ROW EXECUTE FUNCTION camera_way_guard()"
        ),
    }


_POSTGRES_FUNCTIONS: Final[dict[str, str]] = {"journal_guard_deny": _DENY}
_POSTGRES_GUARDS: Final = _postgres_guards()


def _table_of(guard: str) -> str:
    return guard.removeprefix("guard_").rpartition("_")[0]


def _of_known_tables(connection: Connection, guards: Mapping[str, str]) -> dict[str, str]:
    """Return the guards whose tables are there and whose time has come: an older revision lacks some."""
    tables = set(inspect(connection).get_table_names())
    revision = current_revision(connection)
    # A revision that this program does not know is a newer one; what has none yet is about to be made.
    reached = KNOWN_REVISIONS[: KNOWN_REVISIONS.index(revision) + 1] if revision in KNOWN_REVISIONS else KNOWN_REVISIONS
    late = tuple(beginning for beginning, since in _SINCE.items() if since not in reached)
    return {name: sql for name, sql in guards.items() if _table_of(name) in tables and not name.startswith(late)}


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the database, None if it holds no table of ours yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of guards that are absent, switched off or not as this program writes them."""
    sqlite = connection.dialect.name == "sqlite"
    found = _sqlite_found(connection) if sqlite else _postgres_found(connection)
    wanted = _of_known_tables(connection, _SQLITE_GUARDS if sqlite else _POSTGRES_GUARDS)
    return [name for name, sql in wanted.items() if found.get(name) != (sql if sqlite else _postgres_meant(sql))]


def guard_faults(connection: Connection) -> list[str]:
    """Return the same, and the names of triggers that no migration made."""
    sqlite = connection.dialect.name == "sqlite"
    found = _sqlite_found(connection) if sqlite else _postgres_found(connection)
    ours = _SQLITE_GUARDS if sqlite else _POSTGRES_GUARDS
    return [*missing_guards(connection), *sorted(set(found) - set(ours))]


def _sqlite_found(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {row.name: row.sql for row in rows}


_TRIGGER: Final = re.compile(
    r"CREATE TRIGGER \S+ BEFORE (.+) ON (?:\w+\.)?(\w+) FOR EACH (ROW|STATEMENT) EXECUTE FUNCTION (?:\w+\.)?(\w+)\(\)"
)


def _postgres_meant(sql: str) -> object:
    """Return what a trigger does, from the words that make it: when, where, for what, and the function's text."""
    read = _TRIGGER.fullmatch(sql)
    if read is None:
        return sql
    events, table, each, function = read.groups()
    return frozenset(events.split(" OR ")), table, each, _POSTGRES_FUNCTIONS.get(function, "").split("$$")[1:2]


def _postgres_found(connection: Connection) -> dict[str, object]:
    """Return what each trigger that is switched on does, with the text of its function as the server holds it."""
    query = text(
        "SELECT t.tgname, pg_get_triggerdef(t.oid) AS made, p.prosrc FROM pg_trigger t"
        " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
    )
    found: dict[str, object] = {}
    for row in connection.execute(query):
        meant = _postgres_meant(row.made)
        whole = (*meant[:3], [row.prosrc]) if isinstance(meant, tuple) else meant
        # Two of one name, at two tables: one of them is not ours.
        found[row.tgname] = None if row.tgname in found else whole
    return found


def install_guards(connection: Connection) -> None:
    """Create all guards anew: a migration that copies a table loses its triggers without a word."""
    if connection.dialect.name == "sqlite":
        for name, sql in _of_known_tables(connection, _SQLITE_GUARDS).items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(sql)
        return
    for sql in _POSTGRES_FUNCTIONS.values():
        connection.exec_driver_sql(sql.replace("%", "%%"))
    for name, sql in _of_known_tables(connection, _POSTGRES_GUARDS).items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {_table_of(name)}")
        connection.exec_driver_sql(sql)
