from django.urls import path

from campaigns import api

urlpatterns = [
    path("campaigns/", api.CampaignListView.as_view(), name="api_campaigns"),
    path("campaigns/<uuid:campaign>/", api.CampaignDetailView.as_view(), name="api_campaign"),
    path("campaigns/<uuid:campaign>/activate/", api.ActivateCampaignView.as_view()),
    path("campaigns/<uuid:campaign>/pause/", api.PauseCampaignView.as_view()),
    path("campaigns/<uuid:campaign>/resume/", api.ResumeCampaignView.as_view()),
    path("campaigns/<uuid:campaign>/complete/", api.CompleteCampaignView.as_view()),
    path("campaigns/<uuid:campaign>/cancel/", api.CancelCampaignView.as_view()),
]
