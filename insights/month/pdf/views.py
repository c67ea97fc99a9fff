from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import ProblemError
from insights import periods
from insights.month.months import choose_month
from insights.month.pdf.reports import Edition, make_report, read_month
from messaging.limits import count_recent
from workspaces.access import Can, member
from workspaces.requests import MemberRequest

MAX_A_MINUTE = 10


class TooManyReportsError(ProblemError):
    status = 429


@member(Can.SEE_CAMPAIGNS)
@require_safe
def board(request: MemberRequest) -> HttpResponse:
    """The report for the board, of the campaigns whose results the member sees."""
    return _download(request, Edition.BOARD)


@member(Can.MANAGE_SHARING)
@require_safe
def waiting_room(request: MemberRequest) -> HttpResponse:
    """The sheet for the waiting room, for those who decide what of the clinic becomes public."""
    return _download(request, Edition.WAITING_ROOM)


def _download(request: MemberRequest, edition: Edition) -> HttpResponse:
    _limit(request)
    workspace = request.workspace
    month = choose_month(
        request.GET.get("month", ""),
        today=periods.latest_local_date(workspace),
        created=workspace.created_at.date(),
    )
    facts = read_month(workspace, month, reader=request.user)
    report = make_report(facts, edition, reader=request.user)
    disposition = content_disposition_header(as_attachment=True, filename=report.name)
    headers = {"Content-Disposition": disposition or "attachment", "Cache-Control": "no-store"}
    return HttpResponse(report.content, content_type="application/pdf", headers=headers)


def _limit(request: MemberRequest) -> None:
    """Each report is a process for half a second, so nobody starts them without end."""
    if count_recent(f"month-pdf:{request.user.pk}", seconds=60) > MAX_A_MINUTE:
        raise TooManyReportsError(
            _("You have made many reports within a minute. Wait a minute and try again.")
        )
