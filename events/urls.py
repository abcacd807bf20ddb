"""The pages of events. config/urls.py puts the lists below /my/, /o/<slug>/ and /operations/."""

from django.urls import path

from accounts.access import member_required, site_admin_required
from events import operations as admin
from events import views

my = [path("messages/", views.messages, name="messages")]
customer = [path("messages/", member_required(views.messages), name="messages")]
operations = [
    path("messages/", site_admin_required(views.messages), name="messages"),
    path("events/", admin.events, name="events"),
    path("events/check/", admin.check_events, name="check_events"),
    path("mail/", admin.mail, name="mail"),
    path("mail/again/", admin.send_mail_again, name="send_mail_again"),
]

app_name = "events"
urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/read/", views.messages_read, name="messages_read"),
    path("messages/<str:public_id>/read/", views.message_read, name="message_read"),
    path("jobs/<str:public_id>/", views.job, name="job"),
    path("jobs/<str:public_id>/cancel/", views.job_cancel, name="job_cancel"),
]
