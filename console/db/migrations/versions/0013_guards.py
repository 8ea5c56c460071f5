"""Guards of tables that are older than they: steps of a breach only grow, an owner permits by a signed consent.

The guards themselves stand in `console/db/schema.py` and are made anew after every migration.
"""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table: reaching this revision is what calls the guards into being."""
