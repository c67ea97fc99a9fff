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
from workspaces.models import Feature
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

PAGE_SIZE = 50


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
            endpoint, secret = endpoints.create_endpoint(
                workspace=request.workspace, details=form.details(), by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            context = {"endpoint": endpoint, "secret": secret, "is_new": True}
            return render(request, "integrations/endpoint_secret.html", context)
    return render(request, "integrations/endpoint_form.html", {"form": form})


@member(Can.MANAGE_WEBHOOKS)
def edit(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    endpoint = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    details = EndpointDetails(endpoint.url, endpoint.events, endpoint.description)
    form = EndpointForm(request.POST or None, initial=vars(details))
    if request.method == "POST" and form.is_valid():
        try:
            endpoints.change_endpoint(endpoint=endpoint, details=form.details(), by=request.user)
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("endpoint", endpoint.pk)
    context = {"form": form, "endpoint": endpoint}
    return render(request, "integrations/endpoint_form.html", context)


@member(Can.MANAGE_WEBHOOKS)
def show(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    """Show an endpoint with the log of its deliveries."""
    endpoint = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    context = {
        "endpoint": endpoint,
        "page": newest_first(endpoint.deliveries.all(), request, size=PAGE_SIZE),
        "waiting": _count_waiting(endpoint),
        "zone": workspace_time_zone(request.workspace),
    }
    return render_partial(request, "integrations/endpoint.html", "log", context)


@member(Can.MANAGE_WEBHOOKS)
@never_cache
def rotate(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    endpoint = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    if request.method == "POST":
        secret = endpoints.rotate_secret(endpoint=endpoint, by=request.user)
        context = {"endpoint": endpoint, "secret": secret}
        return render(request, "integrations/endpoint_secret.html", context)
    return render(request, "integrations/endpoint_rotate.html", {"endpoint": endpoint})


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def disable(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    endpoint = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    endpoints.disable_endpoint(endpoint=endpoint, by=request.user)
    messages.success(request, _("Nothing more is sent there until you enable it again."))
    return redirect("endpoint", endpoint.pk)


@member(Can.MANAGE_WEBHOOKS)
def enable(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    endpoint = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    waiting = _count_waiting(endpoint)
    if request.method == "POST":
        skip = "skip" in request.POST
        endpoints.enable_endpoint(endpoint=endpoint, skip=skip, by=request.user)
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
        return redirect("endpoint", endpoint.pk)
    context = {"endpoint": endpoint, "waiting": waiting}
    return render(request, "integrations/endpoint_enable.html", context)


@member(Can.MANAGE_WEBHOOKS)
def remove(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    endpoint = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    if request.method == "POST":
        endpoints.remove_endpoint(endpoint=endpoint, by=request.user)
        messages.success(request, _("%(url)s was removed.") % {"url": endpoint.url})
        return redirect("endpoints")
    return render(request, "integrations/endpoint_remove.html", {"endpoint": endpoint})


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def send_test(request: MemberRequest, webhookendpoint: UUID) -> HttpResponse:
    endpoint = get_object_or_404(request.workspace.endpoints, pk=webhookendpoint)
    test = endpoints.send_test(endpoint=endpoint)
    return redirect("delivery", test.pk)


@member(Can.MANAGE_WEBHOOKS)
def delivery(request: MemberRequest, webhookdelivery: UUID) -> HttpResponse:
    row = get_object_or_404(
        request.workspace.deliveries.select_related("endpoint"), pk=webhookdelivery
    )
    attempts = list(row.attempts.order_by("-pk")[:PAGE_SIZE])
    context = {
        "delivery": row,
        "endpoint": row.endpoint,
        "attempts": attempts,
        "body": delivery_requests.format_body(row),
        "is_under_way": _is_under_way(row),
        "zone": workspace_time_zone(request.workspace),
    }
    return render_partial(request, "integrations/delivery.html", "state", context)


@member(Can.MANAGE_WEBHOOKS)
@require_POST
def replay(request: MemberRequest, webhookdelivery: UUID) -> HttpResponse:
    delivery = get_object_or_404(
        request.workspace.deliveries.select_related("endpoint"), pk=webhookdelivery
    )
    endpoints.replay_delivery(delivery=delivery)
    return redirect("delivery", delivery.pk)


def _is_under_way(delivery: WebhookDelivery) -> bool:
    """Return whether the delivery is sent any moment now, so that the page refreshes itself."""
    endpoint = delivery.endpoint
    is_next = not endpoint.disabled_at and endpoint.next_attempt_at <= timezone.now()
    return delivery.is_waiting and is_next


def _count_waiting(endpoint: WebhookEndpoint) -> int:
    return endpoint.deliveries.filter(status=DeliveryStatus.WAITING).count()
