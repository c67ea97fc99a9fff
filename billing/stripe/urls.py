from django.urls import path

from billing.stripe import webhook

urlpatterns = [
    path("stripe/", webhook.stripe, name="stripe_webhook"),
    # People type this one into Stripe's dashboard, and a redirect would lose what was posted.
    path("stripe", webhook.stripe),
]
