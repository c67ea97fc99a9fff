"""The API of reviews, which is still v4."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from dev.doubles.google.endpoints import (
    REVIEWS,
    Call,
    Endpoint,
    Page,
    paged,
    read_size,
    required_text,
    timestamp,
    with_token,
)
from dev.doubles.google.moderation import find_violation, reply_state
from dev.doubles.google.problems import ApiError, Json, invalid, not_found, unverified
from dev.doubles.google.state import Location, Reply, Review

STARS = ("STAR_RATING_UNSPECIFIED", "ONE", "TWO", "THREE", "FOUR", "FIVE")
ORDERS = ("rating", "rating desc", "updateTime desc")
MOST_REVIEWS = 50
MOST_LOCATIONS = 50
MOST_REPLY_BYTES = 4096
ANONYMOUS = "A Google user"
LOCATION = "/v4/accounts/{account}/locations/{location}"


def list_reviews(call: Call) -> Json:
    location = _verified_location(call)
    reviews = call.state.reviews_of(location.id)
    if not reviews:
        return {}
    page = _page_of(call, (location.id,), call.query)
    shown = [show_review(call, review) for review in page.items]
    summary = {"averageRating": average(reviews), "totalReviewCount": len(reviews)}
    return with_token({"reviews": shown, **summary} if shown else summary, page)


def get_review(call: Call) -> Json:
    return show_review(call, _review(call))


def batch_get(call: Call) -> Json:
    account, names = call.account(), call.body.get("locationNames")
    if not isinstance(names, list) or not names:
        raise invalid("location_names", "Field is required")
    if len(names) > MOST_LOCATIONS:
        raise invalid("location_names", f"At most {MOST_LOCATIONS} locations can be requested.")
    prefix = f"accounts/{account.id}/locations/"
    if not all(isinstance(name, str) and name.startswith(prefix) for name in names):
        raise invalid("location_names", "Must be locations of the account.")
    locations = [call.location(account, name.removeprefix(prefix)) for name in names]
    if not all(location.is_verified for location in locations):
        raise unverified()
    page = _page_of(call, tuple(sorted(location.id for location in locations)), call.body)
    found = [
        {"name": f"{prefix}{review.location}", "review": show_review(call, review)}
        for review in page.items
    ]
    return with_token({"locationReviews": found} if found else {}, page)


def put_reply(call: Call) -> Json:
    review = _review(call)
    comment = required_text(call.body, "comment")
    if len(comment.encode()) > MOST_REPLY_BYTES:
        raise invalid("comment", f"Must be at most {MOST_REPLY_BYTES} bytes.")
    now = call.state.now()
    reply = Reply(
        comment=comment,
        updated=now,
        decided_at=now + call.trouble.faults.moderation_ms / 1000,
        violation=find_violation(comment),
    )
    call.state.set_reply(review, reply)
    return _show_reply(reply, now)


def delete_reply(call: Call) -> Json:
    review = _review(call)
    if review.reply is None:
        raise not_found()
    call.state.set_reply(review, None)
    return {}


def _verified_location(call: Call) -> Location:
    location = call.location(call.account())
    if not location.is_verified:
        raise unverified()
    return location


def _review(call: Call) -> Review:
    location = _verified_location(call)
    review = call.state.reviews.get(call.match["review"])
    if review is None or review.location != location.id:
        raise not_found()
    return review


def _page_of(call: Call, locations: tuple[str, ...], parameters: Mapping[str, Any]) -> Page:
    order = parameters.get("orderBy") or "updateTime desc"
    if order not in ORDERS:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"Invalid order by: {order}")
    size = read_size(parameters, usual=MOST_REVIEWS, most=MOST_REVIEWS)
    token = parameters.get("pageToken") or ""
    if not isinstance(token, str):
        raise invalid("page_token", "Invalid page token.")
    reviews = call.state.ordered_reviews(locations, order)
    return paged(call, reviews, size, token, request=f"{locations} {order}")


def average(reviews: Iterable[Review]) -> float:
    stars = [review.stars for review in reviews if review.stars]
    return round(sum(stars) / len(stars), 7) if stars else 0


def show_review(call: Call, review: Review) -> Json:
    location = call.state.locations[review.location]
    name = f"accounts/{location.account}/locations/{location.id}/reviews/{review.id}"
    shown: Json = {
        "name": name,
        "reviewId": review.id,
        "reviewer": _show_reviewer(call, review),
        "starRating": STARS[review.stars],
        "createTime": timestamp(review.created),
        "updateTime": timestamp(review.updated),
        "reviewReplyUrl": f"{call.base}/maps/place/{location.place_id}#{review.id}",
    }
    if review.comment:
        shown["comment"] = review.comment
    if review.reply:
        shown["reviewReply"] = _show_reply(review.reply, call.state.now())
    if review.media:
        shown["reviewMediaItems"] = [
            {
                "thumbnailUrl": urljoin(call.base, media.thumbnail_url),
                **({"thumbnailLabel": media.label} if media.label else {}),
                **({"videoUrl": media.video_url} if media.video_url else {}),
            }
            for media in review.media
        ]
    return shown


def _show_reviewer(call: Call, review: Review) -> Json:
    if review.is_anonymous:
        return {"displayName": ANONYMOUS, "isAnonymous": True}
    return {"displayName": review.author, "profilePhotoUrl": f"{call.base}/static/person.svg"}


def _show_reply(reply: Reply, now: float) -> Json:
    state = reply_state(reply, now)
    shown = {
        "comment": reply.comment,
        "updateTime": timestamp(reply.updated),
        "reviewReplyState": state,
    }
    if state == "REJECTED":
        shown["policyViolation"] = reply.violation
    return shown


ENDPOINTS = (
    Endpoint("GET", f"{LOCATION}/reviews", REVIEWS, list_reviews),
    Endpoint("GET", f"{LOCATION}/reviews/{{review}}", REVIEWS, get_review),
    Endpoint("PUT", f"{LOCATION}/reviews/{{review}}/reply", REVIEWS, put_reply, is_edit=True),
    Endpoint("DELETE", f"{LOCATION}/reviews/{{review}}/reply", REVIEWS, delete_reply, is_edit=True),
    Endpoint("POST", "/v4/accounts/{account}/locations:batchGetReviews", REVIEWS, batch_get),
)
