"""Store reviews as Google shows them, and do what follows from new and changed ones."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction

from core import tenancy
from core.ids import uuid7
from core.sql import execute, fetch
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from reviews.google_payloads import ReviewData
from reviews.languages import detect_language
from reviews.listing.filters import LOW_STARS
from reviews.new_reviews import NEWS_FOR, tell_of_new_reviews
from reviews.replies import moderation
from reviews.sync.due import LeasedLocation

# Nothing is written where nothing changed. What was fetched before the stored state is not stored:
# two workers, or a page that waited, must not bring back an older text or a vanished review. A
# review that becomes a bad one is to be told again. Labels belong to the words and the stars, so a
# change of these deletes them, and `label_reviews` reads the review again.
STORE = """
INSERT INTO reviews_review AS stored
    (id, created_at, updated_at, workspace_id, location_id, review_id, reviewer_name, is_anonymous,
     stars, comment, translation, language, media_count, posted_at, changed_at, published_reply,
     published_reply_at, reply_state, reply_violation, fetched_at, alerted_at)
SELECT r.id, %(now)s, %(now)s, l.workspace_id, l.id, r.review_id, r.reviewer_name, r.is_anonymous,
       r.stars, r.comment, r.translation, r.language, r.media_count, r.posted_at, r.changed_at,
       r.published_reply, r.published_reply_at, r.reply_state, r.reply_violation, %(fetched)s,
       %(alerted)s
FROM jsonb_to_recordset(%(reviews)s::jsonb) AS r
         (id uuid, review_id text, reviewer_name text, is_anonymous bool, stars int, comment text,
          translation text, language text, media_count int, posted_at timestamptz,
          changed_at timestamptz, published_reply text, published_reply_at timestamptz,
          reply_state text, reply_violation text)
JOIN reviews_googlelocation l ON l.id = %(location)s
ORDER BY r.review_id
ON CONFLICT (location_id, review_id) DO UPDATE SET
    reviewer_name = excluded.reviewer_name, is_anonymous = excluded.is_anonymous,
    stars = excluded.stars, comment = excluded.comment, translation = excluded.translation,
    language = excluded.language, media_count = excluded.media_count,
    posted_at = excluded.posted_at, changed_at = excluded.changed_at,
    published_reply = excluded.published_reply,
    published_reply_at = excluded.published_reply_at, reply_state = excluded.reply_state,
    reply_violation = excluded.reply_violation, vanished_at = NULL,
    fetched_at = excluded.fetched_at, updated_at = excluded.updated_at,
    alerted_at = CASE WHEN excluded.stars <= 3 AND coalesce(stored.stars, 5) > 3
        THEN excluded.alerted_at ELSE stored.alerted_at END,
    topics = CASE WHEN (stored.comment, stored.stars)
        IS NOT DISTINCT FROM (excluded.comment, excluded.stars) THEN stored.topics ELSE '{}' END,
    urgency = CASE WHEN (stored.comment, stored.stars)
        IS NOT DISTINCT FROM (excluded.comment, excluded.stars) THEN stored.urgency ELSE 'none' END,
    labelled_at = CASE WHEN (stored.comment, stored.stars)
        IS NOT DISTINCT FROM (excluded.comment, excluded.stars) THEN stored.labelled_at END
WHERE excluded.changed_at >= stored.changed_at AND excluded.fetched_at >= stored.fetched_at
  AND (stored.vanished_at IS NOT NULL OR
       (stored.reviewer_name, stored.is_anonymous, stored.stars, stored.comment,
        stored.translation, stored.media_count, stored.posted_at, stored.changed_at,
        stored.published_reply, stored.published_reply_at, stored.reply_state,
        stored.reply_violation)
       IS DISTINCT FROM
       (excluded.reviewer_name, excluded.is_anonymous, excluded.stars, excluded.comment,
        excluded.translation, excluded.media_count, excluded.posted_at, excluded.changed_at,
        excluded.published_reply, excluded.published_reply_at, excluded.reply_state,
        excluded.reply_violation))
RETURNING id, review_id, stars, posted_at, is_anonymous, comment <> '' AS has_comment,
    published_reply, xmax = 0 AS is_new
"""

# Proves that what did not change was fetched again. `updated_at` stays.
RENEW_PROOF = """
UPDATE reviews_review SET fetched_at = %(fetched)s
WHERE location_id = %(location)s AND review_id = ANY(%(review_ids)s)
  AND fetched_at < %(fetched_before)s AND vanished_at IS NULL
