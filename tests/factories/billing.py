"""Credits and payments."""

from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory

from billing.models import (
    BankTransfer,
    BillingDifference,
    BillingNotice,
    CreditEntry,
    CreditLot,
    DifferenceKind,
    EntryKind,
    NoticeKind,
    Payment,
    PaymentEvent,
    PaymentKind,
    TransferKind,
)
from core import tenancy
from tests.factories.base import RowFactory
from tests.factories.workspaces import WorkspaceFactory


class CreditEntryFactory(RowFactory[CreditEntry]):
    class Meta:
        model = CreditEntry

    workspace = SubFactory(WorkspaceFactory)
    kind = EntryKind.GRANT
    amount = 10
    cause = Sequence(lambda n: f"test:{n}")


class CreditLotFactory(RowFactory[CreditLot]):
    """Create a purchase, and return the lot that the ledger's trigger makes for it."""

    class Meta:
        model = CreditLot

    @classmethod
    def _create(cls, model_class: type[CreditLot], *_args: Any, **kwargs: Any) -> CreditLot:
        entry = CreditEntryFactory.create(kind=EntryKind.PURCHASE, **kwargs)
        with tenancy.platform("factory"):
            return model_class.objects.select_related("workspace", "entry").get(entry=entry)


class PaymentEventFactory(RowFactory[PaymentEvent]):
    class Meta:
        model = PaymentEvent

    provider = "stripe"
    key = Sequence(lambda n: f"evt_{n}")
    kind = "invoice.paid"
    payload = LazyFunction(dict)
    processed_at = None
    next_try_at = LazyAttribute(lambda event: None if event.processed_at else timezone.now())


class PaymentFactory(RowFactory[Payment]):
    class Meta:
        model = Payment

    workspace = SubFactory(WorkspaceFactory)
    payment_intent = Sequence(lambda n: f"pi_{n}")
    kind = PaymentKind.PACK
    amount = 20_00
    currency = "usd"
    credits = 500
    paid_at = LazyFunction(timezone.now)


class BankTransferFactory(RowFactory[BankTransfer]):
    class Meta:
        model = BankTransfer

    workspace = SubFactory(WorkspaceFactory)
    receipt = Sequence(lambda n: f"Pichincha {n}")
    received_on = LazyFunction(timezone.localdate)
    amount = 20_00
    kind = TransferKind.PACK
    credits = 500
    recorded_by = "staff@example.com"


class BillingNoticeFactory(RowFactory[BillingNotice]):
    class Meta:
        model = BillingNotice

    workspace = SubFactory(WorkspaceFactory)
    kind = NoticeKind.GRACE_OVER
    cause = Sequence(lambda n: f"test:{n}")


class BillingDifferenceFactory(RowFactory[BillingDifference]):
    class Meta:
        model = BillingDifference

    kind = DifferenceKind.PAYMENT
    reference = Sequence(lambda n: f"pi_{n}")
    seen_at = LazyFunction(timezone.now)
