"""Read patients back from the database and from the list."""

from typing import Any

from django.test import Client
from django.urls import reverse

from core import tenancy
from patients.models import Patient


def reload(patient: Patient) -> Patient:
    with tenancy.within(patient.workspace_id):
        return Patient.objects.within(patient.workspace_id).get(pk=patient.pk)


def list_patients(client: Client, address: str = "", **asked: Any) -> list[Patient]:
    response = client.get(reverse("patients") + address, asked)
    assert response.status_code == 200
    rows: list[Patient] = response.context["page"].rows
    return rows
