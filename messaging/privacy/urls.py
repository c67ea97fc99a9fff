from django.urls import path

from messaging.privacy import views

urlpatterns = [
    path("", views.find, name="find_person"),
    path("loss", views.retention_loss, name="retention_loss"),
    path("<uuid:patient>/", views.show, name="person"),
    path("<uuid:patient>/export", views.export, name="patient_export"),
    path("<uuid:patient>/erase", views.erase, name="patient_erase"),
    path("<uuid:patient>/restore", views.restore, name="patient_restore"),
]
