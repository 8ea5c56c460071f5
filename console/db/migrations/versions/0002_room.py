"""Cameras, authorities, incidents, views and walls."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "address_tombstone",
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("destroyed_at", MOMENT, nullable=False),
        sa.Column("destroyed_by", sa.String(length=36), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_tombstone")),
    )
    op.create_index(op.f("ix_address_tombstone_camera_id"), "address_tombstone", ["camera_id"], unique=False)
    op.create_index(op.f("ix_address_tombstone_fingerprint"), "address_tombstone", ["fingerprint"], unique=False)
    op.create_table(
        "camera",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("owner_type", sa.String(length=32), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("masks", sa.JSON(), nullable=False),
        sa.Column("unencrypted_override", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera")),
        sa.UniqueConstraint("station_id", "code", name=op.f("uq_camera_station_id_code")),
    )
    op.create_index(op.f("ix_camera_fingerprint"), "camera", ["fingerprint"], unique=False)
    op.create_table(
        "incident",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.String(length=36), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=36), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("station_id", "year_be", "running", name=op.f("uq_incident_station_id_year_be_running")),
    )
    op.create_index(op.f("ix_incident_closed_at"), "incident", ["closed_at"], unique=False)
    op.create_index(op.f("ix_incident_number"), "incident", ["number"], unique=False)
    op.create_table(
        "authority",
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("authority_kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("permission_snapshot", sa.Boolean(), nullable=False),
        sa.Column("permission_clip", sa.Boolean(), nullable=False),
        sa.Column("permission_export", sa.Boolean(), nullable=False),
        sa.Column("permission_demonstration", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.String(length=36), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("countersign_needed", sa.Boolean(), nullable=False),
        sa.Column("countersigned_by", sa.String(length=36), nullable=True),
        sa.Column("countersigned_at", MOMENT, nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_authority_camera_id_camera")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_index(op.f("ix_authority_camera_id"), "authority", ["camera_id"], unique=False)
    op.create_index(
        "ux_authority_current",
        "authority",
        ["camera_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "wall_layout",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("layout", sa.String(length=32), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wall_layout_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_layout")),
        sa.UniqueConstraint("station_id", "person_id", name=op.f("uq_wall_layout_station_id_person_id")),
    )
    op.create_table(
        "camera_view",
        sa.Column("writer_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("authority_id", sa.String(length=36), nullable=True),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("view_kind", sa.String(length=16), nullable=False),
        sa.Column("self_opened_incident", sa.Boolean(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("first_picture_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.Column("justification", sa.String(length=1000), nullable=True),
        sa.Column("justified_at", MOMENT, nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_camera_view_authority_id_authority")),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_camera_view_camera_id_camera")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_camera_view_incident_id_incident")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_camera_view_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_view")),
    )
    op.create_index(op.f("ix_camera_view_camera_id"), "camera_view", ["camera_id"], unique=False)
    op.create_index("ix_camera_view_debt", "camera_view", ["purpose", "justified_at"], unique=False)
    op.create_index("ix_camera_view_open", "camera_view", ["writer_id", "ended_at"], unique=False)
    op.create_index(op.f("ix_camera_view_opened_at"), "camera_view", ["opened_at"], unique=False)
    op.create_index(op.f("ix_camera_view_person_id"), "camera_view", ["person_id"], unique=False)
