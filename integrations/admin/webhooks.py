from django.contrib import admin

from integrations.models import DeliveryAttempt, WebhookDelivery, WebhookEndpoint
from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin


@admin.register(WebhookEndpoint)
class EndpointAdmin(ReadOnlyAdmin[WebhookEndpoint]):
    list_display = ("url", "workspace", "failures", "failing_since", "disabled_because")
    list_filter = ("disabled_because",)
    list_select_related = ("workspace",)
    search_fields = ("url", "workspace__name")
    ordering = ("-id",)
    hidden = ("secret", "earlier_secret")


@admin.register(WebhookDelivery)
class DeliveryAdmin(ReadOnlyAdmin[WebhookDelivery]):
    """Without the data, because a comment is between the patient and the clinic."""

    list_display = ("created", "event", "workspace", "endpoint", "status", "attempts_made")
    list_filter = (CreatedSinceFilter, "status", "event")
    list_select_related = ("workspace", "endpoint")
    ordering = ("-id",)
    hidden = ("data",)


@admin.register(DeliveryAttempt)
class AttemptAdmin(ReadOnlyAdmin[DeliveryAttempt]):
    """Without the answer, which may repeat the data of the delivery."""

    list_display = ("created", "workspace", "delivery", "status_code", "trouble", "took_ms")
    list_filter = (CreatedSinceFilter, "trouble")
    list_select_related = ("workspace", "delivery")
    ordering = ("-id",)
    hidden = ("answer",)
