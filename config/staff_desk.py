"""The desk of the platform's staff: which clinics need somebody today, and the way to each.

It names clinics and counts, never patients.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.stripe.subscription_states import LIVE
from core import sql
from patients.models.imports import UNDER_WAY
from templates_app.models import RequestState
from templates_app.models.approvals import APPROVALS
from templates_app.whatsapp.decisions import STOPPED
from workspaces import low_credits
from workspaces.admin.base import staff_user
from workspaces.models import EntitlementSource, SubscriptionStatus

SHOWN = 20
ENDS_SOON = timedelta(days=7)
TRANSFER_ENDS_SOON = timedelta(days=14)
# A list of the largest size takes two minutes.
STUCK_AFTER = timedelta(minutes=15)
DELIVERY_SINCE = timedelta(days=3)
WAITS_TOO_LONG = timedelta(days=1)
# Below so many asks a share says little.
ENOUGH_ASKS = 20
FAILING_SHARE = 0.2

Row = dict[str, Any]


@dataclass(frozen=True)
class DeskRow:
    clinic: str
    href: str
    detail: str


@dataclass(frozen=True)
class DeskSection:
    title: str | Promise
    about: str | Promise
    rows: list[DeskRow]
    has_more: bool
    more: str  # the page with all of them


@dataclass(frozen=True)
class _Source:
    title: str | Promise
    about: str | Promise
    statement: str
    describe: Callable[[Row], str]
    more: str  # URL name
    row_page: str = "admin:workspaces_workspace_change"
    query: str = ""


def desk_page(request: HttpRequest, site: AdminSite) -> TemplateResponse:
    if not staff_user(request).has_perm("workspaces.view_workspace"):
        raise PermissionDenied
    context = site.each_context(request) | {
        "title": _("Who needs somebody today"),
        "sections": read_desk(timezone.now()),
    }
    return TemplateResponse(request, "admin/desk.html", context)


def read_desk(now: datetime) -> list[DeskSection]:
    """Return all sections, one query each. The caller has platform access."""
    values = {
        "now": now,
        "shown": SHOWN + 1,
        "trials_until": now + ENDS_SOON,
        "transfers_until": now + TRANSFER_ENDS_SOON,
        "stuck_before": now - STUCK_AFTER,
        "delivery_since": (now - DELIVERY_SINCE).date(),
        "waiting_before": now - WAITS_TOO_LONG,
        "enough": ENOUGH_ASKS,
        "share": FAILING_SHARE,
        "live": sorted(LIVE),
        "stopped": list(STOPPED),
        "under_way": list(UNDER_WAY),
    }
    return [_read(source, values) for source in SOURCES]


def _read(source: _Source, values: dict[str, Any]) -> DeskSection:
    rows = sql.fetch(source.statement, **values)
    return DeskSection(
        title=source.title,
        about=source.about,
        rows=[
            DeskRow(row["clinic"], reverse(source.row_page, args=[row["id"]]), source.describe(row))
            for row in rows[:SHOWN]
        ],
        has_more=len(rows) > SHOWN,
        more=reverse(source.more) + source.query,
    )


STOPPED_SENDING = """
SELECT w.id, w.name AS clinic, count(f.id) AS flags, w.sending_stopped_at AS at
FROM workspaces_workspace w
LEFT JOIN workspaces_senderflag f ON f.workspace_id = w.id AND f.seen_at IS NULL
GROUP BY w.id
HAVING count(f.id) > 0 OR w.sending_stopped_at IS NOT NULL
ORDER BY count(f.id) DESC, w.name LIMIT %(shown)s
"""

# `asked` counts what has left the provider, `failed` also what never left.
FAILING_DELIVERY = """
SELECT w.id, w.name AS clinic, sum(d.asked) AS asked, sum(d.failed) AS failed
FROM insights_daytally d
JOIN workspaces_workspace w ON w.id = d.workspace_id
WHERE d.facet = 'whole' AND d.day >= %(delivery_since)s
GROUP BY w.id
HAVING greatest(sum(d.asked), sum(d.failed)) >= %(enough)s
   AND sum(d.failed) >= %(share)s * greatest(sum(d.asked), sum(d.failed))
