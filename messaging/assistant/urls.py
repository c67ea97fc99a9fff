from django.urls import path

from messaging.assistant import views

urlpatterns = [
    path("assistant/", views.show, name="assistant"),
    path("assistant/on", views.turn_on, name="assistant_on"),
    path("assistant/off", views.turn_off, name="assistant_off"),
    path("inbox/<uuid:conversation>/suggest", views.order, name="assistant_order"),
    path("inbox/<uuid:conversation>/suggestion", views.suggestion, name="assistant_suggestion"),
]
