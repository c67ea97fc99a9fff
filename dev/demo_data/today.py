"""The campaign that a visitor of the demo activates: three patients with a visit today."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from campaigns import actions
from campaigns.actions import CampaignDetails
from campaigns.models import Campaign, CampaignStatus
from dev.demo_data.people import SeededClinic
from patients.models import Patient
from templates_app.models import Channel
from workspaces.models import User

CAMPAIGN = "Seguimiento de consultas"

# By phone: name, channel, and the time of the visit relative to now. Two are due, one is due soon.
TODAY = {
    "+593987654321": ("Juan Pérez", Channel.SMS, timedelta(hours=-4)),
    "+593987654322": ("María García", Channel.WHATSAPP, timedelta(hours=-3)),
    "+593987654323": ("Carlos Ramírez", Channel.SMS, timedelta(hours=-1)),
}
STALE = timedelta(hours=24)


def add_campaign(seeded: SeededClinic, *, by: User, now: datetime) -> Campaign:
    campaign = actions.create_campaign(
        details=CampaignDetails(
            name=CAMPAIGN,
            practice=seeded.practices["Consultorio Centro"],
            description="Dos horas después de la cita se pregunta cómo fue.",
        ),
        by=by,
    )
    for phone, (name, channel, ago) in TODAY.items():
        Patient.objects.create(
            workspace=seeded.workspace,
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
    """Move visits that are too old to ask about to today, while the campaign is a draft."""
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
