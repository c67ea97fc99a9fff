"""The page of an imported list: downloads, taking back, safety."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from patients.models import Doctor, Import, ImportStatus, Patient
from patients.people.doctor_names import doctor_key
from tests.factories import (
    DoctorFactory,
    ImportProblemFactory,
    PatientFactory,
    UserFactory,
)
from tests.patients.import_pages.steps import (
    get_page,
    list_file,
    post,
    run_worker,
    upload_and_check,
    upload_and_import,
)

pytestmark = pytest.mark.django_db


def test_confirmed_list_is_imported_and_shows_the_result(
    client: Client, campaign: Campaign
) -> None:
    listed = upload_and_import(client, campaign)

    html = get_page(client, listed)

    assert listed.status == ImportStatus.DONE
    assert "2 patients are now in “Consulta general”." in html
    assert reverse("import_take_back", args=[listed.pk]) in html
    with tenancy.within(campaign.workspace_id):
        assert Patient.objects.count() == 2


def test_refused_rows_can_be_downloaded(client: Client, campaign: Campaign) -> None:
    listed = upload_and_import(client, campaign)

    response = client.get(reverse("import_errors", args=[listed.pk]))

    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert 'filename="citas de hoy - refused.csv"' in response["Content-Disposition"]
    assert text.splitlines()[0].startswith("Paciente;Celular;Fecha;Hora;Autoriza mensajes;")
    assert text.splitlines()[1].startswith("Ana Sol;09 no tiene;")
    assert len(text.splitlines()) == 2


def test_refused_rows_of_a_deleted_file_cannot_be_downloaded(
    client: Client, campaign: Campaign
) -> None:
    listed = upload_and_import(client, campaign)
    with tenancy.platform("test"):
        Import.objects.filter(pk=listed.pk).update(file="", survey={}, preview=[])

    assert reverse("import_errors", args=[listed.pk]) not in get_page(client, listed)
    response = client.get(reverse("import_errors", args=[listed.pk]), follow=True)
    assert "is no longer kept" in response.content.decode()


def test_list_confirmed_twice_is_imported_once(client: Client, campaign: Campaign) -> None:
    listed = upload_and_check(client, campaign)

    first = post(client, "import_confirm", listed)
    second = post(client, "import_confirm", listed)
    run_worker(listed)
    after = post(client, "import_confirm", listed)

    assert [r.status_code for r in (first, second, after)] == [302, 302, 302]
    with tenancy.within(campaign.workspace_id):
        assert Patient.objects.count() == 2


@pytest.mark.parametrize("name", ["import_columns", "import_advice", "import_cancel"])
def test_done_list_cannot_be_changed(client: Client, campaign: Campaign, name: str) -> None:
    listed = upload_and_import(client, campaign)

    assert post(client, name, listed).status_code == 409
    assert run_worker(listed).status == ImportStatus.DONE


def test_columns_url_of_a_done_list_redirects_to_its_page(
    client: Client, campaign: Campaign
) -> None:
    listed = upload_and_import(client, campaign)

    response = client.get(reverse("import_columns", args=[listed.pk]))

    assert response["Location"] == reverse("import", args=[listed.pk])


def test_list_is_taken_back_after_a_confirmation(client: Client, campaign: Campaign) -> None:
    listed = upload_and_import(client, campaign)
    assert "2 patients of this list leave" in get_page(client, listed, "import_take_back")

    post(client, "import_take_back", listed)

    assert "This list was taken back" in get_page(client, listed)
    with tenancy.within(campaign.workspace_id):
        assert not Patient.objects.exists()


def test_list_with_an_asked_patient_cannot_be_taken_back(
    client: Client, campaign: Campaign
) -> None:
    listed = upload_and_import(client, campaign)
    with tenancy.platform("test"):
        Patient.objects.update(asked_at=timezone.now())

    assert "cannot be taken back any more" in get_page(client, listed)
    asked = client.get(reverse("import_take_back", args=[listed.pk]))
    assert asked["Location"] == reverse("import", args=[listed.pk])
    assert post(client, "import_take_back", listed).status_code == 409


def test_page_of_a_longer_list_takes_no_more_queries(client: Client, campaign: Campaign) -> None:
    listed = upload_and_import(client, campaign)
    kept = {"workspace": campaign.workspace, "source": listed}

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            get_page(client, listed)
        return len(queries)

    get_page(client, listed)
    few = cost()
    for number in range(100, 140):
        ImportProblemFactory.create(**kept, row_number=number)
    PatientFactory.create_batch(40, **kept, campaign=campaign)
    assert cost() == few < 20


def test_html_in_a_file_is_escaped(client: Client, campaign: Campaign) -> None:
    text = "Paciente;Celular;Cita\n<b>Ana</b>;0987654321;{day} 09:30\n"
    listed = upload_and_check(client, campaign, list_file(text, "<i>citas</i>.csv"))

    html = get_page(client, listed)

    assert "<b>Ana" not in html
    assert "<i>citas" not in html


WITH_DOCTORS = (
    "Paciente;Celular;Fecha;Hora;Médico;Autoriza mensajes\n"
    "María Pérez;0987654321;{day};9:30;Dra. Maria Perez;sí\n"
    "José Mora;0987654322;{day};10h00;Dr. Juan Vera;sí\n"
)


def test_names_that_look_like_known_doctors_are_to_be_reviewed(
    client: Client, campaign: Campaign
) -> None:
    owner = UserFactory.create(workspace=campaign.workspace, language="en")
    name = "Dra. María Pérez Gómez"
    old = DoctorFactory.create(
        workspace=campaign.workspace, key=doctor_key(name), name=name, photo=None
    )
    listed = upload_and_import(client, campaign, list_file(WITH_DOCTORS))
    doctors = reverse("doctors")
    assert doctors not in get_page(client, listed)  # a receptionist may not

    client.force_login(owner)
    page = get_page(client, listed)
    assert "1 name in this list looks like a doctor" in page
    assert f'href="{doctors}">Review' in page

    with tenancy.within(campaign.workspace_id):
        new = Doctor.objects.get(name="Dra. Maria Perez")
    client.post(reverse("doctor_merge", args=[new.pk]), {"into": old.pk})
    assert "looks like a doctor" not in get_page(client, listed)
