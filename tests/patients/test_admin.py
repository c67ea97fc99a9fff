from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.test import Client

from patients.models import Import, ImportProblem, Patient, Suppression
from tests.admin_pages import allowed_permissions, change_page, list_page
from tests.factories import PatientFactory, StaffFactory, SuppressionFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db

NAME, PHONE, EMAIL = "Zoraida Quimbiulco", "+593991112223", "zoraida@example.com"


@pytest.fixture
def staff(client: Client) -> User:
    user = StaffFactory.create()
    client.force_login(user)
    return user


@pytest.fixture
def zoraida() -> Patient:
    patient: Patient = PatientFactory.create(name=NAME, phone=PHONE, email=EMAIL)
    return patient


@pytest.mark.parametrize("model", list(apps.get_app_config("patients").get_models()))
def test_patients_are_read_only(model: Any, client: Client, staff: User) -> None:
    assert allowed_permissions(model, client.get(list_page(Patient)).wsgi_request) == {"view"}


def test_lists_show_no_name_phone_or_email(client: Client, staff: User, zoraida: Patient) -> None:
    SuppressionFactory.create(workspace=zoraida.workspace, address=PHONE)

    for model in (Patient, Suppression, Import, ImportProblem):
        page = client.get(list_page(model)).content.decode()
        assert not [word for word in (NAME, PHONE, EMAIL) if word in page]


@pytest.mark.parametrize("sought", [PHONE, EMAIL, EMAIL.upper()])
def test_patient_is_found_by_phone_or_email(
    sought: str, client: Client, staff: User, zoraida: Patient
) -> None:
    PatientFactory.create()

    found = client.get(list_page(Patient), {"q": sought})

    assert list(found.context["cl"].result_list) == [zoraida]


def test_patients_are_found_by_id_of_the_campaign(
    client: Client, staff: User, zoraida: Patient
) -> None:
    PatientFactory.create()

    found = client.get(list_page(Patient), {"q": str(zoraida.campaign_id)})

    assert list(found.context["cl"].result_list) == [zoraida]


def test_token_of_public_pages_is_not_shown(client: Client, staff: User, zoraida: Patient) -> None:
    page = client.get(change_page(zoraida)).content.decode()

    assert NAME in page
    assert zoraida.token not in page


def test_patient_is_logged_by_id_without_name(zoraida: Patient) -> None:
    """Django's log stores `str(row)`, and outlives the person's erasure."""
    assert str(zoraida) == str(zoraida.pk)
    assert LogEntry(object_repr=str(zoraida)).object_repr == str(zoraida.pk)
