from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"

    audit_actions = {
        "campaign.create": _("Created a campaign"),
        "campaign.change": _("Changed a campaign"),
        "campaign.activate": _("Activated a campaign"),
        "campaign.pause": _("Paused a campaign"),
        "campaign.resume": _("Resumed a campaign"),
        "campaign.complete": _("Completed a campaign"),
        "campaign.cancel": _("Cancelled a campaign"),
        "campaign.patients": _("Sent in patients of a campaign"),
        "campaign.texts": _("Chose the texts of a campaign"),
        "campaign.hand_over": _("Handed over a campaign"),
    }
    # See workspaces.handover.
    member_belongings = {"campaigns": "campaigns.handover.CAMPAIGNS"}
    api_scopes = {
        "campaigns:read": _("See campaigns"),
        "campaigns:write": _("Create, change, activate and end campaigns"),
    }
    webhook_events = {
        "campaign.completed": _("A campaign was completed"),
    }
