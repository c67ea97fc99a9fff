import jwt
import pytest
import requests
from jwt import PyJWKClient

from tests.dev.doubles.background import eventually
from tests.dev.doubles.google.stage import GoogleDouble


def test_new_and_changed_review_is_pushed_signed(google: GoogleDouble) -> None:
    google.listen_for_pushes()
    name = google.add_review()
    (new,) = google.product.received()
    google.edit_review(name, stars=1)
    changed = google.product.received(count=2)[1]
    location = "accounts/101/locations/11"
    assert new.data == {"type": "NEW_REVIEW", "location": location, "review": name}
    assert changed.data["type"] == "UPDATED_REVIEW"
    assert new.body["subscription"] == "projects/double-of-google/subscriptions/reviews-push"
    key = PyJWKClient(f"{google.url}/oauth2/v3/certs").get_signing_key_from_jwt(new.token)
    claims = jwt.decode(new.token, key, ["RS256"], audience=google.push_url)
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["email"] == "pubsub@double-of-google.iam.gserviceaccount.com"
    assert claims["email_verified"] is True


def test_deletion_and_unwanted_changes_are_not_pushed(google: GoogleDouble) -> None:
    google.delete_review(google.add_review())
    google.listen_for_pushes()
    google.delete_review(google.add_review(push=False))
    google.add_review(location=google.foreign)
    name = google.add_review()
    (push,) = google.product.received()
    assert push.data["review"] == name
    assert google.counts()["pushes"]["wanted"] == 1


def test_topic_of_another_tool_gets_the_pushes_instead(google: GoogleDouble) -> None:
    google.listen_for_pushes()
    google.state.accounts["101"].topic = "projects/other/topics/reviews"
    google.add_review()
    assert "wanted" not in google.counts()["pushes"]


def test_refused_push_comes_again_with_the_same_message_id(google: GoogleDouble) -> None:
    google.listen_for_pushes()
    google.product.answers = [500, 400]
    google.add_review()
    pushes = google.product.received(count=3)
    assert len({push.message_id for push in pushes}) == 1
    counts = eventually(lambda: (found := google.counts()["pushes"]).get("delivered") and found)
    assert (counts["attempts"], counts["delivered"]) == (3, 1)


def test_pushes_are_lost_or_doubled(google: GoogleDouble) -> None:
    google.listen_for_pushes()
    google.set_faults(rate_push_lost=1)
    google.add_review()
    google.set_faults(rate_push_lost=0, rate_push_doubled=1)
    name = google.add_review()
    pushes = google.product.received(count=2)
    assert {push.data["review"] for push in pushes} == {name}
    assert len({push.message_id for push in pushes}) == 1
    assert google.counts()["pushes"]["lost"] == 1


def test_late_pushes_come_after_later_ones(google: GoogleDouble) -> None:
    google.listen_for_pushes()
    google.set_faults(rate_push_late=1, push_late_ms=600)
    late = google.add_review()
    google.set_faults(rate_push_late=0)
    prompt = google.add_review()
    assert [push.data["review"] for push in google.product.received(count=2)] == [prompt, late]


def test_push_can_have_the_names_of_the_reference(google: GoogleDouble) -> None:
    google.listen_for_pushes()
    google.set_faults(rate_push_documented=1)
    name = google.add_review()
    (push,) = google.product.received()
    assert push.data["reviewName"] == name


@pytest.mark.parametrize("claim", [{"aud": "https://example.com"}, {"exp": 1}, {}])
def test_forged_tokens_are_recognised(google: GoogleDouble, claim: dict[str, object]) -> None:
    """The handle makes tokens that tests of the product send."""
    token = google.push_token(**claim) if claim else google.forged_token()
    keys = jwt.PyJWKSet.from_dict(requests.get(f"{google.url}/oauth2/v3/certs", timeout=5).json())
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(token, keys.keys[0], ["RS256"], audience=google.push_url)
