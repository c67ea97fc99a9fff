"""Which credits are used first: those that expire soonest. Which come back: those used last.

Parts of the trigger in `billing.ledger_triggers`, where `fresh` are the new ledger entries.
"""

LOT = """
INSERT INTO billing_creditlot
    (id, created_at, updated_at, workspace_id, entry_id, amount, remaining, withdrawn, expires_at)
"""

# The lot that expires first is used first: each lot pays what the lots before it could not. Lots
# that never expire come last, because PostgreSQL sorts NULL after every date.
SPENT = """
UPDATE billing_creditlot l
SET remaining = l.remaining - share.taken, spent_at = share.at, updated_at = share.at
FROM (
    SELECT lot.id, least(lot.remaining, spent.amount - lot.before) AS taken, spent.at
    FROM (
        SELECT workspace_id, -sum(amount) AS amount, max(created_at) AS at
        FROM fresh WHERE amount < 0 AND of_id IS NULL GROUP BY workspace_id
    ) spent
    CROSS JOIN LATERAL (
        SELECT id, remaining,
               sum(remaining) OVER (ORDER BY expires_at, id) - remaining AS before
        FROM billing_creditlot
        WHERE workspace_id = spent.workspace_id AND remaining > 0
    ) lot
    WHERE lot.before < spent.amount
) share
WHERE l.id = share.id;
"""

# Released credits return to the lot that was used last, up to what was used of it, and not to a lot
# that has expired. The rest becomes a new lot that does not expire.
RELEASED = f"""
WITH back AS (
    SELECT workspace_id, sum(amount) AS amount, max(created_at) AS at
    FROM fresh WHERE kind = 'RELEASE' AND of_id IS NULL GROUP BY workspace_id
), share AS (
    SELECT lot.id, least(lot.room, back.amount - lot.before) AS given, back.at
    FROM back
    CROSS JOIN LATERAL (
        SELECT id, room, sum(room) OVER (
                   ORDER BY spent_at DESC, expires_at DESC NULLS FIRST, id DESC) - room AS before
        FROM (
            SELECT id, spent_at, expires_at, amount - withdrawn - remaining AS room
            FROM billing_creditlot
            WHERE workspace_id = back.workspace_id
              AND (expires_at IS NULL OR expires_at > back.at)
        ) used
        WHERE room > 0
    ) lot
    WHERE lot.before < back.amount
), placed AS (
    UPDATE billing_creditlot l
    SET remaining = l.remaining + share.given, updated_at = share.at
    FROM share WHERE l.id = share.id
    RETURNING l.workspace_id, share.given
)
{LOT}
SELECT uuid7(), back.at, back.at, workspace_id, last.id, rest.amount, rest.amount, 0, NULL
FROM back
CROSS JOIN LATERAL (
    SELECT back.amount - coalesce(sum(given), 0) AS amount
    FROM placed WHERE placed.workspace_id = back.workspace_id
) rest
CROSS JOIN LATERAL (
    SELECT id FROM fresh
    WHERE workspace_id = back.workspace_id AND kind = 'RELEASE' AND of_id IS NULL
    ORDER BY id DESC LIMIT 1
) last
WHERE rest.amount > 0;
"""  # noqa: S608 - built from constants
