from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workspaces import entitlements, plans
from workspaces.access import Can, member
from workspaces.announcing import calling, endpoints
from workspaces.announcing.endpoints import Details
from workspaces.forms import EndpointForm
from workspaces.models import Announcement, AnnouncementStatus, Endpoint
from workspaces.pages import newest_first, render_part
from workspaces.plans import Feature
from workspaces.practices import home_zone
from workspaces.problems import ProblemError
from workspaces.requests import MemberRequest

SIZE = 50


@member(Can.MANAGE_WEBHOOKS)
def index(request: MemberRequest) -> HttpResponse:
    context = {
        "endpoints": request.workspace.endpoints.order_by("url"),
        "has_webhooks": entitlements.has(request.workspace, Feature.WEBHOOKS),
        "plan": plans.with_feature(Feature.WEBHOOKS)[0].label,
    }
    return render(request, "workspaces/endpoints.html", context)


@member(Can.MANAGE_WEBHOOKS)
@never_cache
def new(request: MemberRequest) -> HttpResponse:
    entitlements.require(request.workspace, Feature.WEBHOOKS)
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = endpoints.create(
                workspace=request.workspace, details=form.details(), by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            context = {"endpoint": made, "secret": secret, "is_new": True}
            return render(request, "workspaces/endpoint_secret.html", context)
    return render(request, "workspaces/endpoint_form.html", {"form": form})


@member(Can.MANAGE_WEBHOOKS)
def edit(request: MemberRequest, endpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=endpoint)
    said = Details(found.url, found.events, found.description)
    form = EndpointForm(request.POST or None, initial=vars(said))
    if request.method == "POST" and form.is_valid():
        try:
            endpoints.change(endpoint=found, details=form.details(), by=request.user)
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("endpoint", found.pk)
    context = {"form": form, "endpoint": found}
    return render(request, "workspaces/endpoint_form.html", context)


@member(Can.MANAGE_WEBHOOKS)
def show(request: MemberRequest, endpoint: UUID) -> HttpResponse:
    """With the log of what it was told."""
    found = get_object_or_404(request.workspace.endpoints, pk=endpoint)
    context = {
        "endpoint": found,
        "page": newest_first(found.announcements.all(), request, size=SIZE),
        "waiting": _waiting(found),
        "zone": home_zone(request.workspace),
    }
    return render_part(request, "workspaces/endpoint.html", "log", context)


@member(Can.MANAGE_WEBHOOKS)
@never_cache
def rotate(request: MemberRequest, endpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=endpoint)
    if request.method == "POST":
        secret = endpoints.rotate(endpoint=found, by=request.user)
        context = {"endpoint": found, "secret": secret}
        return render(request, "workspaces/endpoint_secret.html", context)
    return render(request, "workspaces/endpoint_rotate.html", {"endpoint": found})


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def disable(request: MemberRequest, endpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=endpoint)
    endpoints.disable(endpoint=found, by=request.user)
    messages.success(request, _("Nothing more is sent there until you enable it again."))
    return redirect("endpoint", found.pk)


@member(Can.MANAGE_WEBHOOKS)
def enable(request: MemberRequest, endpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=endpoint)
    waiting = _waiting(found)
    if request.method == "POST":
        skip = "skip" in request.POST
        endpoints.enable(endpoint=found, skip=skip, by=request.user)
        if skip or not waiting:
            messages.success(request, _("It is enabled. What happens from now on is sent there."))
        else:
            messages.success(
                request,
                ngettext(
                    "It is enabled, and goes on with %(waiting)d event that had waited.",
                    "It is enabled, and goes on with %(waiting)d events that had waited.",
                    waiting,
                )
                % {"waiting": waiting},
            )
        return redirect("endpoint", found.pk)
    context = {"endpoint": found, "waiting": waiting}
    return render(request, "workspaces/endpoint_enable.html", context)


@member(Can.MANAGE_WEBHOOKS)
def remove(request: MemberRequest, endpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=endpoint)
    if request.method == "POST":
        endpoints.remove(endpoint=found, by=request.user)
        messages.success(request, _("%(url)s was removed.") % {"url": found.url})
        return redirect("endpoints")
    return render(request, "workspaces/endpoint_remove.html", {"endpoint": found})


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def send_test(request: MemberRequest, endpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=endpoint)
    test = endpoints.send_test(endpoint=found)
    return redirect("announcement", test.pk)


@member(Can.MANAGE_WEBHOOKS)
def announcement(request: MemberRequest, announcement: UUID) -> HttpResponse:
    found = get_object_or_404(
        request.workspace.announcements.select_related("endpoint"), pk=announcement
    )
    attempts = list(found.attempts.order_by("-pk")[:SIZE])
    context = {
        "announcement": found,
        "endpoint": found.endpoint,
        "attempts": attempts,
        "body": calling.told(found),
        "is_under_way": _is_under_way(found),
        "zone": home_zone(request.workspace),
    }
    return render_part(request, "workspaces/announcement.html", "state", context)


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def replay(request: MemberRequest, announcement: UUID) -> HttpResponse:
    found = get_object_or_404(
        request.workspace.announcements.select_related("endpoint"), pk=announcement
    )
    endpoints.replay(announcement=found)
    return redirect("announcement", found.pk)


def _is_under_way(announcement: Announcement) -> bool:
    """It leaves at any moment, so the page looks again."""
    endpoint = announcement.endpoint
    is_next = not endpoint.disabled_at and endpoint.next_attempt_at <= timezone.now()
    return announcement.is_waiting and is_next


def _waiting(endpoint: Endpoint) -> int:
    return endpoint.announcements.filter(status=AnnouncementStatus.WAITING).count()
