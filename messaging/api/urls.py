from django.urls import path

from messaging.api import feedback, insights, messages

urlpatterns = [
    path("messages/", messages.Messages.as_view(), name="api_messages"),
    path("messages/<uuid:message>/", messages.OneMessage.as_view(), name="api_message"),
    path("feedback/", feedback.AllFeedback.as_view(), name="api_all_feedback"),
    path("feedback/<uuid:feedback>/", feedback.OneFeedback.as_view(), name="api_feedback"),
    path("feedback/<uuid:feedback>/start/", feedback.Start.as_view()),
    path("feedback/<uuid:feedback>/assign/", feedback.Assign.as_view()),
    path("feedback/<uuid:feedback>/notes/", feedback.Note.as_view()),
    path("feedback/<uuid:feedback>/resolve/", feedback.Resolve.as_view()),
    path("feedback/<uuid:feedback>/reopen/", feedback.Reopen.as_view()),
    path("insights/summary/", insights.Summary.as_view(), name="api_insights"),
    path("insights/series/", insights.Series.as_view()),
    path("insights/breakdown/", insights.Breakdown.as_view()),
    path("insights/hours/", insights.Hours.as_view()),
    path("insights/failures/", insights.Failures.as_view()),
]
