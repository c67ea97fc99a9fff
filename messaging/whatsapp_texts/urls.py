from django.urls import path

from messaging.whatsapp_texts import views

urlpatterns = [path("<uuid:template>/submit", views.submit, name="template_submit")]
