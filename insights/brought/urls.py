from django.urls import path

from insights.brought import views

urlpatterns = [path("results/brought/", views.brought, name="brought")]
