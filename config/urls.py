from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from config import health, search, security_contact, settings_page
from config.accounts import adapters, page_language, sign_in_by_code, sign_up
from config.installed_app import views as installed_app
from config.public_site import icons, search_engines
from workspaces.api import docs_pages

urlpatterns = [
    # Patterns are tried in order, so the most frequent requests come first.
    path("webhooks/", include("messaging.webhooks.urls")),
    path("webhooks/", include("billing.stripe.urls")),
    path("webhooks/", include("reviews.push.urls")),
    path("api/v1/", include("workspaces.api.urls")),
    path("api/v1/", include("integrations.api.urls")),
    path("api/v1/", include("templates_app.api_urls")),
    path("api/v1/", include("campaigns.api_urls")),
    path("api/v1/", include("patients.api.urls")),
    path("api/v1/", include("messaging.api.urls")),
    path("api/v1/", include("reviews.api.urls")),
    path("api/v1/", include("insights.api.urls")),
    path("", include("insights.home.urls")),
    path("", include("insights.topics.urls")),
    path("", include("insights.ratings.urls")),
    path("", include("insights.month.urls")),
    path("", include("insights.brought.urls")),
    path("search/", search.index, name="search"),
    path("settings/", settings_page.index, name="settings"),
    path("", include("workspaces.urls")),
    path("", include("workspaces.branding.urls")),
    path("", include("reviews.urls")),
    path("", include("integrations.urls")),
    path("", include("billing.urls")),
    path("campaigns/", include("campaigns.urls")),
    path("templates/", include("templates_app.urls")),
    path("", include("patients.urls")),
    path("patients/", include("messaging.timeline.urls")),
    path("", include("messaging.assistant.urls")),
    path("inbox/", include("messaging.inbox.urls")),
    path("recovery/", include("messaging.recovery.urls")),
    path("texts/", include("messaging.text_labels.urls")),
    path("templates/", include("messaging.text_previews.urls")),
    path("templates/", include("messaging.whatsapp_texts.urls")),
    path("templates/", include("insights.text_results.urls")),
    path("profile/phone/", include("messaging.phone_codes.urls")),
    path("privacy/", include("messaging.privacy.urls")),
    path("", include("messaging.patient_pages.urls")),
    path("", include("insights.sharing.urls")),
    path("api/docs/", docs_pages.docs, name="api_docs"),
    path("api/openapi.json", docs_pages.openapi, name="api_openapi"),
    path("accounts/logout/", adapters.sign_out, name="account_logout"),
    path("accounts/login/", page_language.sign_in, name="account_login"),
    path("accounts/signup/", page_language.sign_up, name="account_signup"),
    path("accounts/signup/code/", sign_up.enter_code, name="sign_up_code"),
    path("accounts/code/", sign_in_by_code.ask_for_code, name="ask_for_code"),
    path("accounts/code/enter/", sign_in_by_code.enter_code, name="sign_in_code"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path(".well-known/security.txt", security_contact.security_txt, name="security_txt"),
    path("robots.txt", search_engines.robots_txt, name="robots_txt"),
    path("sitemap.xml", search_engines.sitemap, name="sitemap"),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("site.webmanifest", installed_app.manifest, name="manifest"),
    path("service-worker.js", installed_app.service_worker, name="service_worker"),
    path("offline/", installed_app.offline, name="offline"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]

if settings.DEBUG and "dev" in settings.INSTALLED_APPS:
    urlpatterns.append(path("", include("dev.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
