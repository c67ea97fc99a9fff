from django.urls import path

from messaging.inbox import canned_answer_views, hold_views, views

urlpatterns = [
    path("", views.index, name="inbox"),
    path("attachments/<uuid:inboundattachment>/", views.attachment, name="inbox_attachment"),
    path("live", views.live, name="inbox_live"),
    path("answers/", canned_answer_views.canned_answers, name="canned_answers"),
    path("answers/<uuid:cannedanswer>/", canned_answer_views.canned_answer, name="canned_answer"),
    path(
        "answers/<uuid:cannedanswer>/remove",
        canned_answer_views.canned_answer_remove,
        name="canned_answer_remove",
    ),
    path("hold/<uuid:patient>/stop", hold_views.hold_stop, name="hold_stop"),
    path("hold/<uuid:patient>/go-on", hold_views.hold_go_on, name="hold_go_on"),
    path("hold/<uuid:patient>/undo", hold_views.hold_undo, name="hold_undo"),
    path("<uuid:conversation>/", views.conversation, name="inbox_conversation"),
    path("<uuid:conversation>/answer", views.answer, name="inbox_answer"),
    path("<uuid:conversation>/assign", views.assign, name="inbox_assign"),
    path("<uuid:conversation>/note", views.note, name="inbox_note"),
    path("<uuid:conversation>/snooze", views.snooze, name="inbox_snooze"),
    path("<uuid:conversation>/wake", views.wake, name="inbox_wake"),
    path("<uuid:conversation>/close", views.close, name="inbox_close"),
]
