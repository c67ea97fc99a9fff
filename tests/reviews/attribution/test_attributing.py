from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation

from core import tenancy
from messaging.privacy.anonymization import finish_erasures
from patients.models import Patient
from reviews.attribution import attributing
from reviews.attribution.attributing import COMPARED_FOR, attribute_due_practices
from reviews.attribution.explanations import explain
from reviews.models import Attribution, GoogleLocation, Review
from tests.factories import (
    CampaignFactory,
    DoctorFactory,
    GoogleLocationFactory,
    MessageFactory,
    PatientFactory,
    ReviewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()
POSTED = NOW - timedelta(hours=1)


@pytest.fixture
def location() -> GoogleLocation:
    return GoogleLocationFactory.create()


def create_ask(
    location: GoogleLocation,
    name: str,
    *,
    rating: int | None = 5,
    clicked_at: datetime | None = POSTED - timedelta(minutes=12),
) -> Patient:
    campaign = CampaignFactory.create(workspace=location.workspace, practice=location.practice)
    patient: Patient = PatientFactory.create(
        workspace=location.workspace,
        campaign=campaign,
        name=name,
        appointment_time=POSTED - timedelta(hours=6),
        asked_at=POSTED - timedelta(hours=3),
        review_clicked_at=clicked_at,
        review_clicks=int(clicked_at is not None),
    )
    MessageFactory.create(
        workspace=location.workspace, patient=patient, campaign=campaign, rating=rating
    )
    return patient


def create_review(location: GoogleLocation, name: str, **fields: object) -> Review:
    review: Review = ReviewFactory.create(
        workspace=location.workspace,
        location=location,
        reviewer_name=name,
        posted_at=POSTED,
        changed_at=POSTED,
        **fields,
    )
    return review


def attributions() -> list[Attribution]:
    with tenancy.platform("test"):
        return list(Attribution.objects.order_by("created_at"))


def test_review_soon_after_a_click_by_the_same_name_is_likely(location: GoogleLocation) -> None:
    patient = create_ask(location, "VERA QUISHPE LUCÍA")
    review = create_review(location, "Lucia Vera")

    attribute_due_practices(now=NOW)

    [guess] = attributions()
    assert (guess.review_id, guess.patient_id, guess.grade) == (review.pk, patient.pk, "LIKELY")
    with translation.override("en"):
        assert explain(guess) == (
            "clicked 12 minutes before, same full name, same stars as the rating"
        )


def test_click_on_the_link_of_a_doctor_is_no_evidence(location: GoogleLocation) -> None:
    patient = create_ask(location, "VERA QUISHPE LUCÍA")
    DoctorFactory.create(
        workspace=location.workspace, name="Ana Paz", google_place_id="ChIJdoctor0001"
    )
    with tenancy.platform("test"):
        Patient.objects.filter(pk=patient.pk).update(doctor_name="Ana Paz")
    create_review(location, "Lucia Vera")

    attribute_due_practices(now=NOW)

    assert [guess for guess in attributions() if guess.minutes_after_click is not None] == []


def test_ask_of_another_practice_is_not_considered(location: GoogleLocation) -> None:
    elsewhere = GoogleLocationFactory.create(
        workspace=location.workspace, connection=location.connection
    )
    create_ask(elsewhere, "Lucía Vera")
    create_review(location, "Lucía Vera")

    attribute_due_practices(now=NOW)

    assert attributions() == []


def test_ask_of_another_clinic_is_not_considered(location: GoogleLocation) -> None:
    create_ask(GoogleLocationFactory.create(), "Lucía Vera")
    create_review(location, "Lucía Vera")

    attribute_due_practices(now=NOW)

    assert attributions() == []


def test_two_asks_that_fit_equally_are_not_likely(location: GoogleLocation) -> None:
    for _ in range(2):
        create_ask(location, "Lucía Vera")
    create_review(location, "Lucía Vera")

    attribute_due_practices(now=NOW)

    assert all(guess.grade != "LIKELY" for guess in attributions())


def test_one_ask_is_given_one_review(location: GoogleLocation) -> None:
    create_ask(location, "Lucía Vera")
    for _ in range(2):
        create_review(location, "Lucía Vera")

    attribute_due_practices(now=NOW)

    assert len(attributions()) == 1


def test_guess_follows_a_changed_name(location: GoogleLocation) -> None:
    create_ask(location, "Lucía Vera")
    other = create_ask(location, "Pedro Paz", clicked_at=None)
    review = create_review(location, "Lucía Vera")
    attribute_due_practices(now=NOW)

    later = timezone.now()
    with tenancy.platform("test"):
        Review.objects.filter(pk=review.pk).update(
            reviewer_name="Pedro Paz", updated_at=later + timedelta(seconds=1)
        )
        Patient.objects.exclude(pk=other.pk).update(review_clicks=0, review_clicked_at=None)
        Patient.objects.filter(pk=other.pk).update(
            review_clicks=1, review_clicked_at=POSTED - timedelta(minutes=2)
        )
    attribute_due_practices(now=later + timedelta(seconds=2))

    assert [guess.patient_id for guess in attributions()] == [other.pk]


def test_guess_goes_when_its_location_is_no_longer_followed(location: GoogleLocation) -> None:
    patient = create_ask(location, "Lucía Vera")
    create_review(location, "Lucía Vera")
    attribute_due_practices(now=NOW)
    right = GoogleLocationFactory.create(
        workspace=location.workspace, connection=location.connection, practice=location.practice
    )
    with tenancy.platform("test"):
        GoogleLocation.objects.filter(pk=location.pk).update(practice=None)
    review = create_review(right, "Lucía Vera")

    attribute_due_practices(now=timezone.now() + timedelta(seconds=1))

    assert [(guess.review_id, guess.patient_id) for guess in attributions()] == [
        (review.pk, patient.pk)
    ]


def test_practice_that_cannot_be_compared_holds_up_no_other(
    location: GoogleLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_review(location, "Lucía Vera")
    other = GoogleLocationFactory.create()
    create_ask(other, "Pedro Paz")
    create_review(other, "Pedro Paz")
    broken = attributing.CANDIDATES.replace(
        "WHERE pt.workspace_id",
        f"WHERE 1 / (c.practice_id <> '{location.practice_id}')::int = 1 AND pt.workspace_id",
    )
    monkeypatch.setattr(attributing, "CANDIDATES", broken)
    create_ask(location, "Lucía Vera")

    compared = attribute_due_practices(now=NOW)

    assert (compared, len(attributions())) == (2, 1)


def test_practice_without_changes_is_not_compared_again(location: GoogleLocation) -> None:
    create_review(location, "Lucía Vera")
    now = timezone.now() + timedelta(minutes=2)

    assert attribute_due_practices(now=now) == 1
    assert attribute_due_practices(now=now) == 0
    assert attribute_due_practices(now=now + timedelta(days=1, seconds=1)) == 1


def test_old_guess_stays_and_keeps_its_patient(location: GoogleLocation) -> None:
    patient = create_ask(location, "Lucía Vera")
    review = create_review(location, "Lucía Vera")
    attribute_due_practices(now=NOW)
    old = NOW - COMPARED_FOR - timedelta(days=1)
    with tenancy.platform("test"):
        Review.objects.filter(pk=review.pk).update(posted_at=old)
    create_review(location, "Lucía Vera")

    attribute_due_practices(now=timezone.now() + timedelta(seconds=1))

    assert [(guess.review_id, guess.patient_id) for guess in attributions()] == [
        (review.pk, patient.pk)
    ]


def test_erased_patient_is_neither_shown_nor_kept(location: GoogleLocation) -> None:
    patient = create_ask(location, "Lucía Vera")
    create_review(location, "Lucía Vera")
    attribute_due_practices(now=NOW)
    owner = UserFactory.create(workspace=location.workspace, role="OWNER")
    with tenancy.platform("test"):
        Patient.objects.filter(pk=patient.pk).update(data_deleted_at=NOW - timedelta(days=30))
        shown = Attribution.objects.visible_to(owner).count()

    finish_erasures(location.workspace_id)

    assert (shown, attributions()) == (0, [])


def test_doctor_sees_guesses_about_own_patients_alone(location: GoogleLocation) -> None:
    patient = create_ask(location, "Lucía Vera")
    create_review(location, "Lucía Vera")
    attribute_due_practices(now=NOW)
    author = patient.campaign.created_by
    assert author
    colleague = UserFactory.create(workspace=location.workspace, role="DOCTOR")
    with tenancy.platform("test"):
        type(author).objects.filter(pk=author.pk).update(role="DOCTOR")
        author.refresh_from_db()
        seen = [Attribution.objects.visible_to(user).count() for user in (author, colleague)]

    assert seen == [1, 0]


def test_vanished_review_loses_its_guess(location: GoogleLocation) -> None:
    create_ask(location, "Lucía Vera")
    review = create_review(location, "Lucía Vera")
    attribute_due_practices(now=NOW)
    with tenancy.platform("test"):
        Review.objects.filter(pk=review.pk).update(
            reviewer_name="", comment="", vanished_at=NOW, updated_at=NOW + timedelta(minutes=1)
        )

    attribute_due_practices(now=NOW + timedelta(minutes=2))

    assert attributions() == []
