"""What the clinic's people are told by e-mail: that something waits for them and where it is.

Never about whom: a mailbox is not a place for patients' words or names.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.models import Feedback, Quote, Sender
from messaging.ratings import HAPPY_FROM
from workspaces.mail import owners_of, send_to_people
from workspaces.models import Role, User, Workspace

# A lost wake-up is made up for in this time; what is older than a day is on the board by now.
FORGOTTEN_AFTER = timedelta(minutes=1)
NEWS_FOR = timedelta(days=1)
REMEMBERED = timedelta(days=30)
PAUSE_TOLD_AGAIN_AFTER = timedelta(hours=1)


def alert_unhappy_patient(*, workspace_id: UUID, feedback_id: UUID) -> bool:
    """Once for each feedback, to the owners and the doctor whose campaign it is. True if sent."""
    with tenancy.within(workspace_id):
        feedback = (
            Feedback.objects.within(workspace_id)
            .select_related("workspace", "message__campaign__practice")
            .select_for_update(of=("self",))
            .filter(pk=feedback_id, alerted_at=None, rating__lt=HAPPY_FROM)
            .first()
        )
        if feedback is None:
            return False
        feedback.alerted_at = timezone.now()
        feedback.save(update_fields=["alerted_at", "updated_at"])
        campaign = feedback.message.campaign
        send_to_people(
            _owners_and_doctor(campaign),
            "messaging/mail/unhappy",
            language=feedback.workspace.language,
            practice=campaign.practice.name,
            link=_link("recovery_case", feedback.pk),
        )
        return True


def send_missed_alerts(*, now: datetime | None = None) -> int:
    """Whoever should have been told and was not, because a task was lost or the mail was away."""
    now = now or timezone.now()
    with tenancy.platform("alerts"):
        waiting = list(
            Feedback.objects.filter(
                alerted_at=None,
                rating__lt=HAPPY_FROM,
                created_at__lt=now - FORGOTTEN_AFTER,
                message__replied_at__gt=now - NEWS_FOR,
            ).values_list("workspace_id", "pk")
        )
    told = 0
    for workspace_id, feedback_id in waiting:
        # One clinic's broken address must not keep the others from hearing.
        with suppress(OSError):
            told += alert_unhappy_patient(workspace_id=workspace_id, feedback_id=feedback_id)
    return told


def alert_paused_sender(*, sender_id: UUID) -> None:
    """The owner, if it is the clinic's own; else the platform's staff."""
    with tenancy.platform("alerts"):
        sender = Sender.objects.select_related("workspace").get(pk=sender_id)
        if sender.paused_at is None:
            return
        # A probe may resume a sender that the provider refuses again a moment later.
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
        cache.set(once, 1, timeout=PAUSE_TOLD_AGAIN_AFTER.total_seconds())


def alert_untied_opt_out(*, event_id: UUID) -> None:
    """Somebody may have opted out, and nobody knows who: the platform's staff look for them."""
    once = f"alert:untied:{event_id}"
    if cache.get(once):
        return
    send_to_people(
        User.objects.filter(is_staff=True),
        "messaging/mail/untied",
        language=settings.LANGUAGE_CODE,
        link=_link("admin:core_incomingwebhook_change", event_id),
    )
    cache.set(once, 1, timeout=REMEMBERED.total_seconds())


def alert_withdrawn_quote(*, workspace_id: UUID, message_id: UUID) -> None:
    """Tell the owners that words which they had published are not shown any more, and why."""
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
            owners_of(quote.workspace),
            "messaging/mail/quote",
            language=quote.workspace.language,
            practice=quote.message.campaign.practice.name,
            quote=quote,
            link=_link("sharing"),
        )


def alert_low_credits(*, workspace_id: UUID, percent: int) -> None:
    with tenancy.within(workspace_id):
        workspace = Workspace.objects.get(pk=workspace_id)
        send_to_people(
            owners_of(workspace),
            "messaging/mail/credits",
            language=workspace.language,
            credits=workspace.message_credits,
            none_left=percent == 0,
            link=_link("home"),
        )


def _owners_and_doctor(campaign: Campaign) -> QuerySet[User]:
    doctor = Q(pk=campaign.created_by_id, role=Role.DOCTOR)
    return User.objects.filter(doctor | Q(role=Role.OWNER), workspace_id=campaign.workspace_id)


def _link(name: str, *args: UUID) -> str:
    return settings.SITE_URL + reverse(name, args=args)
