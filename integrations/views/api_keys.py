"""The pages of API keys: list, create and revoke."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.api.scopes import all_scopes, describe_scopes
from core.errors import ProblemError
from integrations import api_keys
from integrations.forms.api_keys import KeyForm
from integrations.models import ApiKey
from workspaces import entitlements, plans
from workspaces.access import Can, member
from workspaces.models import Feature
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

MAX_SHOWN = 100


@member(Can.MANAGE_KEYS)
def index(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    keys = request.workspace.api_keys.select_related("made_by").order_by("-pk")[:MAX_SHOWN]
    context = {
        "rows": [(key, _key_state(key, now), _describe_scopes(key)) for key in keys],
        "has_api": entitlements.has_feature(request.workspace, Feature.API),
        "plan": plans.plans_with_feature(Feature.API)[0].label,
        "zone": workspace_time_zone(request.workspace),
    }
    return render(request, "integrations/keys.html", context)


@member(Can.MANAGE_KEYS)
@never_cache
def new(request: MemberRequest) -> HttpResponse:
    """Create a key. Its token is in this one answer and nowhere else."""
    zone = workspace_time_zone(request.workspace)
    form = KeyForm(request.POST or None, zone=zone)
    if request.method == "POST" and form.is_valid():
        try:
            key, token = api_keys.create_api_key(
                workspace=request.workspace, details=form.details(), by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            context = {"key": key, "token": token}
            return render(request, "integrations/key_made.html", context)
    return render(request, "integrations/key_form.html", {"form": form})


@member(Can.MANAGE_KEYS)
def revoke(request: MemberRequest, apikey: UUID) -> HttpResponse:
    key = get_object_or_404(request.workspace.api_keys, pk=apikey)
    if request.method == "POST":
        api_keys.revoke_api_key(key=key, by=request.user)
        messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key.name})
        return redirect("keys")
    return render(request, "integrations/key_revoke.html", {"key": key})


def _describe_scopes(key: ApiKey) -> str:
    return _("Everything") if len(key.scopes) == len(all_scopes()) else describe_scopes(key.scopes)


def _key_state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at:
        return "revoked"
    if key.is_over(now):
        return "expired"
    return "orphaned" if api_keys.is_orphaned(key) else "alive"
