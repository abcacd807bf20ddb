"""The addresses of media and uploads; config/urls.py puts `customer` below /o/<organization>/."""

from django.urls import URLPattern, URLResolver, path

from files import upload_views, views

urlpatterns = [
    path("media/<str:token>", views.media, name="media"),
    path("attachments/<str:token>", views.attachment, name="attachment"),
]
customer: list[URLPattern | URLResolver] = [
    path("files/<str:public_id>/original", views.original, name="original"),
    path("uploads", upload_views.begin, name="begin_upload"),
    path("uploads/<str:public_id>", upload_views.upload, name="upload"),
    path("uploads/<str:public_id>/finish", upload_views.finish, name="finish_upload"),
]
