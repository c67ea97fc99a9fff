from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import ProblemError
from messaging.assistant import consent, ledger, provider, suggestions
from messaging.assistant.forms import TurnOnForm
from messaging.models import AssistantCall, Conversation
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

NEWEST_CALLS = 30


@member(Can.MANAGE_PRIVACY)
def show(request: MemberRequest) -> HttpResponse:
    return _render(request)


@member(Can.MANAGE_PRIVACY)
@require_POST
def turn_on(request: MemberRequest) -> HttpResponse:
    was_on = consent.is_on_for(request.workspace)
    form = TurnOnForm(request.POST, is_on=was_on)
    if form.is_valid():
        try:
            consent.turn_on(
                workspace=request.workspace,
                budget_usd=form.cleaned_data["budget"],
                by=request.user,
                recipient=request.POST.get("recipient", ""),
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            saved, turned_on = _("Your changes are saved."), _("The assistant is on.")
            messages.success(request, saved if was_on else turned_on)
            return redirect("assistant")
    return _render(request, form=form)


@member(Can.MANAGE_PRIVACY)
@require_POST
def turn_off(request: MemberRequest) -> HttpResponse:
    consent.turn_off(workspace=request.workspace, by=request.user)
    messages.success(request, _("The assistant is off: nothing is sent any more."))
    return redirect("assistant")


@member(Can.ANSWER_PATIENTS)
@require_POST
def order(request: MemberRequest, conversation: UUID) -> HttpResponse:
    """Ask for a suggestion. Without JavaScript the page is loaded again to see it."""
    found = _find_conversation(request, conversation)
    if consent.is_on_for(request.workspace):
        suggestions.order_suggestion(conversation=found, by=request.user)
    if request.htmx:
        return _render_suggestion(request, found)
    return redirect("inbox_conversation", found.pk)


@member(Can.ANSWER_PATIENTS)
def suggestion(request: MemberRequest, conversation: UUID) -> HttpResponse:
    return _render_suggestion(request, _find_conversation(request, conversation))


def _find_conversation(request: MemberRequest, conversation: UUID) -> Conversation:
    visible = Conversation.objects.within(request.workspace).visible_to(request.user)
    return get_object_or_404(visible, pk=conversation)


def _render_suggestion(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    context = {
        "conversation": conversation,
        "assistant_is_on": consent.is_on_for(request.workspace),
        "suggestion": suggestions.find_suggestion(conversation=conversation, by=request.user),
    }
    return render(request, "messaging/assistant/suggestion.html", context)


def _render(request: MemberRequest, *, form: TurnOnForm | None = None) -> HttpResponse:
    chosen = consent.settings_of(request.workspace)
    is_on = consent.is_on(chosen)
    budget = Decimal(consent.monthly_limit(chosen)) / consent.MICRO or consent.usual_budget()
    context: dict[str, Any] = {
        "chosen": chosen,
        "is_configured": provider.is_configured(),
        "is_on": is_on,
        # The installation has another provider or model than the owner agreed to.
        "is_outdated": chosen.enabled_at is not None and not is_on,
        "recipient": provider.recipient_name(),
        "agreed_recipient": provider.recipient(),
        "model": settings.AI_MODEL,
        "obstacle": consent.find_obstacle(request.workspace),
        "form": form or TurnOnForm(initial={"budget": budget}, is_on=is_on),
        "limit": consent.monthly_limit(chosen),
        "spent": ledger.spent_this_month(request.workspace),
        "sums": ledger.sums_by_feature(request.workspace),
        "calls": AssistantCall.objects.within(request.workspace).order_by("-pk")[:NEWEST_CALLS],
        "zone": workspace_time_zone(request.workspace),
    }
    return render(request, "messaging/assistant/assistant.html", context)
