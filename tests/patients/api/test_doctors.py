import pytest

from core import tenancy
from patients.doctors.merging import merge_doctors
from tests.core.api.calling import ApiClient
from tests.factories import DoctorFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_doctors_are_listed_with_their_spellings(api_client: ApiClient) -> None:
    workspace = api_client.workspace
    paz = DoctorFactory.create(workspace=workspace, key="ana paz", name="Dra. Ana Paz")
    ruiz = DoctorFactory.create(
        workspace=workspace, key="ana ruiz", name="Ana Ruiz", google_place_id="ChIJplace0001"
    )
    DoctorFactory.create()
    with tenancy.within(workspace.pk):
        merge_doctors(doctor=ruiz, into=paz, by=UserFactory.create(workspace=workspace))

    [found] = api_client.get("doctors/").json()["results"]

    assert found == api_client.get(f"doctors/{paz.pk}/").json()
    assert (found["name"], found["spellings"]) == ("Dra. Ana Paz", ["Dra. Ana Paz", "Ana Ruiz"])
    assert found["review_url"].endswith("ChIJplace0001")
    assert api_client.get(f"doctors/{ruiz.pk}/").status_code == 404
