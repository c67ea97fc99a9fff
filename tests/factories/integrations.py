"""API keys and outgoing webhooks."""

from factory.declarations import LazyFunction, Sequence, SubFactory

from core import encryption
from core.api.scopes import all_scopes
from integrations import api_keys
from integrations.models import ApiKey, DeliveryAttempt, WebhookDelivery, WebhookEndpoint
from integrations.webhooks import signing
from integrations.webhooks.events import subscribable_events
from tests.factories.base import SAME_WORKSPACE, RowFactory
from tests.factories.workspaces import UserFactory, WorkspaceFactory


class WebhookEndpointFactory(RowFactory[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint

    workspace = SubFactory(WorkspaceFactory)
    url = Sequence(lambda n: f"https://hooks.example.com/{n}")
    events = LazyFunction(lambda: list(subscribable_events()))
    secret = LazyFunction(lambda: encryption.seal(signing.new_secret()))


class WebhookDeliveryFactory(RowFactory[WebhookDelivery]):
    class Meta:
        model = WebhookDelivery

    workspace = SubFactory(WorkspaceFactory)
    endpoint = SubFactory(WebhookEndpointFactory, workspace=SAME_WORKSPACE)
    event = "message.sent"
    data = LazyFunction(dict)


class DeliveryAttemptFactory(RowFactory[DeliveryAttempt]):
    class Meta:
        model = DeliveryAttempt

    workspace = SubFactory(WorkspaceFactory)
    delivery = SubFactory(WebhookDeliveryFactory, workspace=SAME_WORKSPACE)
    status_code = 200
    took_ms = 12


class ApiKeyFactory(RowFactory[ApiKey]):
    """A key with all scopes. Its text is `rm_<prefix>_secret`."""

    class Meta:
        model = ApiKey

    workspace = SubFactory(WorkspaceFactory)
    made_by = SubFactory(UserFactory, workspace=SAME_WORKSPACE)
    made_by_name = "Dra. Quien Manda"
    name = Sequence(lambda n: f"Agenda {n}")
    prefix = Sequence(lambda n: f"key{n:07d}")
    digest = LazyFunction(lambda: api_keys.digest("secret"))
    scopes = LazyFunction(lambda: list(all_scopes()))
