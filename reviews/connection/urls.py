from django.urls import path

from reviews.connection import views

urlpatterns = [
    path("google/", views.show, name="google_connection"),
    path("google/connect", views.begin, name="google_connect"),
    path("google/callback", views.callback, name="google_return"),
    path("google/other-user", views.confirm_other_user, name="google_other_user"),
    path("google/locations", views.choose_locations, name="google_locations"),
    path("google/check", views.check_now, name="google_check"),
    path("google/pushes", views.take_over_pushes, name="google_take_over_pushes"),
    path("google/disconnect", views.disconnect, name="google_disconnect"),
    path("google/delete", views.delete_fetched, name="google_delete"),
]
