from django.urls import path

from templates_app import api

urlpatterns = [
    path("templates/", api.TemplateListView.as_view(), name="api_templates"),
    path("templates/<uuid:template>/", api.TemplateDetailView.as_view(), name="api_template"),
    path("templates/<uuid:template>/default/", api.MakeTemplateDefaultView.as_view()),
]
