"""Who is invited to write a public review, in Python and in SQL.

Google forbids asking only happy patients ("review gating"), so by default nobody's way to the
public page is longer than another's. `tests/guards/test_fair_invitations.py` walks all the ways.
"""

from messaging import ratings
from templates_app.models import MessageType
from workspaces.models import ReviewInvites

# Whether message `m` of workspace `w` may link to the public reviews.
MESSAGE_MAY_INVITE = "(m.type <> 'FOLLOWUP_UNHAPPY' OR w.review_invites = 'everyone')"


def is_invited(review_invites: str, rating: int) -> bool:
    """Return whether the pages invite somebody who gave this rating to write a review."""
    return review_invites == ReviewInvites.EVERYONE or ratings.is_happy(rating)


def message_may_invite(review_invites: str, message_type: str) -> bool:
    """Return whether a message of this type may link to the public reviews."""
    return message_type != MessageType.FOLLOWUP_UNHAPPY or review_invites == ReviewInvites.EVERYONE
