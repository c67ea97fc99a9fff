"""Clinics and the people who sign in."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from factory.declarations import LazyFunction, SelfAttribute, Sequence, SubFactory

from core import tenancy
from tests.factories.base import PASSWORD, SAME_WORKSPACE, RowFactory
from workspaces.models import (
    Brand,
    Entitlement,
    EntitlementSource,
    FlagKind,
    Invitation,
    KnownDevice,
    LegalKind,
    LegalText,
    Notification,
    NotificationChoice,
    Picture,
    Plan,
    Practice,
    PushSubscription,
    QuietHours,
    Role,
    SenderFlag,
    User,
    Workspace,
)


class WorkspaceFactory(RowFactory[Workspace]):
    class Meta:
        model = Workspace

    name = Sequence(lambda n: f"Clínica {n}")
    plan = Plan.PROFESSIONAL


class UnvettedWorkspaceFactory(WorkspaceFactory):
    """A clinic that has just signed up: on the free plan, and not vetted."""

    plan = Plan.FREE


class SenderFlagFactory(RowFactory[SenderFlag]):
    class Meta:
        model = SenderFlag

    workspace = SubFactory(WorkspaceFactory)
    kind = FlagKind.LINK
    about = Sequence(lambda n: f"https://evil{n}.example")


class PictureFactory(RowFactory[Picture]):
    class Meta:
        model = Picture

    workspace = SubFactory(WorkspaceFactory)
    data = b"\x89PNG"
    content_type = "image/png"
    width = 120
    height = 48


class BrandFactory(RowFactory[Brand]):
    class Meta:
        model = Brand
        # A clinic has one row of these.
        django_get_or_create = ("workspace",)

    workspace = SubFactory(WorkspaceFactory)
    colour = "#1f6fb2"
    logo = SubFactory(PictureFactory, workspace=SAME_WORKSPACE)
    previous_logo = SubFactory(PictureFactory, workspace=SAME_WORKSPACE)
    show_doctor_photo = True


class UserFactory(RowFactory[User]):
    """A member of a workspace with a confirmed e-mail and the password `PASSWORD`."""

    class Meta:
        model = User

    workspace: Any = SubFactory(WorkspaceFactory)
    email = Sequence(lambda n: f"persona{n}@example.com")
    name = Sequence(lambda n: f"Persona {n}")
    role: Any = Role.OWNER

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", PASSWORD)
        with tenancy.platform("factory"):
            user = model_class.objects.create_user(*args, password=password, **kwargs)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class StaffFactory(UserFactory):
    """Platform staff: no workspace, and every permission in the admin."""

    workspace = None
    role = ""
    is_staff = True
    is_superuser = True


class KnownDeviceFactory(RowFactory[KnownDevice]):
    class Meta:
        model = KnownDevice

    user = SubFactory(UserFactory)
    digest = Sequence(lambda n: f"{n:064x}")
    last_seen_at = LazyFunction(timezone.now)


class PracticeFactory(RowFactory[Practice]):
    class Meta:
        model = Practice

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Consultorio {n}")


class InvitationFactory(RowFactory[Invitation]):
    class Meta:
        model = Invitation

    workspace = SubFactory(WorkspaceFactory)
    email = Sequence(lambda n: f"invitada{n}@example.com")
    role = Role.DOCTOR
    token_digest = Sequence(lambda n: f"{n:064x}")
    invited_by_name = "Dra. Quien Invita"
    expires_at = LazyFunction(lambda: timezone.now() + timedelta(days=7))


class EntitlementFactory(RowFactory[Entitlement]):
    class Meta:
        model = Entitlement

    workspace = SubFactory(WorkspaceFactory)
    source = EntitlementSource.ADMIN
    plan = Plan.ENTERPRISE
    starts_at = LazyFunction(lambda: timezone.now() - timedelta(days=1))


class LegalTextFactory(RowFactory[LegalText]):
    class Meta:
        model = LegalText

    kind = LegalKind.TERMS
    language = "es"
    version = Sequence(lambda n: n + 1)
    body = "# Objeto\n\nUn texto."
    written_by = "admin@example.com"


class NotificationChoiceFactory(RowFactory[NotificationChoice]):
    class Meta:
        model = NotificationChoice

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory, workspace=SAME_WORKSPACE)
    kind = "insights.month"
    by_mail = True
    by_push = False


class QuietHoursFactory(RowFactory[QuietHours]):
    class Meta:
        model = QuietHours

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory, workspace=SAME_WORKSPACE)


class PushSubscriptionFactory(RowFactory[PushSubscription]):
    class Meta:
        model = PushSubscription

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory, workspace=SAME_WORKSPACE)
    endpoint = Sequence(lambda n: f"https://fcm.googleapis.com/fcm/send/{n}")
    public_key = "unused"
    secret = "unused"
    device = "Chrome on Android"


class NotificationFactory(RowFactory[Notification]):
    class Meta:
        model = Notification

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory, workspace=SAME_WORKSPACE)
    kind = "credits.low"
    cause = Sequence(lambda n: f"cause {n}")
    subscription = SubFactory(
        PushSubscriptionFactory, workspace=SAME_WORKSPACE, user=SelfAttribute("..user")
    )
    path = "/"
    facts = {"credits": 5, "none_left": False}
    due_at = LazyFunction(timezone.now)
