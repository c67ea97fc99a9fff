"""Banners that owners see on every page: about payments, limits, credits, and of higher apps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspaces import entitlements, low_credits
from workspaces.entitlements import EntitlementStanding, Excess
from workspaces.models import EntitlementSource, LimitName, Plan, SubscriptionStatus, Workspace

TRIAL_WARNING = timedelta(days=5)
TRANSFER_WARNING = timedelta(days=10)


@dataclass(frozen=True)
class Banner:
    tone: str  # CSS class of the alert: info, warn or bad
    words: str
    link: str | Promise
    leads_to: str = "billing"  # URL name


# Apps above this one register their banners in `AppConfig.ready`. Each may cost one query, on every
# page of an owner.
BannerSource = Callable[[Workspace], Banner | None]
sources: list[BannerSource] = []


def list_banners(workspace: Workspace) -> list[Banner]:
    """Return the banners for the owners of a workspace, with one query and one of each source."""
    now = timezone.now()
    standing = entitlements.current_standing(workspace, now=now)
    banners = (
        _sending_stopped(workspace),
        _payment_past_due(workspace, standing),
        _trial_ends_soon(standing, now),
        _transferred_plan_ends_soon(standing, now),
        *(_plan_exceeded(standing.limits.plan, excess) for excess in standing.over),
        _credits_low(workspace),
        *(source(workspace) for source in sources),
    )
    return [banner for banner in banners if banner]


def _sending_stopped(workspace: Workspace) -> Banner | None:
    if workspace.sending_stopped_at is None:
        return None
    words = _(
        "Our team has stopped the messages of your clinic. Nothing is sent and nothing is lost."
        " Reason: %(reason)s."
    ) % {"reason": workspace.sending_stopped_because.rstrip(".")}
    return Banner("bad", words, _("Get help"), leads_to="help")


def _payment_past_due(workspace: Workspace, standing: EntitlementStanding) -> Banner | None:
    if workspace.subscription_status != SubscriptionStatus.PAST_DUE:
        return None
    paid = [
        entitlement
        for entitlement in standing.running
        if entitlement.source == EntitlementSource.PAYMENT and entitlement.ends_at
    ]
    if paid and paid[0].ends_at:
        words = _(
            "Your last payment failed. Pay by %(day)s: from then on the limits of the %(plan)s"
            " plan hold."
        ) % {"day": _day(paid[0].ends_at), "plan": Plan.FREE.label}
    else:
        words = _("Your last payment failed, so the limits of the %(plan)s plan hold.") % {
            "plan": standing.limits.plan.label
        }
    return Banner("bad", words, _("Put the payment right"))


def _trial_ends_soon(standing: EntitlementStanding, now: datetime) -> Banner | None:
    trial = standing.limits.given_by
    if trial is None or trial.source != EntitlementSource.TRIAL or trial.ends_at is None:
        return None
    if trial.ends_at - now > TRIAL_WARNING:
        return None
    words = _("Your trial of the %(plan)s plan ends on %(day)s.") % {
        "plan": standing.limits.plan.label,
        "day": _day(trial.ends_at),
    }
    return Banner("info", words, _("Choose a plan"))


def _transferred_plan_ends_soon(standing: EntitlementStanding, now: datetime) -> Banner | None:
    paid = standing.limits.given_by
    if paid is None or paid.source != EntitlementSource.TRANSFER or paid.ends_at is None:
        return None
    if paid.ends_at - now > TRANSFER_WARNING:
        return None
    words = _("The %(plan)s plan that you paid by bank transfer ends on %(day)s.") % {
        "plan": standing.limits.plan.label,
        "day": _day(paid.ends_at),
    }
    return Banner("info", words, _("Renew it"))


def _plan_exceeded(plan: Plan, excess: Excess) -> Banner:
    if excess.limit == LimitName.USERS:
        words = ngettext(
            "The %(plan)s plan has room for %(allowed)d person and you are %(used)d. Nobody is"
            " locked out, but nobody can be added.",
            "The %(plan)s plan has room for %(allowed)d people and you are %(used)d. Nobody is"
            " locked out, but nobody can be added.",
            excess.allowed,
        )
    else:
        words = ngettext(
            "The %(plan)s plan has room for %(allowed)d practice and you have %(used)d. All go on,"
            " but none can be added.",
            "The %(plan)s plan has room for %(allowed)d practices and you have %(used)d. All go on,"
            " but none can be added.",
            excess.allowed,
        )
    values = {"plan": plan.label, "allowed": excess.allowed, "used": excess.used}
    return Banner("warn", words % values, _("Choose a plan"))


def _credits_low(workspace: Workspace) -> Banner | None:
    left = workspace.message_credits
    if left == 0:
        words = _(
            "There are no credits left: nothing is sent until there are some again. Nothing is"
            " lost meanwhile."
        )
        return Banner("bad", words, _("Get credits"))
    if not low_credits.are_low(workspace):
        return None
    words = ngettext(
        "%(left)d credit is left. Without credits nothing is sent, and nothing is lost.",
        "%(left)d credits are left. Without credits nothing is sent, and nothing is lost.",
        left,
    )
    return Banner("warn", words % {"left": left}, _("Get credits"))


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
