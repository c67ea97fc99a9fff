from typing import NamedTuple, TypedDict
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Avg, Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import ProblemError
from insights.models import Desk, DeskRating, Report
from insights.sharing import actions, badges, qr_codes
from insights.sharing.badges import BadgeSize, BadgeStyle, BadgeTheme
from insights.sharing.forms import ReportForm
from messaging import quotes, ratings
from messaging.models import Message, Quote
from messaging.patient_texts.pages import page_texts
from workspaces import entitlements
from workspaces.access import Can, member
from workspaces.branding import brands
from workspaces.models import Feature, Language, Practice
from workspaces.requests import MemberRequest

MAX_SHOWN = 50
A4, CARDS = "a4", "cards"
POSTER_SIZES = [(A4, gettext_lazy("One poster (A4)")), (CARDS, gettext_lazy("Four cards (A6)"))]
POSTERS_ON_A_SHEET = {A4: 1, CARDS: 4}


class DeskRatings(TypedDict):
    """How many patients of a practice gave stars at reception, and their average."""

    many: int
    average: float


class SharedPractice(NamedTuple):
    """What a practice shows in public. The template unpacks it in this order."""

    practice: Practice
    report: Report | None
    desk_ratings: DeskRatings | None


class BadgeChoice(NamedTuple):
    """A badge in one size, with the code that shows it on a web site."""

    style: BadgeStyle
    code: str


class WithdrawnQuote(NamedTuple):
    """A quote that is hidden, and the message if its words of today may be shown again."""

    quote: Quote
    message: Message | None
    fingerprint: str


@member(Can.MANAGE_SHARING)
def index(request: MemberRequest) -> HttpResponse:
    desk_comments = DeskRating.objects.within(request.workspace).exclude(comment="")
    context = {
        "practices": _shared_practices(request),
        "site": settings.SITE_URL,
        "may_publish": entitlements.has_feature(request.workspace, Feature.PUBLIC_REPORTS),
        "quotes": _quotes_in_workspace(request).filter(withdrawn_at=None)[:MAX_SHOWN],
        "withdrawn": _withdrawn_quotes(request),
        "quotable": [
            (message, quotes.fingerprint_words(message.comment))
            for message in _quotable_messages(request).filter(quote=None)[:MAX_SHOWN]
        ],
        "said": desk_comments.select_related("desk__practice").order_by("-pk")[:MAX_SHOWN],
    }
    return render(request, "insights/sharing/sharing.html", context)


@member(Can.MANAGE_SHARING)
@require_POST
def publish(request: MemberRequest, practice: UUID) -> HttpResponse:
    actions.publish_report(practice=_get_practice(request, practice), by=request.user)
    messages.success(request, _("The report is public now, for whoever has its address."))
    return redirect("sharing")


@member(Can.MANAGE_SHARING)
def edit(request: MemberRequest, report: UUID) -> HttpResponse:
    found = _get_report(request, report)
    form = ReportForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        actions.change_report(report=found, **form.details(), by=request.user)
        messages.success(request, _("Your changes are saved."))
        return redirect("sharing")
    return render(request, "insights/sharing/report_form.html", {"form": form, "report": found})


@member(Can.MANAGE_SHARING)
def badge_chooser(request: MemberRequest, report: UUID) -> HttpResponse:
    """Show the badge in each size, for one kind of page, with the code to copy."""
    found = _get_report(request, report)
    chosen = badges.parse_style("", request.GET.get("theme", "")).theme
    styles = [BadgeStyle(size, chosen) for size in BadgeSize]
    context = {
        "report": found,
        "themes": list(BadgeTheme),
        "chosen": chosen,
        "choices": [
            BadgeChoice(style, badges.embed_code(found, found.practice, style)) for style in styles
        ],
    }
    return render(request, "insights/sharing/badge_chooser.html", context)


@member(Can.MANAGE_SHARING)
@require_POST
def revoke(request: MemberRequest, report: UUID) -> HttpResponse:
    actions.revoke_report(report=_get_report(request, report), by=request.user)
    messages.success(request, _("The report is closed: its address leads nowhere any more."))
    return redirect("sharing")


