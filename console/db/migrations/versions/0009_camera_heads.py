"""Signed heads of each camera's chain, and which incidents' lines wait in the statements of owners."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "camera_head",
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "number", name=op.f("pk_camera_head")),
    )
    op.create_table(
        "statement_delay",
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_statement_delay_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_delay")),
    )
    op.create_index(op.f("ix_statement_delay_incident_id"), "statement_delay", ["incident_id"], unique=False)
