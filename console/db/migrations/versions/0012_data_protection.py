"""Records of data protection: requests of persons, breaches, processing and retention."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    _rights_requests()
    _breaches()
    _processing()
    _retention()


def _rights_requests() -> None:
    op.create_table(
        "rights_request",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("requester", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("request_kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=2000), nullable=False),
        sa.Column("camera_id", sa.String(length=36), nullable=True),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("identity", sa.String(length=16), nullable=True),
        sa.Column("identity_words", sa.String(length=500), nullable=False),
        sa.Column("identified_at", MOMENT, nullable=True),
        sa.Column("identified_by", sa.String(length=36), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("refusal", sa.String(length=16), nullable=True),
        sa.Column("decision_words", sa.String(length=2000), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("carried_words", sa.String(length=2000), nullable=False),
        sa.Column("carried_at", MOMENT, nullable=True),
        sa.Column("carried_by", sa.String(length=36), nullable=True),
        sa.Column("erasure_id", sa.String(length=36), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        *_of_a_record(),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_rights_request_camera_id_camera")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_rights_request_incident_id_incident")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_rights_request_owner_id_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint(
            "station_id", "year_be", "running", name=op.f("uq_rights_request_station_id_year_be_running")
        ),
    )


def _breaches() -> None:
    words = sa.String(length=2000)
    op.create_table(
        "breach",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=True),
        sa.Column("discovered_at", MOMENT, nullable=False),
        sa.Column("breach_kinds", sa.JSON(), nullable=False),
        sa.Column("data_types", sa.JSON(), nullable=False),
        sa.Column("volume", sa.Integer(), nullable=True),
        sa.Column("affected", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("severity", sa.String(length=16), nullable=True),
        sa.Column("effect", words, nullable=False),
        sa.Column("safeguards", words, nullable=False),
        sa.Column("controller", words, nullable=False),
        sa.Column("risk", sa.String(length=16), nullable=True),
        sa.Column("assessment", words, nullable=False),
        sa.Column("measures", words, nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("submitted_by", sa.String(length=36), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("people_told_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        *_of_a_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("station_id", "year_be", "running", name=op.f("uq_breach_station_id_year_be_running")),
    )
    op.create_table(
        "breach_event",
        sa.Column("breach_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("words", words, nullable=False),
        *_of_a_record(),
        sa.ForeignKeyConstraint(["breach_id"], ["breach.id"], name=op.f("fk_breach_event_breach_id_breach")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_event")),
    )
    op.create_index(op.f("ix_breach_event_breach_id"), "breach_event", ["breach_id"], unique=False)


def _processing() -> None:
    words = sa.String(length=2000)
    items = ("data", "purposes", "controller", "retention", "access", "disclosure", "refusals", "security")
    op.create_table(
        "processing_activity",
        sa.Column("code", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        *(sa.Column(name, words, nullable=False) for name in items),
        sa.Column("archived", sa.Boolean(), nullable=False),
        *_of_a_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processing_activity")),
        sa.UniqueConstraint("station_id", "code", name=op.f("uq_processing_activity_station_id_code")),
    )
    op.create_table(
        "processing_issue",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by", sa.String(length=36), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        *_of_a_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processing_issue")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_processing_issue_station_id_number")),
    )


def _retention() -> None:
    op.create_table(
        "retention_rule",
        sa.Column("kept", sa.String(length=32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_of_a_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("station_id", "kept", name=op.f("uq_retention_rule_station_id_kept")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("hold_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("held_by", sa.String(length=36), nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by", sa.String(length=36), nullable=True),
        sa.Column("release_reason", sa.String(length=2000), nullable=False),
        *_of_a_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_table(
        "retention_run",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("heads_before", sa.JSON(), nullable=False),
        sa.Column("heads_after", sa.JSON(), nullable=False),
        sa.Column("backups_until", MOMENT, nullable=True),
        sa.Column("unnamed_backups", sa.Integer(), nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        *_of_a_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
        sa.UniqueConstraint(
            "station_id", "year_be", "running", name=op.f("uq_retention_run_station_id_year_be_running")
        ),
    )


def _of_a_record() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
