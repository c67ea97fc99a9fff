from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"

    audit_actions = {
        "admin.add": _("Added by the platform’s staff"),
        "admin.change": _("Changed by the platform’s staff"),
        "admin.delete": _("Deleted by the platform’s staff"),
        "admin.password": _("Password set by the platform’s staff"),
    }
    retention_rules = {"audit_origins": "core.audit.ORIGINS"}
