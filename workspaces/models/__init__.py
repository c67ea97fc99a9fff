"""Floor 1, who: the workspace, its people and places, its money, and what was done by whom."""

from workspaces.models.announcing import (
    Announcement,
    AnnouncementStatus,
    Attempt,
    DisabledBecause,
    Endpoint,
    Event,
    Trouble,
)
from workspaces.models.audit import AuditEvent
from workspaces.models.credits import CreditEntry, CreditLot, EntryKind
from workspaces.models.entitlement import Entitlement, Limit, Source
from workspaces.models.flags import FlagKind, SenderFlag
from workspaces.models.keys import ApiKey, KeptAnswer, Scope
from workspaces.models.payments import (
    BillingDifference,
    BillingNotice,
    DifferenceKind,
    NoticeKind,
    Payment,
    PaymentEvent,
    PaymentKind,
)
from workspaces.models.people import Invitation, KnownDevice, Role, User
from workspaces.models.practice import Practice
from workspaces.models.workspace import (
    LONGEST_UNDO_MINUTES,
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
    "SHORTEST_KEPT_DAYS",
    "Announcement",
    "AnnouncementStatus",
    "ApiKey",
    "Attempt",
    "AuditEvent",
    "BillingDifference",
    "BillingNotice",
    "CreditEntry",
    "CreditLot",
    "DifferenceKind",
    "DisabledBecause",
    "Endpoint",
    "Entitlement",
    "EntryKind",
    "Event",
    "FlagKind",
    "IdleLimit",
    "Invitation",
    "KeptAnswer",
    "KnownDevice",
    "Language",
    "Limit",
    "NoticeKind",
    "Payment",
    "PaymentEvent",
    "PaymentKind",
    "Plan",
    "Practice",
    "ReviewInvites",
    "Role",
    "Scope",
    "SenderFlag",
    "Source",
    "SubscriptionStatus",
    "Trouble",
    "User",
    "Workspace",
]
