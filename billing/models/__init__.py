from billing.models.credits import CreditEntry, CreditLot, EntryKind
from billing.models.payments import (
    STRIPE,
    BillingDifference,
    BillingNotice,
    DifferenceKind,
    NoticeKind,
    Payment,
    PaymentEvent,
    PaymentKind,
)

__all__ = [
    "STRIPE",
    "BillingDifference",
    "BillingNotice",
    "CreditEntry",
    "CreditLot",
    "DifferenceKind",
    "EntryKind",
    "NoticeKind",
    "Payment",
    "PaymentEvent",
    "PaymentKind",
]
