from django.urls import path

from messaging.bounces import views as mail
from messaging.webhooks import views

urlpatterns = [
    path("twilio/status/<uuid:message>/", views.twilio_status, name="twilio_status"),
    path("twilio/inbound/", views.twilio_inbound, name="twilio_inbound"),
    # People type this one into Twilio's console, and a redirect would lose what was posted.
    path("twilio/inbound", views.twilio_inbound),
    path("mail/report/", mail.report, name="mail_report"),
    path("mail/sendgrid/", mail.sendgrid, name="mail_sendgrid"),
    path("mail/mailgun/", mail.mailgun, name="mail_mailgun"),
]
