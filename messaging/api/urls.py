from django.urls import path

from messaging.api import feedback, messages

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
]
