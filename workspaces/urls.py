from django.urls import path

from workspaces.views import audit, endpoints, invitation, keys, practices, profile, settings, team

urlpatterns = [
    path("practices/", practices.index, name="practices"),
    path("practices/new", practices.new, name="practice_new"),
    path("practices/<uuid:practice>/edit", practices.edit, name="practice_edit"),
    path("practices/<uuid:practice>/remove", practices.remove, name="practice_remove"),
    path("endpoints/", endpoints.index, name="endpoints"),
    path("endpoints/new", endpoints.new, name="endpoint_new"),
    path("endpoints/<uuid:endpoint>/", endpoints.show, name="endpoint"),
    path("endpoints/<uuid:endpoint>/edit", endpoints.edit, name="endpoint_edit"),
    path("endpoints/<uuid:endpoint>/secret", endpoints.rotate, name="endpoint_rotate"),
    path("endpoints/<uuid:endpoint>/disable", endpoints.disable, name="endpoint_disable"),
    path("endpoints/<uuid:endpoint>/enable", endpoints.enable, name="endpoint_enable"),
    path("endpoints/<uuid:endpoint>/remove", endpoints.remove, name="endpoint_remove"),
    path("endpoints/<uuid:endpoint>/test", endpoints.send_test, name="endpoint_test"),
    path(
        "endpoints/announcements/<uuid:announcement>/", endpoints.announcement, name="announcement"
    ),
    path(
        "endpoints/announcements/<uuid:announcement>/replay",
        endpoints.replay,
        name="announcement_replay",
    ),
    path("team/", team.index, name="team"),
    path("team/invite", team.invite, name="invite"),
    path("team/<uuid:user>/role", team.change_role, name="member_role"),
    path("team/<uuid:user>/remove", team.remove, name="member_remove"),
    path("team/invitations/<uuid:invitation>/withdraw", team.withdraw, name="invitation_withdraw"),
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
    path("keys/", keys.index, name="keys"),
    path("keys/new", keys.new, name="key_new"),
    path("keys/<uuid:apikey>/revoke", keys.revoke, name="key_revoke"),
    path("profile/", profile.edit, name="profile"),
    path("settings/", settings.edit, name="workspace_settings"),
    path("audit/", audit.index, name="audit"),
]
