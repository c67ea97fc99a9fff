from reviews.models.attribution import Attribution, AttributionGrade
from reviews.models.connection import (
    ConnectionFailure,
    ConnectionStatus,
    GoogleConnection,
    GoogleLocation,
    LocationFailure,
)
from reviews.models.reply import ReplyStatus, ReviewReply
from reviews.models.review import Review, ReviewQuerySet

__all__ = [
    "Attribution",
    "AttributionGrade",
    "ConnectionFailure",
    "ConnectionStatus",
    "GoogleConnection",
    "GoogleLocation",
    "LocationFailure",
    "ReplyStatus",
    "Review",
    "ReviewQuerySet",
    "ReviewReply",
]
