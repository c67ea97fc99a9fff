"""The limit of the API bench: a view without middleware that returns PostgreSQL's own JSON."""

from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import wsgi
from core import tenancy

ROWS = """
SELECT coalesce(json_agg(page), '[]')::text FROM (
    SELECT id, campaign_id, source_id AS import_id, name, phone, email, appointment_time,
           appointment_type, doctor_name, preferred_channel, language, has_consent, consent_at,
           consent_words, opted_out_at, asked_at, review_clicked_at, created_at, updated_at
    FROM patients_patient
    WHERE workspace_id = %s AND data_deleted_at IS NULL
    ORDER BY id DESC LIMIT 50
) page
"""


def rows(request: HttpRequest, workspace: UUID) -> HttpResponse:  # noqa: ARG001
    with tenancy.within(workspace), connection.cursor() as cursor:
        cursor.execute(ROWS, [workspace])
        ((body,),) = cursor.fetchall()
    content = body.encode()
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Length": str(len(content))},
    )


urlpatterns = [path("<uuid:workspace>/", rows)]

settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__
application = type(wsgi.application)()
