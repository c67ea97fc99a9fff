from django.urls import path

from insights.api import figures, ratings, reviews

urlpatterns = [
    path("insights/summary/", figures.SummaryView.as_view(), name="api_insights"),
    path("insights/series/", figures.SeriesView.as_view()),
    path("insights/breakdown/", figures.BreakdownView.as_view()),
    path("insights/hours/", figures.HoursView.as_view()),
    path("insights/failures/", figures.FailuresView.as_view()),
    path("insights/reviews/", reviews.ReviewsView.as_view(), name="api_insights_reviews"),
    path("ratings/", ratings.RatingListView.as_view(), name="api_ratings"),
]
