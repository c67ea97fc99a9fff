"""The page of a review, with the reply to it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import ProblemError, RoleTooWeak
from reviews.attribution.shown import find_guesses
from reviews.canned_replies import Occasion
from reviews.listing.views import reply_of, visible
from reviews.models import ReplyStatus, Review
from reviews.replies import actions, canned, gatekeeping, suggesting
from reviews.replies.actions import EditedMeanwhileError
from reviews.replies.forms import ReplyForm, VersionForm
from reviews.replies.gatekeeping import GateRefusalError, mark_findings
from reviews.replies.sendable import may_send, why_not_answerable
from reviews.replies.wording import ReplyFacts
from workspaces.access import Can, may, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

# What the buttons of the form do, and what is said afterwards.
ACTS: dict[str, actions.Write] = {
    "draft": actions.save_draft,
    "submit": actions.submit_for_approval,
    "send": actions.send,
}


@member(Can.SEE_REVIEWS)
def detail(request: MemberRequest, review: UUID) -> HttpResponse:
    shown = _find(request, review)
    occasion = request.GET.get("canned", "")
    text = canned.text_for(shown, occasion) if occasion in Occasion.values else None
    return _render(request, shown, ReplyForm.for_review(shown, reply_of(shown), text=text))


@member(Can.REPLY_TO_REVIEWS)
@require_POST
def write(request: MemberRequest, review: UUID) -> HttpResponse:
    """Save, submit or send what was typed. What is refused stays in the form."""
    shown = _find(request, review)
    act = request.POST.get("act", "draft")
    form = ReplyForm(request.POST)
    if act not in ACTS or not form.is_valid():
        return _render(request, shown, form)
    try:
        ACTS[act](
            review=shown,
            text=form.cleaned_data["text"],
            seen_version=form.cleaned_data["version"],
            by=request.user,
        )
    except GateRefusalError as refusal:
        return _render(request, shown, form, refusal=refusal)
    except EditedMeanwhileError as problem:
        return _render_conflict(request, review, form, problem)
    except ProblemError as problem:
        form.add_error("text", problem.message)
        return _render(request, shown, form)
    suggesting.forget_suggestion(review=shown, by=request.user)
    messages.success(request, _success_of(act))
    return redirect("review", shown.pk)


@member(Can.REPLY_TO_REVIEWS)
@require_POST
def check(request: MemberRequest, review: UUID) -> HttpResponse:
    """What the gate says of a text while somebody writes it."""
    _find(request, review)
    form = ReplyForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    result = gatekeeping.inspect(request.workspace, text)
    context = {"result": result, "parts": list(mark_findings(text, result)), "text": text.strip()}
    return render(request, "reviews/replies/gate.html", context)


@member(Can.REPLY_TO_REVIEWS)
@require_POST
def suggest(request: MemberRequest, review: UUID) -> HttpResponse:
    """Ask for a suggestion. Without JavaScript the page is loaded again to see it."""
    shown = _find(request, review)
    if suggesting.can_suggest(shown):
        suggesting.order_suggestion(review=shown, by=request.user)
    if request.htmx:
        return _render_suggestion(request, shown)
    return redirect("review", shown.pk)


@member(Can.REPLY_TO_REVIEWS)
def suggestion(request: MemberRequest, review: UUID) -> HttpResponse:
    return _render_suggestion(request, _find(request, review))


def _render_suggestion(request: MemberRequest, review: Review) -> HttpResponse:
    context = {"review": review, **_about_suggestion(request, review)}
    return render(request, "reviews/replies/suggestion.html", context)


def _about_suggestion(request: MemberRequest, review: Review) -> dict[str, Any]:
    if not suggesting.can_suggest(review):
        return {"can_suggest": False}
    found = suggesting.find_suggestion(review=review, by=request.user)
    return {"can_suggest": True, "suggestion": found}


@member(Can.APPROVE_REPLIES)
@require_POST
def approve(request: MemberRequest, review: UUID) -> HttpResponse:
    shown = _find(request, review)
    form = VersionForm(request.POST)
    reply = reply_of(shown)
    if not form.is_valid() or reply is None:
        return redirect("review", shown.pk)
    try:
        actions.approve(review=shown, seen_version=form.cleaned_data["version"], by=request.user)
    except GateRefusalError as refusal:
        unsent = ReplyForm({"text": reply.text, "version": reply.version})
        return _render(request, shown, unsent, refusal=refusal)
    except ProblemError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _success_of("send"))
    return redirect("review", shown.pk)


@member(Can.OVERRIDE_GATE)
def override(request: MemberRequest, review: UUID) -> HttpResponse:
    """Show what the gate found once more, and send the reply only if the owner confirms it."""
    shown = _find(request, review)
    form = ReplyForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return redirect("review", shown.pk)
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]
    result = gatekeeping.inspect(request.workspace, text)
    seen = gatekeeping.fingerprint(text, result)
    if request.POST.get("confirmed") == seen:
        try:
            actions.override_gate(review=shown, text=text, seen_version=version, by=request.user)
        except EditedMeanwhileError as problem:
            return _render_conflict(request, review, form, problem)
        except ProblemError as problem:
            form.add_error("text", problem.message)
            return _render(request, shown, form)
        messages.success(request, _success_of("send"))
        return redirect("review", shown.pk)
    context = {
        "review": shown,
        "form": form,
        "seen": seen,
        "result": result,
        "parts": list(mark_findings(text, result)),
    }
    return render(request, "reviews/replies/override.html", context)


@member(Can.REPLY_TO_REVIEWS)
def delete(request: MemberRequest, review: UUID) -> HttpResponse:
    shown = _find(request, review)
    reply = reply_of(shown)
    form = VersionForm(request.POST or None, initial={"version": reply.version if reply else 0})
    if not actions.may_delete(shown, reply, by=request.user):
        raise RoleTooWeak(Can.APPROVE_REPLIES)
    is_at_google = actions.is_to_delete_at_google(shown, reply)
    if request.method == "POST" and form.is_valid():
        try:
            actions.delete_reply(
                review=shown, seen_version=form.cleaned_data["version"], by=request.user
            )
        except ProblemError as problem:
            messages.error(request, problem.message)
        else:
            done = _("Google is being told.") if is_at_google else _("The draft is discarded.")
            messages.success(request, done)
        return redirect("review", shown.pk)
    context = {"review": shown, "reply": reply, "form": form, "is_at_google": is_at_google}
    return render(request, "reviews/replies/delete.html", context)


def _find(request: MemberRequest, review: UUID) -> Review:
    return get_object_or_404(visible(request), pk=review)


def _success_of(act: str) -> str:
    return {
        "draft": _("The draft is saved. Nobody else has been told."),
        "submit": _("An owner is asked to approve it."),
        "send": _("It is being sent to Google."),
    }[act]


def _render_conflict(
    request: MemberRequest, review: UUID, form: ReplyForm, problem: ProblemError
) -> HttpResponse:
    """Show the text of the other person beside what was typed."""
    shown = _find(request, review)
    reply = reply_of(shown)
    form.add_error(None, problem.message)
    form.accept_changes_of_others(reply)
    return _render(request, shown, form, text_of_other=reply.text if reply else "")


def _render(
    request: MemberRequest,
    review: Review,
    form: ReplyForm,
    *,
    refusal: GateRefusalError | None = None,
    text_of_other: str = "",
) -> HttpResponse:
    reply, user = reply_of(review), request.user
    is_waiting = bool(reply and reply.status == ReplyStatus.AWAITING_APPROVAL)
    is_being_deleted = bool(reply and reply.status == ReplyStatus.DELETING)
    can_write = not review.vanished_at and not is_being_deleted
    context: dict[str, Any] = {
        "review": review,
        "guesses": find_guesses([review], user=user),
        "reply": reply,
        "facts": ReplyFacts(review, reply),
        "form": form,
        "zone": workspace_time_zone(request.workspace),
        "why_not": why_not_answerable(review),
        "can_write": can_write,
        # What was typed and refused is shown even where it cannot be sent, so that it is not lost.
        "is_form_shown": may(user, Can.REPLY_TO_REVIEWS) and (can_write or form.is_bound),
        "can_delete": bool(reply or review.published_reply)
        and not is_being_deleted
        and actions.may_delete(review, reply, by=user),
        "may_send": may_send(user, request.workspace),
        "can_approve": is_waiting and may(user, Can.APPROVE_REPLIES),
        "canned": canned.list_for(review),
        "text_of_other": text_of_other,
        **_about_suggestion(request, review),
    }
    if refusal:
        # The focus goes to the field, and the marked words are beside it.
        form.add_error("text", refusal.message)
        context |= {
            "result": refusal.result,
            "parts": list(mark_findings(refusal.text, refusal.result)),
            "text": refusal.text,
        }
    return render(request, "reviews/replies/review.html", context)
