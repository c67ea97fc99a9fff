from django.urls import path

from dev import styleguide

urlpatterns = [path("styleguide/", styleguide.page, name="styleguide")]
