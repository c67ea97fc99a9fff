from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TemplatesConfig(AppConfig):
    name = "templates_app"

    audit_actions = {
        "template.create": _("Wrote a text"),
        "template.change": _("Changed a text"),
        "template.restore": _("Restored an earlier text"),
        "template.default": _("Chose the text to use"),
        "template.delete": _("Deleted a text"),
        "template.whatsapp_submit": _("Submitted a text to Meta"),
        "template.whatsapp_withdraw": _("Withdrew a text from Meta"),
        "template.whatsapp_release": _("Released a text for Meta"),
        "template.whatsapp_decline": _("Declined to submit a text to Meta"),
        "template.whatsapp_approved": _("Meta approved a text"),
        "template.whatsapp_rejected": _("Meta rejected a text"),
    }
    api_scopes = {
        "templates:read": _("See texts"),
        "templates:write": _("Write, change and delete texts"),
    }
    notification_kinds = {
        "whatsapp_text.decided": "templates_app.notification_kinds.DECIDED",
    }
