"""Another address under an owner's permission: where addresses lead, and who entered one that he does not know."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("way", "sub_way"):
        op.add_column("camera", sa.Column(column, sa.String(length=64), nullable=True))
    # Of addresses from before nobody can read more than their fingerprint tells.
    op.execute("UPDATE camera SET way = fingerprint, sub_way = sub_fingerprint")
    op.add_column("authority", sa.Column("readdressed_by", sa.String(length=1000), nullable=False, server_default=""))
    op.add_column("authority", sa.Column("reconfirmed_by", sa.String(length=36), nullable=True))
