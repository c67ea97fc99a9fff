from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"

    audit_actions = {
        "google.connect": _("Connected Google"),
        "google.locations": _("Chose which Google locations belong to which practice"),
        "google.broken": _("Google no longer gave access"),
        "google.disconnect": _("Disconnected Google"),
        "google.delete": _("Deleted what was fetched from Google"),
        "review.draft": _("Drafted a reply to a review"),
        "review.submit": _("Asked for approval of a reply to a review"),
        "review.approve": _("Approved a reply to a review"),
        "review.override": _("Sent a reply to a review against the advice of the gate"),
        "review.send": _("Sent a reply to a review"),
        "review.published": _("Google published a reply to a review"),
        "review.rejected": _("Google rejected a reply to a review"),
        "review.withdraw": _("Deleted a reply to a review"),
    }
    api_scopes = {
        "reviews:read": _("See public reviews and the replies to them"),
        "reviews:write": _("Draft and send replies to public reviews"),
    }
    # See messaging.privacy.anonymization.
    deleted_with_patients = {
        "attributions": "reviews.attribution.anonymized_patients.delete_guesses",
    }
    notification_kinds = {
        "reviews.low": "reviews.notification_kinds.LOW",
        "reviews.new": "reviews.notification_kinds.NEW",
    }
    webhook_events = {
        "review.received": _("A public review was received"),
    }
    sealed_secrets = {
        "Google connections": "reviews.connection.access_tokens.reseal_tokens",
    }

    def ready(self) -> None:
        from reviews.connection import banner, objections
        from workspaces import banners, clinic_settings, practices

        banners.sources.append(banner.show_broken_connection)
        clinic_settings.invite_checks.append(objections.object_to_happy_only)
        practices.removal_checks.append(objections.object_to_removal)
