import pytest
from django.test import Client

from patients.models import Patient
from tests.factories import (
    PatientFactory,
    UserFactory,
)
from workspaces.models import Role, User


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def doctor(client: Client) -> User:
    user = UserFactory.create(language="en", role=Role.DOCTOR)
    client.force_login(user)
    return user


@pytest.fixture
def patient(owner: User) -> Patient:
    patient: Patient = PatientFactory.create(workspace=owner.workspace, name="Ana Zoraida")
    return patient
