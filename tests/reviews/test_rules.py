from datetime import UTC, datetime
from typing import Any

import pytest

from tests.constraints import assert_refused
from tests.factories import (
    AttributionFactory,
    GoogleConnectionFactory,
    GoogleLocationFactory,
    ReviewFactory,
    ReviewReplyFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        (
            "reviews_googleconnection_status_known",
            GoogleConnectionFactory,
            {"status": "MAYBE"},
        ),
        (
            "reviews_googleconnection_tokens_while_connected",
            GoogleConnectionFactory,
            {"status": "DISCONNECTED"},
        ),
        (
            "reviews_googleconnection_tokens_while_connected",
            GoogleConnectionFactory,
            {"refresh_token": ""},
        ),
        (
            "reviews_googleconnection_broken_for_a_reason",
            GoogleConnectionFactory,
            {"status": "BROKEN", "broken_at": AT},
        ),
        (
            "reviews_googleconnection_broken_for_a_reason",
            GoogleConnectionFactory,
            {"failure": "REVOKED"},
        ),
        (
            "reviews_googlelocation_fetched_for_a_practice",
            GoogleLocationFactory,
            {"practice": None, "changes_due_at": AT},
        ),
        (
            "reviews_googlelocation_failed_for_a_reason",
            GoogleLocationFactory,
            {"failure": "GONE"},
        ),
        (
            "reviews_googlelocation_average_0_to_5",
            GoogleLocationFactory,
            {"average_rating": "5.01"},
        ),
        ("reviews_review_stars_1_to_5", ReviewFactory, {"stars": 6}),
        ("reviews_review_vanished_has_no_words", ReviewFactory, {"vanished_at": AT}),
        (
            "reviews_review_topics_known",
            ReviewFactory,
            {"topics": ["parking"], "labelled_at": AT},
        ),
        ("reviews_review_urgency_known", ReviewFactory, {"urgency": "soon", "labelled_at": AT}),
        ("reviews_review_labels_have_a_time", ReviewFactory, {"topics": ["care"]}),
        ("reviews_review_labels_have_a_time", ReviewFactory, {"urgency": "harm"}),
        ("reviews_review_labels_need_words", ReviewFactory, {"comment": "", "labelled_at": AT}),
        ("reviews_reviewreply_status_known", ReviewReplyFactory, {"status": "LOST"}),
        ("reviews_reviewreply_has_text", ReviewReplyFactory, {"text": ""}),
        ("reviews_reviewreply_due_while_unsettled", ReviewReplyFactory, {"status": "QUEUED"}),
        ("reviews_reviewreply_due_while_unsettled", ReviewReplyFactory, {"next_try_at": AT}),
        ("reviews_attribution_grade_known", AttributionFactory, {"grade": "CERTAIN"}),
    ],
)
def test_constraint_refuses_row(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


def test_second_row_for_a_location_of_the_same_clinic_is_refused() -> None:
    location = GoogleLocationFactory.create()

    assert_refused(
        "reviews_googlelocation_name_unique",
        GoogleLocationFactory,
        workspace=location.workspace,
        connection=location.connection,
        name=location.name,
    )


def test_second_row_for_the_same_review_is_refused() -> None:
    review = ReviewFactory.create()

    assert_refused(
        "reviews_review_once",
        ReviewFactory,
        workspace=review.workspace,
        location=review.location,
        review_id=review.review_id,
    )
