from django.urls import path

from insights.sharing import public_views, views

urlpatterns = [
    path("sharing/", views.index, name="sharing"),
    path("sharing/<uuid:practice>/publish", views.publish, name="report_publish"),
    path("sharing/<uuid:report>/edit", views.edit, name="report_edit"),
    path("sharing/<uuid:report>/badge", views.badge_chooser, name="badge_chooser"),
    path("sharing/<uuid:report>/revoke", views.revoke, name="report_revoke"),
    path("sharing/<uuid:message>/choose", views.choose, name="quote_choose"),
    path("sharing/<uuid:quote>/withdraw", views.withdraw, name="quote_withdraw"),
    path("sharing/<uuid:practice>/qr.svg", views.qr, name="qr"),
    path("sharing/<uuid:practice>/poster", views.poster, name="poster"),
    path("p/<str:token>", public_views.report, name="public_report"),
    path("p/<str:token>/badge.svg", public_views.badge, name="badge"),
    path("p/<str:token>/card.png", public_views.link_card, name="link_card"),
    path("d/<str:token>", public_views.desk, name="desk"),
    path("d/<str:token>/thanks", public_views.desk_thanks, name="desk_thanks"),
]
