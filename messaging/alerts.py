"""Alerts to members and to platform staff: something waits for them, and a link to it.

They never contain patients' names or words, which do not belong in a mailbox or on a locked screen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging.models import Conversation, Feedback, Message, Quote, Sender, TextLabels
from messaging.models.text_labels import summarize_labels
from messaging.models.visibility import patients_handled_by
from messaging.ratings import HAPPY_FROM
from patients.models import Patient
from workspaces.access import Can
from workspaces.mail import members_who_may, owners_of, send_to_people
from workspaces.models import User
from workspaces.notifications.kinds import Facts
from workspaces.notifications.notifying import notify

# An alert that was not sent by then is sent by the schedule, unless it is older than a day.
MISSED_AFTER = timedelta(minutes=1)
NEWS_FOR = timedelta(days=1)
UNTIED_ALERT_EVERY = timedelta(days=30)
PAUSE_ALERT_EVERY = timedelta(hours=1)

log = structlog.get_logger("alerts")


def alert_unhappy_patient(*, workspace_id: UUID, feedback_id: UUID) -> bool:
    """Tell those who see the patient, once. Return whether they were not told before."""
    with tenancy.within(workspace_id):
        feedback = (
            Feedback.objects.within(workspace_id)
            .select_related("workspace", "message__campaign__practice", "message__patient")
            .select_for_update(of=("self",))
            .filter(pk=feedback_id, alerted_at=None, rating__lt=HAPPY_FROM)
            .first()
        )
        if feedback is None or _has_unsent_urgent_alert(feedback):
            return False
        now = timezone.now()
        feedback.alerted_at = now
        feedback.save(update_fields=["alerted_at", "updated_at"])
        campaign = feedback.message.campaign
        notify(
            "feedback.unhappy",
            workspace=feedback.workspace,
            cause=str(feedback.pk),
            path=reverse("recovery_case", args=[feedback.pk]),
            facts=_for_those_who_see(feedback.message, {"practice": campaign.practice.name}),
            now=now,
        )
        return True


def alert_urgent_text(*, workspace_id: UUID, labels_id: UUID) -> bool:
    """Tell those who see the patient, once. Return whether they were not told before.

    One alert covers all texts of the visit that nobody was told of yet, and its low rating. A later
    text causes a new alert.
    """
    with tenancy.within(workspace_id):
        untold = _lock_untold_texts(workspace_id, labels_id)
        labels = next((text for text in untold if text.pk == labels_id), None)
        if labels is None:
            return False
        now = timezone.now()
        TextLabels.objects.within(workspace_id).filter(pk__in=[text.pk for text in untold]).update(
            alerted_at=now, updated_at=now
        )
        case = Feedback.objects.filter(message=labels.message_id)
        case.filter(alerted_at=None).update(alerted_at=now, updated_at=now)
        campaign = labels.message.campaign
        facts = {"practice": campaign.practice.name, "urgency": summarize_labels(untold).urgency}
        notify(
            "text.urgent",
            workspace=labels.workspace,
            cause=str(labels.pk),
            path=_path_to_text(labels),
            facts=_for_those_who_see(labels.message, facts),
            now=now,
        )
        return True


def _lock_untold_texts(workspace_id: UUID, labels_id: UUID) -> list[TextLabels]:
    """Return the urgent texts of the same visit that nobody was told of.

    They are locked in one order, so that the tasks of two texts do not wait for each other.
    """
    own = TextLabels.objects.within(workspace_id).filter(pk=labels_id)
    return list(
        TextLabels.objects.within(workspace_id)
        .urgent()
        .filter(message__in=own.values("message"), alerted_at=None)
        .select_related("workspace", "message__campaign__practice", "message__patient")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _has_unsent_urgent_alert(feedback: Feedback) -> bool:
    visit = TextLabels.objects.urgent().filter(message=feedback.message_id)
    return visit.filter(alerted_at=None).exists()


def _path_to_text(labels: TextLabels) -> str:
    """Return the page of the case, else of the conversation."""
    if case := Feedback.objects.filter(message=labels.message_id).first():
        return reverse("recovery_case", args=[case.pk])
    conversation = Conversation.objects.filter(patient=labels.patient_id).first()
    return (
        reverse("inbox_conversation", args=[conversation.pk]) if conversation else reverse("inbox")
    )


def send_missed_alerts(*, now: datetime | None = None) -> int:
    """Send the alerts that a lost task prevented. Return how many."""
    now = now or timezone.now()
    with tenancy.platform("alerts"):
        waiting = list(
            Feedback.objects.filter(
                alerted_at=None,
                rating__lt=HAPPY_FROM,
                created_at__lt=now - MISSED_AFTER,
                message__replied_at__gt=now - NEWS_FOR,
            ).values_list("workspace_id", "pk")
        )
        urgent = list(
            TextLabels.objects.urgent()
            .filter(
                alerted_at=None,
                created_at__gt=now - NEWS_FOR,
                created_at__lt=now - MISSED_AFTER,
            )
            .values_list("workspace_id", "pk")
        )
    sent = 0
    for workspace_id, labels_id in urgent:
        with _logged(workspace_id, labels=labels_id):
            sent += alert_urgent_text(workspace_id=workspace_id, labels_id=labels_id)
    for workspace_id, feedback_id in waiting:
        with _logged(workspace_id, feedback=feedback_id):
            sent += alert_unhappy_patient(workspace_id=workspace_id, feedback_id=feedback_id)
    return sent


@contextmanager
def _logged(workspace_id: UUID, **about: UUID) -> Iterator[None]:
    """Log a failure: what is broken in one clinic must not keep alerts from the others."""
    try:
        yield
    except Exception:
        ids = {name: str(pk) for name, pk in about.items()}
        log.exception("alert_not_sent", workspace_id=str(workspace_id), **ids)


def alert_paused_sender(*, sender_id: UUID) -> None:
    """Tell the owners of the clinic whose sender it is, or platform staff if it is shared."""
    with tenancy.platform("alerts"):
        sender = Sender.objects.select_related("workspace").get(pk=sender_id)
        if sender.paused_at is None:
            return
        # After a probe the sender may pause again and again, but one alert is enough.
        once = f"alert:paused:{sender.pk}"
        if cache.get(once):
            return
        clinic = sender.workspace
        send_to_people(
            owners_of(clinic) if clinic else User.objects.filter(is_staff=True),
            "messaging/mail/paused",
            language=clinic.language if clinic else settings.LANGUAGE_CODE,
            sender=sender,
            link=_link("home") if clinic else _link("admin:messaging_sender_changelist"),
        )
        cache.set(once, 1, timeout=PAUSE_ALERT_EVERY.total_seconds())


def alert_untied_opt_out(*, event_id: UUID) -> None:
    """Tell platform staff that somebody may have opted out and that we do not know who."""
    once = f"alert:untied:{event_id}"
    if cache.get(once):
        return
    send_to_people(
        User.objects.filter(is_staff=True),
        "messaging/mail/untied",
        language=settings.LANGUAGE_CODE,
        link=_link("admin:core_incomingwebhook_change", event_id),
    )
    cache.set(once, 1, timeout=UNTIED_ALERT_EVERY.total_seconds())


def alert_withdrawn_quote(*, workspace_id: UUID, message_id: UUID) -> None:
    """Tell the members who manage sharing that a published quote was withdrawn, and why."""
    with tenancy.within(workspace_id):
        quote = (
            Quote.objects.within(workspace_id)
            .select_related("workspace", "message__campaign__practice")
            .filter(message=message_id, withdrawn_at__isnull=False)
            .first()
        )
        if quote is None:
            return
        send_to_people(
            members_who_may(quote.workspace, Can.MANAGE_SHARING),
            "messaging/mail/quote",
            language=quote.workspace.language,
            practice=quote.message.campaign.practice.name,
            quote=quote,
            link=_link("sharing"),
        )


def _for_those_who_see(message: Message, facts: Facts) -> Callable[[User], Facts | None]:
    """Return these facts for the members who handle the message's patient, and None for others."""

    def facts_for(member: User) -> Facts | None:
        own = Patient.objects.filter(patients_handled_by(member), pk=message.patient_id)
        return facts if own.exists() else None

    return facts_for


def _link(name: str, *args: UUID) -> str:
    return settings.SITE_URL + reverse(name, args=args)
