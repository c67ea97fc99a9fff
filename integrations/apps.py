from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"

    audit_actions = {
        "key.create": _("Made an API key"),
        "key.revoke": _("Revoked an API key"),
        "endpoint.create": _("Added a webhook"),
        "endpoint.change": _("Changed a webhook"),
        "endpoint.disable": _("Disabled a webhook"),
        "endpoint.enable": _("Enabled a webhook"),
        "endpoint.give_up": _("Disabled a webhook that takes nothing"),
        "endpoint.rotate": _("Made a new secret for a webhook"),
        "endpoint.remove": _("Removed a webhook"),
    }
    webhook_events = {
        "webhook.test": _("A test"),
    }
    sealed_secrets = {
        "webhook endpoints": "integrations.webhooks.endpoints.reseal_endpoints",
    }
