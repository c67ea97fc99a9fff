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
    }
    api_scopes = {
        "templates:read": _("See texts"),
        "templates:write": _("Write, change and delete texts"),
    }
