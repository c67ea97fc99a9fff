"""Pages with personal data are not cached, neither by browsers nor by proxies."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.background import run_sent_tasks
from tests.core.api.calling import ApiClient
from tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_private_pages_are_not_stored(client: Client) -> None:
    owner = UserFactory.create()
    patient = PatientFactory.create(workspace=owner.workspace)
    client.force_login(owner)

    for path in ("/", "/patients/", f"/patients/{patient.pk}/", "/team/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_answers_of_the_api_are_not_stored() -> None:
    api_client = ApiClient()
    patient = PatientFactory.create(workspace=api_client.workspace)

    for path in ("patients/", f"patients/{patient.pk}/", "me/", "nothing/"):
        assert "no-store" in api_client.get(path)["Cache-Control"], path


def test_refused_call_is_not_stored(client: Client) -> None:
    assert "no-store" in client.get("/api/v1/patients/")["Cache-Control"]


def test_reset_link_ignores_the_port_of_the_host_header(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    owner = UserFactory.create()

    with run_sent_tasks(django_capture_on_commit_callbacks):
        client.post(
            "/accounts/password/reset/", {"email": owner.email}, headers={"Host": "localhost:6666"}
        )

    (letter,) = mail.outbox
    assert "6666" not in letter.body
    assert "http://localhost:8000/accounts/password/reset/key/" in letter.body
