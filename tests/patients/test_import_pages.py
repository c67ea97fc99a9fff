import re
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import Workbook
from pytest_django import Settings

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from patients.imports import progress, worker
from patients.imports.progress import Progress
from patients.lists.columns import Field, find_problems, guess_mapping
from patients.lists.survey import survey
from patients.models import Import, ImportStatus, Patient
from tests.factories import (
    CampaignFactory,
    ImportFactory,
    ImportProblemFactory,
    PatientFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

UGLY = (
    "Paciente;Celular;Fecha;Hora;Autoriza mensajes\n"
    "María Pérez;0987654321;{day};9:30;sí\n"
    "José Mora;0987654322;{day};10h00;no\n"
    "Ana Sol;09 no tiene;{day};11:00;sí\n"
)
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def receptionist(client: Client) -> User:
    user = UserFactory.create(role=Role.RECEPTIONIST, language="en", name="Rosa Recibe")
    client.force_login(user)
    return user


@pytest.fixture
def campaign(receptionist: User) -> Campaign:
    return CampaignFactory.create(
        workspace=receptionist.workspace, status=CampaignStatus.ACTIVE, name="Consulta general"
    )


def today() -> str:
    return timezone.localdate().strftime("%d/%m/%Y")


def a_list(text: str = UGLY, name: str = "citas de hoy.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.replace("{day}", today()).encode())


def uploaded(client: Client, campaign: Campaign, file: Any = None, **extra: Any) -> HttpResponse:
    sent = {"campaign": str(campaign.pk), "file": file or a_list()}
    return cast(HttpResponse, client.post(reverse("imports"), sent, **extra))


def newest(workspace: Any) -> Import:
    with tenancy.within(workspace.pk):
        return Import.objects.within(workspace).select_related("campaign__practice").latest("id")


def worked_on(listed: Import) -> Import:
    """What a worker does when it is woken."""
    worker.advance(workspace_id=listed.workspace_id, import_id=listed.pk)
    with tenancy.within(listed.workspace_id):
        return Import.objects.within(listed.workspace_id).get(pk=listed.pk)


def surveyed(client: Client, campaign: Campaign, file: Any = None) -> Import:
    uploaded(client, campaign, file)
    return worked_on(newest(campaign.workspace))


def page(client: Client, listed: Import, name: str = "import", **extra: Any) -> str:
    return client.get(reverse(name, args=[listed.pk]), **extra).content.decode()


def post(client: Client, name: str, listed: Import, **data: str) -> Any:
    return client.post(reverse(name, args=[listed.pk]), data)


def says(client: Client, listed: Import, **changes: str) -> dict[str, str]:
    """What the columns' form sends when it is left as it is, but for the changes."""
    form = client.get(reverse("import_columns", args=[listed.pk])).context["form"]
    said = {f.name: f.value() or "" for _column, f in form.columns()}
    return said | {"date_order": form["date_order"].value()} | changes


def checked(client: Client, campaign: Campaign, file: Any = None) -> Import:
    listed = surveyed(client, campaign, file)
    post(client, "import_columns", listed, **says(client, listed, consent="everyone"))
    return worked_on(listed)


def done(client: Client, campaign: Campaign, file: Any = None) -> Import:
    listed = checked(client, campaign, file)
    post(client, "import_confirm", listed)
    return worked_on(listed)


# The lists of a person


def shown(client: Client) -> list[Import]:
    rows: list[Import] = client.get(reverse("imports")).context["page"].rows
    return rows


def test_a_receptionist_sees_the_lists_that_she_uploaded(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    kept = {"workspace": receptionist.workspace, "campaign": campaign}
    own = ImportFactory.create_batch(2, **kept, uploaded_by=receptionist)
    foreign = ImportFactory.create(
        **kept, uploaded_by=UserFactory.create(workspace=campaign.workspace)
    )

    assert shown(client) == own[::-1]
    assert client.get(reverse("import", args=[foreign.pk])).status_code == 404


def test_a_doctor_sees_the_lists_of_their_campaigns(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    listed = ImportFactory.create(workspace=doctor.workspace, campaign=own)
    foreign = ImportFactory.create(workspace=doctor.workspace)
    client.force_login(doctor)

    assert shown(client) == [listed]
    assert client.get(reverse("import", args=[foreign.pk])).status_code == 404


def test_an_owner_sees_every_list_and_who_uploaded_it(client: Client) -> None:
    owner = UserFactory.create()
    ImportFactory.create_batch(2, workspace=owner.workspace, uploaded_by_name="Rosa Recibe")
    ImportFactory.create()
    client.force_login(owner)

    assert len(shown(client)) == 2
    assert "Rosa Recibe" in client.get(reverse("imports")).content.decode()


def test_the_list_of_lists_reloads_only_while_one_is_moving(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    kept = {"workspace": receptionist.workspace, "campaign": campaign, "uploaded_by": receptionist}
    ImportFactory.create(**kept, status=ImportStatus.DONE)
    still = client.get(reverse("imports"), headers=HTMX).content.decode()
    ImportFactory.create(**kept, status=ImportStatus.RUNNING)
    moving = client.get(reverse("imports"), headers=HTMX).content.decode()

    assert "hx-trigger" not in still
    assert 'hx-trigger="every 3s"' in moving


def test_the_panel_of_the_home_page_uploads_and_shows_the_last_lists(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    kept = {"workspace": receptionist.workspace, "campaign": campaign, "uploaded_by": receptionist}
    made = ImportFactory.create_batch(6, **kept)

    response = client.get(reverse("imports_panel"))

    assert list(response.context["imports"]) == made[:0:-1]
    assert 'type="file"' in response.content.decode()
    assert reverse("imports_panel") in client.get(reverse("home")).content.decode()


# Uploading


def test_a_list_that_is_uploaded_leads_to_its_own_page(client: Client, campaign: Campaign) -> None:
    response = uploaded(client, campaign)

    listed = newest(campaign.workspace)
    assert response["Location"] == reverse("import", args=[listed.pk])
    assert (listed.status, listed.filename) == (ImportStatus.UPLOADED, "citas de hoy.csv")


def test_htmx_is_led_there_too(client: Client, campaign: Campaign) -> None:
    response = uploaded(client, campaign, headers=HTMX)

    assert response["HX-Redirect"] == reverse("import", args=[newest(campaign.workspace).pk])


PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize("content", [b"", PICTURE], ids=["empty", "picture"])
def test_what_is_no_list_is_refused_at_the_form_and_the_campaign_stays(
    client: Client, campaign: Campaign, receptionist: User, content: bytes
) -> None:
    CampaignFactory.create(workspace=receptionist.workspace)

    response = uploaded(client, campaign, SimpleUploadedFile("citas.csv", content))

    html = response.content.decode()
    assert response.status_code == 200
    assert 'class="field-error"' in html
    assert f'<option value="{campaign.pk}" selected>' in html
    with tenancy.within(campaign.workspace_id):
        assert not Import.objects.exists()


def test_htmx_gets_the_refusal_in_the_card_alone(client: Client, campaign: Campaign) -> None:
    response = uploaded(client, campaign, SimpleUploadedFile("citas.csv", PICTURE), headers=HTMX)

    assert response.content.decode().strip().startswith('<section class="card stack" id="upload"')


def test_a_list_without_a_file_or_a_campaign_is_asked_for_them(
    client: Client, campaign: Campaign
) -> None:
    response = client.post(reverse("imports"), {})

    assert set(response.context["form"].errors) == {"campaign", "file"}


@pytest.mark.parametrize("status", [CampaignStatus.COMPLETED, CampaignStatus.CANCELLED])
def test_a_campaign_that_ended_takes_no_list(
    client: Client, receptionist: User, campaign: Campaign, status: CampaignStatus
) -> None:
    ended = CampaignFactory.create(workspace=receptionist.workspace, status=status)

    assert "campaign" in uploaded(client, ended).context["form"].errors  # type: ignore[attr-defined]


def test_a_doctor_uploads_to_their_own_campaigns_alone(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    others = CampaignFactory.create(workspace=doctor.workspace)
    client.force_login(doctor)

    assert uploaded(client, others).status_code == 200
    assert uploaded(client, own).status_code == 302


def test_the_only_campaign_is_chosen_and_so_is_the_one_that_led_here(
    client: Client, receptionist: User, campaign: Campaign
) -> None:
    chosen = f'<option value="{campaign.pk}" selected>'
    alone = client.get(reverse("imports")).content.decode()
    CampaignFactory.create(workspace=receptionist.workspace)
    of_two = client.get(reverse("imports")).content.decode()
    led = client.get(reverse("imports"), {"campaign": str(campaign.pk)}).content.decode()

    assert chosen in alone
    assert chosen not in of_two
    assert chosen in led


def test_without_a_campaign_there_is_nothing_to_upload_to(client: Client) -> None:
    for role, leads_on in [(Role.RECEPTIONIST, False), (Role.OWNER, True)]:
        client.force_login(UserFactory.create(role=role))
        html = client.get(reverse("imports")).content.decode()

        assert 'type="file"' not in html
        assert (reverse("campaign_new") in html) is leads_on


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_example_file_is_understood_as_it_is(
    client: Client, receptionist: User, language: str, kind: str
) -> None:
    receptionist.language = language
    with tenancy.platform("test"):
        receptionist.save(update_fields=["language"])

    response = client.get(reverse(f"import_example_{kind}"))

    with translation.override(language):
        found = survey(BytesIO(response.content), filename=f"example.{kind}")
    mapping = guess_mapping(found)
    assert set(mapping) == {
        Field.NAME,
        Field.PHONE,
        Field.EMAIL,
        Field.APPOINTMENT_DATE,
        Field.APPOINTMENT_HOUR,
        Field.APPOINTMENT_TYPE,
        Field.DOCTOR,
        Field.CONSENT,
    }
    assert not find_problems(mapping)
    assert found.column(mapping[Field.PHONE]).samples == ["0999999999"]  # type: ignore[union-attr]


def test_whoever_leaves_the_example_in_the_list_asks_nobody(
    client: Client, campaign: Campaign
) -> None:
    example = client.get(reverse("import_example_csv")).content

    listed = checked(client, campaign, SimpleUploadedFile("ejemplo.csv", example))

    assert (listed.rows_new, listed.will_be_asked) == (1, 0)


# Under way


def test_a_list_under_way_shows_how_far_it_is_and_asks_again(
    client: Client, campaign: Campaign
) -> None:
    uploaded(client, campaign)
    listed = newest(campaign.workspace)
    progress.store(listed, Progress("read", 1200, 4800, 1190, 10, 400.0, 9))

    html = page(client, listed)

    assert '<progress class="bar" id="bar" aria-labelledby="doing" max="4800" value="1200">' in html
    assert "1,200" in html
    assert "9 seconds" in html
    assert 'hx-trigger="every 1s"' in html
    assert '<noscript><meta http-equiv="refresh"' in html


def test_a_list_that_waits_for_a_person_asks_no_more(client: Client, campaign: Campaign) -> None:
    listed = surveyed(client, campaign)

    part = page(client, listed, headers=HTMX)

    assert part.strip().startswith('<div class="stack stack-loose" id="import">')
    assert "http-equiv" not in page(client, listed)


def test_a_list_is_called_off_while_it_is_under_way(client: Client, campaign: Campaign) -> None:
    uploaded(client, campaign)
    listed = newest(campaign.workspace)

    assert post(client, "import_cancel", listed)["Location"] == reverse("imports")

    assert worked_on(listed).status == ImportStatus.CANCELLED
    assert "Nothing of it was imported" in page(client, listed)


def test_a_list_that_failed_says_why(client: Client, campaign: Campaign) -> None:
    listed = surveyed(client, campaign, a_list("Paciente;Celular\n"))

    assert listed.status == ImportStatus.FAILED
    html = page(client, listed)
    assert "This list could not be read." in html
    assert reverse("imports") in html


# Columns


def test_the_columns_are_guessed_and_shown_with_examples(
    client: Client, campaign: Campaign
) -> None:
    listed = surveyed(client, campaign)

    html = page(client, listed)

    assert re.findall(r'<option value="(\w+)" selected>', html) == [
        "name",
        "phone",
        "appointment_date",
        "appointment_hour",
        "consent",
    ]
    assert "María Pérez" in html
    assert "3 rows found" in html


def test_what_is_missing_is_said(client: Client, campaign: Campaign) -> None:
    listed = surveyed(client, campaign, a_list("Paciente;Apodo\nAna Sol;Anita\nJosé Mora;Pepe\n"))

    context = client.get(reverse("import", args=[listed.pk])).context

    assert len(context["advice"]) == 2


def test_two_columns_cannot_be_one_field(client: Client, campaign: Campaign) -> None:
    listed = surveyed(client, campaign)

    response = post(
        client, "import_columns", listed, **says(client, listed, **{"column-0": "phone"})
    )

    assert "“Paciente” and “Celular” cannot both be “Phone”" in response.content.decode()
    assert worked_on(listed).status == ImportStatus.SURVEYED


WITHOUT_CONSENT = "Paciente;Celular;Cita\nAna Sol;0987654321;{day} 09:30\n"


def test_without_a_column_of_consent_somebody_has_to_say(
    client: Client, campaign: Campaign
) -> None:
    listed = surveyed(client, campaign, a_list(WITHOUT_CONSENT))

    response = post(client, "import_columns", listed, **says(client, listed))

    assert "consent" in response.context["form"].errors
    assert "Rosa Recibe" in response.content.decode()


@pytest.mark.parametrize(("said", "has_consent"), [("nobody", False), ("everyone", True)])
def test_what_was_declared_for_everyone_is_kept(
    client: Client, campaign: Campaign, said: str, has_consent: bool
) -> None:
    listed = surveyed(client, campaign, a_list(WITHOUT_CONSENT))
    post(client, "import_columns", listed, **says(client, listed, consent=said))
    listed = worked_on(listed)
    post(client, "import_confirm", listed)
    worked_on(listed)

    with tenancy.within(campaign.workspace_id):
        patient = Patient.objects.get()
    assert patient.has_consent is has_consent
    assert ("agreed to receive messages" in patient.consent_words) is has_consent
    assert (patient.consent_by == "Rosa Recibe") is has_consent


def test_dates_that_can_be_read_in_two_ways_are_shown_in_both(
    client: Client, campaign: Campaign
) -> None:
    listed = surveyed(
        client, campaign, a_list("Paciente;Celular;Cita\nAna;0987654321;03/04/2026 9:30\n")
    )

    readings = client.get(reverse("import", args=[listed.pk])).context["readings"]

    assert [(r.order, f"{r.day:%d %b}", r.is_chosen) for r in readings] == [
        ("DMY", "03 Apr", True),
        ("MDY", "04 Mar", False),
    ]


def test_the_other_order_of_dates_can_be_chosen(client: Client, campaign: Campaign) -> None:
    text = "Paciente;Celular;Cita\nAna;0987654321;03/04/2026 9:30\n"
    listed = surveyed(client, campaign, a_list(text))

    said = says(client, listed, consent="everyone", date_order="MDY")
    post(client, "import_columns", listed, **said)

    assert worked_on(listed).preview[0]["appointment_time"].startswith("2026-03-04T09:30")


def test_what_is_left_open_follows_the_choice_of_columns(
    client: Client, campaign: Campaign
) -> None:
    listed = surveyed(client, campaign)
    as_it_is = post(client, "import_advice", listed, **says(client, listed))
    without = post(
        client, "import_advice", listed, **says(client, listed, **{"column-1": "", "column-4": ""})
    )

    assert 'name="consent"' not in as_it_is.content.decode()
    assert 'name="consent"' in without.content.decode()
    assert len(without.context["advice"]) == 1
    assert 'class="field-error"' not in without.content.decode()


def test_another_sheet_can_be_chosen(client: Client, campaign: Campaign) -> None:
    book, file = Workbook(), BytesIO()
    book.active.append(["Notas", "de la", "semana"])  # type: ignore[union-attr]
    book.active.append(["nada", "que", "ver"])  # type: ignore[union-attr]
    book.create_sheet("Citas").append(["Paciente", "Celular", "Cita"])
    book["Citas"].append(["Ana Sol", "0987654321", f"{today()} 09:30"])
    book.save(file)
    listed = surveyed(client, campaign, SimpleUploadedFile("citas.xlsx", file.getvalue()))
    assert "<option>Citas</option>" in page(client, listed)

    post(client, "import_sheet", listed, sheet="Citas")

    assert "Ana Sol" in page(client, worked_on(listed))


def test_the_next_list_of_the_kind_remembers_the_columns(
    client: Client, campaign: Campaign
) -> None:
    text = "Quien;Donde;Cuando\nAna Sol;0987654321;{day} 09:30\n"
    listed = surveyed(client, campaign, a_list(text))
    said = {"column-0": "name", "column-1": "phone", "column-2": "appointment_time"}
    post(client, "import_columns", listed, **says(client, listed, consent="nobody", **said))
    post(client, "import_confirm", worked_on(listed))
    worked_on(listed)

    html = page(client, surveyed(client, campaign, a_list(text)))

    assert "As in your last list" in html
    assert re.findall(r'<option value="(\w+)" selected>', html) == list(said.values())


# The check


def test_the_check_says_what_will_happen_before_anything_does(
    client: Client, campaign: Campaign
) -> None:
    listed = checked(client, campaign)

    html = page(client, listed)

    assert (listed.rows_new, listed.rows_known, listed.rows_refused) == (2, 0, 1)
    assert "Import 2 patients" in html
    assert "09 no tiene" in html
    assert reverse("import_errors", args=[listed.pk]) in html
    with tenancy.within(campaign.workspace_id):
        assert not Patient.objects.exists()


def test_every_row_that_is_not_asked_has_its_reason(client: Client, campaign: Campaign) -> None:
    listed = checked(client, campaign)

    reasons = client.get(reverse("import", args=[listed.pk])).context["reasons"]

    assert listed.will_be_asked + sum(reason.count for reason in reasons) == 3


@pytest.mark.parametrize(
    ("status", "words"),
    [(CampaignStatus.DRAFT, "is still a draft"), (CampaignStatus.PAUSED, "is paused")],
)
def test_a_campaign_that_asks_nobody_yet_is_said(
    client: Client, receptionist: User, status: CampaignStatus, words: str
) -> None:
    campaign = CampaignFactory.create(workspace=receptionist.workspace, status=status)

    assert words in page(client, checked(client, campaign))


def test_too_few_credits_are_a_number_for_the_owner_alone(
    client: Client, campaign: Campaign, receptionist: User
) -> None:
    listed = checked(client, campaign)
    with tenancy.platform("test"):
        Import.objects.filter(pk=listed.pk).update(will_be_asked=6000)
    told = page(client, listed)
    client.force_login(UserFactory.create(workspace=receptionist.workspace, language="en"))
    owners = page(client, listed)

    assert "There are not enough credits for all of them" in told
    assert re.search(r"There are [\d,]+ credits left for 6,000 patients", owners)
    assert "credits left" not in told


def test_a_list_with_nothing_new_has_nothing_to_confirm(client: Client, campaign: Campaign) -> None:
    done(client, campaign)

    again = checked(client, campaign)

    assert (again.rows_new, again.rows_known) == (0, 2)
    html = page(client, again)
    assert reverse("import_confirm", args=[again.pk]) not in html
    assert "There is nothing new in this list to import." in html


def test_the_columns_can_be_changed_after_the_check(client: Client, campaign: Campaign) -> None:
    listed = checked(client, campaign)
    said = says(client, listed, **{"column-4": ""}, consent="nobody")

    post(client, "import_columns", listed, **said)

    assert "consent" not in worked_on(listed).mapping


# The result


def test_a_confirmed_list_is_in_and_says_so(client: Client, campaign: Campaign) -> None:
    listed = done(client, campaign)

    html = page(client, listed)

    assert listed.status == ImportStatus.DONE
    assert "2 patients are now in “Consulta general”." in html
    assert reverse("import_take_back", args=[listed.pk]) in html
    with tenancy.within(campaign.workspace_id):
        assert Patient.objects.count() == 2


def test_the_refused_rows_come_back_as_a_file(client: Client, campaign: Campaign) -> None:
    listed = done(client, campaign)

    response = client.get(reverse("import_errors", args=[listed.pk]))

    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert 'filename="citas de hoy - refused.csv"' in response["Content-Disposition"]
    assert text.splitlines()[0].startswith("Paciente;Celular;Fecha;Hora;Autoriza mensajes;")
    assert text.splitlines()[1].startswith("Ana Sol;09 no tiene;")
    assert len(text.splitlines()) == 2


def test_the_refused_rows_are_there_as_long_as_the_file_is(
    client: Client, campaign: Campaign
) -> None:
    listed = done(client, campaign)
    with tenancy.platform("test"):
        Import.objects.filter(pk=listed.pk).update(file="", survey={}, preview=[])

    assert reverse("import_errors", args=[listed.pk]) not in page(client, listed)
    response = client.get(reverse("import_errors", args=[listed.pk]), follow=True)
    assert "is no longer kept" in response.content.decode()


def test_a_second_press_does_not_import_twice(client: Client, campaign: Campaign) -> None:
    listed = checked(client, campaign)

    first = post(client, "import_confirm", listed)
    second = post(client, "import_confirm", listed)
    worked_on(listed)
    after = post(client, "import_confirm", listed)

    assert [r.status_code for r in (first, second, after)] == [302, 302, 302]
    with tenancy.within(campaign.workspace_id):
        assert Patient.objects.count() == 2


@pytest.mark.parametrize("name", ["import_columns", "import_advice", "import_cancel"])
def test_what_is_over_cannot_be_changed(client: Client, campaign: Campaign, name: str) -> None:
    listed = done(client, campaign)

    assert post(client, name, listed).status_code == 409
    assert worked_on(listed).status == ImportStatus.DONE


def test_an_old_address_of_the_columns_leads_to_how_the_list_stands(
    client: Client, campaign: Campaign
) -> None:
    listed = done(client, campaign)

    response = client.get(reverse("import_columns", args=[listed.pk]))

    assert response["Location"] == reverse("import", args=[listed.pk])


def test_a_list_is_taken_back_after_a_question(client: Client, campaign: Campaign) -> None:
    listed = done(client, campaign)
    assert "2 patients of this list leave" in page(client, listed, "import_take_back")

    post(client, "import_take_back", listed)

    assert "This list was taken back" in page(client, listed)
    with tenancy.within(campaign.workspace_id):
        assert not Patient.objects.exists()


def test_a_list_whose_patients_were_asked_stays(client: Client, campaign: Campaign) -> None:
    listed = done(client, campaign)
    with tenancy.platform("test"):
        Patient.objects.update(asked_at=timezone.now())

    assert "cannot be taken back any more" in page(client, listed)
    asked = client.get(reverse("import_take_back", args=[listed.pk]))
    assert asked["Location"] == reverse("import", args=[listed.pk])
    assert post(client, "import_take_back", listed).status_code == 409


def test_a_page_costs_the_same_however_long_its_list_is(client: Client, campaign: Campaign) -> None:
    listed = done(client, campaign)
    kept = {"workspace": campaign.workspace, "source": listed}

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, listed)
        return len(queries)

    page(client, listed)
    few = cost()
    for number in range(100, 140):
        ImportProblemFactory.create(**kept, row_number=number)
    PatientFactory.create_batch(40, **kept, campaign=campaign)
    assert cost() == few < 20


def test_html_in_a_file_stays_text(client: Client, campaign: Campaign) -> None:
    text = "Paciente;Celular;Cita\n<b>Ana</b>;0987654321;{day} 09:30\n"
    listed = checked(client, campaign, a_list(text, "<i>citas</i>.csv"))

    html = page(client, listed)

    assert "<b>Ana" not in html
    assert "<i>citas" not in html
