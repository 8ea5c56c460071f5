"""Who owns a camera: the register of owners, the way to their consent, and the visitor book of the room."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("owner_type", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("authorised_person", sa.String(length=200), nullable=False),
        sa.Column("authorised_position", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("community", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=16), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("line_id", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("guardian", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        *_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_owner_station_id_number")),
    )
    # Alembic cannot add a named reference without a copy, which would drop the triggers; both databases can.
    op.execute(
        "ALTER TABLE camera ADD COLUMN owner_id VARCHAR(36) CONSTRAINT fk_camera_owner_id_owner REFERENCES owner (id)"
    )
    op.create_index(op.f("ix_camera_owner_id"), "camera", ["owner_id"], unique=False)
    op.create_table(
        "owner_step",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("step_kind", sa.String(length=32), nullable=False),
        sa.Column("day", MOMENT, nullable=False),
        sa.Column("went", sa.JSON(), nullable=False),
        sa.Column("others", sa.String(length=200), nullable=False),
        sa.Column("result", sa.String(length=2000), nullable=False),
        sa.Column("next_step", sa.String(length=300), nullable=False),
        sa.Column("next_day", MOMENT, nullable=True),
        sa.Column("photos", sa.JSON(), nullable=False),
        *_struck(),
        *_record(),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_owner_step_owner_id_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_step")),
    )
    op.create_index(op.f("ix_owner_step_owner_id"), "owner_step", ["owner_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("day", MOMENT, nullable=False),
        sa.Column("group_name", sa.String(length=200), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("received_by", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("sign_ups", sa.Integer(), nullable=False),
        sa.Column("wishes", sa.String(length=1000), nullable=False),
        *_struck(),
        *_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_day"), "visit", ["day"], unique=False)
    op.create_table(
        "sector",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        *_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_sector_station_id_number")),
    )


def _struck() -> "tuple[sa.Column[object], ...]":
    return (
        sa.Column("struck_at", MOMENT, nullable=True),
        sa.Column("struck_by", sa.String(length=36), nullable=True),
        sa.Column("strike_reason", sa.String(length=1000), nullable=True),
    )


def _record() -> "tuple[sa.Column[object], ...]":
    return (
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
