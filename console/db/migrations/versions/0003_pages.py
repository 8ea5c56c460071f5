"""What people enter on the pages: more of cameras and people, the incident log; and the ways into the access log."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 1000


def upgrade() -> None:
    # Columns are added, no table is copied: a copy would drop the triggers.
    op.add_column("camera", sa.Column("owner_name", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("camera", sa.Column("zone", sa.String(length=16), nullable=False, server_default="unknown"))
    op.add_column("camera", sa.Column("connection", sa.String(length=16), nullable=False, server_default="unknown"))
    op.add_column("camera", sa.Column("sealed_sub_address", sa.LargeBinary(), nullable=True))
    op.add_column("camera", sa.Column("sub_fingerprint", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_camera_sub_fingerprint"), "camera", ["sub_fingerprint"], unique=False)
    op.add_column("person", sa.Column("position", sa.String(length=100), nullable=False, server_default=""))
    op.add_column("person", sa.Column("password_temporary", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("reset_by", sa.String(length=36), nullable=True))
    op.add_column("incident", sa.Column("zone", sa.String(length=16), nullable=False, server_default="unknown"))
    op.add_column("incident", sa.Column("category", sa.String(length=32), nullable=False, server_default="other"))
    op.add_column("incident", sa.Column("priority", sa.String(length=16), nullable=False, server_default="normal"))
    op.add_column("incident", sa.Column("happened_at", MOMENT, nullable=True))
    op.add_column("incident", sa.Column("outcome", sa.String(length=32), nullable=True))
    op.add_column("incident", sa.Column("placed_by", sa.String(length=36), nullable=True))
    # Alembic cannot add a named reference without a copy; both databases can.
    op.execute(
        "ALTER TABLE incident ADD COLUMN camera_id VARCHAR(36)"
        " CONSTRAINT fk_incident_camera_id_camera REFERENCES camera (id)"
    )
    op.create_index(op.f("ix_incident_camera_id"), "incident", ["camera_id"], unique=False)
    op.create_table(
        "incident_entry",
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("struck_at", MOMENT, nullable=True),
        sa.Column("struck_by", sa.String(length=36), nullable=True),
        sa.Column("strike_reason", sa.String(length=1000), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_entry_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_entry")),
    )
    op.create_index(op.f("ix_incident_entry_incident_id"), "incident_entry", ["incident_id"], unique=False)
    op.create_table(
        "connection_test",
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("tested_at", MOMENT, nullable=True),
        sa.Column("fault", sa.String(length=32), nullable=False),
        sa.Column("codec", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("transport", sa.String(length=16), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_connection_test_camera_id_camera")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_test")),
    )
    op.create_index(op.f("ix_connection_test_camera_id"), "connection_test", ["camera_id"], unique=True)
    op.create_index(op.f("ix_camera_view_incident_id"), "camera_view", ["incident_id"], unique=False)
    _ways_into_the_access_log()


def _ways_into_the_access_log() -> None:
    op.drop_index("ix_journal_at", "journal")
    op.drop_index("ix_journal_event_class", "journal")
    key = ["at", "writer_id", "seq"]
    op.create_index("ix_journal_at", "journal", [*key, "event_class", "actor_id", "camera_id"], unique=False)
    op.create_index("ix_journal_event_class", "journal", ["event_class", *key], unique=False)
    op.create_index("ix_journal_actor", "journal", ["actor_id", *key, "event_class", "camera_id"], unique=False)
    op.create_index("ix_journal_camera_at", "journal", ["camera_id", *key, "event_class", "actor_id"], unique=False)
    op.create_table(
        "journal_topic",
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("writer_id", sa.String(length=36), nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("event_class", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("camera_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["writer_id", "seq"],
            ["journal.writer_id", "journal.seq"],
            name=op.f("fk_journal_topic_writer_id_seq_journal"),
        ),
        sa.PrimaryKeyConstraint("topic", "at", "writer_id", "seq", name=op.f("pk_journal_topic")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    old = sa.text(
        "SELECT writer_id, seq, at, station_id, event_class, subject_kind, subject_id, actor_id, camera_id, body"
        " FROM journal WHERE event_class IN ('view.opened', 'view.denied', 'record.changed')"
        " OR subject_kind IN ('person', 'incident')"
    )
    new = sa.text(
        "INSERT INTO journal_topic (topic, at, writer_id, seq, station_id, event_class, actor_id, camera_id)"
        " VALUES (:topic, :at, :writer_id, :seq, :station_id, :event_class, :actor_id, :camera_id)"
    )
    for batch in connection.execute(old.execution_options(yield_per=BATCH)).mappings().partitions():
        made = [{**row, "topic": topic} for row in batch for topic in _topics(dict(row))]
        if made:
            connection.execute(new, made)


def _topics(row: Mapping[str, Any]) -> set[str]:
    """Return what a row of revision 0002 is about, as today's journal notes it when a row is written."""
    data = json.loads(bytes(row["body"][1:]))["data"]
    found = set()
    if row["subject_kind"] in {"person", "incident"}:
        found.add(f"{row['subject_kind']}:{row['subject_id']}")
    if row["event_class"] == "record.changed":
        found.add(f"record:{row['subject_kind']}")
    if row["event_class"] in {"view.opened", "view.denied"}:
        found |= {f"{name}:{data[name]}" for name in ("purpose", "incident") if data.get(name)}
    if row["event_class"] == "view.denied":
        found.add(f"denied:{data['reason']}")
    return found
