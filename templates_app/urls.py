from django.urls import path

from templates_app import views

urlpatterns = [
    path("", views.index, name="templates"),
    path("new", views.new, name="template_new"),
    path("<uuid:template>/", views.detail, name="template"),
    path("<uuid:template>/edit", views.edit, name="template_edit"),
    path("<uuid:template>/default", views.make_default, name="template_default"),
    path("<uuid:template>/approval", views.approval, name="template_approval"),
    path("<uuid:template>/check-approval", views.check_approval, name="template_check_approval"),
    path("<uuid:template>/withdraw", views.withdraw, name="template_withdraw"),
    path("<uuid:template>/stop-using", views.stop_using, name="template_stop_using"),
    path("<uuid:template>/delete", views.delete, name="template_delete"),
    path("versions/<uuid:templateversion>/", views.version, name="template_version"),
    path("versions/<uuid:templateversion>/restore", views.restore, name="template_restore"),
]
