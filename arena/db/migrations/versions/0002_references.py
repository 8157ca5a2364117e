"""References of prompts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reference",
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("asset_digest", sa.String(), nullable=True),
        sa.Column("credit", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(html IS NULL) <> (asset_digest IS NULL)", name=op.f("ck_reference_text_or_asset")
        ),
        sa.CheckConstraint(
            "shown IN ('beside', 'hold', 'after_vote')", name=op.f("ck_reference_shown_allowed")
        ),
        sa.ForeignKeyConstraint(
            ["asset_digest"], ["asset.digest"], name=op.f("fk_reference_asset_digest_asset")
        ),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_reference_prompt_id_prompt")),
        sa.PrimaryKeyConstraint("prompt_id", name=op.f("pk_reference")),
    )
