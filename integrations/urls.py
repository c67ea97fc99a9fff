from django.urls import path

from integrations.views import api_keys, webhooks

urlpatterns = [
    path("endpoints/", webhooks.index, name="endpoints"),
    path("endpoints/new", webhooks.new, name="endpoint_new"),
    path("endpoints/<uuid:webhookendpoint>/", webhooks.show, name="endpoint"),
    path("endpoints/<uuid:webhookendpoint>/edit", webhooks.edit, name="endpoint_edit"),
    path("endpoints/<uuid:webhookendpoint>/secret", webhooks.rotate, name="endpoint_rotate"),
    path("endpoints/<uuid:webhookendpoint>/disable", webhooks.disable, name="endpoint_disable"),
    path("endpoints/<uuid:webhookendpoint>/enable", webhooks.enable, name="endpoint_enable"),
    path("endpoints/<uuid:webhookendpoint>/remove", webhooks.remove, name="endpoint_remove"),
    path("endpoints/<uuid:webhookendpoint>/test", webhooks.send_test, name="endpoint_test"),
    path("endpoints/deliveries/<uuid:webhookdelivery>/", webhooks.delivery, name="delivery"),
    path(
        "endpoints/deliveries/<uuid:webhookdelivery>/replay",
        webhooks.replay,
        name="delivery_replay",
    ),
    path("keys/", api_keys.index, name="keys"),
    path("keys/new", api_keys.new, name="key_new"),
    path("keys/<uuid:apikey>/revoke", api_keys.revoke, name="key_revoke"),
]
