"""One patient is asked at the desk: now or later, exactly once, and taken back in time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from core.models import AuditEvent
from messaging.dispatch.planning import plan_messages
from patients import ask_one
from patients.models import Patient
from tests.factories import DoctorFactory, PatientFactory, UserFactory
from tests.messaging.world import find_messages, running_campaign, shared_sender
from tests.patients.asking.desk import filled_form, patients_of, send
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

SOON = ask_one.TIME_TO_UNDO + timedelta(seconds=1)


def test_patient_is_saved_with_consent_and_asked_at_once(
    client: Client, campaign: Campaign, receptionist: User
) -> None:
    html = send(client, filled_form(campaign))

    (patient,) = patients_of(campaign.workspace)
    assert "Ana Pérez: the message leaves in a few seconds." in html
    assert (patient.name, patient.phone) == ("Ana Pérez", "+593991234567")
    assert (patient.doctor_name, patient.preferred_channel) == ("Dra. Vega", "SMS")
    assert patient.has_consent
    assert patient.consent_words == "The patient agrees to receive a message about this visit."
    assert patient.consent_by == receptionist.name
    assert plan_messages(now=timezone.now()) == 0
    assert plan_messages(now=timezone.now() + SOON) == 1
    assert [message.patient for message in find_messages()] == [patient]


def test_patient_is_asked_after_the_delay_when_the_member_chose_that(
    client: Client, campaign: Campaign
) -> None:
    html = send(client, filled_form(campaign, when="later"))

    assert "Ana Pérez: the message leaves " in html
    now = timezone.now()
    assert plan_messages(now=now + timedelta(minutes=119)) == 0
    assert plan_messages(now=now + timedelta(minutes=121)) == 1


def test_delay_does_not_ask_again_after_an_ask_at_once(client: Client, campaign: Campaign) -> None:
    send(client, filled_form(campaign))
    now = timezone.now()

    assert plan_messages(now=now + SOON) == 1
    assert plan_messages(now=now + timedelta(hours=3)) == 0


def test_page_without_script_redirects_and_confirms(client: Client, campaign: Campaign) -> None:
    response = client.post(reverse("ask_one"), filled_form(campaign), follow=True)

    assert response.redirect_chain == [(reverse("ask_one"), 302)]
    html = response.content.decode()
    assert "Ana Pérez: the message leaves in a few seconds." in html
    assert "You asked last" in html


def test_same_form_sent_again_asks_once(client: Client, campaign: Campaign) -> None:
    form = filled_form(campaign)

    first, second = send(client, form), send(client, form)

    assert len(patients_of(campaign.workspace)) == 1
    assert "the message leaves in a few seconds" in first
    assert "the message leaves in a few seconds" in second


def test_asked_patients_are_the_newest_of_all(client: Client, campaign: Campaign) -> None:
    """Lists show the newest first by the id, which tells when the patient was saved."""
    for number in range(5):
        PatientFactory.create(workspace=campaign.workspace, campaign=campaign)
        send(client, filled_form(campaign, name="Luis Paz", phone=f"099 765 432{number}"))

        assert patients_of(campaign.workspace)[-1].name == "Luis Paz"


def test_form_with_corrected_phone_asks_another_person(client: Client, campaign: Campaign) -> None:
    form = filled_form(campaign)

    send(client, form)
    send(client, form | {"phone": "099 123 4568"})

    assert {one.phone for one in patients_of(campaign.workspace)} == {
        "+593991234567",
        "+593991234568",
    }


@pytest.mark.parametrize(
    "corrected", [{"name": "Luis Paz"}, {"doctor_name": "Dr. Vera"}, {"when": "later"}]
)
def test_form_that_is_corrected_and_sent_again_is_refused(
    client: Client, campaign: Campaign, corrected: dict[str, str]
) -> None:
    form = filled_form(campaign)

    send(client, form)
    html = send(client, form | corrected)

    assert "To correct what was entered, undo that one first." in html
    assert [one.name for one in patients_of(campaign.workspace)] == ["Ana Pérez"]


def test_form_that_is_sent_again_for_another_practice_is_refused(
    client: Client, campaign: Campaign
) -> None:
    other, form = running_campaign(campaign.workspace), filled_form(campaign)

    send(client, form)
    html = send(client, form | {"campaign": str(other.pk)})

    assert f"already about a visit at {campaign.practice.name}" in html
    (patient,) = patients_of(campaign.workspace)
    assert patient.campaign == campaign


def test_form_is_sent_again_after_undoing(client: Client, campaign: Campaign) -> None:
    form = filled_form(campaign)
    send(client, form)
    (patient,) = patients_of(campaign.workspace)
    client.post(reverse("ask_one_undo", args=[patient.pk]))

    assert "the message leaves in a few seconds" in send(client, form | {"name": "Luis Paz"})


def test_email_alone_is_enough_and_goes_by_email(client: Client, campaign: Campaign) -> None:
    shared_sender("EMAIL")

    send(client, filled_form(campaign, phone="", email="Ana@Example.com"))

    (patient,) = patients_of(campaign.workspace)
    assert (patient.email, patient.preferred_channel) == ("ana@example.com", "EMAIL")


def test_choices_are_remembered_and_the_next_form_is_blank(
    client: Client, campaign: Campaign
) -> None:
    other = running_campaign(campaign.workspace)

    send(client, filled_form(other, when="later"))

    form = client.get(reverse("ask_one")).context["form"]
    assert form["campaign"].value() == str(other.pk)
    assert (form["doctor_name"].value(), form["when"].value()) == ("Dra. Vega", "now")
    assert not form["name"].value()
    assert not form["phone"].value()


def test_undo_deletes_the_patient_and_fills_the_form_again(
    client: Client, campaign: Campaign
) -> None:
    send(client, filled_form(campaign))
    (patient,) = patients_of(campaign.workspace)

    response = client.post(
        reverse("ask_one_undo", args=[patient.pk]), headers={"HX-Request": "true"}
    )

    assert "Taken back: nothing is sent." in response.content.decode()
    assert response.context["form"]["name"].value() == "Ana Pérez"
    assert patients_of(campaign.workspace) == []
    assert plan_messages(now=timezone.now() + SOON) == 0


def test_ask_that_has_left_cannot_be_taken_back(client: Client, campaign: Campaign) -> None:
    send(client, filled_form(campaign))
    (patient,) = patients_of(campaign.workspace)
    plan_messages(now=timezone.now() + SOON)

    response = client.post(reverse("ask_one_undo", args=[patient.pk]), follow=True)

    assert "cannot be taken back" in response.content.decode()
    assert patients_of(campaign.workspace) == [patient]


def test_member_cannot_take_back_what_another_one_asked(client: Client, campaign: Campaign) -> None:
    send(client, filled_form(campaign))
    (patient,) = patients_of(campaign.workspace)
    client.force_login(UserFactory.create(workspace=campaign.workspace, role=Role.RECEPTIONIST))

    response = client.post(reverse("ask_one_undo", args=[patient.pk]))

    assert response.status_code == 404
    assert patients_of(campaign.workspace) == [patient]


def test_ask_and_undo_are_audited_without_personal_data(client: Client, campaign: Campaign) -> None:
    send(client, filled_form(campaign))
    (patient,) = patients_of(campaign.workspace)
    client.post(reverse("ask_one_undo", args=[patient.pk]))

    with tenancy.within(campaign.workspace_id):
        events = AuditEvent.objects.filter(action__startswith="patient.ask").order_by("pk")
        recorded = [(event.action, str(event.new)) for event in events]
    assert [action for action, _new in recorded] == ["patient.ask", "patient.ask_undo"]
    assert not any("Ana" in new or "99123" in new for _action, new in recorded)


def test_next_visit_of_a_patient_is_filled_in(client: Client, campaign: Campaign) -> None:
    earlier = PatientFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        name="Luis Mora",
        doctor_name="Dr. Paz",
        preferred_channel="WHATSAPP",
    )
    client.force_login(UserFactory.create(workspace=campaign.workspace, role=Role.OWNER))

    form = client.get(reverse("ask_one"), {"patient": str(earlier.pk)}).context["form"]

    assert form["name"].value() == "Luis Mora"
    assert (form["phone"].value(), form["doctor_name"].value()) == (earlier.phone, "Dr. Paz")
    assert (form["campaign"].value(), form["channel"].value()) == (campaign.pk, "WHATSAPP")


def test_doctor_asks_in_a_campaign_of_a_colleague(client: Client, campaign: Campaign) -> None:
    """She fills in the next visit of her own patient, and of others she cannot open the page."""
    member = UserFactory.create(workspace=campaign.workspace, role=Role.DOCTOR, language="en")
    DoctorFactory.create(
        workspace=campaign.workspace, key="vega", name="Dra. Vega", photo=None, member=member
    )
    earlier = PatientFactory.create(
        workspace=campaign.workspace, campaign=campaign, doctor_name="Dra. Vega"
    )
    running_campaign(campaign.workspace, created_by=member)
    client.force_login(member)
    form = client.get(reverse("ask_one"), {"patient": str(earlier.pk)}).context["form"]
    assert form["campaign"].value() == str(campaign.pk)
    assert campaign in form.offered

    own = send(client, filled_form(campaign))
    others = send(client, filled_form(campaign, phone="099 765 4321", doctor_name="Dr. Paz"))

    first, second = patients_of(campaign.workspace)[-2:]
    assert reverse("patient", args=[first.pk]) in own
    assert reverse("patient", args=[second.pk]) not in others.replace(
        reverse("ask_one_undo", args=[second.pk]), ""
    )


def test_doctors_are_suggested_once_by_the_name_as_shown(
    client: Client, campaign: Campaign
) -> None:
    doctor = DoctorFactory.create(
        workspace=campaign.workspace, key="vega", name="VEGA", shown_name="Dra. Vega", photo=None
    )
    DoctorFactory.create(
        workspace=campaign.workspace,
        key="a vega",
        name="A. Vega",
        photo=None,
        merged_into=doctor,
        shown_as=doctor,
    )

    html = client.get(reverse("ask_one")).content.decode()

    assert '<option value="Dra. Vega">' in html
    assert "A. Vega" not in html
    assert '"VEGA"' not in html


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.DOCTOR])
def test_patient_that_the_member_may_not_see_fills_in_nothing(
    client: Client, campaign: Campaign, role: Role
) -> None:
    earlier = PatientFactory.create(workspace=campaign.workspace, campaign=campaign)
    member = UserFactory.create(workspace=campaign.workspace, role=role)
    running_campaign(campaign.workspace, created_by=member)
    client.force_login(member)

    form = client.get(reverse("ask_one"), {"patient": str(earlier.pk)}).context["form"]

    assert not form["name"].value()


def test_recent_asks_cost_the_same_however_many(client: Client, campaign: Campaign) -> None:
    send(client, filled_form(campaign))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("ask_one_recent"))
    for number in range(1, 5):
        send(client, filled_form(campaign, phone=f"099 765 432{number}"))

    with CaptureQueriesContext(connection) as five:
        html = client.get(reverse("ask_one_recent")).content.decode()

    assert len(five) == len(one)
    assert html.count(">Undo<") == 5


def test_patient_of_the_page_is_erased_meanwhile_shows_nothing(
    client: Client, campaign: Campaign
) -> None:
    send(client, filled_form(campaign))
    with tenancy.within(campaign.workspace_id):
        Patient.objects.update(data_deleted_at=timezone.now())

    assert "Ana" not in client.get(reverse("ask_one_recent")).content.decode()
