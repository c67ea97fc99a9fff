from django.urls import path

from workspaces.branding import public_views, views

urlpatterns = [
    path("settings/brand/", views.edit, name="brand"),
    path("settings/brand/preview", views.preview, name="brand_preview"),
    path("settings/brand/logo/remove", views.remove_logo, name="brand_logo_remove"),
    path("settings/brand/logo/restore", views.restore_logo, name="brand_logo_restore"),
    path("brand/<str:token>/picture", public_views.picture, name="picture"),
    path("brand/<str:colour>.css", public_views.colour, name="brand_colour"),
]
