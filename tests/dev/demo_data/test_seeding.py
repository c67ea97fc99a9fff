"""Seeding once, again, later, and where it is refused."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from dev import demo_data
from dev.demo_data.story import DEMO
from dev.demo_data.today import CAMPAIGN
from patients.models import Patient
from tests.dev.demo_data.rows import NOON, counts
from workspaces.models import User, Workspace


def test_second_run_changes_nothing_with_few_queries() -> None:
    before = counts()

    with CaptureQueriesContext(connection) as queries:
        assert demo_data.seed(now=NOON) is False

    assert counts() == before
    assert len(queries) <= 8


def test_renamed_clinic_is_not_seeded_again() -> None:
    User.objects.filter(workspace_id=DEMO.id).update(email=F("name"))
    Workspace.objects.filter(pk=DEMO.id).update(name="Mi consultorio")

    assert demo_data.seed(now=NOON) is False


def test_visits_of_today_move_when_demo_starts_days_later() -> None:
    later = NOON + timedelta(days=5)

    demo_data.seed(now=later)

    for patient in Patient.objects.filter(campaign__name=CAMPAIGN):
        assert later - timedelta(hours=5) < patient.appointment_time < later


def test_visit_of_asked_patient_does_not_move() -> None:
    patients = Patient.objects.filter(campaign__name=CAMPAIGN)
    before = set(patients.values_list("appointment_time", flat=True))
    patients.update(asked_at=NOON)

    demo_data.seed(now=NOON + timedelta(days=5))

    assert set(patients.values_list("appointment_time", flat=True)) == before


def test_command_is_refused_outside_the_demo(settings: Settings) -> None:
    settings.EMBEDDED = settings.DEMO = False

    with pytest.raises(CommandError, match="everybody knows"):
        call_command("seed_demo", verbosity=0)
    call_command("seed_demo", force=True, verbosity=0)
