"""The visit that a patient's link leads to, and what the patient may do there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from core import tenancy
from messaging import doubtful_opt_outs, opt_outs, quotes, ratings, replies, review_invitations
from messaging.dispatch.composing import as_name
from messaging.inbox import conversations
from messaging.models import Feedback, Message, QuoteWithdrawal
from messaging.patient_pages.tokens import looks_like_token
from patients.doctors.listing import ListedDoctor, find_doctor
from patients.models import Patient, SuppressionReason
from templates_app.models import MessageType
from workspaces.branding import brands
from workspaces.branding.brands import ShownBrand, ShownPicture

LINKS_LAST = timedelta(days=60)


@dataclass(frozen=True)
class PatientVisit:
    """What the pages may show. Nothing here tells who the patient is."""

    language: str
    practice: str
    rating: int | None
    has_feedback: bool
    has_words: bool
    may_be_quoted: bool
    has_stopped: bool
    review_url: str
    is_invited: bool
    may_change: bool
    brand: ShownBrand = field(default_factory=ShownBrand)
    # Empty unless the clinic wants to show its doctors.
    doctor: str = ""
    doctor_photo: ShownPicture | None = None

    @property
    def is_happy(self) -> bool:
        return self.rating is not None and ratings.is_happy(self.rating)

    @property
    def may_review(self) -> bool:
        return bool(self.review_url) and self.is_invited


def find_visit(token: str) -> PatientVisit | None:
    """Return the visit, or None for a wrong or expired token or an erased patient."""
    return _find_visit_asked_after(token, asked_after=timezone.now() - LINKS_LAST)


def find_visit_to_opt_out(token: str) -> PatientVisit | None:
    """Like `find_visit`, but the link never expires while the patient has an address."""
    return _find_visit_asked_after(token)


def _find_visit_asked_after(
    token: str, *, asked_after: datetime | None = None
) -> PatientVisit | None:
    if not looks_like_token(token):
        return None
    with tenancy.platform("patient page"):
        patient = _find_patient(token, asked_after)
        ask = _find_ask(patient) if patient else None
        if patient is None or ask is None:
            return None
        practice, brand = patient.campaign.practice, brands.find_brand(patient.workspace_id)
        doctor = find_doctor(patient.workspace_id, patient.doctor_name)
        return PatientVisit(
            language=patient.language,
            practice=practice.name,
            rating=ask.rating,
            has_feedback=Feedback.objects.filter(message=ask).exclude(comment="").exists(),
            has_words=bool(ask.comment),
            may_be_quoted=ask.quotable_at is not None,
            has_stopped=patient.opted_out_at is not None,
            review_url=doctor.review_url if doctor and doctor.review_url else practice.review_url,
            is_invited=ask.rating is not None
            and review_invitations.is_invited(patient.workspace.review_invites, ask.rating),
            may_change=ask.rating is not None and ratings.may_still_change(ask),
            brand=brand,
            doctor=as_name(_name_of(doctor, patient)) if brand.shows_doctor else "",
            doctor_photo=doctor.photo if doctor and brand.shows_doctor else None,
        )


def _name_of(doctor: ListedDoctor | None, patient: Patient) -> str:
    return doctor.name if doctor else patient.doctor_name


def record_rating(token: str, rating: int) -> None:
    with tenancy.platform("patient page"):
        ask = _get_ask(token)
        if ask.rating != rating:
            _note_patient_text(ask)
        ratings.record_rating(ask=ask, rating=rating, follow_up_after=ratings.PAGE_FOLLOW_UP_DELAY)


def give_feedback(token: str, comment: str) -> None:
    with tenancy.platform("patient page"):
        ask = _get_ask(token)
        _route_to_person(ask, comment)
        _note_patient_text(ask)
        ratings.give_feedback(ask=ask, comment=comment)


def add_comment(token: str, comment: str, *, may_be_quoted: bool) -> None:
    with tenancy.platform("patient page"):
        ask = _get_ask(token)
        _route_to_person(ask, comment)
        _note_patient_text(ask)
        ratings.add_comment(ask=ask, comment=comment)
        if may_be_quoted:
            quotes.allow_quoting(ask=ask)


def withdraw_quote(token: str) -> None:
    with tenancy.platform("patient page"):
        ask = Message.objects.select_for_update().get(pk=_get_ask(token).pk)
        quotes.end_permission(ask=ask, because=QuoteWithdrawal.PERMISSION)


def _note_patient_text(ask: Message) -> None:
    conversations.note_patient_text(
        patient_id=ask.patient_id,
        workspace_id=ask.workspace_id,
        at=timezone.now(),
        channel=ask.channel,
    )


def _route_to_person(ask: Message, text: str) -> None:
    """Open a conversation for a question, and hold messages back after a possible opt-out.

    Even a clear opt-out is only held here: the reader is made for short replies, and a long text
    about a visit may use the same words.
    """
    reading = replies.read(text)
    is_doubtful = reading.may_be_opt_out or reading.intent == "opt_out"
    if is_doubtful or reading.needs_person or reading.intent == "help":
        conversations.open_conversation(patient=ask.patient, at=timezone.now(), channel=ask.channel)
    if is_doubtful:
        doubtful_opt_outs.hold_doubtful_text(patient=ask.patient, senders=[])


def opt_out(token: str) -> None:
    with tenancy.platform("patient page"):
        opt_outs.stop_patient(patient=_get_ask(token).patient, reason=SuppressionReason.LINK)


def count_review_click(token: str) -> None:
    with tenancy.platform("patient page"):
        Patient.objects.filter(token=token).update(
            review_clicks=F("review_clicks") + 1, review_clicked_at=timezone.now()
        )


def _find_patient(token: str, asked_after: datetime | None) -> Patient | None:
    patients = Patient.objects.filter(token=token, data_deleted_at=None).exclude(asked_at=None)
    if asked_after:
        patients = patients.filter(asked_at__gt=asked_after)
    return patients.select_related("campaign__practice", "workspace").first()


def _find_ask(patient: Patient) -> Message | None:
    return Message.objects.filter(patient=patient, type=MessageType.INITIAL).first()


def _get_ask(token: str) -> Message:
    return Message.objects.select_related("patient").get(
        patient__token=token, patient__data_deleted_at=None, type=MessageType.INITIAL
    )
