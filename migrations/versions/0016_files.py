"""Versions of documents, the keys of their files, what lies in the store, and who took what out of it."""

import sqlalchemy as sa
from alembic import op

revision = "0016_files"
down_revision = "0015_absences"

_id = sa.UUID(as_uuid=False)
_time = sa.DateTime(timezone=True)
_now = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.add_column(
        "documents",
        sa.Column(
            "track_id",
            _id,
            nullable=True,
            comment="The referral whose provider handed it in; null for the office's own",
        ),
    )
    op.add_column("documents", sa.Column("withdrawn_at", _time, nullable=True))
    op.create_table(
        "files",
        sa.Column("id", _id, nullable=False),
        sa.Column("log_id", _id, nullable=False),
        sa.Column("document_id", _id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, 3 … within its document"),
        sa.Column("type", sa.Text(), nullable=False, comment="What it was found to be, such as pdf"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("filed_at", _time, nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True, comment="Null once erased"),
        sa.Column("digest", sa.Text(), nullable=True, comment="SHA-256 of what is in it; null once erased"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_files_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("document_id", "version", name=op.f("uq_files_document_id_version")),
        comment="Versions of documents; what the events add up to",
    )
    op.create_index(op.f("ix_files_log_id"), "files", ["log_id"])
    op.create_table(
        "compartments",
        sa.Column("id", _id, nullable=False),
        sa.Column("log_id", _id, nullable=False),
        sa.Column(
            "part",
            sa.Text(),
            nullable=False,
            comment="Whose files: a party's, the office's own (case), or a referral's",
        ),
        sa.Column(
            "sealed", sa.LargeBinary(), nullable=False, comment="The key of its files, sealed with the installation's"
        ),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name=op.f("fk_compartments_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compartments")),
        sa.UniqueConstraint("log_id", "part", name=op.f("uq_compartments_log_id_part")),
        comment="Keys of files; without its row a compartment is unreadable for ever",
    )
    op.create_table(
        "blobs",
        sa.Column("id", _id, nullable=False),
        sa.Column("compartment_id", _id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="Keyed hash of the content: where it lies in the store"),
        sa.Column("touched_at", _time, server_default=_now, nullable=False, comment="When it was last put there"),
        sa.Column(
            "scan", sa.Text(), nullable=True, comment="pending, clean or blocked; null where there was no scanner"
        ),
        sa.Column("scanned_at", _time, nullable=True),
        sa.Column("found", sa.Text(), nullable=True, comment="What the scanner called it"),
        sa.CheckConstraint("scan IN ('pending', 'clean', 'blocked')", name=op.f("ck_blobs_scan")),
        sa.ForeignKeyConstraint(["compartment_id"], ["compartments.id"], name=op.f("fk_blobs_compartment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
        sa.UniqueConstraint("compartment_id", "name", name=op.f("uq_blobs_compartment_id_name")),
        comment="What lies in the store; written before it is put there, so that nothing lies there unknown",
    )
    op.create_index("ix_blobs_pending", "blobs", ["touched_at", "id"], postgresql_where=sa.text("scan = 'pending'"))
    op.create_table(
        "contents",
        sa.Column("file_id", _id, nullable=False),
        sa.Column("blob_id", _id, nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_contents_blob_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_contents_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_contents")),
        comment="Which blob holds a version; no row once it was erased",
    )
    op.create_index(op.f("ix_contents_blob_id"), "contents", ["blob_id"])
    op.add_column(
        "readings", sa.Column("document_id", _id, nullable=True, comment="Where a document's file was taken out")
    )
    op.create_index(
        "ix_readings_document_id_id",
        "readings",
        ["document_id", "id"],
        postgresql_where=sa.text("document_id IS NOT NULL"),
    )
    op.create_table_comment(
        "readings",
        "What auditors have read, and who took out which document; never changed by the application",
        existing_comment="What auditors have read; never changed by the application",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON files, blobs TO casework_app")
    op.execute("GRANT SELECT, INSERT ON compartments, contents TO casework_app")
    op.execute("GRANT DELETE ON blobs TO casework_app")


def downgrade() -> None:
    op.create_table_comment(
        "readings",
        "What auditors have read; never changed by the application",
        existing_comment="What auditors have read, and who took out which document; never changed by the application",
    )
    op.drop_index("ix_readings_document_id_id", "readings")
    op.drop_column("readings", "document_id")
    op.drop_table("contents")
    op.drop_table("blobs")
    op.drop_table("compartments")
    op.drop_table("files")
    op.drop_column("documents", "withdrawn_at")
    op.drop_column("documents", "track_id")
