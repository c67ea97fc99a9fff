from django.urls import path

from insights.text_results import views

urlpatterns = [
    path("results", views.of_all, name="text_results"),
    path("<uuid:template>/results", views.of_text, name="template_results"),
]
