from django.urls import path

from insights.api import figures

urlpatterns = [
    path("insights/summary/", figures.Summary.as_view(), name="api_insights"),
    path("insights/series/", figures.Series.as_view()),
    path("insights/breakdown/", figures.Breakdown.as_view()),
    path("insights/hours/", figures.Hours.as_view()),
    path("insights/failures/", figures.Failures.as_view()),
]
