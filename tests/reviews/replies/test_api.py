"""Reviews and replies by the API."""

import pytest
from django.utils import timezone

from core import tenancy
from reviews.models import ReplyStatus, Review, ReviewReply
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import (
    ApiKeyFactory,
    AttributionFactory,
    GoogleLocationFactory,
    PatientFactory,
    ReviewFactory,
    ReviewReplyFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

CLEAN = "Gracias por su comentario. Lo compartimos con todo el equipo."
REVEALING = "Gracias por venir a su cita."


@pytest.fixture
def api() -> ApiClient:
    return ApiClient()


@pytest.fixture
def review(api: ApiClient) -> Review:
    return ReviewFactory.create(workspace=api.workspace)


def stored(review: Review) -> ReviewReply | None:
    with tenancy.within(review.workspace_id):
        return ReviewReply.objects.filter(review=review).first()


def test_reviews_are_listed_with_filters(api: ApiClient, review: Review) -> None:
    other = GoogleLocationFactory.create(
        workspace=api.workspace, connection=review.location.connection
    )
    low = ReviewFactory.create(
        workspace=api.workspace,
        location=other,
        stars=2,
        comment="Mal",
        topics=["waiting", "care"],
        urgency="harm",
        labelled_at=timezone.now(),
    )
    ReviewReplyFactory.create(workspace=api.workspace, review=low, status="AWAITING_APPROVAL")

    def ids(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"reviews/{query}").json()["results"]]

    assert ids("") == [str(low.pk), str(review.pk)]
    assert ids("?stars=2") == [str(low.pk)]
    assert ids("?state=open") == [str(review.pk)]
    assert ids("?words=atencion") == [str(review.pk)]
    assert ids(f"?practice_id={other.practice_id}") == [str(low.pk)]
    assert ids("?topic=care") == [str(low.pk)]
    assert ids("?posted_after=2099-01-01T00:00:00Z") == []


def test_review_shows_what_its_words_are_about(api: ApiClient, review: Review) -> None:
    with tenancy.platform("test"):
        Review.objects.update(topics=["price"], urgency="legal", labelled_at=timezone.now())

    answer = api.get(f"reviews/{review.pk}/").json()

    assert (answer["topics"], answer["urgency"]) == (["price"], "legal")


def test_review_shows_the_reply_and_no_attribution(api: ApiClient, review: Review) -> None:
    patient = PatientFactory.create(workspace=api.workspace, name="Zenaida Oculta")
    AttributionFactory.create(workspace=api.workspace, review=review, patient=patient)
    ReviewReplyFactory.create(workspace=api.workspace, review=review, text=CLEAN)

    answer = api.get(f"reviews/{review.pk}/")

    assert answer.json()["reply"]["text"] == CLEAN
    assert str(patient.pk) not in answer.content.decode()
    assert "attribution" not in answer.content.decode()


def test_reply_is_queued(api: ApiClient, review: Review) -> None:
    answer = api.send("put", f"reviews/{review.pk}/reply/", {"text": CLEAN})

    assert answer.status_code == 200
    assert answer.json()["reply"]["status"] == ReplyStatus.QUEUED


def test_draft_is_kept(api: ApiClient, review: Review) -> None:
    answer = api.send("put", f"reviews/{review.pk}/reply/", {"text": REVEALING, "draft": True})

    assert answer.json()["reply"]["status"] == ReplyStatus.DRAFT


def test_doctors_session_waits_for_approval(review: Review) -> None:
    from django.test import Client

    doctor: User = UserFactory.create(workspace=review.workspace, role=Role.DOCTOR)
    client = Client()
    client.force_login(doctor)

    answer = client.put(
        f"/api/v1/reviews/{review.pk}/reply/", {"text": CLEAN}, content_type="application/json"
    )

    assert answer.json()["reply"]["status"] == ReplyStatus.AWAITING_APPROVAL


def test_revealing_reply_is_refused_with_its_words(api: ApiClient, review: Review) -> None:
    answer = api.send("put", f"reviews/{review.pk}/reply/", {"text": REVEALING})

    status, code, errors = problem_codes(answer)
    assert (status, code) == (400, "invalid")
    assert ("text", "reveals_visit") in errors
    assert "Gracias por venir" in answer.json()["errors"][0]["message"]
    assert stored(review) is None


def test_override_is_no_field_of_the_api(api: ApiClient, review: Review) -> None:
    body = {"text": REVEALING, "override": True}

    assert api.send("put", f"reviews/{review.pk}/reply/", body).status_code == 400
    assert stored(review) is None


def test_stale_version_and_etag_are_refused(api: ApiClient, review: Review) -> None:
    etag = api.get(f"reviews/{review.pk}/")["ETag"]
    ReviewReplyFactory.create(workspace=api.workspace, review=review, text="¡Gracias!")
    path = f"reviews/{review.pk}/reply/"

    assert api.send("put", path, {"text": CLEAN, "version": 0}).status_code == 409
    assert api.send("put", path, {"text": CLEAN}, if_match=etag).status_code == 412
    reply = stored(review)
    assert reply
    assert reply.text == "¡Gracias!"


def test_deletion_waits_for_google(api: ApiClient, review: Review) -> None:
    assert api.delete(f"reviews/{review.pk}/reply/").status_code == 409
    with tenancy.platform("test"):
        Review.objects.update(published_reply=CLEAN)

    assert api.delete(f"reviews/{review.pk}/reply/").status_code == 204

    assert api.get(f"reviews/{review.pk}/").json()["reply"]["status"] == ReplyStatus.DELETING


def test_key_that_may_only_write_reads_nothing(review: Review) -> None:
    key = ApiKeyFactory.create(workspace=review.workspace, scopes=["reviews:write"])
    api = ApiClient(key)

    answer = api.send("put", f"reviews/{review.pk}/reply/", {"text": CLEAN})

    assert answer.json() == {"id": str(review.pk)}
    assert api.get(f"reviews/{review.pk}/").status_code == 403


def test_review_of_another_clinic_is_not_found(api: ApiClient) -> None:
    foreign = ReviewFactory.create()

    assert api.get(f"reviews/{foreign.pk}/").status_code == 404
    answer = api.send("put", f"reviews/{foreign.pk}/reply/", {"text": CLEAN})
    assert answer.status_code == 404
    assert stored(foreign) is None
