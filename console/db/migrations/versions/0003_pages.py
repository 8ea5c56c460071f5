"""What people enter on the pages: more of cameras and people, the incident log; and the ways into the access log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


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
    op.add_column("incident", sa.Column("zone", sa.String(length=16), nullable=False, server_default="unknown"))
    op.add_column("incident", sa.Column("category", sa.String(length=32), nullable=False, server_default="other"))
    op.add_column("incident", sa.Column("priority", sa.String(length=16), nullable=False, server_default="normal"))
    op.add_column("incident", sa.Column("happened_at", MOMENT, nullable=True))
    op.add_column("incident", sa.Column("outcome", sa.String(length=32), nullable=True))
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
    op.create_index("ix_journal_actor", "journal", ["actor_id", "at"], unique=False)
    op.create_index("ix_journal_camera_at", "journal", ["camera_id", "at"], unique=False)
