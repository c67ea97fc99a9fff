from django.urls import path

from campaigns import api

urlpatterns = [
    path("campaigns/", api.Campaigns.as_view(), name="api_campaigns"),
    path("campaigns/<uuid:campaign>/", api.OneCampaign.as_view(), name="api_campaign"),
    path("campaigns/<uuid:campaign>/activate/", api.Activate.as_view()),
    path("campaigns/<uuid:campaign>/pause/", api.Pause.as_view()),
    path("campaigns/<uuid:campaign>/resume/", api.Resume.as_view()),
    path("campaigns/<uuid:campaign>/complete/", api.Complete.as_view()),
    path("campaigns/<uuid:campaign>/cancel/", api.Cancel.as_view()),
]
