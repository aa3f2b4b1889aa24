"""An erasure takes what was searched for out of the readings of mediations too, which are kept apart."""

from alembic import op

revision = "0046_erased_openings"
down_revision = "0045_referral_wall"

ERASE = """
CREATE OR REPLACE FUNCTION casework_erase_readings(erasure uuid, named text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    count bigint;
    more bigint := 0;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.erasures e WHERE e.id = erasure AND e.state = 'agreed' AND e.decided_by <> e.asked_by
    ) THEN
        RAISE EXCEPTION 'two persons have not agreed to this erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.readings SET address = split_part(address, '?', 1) WHERE split_part(address, '?', 2) ~* named;
    GET DIAGNOSTICS count = ROW_COUNT;
    {sealed}
    RETURN count + more;
END $$
"""
SEALED = """UPDATE public.sealed_readings SET address = split_part(address, '?', 1) WHERE split_part(address, '?', 2) ~* named;
    GET DIAGNOSTICS more = ROW_COUNT;"""


def upgrade() -> None:
    op.execute(ERASE.format(sealed=SEALED))


def downgrade() -> None:
    op.execute(ERASE.format(sealed=""))
