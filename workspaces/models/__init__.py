"""Who uses the product: clinics, their people and practices, and what each clinic may do."""

from workspaces.models.brand import Brand, Picture
from workspaces.models.entitlement import Entitlement, EntitlementSource, Feature, LimitName
from workspaces.models.flags import FlagKind, SenderFlag
from workspaces.models.legal import LegalKind, LegalLanguage, LegalText
from workspaces.models.notifications import (
    Notification,
    NotificationChoice,
    NotificationOutcome,
    PushSubscription,
    QuietHours,
)
from workspaces.models.people import Density, Invitation, KnownDevice, Role, User
from workspaces.models.practice import Practice
from workspaces.models.workspace import (
    LONGEST_UNDO_MINUTES,
    MAX_REMINDER_HOURS,
    SHORTEST_KEPT_DAYS,
    IdleLimit,
    Language,
    Plan,
    ReviewInvites,
    SubscriptionStatus,
    Workspace,
)

__all__ = [
    "LONGEST_UNDO_MINUTES",
    "MAX_REMINDER_HOURS",
    "SHORTEST_KEPT_DAYS",
    "Brand",
    "Density",
    "Entitlement",
    "EntitlementSource",
    "Feature",
    "FlagKind",
    "IdleLimit",
    "Invitation",
    "KnownDevice",
    "Language",
    "LegalKind",
    "LegalLanguage",
    "LegalText",
    "LimitName",
    "Notification",
    "NotificationChoice",
    "NotificationOutcome",
    "Picture",
    "Plan",
    "Practice",
    "PushSubscription",
    "QuietHours",
    "ReviewInvites",
    "Role",
    "SenderFlag",
    "SubscriptionStatus",
    "User",
    "Workspace",
]
