from django.urls import path

from workspaces.models import LegalKind
from workspaces.views import (
    audit,
    elsewhere,
    help_page,
    invitation,
    legal,
    notifications,
    practices,
    profile,
    settings,
    team,
)

urlpatterns = [
    path("legal/terms/", legal.show, {"kind": LegalKind.TERMS}, name="legal_terms"),
    path("legal/privacy/", legal.show, {"kind": LegalKind.PRIVACY}, name="legal_privacy"),
    path("legal/processing/", legal.show, {"kind": LegalKind.PROCESSING}, name="legal_processing"),
    path("legal/imprint/", legal.show, {"kind": LegalKind.IMPRINT}, name="legal_imprint"),
    path("practices/", practices.index, name="practices"),
    path("practices/new", practices.new, name="practice_new"),
    path("practices/<uuid:practice>/edit", practices.edit, name="practice_edit"),
    path("practices/<uuid:practice>/remove", practices.remove, name="practice_remove"),
    path("team/", team.index, name="team"),
    path("team/invite", team.invite, name="invite"),
    path("team/<uuid:user>/role", team.change_role, name="member_role"),
    path("team/<uuid:user>/remove", team.remove, name="member_remove"),
    path("team/invitations/<uuid:invitation>/withdraw", team.withdraw, name="invitation_withdraw"),
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
    path("help/", help_page.show, name="help"),
    path("profile/", profile.edit, name="profile"),
    path("profile/notifications/", notifications.edit, name="notifications"),
    path("profile/notifications/browsers", notifications.subscribe, name="push_subscribe"),
    path(
        "profile/notifications/browsers/<uuid:pushsubscription>/remove",
        notifications.unsubscribe,
        name="push_unsubscribe",
    ),
    path(
        "profile/notifications/browsers/<uuid:pushsubscription>/test",
        notifications.send_test,
        name="push_test",
    ),
    path("settings/clinic", settings.edit, name="workspace_settings"),
    path("settings/security", settings.edit_security, name="security_settings"),
    path("elsewhere/", elsewhere.ask_for_code, name="elsewhere"),
    path("elsewhere/code", elsewhere.enter_code, name="elsewhere_code"),
    path("audit/", audit.index, name="audit"),
]
