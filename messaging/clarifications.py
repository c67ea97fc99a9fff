"""Ask once more when a patient answered with a number that is not on the scale."""

from django.db import transaction
from django.utils import timezone

from campaigns.models import CampaignStatus as Stage
from messaging import task_queue
from messaging.models import Message
from messaging.ratings import FOLLOW_UP_DELAY
from patients import row_eligibility, suppressions
from patients.models import Patient
from templates_app.models import MessageType


@transaction.atomic
def queue_clarification(*, ask: Message) -> bool:
    """Queue the question, once for each patient. Return False if a member has to read the answer.

    `ask` is the INITIAL message. The caller has opened the door to its workspace.
    """
    ask = Message.objects.within(ask.workspace_id).select_for_update().get(pk=ask.pk)
    is_over = ask.rating is not None or ask.campaign.status == Stage.CANCELLED
    if is_over or not _may_be_written_to(ask.patient):
        return False
    _message, is_new = Message.objects.within(ask.workspace_id).get_or_create(
        patient_id=ask.patient_id,
        type=MessageType.CLARIFY,
        defaults={
            "workspace_id": ask.workspace_id,
            "campaign_id": ask.campaign_id,
            "channel": ask.channel,
            "next_attempt_at": timezone.now() + FOLLOW_UP_DELAY,
        },
    )
    if is_new:
        task_queue.queue_dispatch(after=FOLLOW_UP_DELAY)
    return is_new


def _may_be_written_to(patient: Patient) -> bool:
    """Check when the text comes in. Without credits the question waits, as every message does."""
    is_suppressed = suppressions.is_patient_suppressed(patient)
    return row_eligibility.may_be_written_to(patient) and not is_suppressed
