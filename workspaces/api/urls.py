from django.urls import path

from workspaces.api import practices, workspace

urlpatterns = [
    path("workspace/", workspace.TheWorkspace.as_view(), name="api_workspace"),
    path("practices/", practices.Practices.as_view(), name="api_practices"),
    path("practices/<uuid:practice>/", practices.OnePractice.as_view(), name="api_practice"),
]
