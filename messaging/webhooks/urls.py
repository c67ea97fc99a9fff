from django.urls import path

from messaging.webhooks import views

urlpatterns = [
    path("twilio/status/<uuid:message>/", views.twilio_status, name="twilio_status"),
    path("twilio/inbound/", views.twilio_inbound, name="twilio_inbound"),
    # People type this one into Twilio's console, and a redirect would lose what was posted.
    path("twilio/inbound", views.twilio_inbound),
]
