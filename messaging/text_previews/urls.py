from django.urls import path

from messaging.text_previews import views

urlpatterns = [
    path("preview", views.preview, name="template_preview"),
    path("<uuid:template>/test", views.test, name="template_test"),
]
