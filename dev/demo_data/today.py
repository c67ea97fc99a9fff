"""The campaign that a visitor of the demo activates: three patients who were here today."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from campaigns import actions
from campaigns.actions import CampaignDetails
from campaigns.models import Campaign, CampaignStatus
from dev.demo_data.people import Household
from patients.models import Patient
from templates_app.models import Channel
from workspaces.models import User

CAMPAIGN = "Seguimiento de consultas"

# Phone: name, channel, and when the visit was, seen from now: two are due, one soon will be.
TODAY = {
    "+593987654321": ("Juan Pérez", Channel.SMS, timedelta(hours=-4)),
    "+593987654322": ("María García", Channel.WHATSAPP, timedelta(hours=-3)),
    "+593987654323": ("Carlos Ramírez", Channel.SMS, timedelta(hours=-1)),
}
STALE = timedelta(hours=24)


def add_campaign(household: Household, *, by: User, now: datetime) -> Campaign:
    campaign = actions.create_campaign(
        details=CampaignDetails(
            name=CAMPAIGN,
            practice=household.practices["Consultorio Centro"],
            description="Dos horas después de la cita se pregunta cómo fue.",
        ),
        by=by,
    )
    for phone, (name, channel, ago) in TODAY.items():
        Patient.objects.create(
            workspace=household.workspace,
            campaign=campaign,
            name=name,
            phone=phone,
            preferred_channel=channel,
            appointment_time=on_the_quarter(now + ago),
            appointment_type="Consulta general",
            doctor_name=by.name,
            has_consent=True,
            consent_at=now,
        )
    return campaign


def keep_fresh(*, workspace_id: UUID, now: datetime) -> None:
    """A demo that was not activated yesterday can be today: nobody is asked about an old visit."""
    waiting = Patient.objects.filter(
        workspace_id=workspace_id,
        campaign__name=CAMPAIGN,
        campaign__status=CampaignStatus.DRAFT,
        phone__in=TODAY,
        asked_at=None,
    )
    oldest = waiting.aggregate(at=Min("appointment_time"))["at"]
    if oldest is None or oldest > now - STALE:
        return
    for patient in waiting:
        patient.appointment_time = on_the_quarter(now + TODAY[patient.phone][2])
        patient.save(update_fields=["appointment_time", "updated_at"])


def on_the_quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
