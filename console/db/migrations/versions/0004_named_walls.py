"""Walls kept under a name, and tours of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make(
        "named_wall",
        sa.Column("layout", sa.String(length=32), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
    )
    _make(
        "wall_tour", sa.Column("dwell_s", sa.Integer(), nullable=False), sa.Column("walls", sa.JSON(), nullable=False)
    )


def _make(table: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        *columns,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("station_id", "person_id", "name", name=op.f(f"uq_{table}_station_id_person_id_name")),
    )
