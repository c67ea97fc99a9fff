from django.urls import path

from workspaces.api import me, practices, workspace

urlpatterns = [
    path("me/", me.Me.as_view(), name="api_me"),
    path("workspace/", workspace.TheWorkspace.as_view(), name="api_workspace"),
    path("practices/", practices.Practices.as_view(), name="api_practices"),
    path("practices/<uuid:practice>/", practices.OnePractice.as_view(), name="api_practice"),
]
