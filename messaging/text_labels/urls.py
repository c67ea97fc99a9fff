from django.urls import path

from messaging.text_labels import views

urlpatterns = [
    path("<uuid:textlabels>/labels", views.correct, name="correct_labels"),
]
