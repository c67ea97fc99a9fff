"""Visits with words and labels, on chosen local days."""

from datetime import date, datetime, time

from campaigns.models import Campaign
from messaging.models import Feedback, InboundMessage, Message, TextSource
from tests.factories import (
    FeedbackFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientFactory,
    TextLabelsFactory,
)


def create_visit(
    campaign: Campaign,
    day: date,
    *,
    rating: int | None = None,
    topics: tuple[str, ...] = (),
    text: str = "Algo que decir",
    hour: int = 12,
    doctor: str = "",
    patient_name: str = "Zoila Vega",
    is_read: bool = True,
    sentiment: str = "unclear",
) -> Message:
    """Create an ask of that local day, answered with a comment that has these labels."""
    at = datetime.combine(day, time(hour), campaign.practice.zone)
    patient = PatientFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        name=patient_name,
        doctor_name=doctor,
        asked_at=at,
    )
    ask: Message = MessageFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        patient=patient,
        status="REPLIED",
        rating=rating,
        comment=text,
        sent_at=at,
        delivered_at=at,
        replied_at=at,
    )
    label(ask, TextSource.COMMENT, topics=topics, is_read=is_read, sentiment=sentiment)
    return ask


def label(
    ask: Message,
    source: TextSource,
    *,
    topics: tuple[str, ...] = (),
    text: str = "Más palabras",
    intent: str = "other",
    is_read: bool = True,
    sentiment: str = "unclear",
    urgency: str = "none",
) -> None:
    """Add a text of this source to the visit, with its labels."""
    row: Message | Feedback | InboundMessage = ask
    if source == TextSource.FEEDBACK:
        row = FeedbackFactory.create(
            workspace=ask.workspace, message=ask, comment=text, rating=ask.rating or 1
        )
    elif source == TextSource.INBOUND:
        row = InboundMessageFactory.create(
            workspace=ask.workspace, patient=ask.patient, message=ask, body=text, intent=intent
        )
    TextLabelsFactory.create(
        workspace=ask.workspace,
        message=ask,
        source=source,
        source_id=row.pk,
        topics=list(topics),
        reader="test-1" if is_read else "",
        sentiment=sentiment,
        urgency=urgency,
    )
