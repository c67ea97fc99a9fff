from django.urls import path

from insights.topics import views

urlpatterns = [
    path("results/topics/", views.topics, name="topics"),
]
