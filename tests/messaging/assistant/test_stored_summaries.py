"""Storing a summary while one of its patients is being anonymized."""

from datetime import date
from threading import Event

import pytest
from django.utils import timezone

from core import tenancy
from messaging.assistant import stored_summaries
from messaging.assistant.month import WrittenSummary
from messaging.assistant.stored_summaries import SummaryKey
from messaging.models import AssistantSummary
from messaging.privacy import anonymization
from patients.models import Patient
from tests.concurrency import run_concurrently
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import PatientFactory
from tests.messaging.assistant.conftest import agree
from workspaces.models import User

MARCH = date(2026, 3, 1)


@pytest.mark.django_db(transaction=True)
def test_patient_is_not_anonymized_before_the_summary_is_stored(
    language_model: LanguageModel, owner: User
) -> None:
    agree(owner)
    patient = PatientFactory.create(workspace=owner.workspace)
    written = WrittenSummary("Todo bien.", [], [], [], patient_ids=[patient.pk])
    key = SummaryKey.of(owner, MARCH, language="es")
    is_checked, is_tried = Event(), Event()

    def keep() -> int:
        with tenancy.within(patient.workspace_id):
            stored_summaries.keep_summary(key, written, requested_by_name=owner.name)
            is_checked.set()
            is_tried.wait(10)
        return 0

    def anonymize() -> int:
        is_checked.wait(10)
        with tenancy.within(patient.workspace_id):
            found = anonymization.lock_patients(Patient.objects.filter(pk=patient.pk), limit=1)
        is_tried.set()
        return len(found)

    assert run_concurrently(keep, anonymize) == [0, 0]

    with tenancy.within(patient.workspace_id):
        assert AssistantSummary.objects.count() == 1
        found = anonymization.lock_patients(Patient.objects.filter(pk=patient.pk), limit=1)
        anonymization.anonymize_patients(found, now=timezone.now())
        assert not AssistantSummary.objects.exists()
