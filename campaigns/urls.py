from django.urls import path

from campaigns import views

urlpatterns = [
    path("panel", views.panel, name="campaigns_panel"),
    path("new", views.new, name="campaign_new"),
    path("texts", views.own_texts, name="campaigns_texts"),
    path("texts/<uuid:template>/", views.campaigns_of_text, name="campaigns_of_text"),
    path("<uuid:campaign>/texts", views.texts, name="campaign_texts"),
    path("<uuid:campaign>/edit", views.edit, name="campaign_edit"),
    path("<uuid:campaign>/hand-over", views.hand_over, name="campaign_hand_over"),
    path("<uuid:campaign>/activate", views.activate, name="campaign_activate"),
    path("<uuid:campaign>/pause", views.pause, name="campaign_pause"),
    path("<uuid:campaign>/complete", views.complete, name="campaign_complete"),
    path("<uuid:campaign>/cancel", views.cancel, name="campaign_cancel"),
]
