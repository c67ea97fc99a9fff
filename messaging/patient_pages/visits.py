"""What a patient's link leads to, and what may be done from there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from core import tenancy
from messaging import doubtful_opt_outs, opt_outs, quotes, ratings, replies
from messaging.inbox import conversations
from messaging.models import Feedback, Message, QuoteWithdrawal
from messaging.patient_pages.tokens import may_be_token
from patients.models import Patient, SuppressionReason
from templates_app.models import MessageType
from workspaces.models import ReviewInvites

LINKS_LAST = timedelta(days=60)


@dataclass(frozen=True)
class PatientVisit:
    """What its page may show: nothing here says who the patient is."""

    language: str
    practice: str
    rating: int | None
    has_feedback: bool
    has_words: bool
    may_be_quoted: bool
    has_stopped: bool
    review_url: str
    invites_everyone: bool
    may_change: bool

    @property
    def is_happy(self) -> bool:
        return self.rating is not None and ratings.is_happy(self.rating)

    @property
    def may_review(self) -> bool:
        """To invite only the happy ones is against Google's rules, and so not the default."""
        return bool(self.review_url) and (self.is_happy or self.invites_everyone)


def find(token: str) -> PatientVisit | None:
    """Nothing for a guess, for an old link, for an erased person and for one never asked."""
    return _find(token, asked_after=timezone.now() - LINKS_LAST)


def find_to_stop(token: str) -> PatientVisit | None:
    """The same, but the way out works for as long as there is an address to suppress."""
    return _find(token)


def _find(token: str, *, asked_after: datetime | None = None) -> PatientVisit | None:
    if not may_be_token(token):
        return None
    with tenancy.platform("patient page"):
        patient = _patient(token, asked_after)
        ask = _ask(patient) if patient else None
        if patient is None or ask is None:
            return None
        practice = patient.campaign.practice
        return PatientVisit(
            language=patient.language,
            practice=practice.name,
            rating=ask.rating,
            has_feedback=Feedback.objects.filter(message=ask).exclude(comment="").exists(),
            has_words=bool(ask.comment),
            may_be_quoted=ask.quotable_at is not None,
            has_stopped=patient.opted_out_at is not None,
            review_url=practice.review_url,
            invites_everyone=patient.workspace.review_invites == ReviewInvites.EVERYONE,
            may_change=ask.rating is not None and ratings.may_still_change(ask),
        )


def rate(token: str, rating: int) -> None:
    with tenancy.platform("patient page"):
        ratings.record_rating(
            ask=_existing(token), rating=rating, follow_up_after=ratings.PAGE_FOLLOW_UP_DELAY
        )


def give_feedback(token: str, comment: str) -> None:
    with tenancy.platform("patient page"):
        ask = _existing(token)
        ratings.give_feedback(ask=ask, comment=comment)
        _bring_to_a_person(ask, comment)


def add_words(token: str, comment: str, *, may_be_quoted: bool) -> None:
    with tenancy.platform("patient page"):
        ask = _existing(token)
        ratings.add_comment(ask=ask, comment=comment)
        _bring_to_a_person(ask, comment)
        if may_be_quoted:
            quotes.allow_quoting(ask=ask)


def hide_words(token: str) -> None:
    """The permission is taken back as easily as it was given."""
    with tenancy.platform("patient page"):
        ask = Message.objects.select_for_update().get(pk=_existing(token).pk)
        quotes.end_permission(ask=ask, because=QuoteWithdrawal.PERMISSION)


def _bring_to_a_person(ask: Message, words: str) -> None:
    """A question goes to the inbox from a form as well. What may be an opt-out is only held back:
    in a long text about a visit the reader of short replies is not sure enough to stop for good."""
    reading = replies.read(words)
    is_doubtful = reading.may_be_opt_out or reading.intent == "opt_out"
    if is_doubtful or reading.needs_person or reading.intent == "help":
        conversations.open_conversation(patient=ask.patient, at=timezone.now())
    if is_doubtful:
        doubtful_opt_outs.hold_doubtful_text(patient=ask.patient, senders=[])


def stop(token: str) -> None:
    with tenancy.platform("patient page"):
        opt_outs.stop_patient(patient=_existing(token).patient, reason=SuppressionReason.LINK)


def count_click(token: str) -> None:
    with tenancy.platform("patient page"):
        Patient.objects.filter(token=token).update(
            review_clicks=F("review_clicks") + 1, review_clicked_at=timezone.now()
        )


def _patient(token: str, asked_after: datetime | None) -> Patient | None:
    known = Patient.objects.filter(token=token, data_deleted_at=None).exclude(asked_at=None)
    if asked_after:
        known = known.filter(asked_at__gt=asked_after)
    return known.select_related("campaign__practice", "workspace").first()


def _ask(patient: Patient) -> Message | None:
    return Message.objects.filter(patient=patient, type=MessageType.INITIAL).first()


def _existing(token: str) -> Message:
    return Message.objects.select_related("patient").get(
        patient__token=token, patient__data_deleted_at=None, type=MessageType.INITIAL
    )
