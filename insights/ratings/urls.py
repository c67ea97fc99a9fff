from django.urls import path

from insights.ratings import views

urlpatterns = [
    path("results/ratings/", views.index, name="ratings"),
    path("results/ratings/views/", views.views, name="saved_views"),
    path("results/ratings/views/<uuid:savedview>/", views.view, name="saved_view"),
    path(
        "results/ratings/views/<uuid:savedview>/remove",
        views.remove_view,
        name="saved_view_remove",
    ),
    path("results/comments/", views.comments, name="comments"),
]
