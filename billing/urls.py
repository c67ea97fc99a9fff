from django.urls import path

from billing import views

urlpatterns = [
    path("billing/", views.index, name="billing"),
    path("billing/invoices", views.listed_invoices, name="billing_invoices"),
    path("billing/credits", views.movements_list, name="billing_credits"),
    path("billing/subscribe", views.subscribe, name="billing_subscribe"),
    path("billing/pack", views.buy, name="billing_pack"),
    path("billing/portal", views.manage, name="billing_portal"),
    path("pricing/", views.pricing, name="pricing"),
]
