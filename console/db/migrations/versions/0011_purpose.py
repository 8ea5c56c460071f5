"""Debts of urgent views, reviews of single views, emergency overrides; what a restored backup left to be confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "emergency",
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("legal_basis", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_emergency_camera_id_camera")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_emergency_incident_id_incident")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_emergency_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
    )
    op.create_index(op.f("ix_emergency_camera_id"), "emergency", ["camera_id"], unique=False)
    op.create_index(op.f("ix_emergency_until"), "emergency", ["until"], unique=False)
    # Columns are added, no table is copied. Alembic cannot add a named reference without a copy; both databases can.
    for column, length, table in (("emergency_id", 36, "emergency"), ("justified_incident_id", 36, "incident")):
        op.execute(
            f"ALTER TABLE camera_view ADD COLUMN {column} VARCHAR({length})"
            f" CONSTRAINT fk_camera_view_{column}_{table} REFERENCES {table} (id)"
        )
    op.add_column("camera_view", sa.Column("overdue_before", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("camera_view", sa.Column("overdue_at", MOMENT, nullable=True))
    op.add_column("camera_view", sa.Column("lead_note", sa.String(length=1000), nullable=True))
    op.add_column("camera_view", sa.Column("noted_by", sa.String(length=36), nullable=True))
    op.add_column("camera_view", sa.Column("reviewed_by", sa.String(length=36), nullable=True))
    op.add_column("camera_view", sa.Column("reviewed_at", MOMENT, nullable=True))
    op.add_column("camera_view", sa.Column("review_ok", sa.Boolean(), nullable=True))
    op.add_column("camera_view", sa.Column("review_note", sa.String(length=1000), nullable=True))
    op.create_index("ix_camera_view_review", "camera_view", ["self_opened_incident", "reviewed_by"], unique=False)
    # What was reviewed as a whole incident before stays reviewed; nobody knows when.
    op.execute(
        "UPDATE camera_view SET review_ok = (1 = 1), reviewed_by ="
        " (SELECT reviewed_by FROM incident WHERE incident.id = camera_view.incident_id)"
        " WHERE self_opened_incident AND incident_id IN"
        " (SELECT id FROM incident WHERE NOT needs_review AND reviewed_by IS NOT NULL)"
    )
    op.add_column("authority", sa.Column("unconfirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
