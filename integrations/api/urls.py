from django.urls import path

from integrations.api import me

urlpatterns = [path("me/", me.MeView.as_view(), name="api_me")]
