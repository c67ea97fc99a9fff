from django.urls import path

from insights.home import campaign_list, campaign_page, views

urlpatterns = [
    path("", views.home, name="home"),
    path("results/", views.results, name="results"),
    path("campaigns/", campaign_list.index, name="campaigns"),
    path("campaigns/<uuid:campaign>/", campaign_page.index, name="campaign"),
    path("results/<uuid:campaign>/", campaign_page.results, name="campaign_results"),
]
