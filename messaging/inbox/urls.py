from django.urls import path

from messaging.inbox import views

urlpatterns = [
    path("", views.index, name="inbox"),
    path("answers/", views.canned_answers, name="canned_answers"),
    path("answers/<uuid:cannedanswer>/", views.canned_answer, name="canned_answer"),
    path(
        "answers/<uuid:cannedanswer>/remove",
        views.canned_answer_remove,
        name="canned_answer_remove",
    ),
    path("hold/<uuid:patient>/stop", views.hold_stop, name="hold_stop"),
    path("hold/<uuid:patient>/go-on", views.hold_go_on, name="hold_go_on"),
    path("hold/<uuid:patient>/undo", views.hold_undo, name="hold_undo"),
    path("<uuid:conversation>/", views.conversation, name="inbox_conversation"),
    path("<uuid:conversation>/answer", views.answer, name="inbox_answer"),
    path("<uuid:conversation>/assign", views.assign, name="inbox_assign"),
    path("<uuid:conversation>/close", views.close, name="inbox_close"),
]
