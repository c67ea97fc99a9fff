import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from messaging.models import Feedback, TextLabels
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    FeedbackFactory,
    MessageFactory,
    PatientFactory,
    TextLabelsFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


def create_case(user: User, name: str, **labels: object) -> Feedback:
    campaign = CampaignFactory.create(workspace=user.workspace)
    patient = PatientFactory.create(workspace=user.workspace, campaign=campaign, name=name)
    ask = MessageFactory.create(
        workspace=user.workspace, campaign=campaign, patient=patient, comment="Palabras"
    )
    TextLabelsFactory.create(workspace=user.workspace, message=ask, **labels)
    case: Feedback = FeedbackFactory.create(workspace=user.workspace, message=ask)
    return case


def labels_of(case: Feedback) -> TextLabels:
    with tenancy.within(case.workspace_id):
        return TextLabels.objects.get(message=case.message_id)


def test_urgent_case_is_first_on_the_board(client: Client, owner: User) -> None:
    create_case(owner, "Older Calm")
    create_case(owner, "Newer Leaving", urgency="leaving")
    create_case(owner, "Newest Bleeding", urgency="emergency")
    page = client.get(reverse("recovery")).content.decode()

    names = ["Newest Bleeding", "Newer Leaving", "Older Calm"]
    assert sorted(names, key=page.index) == names
    assert "Medical emergency" in page


def test_board_is_filtered_by_topic(client: Client, owner: User) -> None:
    create_case(owner, "Zoila Espera", topics=["waiting", "care"])
    create_case(owner, "Rosa Precio", topics=["price"])
    page = client.get(reverse("recovery"), {"topic": "waiting"}).content.decode()

    assert "Zoila Espera" in page
    assert "Rosa Precio" not in page


def test_unknown_topic_in_the_address_shows_all_cases(client: Client, owner: User) -> None:
    create_case(owner, "Zoila Espera", topics=["waiting"])
    assert "Zoila Espera" in client.get(reverse("recovery"), {"topic": "x"}).content.decode()


def test_table_for_download_has_topics_and_urgency(client: Client, owner: User) -> None:
    create_case(owner, "Zoila Espera", topics=["waiting", "price"], urgency="legal")
    response = client.get(reverse("recovery"), {"as": "csv"})
    table = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]

    assert "Waiting time, Price" in table
    assert "Legal steps" in table


def test_member_corrects_labels_and_returns_to_the_case(client: Client, owner: User) -> None:
    case = create_case(owner, "Zoila Espera", topics=["waiting"], urgency="legal")
    page = reverse("correct_labels", args=[labels_of(case).pk])
    assert "Palabras" in client.get(page).content.decode()
    response = client.post(page, {"topics": ["care", "price"], "urgency": "none"})

    assert response["Location"] == reverse("recovery_case", args=[case.pk])
    labels = labels_of(case)
    assert labels.topics == ["care", "price"]
    assert labels.urgency == "none"
    assert labels.corrected_by_name == owner.name


def test_unknown_topic_is_not_stored(client: Client, owner: User) -> None:
    case = create_case(owner, "Zoila Espera", topics=["waiting"])
    page = reverse("correct_labels", args=[labels_of(case).pk])
    response = client.post(page, {"topics": ["food"], "urgency": "none"})

    assert response.status_code == 200
    assert labels_of(case).topics == ["waiting"]


def test_labels_of_another_clinic_are_not_found(client: Client, owner: User) -> None:
    other = create_case(UserFactory.create(role=Role.OWNER), "Somebody Else")
    page = reverse("correct_labels", args=[labels_of(other).pk])
    assert client.post(page, {"urgency": "none"}).status_code == 404


def test_inbox_is_filtered_by_topic(client: Client, owner: User) -> None:
    for name, topic in (("Zoila Espera", "waiting"), ("Rosa Precio", "price")):
        case = create_case(owner, name, topics=[topic])
        ConversationFactory.create(workspace=owner.workspace, patient=case.patient)
    query = {"topic": "waiting", "state": "open"}
    page = client.get(reverse("inbox"), query).content.decode()

    assert "Zoila Espera" in page
    assert "Rosa Precio" not in page
    assert '<option value="waiting" selected' in page
    assert '<input type="hidden" name="state" value="open">' in page
    assert "state=closed" in page
    assert 'href="/inbox/?state=closed&amp;topic=waiting"' in page


def test_inbox_csv_is_filtered_by_topic(client: Client, owner: User) -> None:
    for name, topic in (("Zoila Espera", "waiting"), ("Rosa Precio", "price")):
        case = create_case(owner, name, topics=[topic])
        ConversationFactory.create(workspace=owner.workspace, patient=case.patient)
    response = client.get(reverse("inbox"), {"topic": "waiting", "as": "csv"})
    file = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]

    assert "Zoila Espera" in file
    assert "Rosa Precio" not in file