ORDER BY sum(d.failed) DESC, w.name LIMIT %(shown)s
"""

STUCK_LISTS = """
SELECT i.id, w.name AS clinic, i.updated_at AS at, i.status
FROM patients_import i
JOIN workspaces_workspace w ON w.id = i.workspace_id
WHERE i.status = ANY(%(under_way)s) AND i.updated_at < %(stuck_before)s
ORDER BY i.updated_at LIMIT %(shown)s
"""

WAITING_APPROVALS = """
SELECT t.id, w.name AS clinic, t.status, coalesce(t.checked_at, t.created_at) AS at,
       (SELECT max(own.name) FROM templates_app_template own
        WHERE own.workspace_id = t.workspace_id AND own.whatsapp_content_sid = t.content_sid)
           AS text
FROM templates_app_approvedtext t
JOIN workspaces_workspace w ON w.id = t.workspace_id
WHERE t.retired_at IS NULL
  AND (t.status = ANY(%(stopped)s)
       OR t.status IN ('received', 'pending') AND t.created_at < %(waiting_before)s)
ORDER BY t.created_at LIMIT %(shown)s
"""

HELD_REQUESTS = f"""
SELECT r.id, w.name AS clinic, r.created_at AS at
FROM templates_app_approvalrequest r
JOIN workspaces_workspace w ON w.id = r.workspace_id
WHERE r.state = '{RequestState.HELD}'
ORDER BY r.created_at LIMIT %(shown)s
"""  # noqa: S608 - of constants alone

LOW_CREDITS = f"""
SELECT w.id, w.name AS clinic, w.message_credits AS credits
FROM workspaces_workspace w
WHERE ({low_credits.ARE_LOW} OR message_credits <= 0)
  AND EXISTS (SELECT FROM campaigns_campaign c
              WHERE c.workspace_id = w.id AND c.status = 'ACTIVE')
ORDER BY w.message_credits, w.name LIMIT %(shown)s
"""  # noqa: S608 - of constants alone

ENDING_TRIALS = f"""
SELECT w.id, w.name AS clinic, e.ends_at AS at
FROM workspaces_entitlement e
JOIN workspaces_workspace w ON w.id = e.workspace_id
WHERE e.source = '{EntitlementSource.TRIAL}' AND e.ends_at > %(now)s
  AND e.ends_at <= %(trials_until)s AND NOT w.subscription_status = ANY(%(live)s)
  AND NOT EXISTS (SELECT FROM billing_banktransfer b
                  WHERE b.workspace_id = w.id AND b.ends_at > e.ends_at AND b.withdrawn_at IS NULL)
