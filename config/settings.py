"""Django's settings, from the environment. What is not set is off, closed or embedded."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from config import embedded
from config.background_tasks import BEAT_SCHEDULE, TASK_ROUTES
from config.environment import Environment
from config.logs import logging_config

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
Environment.read_env(BASE_DIR / ".env")

EMBEDDED = embedded.is_on()


def required(name: str, *, when_embedded: Callable[[], str]) -> str:
    """Return a setting, or exit with a message if it is missing.

    With embedded servers (the demo and a developer's shell) it has a default.
    """
    value: str = env.str(name, default="")
    if value:
        return value
    if EMBEDDED:
        return when_embedded()
    raise SystemExit(f"{name} is not set: set it as .env.example explains.")


# This installation

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = required("SECRET_KEY", when_embedded=embedded.secret_key)
SITE_URL = required("SITE_URL", when_embedded=lambda: "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = required("ALLOWED_HOSTS", when_embedded=lambda: "localhost,127.0.0.1,[::1]").split(
    ","
)
HTTPS = SITE_URL.startswith("https://")
# The page about the product at "/", and search engines on it, on the prices and on the legal texts.
# Turn it off where only your own clinics sign in: signed-out visitors then get the sign-in page.
PUBLIC_SITE = env.bool("PUBLIC_SITE", default=True)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Doubles, demo data and benchmarks. Production images do not contain this app.
    *(["dev"] if (BASE_DIR / "dev").is_dir() else []),
    "config",
    "insights",
    "reviews",
    "messaging",
    "patients",
    "campaigns",
    "templates_app",
    "billing",
    "integrations",
    "workspaces",
    "core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "config.apps.StaffAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "config.middleware.RequestContext",
    # Before anything reads a body.
    "config.middleware.BodyLimits",
    "messaging.webhooks.middleware.WebhookMiddleware",
    "config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A page of charts shrinks to a ninth. It adds a random length, so that sizes tell nothing.
    "django.middleware.gzip.GZipMiddleware",
    # Behind WhiteNoise: static files are cached.
    "config.middleware.NoStore",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.Sessions",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.ProblemPages",
    # Behind everything that reads a session, so that no session is looked up for a key.
    "integrations.middleware.ApiKeyMiddleware",
    "workspaces.middleware.TenantMiddleware",
    # After TenantMiddleware, because it reads the clinic's settings.
    "workspaces.sign_in.session_policy.SessionPolicy",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspaces.context_processors.access",
                "config.navigation.links",
            ],
        },
    }
]

# Key of the digests by which suppressed addresses are recognised after their erasure. If it is
# changed, everybody who opted out and was erased can be messaged again.
ADDRESS_DIGEST_KEY = env.str("ADDRESS_DIGEST_KEY", default="") or SECRET_KEY
# Days in which an erasure can be undone.
ERASURE_GRACE_DAYS = env.int("ERASURE_GRACE_DAYS", default=30)
# Days for which the audit trail keeps IP addresses and browsers. The database refuses
# to remove them within 30 days.
AUDIT_ORIGIN_DAYS = env.int("AUDIT_ORIGIN_DAYS", default=180)
if AUDIT_ORIGIN_DAYS < 30:  # noqa: PLR2004
    raise SystemExit("AUDIT_ORIGIN_DAYS must be 30 or more.")
# Keys that encrypt secrets that we have to read again: those of second steps and of outgoing
# webhooks. The first key encrypts, all of them decrypt.
SEALING_KEYS = [*env.list("SEALING_KEYS", default=[]), SECRET_KEY]
# Allows webhooks to this machine and without TLS, for development and the demo only.
WEBHOOKS_MAY_STAY_HERE = env.bool("WEBHOOKS_MAY_STAY_HERE", default=False)

# Database, cache and files

DATABASE_URL = required("DATABASE_URL", when_embedded=embedded.database_url)
OWNER_URL = env.str("DATABASE_OWNER_URL", default="") or (
    embedded.owner_url() if EMBEDDED else DATABASE_URL
)
REDIS_URL = required("REDIS_URL", when_embedded=embedded.redis_url)

DATABASES = {
    # The application's role, which owns no tables and obeys row security.
    "default": env.db_url_config(DATABASE_URL),
    # The owner of the tables, used only by `manage.py migrate`.
    "owner": env.db_url_config(OWNER_URL),
}
for database in DATABASES.values():
    # No state may outlive a transaction, because PgBouncer in transaction mode may be in between.
    database["DISABLE_SERVER_SIDE_CURSORS"] = True
    database["CONN_HEALTH_CHECKS"] = True
if pool_size := env.int("DATABASE_POOL_SIZE", default=8):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": pool_size,
        "timeout": 5,
    }

# Uploaded lists, which contain personal data. Only the web server and the workers read them; they
# are not served at any URL.
UPLOADS_DIR = required("UPLOADS_DIR", when_embedded=lambda: str(embedded.local() / "uploads"))

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # Earlier releases pickled values, so those have another prefix and are ignored.
        "KEY_PREFIX": "json",
        "OPTIONS": {"serializer": "config.cache_values.JsonSerializer"},
    }
}

# Signing in

AUTH_USER_MODEL = "workspaces.User"
# The e-mail is unique by a constraint on lower(email), which Django's check does not recognise.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["workspaces.sign_in.password_hashers.BCrypt12"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "workspaces.sign_in.breached_passwords.GuessableWords"},
    {"NAME": "workspaces.sign_in.breached_passwords.NotBreached"},
]
# Checks new passwords against breaches: https://api.pwnedpasswords.com/range, or a mirror of it.
BREACHED_PASSWORDS_URL = env.str("BREACHED_PASSWORDS_URL", default="").rstrip("/")
# Short, so that an old mail in somebody's mailbox cannot be used to take over the account.
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "config.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "workspaces.forms.SignupForm"
ACCOUNT_FORMS = {
    "signup": "config.accounts.forms.SignUpForm",
    "reset_password": "config.accounts.forms.ResetPasswordForm",
}
# The limits on passwords and mails are in workspaces/sign_in/limits.py, where browsers are counted
# too. Here is only that on requests to the page for resetting a password.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": "20/m/ip"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Reputation Manager"
MFA_ADAPTER = "config.accounts.adapters.SecondStepAdapter"
MFA_FORMS = {"authenticate": "config.accounts.forms.SecondStepForm"}
USERSESSIONS_TRACK_ACTIVITY = True
ADMIN_REQUIRES_MFA = env.bool("ADMIN_REQUIRES_MFA", default=not EMBEDDED)

SOCIALACCOUNT_ADAPTER = "config.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "config.accounts.forms.SocialSignUpForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_AUTO_SIGNUP = False
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", default="")
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "SCOPE": ["profile", "email"],
        "OAUTH_PKCE_ENABLED": True,
        "EMAIL_AUTHENTICATION": True,
        "APPS": [
            {
                "client_id": GOOGLE_CLIENT_ID,
                "secret": required("GOOGLE_CLIENT_SECRET", when_embedded=str),
            }
        ]
        if GOOGLE_CLIENT_ID
        else [],
    }
}

# Google Business Profile. The platform has one project at Google for all clinics; without its
# credentials clinics cannot connect Google, and the page says so.

GOOGLE_BUSINESS_CLIENT_ID = env.str("GOOGLE_BUSINESS_CLIENT_ID", default="")
GOOGLE_BUSINESS_CLIENT_SECRET = env.str("GOOGLE_BUSINESS_CLIENT_SECRET", default="")
# The Pub/Sub topic that Google tells of new reviews, and what its pushes to us are signed for.
GOOGLE_BUSINESS_TOPIC = env.str("GOOGLE_BUSINESS_TOPIC", default="")
GOOGLE_BUSINESS_PUSH_AUDIENCE = env.str("GOOGLE_BUSINESS_PUSH_AUDIENCE", default="")
GOOGLE_BUSINESS_PUSH_EMAIL = env.str("GOOGLE_BUSINESS_PUSH_EMAIL", default="")
# Takes the place of all of Google's hosts, for the demo and the tests.
GOOGLE_BASE_URL = env.str("GOOGLE_BASE_URL", default="").rstrip("/")

# Browsers

TRUSTED_PROXY = env.bool("TRUSTED_PROXY", default=False)
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(TRUSTED_PROXY)
# Limits count the addresses of a /64 as one, because a household has all of them.
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 64
SECURE_SSL_REDIRECT = HTTPS
# API calls without TLS are refused, not redirected. With a redirect nobody would notice that the
# API key was sent unencrypted.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^api/v1/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Set it to false if subdomains of this host are served without TLS.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_REFERRER_POLICY = "same-origin"
# Browsers accept a cookie with this prefix only from this host and with TLS, so that another
# subdomain cannot set a session or a CSRF token. Without TLS they would refuse it.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": UPLOADS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Every page names the hashed files. Copies without a hash, and compressed source maps, which only
# developers open, would make `collectstatic` take six times as long.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# API

# Calls per minute and key.
API_RATE = env.int("API_RATE", default=600)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.TemporaryFiles",
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "integrations.authentication.ApiKeyAuthentication",
        "integrations.authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["integrations.permissions.ScopeAndRolePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.CallerRateThrottle"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.ApiCursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PARSER_CLASSES": ["core.api.negotiation.SafeJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.negotiation.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.JSONNegotiation",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reputation Manager",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Appointments in, ratings out. Start with docs/api.md.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "CampaignStatus": "campaigns.models.CampaignStatus",
        "Channel": "templates_app.models.Channel",
        "Country": "workspaces.models.practice.Country",
        "ImportStatus": "patients.models.ImportStatus",
        "Language": "workspaces.models.Language",
        "MessageStatus": "messaging.models.MessageStatus",
        "MessageType": "templates_app.models.MessageType",
        "OutcomeStatus": "patients.upsert.UpsertOutcome",
        "Plan": "workspaces.models.Plan",
        "ReasonNotToAsk": "patients.api.serializers.REASONS",
        "RecoveryStatus": "messaging.models.RecoveryStatus",
        "Role": "workspaces.models.Role",
        "Scope": "core.api.scopes.scope_choices",
        "SuppressionReason": "patients.models.SuppressionReason",
        "TemplateType": "templates_app.api.TYPES",
    },
}

# Languages and time zone

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "America/Guayaquil"
USE_TZ = True

# Mail, messages, payments and background tasks

vars().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Reputation Manager <hola@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Bounces and complaints about mails to patients. Each way to receive them is off until it is set:
# the address for reports of mail servers, the mailbox from which we read them
# (imaps://USER:PASSWORD@HOST/FOLDER), and the keys that verify webhooks of our own mail server, of
# SendGrid and of Mailgun.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_MAILBOX_URL = env.str("BOUNCE_MAILBOX_URL", default="")
MAIL_REPORTS_SECRET = env.str("MAIL_REPORTS_SECRET", default="")
SENDGRID_WEBHOOK_PUBLIC_KEY = env.str("SENDGRID_WEBHOOK_PUBLIC_KEY", default="")
MAILGUN_WEBHOOK_SIGNING_KEY = env.str("MAILGUN_WEBHOOK_SIGNING_KEY", default="")
# Push to members' browsers: `manage.py vapid_key` makes the key. Without it push is off. If it is
# changed, everybody has to turn push on again in their browser.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="") or (
    embedded.vapid_private_key() if EMBEDDED else ""
)
# The hosts that browsers may name as their push service. A leading dot allows all
# subdomains of the host.
PUSH_SERVICES = env.list(
    "PUSH_SERVICES",
    default=[
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        ".push.apple.com",
        ".notify.windows.com",
    ],
)
# How clinics contact the people who run this installation. If none is set, pages show no contact.
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="")
SUPPORT_WHATSAPP = env.str("SUPPORT_WHATSAPP", default="")
SUPPORT_PHONE = env.str("SUPPORT_PHONE", default="")
SUPPORT_URL = env.str("SUPPORT_URL", default="")
# Where to report vulnerabilities, for /.well-known/security.txt: an e-mail address or a URL.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="") or SUPPORT_EMAIL

# Without an account, SMS and WhatsApp are off. The demo uses that of the simulator.
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_API_BASE_URL = env.str("TWILIO_API_BASE_URL", default="https://api.twilio.com").rstrip("/")
# Twilio serves approved WhatsApp templates from another host. If the API is a double, this is the
# same double, so that demos and tests never reach Twilio.
TWILIO_CONTENT_BASE_URL = env.str(
    "TWILIO_CONTENT_BASE_URL",
    default="https://content.twilio.com"
    if TWILIO_API_BASE_URL == "https://api.twilio.com"
    else TWILIO_API_BASE_URL,
).rstrip("/")
DISPATCH_CONCURRENCY = env.int("DISPATCH_CONCURRENCY", default=64)
# How long a worker may hold a message, and how long we wait for a trace of it at the provider.
DISPATCH_LEASE = timedelta(seconds=env.int("DISPATCH_LEASE_SECONDS", default=120))
DISPATCH_SILENCE = timedelta(seconds=env.int("DISPATCH_SILENCE_SECONDS", default=600))

# Heads that this installation trained with its own examples. Empty: those that we ship.
UNDERSTANDING_HEADS = env.str("UNDERSTANDING_HEADS", default="")

# Without a key nothing can be bought. Demo and tests set the URL of a local double.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE_URL = env.str("STRIPE_API_BASE_URL", default="https://api.stripe.com").rstrip("/")
# Turn it off until taxes are set up in Stripe's dashboard, or Stripe refuses checkouts.
STRIPE_AUTOMATIC_TAX = env.bool("STRIPE_AUTOMATIC_TAX", default=True)

# The optional provider of a language model, off by default. docs/assistant.md explains it.
AI_PROVIDER = env.str("AI_PROVIDER", default="")
AI_MODEL = env.str("AI_MODEL", default="")
AI_API_KEY = env.str("AI_API_KEY", default="")
# Another address than the provider's own. A compatible server has no other.
AI_BASE_URL = env.str("AI_BASE_URL", default="").rstrip("/")
if AI_PROVIDER not in {"", "anthropic", "openai", "compatible"}:
    raise SystemExit("AI_PROVIDER must be anthropic, openai or compatible, or empty.")
if AI_PROVIDER and not (AI_MODEL and AI_API_KEY):
    raise SystemExit("AI_PROVIDER needs AI_MODEL and AI_API_KEY: see .env.example.")
if AI_PROVIDER == "compatible" and not AI_BASE_URL:
    raise SystemExit("AI_PROVIDER=compatible needs AI_BASE_URL, such as http://models:8000/v1.")
# For one call, with its retry.
AI_TIMEOUT_SECONDS = env.float("AI_TIMEOUT_SECONDS", default=20)
# The most that an owner may set as the budget of a clinic and month, in US dollars.
AI_MAX_MONTHLY_USD = Decimal(env.str("AI_MAX_MONTHLY_USD", default="20"))
# US dollars per million tokens, for models that messaging/assistant/prices.toml does not have.
AI_INPUT_PRICE = env.str("AI_INPUT_PRICE", default="")
AI_OUTPUT_PRICE = env.str("AI_OUTPUT_PRICE", default="")

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ROUTES = TASK_ROUTES
CELERY_BEAT_SCHEDULE_FILENAME = str(embedded.local() / "beat") if EMBEDDED else "/tmp/beat"  # noqa: S108
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
# The time zone of the schedule.
CELERY_TIMEZONE = TIME_ZONE
WORKER_SILENCE_LIMIT = 60

LOGGING_CONFIG = None
LOGGING = logging_config(
    level=env.str("LOG_LEVEL", default="INFO"),
    style=env.str("LOG_FORMAT", default="console" if EMBEDDED else "json"),
)
