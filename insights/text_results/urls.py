from django.urls import path

from insights.text_results import views

urlpatterns = [
    path("results", views.show_texts, name="text_results"),
    path("<uuid:template>/results", views.show_versions, name="template_results"),
]