"""

# The name, the words and their labels go, because they are gone at Google. Stars and dates stay for
# the figures.
VANISH = """
UPDATE reviews_review SET
    reviewer_name = '', comment = '', translation = '', published_reply = '', reply_violation = '',
    topics = '{}', urgency = 'none', labelled_at = NULL,
    vanished_at = %(now)s, fetched_at = %(asked)s, updated_at = %(now)s
WHERE location_id = %(location)s AND vanished_at IS NULL
  AND review_id = ANY(%(review_ids)s) AND fetched_at <= %(asked)s
"""


@dataclass(frozen=True)
class StoredReview:
    """A review that is new or has changed. The others stayed as they were."""

    id: UUID
    review_id: str
    stars: int | None
    posted_at: datetime
    is_anonymous: bool
    has_comment: bool
    published_reply: str
    is_new: bool

    def is_good_news(self, now: datetime) -> bool:
        """Return whether it is new and not low. Low ones are alerted when their words are read."""
        return self.is_new and self.stars not in LOW_STARS and self.posted_at > now - NEWS_FOR


def store_reviews(
    location: LeasedLocation,
    reviews: Iterable[ReviewData],
    *,
    fetched_at: datetime,
    now: datetime,
    fetched_before: datetime | None = None,
) -> list[StoredReview]:
    """Store reviews that were asked for at `fetched_at`. Return those that are new or changed.

    The first fetch alerts nobody. With `fetched_before`, older proofs of a fetch are renewed.
    """
    # A page may list a review twice when reviews change meanwhile; the last one is as good.
    rows = {review.review_id: _as_row(review) for review in reviews}
    if not rows:
        return []
    with tenancy.within(location.workspace_id):
        written = fetch(
            STORE,
            reviews=json.dumps(list(rows.values()), ensure_ascii=False),
            location=location.id,
            now=now,
            fetched=fetched_at,
            alerted=now if location.is_first_fetch else None,
        )
        if fetched_before:
            execute(
                RENEW_PROOF,
                location=location.id,
                review_ids=list(rows),
                fetched=fetched_at,
                fetched_before=fetched_before,
            )
        stored = [StoredReview(**row) for row in written]
        after_stored(location, stored, now=now)
    return stored


def mark_vanished(
    location: LeasedLocation, review_ids: list[str], *, asked_at: datetime, now: datetime
) -> int:
    """Delete the words of reviews that Google did not know at `asked_at`. Return how many."""
    with tenancy.within(location.workspace_id):
        return execute(VANISH, location=location.id, review_ids=review_ids, asked=asked_at, now=now)


def after_stored(location: LeasedLocation, stored: list[StoredReview], *, now: datetime) -> None:
    """Do what follows from new and changed reviews, in the transaction that stores them."""
    # A reply that was written at Google, or that its moderation has decided about.
    if replied := [review.id for review in stored if review.published_reply]:
        moderation.follow_stored(location.workspace_id, replied)
    if location.is_first_fetch:
        return
    enqueue_events(
        OutgoingEvent("review.received", location.workspace_id, _event_data(location, review))
        for review in stored
        if review.is_new
    )
    good = [review.id for review in stored if review.is_good_news(now)]
    tell_of_new_reviews(location.id, good, now=now)
    if stored:
        # At once, for somebody who waits for the review on a page. The schedule does it as well.
        transaction.on_commit(
            lambda: current_app.send_task("reviews.tasks.attribute_reviews", expires=30),
            robust=True,
        )


def _event_data(location: LeasedLocation, review: StoredReview) -> dict[str, Any]:
    """Return ids, stars and times. Names and words are in the API."""
    return {
        "id": review.id,
        "location_id": location.id,
        "stars": review.stars,
        "has_comment": review.has_comment,
        "is_anonymous": review.is_anonymous,
        "posted_at": review.posted_at,
    }


def _as_row(review: ReviewData) -> dict[str, Any]:
    reply = review.reply
    return {
        "id": str(uuid7()),
        "review_id": review.review_id,
        "reviewer_name": review.reviewer_name,
        "is_anonymous": review.is_anonymous,
        "stars": review.stars,
        "comment": review.comment,
        "translation": review.translation,
        "language": detect_language(review.comment),
        "media_count": review.media_count,
        "posted_at": review.posted_at.isoformat(),
        "changed_at": review.changed_at.isoformat(),
        "published_reply": reply.text if reply else "",
        "published_reply_at": reply.updated_at.isoformat() if reply and reply.updated_at else None,
        "reply_state": reply.state if reply else "",
        "reply_violation": reply.violation if reply else "",
    }
