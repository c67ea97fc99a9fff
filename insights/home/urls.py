from django.urls import path

from insights.home import campaign_list, views

urlpatterns = [
    path("", views.home, name="home"),
    path("results/", views.results, name="results"),
    path("results/campaigns", campaign_list.list_figures, name="campaigns_figures"),
    path("results/<uuid:campaign>/", views.campaign_results, name="campaign_results"),
]
