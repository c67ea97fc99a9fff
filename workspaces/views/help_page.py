from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workspaces.access import public


@public("first questions, and how to reach us, for whoever cannot sign in too")
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "workspaces/help.html")
