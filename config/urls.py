from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("", include("workspaces.urls")),
    path("campaigns/", include("campaigns.urls")),
    path("webhooks/", include("messaging.webhooks.urls")),
    path("", include("messaging.public.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]

handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
