"""The page of the cost report in the platform's admin. Clinics do not see costs."""

from datetime import date, datetime, timedelta

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.costs.report import build_report
from messaging.models import CostDay

MONTHS = 13


def render_cost_report(request: HttpRequest, site: AdminSite) -> TemplateResponse:
    months = _recent_months(timezone.localdate())
    wanted = request.GET.get("month", "")
    month = next((option for option in months if f"{option:%Y-%m}" == wanted), months[0])
    context = site.each_context(request) | {
        "title": _("Costs and margin"),
        "opts": CostDay._meta,
        "report": build_report(starts=_start_of_day(month), ends=_start_of_day(_next_month(month))),
        "month": month,
        "months": months,
        "newest": CostDay.objects.filter(passes__gt=0).order_by("-day").first(),
    }
    return TemplateResponse(request, "admin/messaging/costs.html", context)


def _recent_months(today: date) -> list[date]:
    """Return the first day of each of the last months, the newest first."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS:
        months.append(_previous_month(months[-1]))
    return months


def _previous_month(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _start_of_day(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
