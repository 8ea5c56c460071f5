"""Which revisions this program knows, and the guards that keep journal rows as they were written. Needs no Alembic."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, text

KNOWN_REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
HEAD_REVISION: Final = KNOWN_REVISIONS[-1]

_GUARDED: Final = {"journal": "seq", "checkpoint": "number"}


def _sqlite_guards() -> dict[str, str]:
    """REPLACE fires no delete trigger: the insert guard, which demands the next number, refuses it too."""
    made: dict[str, str] = {}
    for table, number in _GUARDED.items():
        for verb in ("UPDATE", "DELETE"):
            name = f"guard_{table}_{verb.lower()}"
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        name = f"guard_{table}_insert"
        last = f"(SELECT max({number}) FROM {table} WHERE writer_id = NEW.writer_id)"  # noqa: S608 - our own names
        made[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN NEW.{number} IS NOT coalesce({last}, 0) + 1"
            f" BEGIN SELECT RAISE(ABORT, '{table} has no gaps'); END"
        )
    return made


_SQLITE_GUARDS: Final = _sqlite_guards()

_DENY: Final = """CREATE OR REPLACE FUNCTION journal_guard_deny() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"""


def _postgres_guards() -> dict[str, str]:
    made: dict[str, str] = {}
    for table, number in _GUARDED.items():
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
            f" IF NEW.{number} <> coalesce((SELECT max({number}) FROM {table} WHERE writer_id = NEW.writer_id), 0) + 1"
            f" THEN RAISE EXCEPTION '{table} has no gaps' USING ERRCODE = 'restrict_violation'; END IF;"
            " RETURN NEW; END $$"
        )
    return made


_POSTGRES_FUNCTIONS: Final[dict[str, str]] = {"journal_guard_deny": _DENY}
_POSTGRES_GUARDS: Final = _postgres_guards()


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the database, None if it holds no table of ours yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of guards that are absent, switched off or not as this program writes them."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        found = {row.name: row.sql for row in rows}
        return [name for name, sql in _SQLITE_GUARDS.items() if found.get(name) != sql]
    enabled = set(
        connection.execute(
            text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        ).scalars()
    )
    return [name for name in _POSTGRES_GUARDS if name not in enabled]


def install_guards(connection: Connection) -> None:
    """Create all guards anew: a migration that copies a table loses its triggers without a word."""
    if connection.dialect.name == "sqlite":
        for name, sql in _SQLITE_GUARDS.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(sql)
        return
    for sql in _POSTGRES_FUNCTIONS.values():
        connection.exec_driver_sql(sql.replace("%", "%%"))
    for name, sql in _POSTGRES_GUARDS.items():
        table = name.split("_")[1]
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        connection.exec_driver_sql(sql)
