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
from billing.models.transfers import BankTransfer, Currency, TransferKind

__all__ = [
    "STRIPE",
    "BankTransfer",
    "BillingDifference",
    "BillingNotice",
    "CreditEntry",
    "CreditLot",
    "Currency",
    "DifferenceKind",
    "EntryKind",
    "NoticeKind",
    "Payment",
    "PaymentEvent",
    "PaymentKind",
    "TransferKind",
]
