"""Initial schema."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import arena.db.columns

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_asset")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("rubric", sa.JSON(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("difficulty_axis", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("reveal", sa.String(), nullable=False),
        sa.Column("views", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("modality IN ('text', 'image')", name=op.f("ck_category_modality_allowed")),
        sa.CheckConstraint(
            "reveal IN ('immediate', 'after_batch', 'never')", name=op.f("ck_category_reveal_allowed")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'live', 'paused', 'retired')", name=op.f("ck_category_status_allowed")
        ),
        sa.CheckConstraint("views IN ('aligned', 'free')", name=op.f("ck_category_views_allowed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
    )
    op.create_table(
        "contestant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("flagship", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("released", sa.String(), nullable=True),
        sa.Column("price", sa.JSON(), nullable=True),
        sa.Column("openness", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('model', 'tool', 'style')", name=op.f("ck_contestant_kind_allowed")),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_contestant_status_allowed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contestant")),
        sa.UniqueConstraint("slug", name=op.f("uq_contestant_slug")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("prompts", sa.JSON(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_because", sa.Text(), nullable=True),
        sa.Column("created_at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("decided_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.CheckConstraint("modality IN ('text', 'image')", name=op.f("ck_proposal_modality_allowed")),
        sa.CheckConstraint(
            "status IN ('proposed', 'accepted', 'rejected')", name=op.f("ck_proposal_status_allowed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_table(
        "voter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("created_at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "origin IN ('human', 'judge', 'simulated', 'imported')", name=op.f("ck_voter_origin_allowed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voter")),
    )
    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_prompt_status_allowed")),
        sa.CheckConstraint("visibility IN ('open', 'sealed')", name=op.f("ck_prompt_visibility_allowed")),
        sa.CheckConstraint("difficulty BETWEEN 1 AND 5", name=op.f("ck_prompt_difficulty_range")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_prompt_category_id_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
        sa.UniqueConstraint("slug", name=op.f("uq_prompt_slug")),
    )
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prompt_category_id"), ["category_id"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("category_version", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cut_off", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("prompts", sa.Integer(), nullable=False),
        sa.Column("interval_note", sa.String(), nullable=False),
        sa.Column("rows_published", sa.Boolean(), nullable=False),
        sa.Column("table_rows", sa.JSON(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("choix_difference", sa.Float(), nullable=True),
        sa.Column("recompute", sa.String(), nullable=False),
        sa.Column("created_at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "origin IN ('human', 'judge', 'simulated', 'imported')", name=op.f("ck_snapshot_origin_allowed")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_snapshot_category_id_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint(
            "category_id", "origin", "number", name=op.f("uq_snapshot_category_id_origin_number")
        ),
    )
    op.create_table(
        "output",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("contestant_id", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("asset_digest", sa.String(), nullable=True),
        sa.Column("tokens", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("generated_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'retired')", name=op.f("ck_output_status_allowed")),
        sa.CheckConstraint("(html IS NULL) <> (asset_digest IS NULL)", name=op.f("ck_output_text_or_asset")),
        sa.CheckConstraint("sample >= 1", name=op.f("ck_output_sample_positive")),
        sa.ForeignKeyConstraint(
            ["asset_digest"], ["asset.digest"], name=op.f("fk_output_asset_digest_asset")
        ),
        sa.ForeignKeyConstraint(
            ["contestant_id"], ["contestant.id"], name=op.f("fk_output_contestant_id_contestant")
        ),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_output_prompt_id_prompt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_output")),
        sa.UniqueConstraint(
            "prompt_id", "contestant_id", "sample", name=op.f("uq_output_prompt_id_contestant_id_sample")
        ),
    )
    with op.batch_alter_table("output", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_output_contestant_id"), ["contestant_id"], unique=False)

    op.create_table(
        "snapshotfile",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("gzip_body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshotfile_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "name", name=op.f("pk_snapshotfile")),
    )
    op.create_table(
        "battle",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("voter_id", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("category_version", sa.String(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("output_a_id", sa.Integer(), nullable=False),
        sa.Column("output_b_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("sampler", sa.String(), nullable=False),
        sa.Column("served_at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("shown_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("expires_at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("closed_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_how", sa.String(), nullable=True),
        sa.Column("skip_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(closed_how = 'skipped') = (skip_reason IS NOT NULL)", name=op.f("ck_battle_skip_reason_whole")
        ),
        sa.CheckConstraint(
            "closed_how IN ('voted', 'skipped', 'expired')", name=op.f("ck_battle_closed_how_allowed")
        ),
        sa.CheckConstraint("purpose IN ('rating', 'check')", name=op.f("ck_battle_purpose_allowed")),
        sa.CheckConstraint(
            "skip_reason IN ('like_both', 'like_neither', 'dont_know', 'look_the_same', 'broken', 'other')",
            name=op.f("ck_battle_skip_reason_allowed"),
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_how IS NULL)", name=op.f("ck_battle_closed_whole")),
        sa.CheckConstraint("output_a_id <> output_b_id", name=op.f("ck_battle_two_outputs")),
        sa.CheckConstraint("propensity > 0 AND propensity <= 0.5", name=op.f("ck_battle_propensity_range")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_battle_category_id_category")
        ),
        sa.ForeignKeyConstraint(["output_a_id"], ["output.id"], name=op.f("fk_battle_output_a_id_output")),
        sa.ForeignKeyConstraint(["output_b_id"], ["output.id"], name=op.f("fk_battle_output_b_id_output")),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_battle_prompt_id_prompt")),
        sa.ForeignKeyConstraint(["voter_id"], ["voter.id"], name=op.f("fk_battle_voter_id_voter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_battle")),
        sa.UniqueConstraint("voter_id", "ordinal", name=op.f("uq_battle_voter_id_ordinal")),
    )
    with op.batch_alter_table("battle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_battle_category_id"), ["category_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_battle_voter_id_closed_at"), ["voter_id", "closed_at"], unique=False
        )

    op.create_table(
        "exposure",
        sa.Column("output_low_id", sa.Integer(), nullable=False),
        sa.Column("output_high_id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.CheckConstraint("output_low_id < output_high_id", name=op.f("ck_exposure_pair_ordered")),
        sa.CheckConstraint("served >= 0", name=op.f("ck_exposure_served_not_negative")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_exposure_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["output_high_id"], ["output.id"], name=op.f("fk_exposure_output_high_id_output")
        ),
        sa.ForeignKeyConstraint(
            ["output_low_id"], ["output.id"], name=op.f("fk_exposure_output_low_id_output")
        ),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_exposure_prompt_id_prompt")),
        sa.PrimaryKeyConstraint("output_low_id", "output_high_id", name=op.f("pk_exposure")),
    )
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exposure_category_id"), ["category_id"], unique=False)

    op.create_table(
        "outputreport",
        sa.Column("battle_id", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('broken', 'offensive', 'reveals_maker', 'other')",
            name=op.f("ck_outputreport_reason_allowed"),
        ),
        sa.CheckConstraint("side IN ('a', 'b')", name=op.f("ck_outputreport_side_allowed")),
        sa.ForeignKeyConstraint(["battle_id"], ["battle.id"], name=op.f("fk_outputreport_battle_id_battle")),
        sa.PrimaryKeyConstraint("battle_id", "side", name=op.f("pk_outputreport")),
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("battle_id", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("decided_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("revealed_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("voided_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("misclick_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.Column("recognised", sa.String(), nullable=True),
        sa.CheckConstraint("choice IN ('a', 'b', 'tie', 'both_bad')", name=op.f("ck_vote_choice_allowed")),
        sa.CheckConstraint(
            "origin IN ('human', 'judge', 'simulated', 'imported')", name=op.f("ck_vote_origin_allowed")
        ),
        sa.CheckConstraint("recognised IN ('a', 'b', 'neither')", name=op.f("ck_vote_recognised_allowed")),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_vote_voided_whole")),
        sa.CheckConstraint(
            "decided_ms IS NULL OR decided_ms >= 0", name=op.f("ck_vote_decided_not_negative")
        ),
        sa.CheckConstraint("voided_at IS NULL OR revealed_at IS NULL", name=op.f("ck_vote_revealed_stays")),
        sa.ForeignKeyConstraint(["battle_id"], ["battle.id"], name=op.f("fk_vote_battle_id_battle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("battle_id", name=op.f("uq_vote_battle_id")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vote_id", sa.String(), nullable=True),
        sa.Column("voter_id", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("since", arena.db.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("lifted_at", arena.db.columns.UtcTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(vote_id IS NULL) <> (voter_id IS NULL)", name=op.f("ck_quarantine_vote_or_voter")
        ),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_quarantine_vote_id_vote")),
        sa.ForeignKeyConstraint(["voter_id"], ["voter.id"], name=op.f("fk_quarantine_voter_id_voter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_vote_id"), ["vote_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quarantine_voter_id"), ["voter_id"], unique=False)
