"""The report on costs in the platform's admin. Clinics see no costs."""

from datetime import date, datetime, timedelta

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.costs.report import report
from messaging.models import CostDay

MONTHS = 13


def costs(request: HttpRequest, site: AdminSite) -> TemplateResponse:
    months = _months(timezone.localdate())
    asked = request.GET.get("month", "")
    month = next((one for one in months if f"{one:%Y-%m}" == asked), months[0])
    context = site.each_context(request) | {
        "title": _("Costs and margin"),
        "opts": CostDay._meta,
        "report": report(starts=_moment(month), ends=_moment(_next(month))),
        "month": month,
        "months": months,
        "newest": CostDay.objects.filter(passes__gt=0).order_by("-day").first(),
    }
    return TemplateResponse(request, "admin/messaging/costs.html", context)


def _months(today: date) -> list[date]:
    """The newest first."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append(_before(found[-1]))
    return found


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
