from django.urls import path

from insights.month import mail_views, views
from insights.month.pdf import views as pdf_views

urlpatterns = [
    path("results/month/", views.month, name="month"),
    path("results/month/write", views.write, name="month_write"),
    path("results/month/written", views.written, name="month_written"),
    path("results/month/board.pdf", pdf_views.board, name="month_board_pdf"),
    path("results/month/waiting-room.pdf", pdf_views.waiting_room, name="month_waiting_room_pdf"),
    path("results/month/stop/<str:token>", mail_views.stop, name="month_mail_stop"),
]
