from django.urls import path

from messaging.api import feedback, messages

urlpatterns = [
    path("messages/", messages.MessageListView.as_view(), name="api_messages"),
    path("messages/<uuid:message>/", messages.MessageDetailView.as_view(), name="api_message"),
    path("feedback/", feedback.FeedbackListView.as_view(), name="api_all_feedback"),
    path("feedback/<uuid:feedback>/", feedback.FeedbackDetailView.as_view(), name="api_feedback"),
    path("feedback/<uuid:feedback>/start/", feedback.StartFeedbackView.as_view()),
    path("feedback/<uuid:feedback>/assign/", feedback.AssignFeedbackView.as_view()),
    path("feedback/<uuid:feedback>/notes/", feedback.NoteFeedbackView.as_view()),
    path("feedback/<uuid:feedback>/resolve/", feedback.ResolveFeedbackView.as_view()),
    path("feedback/<uuid:feedback>/reopen/", feedback.ReopenFeedbackView.as_view()),
]
