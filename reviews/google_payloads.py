"""What Google's APIs answer, as frozen dataclasses.

Google adds fields and values without notice, so unknown ones are ignored or kept as they are, and
one unreadable review does not hide the others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]

STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
MAX_ID, MAX_NAME, MAX_STATE, MAX_VIOLATION, MAX_MEDIA = 255, 300, 40, 300, 32767
MOST_COUNTED = 2**31 - 1
MAX_TITLE, MAX_ADDRESS, MAX_PLACE_ID, MAX_URI = 300, 500, 200, 500

# Google writes "(Translated by Google) X\n\n(Original)\nY" or "Y\n\n(Translated by Google)\nX".
TRANSLATION_FIRST = re.compile(
    r"\s*\(Translated by Google\)\s*(?P<translation>.*?)\s*\n\s*\(Original\)\s*(?P<original>.*)",
    re.DOTALL,
)
ORIGINAL_FIRST = re.compile(
    r"(?P<original>.*?)\s*\n\s*\(Translated by Google\)\s*(?P<translation>.*)", re.DOTALL
)
ONLY_TRANSLATION = re.compile(r"\s*\(Translated by Google\)\s*(?P<translation>.*)", re.DOTALL)


@dataclass(frozen=True)
class AccountData:
    """An account of the connected user: `accounts/1`."""

    name: str
    title: str


@dataclass(frozen=True)
class LocationData:
    """A location of an account: `locations/2`."""

    account: str
    name: str
    title: str
    address: str
    place_id: str
    review_uri: str
    is_verified: bool


@dataclass(frozen=True)
class ReplyData:
    text: str
    updated_at: datetime | None
    # Google's own words, such as PENDING, APPROVED and REJECTED, or "" if it says none.
    state: str = ""
    violation: str = ""


@dataclass(frozen=True)
class ReviewData:
    # accounts/1/locations/2/reviews/3
    path: str
    review_id: str
    reviewer_name: str
    is_anonymous: bool
    stars: int | None
    comment: str
    translation: str
    media_count: int
    posted_at: datetime
    changed_at: datetime
    reply: ReplyData | None


@dataclass(frozen=True)
class ReviewPage:
    reviews: tuple[ReviewData, ...]
    next_page_token: str
    average_rating: float | None
    # Google's count of all reviews of the location, or None if it gave none.
    total_count: int | None
    # How many reviews of the page could not be read.
    unreadable: int = 0


@dataclass(frozen=True)
class NotificationSetting:
    """The Pub/Sub topic of an account, and what Google publishes to it."""

    topic: str
    types: tuple[str, ...]


def parse_account(data: Json) -> AccountData:
    name = _text(data, "name")
    return AccountData(name=name, title=_text(data, "accountName", MAX_TITLE) or name)


def parse_location(account: str, data: Json) -> LocationData:
    metadata, name = _object(data, "metadata"), _text(data, "name")
    return LocationData(
        account=account,
        name=name,
        title=_text(data, "title", MAX_TITLE) or name,
        address=_address(_object(data, "storefrontAddress")),
        place_id=_text(metadata, "placeId", MAX_PLACE_ID),
        review_uri=_text(metadata, "newReviewUri", MAX_URI),
        is_verified=metadata.get("hasVoiceOfMerchant") is True,
    )


def parse_review_page(data: Json) -> ReviewPage:
    """Read a page. A location without reviews is answered with an empty object."""
    listed = objects_in(data, "reviews")
    reviews = tuple(review for each in listed if (review := parse_review(each)))
    token = _text(data, "nextPageToken")
    total = _number(data, "totalReviewCount", most=MOST_COUNTED)
    if total is None and not listed and not token:
        total = 0
    return ReviewPage(
        reviews=reviews,
        next_page_token=token,
        average_rating=_number(data, "averageRating", most=5),
        total_count=None if total is None else int(total),
        unreadable=len(listed) - len(reviews),
    )


def parse_review(data: Json) -> ReviewData | None:
    """Read a review. Return None if it lacks what identifies or dates it."""
    path = _text(data, "name")
    review_id = _text(data, "reviewId") or path.rpartition("/")[2]
    posted_at, changed_at = _time(data, "createTime"), _time(data, "updateTime")
    posted_at, changed_at = posted_at or changed_at, changed_at or posted_at
    if not 0 < len(review_id) <= MAX_ID or posted_at is None or changed_at is None:
        return None
    reviewer = _object(data, "reviewer")
    is_anonymous = reviewer.get("isAnonymous") is True
    comment, translation = split_translation(_text(data, "comment"))
    reply = data.get("reviewReply")
    return ReviewData(
        path=path,
        review_id=review_id,
        # Google's name of anonymous people is a text of its own, not a name.
        reviewer_name="" if is_anonymous else _text(reviewer, "displayName", MAX_NAME),
        is_anonymous=is_anonymous,
        stars=STARS.get(_text(data, "starRating")),
        comment=comment,
        translation=translation,
        media_count=min(len(objects_in(data, "reviewMediaItems")), MAX_MEDIA),
        posted_at=posted_at,
        changed_at=max(posted_at, changed_at),
        reply=parse_reply(reply) if isinstance(reply, Mapping) else None,
    )


def parse_reply(data: Json) -> ReplyData:
    state = _text(data, "reviewReplyState", MAX_STATE) or _text(data, "state", MAX_STATE)
    return ReplyData(
        text=_text(data, "comment"),
        updated_at=_time(data, "updateTime"),
        state=state,
        violation=_violation(data.get("policyViolation")),
    )


def parse_notification_setting(data: Json) -> NotificationSetting:
    types = [each for each in data.get("notificationTypes") or () if isinstance(each, str)]
    return NotificationSetting(topic=_text(data, "pubsubTopic"), types=tuple(types))


def split_translation(comment: str) -> tuple[str, str]:
    """Return the comment in its own language, and Google's translation or ""."""
    for pattern in (TRANSLATION_FIRST, ORIGINAL_FIRST):
        if found := pattern.fullmatch(comment):
            return found["original"].strip(), found["translation"].strip()
    if found := ONLY_TRANSLATION.fullmatch(comment):
        # Without an original it is better to show the translation than nothing.
        return found["translation"].strip(), ""
    return comment.strip(), ""


def _violation(value: object) -> str:
    """Read the policy violation, which is a word of Google's, or an object that contains it."""
    if isinstance(value, Mapping):
        value = ", ".join(each for each in value.values() if isinstance(each, str))
    elif isinstance(value, list):
        value = ", ".join(each for each in value if isinstance(each, str))
    return _clean(value)[:MAX_VIOLATION] if isinstance(value, str) else ""


def _address(data: Json) -> str:
    parts = [
        *objects_in(data, "addressLines", str),
        _text(data, "locality"),
        _text(data, "administrativeArea"),
    ]
    return ", ".join(_clean(part) for part in parts if part)[:MAX_ADDRESS]


def _text(data: Json, key: str, length: int | None = None) -> str:
    value = data.get(key)
    return _clean(value)[:length] if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Replace what PostgreSQL cannot store: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _object(data: Json, key: str) -> Json:
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def objects_in(data: Json, key: str, kind: type = Mapping) -> list[Any]:
    """Return the objects of a list, or of a list that is missing: none."""
    value = data.get(key)
    return [each for each in value if isinstance(each, kind)] if isinstance(value, list) else []


def _number(data: Json, key: str, *, most: int) -> float | None:
    """Return a number from 0 to `most`."""
    value = data.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if 0 <= value <= most else None


def _time(data: Json, key: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(data, key))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
