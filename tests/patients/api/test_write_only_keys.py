"""A key that may write and not read learns nothing from the answer to a write."""

from typing import Any

import pytest

from tests.core.api.calling import ApiClient
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", [{}, {"language": "es"}], ids=["nothing", "one field"])
def test_write_only_key_gets_the_id_alone(body: dict[str, Any]) -> None:
    api_client = ApiClient(scopes=["patients:write"])
    patient = PatientFactory.create(workspace=api_client.workspace, name="Ana Paz")

    answer = api_client.patch(f"patients/{patient.pk}/", body)

    assert (answer.status_code, answer.json()) == (200, {"id": str(patient.pk)})


def test_key_that_may_read_gets_the_patient() -> None:
    api_client = ApiClient(scopes=["patients:write", "patients:read"])
    patient = PatientFactory.create(workspace=api_client.workspace, name="Ana Paz")

    answer = api_client.patch(f"patients/{patient.pk}/", {})

    assert answer.json()["name"] == "Ana Paz"
