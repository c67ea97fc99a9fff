from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workspaces.access import public


@public("answers and contacts, also for people who cannot sign in")
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "workspaces/help.html")
