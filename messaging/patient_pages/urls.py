from django.urls import path

from messaging.patient_pages import samples, views

# As short as a text message needs them.
urlpatterns = [
    path("r/<str:token>", views.rate, name="patient_rate"),
    path("f/<str:token>", views.feedback, name="patient_feedback"),
    path("w/<str:token>", views.words, name="patient_words"),
    path("o/<str:token>", views.stop, name="patient_stop"),
    path("settings/brand/star-page", samples.star_page, name="star_page_sample"),
    path("v/<str:token>", views.review, name="patient_review"),
]
