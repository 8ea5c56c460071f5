"""How cameras did while they were watched: hours with their minutes, and outages."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "health_hour",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("writer_id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("reconnecting", sa.Integer(), nullable=False),
        sa.Column("down", sa.Integer(), nullable=False),
        sa.Column("reconnects", sa.Integer(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Float(), nullable=False),
        sa.Column("kbits", sa.Float(), nullable=False),
        sa.Column("least", sa.Float(), nullable=True),
        sa.Column("gap_s", sa.Float(), nullable=False),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_health_hour_camera_id_camera")),
        sa.PrimaryKeyConstraint("hour", "camera_id", "writer_id", name=op.f("pk_health_hour")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "health_outage",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("writer_id", sa.String(length=36), nullable=False),
        sa.Column("began", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=False),
        sa.Column("ending", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_health_outage_camera_id_camera")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_outage")),
    )
    op.create_index(op.f("ix_health_outage_until"), "health_outage", ["until"], unique=False)
    op.create_index("ix_health_outage_camera", "health_outage", ["camera_id", "until"], unique=False)