@member(Can.MANAGE_SHARING)
@require_POST
def choose(request: MemberRequest, message: UUID) -> HttpResponse:
    quoted = get_object_or_404(_quotable_messages(request), pk=message)
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
    actions.withdraw_quote(
        quote=get_object_or_404(_quotes_in_workspace(request), pk=quote), by=request.user
    )
    messages.success(request, _("These words are not shown any more."))
    return redirect("sharing")


@member(Can.MANAGE_SHARING)
def qr(request: MemberRequest, practice: UUID) -> HttpResponse:
    found = _get_practice(request, practice)
    picture = HttpResponse(
        qr_codes.render_qr_code(_star_page_url(found)), content_type="image/svg+xml"
    )
    name = slugify(found.name) or "qr"
    picture["Content-Disposition"] = f'inline; filename="{name}.svg"'
    return picture


@member(Can.MANAGE_SHARING)
def poster(request: MemberRequest, practice: UUID) -> HttpResponse:
    """A page with the QR code to print: one large poster, or four cards to cut out."""
    found = _get_practice(request, practice)
    asked, size = request.GET.get("language", ""), request.GET.get("size", "")
    language = asked if asked in Language.values else request.workspace.language
    context = {
        "practice": found,
        "address": _star_page_url(found),
        "brand": brands.find_brand(request.workspace.pk),
        "words": page_texts(language),
        "language": language,
        "languages": Language.choices,
        "sizes": POSTER_SIZES,
        "size": size if size in POSTERS_ON_A_SHEET else A4,
        "posters": range(POSTERS_ON_A_SHEET.get(size, 1)),
    }
    return render(request, "insights/sharing/poster.html", context)


def _shared_practices(request: MemberRequest) -> list[SharedPractice]:
    reports = {
        report.practice_id: report
        for report in Report.objects.within(request.workspace).filter(revoked_at=None)
    }
    desk_ratings = _desk_ratings_by_practice(request)
    return [
        SharedPractice(practice, reports.get(practice.pk), desk_ratings.get(practice.pk))
        for practice in request.workspace.practices.order_by("name")
    ]


def _desk_ratings_by_practice(request: MemberRequest) -> dict[UUID, DeskRatings]:
    rows = DeskRating.objects.within(request.workspace).values("desk__practice")
    return {
        row["desk__practice"]: {"many": row["many"], "average": row["average"]}
        for row in rows.annotate(many=Count("pk"), average=Avg("rating"))
    }


def _get_practice(request: MemberRequest, key: UUID) -> Practice:
    return get_object_or_404(request.workspace.practices, pk=key)


def _get_report(request: MemberRequest, key: UUID) -> Report:
    public = Report.objects.within(request.workspace).filter(revoked_at=None)
    return get_object_or_404(public.select_related("practice__workspace"), pk=key)


def _star_page_url(practice: Practice) -> str:
    desk: Desk = actions.get_or_create_desk(practice=practice)
    return settings.SITE_URL + reverse("desk", args=[desk.token])


def _quotable_messages(request: MemberRequest) -> QuerySet[Message]:
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


def _quotes_in_workspace(request: MemberRequest) -> QuerySet[Quote]:
    """Return the quotes of patients whose data were not erased, withdrawn ones included."""
    return (
        Quote.objects.within(request.workspace)
        .filter(message__patient__data_deleted_at=None)
        .select_related("message__campaign__practice")
        .order_by("-pk")
    )


def _withdrawn_quotes(request: MemberRequest) -> list[WithdrawnQuote]:
    """Return the hidden quotes. The form sends the fingerprint of the words that were on screen.

    So nobody publishes words that the patient has changed in the meantime.
    """
    withdrawn = list(_quotes_in_workspace(request).filter(withdrawn_at__isnull=False)[:MAX_SHOWN])
    allowed = _quotable_messages(request).in_bulk([quote.message_id for quote in withdrawn])
    rows = []
    for quote in withdrawn:
        message = allowed.get(quote.message_id)
        fingerprint = quotes.fingerprint_words(message.comment) if message else ""
        rows.append(WithdrawnQuote(quote, message, fingerprint))
    return rows
