"""Attribute the recent reviews of a practice, and keep the guesses true when facts change.

A review is compared again whenever it changes, and once a day in its first two months, because
names and ratings of patients may change too. Older guesses stay as they are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError

from core import tenancy
from core.ids import uuid7
from core.locks import Lock
from core.sql import advisory_lock, execute, fetch
from patients.doctors.spellings import PATIENT_HAS_OWN_REVIEW_LINK
from reviews.attribution.names import split_name
from reviews.attribution.rule import CONSIDERED_FOR, AskFacts, Match, ReviewFacts, attribute
from reviews.models import Attribution

log = structlog.get_logger("attribution")

COMPARED_FOR = timedelta(days=60)
COMPARED_EVERY = timedelta(days=1)
PRACTICES_AT_ONCE = 20

# The practices with a review that changed after they were compared, and those that wait a day. A
# review that was stored meanwhile may be committed later than its time says, so a minute overlaps.
DUE_PRACTICES = """
SELECT l.workspace_id, l.practice_id
FROM reviews_googlelocation l
WHERE l.practice_id IS NOT NULL
  AND EXISTS (SELECT FROM reviews_review r WHERE r.location_id = l.id
              AND r.posted_at > %(compared_from)s
              AND (l.attributed_at IS NULL OR l.attributed_at < %(compared_before)s
                   OR r.updated_at > l.attributed_at - interval '1 minute'))
GROUP BY l.workspace_id, l.practice_id
ORDER BY min(l.attributed_at) NULLS FIRST
LIMIT %(limit)s
"""

RECENT_REVIEWS = """
SELECT r.id AS key, r.posted_at, r.stars,
       CASE WHEN r.is_anonymous THEN '' ELSE r.reviewer_name END AS name
FROM reviews_review r
JOIN reviews_googlelocation l ON l.id = r.location_id
WHERE l.practice_id = %(practice)s AND r.vanished_at IS NULL AND r.posted_at > %(compared_from)s
ORDER BY r.posted_at
"""

# Only asked patients who clicked, or have a name that a reviewer shows: no other ask can become
# possible. Nobody is asked before the appointment, so the index on its time finds the recent ones.
# The letters are folded roughly here; the rule compares them exactly.
#
# Patients of a doctor with a review link of her own were led to her page, so a click of theirs says
# nothing about a review of the practice.
CANDIDATES = f"""
SELECT pt.id AS key, pt.asked_at, pt.name, m.rating,
       CASE WHEN NOT is_led_elsewhere THEN pt.review_clicked_at END AS clicked_at,
       CASE WHEN is_led_elsewhere THEN 0 ELSE pt.review_clicks END AS clicks
FROM patients_patient pt
CROSS JOIN LATERAL (SELECT {PATIENT_HAS_OWN_REVIEW_LINK} AS is_led_elsewhere) link
JOIN campaigns_campaign c ON c.id = pt.campaign_id AND c.practice_id = %(practice)s
LEFT JOIN messaging_message m ON m.patient_id = pt.id AND m.type = 'INITIAL'
WHERE pt.workspace_id = %(workspace)s AND pt.data_deleted_at IS NULL
  AND pt.appointment_time > %(appointments_from)s AND pt.asked_at > %(asked_from)s
  AND ((pt.review_clicks > 0 AND NOT is_led_elsewhere)
       OR string_to_array(translate(lower(pt.name), 'áàâãäéèêëíìîïóòôõöúùûüñç',
                                    'aaaaaeeeeiiiiooooouuuunc'), ' ') && %(names)s::text[])
  AND NOT EXISTS (SELECT FROM reviews_attribution taken
                  JOIN reviews_review r ON r.id = taken.review_id
                  WHERE taken.patient_id = pt.id AND r.posted_at <= %(compared_from)s)
"""  # noqa: S608 - built from constants
# An ask comes days after the appointment at most, but a campaign may begin with older ones.
LONGEST_BEFORE_THE_ASK = timedelta(days=30)

# Also those about patients of the practice whose review is of another one by now: a location or a
# campaign was moved, and a patient has one guess at most.
DELETE_GUESSES = """
DELETE FROM reviews_attribution guess
USING reviews_review r, reviews_googlelocation l, patients_patient pt, campaigns_campaign c
WHERE r.id = guess.review_id AND l.id = r.location_id
  AND pt.id = guess.patient_id AND c.id = pt.campaign_id
  AND (l.practice_id = %(practice)s OR c.practice_id = %(practice)s)
  AND r.posted_at > %(compared_from)s
"""

MARK_COMPARED = """
UPDATE reviews_googlelocation SET attributed_at = %(now)s WHERE practice_id = %(practice)s
"""


@dataclass(frozen=True)
class DuePractice:
    workspace_id: UUID
    practice_id: UUID


def attribute_due_practices(*, now: datetime) -> int:
    """Compare the reviews of the practices that are due. Return how many were compared."""
    with tenancy.platform("attribution of reviews"):
        rows = fetch(
            DUE_PRACTICES,
            compared_from=now - COMPARED_FOR,
            compared_before=now - COMPARED_EVERY,
            limit=PRACTICES_AT_ONCE,
        )
    for row in rows:
        _attribute_or_log(DuePractice(**row), now=now)
    return len(rows)


def _attribute_or_log(practice: DuePractice, *, now: datetime) -> None:
    """Compare one practice. One that fails waits a day, so that the others are not held up."""
    try:
        attribute_practice(practice, now=now)
    except DatabaseError:
        log.exception("attribution_failed", practice_id=str(practice.practice_id))
        with tenancy.within(practice.workspace_id):
            execute(MARK_COMPARED, practice=practice.practice_id, now=now)


def attribute_practice(practice: DuePractice, *, now: datetime) -> list[Match]:
    """Replace the guesses about the recent reviews of a practice."""
    with tenancy.within(practice.workspace_id):
        # Two workers at once would both delete the old guesses and insert the new ones twice.
        advisory_lock(Lock.ATTRIBUTION.of(practice.practice_id))
        reviews = _fetch_reviews(practice, now)
        matches = attribute(reviews, _fetch_asks(practice, reviews, now))
        values = {"practice": practice.practice_id, "compared_from": now - COMPARED_FOR}
        execute(DELETE_GUESSES, **values)
        Attribution.objects.bulk_create(
            Attribution(
                id=uuid7(),
                workspace_id=practice.workspace_id,
                review_id=match.review,
                patient_id=match.patient,
                grade=match.grade,
                reasons=list(match.evidence.reasons),
                minutes_after_click=match.evidence.minutes_after_click,
            )
            for match in matches
        )
        execute(MARK_COMPARED, practice=practice.practice_id, now=now)
    return matches


def _fetch_reviews(practice: DuePractice, now: datetime) -> list[ReviewFacts]:
    rows = fetch(RECENT_REVIEWS, practice=practice.practice_id, compared_from=now - COMPARED_FOR)
    return [ReviewFacts(**row) for row in rows]


def _fetch_asks(practice: DuePractice, reviews: list[ReviewFacts], now: datetime) -> list[AskFacts]:
    asked_from = now - COMPARED_FOR - CONSIDERED_FOR
    rows = fetch(
        CANDIDATES,
        practice=practice.practice_id,
        workspace=practice.workspace_id,
        compared_from=now - COMPARED_FOR,
        asked_from=asked_from,
        appointments_from=asked_from - LONGEST_BEFORE_THE_ASK,
        names=sorted({name for review in reviews for name in split_name(review.name)}),
    )
    return [AskFacts(**row) for row in rows]
