"""Describe ledger entries for owners: what moved the credits, in words."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import CreditEntry, EntryKind
from workspaces.models import Plan

# By the first part of a cause. Other entries are described by their kind.
CAUSES: dict[str, str | Promise] = {
    "opening": gettext_lazy("Credits to begin with"),
    "claim": gettext_lazy("Messages sent"),
    "settle": gettext_lazy("Messages that did not reach the provider"),
    "text-test": gettext_lazy("A text sent as a test"),
    "admin": gettext_lazy("Granted by us"),
    "transfer": gettext_lazy("Credits bought by bank transfer"),
    "withdrawal": gettext_lazy("Taken back: the bank transfer was withdrawn"),
    "return": gettext_lazy("Given back after a dispute"),
}
KINDS: dict[str, str | Promise] = {
    EntryKind.GRANT: gettext_lazy("Credits granted"),
    EntryKind.PURCHASE: gettext_lazy("Credits bought"),
    EntryKind.DEBIT: gettext_lazy("Messages sent"),
    EntryKind.RELEASE: gettext_lazy("Credits given back"),
    EntryKind.EXPIRY: gettext_lazy("Not spent in time"),
    EntryKind.REVERSAL: gettext_lazy("Taken back after a refund"),
}


# Their notes are references of Stripe's (in_1QhT…), which mean nothing to an owner.
BY_STRIPE = {"payment", "refund", "dispute", "return"}


def note_for_owner(entry: CreditEntry) -> str:
    """Return what a person wrote about the entry."""
    return "" if entry.cause.partition(":")[0] in BY_STRIPE else entry.note


def describe_cause(entry: CreditEntry) -> str:
    kind, _sign, rest = entry.cause.partition(":")
    if kind == "month":
        return _describe_month(rest)
    return str(CAUSES.get(kind) or KINDS[entry.kind])


def _describe_month(rest: str) -> str:
    """Describe a cause of the form reference:start of the month:plan. The start has colons, too."""
    _reference, _sign, month = rest.partition(":")
    begins, _sign, plan = month.rpartition(":")
    return _("Credits of the %(plan)s plan, month from %(day)s") % {
        "plan": Plan(plan).label,
        "day": date_format(datetime.fromisoformat(begins), "SHORT_DATE_FORMAT"),
    }
