"""Credits move by the ledger; the balance follows in the database itself."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workspaces import audit
from workspaces.models import CreditEntry, EntryKind, User, Workspace
from workspaces.problems import ProblemError


def grant(
    *,
    workspace: Workspace,
    amount: int,
    cause: str,
    by: User | None,
    note: str = "",
    expires_at: datetime | None = None,
) -> CreditEntry:
    """Give credits once: the same cause twice is refused, so a repeated click gives no more."""
    if amount <= 0:
        raise ProblemError(_("Grant at least one credit."))
    try:
        with transaction.atomic():
            entry = CreditEntry.objects.create(
                workspace=workspace,
                kind=EntryKind.GRANT,
                amount=amount,
                cause=cause,
                note=note,
                by=by.name if by else "",
                expires_at=expires_at,
            )
            audit.record(
                "credits.grant",
                workspace,
                by=by,
                workspace_id=workspace.pk,
                name=workspace.name,
                new={"amount": amount, "note": note},
            )
    except IntegrityError as error:
        raise ProblemError(_("These credits were granted already.")) from error
    workspace.refresh_from_db(fields=["message_credits"])
    return entry
