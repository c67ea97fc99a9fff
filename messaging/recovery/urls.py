from django.urls import path

from messaging.recovery import views

urlpatterns = [
    path("", views.index, name="recovery"),
    path("<uuid:feedback>/", views.case, name="recovery_case"),
    path("<uuid:feedback>/answer", views.answer, name="recovery_answer"),
    path("<uuid:feedback>/snooze", views.snooze, name="recovery_snooze"),
    path("<uuid:feedback>/wake", views.wake, name="recovery_wake"),
    path("<uuid:feedback>/start", views.start, name="recovery_start"),
    path("<uuid:feedback>/assign", views.assign, name="recovery_assign"),
    path("<uuid:feedback>/note", views.note, name="recovery_note"),
    path("<uuid:feedback>/resolve", views.resolve, name="recovery_resolve"),
    path("<uuid:feedback>/reopen", views.reopen, name="recovery_reopen"),
]
