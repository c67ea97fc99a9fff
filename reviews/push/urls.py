from django.urls import path

from reviews.push import views

urlpatterns = [
    path("google/", views.google, name="google_push"),
    # People type this one into Google's console, and a redirect would lose what was posted.
    path("google", views.google),
]
