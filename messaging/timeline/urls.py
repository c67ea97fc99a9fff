from django.urls import path

from messaging.timeline import views

urlpatterns = [path("<uuid:patient>/story", views.panel, name="patient_story")]
