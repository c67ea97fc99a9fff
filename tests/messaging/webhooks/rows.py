"""Reading back what a call has done."""

from messaging.models import Message, WebhookEvent
from workspaces import tenancy


def fresh(message: Message) -> Message:
    with tenancy.platform("test"):
        return Message.objects.select_related("patient", "sender").get(pk=message.pk)


def events() -> list[WebhookEvent]:
    with tenancy.platform("test"):
        return list(WebhookEvent.objects.order_by("id"))


def errors() -> list[str]:
    return [event.error for event in events()]
