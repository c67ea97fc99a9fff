from django.urls import path

from reviews.api import reviews

urlpatterns = [
    path("reviews/", reviews.ReviewListView.as_view(), name="api_reviews"),
    path("reviews/<uuid:review>/", reviews.ReviewDetailView.as_view(), name="api_review"),
    path("reviews/<uuid:review>/reply/", reviews.ReplyView.as_view(), name="api_review_reply"),
]
