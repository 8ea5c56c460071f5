"""Alembic's entry: runs on the connection that `console.db.migrate` hands over, never on one of its own."""

from alembic import context

from console.db.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite and PostgreSQL both roll back DDL: a migration that fails leaves nothing behind.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
