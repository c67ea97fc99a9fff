"""What the demo's Google knows of the demo's practices."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core import tenancy
from dev.demo import google_connection, google_world
from dev.demo_data.story import ANDES, DEMO
from dev.doubles.google import snapshot
from dev.doubles.google.moderation import find_violation
from dev.doubles.google.oauth import Grants
from dev.doubles.google.signing import SigningKey
from dev.doubles.google.state import State
from messaging.models import Message
from reviews.models import GoogleConnection
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import Role, Workspace

WORLD = google_world.build_world()


def test_practices_have_locations_with_their_place_ids() -> None:
    for clinic, account in ((DEMO, "101"), (ANDES, "102")):
        found = {
            each.place_id: each.title
            for each in WORLD.locations.values()
            if each.account == account and each.is_verified
        }
        assert found == {place.google_place_id: place.name for place in clinic.places}
    (unverified,) = (each for each in WORLD.locations.values() if not each.is_verified)
    assert unverified.account == "101"


def test_reviews_are_of_every_kind_and_of_the_last_year() -> None:
    reviews = [*WORLD.reviews.values()]
    assert len(reviews) > 50
    assert {review.stars for review in reviews} == {1, 2, 3, 4, 5}
    kinds = Counter(
        {
            "anonymous": sum(review.is_anonymous for review in reviews),
            "rating only": sum(not review.comment for review in reviews),
            "edited": sum(review.updated > review.created for review in reviews),
            "media": sum(bool(review.media) for review in reviews),
            "replied": sum(review.reply is not None for review in reviews),
            "translated": sum("(Original)" in review.comment for review in reviews),
        }
    )
    assert min(kinds.values()) >= 3, kinds
    now = WORLD.now()
    assert all(now - 366 * 86_400 < review.created <= review.updated < now for review in reviews)


def test_replies_have_the_outcome_that_the_double_would_give_them() -> None:
    for review in WORLD.reviews.values():
        if review.reply:
            assert review.reply.violation == find_violation(review.reply.comment)
            assert review.reply.updated < WORLD.now()


def test_world_can_be_read_by_the_double() -> None:
    state = State()
    text = json.dumps(snapshot.dump(WORLD, Grants(WORLD)))
    snapshot.load(state, Grants(state), SigningKey(), text)
    assert state.reviews == WORLD.reviews


@pytest.fixture
def state_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "google.json"
    monkeypatch.setattr(google_world, "state_file", lambda: path)
    return path


def create_clinic() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create(pk=DEMO.id)
    UserFactory.create(workspace=workspace, role=Role.OWNER)
    return workspace


def create_click(workspace: Workspace, *, place: str, rating: int, name: str) -> Message:
    practice = PracticeFactory.create(workspace=workspace, name=place)
    campaign = CampaignFactory.create(workspace=workspace, practice=practice)
    now = timezone.now()
    patient = PatientFactory.create(
        workspace=workspace,
        campaign=campaign,
        name=name,
        review_clicked_at=now - timedelta(days=2),
        review_clicks=1,
    )
    message: Message = MessageFactory.create(
        workspace=workspace,
        patient=patient,
        campaign=campaign,
        status="REPLIED",
        sent_at=now - timedelta(days=3),
        replied_at=now - timedelta(days=3),
        rating=rating,
    )
    return message


@pytest.mark.django_db
def test_world_is_written_on_the_data_of_an_earlier_demo(
    state_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_connection, "WROTE", 1)
    workspace = create_clinic()
    create_click(workspace, place=DEMO.places[0].name, rating=2, name="Rosa Descontenta")
    create_click(workspace, place="Consultorio Renombrado", rating=5, name="Luz Renombrada")
    create_click(workspace, place=DEMO.places[1].name, rating=4, name="Ana Contenta")

    google_world.write_world()

    authors = {review["author"] for review in json.loads(state_file.read_text())["reviews"]}
    assert "Ana Contenta" in authors
    assert not authors & {"Rosa Descontenta", "Luz Renombrada"}
    with tenancy.within(workspace.pk):
        assert GoogleConnection.objects.within(workspace).count() == 1


@pytest.mark.django_db
def test_world_without_a_clinic_leaves_no_file(state_file: Path) -> None:
    with pytest.raises(Workspace.DoesNotExist):
        google_world.write_world()

    assert not state_file.exists()
