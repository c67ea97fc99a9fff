"""Which day a message belongs to."""

# The moment that a message called `m` left, or fell due if it never did. Its day is the local one
# of its practice. Answers, ratings and clicks belong to the day of their ask, however late.
# Written out, because behind row security PostgreSQL asks no index by a coalesce.
ANCHOR = "CASE WHEN m.sent_at IS NULL THEN m.created_at ELSE m.sent_at END"

# Of a message called `m` at a practice called `p`.
DAY = f"(({ANCHOR}) AT TIME ZONE p.timezone)::date"

# What waits, is on its way or was called off is in no figure. Over a message called `m`.
COUNTS = "(m.sent_at IS NOT NULL OR m.status IN ('SENT', 'FAILED', 'DELIVERED', 'REPLIED'))"
