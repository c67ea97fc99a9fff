"""The people on the page of a campaign: the newest visits, and the newest words."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from campaigns.models import Campaign
from insights.filters import Filters
from insights.periods import Period
from insights.topics.comments import VisitText, find_comments, with_words, words_of
from messaging.models import Message
from patients.models import Patient
from patients.states import PatientState, state_of
from templates_app.models import MessageType
from workspaces.models import User

VISITS, COMMENTS = 10, 4
# The page reloads this every few seconds, so it does not look through years of texts.
COMMENTS_OF = timedelta(days=90)


@dataclass(frozen=True)
class CampaignVisit:
    patient: Patient
    state: PatientState
    rating: int | None


@dataclass(frozen=True)
class CampaignComment:
    ask: Message
    texts: list[VisitText]


def read_newest_visits(campaign: Campaign, *, visible_to: User) -> list[CampaignVisit]:
    """Return the last visits with their ratings. Before the first visit, return those to come."""
    patients = Patient.objects.within(campaign.workspace_id).visible_to(visible_to)
    newest = patients.filter(campaign=campaign).order_by("-appointment_time", "-pk")
    now = timezone.now()
    shown = list(newest.filter(appointment_time__lte=now)[:VISITS]) or list(newest[:VISITS])
    asks = Message.objects.within(campaign.workspace_id).filter(
        patient__in=shown, type=MessageType.INITIAL
    )
    ratings = dict(asks.values_list("patient_id", "rating"))
    for patient in shown:
        patient.campaign = campaign
    return [
        CampaignVisit(patient, state_of(patient, now), ratings.get(patient.pk)) for patient in shown
    ]


def read_newest_comments(
    campaign: Campaign, period: Period, *, visible_to: User
) -> list[CampaignComment]:
    """Return the last comments on visits. What came without a rating may be a question."""
    recent = replace(period, first=max(period.first, period.last - COMMENTS_OF))
    comments = find_comments(
        campaign.workspace, recent, Filters(campaign=campaign.pk), visible_to=visible_to
    )
    rated = comments.filter(rating__isnull=False)
    newest = with_words(rated).order_by("-pk")[:COMMENTS]
    return [CampaignComment(ask, words_of(ask)) for ask in newest]
