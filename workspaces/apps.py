from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspacesConfig(AppConfig):
    name = "workspaces"

    audit_actions = {
        "workspace.open": _("Opened the workspace"),
        "workspace.change": _("Changed the workspace’s settings"),
        "workspace.security": _("Changed how the team signs in"),
        "trial.start": _("Began a trial"),
        "practice.create": _("Added a practice"),
        "practice.change": _("Changed a practice"),
        "practice.remove": _("Removed a practice"),
        "brand.change": _("Changed the clinic’s colour or what patients see of it"),
        "brand.logo": _("Changed the clinic’s logo"),
        "brand.remove_logo": _("Removed the clinic’s logo"),
        "brand.restore_logo": _("Brought the earlier logo back"),
        "invitation.create": _("Invited someone"),
        "invitation.withdraw": _("Withdrew an invitation"),
        "member.join": _("Joined the team"),
        "member.role": _("Changed a role"),
        "member.permissions": _("Changed what someone may do"),
        "member.suspend": _("Suspended someone"),
        "member.reinstate": _("Let someone in again"),
        "member.remove": _("Removed someone from the team"),
        "sign_in.wrong_password": _("Someone tried to sign in with a wrong password"),
        "sign_in.wrong_code": _("Someone had the password, but not the code of the second step"),
        "sign_in.new_device": _("Signed in with a new browser"),
        "sign_in.elsewhere": _("Confirmed by e-mail to work from another address"),
        "profile.change": _("Changed their own profile"),
        "profile.picture": _("Chose a picture of themselves"),
        "profile.remove_picture": _("Removed the picture of themselves"),
        "profile.notifications": _("Chose what they are told, and how"),
        "push.subscribe": _("Turned notifications on in a browser"),
        "push.unsubscribe": _("Turned notifications off in a browser"),
        "sending.vet": _("Vetted the clinic"),
        "sending.stop": _("Stopped the clinic’s messages"),
        "sending.allow": _("Allowed the clinic’s messages again"),
    }
    api_scopes = {
        "workspace:read": _("See the workspace’s settings"),
        "workspace:write": _("Change the workspace’s settings"),
        "practices:read": _("See practices"),
        "practices:write": _("Add, change and remove practices"),
    }
    # See workspaces.notifications.kinds.
    notification_kinds = {
        "test": "workspaces.notifications.own_kinds.TEST",
    }
    retention_rules = {
        "notifications": "workspaces.notifications.retention.NOTIFICATIONS",
    }
    sealed_secrets = {
        "second steps": "workspaces.sign_in.second_steps.reencrypt_secrets",
    }

    def ready(self) -> None:
        from workspaces.notifications.push import checks as _checks  # noqa: F401 (registers itself)
