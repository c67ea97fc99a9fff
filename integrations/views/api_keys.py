"""Keys for programs: which there are, a new one shown this once, and none any more."""

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
from workspaces.plans import Feature
from workspaces.practices import home_zone
from workspaces.requests import MemberRequest

SHOWN = 100


@member(Can.MANAGE_KEYS)
def index(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    listed = request.workspace.api_keys.select_related("made_by").order_by("-pk")[:SHOWN]
    context = {
        "rows": [(key, _state(key, now), _may(key)) for key in listed],
        "has_api": entitlements.has_feature(request.workspace, Feature.API),
        "plan": plans.plans_with_feature(Feature.API)[0].label,
        "zone": home_zone(request.workspace),
    }
    return render(request, "integrations/keys.html", context)


@member(Can.MANAGE_KEYS)
@never_cache
def new(request: MemberRequest) -> HttpResponse:
    """What the key is stands in this one answer, and nowhere else."""
    zone = home_zone(request.workspace)
    form = KeyForm(request.POST or None, zone=zone)
    if request.method == "POST" and form.is_valid():
        try:
            key, words = api_keys.create_api_key(
                workspace=request.workspace, wish=form.wish(), by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            context = {"key": key, "words": words}
            return render(request, "integrations/key_made.html", context)
    return render(request, "integrations/key_form.html", {"form": form})


@member(Can.MANAGE_KEYS)
def revoke(request: MemberRequest, apikey: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.api_keys, pk=apikey)
    if request.method == "POST":
        api_keys.revoke_api_key(key=found, by=request.user)
        messages.success(request, _("The key “%(name)s” is revoked.") % {"name": found.name})
        return redirect("keys")
    return render(request, "integrations/key_revoke.html", {"key": found})


def _may(key: ApiKey) -> str:
    return _("Everything") if len(key.scopes) == len(all_scopes()) else describe_scopes(key.scopes)


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at:
        return "revoked"
    if key.is_over(now):
        return "expired"
    return "orphaned" if api_keys.is_orphaned(key) else "alive"
