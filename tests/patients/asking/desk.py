"""Fill in and send the form of the page to ask one patient."""

from typing import Any

from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from core import tenancy
from core.ids import uuid7
from patients.models import Patient
from workspaces.models import Workspace

HTMX = {"HX-Request": "true"}


def filled_form(campaign: Campaign, **fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid7()),
        "name": "Ana Pérez",
        "phone": "099 123 4567",
        "email": "",
        "campaign": str(campaign.pk),
        "doctor_name": "Dra. Vega",
        "channel": "SMS",
        "when": "now",
        "consent": "on",
    } | fields


def send(client: Client, form: dict[str, Any]) -> str:
    """Send the form by htmx and return the page part that comes back."""
    response = client.post(reverse("ask_one"), form, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def patients_of(workspace: Workspace) -> list[Patient]:
    with tenancy.within(workspace.pk):
        return list(Patient.objects.within(workspace).select_related("campaign").order_by("pk"))