ORDER BY e.ends_at LIMIT %(shown)s
"""  # noqa: S608 - of constants alone

# A transfer that somebody has renewed already is not shown.
ENDING_TRANSFERS = """
SELECT w.id, w.name AS clinic, max(b.ends_at) AS at
FROM billing_banktransfer b
JOIN workspaces_workspace w ON w.id = b.workspace_id
WHERE b.kind = 'PLAN' AND b.withdrawn_at IS NULL AND NOT w.subscription_status = ANY(%(live)s)
GROUP BY w.id
HAVING max(b.ends_at) > %(now)s AND max(b.ends_at) <= %(transfers_until)s
ORDER BY max(b.ends_at) LIMIT %(shown)s
"""

OVERDUE = f"""
SELECT w.id, w.name AS clinic, w.past_due_since AS at
FROM workspaces_workspace w
WHERE w.subscription_status = '{SubscriptionStatus.PAST_DUE}'
ORDER BY w.past_due_since LIMIT %(shown)s
"""  # noqa: S608 - of constants alone


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _describe_stopped(row: Row) -> str:
    if row["at"]:
        return _("messages stopped on %(day)s") % {"day": _day(row["at"])}
    return ngettext("%(count)d new finding", "%(count)d new findings", row["flags"]) % {
        "count": row["flags"]
    }


def _describe_delivery(row: Row) -> str:
    return _("%(failed)d failed, %(asked)d went out") % row


def _describe_list(row: Row) -> str:
    return _("no progress since %(day)s") % {"day": _day(row["at"])}


def _describe_approval(row: Row) -> str:
    status = APPROVALS.get(row["status"], row["status"])
    said = _("%(status)s since %(day)s") % {"status": status, "day": _day(row["at"])}
    return f"{row['text']}: {said}" if row["text"] else said


def _describe_credits(row: Row) -> str:
    return ngettext("%(credits)d credit left", "%(credits)d credits left", row["credits"]) % row


def _describe_end(row: Row) -> str:
    return _("ends on %(day)s") % {"day": _day(row["at"])}


def _describe_since(row: Row) -> str:
    return _("since %(day)s") % {"day": _day(row["at"])} if row["at"] else ""


SOURCES = (
    _Source(
        gettext_lazy("New clinics to look at, and stopped ones"),
        gettext_lazy("Somebody decides whether they may go on."),
        STOPPED_SENDING,
        _describe_stopped,
        more="admin:new_senders",
    ),
    _Source(
        gettext_lazy("Messages that fail"),
        gettext_lazy("A fifth or more of the asks of the last three days did not go out."),
        FAILING_DELIVERY,
        _describe_delivery,
        more="admin:messaging_message_changelist",
        query="?status__exact=FAILED",
    ),
    _Source(
        gettext_lazy("Lists that are stuck"),
        gettext_lazy("No row was read for a quarter of an hour."),
        STUCK_LISTS,
        _describe_list,
        more="admin:patients_import_changelist",
        row_page="admin:patients_import_change",
    ),
    _Source(
        gettext_lazy("WhatsApp texts that wait for us"),
        gettext_lazy("Own words on a shared number: somebody of our team reads them first."),
        HELD_REQUESTS,
        _describe_since,
        more="admin:templates_app_approvalrequest_changelist",
        query=f"?state__exact={RequestState.HELD}",
        row_page="admin:templates_app_approvalrequest_change",
    ),
    _Source(
        gettext_lazy("WhatsApp texts without approval"),
        gettext_lazy("Rejected or paused by Meta, or waiting for more than a day."),
        WAITING_APPROVALS,
        _describe_approval,
        more="admin:templates_app_approvedtext_changelist",
        row_page="admin:templates_app_approvedtext_change",
    ),
    _Source(
        gettext_lazy("Few credits"),
        gettext_lazy("With an active campaign, and a fifth or less of their credits left."),
        LOW_CREDITS,
        _describe_credits,
        more="admin:workspaces_workspace_changelist",
        query="?o=3",
    ),
    _Source(
        gettext_lazy("Trials that end"),
        gettext_lazy("Within a week, and nothing is paid yet."),
        ENDING_TRIALS,
        _describe_end,
        more="admin:workspaces_entitlement_changelist",
        query=f"?source__exact={EntitlementSource.TRIAL}",
    ),
    _Source(
        gettext_lazy("Plans paid by bank transfer that end"),
        gettext_lazy("Within two weeks, and not renewed yet."),
        ENDING_TRANSFERS,
        _describe_end,
        more="admin:billing_banktransfer_changelist",
    ),
    _Source(
        gettext_lazy("Payments overdue"),
        gettext_lazy("Stripe could not charge them."),
        OVERDUE,
        _describe_since,
        more="admin:workspaces_workspace_changelist",
        query=f"?subscription_status__exact={SubscriptionStatus.PAST_DUE}",
    ),
)
