from django.urls import path

from insights.month import views

urlpatterns = [path("results/month/", views.month, name="month")]
