from django.urls import path

from insights.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("results/", views.results, name="results"),
    path("results/<uuid:campaign>/", views.campaign_results, name="campaign_results"),
]
