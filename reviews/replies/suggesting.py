"""Suggested replies, by the assistant, for clinics that have turned it on.

A member asks for one and a worker writes it. Only a text that the gate allows reaches the page,
where the member edits it and sends it like any other reply.
"""

from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from core import tenancy
from messaging.assistant import consent, ledger, review_replies, trouble, waiting
from messaging.assistant.calls import NoAnswerError
from messaging.assistant.ordered_suggestions import Suggestion, SuggestionOrder
from messaging.assistant.provider import Question
from messaging.assistant.review_replies import PublicReview
from messaging.models import AssistantOutcome
from reviews.models import Review
from reviews.replies import gatekeeping
from workspaces.models import User, Workspace

# The first text, and one more if that is not usable or the gate refuses it.
MAX_CALLS = 2


def can_suggest(review: Review) -> bool:
    """Return whether there are words to answer, and the clinic has agreed that they are sent."""
    return bool(review.comment) and consent.is_on_for(review.workspace)


def order_suggestion(*, review: Review, by: User) -> Suggestion:
    """Queue a suggestion, unless one is being written. Return what the page shows meanwhile."""
    args = [str(review.workspace_id), str(review.pk), str(by.pk)]

    def send() -> None:
        # By name, because the tasks import this module. It expires, because the member waits.
        current_app.send_task(
            "reviews.tasks.write_suggestion", args=args, expires=waiting.TASK_EXPIRES
        )

    return _order_of(review.pk, by.pk).place(lambda: transaction.on_commit(send, robust=True))


def find_suggestion(*, review: Review, by: User) -> Suggestion | None:
    return _order_of(review.pk, by.pk).find()


def forget_suggestion(*, review: Review, by: User) -> None:
    _order_of(review.pk, by.pk).forget()


def write_suggestion(*, workspace_id: UUID, review_id: UUID, user_id: UUID) -> None:
    """Ask the provider and keep the text for the member who waits for it. For a worker."""
    with tenancy.within(workspace_id):
        review = _find_review(workspace_id, review_id)
        user = User.objects.filter(workspace_id=workspace_id, pk=user_id, is_active=True).first()
        if review is None or user is None:
            return
        question = review_replies.build_question(_what_is_sent(review))
    finished = _ask(review.workspace, user, question)
    order = _order_of(review_id, user_id)
    order.allow_next()
    with tenancy.within(workspace_id):
        # Unless it was turned off, or the review changed, while the provider was writing.
        found = _find_review(workspace_id, review_id)
        if finished and found and found.comment == review.comment:
            order.keep(finished)
        else:
            order.forget()


def _order_of(review_id: UUID, user_id: UUID) -> SuggestionOrder:
    return SuggestionOrder("reply", review_id, user_id, calls=MAX_CALLS)


def _find_review(workspace_id: UUID, review_id: UUID) -> Review | None:
    reviews = Review.objects.within(workspace_id).select_related("workspace")
    found = reviews.filter(pk=review_id).first()
    return found if found and can_suggest(found) else None


def _what_is_sent(review: Review) -> PublicReview:
    return PublicReview(
        workspace=review.workspace,
        words=review.comment,
        stars=review.stars,
        language=review.language or review.workspace.language,
        reviewer_name=review.reviewer_name,
    )


def _ask(workspace: Workspace, user: User, question: Question) -> Suggestion | None:
    """Return the suggestion or why there is none, in the member's language. None if it is off."""

    def is_allowed(text: str) -> bool:
        with tenancy.within(workspace.pk):
            return gatekeeping.inspect(workspace, text).allowed

    outcome = None
    try:
        for _call in range(MAX_CALLS):
            try:
                text = review_replies.ask_for_reply(
                    workspace, question, is_allowed=is_allowed, requested_by_name=user.name
                )
                return Suggestion(timezone.now().timestamp(), text=text)
            except NoAnswerError as error:
                outcome = error.outcome
                if outcome != AssistantOutcome.UNUSABLE:
                    break
    except ledger.AssistantOffError:
        return None
    with override(user.language or workspace.language):
        return Suggestion(timezone.now().timestamp(), problem=trouble.explain(outcome))
