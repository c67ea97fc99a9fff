from collections import Counter

import pytest

from tests.dev.doubles.google.client import LOCATION, ApiClient
from tests.dev.doubles.google.stage import GoogleDouble


def test_review_has_the_fields_of_google(google: GoogleDouble, api: ApiClient) -> None:
    name = google.add_review(
        stars=4,
        comment="Muy amables.",
        author="Ana Torres",
        created=1_790_000_000,
        media=[{"thumbnail_url": "https://example.com/photo.jpg", "label": "Sala"}],
    )
    assert api.get(f"v4/{name}") == {
        "name": name,
        "reviewId": name.rpartition("/")[2],
        "reviewer": {
            "displayName": "Ana Torres",
            "profilePhotoUrl": f"{google.url}/static/person.svg",
        },
        "starRating": "FOUR",
        "comment": "Muy amables.",
        "createTime": "2026-09-21T14:13:20.000000Z",
        "updateTime": "2026-09-21T14:13:20.000000Z",
        "reviewMediaItems": [
            {"thumbnailUrl": "https://example.com/photo.jpg", "thumbnailLabel": "Sala"}
        ],
        "reviewReplyUrl": (
            f"{google.url}/maps/place/ChIJN1t_tDeuEmsRUsoyG83frY4#{name.rpartition('/')[2]}"
        ),
    }


def test_anonymous_review_without_words_has_neither_name_nor_comment(
    google: GoogleDouble, api: ApiClient
) -> None:
    name = google.add_review(stars=0, author="Ana Torres", is_anonymous=True)
    review = api.get(f"v4/{name}")
    assert review["reviewer"] == {"displayName": "A Google user", "isAnonymous": True}
    assert review["starRating"] == "STAR_RATING_UNSPECIFIED"
    assert "comment" not in review


def test_list_of_no_reviews_is_an_empty_object(api: ApiClient) -> None:
    assert api.get(f"{LOCATION}/reviews") == {}


def test_list_is_paged_newest_update_first_with_average_and_count(
    google: GoogleDouble, api: ApiClient
) -> None:
    names = google.add_reviews([{"stars": 1 + n % 5, "created": n * 60} for n in range(120)])
    google.edit_review(names[7])
    first = api.get(f"{LOCATION}/reviews", pageSize=1000)
    assert len(first["reviews"]) == 50
    assert (first["averageRating"], first["totalReviewCount"]) == (3, 120)
    found = [review["name"] for review in api.all_reviews()]
    assert found == [names[7], *(name for name in reversed(names) if name != names[7])]


@pytest.mark.parametrize(("order", "first"), [("rating", "ONE"), ("rating desc", "FIVE")])
def test_list_can_be_ordered_by_rating(
    google: GoogleDouble, api: ApiClient, order: str, first: str
) -> None:
    google.add_reviews([{"stars": stars} for stars in (3, 5, 1)])
    assert api.get(f"{LOCATION}/reviews", orderBy=order)["reviews"][0]["starRating"] == first


def test_review_added_between_pages_repeats_one_and_deleted_one_skips_one(
    google: GoogleDouble, api: ApiClient
) -> None:
    names = google.add_reviews([{"created": n * 60} for n in range(6)])

    def read_pages(between: int) -> Counter[str]:
        first = api.get(f"{LOCATION}/reviews", pageSize=3)
        if between > 0:
            google.add_review()
        else:
            google.delete_review(names[5])
        second = api.get(f"{LOCATION}/reviews", pageSize=3, pageToken=first["nextPageToken"])
        return Counter(each["name"] for page in (first, second) for each in page["reviews"])

    assert read_pages(between=-1)[names[2]] == 0
    assert max(read_pages(between=1).values()) == 2


