"""The pages that members go to from the navigation, from Settings and by the search.

Each says which permission it needs. The views check it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.access import Can, may
from workspaces.models import User


@dataclass(frozen=True)
class Page:
    name: str  # URL name
    icon: str
    label: str | Promise
    permission: Can | None = None
    about: str | Promise = ""

    @property
    def href(self) -> str:
        return reverse(self.name)

    def is_open_to(self, user: User) -> bool:
        return self.permission is None or may(user, self.permission)


@dataclass(frozen=True)
class Section:
    """An entry of the navigation. It leads to the first page that the role may open.

    The other pages are tabs beside it.
    """

    pages: tuple[Page, ...]
    keeps_filters: bool = False  # from one tab to the next

    def pages_of(self, user: User) -> list[Page]:
        return [page for page in self.pages if page.is_open_to(user)]


@dataclass(frozen=True)
class PageGroup:
    title: str | Promise
    pages: tuple[Page, ...]


HOME = Page("home", "home", _("Home"))
INBOX = Page("inbox", "mail", _("Messages"), Can.ANSWER_PATIENTS)
RECOVERY = Page("recovery", "heart", _("Unhappy"), Can.ANSWER_PATIENTS)
SETTINGS = Page("settings", "settings", _("Settings"))

DAILY = (
    Section((HOME,)),
    Section((INBOX,)),
    Section((RECOVERY,)),
    Section(
        (
            Page("patients", "user", _("Patients"), Can.SEE_PATIENTS),
            Page("imports", "list", _("Lists"), Can.UPLOAD_LISTS),
        )
    ),
    Section((Page("campaigns", "campaign", _("Campaigns"), Can.SEE_CAMPAIGN_NAMES),)),
    Section(
        (
            Page("results", "chart", _("Results"), Can.SEE_CAMPAIGNS),
            Page("topics", "chart", _("Topics"), Can.SEE_CAMPAIGNS),
            Page("ratings", "star", _("Ratings"), Can.SEE_CAMPAIGNS),
            Page("reviews", "star", _("Reviews"), Can.SEE_REVIEWS),
            Page("month", "text", _("The month"), Can.SEE_CAMPAIGNS),
            Page("brought", "star", _("What it brought"), Can.SEE_CAMPAIGNS),
        ),
        keeps_filters=True,
    ),
)

SETTINGS_GROUPS = (
    PageGroup(
        _("The clinic"),
        (
            Page(
                "workspace_settings",
                "settings",
                _("Workspace settings"),
                Can.MANAGE_WORKSPACE,
                _("Name, language, reminders, how long data is kept, and security."),
            ),
            Page(
                "brand",
                "eye",
                _("Brand"),
                Can.MANAGE_WORKSPACE,
                _("Your logo and colour on everything that patients see."),
            ),
            Page(
                "practices",
                "practice",
                _("Practices"),
                Can.SEE_PRACTICES,
                _("The places where patients are seen, with their sending hours."),
            ),
            Page(
                "doctors",
                "user",
                _("Doctors"),
                Can.MANAGE_WORKSPACE,
                _("Their names in lists, photos, review links, and who of the team they are."),
            ),
        ),
    ),
    PageGroup(
        _("People"),
        (
            Page(
                "team",
                "team",
                _("Team"),
                Can.MANAGE_USERS,
                _("Who works with you here, their roles, and open invitations."),
            ),
            Page(
                "audit",
                "audit",
                _("Audit"),
                Can.SEE_AUDIT,
                _("Who did what, and when."),
            ),
        ),
    ),
    PageGroup(
        _("What patients receive"),
        (
            Page(
                "templates",
                "text",
                _("Texts"),
                Can.SEE_TEXTS,
                _("The question, the reminder, and the answer to what patients say."),
            ),
            Page(
                "canned_answers",
                "edit",
                _("Canned answers"),
                Can.ANSWER_PATIENTS,
                _("What your team answers often, written once."),
            ),
            Page(
                "suppressions",
                "shield",
                _("Suppressions"),
                Can.SEE_SUPPRESSIONS,
                _("Phones and e-mails that nothing is sent to."),
            ),
        ),
    ),
    PageGroup(
        _("In public"),
        (
            Page(
                "sharing",
                "star",
                _("Sharing"),
                Can.MANAGE_SHARING,
                _("The public report of each practice, its badge and its poster."),
            ),
        ),
    ),
    PageGroup(
        _("Connections"),
        (
            Page(
                "google_connection",
                "star",
                _("Google"),
                Can.MANAGE_GOOGLE,
                _("Your public reviews arrive here, and you answer them from here."),
            ),
            Page(
                "keys",
                "key",
                _("API keys"),
                Can.MANAGE_KEYS,
                _("Your own systems send in appointments and read results."),
            ),
            Page(
                "endpoints",
                "announce",
                _("Webhooks"),
                Can.MANAGE_WEBHOOKS,
                _("Your own systems are told what happens here."),
            ),
        ),
    ),
    PageGroup(
        _("Money"),
        (
            Page(
                "billing",
                "credits",
                _("Billing"),
                Can.MANAGE_BILLING,
                _("Your plan, your credits and your invoices."),
            ),
        ),
    ),
    PageGroup(
        _("Privacy"),
        (
            Page(
                "find_person",
                "search",
                _("Data of a person"),
                Can.MANAGE_PRIVACY,
                _("Find, hand over or erase what is held about one person."),
            ),
            Page(
                "assistant",
                "campaign",
                _("Assistant"),
                Can.MANAGE_PRIVACY,
                _("Whether a language model suggests answers, and what it is sent."),
            ),
        ),
    ),
)

# Pages of one's own account, which the search finds beside the others.
ACCOUNT = (
    Page("profile", "user", _("Profile and security")),
    Page(
        "notifications",
        "announce",
        _("Notifications"),
        about=_("What you are told by e-mail and push, and your quiet hours."),
    ),
    Page("help", "info", _("Help")),
)

ACTS = (
    Page("ask_one", "check", _("Ask a patient"), Can.ASK_ONE),
    Page("imports", "upload", _("Upload a list"), Can.UPLOAD_LISTS),
    Page("campaign_new", "plus", _("New campaign"), Can.MANAGE_CAMPAIGNS),
    Page("invite", "team", _("Invite someone"), Can.MANAGE_USERS),
    Page("practice_new", "practice", _("Add a practice"), Can.MANAGE_PRACTICES),
    Page("template_new", "text", _("New text"), Can.MANAGE_TEXTS),
    Page("suppression_add", "shield", _("Add to the suppression list"), Can.MANAGE_SUPPRESSIONS),
    Page("key_new", "key", _("Make a key"), Can.MANAGE_KEYS),
    Page("endpoint_new", "announce", _("Add an endpoint"), Can.MANAGE_WEBHOOKS),
)


def settings_groups_of(user: User) -> list[PageGroup]:
    """Return the groups of the page Settings with the pages that the role may open."""
    shown = (
        PageGroup(group.title, tuple(page for page in group.pages if page.is_open_to(user)))
        for group in SETTINGS_GROUPS
    )
    return [group for group in shown if group.pages]


def settings_pages() -> Iterator[Page]:
    for group in SETTINGS_GROUPS:
        yield from group.pages
