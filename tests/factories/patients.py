"""Patients, lists and the addresses that get no messages."""

from datetime import timedelta

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory

from patients.models import (
    Doctor,
    FirstContact,
    Hold,
    Import,
    ImportProblem,
    PastAsk,
    Patient,
    Suppression,
    SuppressionReason,
)
from tests.factories.base import SAME_WORKSPACE, RowFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.workspaces import PictureFactory, WorkspaceFactory


class ImportFactory(RowFactory[Import]):
    class Meta:
        model = Import

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=SAME_WORKSPACE)
    filename = "citas.csv"
    uploaded_by_name = "Recepción"


class ImportProblemFactory(RowFactory[ImportProblem]):
    class Meta:
        model = ImportProblem

    workspace = SubFactory(WorkspaceFactory)
    source = SubFactory(ImportFactory, workspace=SAME_WORKSPACE)
    row_number = Sequence(lambda n: n + 2)
    reason = "phone_invalid"


class PatientFactory(RowFactory[Patient]):
    class Meta:
        model = Patient

    workspace = SubFactory(WorkspaceFactory)
    campaign = SubFactory(CampaignFactory, workspace=SAME_WORKSPACE)
    name = Sequence(lambda n: f"Paciente {n}")
    phone = Sequence(lambda n: f"+5939{n:08d}")
    appointment_time = LazyFunction(lambda: timezone.now() - timedelta(hours=3))
    has_consent = True
    consent_at = LazyFunction(timezone.now)


class SuppressionFactory(RowFactory[Suppression]):
    class Meta:
        model = Suppression

    workspace = SubFactory(WorkspaceFactory)
    address = Sequence(lambda n: f"+5938{n:08d}")
    digest = Sequence(lambda n: f"{n:064x}")
    reason = SuppressionReason.REPLY
    at = LazyFunction(timezone.now)


class HoldFactory(RowFactory[Hold]):
    class Meta:
        model = Hold

    workspace = SubFactory(WorkspaceFactory)
    address = Sequence(lambda n: f"+5938{n:08d}")
    digest = Sequence(lambda n: f"{n:064x}")
    since = LazyFunction(timezone.now)


class DoctorFactory(RowFactory[Doctor]):
    class Meta:
        model = Doctor

    workspace = SubFactory(WorkspaceFactory)
    key = Sequence(lambda n: f"maria lopez {n}")
    name = Sequence(lambda n: f"Dra. María López {n}")
    looks = 7
    photo = SubFactory(PictureFactory, workspace=SAME_WORKSPACE)


class FirstContactFactory(RowFactory[FirstContact]):
    class Meta:
        model = FirstContact

    workspace = SubFactory(WorkspaceFactory)
    digest = Sequence(lambda n: f"{n:064x}")


class PastAskFactory(RowFactory[PastAsk]):
    class Meta:
        model = PastAsk

    workspace = SubFactory(WorkspaceFactory)
    digest = Sequence(lambda n: f"{n:064x}")
    appointment_time = LazyFunction(lambda: timezone.now() - timedelta(days=8))
    asked_at = LazyFunction(lambda: timezone.now() - timedelta(days=7))
