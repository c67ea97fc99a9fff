from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Avg, Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import ProblemError
from insights.models import Desk, DeskRating, Report
from insights.sharing import actions, pictures
from messaging import quotes, ratings
from messaging.models import Message, Quote
from workspaces import entitlements
from workspaces.access import Can, member
from workspaces.models import Practice
from workspaces.plans import Feature
from workspaces.requests import MemberRequest

SHOWN = 50


@member(Can.MANAGE_SHARING)
def index(request: MemberRequest) -> HttpResponse:
    reports = Report.objects.within(request.workspace).filter(revoked_at=None)
    report_by_practice = {report.practice_id: report for report in reports}
    desk_ratings = {
        row["desk__practice"]: row
        for row in DeskRating.objects.within(request.workspace)
        .values("desk__practice")
        .annotate(many=Count("pk"), average=Avg("rating"))
    }
    context = {
        "practices": [
            (
                practice,
                report_by_practice.get(practice.pk),
                desk_ratings.get(practice.pk),
                _embed_code(report_by_practice.get(practice.pk), practice),
            )
            for practice in request.workspace.practices.order_by("name")
        ],
        "site": settings.SITE_URL,
        "may_publish": entitlements.has_feature(request.workspace, Feature.PUBLIC_REPORTS),
        "quotes": _quotes(request).filter(withdrawn_at=None)[:SHOWN],
        "withdrawn": _withdrawn(request),
        "quotable": [
            (message, quotes.fingerprint_words(message.comment))
            for message in _quotable(request).filter(quote=None)[:SHOWN]
        ],
        "said": DeskRating.objects.within(request.workspace)
        .exclude(comment="")
        .select_related("desk__practice")
        .order_by("-pk")[:SHOWN],
    }
    return render(request, "insights/sharing/sharing.html", context)


@member(Can.MANAGE_SHARING)
@require_POST
def publish(request: MemberRequest, practice: UUID) -> HttpResponse:
    actions.publish_report(practice=_practice(request, practice), by=request.user)
    messages.success(request, _("The report is public now, for whoever has its address."))
    return redirect("sharing")


@member(Can.MANAGE_SHARING)
@require_POST
def revoke(request: MemberRequest, report: UUID) -> HttpResponse:
    public = Report.objects.within(request.workspace).filter(revoked_at=None)
    to_revoke = get_object_or_404(public.select_related("practice"), pk=report)
    actions.revoke_report(report=to_revoke, by=request.user)
    messages.success(request, _("The report is closed: its address leads nowhere any more."))
    return redirect("sharing")


@member(Can.MANAGE_SHARING)
@require_POST
def choose(request: MemberRequest, message: UUID) -> HttpResponse:
    quoted = get_object_or_404(_quotable(request), pk=message)
    try:
        actions.publish_quote(message=quoted, shown=request.POST.get("shown", ""), by=request.user)
    except ProblemError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("These words are in the public report now."))
    return redirect("sharing")


@member(Can.MANAGE_SHARING)
@require_POST
def withdraw(request: MemberRequest, quote: UUID) -> HttpResponse:
    actions.withdraw_quote(quote=get_object_or_404(_quotes(request), pk=quote), by=request.user)
    messages.success(request, _("These words are not shown any more."))
    return redirect("sharing")


@member(Can.MANAGE_SHARING)
def qr(request: MemberRequest, practice: UUID) -> HttpResponse:
    found = _practice(request, practice)
    picture = HttpResponse(
        pictures.render_qr_code(_star_page_url(found)), content_type="image/svg+xml"
    )
    name = slugify(found.name) or "qr"
    picture["Content-Disposition"] = f'inline; filename="{name}.svg"'
    return picture


@member(Can.MANAGE_SHARING)
def poster(request: MemberRequest, practice: UUID) -> HttpResponse:
    """A page with the QR code to print."""
    found = _practice(request, practice)
    context = {"practice": found, "address": _star_page_url(found)}
    return render(request, "insights/sharing/poster.html", context)


def _practice(request: MemberRequest, key: UUID) -> Practice:
    return get_object_or_404(request.workspace.practices, pk=key)


def _star_page_url(practice: Practice) -> str:
    desk: Desk = actions.get_or_create_desk(practice=practice)
    return settings.SITE_URL + reverse("desk", args=[desk.token])


def _embed_code(report: Report | None, practice: Practice) -> str:
    """Return the HTML of the badge, to be copied into the web site of the clinic."""
    if report is None:
        return ""
    return format_html(
        '<a href="{}"><img src="{}" alt="{}" width="220" height="64"></a>',
        settings.SITE_URL + reverse("public_report", args=[report.token]),
        settings.SITE_URL + reverse("badge", args=[report.token]),
        practice.name,
    )


def _quotable(request: MemberRequest) -> QuerySet[Message]:
    """Return messages of happy patients who allowed a quote that is not in the report yet."""
    return (
        Message.objects.within(request.workspace)
        .filter(Q(quote=None) | Q(quote__withdrawn_at__isnull=False))
        .filter(
            quotable_at__isnull=False,
            rating__gte=ratings.HAPPY_FROM,
            patient__data_deleted_at=None,
        )
        .exclude(comment="")
        .select_related("campaign__practice")
        .order_by("-quotable_at")
    )


def _quotes(request: MemberRequest) -> QuerySet[Quote]:
    return (
        Quote.objects.within(request.workspace)
        .filter(message__patient__data_deleted_at=None)
        .select_related("message__campaign__practice")
        .order_by("-pk")
    )


def _withdrawn(request: MemberRequest) -> list[tuple[Quote, Message | None, str]]:
    """Return withdrawn quotes, with the message if its current words may be published again.

    The third value is the fingerprint of these words.
    """
    withdrawn = list(_quotes(request).filter(withdrawn_at__isnull=False)[:SHOWN])
    allowed = _quotable(request).in_bulk([quote.message_id for quote in withdrawn])
    pairs = [(quote, allowed.get(quote.message_id)) for quote in withdrawn]
    return [
        (quote, message, quotes.fingerprint_words(message.comment) if message else "")
        for quote, message in pairs
    ]
