from insights.models.digest import Digest, MonthlyMail
from insights.models.saved_view import SavedView
from insights.models.sharing import Desk, DeskRating, Report
from insights.models.tallies import DayTally, Facet, FailureTally, HourTally, StaleDay

__all__ = [
    "DayTally",
    "Desk",
    "DeskRating",
    "Digest",
    "Facet",
    "FailureTally",
    "HourTally",
    "MonthlyMail",
    "Report",
    "SavedView",
    "StaleDay",
]
