"""A person's wall on each screen: the second window has one of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A copy of the table: SQLite drops no constraint otherwise. No trigger stands on it, and nothing refers to it.
    with op.batch_alter_table("wall_layout") as table:
        table.add_column(sa.Column("screen", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint("uq_wall_layout_station_id_person_id", type_="unique")
        table.create_unique_constraint(
            "uq_wall_layout_station_id_person_id_screen", ["station_id", "person_id", "screen"]
        )
