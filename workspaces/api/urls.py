from django.urls import path

from workspaces.api import practices, workspace

urlpatterns = [
    path("workspace/", workspace.WorkspaceView.as_view(), name="api_workspace"),
    path("practices/", practices.PracticeListView.as_view(), name="api_practices"),
    path("practices/<uuid:practice>/", practices.PracticeDetailView.as_view(), name="api_practice"),
]
