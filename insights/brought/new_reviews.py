"""The new public reviews of some days, and how many of them probably came from a question.

Unlike in the funnel, a review counts here on the day on which it was written.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from core import sql
from insights import filters as filtering
from insights.figures import FEWEST_DRAWN
from insights.filters import EVERYTHING
from insights.periods import Period
from workspaces.models import User, Workspace

A_DAY = timedelta(days=1)

# A row if Google is connected and something was fetched, otherwise none. `starts` and `ends` are a
# day wider than the period, for all time zones, because behind row security PostgreSQL uses no
# index for the exact condition below them.
NEW_REVIEWS = """
SELECT count(r.id) AS reviews, count(r.stars) AS rated, sum(r.stars) AS stars,
       count(r.id) FILTER (WHERE EXISTS (
           SELECT FROM reviews_attribution a
           JOIN patients_patient pt ON pt.id = a.patient_id
           WHERE a.review_id = r.id AND a.grade = 'LIKELY'
             AND (%(campaigns)s::uuid[] IS NULL OR pt.campaign_id = ANY(%(campaigns)s::uuid[]))
       )) AS likely
FROM reviews_googleconnection g
JOIN reviews_googlelocation l ON l.connection_id = g.id AND l.first_fetched_at IS NOT NULL
JOIN workspaces_practice p ON p.id = l.practice_id
LEFT JOIN reviews_review r
    ON r.location_id = l.id AND r.vanished_at IS NULL
   AND r.posted_at >= %(starts)s AND r.posted_at < %(ends)s
   AND (r.posted_at AT TIME ZONE p.timezone)::date BETWEEN %(first)s AND %(last)s
WHERE g.workspace_id = %(workspace)s AND g.status <> 'DISCONNECTED'
  AND (%(campaigns)s::uuid[] IS NULL OR l.practice_id IN (
          SELECT c.practice_id FROM campaigns_campaign c WHERE c.id = ANY(%(campaigns)s)))
HAVING count(l.id) > 0
"""


@dataclass(frozen=True)
class NewReviews:
    reviews: int
    rated: int
    stars: int
    likely: int

    @property
    def average(self) -> float | None:
        """The average of the new reviews, if they are enough for one."""
        return self.stars / self.rated if self.rated >= FEWEST_DRAWN else None


def read_new_reviews(
    workspace: Workspace, period: Period, *, visible_to: User
) -> NewReviews | None:
    """Count the reviews of the period, or return None if Google is not connected.

    A doctor gets those of the practices of her campaigns, and as likely those of her patients.
    """
    rows = sql.fetch(
        NEW_REVIEWS,
        workspace=workspace.pk,
        campaigns=filtering.campaign_ids(workspace, EVERYTHING, visible_to=visible_to),
        first=period.first,
        last=period.last,
        starts=datetime.combine(period.first - A_DAY, time(), UTC),
        ends=datetime.combine(period.last + 2 * A_DAY, time(), UTC),
    )
    if not rows:
        return None
    (row,) = rows
    return NewReviews(row["reviews"], row["rated"], int(row["stars"] or 0), row["likely"])
