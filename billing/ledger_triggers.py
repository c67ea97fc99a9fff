"""Database triggers that update the balance and the lots with each ledger entry.

They decide which credits are used first: those that expire soonest.

After a change of the SQL here, `makemigrations` writes a migration that re-creates the rule.
"""

from django.db.models import Model

from core.constraints import DatabaseConstraint

# Each statement updates each balance once, for any number of entries. The workspaces' rows are
# locked first, so that two statements cannot move the lots of one at the same time. A top-up also
# sets the number against which "20 % left" is measured, and allows a new warning.
BALANCES = """
UPDATE workspaces_workspace w
SET message_credits = w.message_credits + s.total,
    credits_full = CASE WHEN s.topped_up THEN w.message_credits + s.total ELSE w.credits_full END,
    credits_warned = CASE WHEN s.topped_up THEN NULL ELSE w.credits_warned END
FROM (
    SELECT workspace_id, sum(amount) AS total, bool_or(kind IN ('GRANT', 'PURCHASE')) AS topped_up
    FROM fresh WHERE cause <> 'opening' GROUP BY workspace_id
) s
WHERE w.id = s.workspace_id;
"""

LOT = """
INSERT INTO billing_creditlot
    (id, created_at, updated_at, workspace_id, entry_id, amount, remaining, withdrawn, expires_at)
"""

BROUGHT = f"""{LOT}
SELECT uuid7(), created_at, created_at, workspace_id, id, amount, amount, 0, expires_at
FROM fresh WHERE kind IN ('GRANT', 'PURCHASE') AND amount > 0;
"""

# Entries that expire, take back or put back credits name a lot (`of`). If that lot does not exist,
# the balance would differ from the lots, so the statement fails.
WITHDRAWN = """
UPDATE billing_creditlot l
SET remaining = l.remaining + named.amount, withdrawn = l.withdrawn - named.amount,
    updated_at = named.at
FROM (
    SELECT of_id, sum(amount) AS amount, max(created_at) AS at
    FROM fresh WHERE of_id IS NOT NULL GROUP BY of_id
) named
WHERE l.entry_id = named.of_id;
GET DIAGNOSTICS reached = ROW_COUNT;
IF reached <> (SELECT count(DISTINCT of_id) FROM fresh) THEN
    RAISE EXCEPTION USING MESSAGE = 'there are no such credits to withdraw',
        ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END IF;
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
"""

POSTS = f"""
DECLARE reached integer;
BEGIN
    {BALANCES}
    IF EXISTS (SELECT FROM fresh WHERE kind IN ('GRANT', 'PURCHASE')) THEN {BROUGHT} END IF;
    IF EXISTS (SELECT FROM fresh WHERE of_id IS NOT NULL) THEN {WITHDRAWN} END IF;
    IF EXISTS (SELECT FROM fresh WHERE amount < 0 AND of_id IS NULL) THEN {SPENT} END IF;
    IF EXISTS (SELECT FROM fresh WHERE kind = 'RELEASE' AND of_id IS NULL) THEN {RELEASED} END IF;
    RETURN NULL;
END
"""


class LedgerBalance(DatabaseConstraint):
    """A balance starts with an opening entry in the ledger and changes by ledger entries only.

    It is a constraint of the ledger's model although its triggers are on the table of workspaces:
    the model of workspaces must not depend on billing.
    """

    def create(self, model: type[Model]) -> str:
        return (
            f"CREATE FUNCTION {self.name}_opens() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO billing_creditentry (id, created_at, workspace_id, kind, amount,"
            " cause, note, by) VALUES (uuid7(), NEW.created_at, NEW.id, 'GRANT',"
            " NEW.message_credits, 'opening', '', ''); RETURN NULL; END $$;"
            f'CREATE TRIGGER "{self.name}_opens" AFTER INSERT ON workspaces_workspace'
            f" FOR EACH ROW EXECUTE FUNCTION {self.name}_opens();"
            f"CREATE FUNCTION {self.name}_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF pg_trigger_depth() < 2 THEN RAISE EXCEPTION USING"
            " MESSAGE = 'credits move by the ledger alone',"
            " ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;"
            " END IF; RETURN NEW; END $$;"
            f'CREATE TRIGGER "{self.name}_moves" BEFORE UPDATE OF message_credits'
            " ON workspaces_workspace FOR EACH ROW"
            " WHEN (OLD.message_credits IS DISTINCT FROM NEW.message_credits)"
            f" EXECUTE FUNCTION {self.name}_moves();"
        )

    def remove(self, model: type[Model]) -> str:
        return (
            f"DROP FUNCTION {self.name}_opens() CASCADE; DROP FUNCTION {self.name}_moves() CASCADE;"
        )


class LedgerPosting(DatabaseConstraint):
    """Every statement that writes entries updates each balance and each lot once."""

    def create(self, model: type[Model]) -> str:
        return (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $${POSTS}$$;"
            f'CREATE TRIGGER "{self.name}" AFTER INSERT ON "{model._meta.db_table}"'
            f" REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {self.name}();"
        )

    def remove(self, model: type[Model]) -> str:
        return f"DROP FUNCTION {self.name}() CASCADE;"


class LedgerLots(DatabaseConstraint):
    """Lots change by ledger entries only, as the balance does."""

    def create(self, model: type[Model]) -> str:
        return (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION USING MESSAGE = 'lots move by the ledger alone',"
            " ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME; END $$;"
            f'CREATE TRIGGER "{self.name}" AFTER INSERT OR UPDATE OR DELETE'
            f' ON "{model._meta.db_table}" FOR EACH ROW WHEN (pg_trigger_depth() = 0)'
            f" EXECUTE FUNCTION {self.name}();"
        )

    def remove(self, model: type[Model]) -> str:
        return f"DROP FUNCTION {self.name}() CASCADE;"
