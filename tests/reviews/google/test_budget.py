import pytest

from core import token_buckets
from reviews.google_answers import as_error
from reviews.google_errors import (
    AccessDenied,
    AccessLost,
    GoogleError,
    GoogleUnavailable,
    LocationUnverified,
    NotFoundAtGoogle,
    OverQuota,
    RequestRefused,
)
from reviews.request_budget import (
    EDITS_A_MINUTE,
    LEFT_TO_PEOPLE,
    REQUESTS_A_MINUTE,
    Budget,
    edits_of_location,
    requests_of_api,
)


@pytest.mark.parametrize(
    ("budget", "quota"),
    [(requests_of_api("REVIEWS"), REQUESTS_A_MINUTE), (edits_of_location("x"), EDITS_A_MINUTE)],
)
def test_no_minute_is_above_the_quota(budget: Budget, quota: int) -> None:
    assert budget.burst + budget.rate * 60 == pytest.approx(quota)


def test_budget_gives_its_burst_and_then_says_how_long_to_wait() -> None:
    budget = edits_of_location("locations/1")

    waits = [budget.take() for _ in range(budget.burst + 1)]

    assert waits[:-1] == [0] * budget.burst
    assert 0 < waits[-1] <= 1 / budget.rate
    assert edits_of_location("locations/2").take() == 0


def test_background_work_leaves_requests_to_people() -> None:
    budget = requests_of_api("REVIEWS")

    taken = 0
    while not budget.take(leave=LEFT_TO_PEOPLE):
        taken += 1

    assert taken <= budget.burst - LEFT_TO_PEOPLE + 1
    assert budget.take() == 0


def test_tokens_that_are_given_back_can_be_taken_again() -> None:
    token_buckets.take("bucket", rate=0.001, room=2, want=2)
    token_buckets.give_back("bucket", 1)

    assert token_buckets.take("bucket", rate=0.001, room=2, want=2).tokens == 1


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        (400, "INVALID_ARGUMENT", RequestRefused),
        (400, "FAILED_PRECONDITION", LocationUnverified),
        (401, "UNAUTHENTICATED", AccessLost),
        (403, "PERMISSION_DENIED", AccessDenied),
        (404, "NOT_FOUND", NotFoundAtGoogle),
        (429, "RESOURCE_EXHAUSTED", OverQuota),
        (500, "INTERNAL", GoogleUnavailable),
        (503, "UNAVAILABLE", GoogleUnavailable),
        (302, "", GoogleUnavailable),
        (418, "", RequestRefused),
    ],
)
def test_answer_has_its_error(code: int, status: str, error: type[GoogleError]) -> None:
    answer = {"error": {"status": status, "message": "m" * 1000}}

    found = as_error(code, answer, {})

    assert type(found) is error
    assert len(str(found)) <= 300


@pytest.mark.parametrize("answer", [None, [], "<html>", {"error": "invalid_grant"}, {"error": []}])
def test_strange_bodies_do_not_raise(answer: object) -> None:
    assert isinstance(as_error(502, answer, {}), GoogleUnavailable)
    assert isinstance(as_error(403, answer, {}), AccessDenied)


def test_quota_of_zero_means_that_the_project_is_not_approved() -> None:
    details = [{"metadata": {"quota_limit_value": "0"}}]

    error = as_error(429, {"error": {"details": details}}, {"Retry-After": "7"})

    assert isinstance(error, OverQuota)
    assert error.is_unapproved
    assert error.retry_after == 7


def test_missing_scope_is_told_apart() -> None:
    details = [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]

    error = as_error(403, {"error": {"details": details}}, {})

    assert isinstance(error, AccessDenied)
    assert error.is_scope_missing
