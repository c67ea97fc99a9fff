from billing.models.credits import CreditEntry, CreditLot, EntryKind
from billing.models.payments import (
    BillingDifference,
    BillingNotice,
    DifferenceKind,
    NoticeKind,
    Payment,
    PaymentEvent,
    PaymentKind,
)

__all__ = [
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
