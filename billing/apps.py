from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"

    audit_actions = {
        "credits.grant": _("Granted credits"),
        "subscription.change": _("Changed the subscription"),
        "subscription.manage": _("Opened Stripe’s pages about the subscription"),
        "payment.checkout": _("Opened the page for paying"),
        "payment.receive": _("Received a payment"),
        "payment.refund": _("Refunded a payment"),
        "payment.dispute": _("A payment is disputed"),
        "transfer.record": _("Recorded a bank transfer"),
        "transfer.withdraw": _("Withdrew a bank transfer"),
        "payment.replay": _("Processed a payment event once more"),
    }
