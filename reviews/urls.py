from django.urls import include, path

urlpatterns = [
    path("reviews/", include("reviews.replies.urls")),
    path("", include("reviews.connection.urls")),
]
