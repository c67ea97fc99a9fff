"""Database triggers that update the balance and the lots with each ledger entry.

`billing.spending_order` has the part that decides which credits are used first.

After a change of the SQL here, `makemigrations` writes a migration that re-creates the rule.
"""

from django.db.models import Model

from billing.spending_order import LOT, RELEASED, SPENT
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
