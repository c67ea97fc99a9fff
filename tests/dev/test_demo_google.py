"""What the demo's Google knows of the demo's practices."""

import json
from collections import Counter

from dev.demo import google_world
from dev.demo_data.story import ANDES, DEMO
from dev.doubles.google import snapshot
from dev.doubles.google.moderation import find_violation
from dev.doubles.google.oauth import Grants
from dev.doubles.google.signing import SigningKey
from dev.doubles.google.state import State

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
