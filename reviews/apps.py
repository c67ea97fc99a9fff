from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"

    audit_actions = {
        "google.connect": _("Connected Google"),
        "google.locations": _("Chose which Google locations belong to which practice"),
        "google.disconnect": _("Disconnected Google"),
        "review.draft": _("Drafted a reply to a review"),
        "review.submit": _("Asked for approval of a reply to a review"),
        "review.approve": _("Approved a reply to a review"),
        "review.override": _("Sent a reply to a review against the advice of the gate"),
        "review.send": _("Sent a reply to a review"),
        "review.withdraw": _("Deleted a reply to a review"),
    }
    api_scopes = {
        "reviews:read": _("See public reviews and the replies to them"),
        "reviews:write": _("Draft and send replies to public reviews"),
    }
    webhook_events = {
        "review.received": _("A public review was received"),
    }