def test_page_token_of_another_request_is_refused(google: GoogleDouble, api: ApiClient) -> None:
    google.add_reviews([{} for _ in range(4)])
    token = api.get(f"{LOCATION}/reviews", pageSize=2)["nextPageToken"]
    for query in ({"pageSize": 3}, {"pageSize": 2, "orderBy": "rating"}):
        refusal = api.refusal("GET", f"{LOCATION}/reviews", pageToken=token, **query)
        assert refusal == (400, "INVALID_ARGUMENT")
    google.set_faults(rate_expired_page=1)
    refusal = api.refusal("GET", f"{LOCATION}/reviews", pageToken=token, pageSize=2)
    assert refusal == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("query", [{"orderBy": "updateTime"}, {"pageSize": -1}, {"pageToken": "x"}])
def test_invalid_parameter_is_refused(
    google: GoogleDouble, api: ApiClient, query: dict[str, str]
) -> None:
    google.add_review()
    assert api.refusal("GET", f"{LOCATION}/reviews", **query) == (400, "INVALID_ARGUMENT")


def test_deleted_review_is_not_found(google: GoogleDouble, api: ApiClient) -> None:
    name = google.add_review()
    google.delete_review(name)
    assert api.refusal("GET", f"v4/{name}") == (404, "NOT_FOUND")
    assert api.refusal("PUT", f"v4/{name}/reply", {"comment": "Hola"}) == (404, "NOT_FOUND")


def test_batch_gives_the_reviews_of_many_locations(google: GoogleDouble, api: ApiClient) -> None:
    added = google.populate(locations=3, reviews=120)
    names = [f"accounts/101/locations/{each}" for each in added]
    body: dict[str, object] = {"locationNames": names, "pageSize": 50}
    found: Counter[str] = Counter()
    while True:
        page = api.call("POST", "v4/accounts/101/locations:batchGetReviews", body).json()
        found.update(each["name"] for each in page["locationReviews"])
        assert all(
            each["review"]["name"].startswith(each["name"]) for each in page["locationReviews"]
        )
        if "nextPageToken" not in page:
            break
        body["pageToken"] = page["nextPageToken"]
    assert found == dict.fromkeys(names, 40)


@pytest.mark.parametrize(
    ("names", "refusal"),
    [
        ([], (400, "INVALID_ARGUMENT")),
        (["accounts/101/locations/11"] * 51, (400, "INVALID_ARGUMENT")),
        (["accounts/202/locations/21"], (400, "INVALID_ARGUMENT")),
        (["accounts/101/locations/21"], (404, "NOT_FOUND")),
        (["accounts/101/locations/12"], (400, "FAILED_PRECONDITION")),
    ],
)
def test_invalid_batch_is_refused(
    api: ApiClient, names: list[str], refusal: tuple[int, str]
) -> None:
    path = "v4/accounts/101/locations:batchGetReviews"
    assert api.refusal("POST", path, {"locationNames": names}) == refusal


def test_location_of_another_account_is_refused(google: GoogleDouble, api: ApiClient) -> None:
    name = google.add_review(location=google.foreign)
    assert api.refusal("GET", f"v4/{name}") == (403, "PERMISSION_DENIED")
    ours = name.replace("accounts/202", "accounts/101")
    assert api.refusal("GET", f"v4/{ours}") == (404, "NOT_FOUND")


def test_unverified_location_has_no_reviews_and_no_replies(
    google: GoogleDouble, api: ApiClient
) -> None:
    refusal = api.refusal("GET", f"v4/accounts/101/locations/{google.unverified}/reviews")
    assert refusal == (400, "FAILED_PRECONDITION")
    name = google.add_review()
    google.change_location(google.location, is_verified=False)
    refusal = api.refusal("PUT", f"v4/{name}/reply", {"comment": "Hola"})
    assert refusal == (400, "FAILED_PRECONDITION")


@pytest.mark.parametrize(("lost", "code"), [("NOT_FOUND", 404), ("PERMISSION_DENIED", 403)])
def test_location_taken_over_by_another_owner_disappears(
    google: GoogleDouble, api: ApiClient, lost: str, code: int
) -> None:
    google.change_location(google.location, lost=lost)
    assert api.refusal("GET", f"{LOCATION}/reviews") == (code, lost)
    listed = api.get("v1/accounts/101/locations", readMask="name")["locations"]
    assert listed == [{"name": f"locations/{google.unverified}"}]
