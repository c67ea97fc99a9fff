from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import ProblemError
from core.paging import newest_first, render_partial
from integrations.forms.webhooks import EndpointForm
from integrations.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint
from integrations.webhooks import delivery_requests, endpoints
from integrations.webhooks.endpoints import EndpointDetails
from workspaces import entitlements, plans
from workspaces.access import Can, member
from workspaces.plans import Feature
from workspaces.practices import home_zone
from workspaces.requests import MemberRequest

SIZE = 50


@member(Can.MANAGE_WEBHOOKS)
def index(request: MemberRequest) -> HttpResponse:
    context = {
        "endpoints": request.workspace.endpoints.order_by("url"),
        "has_webhooks": entitlements.has_feature(request.workspace, Feature.WEBHOOKS),
        "plan": plans.plans_with_feature(Feature.WEBHOOKS)[0].label,
    }
    return render(request, "integrations/endpoints.html", context)


@member(Can.MANAGE_WEBHOOKS)
@never_cache
def new(request: MemberRequest) -> HttpResponse:
    entitlements.require_feature(request.workspace, Feature.WEBHOOKS)
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = endpoints.create_endpoint(
                workspace=request.workspace, details=form.details(), by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            context = {"endpoint": made, "secret": secret, "is_new": True}
            return render(request, "integrations/endpoint_secret.html", context)
    return render(request, "integrations/endpoint_form.html", {"form": form})


@member(Can.MANAGE_WEBHOOKS)
def edit(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    said = EndpointDetails(found.url, found.events, found.description)
    form = EndpointForm(request.POST or None, initial=vars(said))
    if request.method == "POST" and form.is_valid():
        try:
            endpoints.change_endpoint(endpoint=found, details=form.details(), by=request.user)
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("endpoint", found.pk)
    context = {"form": form, "endpoint": found}
    return render(request, "integrations/endpoint_form.html", context)


@member(Can.MANAGE_WEBHOOKS)
def show(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    """With the log of what it was told."""
    found = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    context = {
        "endpoint": found,
        "page": newest_first(found.deliveries.all(), request, size=SIZE),
        "waiting": _waiting(found),
        "zone": home_zone(request.workspace),
    }
    return render_partial(request, "integrations/endpoint.html", "log", context)


@member(Can.MANAGE_WEBHOOKS)
@never_cache
def rotate(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    if request.method == "POST":
        secret = endpoints.rotate_secret(endpoint=found, by=request.user)
        context = {"endpoint": found, "secret": secret}
        return render(request, "integrations/endpoint_secret.html", context)
    return render(request, "integrations/endpoint_rotate.html", {"endpoint": found})


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def disable(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    endpoints.disable_endpoint(endpoint=found, by=request.user)
    messages.success(request, _("Nothing more is sent there until you enable it again."))
    return redirect("endpoint", found.pk)


@member(Can.MANAGE_WEBHOOKS)
def enable(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    waiting = _waiting(found)
    if request.method == "POST":
        skip = "skip" in request.POST
        endpoints.enable_endpoint(endpoint=found, skip=skip, by=request.user)
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
    return render(request, "integrations/endpoint_enable.html", context)


@member(Can.MANAGE_WEBHOOKS)
def remove(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    if request.method == "POST":
        endpoints.remove_endpoint(endpoint=found, by=request.user)
        messages.success(request, _("%(url)s was removed.") % {"url": found.url})
        return redirect("endpoints")
    return render(request, "integrations/endpoint_remove.html", {"endpoint": found})


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def send_test(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    test = endpoints.send_test(endpoint=found)
    return redirect("delivery", test.pk)


@member(Can.MANAGE_WEBHOOKS)
def delivery(request: MemberRequest, webhookdelivery: UUID) -> HttpResponse:
    found = get_object_or_404(
        request.workspace.deliveries.select_related("endpoint"), pk=webhookdelivery
    )
    attempts = list(found.attempts.order_by("-pk")[:SIZE])
    context = {
        "delivery": found,
        "endpoint": found.endpoint,
        "attempts": attempts,
        "body": delivery_requests.told(found),
        "is_under_way": _is_under_way(found),
        "zone": home_zone(request.workspace),
    }
    return render_partial(request, "integrations/delivery.html", "state", context)


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def replay(request: MemberRequest, webhookdelivery: UUID) -> HttpResponse:
    found = get_object_or_404(
        request.workspace.deliveries.select_related("endpoint"), pk=webhookdelivery
    )
    endpoints.replay_delivery(delivery=found)
    return redirect("delivery", found.pk)


def _is_under_way(delivery: WebhookDelivery) -> bool:
    """It leaves at any moment, so the page looks again."""
    endpoint = delivery.endpoint
    is_next = not endpoint.disabled_at and endpoint.next_attempt_at <= timezone.now()
    return delivery.is_waiting and is_next


def _waiting(endpoint: WebhookEndpoint) -> int:
    return endpoint.deliveries.filter(status=DeliveryStatus.WAITING).count()
