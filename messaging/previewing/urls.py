from django.urls import path

from messaging.previewing import views

urlpatterns = [
    path("preview", views.preview, name="template_preview"),
    path("<uuid:template>/test", views.test, name="template_test"),
]
