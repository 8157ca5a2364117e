"""Style features of outputs; how well a program tells a category's contestants apart."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("output", sa.Column("style", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("category", sa.Column("distinguishability", sa.JSON(none_as_null=True), nullable=True))
