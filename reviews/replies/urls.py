from django.urls import path

from reviews.listing import views as listing
from reviews.replies import views as replies

urlpatterns = [
    path("", listing.index, name="reviews"),
    path("<uuid:review>/", replies.detail, name="review"),
    path("<uuid:review>/reply", replies.write, name="review_write"),
    path("<uuid:review>/check", replies.check, name="review_check"),
    path("<uuid:review>/suggest", replies.suggest, name="review_suggest"),
    path("<uuid:review>/suggestion", replies.suggestion, name="review_suggestion"),
    path("<uuid:review>/approve", replies.approve, name="review_approve"),
    path("<uuid:review>/override", replies.override, name="review_override"),
    path("<uuid:review>/delete", replies.delete, name="review_delete"),
]
