from django.urls import path

from insights.home import campaign_list, views

urlpatterns = [
    path("", views.home, name="home"),
    path("results/", views.results, name="results"),
    path("campaigns/", campaign_list.index, name="campaigns"),
    path("results/<uuid:campaign>/", views.campaign_results, name="campaign_results"),
]
