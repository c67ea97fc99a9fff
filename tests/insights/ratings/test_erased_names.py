"""A saved view that names an erased patient goes with the name."""

import pytest
from django.utils import timezone

from core import tenancy
from insights.models import SavedView
from messaging.privacy.anonymization import anonymize_patients
from patients.models import Patient
from tests.factories import PatientFactory, SavedViewFactory

pytestmark = pytest.mark.django_db


def test_views_that_name_an_anonymized_patient_are_deleted() -> None:
    patient = PatientFactory.create(name="María José Pérez")
    workspace = patient.workspace
    for name, query in (
        ("Quejas", "q=perez+maria&rating=1"),
        ("María Pérez", "rating=5"),
        ("De María", "q=maria"),
        ("Dolor", "q=dolor+de+espalda"),
    ):
        SavedViewFactory.create(workspace=workspace, name=name, query=query)
    elsewhere = SavedViewFactory.create(name="Otra", query="q=maria+perez")

    with tenancy.within(workspace.pk):
        anonymize_patients(list(Patient.objects.filter(pk=patient.pk)), now=timezone.now())
        assert set(SavedView.objects.values_list("name", flat=True)) == {"De María", "Dolor"}
    with tenancy.within(elsewhere.workspace_id):
        assert SavedView.objects.filter(pk=elsewhere.pk).exists()
