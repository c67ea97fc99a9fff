from django.urls import path

from templates_app import api

urlpatterns = [
    path("templates/", api.Templates.as_view(), name="api_templates"),
    path("templates/<uuid:template>/", api.OneTemplate.as_view(), name="api_template"),
    path("templates/<uuid:template>/default/", api.MakeDefault.as_view()),
]
