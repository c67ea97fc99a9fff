from datetime import UTC, datetime
from typing import Any

import pytest

from reviews.google_payloads import (
    parse_location,
    parse_reply,
    parse_review,
    parse_review_page,
    split_translation,
)

REVIEW: dict[str, Any] = {
    "name": "accounts/1/locations/2/reviews/abc",
    "reviewId": "abc",
    "reviewer": {"displayName": "Lucía Vera", "profilePhotoUrl": "https://example.com/p.png"},
    "starRating": "FIVE",
    "comment": "Muy buena atención",
    "createTime": "2026-03-01T10:00:00Z",
    "updateTime": "2026-03-01T10:00:00.123456789Z",
}


@pytest.mark.parametrize(
    ("comment", "original", "translation"),
    [
        ("Muy bien", "Muy bien", ""),
        ("  Muy bien\n", "Muy bien", ""),
        ("", "", ""),
        (
            "(Translated by Google) Very good\n\n(Original)\nMuy bien",
            "Muy bien",
            "Very good",
        ),
        ("Muy bien\n\n(Translated by Google)\nVery good", "Muy bien", "Very good"),
        (
            "Uno\n\nDos\n\n(Translated by Google)\nOne\n\nTwo",
            "Uno\n\nDos",
            "One\n\nTwo",
        ),
        (
            "(Translated by Google) One\n\nTwo\n\n(Original)\nUno\n\nDos",
            "Uno\n\nDos",
            "One\n\nTwo",
        ),
        ("(Translated by Google) Very good", "Very good", ""),
        ("They wrote (Original) on the label", "They wrote (Original) on the label", ""),
    ],
)
def test_translation_is_split_in_both_orders(comment: str, original: str, translation: str) -> None:
    assert split_translation(comment) == (original, translation)


def test_review_is_read_whole() -> None:
    review = parse_review(
        {
            **REVIEW,
            "reviewMediaItems": [{"thumbnailUrl": "a"}, {"thumbnailUrl": "b"}],
            "reviewReply": {
                "comment": "Gracias",
                "updateTime": "2026-03-02T10:00:00Z",
                "reviewReplyState": "REJECTED",
                "policyViolation": "PERSONAL_INFO",
            },
        }
    )

    assert review is not None
    assert review.stars == 5
    assert review.media_count == 2
    assert review.changed_at == datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert review.reply is not None
    assert (review.reply.state, review.reply.violation) == ("REJECTED", "PERSONAL_INFO")


def test_anonymous_reviewer_has_no_name() -> None:
    review = parse_review(
        {**REVIEW, "reviewer": {"displayName": "A Google user", "isAnonymous": True}}
    )

    assert review is not None
    assert review.is_anonymous
    assert review.reviewer_name == ""


@pytest.mark.parametrize("rating", ["STAR_RATING_UNSPECIFIED", "SIX", None, 5])
def test_unknown_star_rating_is_none(rating: object) -> None:
    review = parse_review({**REVIEW, "starRating": rating})

    assert review is not None
    assert review.stars is None


def test_unknown_reply_state_is_kept_and_both_field_names_are_read() -> None:
    assert parse_reply({"comment": "a", "state": "IN_APPEAL"}).state == "IN_APPEAL"
    assert parse_reply({"comment": "a", "reviewReplyState": "PENDING"}).state == "PENDING"
    assert parse_reply({"policyViolation": {"type": "SPAM"}}).violation == "SPAM"


@pytest.mark.parametrize(
    "changes",
    [
        {"reviewId": "", "name": ""},
        {"reviewId": "x" * 256},
        {"createTime": "", "updateTime": "yesterday"},
    ],
)
def test_review_without_id_or_time_is_unreadable(changes: dict[str, Any]) -> None:
    page = parse_review_page({"reviews": [REVIEW, {**REVIEW, **changes}], "totalReviewCount": 2})

    assert len(page.reviews) == 1
    assert page.unreadable == 1


def test_hostile_types_do_not_raise() -> None:
    hostile = {"reviewer": [], "comment": {"a": 1}, "reviewReply": "x", "reviewMediaItems": {}}

    assert parse_review({**REVIEW, **hostile}) is not None
    assert parse_review_page({"reviews": "no", "averageRating": "5", "nextPageToken": 7})


def test_text_that_postgresql_cannot_store_is_replaced() -> None:
    review = parse_review({**REVIEW, "comment": "a\0b\ud83dc"})

    assert review is not None
    assert review.comment == "a\N{REPLACEMENT CHARACTER}b?c"


def test_empty_page_is_a_location_without_reviews() -> None:
    assert parse_review_page({}).total_count == 0
    assert parse_review_page({"nextPageToken": "x"}).total_count is None


def test_location_is_read() -> None:
    location = parse_location(
        "accounts/1",
        {
            "name": "locations/2",
            "title": "Clínica",
            "storefrontAddress": {"addressLines": ["Av. 1"], "locality": "Quito"},
            "metadata": {"placeId": "p", "newReviewUri": "https://u", "hasVoiceOfMerchant": True},
        },
    )

    assert location.address == "Av. 1, Quito"
    assert location.is_verified
    assert not parse_location("accounts/1", {"name": "locations/2"}).is_verified
