from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from insights.month import mail_stop
from messaging.patient_pages.limits import limit_visits
from workspaces.access import public


# Mail providers post for their users (RFC 8058), and they have no CSRF token. The link is the key.
@csrf_exempt
@public("ends a member's monthly mail, its token is the key")
@require_http_methods(["GET", "HEAD", "POST"])
@limit_visits
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before ending the mail: programs that check mails for viruses follow links."""
    reader = mail_stop.find_reader(token)
    if reader is None:
        return render(request, "insights/month/mail_stop.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        mail_stop.stop_mails(reader)
    is_stopped = request.method == "POST" or not mail_stop.gets_mails(reader)
    context = {"reader": reader, "is_stopped": is_stopped}
    return render(request, "insights/month/mail_stop.html", context)
