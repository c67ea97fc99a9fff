"""Asks and public reviews for the tests of what the asks brought."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from campaigns.models import Campaign
from messaging.models import Message, MessageStatus
from reviews.models import Attribution, GoogleLocation, Review
from tests.factories import (
    AttributionFactory,
    GoogleLocationFactory,
    MessageFactory,
    PatientFactory,
    ReviewFactory,
)
from workspaces.models import Practice

NOON = time(17)  # in Guayaquil


def at_noon(day: date) -> datetime:
    return datetime.combine(day, NOON, UTC)


def create_ask(campaign: Campaign, day: date, **fields: Any) -> Message:
    """Create an ask of this day: delivered, unless the fields say otherwise."""
    at = at_noon(day)
    names = ("doctor_name", "appointment_type", "review_clicks", "name")
    patient = PatientFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        **{name: fields.pop(name) for name in names if name in fields},
    )
    defaults: dict[str, Any] = {"status": MessageStatus.DELIVERED, "delivered_at": at}
    if "rating" in fields:
        defaults |= {"status": MessageStatus.REPLIED, "replied_at": at + timedelta(minutes=9)}
    message: Message = MessageFactory.create(
        workspace=campaign.workspace,
        patient=patient,
        campaign=campaign,
        **{"sent_at": at} | defaults | fields,
    )
    return message


def create_location(practice: Practice, *, read_on: date, **fields: Any) -> GoogleLocation:
    """Create a location whose reviews were all read on this day."""
    location: GoogleLocation = GoogleLocationFactory.create(
        workspace=practice.workspace,
        practice=practice,
        **{"first_fetched_at": at_noon(read_on), "swept_at": at_noon(read_on)} | fields,
    )
    return location


def create_review(location: GoogleLocation, day: date, **fields: Any) -> Review:
    at = at_noon(day)
    review: Review = ReviewFactory.create(
        workspace=location.workspace,
        location=location,
        **{"posted_at": at, "changed_at": at} | fields,
    )
    return review


def attribute(review: Review, ask: Message, *, grade: str = "LIKELY") -> Attribution:
    row: Attribution = AttributionFactory.create(
        workspace=review.workspace, review=review, patient=ask.patient, grade=grade
    )
    return row
