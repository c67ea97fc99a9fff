from django.urls import path

from insights.month import views

urlpatterns = [
    path("results/month/", views.month, name="month"),
    path("results/month/write", views.write, name="month_write"),
    path("results/month/written", views.written, name="month_written"),
]
