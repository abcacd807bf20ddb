"""The customer's pages of quality. config/urls.py puts the list below /o/<organization>/."""

from django.urls import URLPattern, URLResolver, path

from quality import views

AUDIT = "projects/<str:project_id>/audit/"
customer: list[URLPattern | URLResolver] = [
    path(AUDIT, views.audit, name="project_audit"),
    path(f"{AUDIT}<str:sample_id>/next/", views.go_on, name="audit_next"),
    path(f"{AUDIT}<str:sample_id>/<str:task_id>/", views.audit_task, name="audit_task"),
    path(f"{AUDIT}<str:sample_id>/<str:task_id>/verdict", views.verdict, name="audit_verdict"),
]
