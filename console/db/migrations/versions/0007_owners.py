"""Who owns a camera: the register of owners."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


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
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_owner_station_id_number")),
    )
    # Alembic cannot add a named reference without a copy, which would drop the triggers; both databases can.
    op.execute(
        "ALTER TABLE camera ADD COLUMN owner_id VARCHAR(36) CONSTRAINT fk_camera_owner_id_owner REFERENCES owner (id)"
    )
    op.create_index(op.f("ix_camera_owner_id"), "camera", ["owner_id"], unique=False)
