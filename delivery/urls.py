from django.urls import path

from delivery import views

app_name = "delivery"
urlpatterns = [
    path("o/<slug:slug>/projects/<slug:project_id>/exports/", views.exports, name="exports"),
    path("o/<slug:slug>/projects/<slug:project_id>/exports/<slug:job_id>", views.export_file, name="export_file"),
]
