from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "insights"

    audit_actions = {
        "report.publish": _("Published a report"),
        "report.change": _("Changed a public report"),
        "report.revoke": _("Closed a public report"),
        "saved_view.save": _("Saved a view of the ratings for the clinic"),
        "saved_view.rename": _("Renamed a view of the clinic"),
        "saved_view.remove": _("Removed a view of the clinic"),
        "quote.choose": _("Chose words of a patient to be shown"),
        "quote.withdraw": _("Took back words of a patient that were shown"),
    }
    api_scopes = {
        "insights:read": _("See figures"),
    }
    deleted_with_patients = {
        "saved_views": "insights.ratings.erased_names.delete_views_with_names",
    }
    notification_kinds = {
        "insights.week": "insights.notification_kinds.WEEK",
        "insights.month": "insights.notification_kinds.MONTH",
    }
