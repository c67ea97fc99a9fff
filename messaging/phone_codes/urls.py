from django.urls import path

from messaging.phone_codes import views

urlpatterns = [
    path("", views.confirm, name="phone_confirm"),
    path("send", views.send, name="phone_send_code"),
]
