"""What owners are told and what they sign: notices, consents with their cameras, events and papers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_notice_station_id_number")),
    )
    _consent()
    _parts()
    # Alembic cannot add a named reference without a copy, which would drop the triggers; both databases can.
    op.execute(
        "ALTER TABLE authority ADD COLUMN consent_id VARCHAR(36)"
        " CONSTRAINT fk_authority_consent_id_consent REFERENCES consent (id)"
    )
    op.create_index(op.f("ix_authority_consent_id"), "authority", ["consent_id"], unique=False)


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("permission_snapshot", sa.Boolean(), nullable=False),
        sa.Column("permission_clip", sa.Boolean(), nullable=False),
        sa.Column("permission_export", sa.Boolean(), nullable=False),
        sa.Column("permission_demonstration", sa.Boolean(), nullable=False),
        sa.Column("permission_ai", sa.Boolean(), nullable=False),
        sa.Column("recording_days", sa.Integer(), nullable=False),
        sa.Column("recipients", sa.String(length=300), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("supersedes_id", sa.String(length=36), nullable=True),
        sa.Column("agreed_data", sa.Boolean(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("guardian", sa.String(length=200), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_consent_notice_id_notice")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_consent_owner_id_owner")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["consent.id"], name=op.f("fk_consent_supersedes_id_consent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("station_id", "year_be", "running", name=op.f("uq_consent_station_id_year_be_running")),
    )
    op.create_index(op.f("ix_consent_owner_id"), "consent", ["owner_id"], unique=False)


def _parts() -> None:
    op.create_table(
        "consent_camera",
        sa.Column("consent_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("aim", sa.String(length=16), nullable=False),
        sa.Column("sight", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_consent_camera_camera_id_camera")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_camera_consent_id_consent")),
        sa.PrimaryKeyConstraint("consent_id", "camera_id", name=op.f("pk_consent_camera")),
    )
    op.create_index(op.f("ix_consent_camera_camera_id"), "consent_camera", ["camera_id"], unique=False)
    op.create_table(
        "consent_event",
        sa.Column("consent_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_event_consent_id_consent")),
        sa.PrimaryKeyConstraint("consent_id", "number", name=op.f("pk_consent_event")),
    )
    op.create_table(
        "consent_paper",
        sa.Column("consent_id", sa.String(length=36), nullable=False),
        sa.Column("event_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_paper_consent_id_consent")),
        sa.PrimaryKeyConstraint("consent_id", "event_number", "name", name=op.f("pk_consent_paper")),
    )
    op.create_index(op.f("ix_consent_paper_sha256"), "consent_paper", ["sha256"], unique=False)
