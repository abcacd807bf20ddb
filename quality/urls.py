"""The customer's pages of quality. config/urls.py puts the list below /o/<organization>/."""

from django.urls import URLPattern, URLResolver, path

from quality import figure_views, gold_views, views

AUDIT = "projects/<str:project_id>/audit/"
QUALITY = "projects/<str:project_id>/quality/"
ONE = f"{QUALITY}<str:quality_id>/"
customer: list[URLPattern | URLResolver] = [
    path(AUDIT, views.audit, name="project_audit"),
    path(f"{AUDIT}<str:sample_id>/next/", views.go_on, name="audit_next"),
    path(f"{AUDIT}<str:sample_id>/<str:task_id>/", views.audit_task, name="audit_task"),
    path(f"{AUDIT}<str:sample_id>/<str:task_id>/verdict", views.verdict, name="audit_verdict"),
    path("projects/<str:project_id>/figures/", figure_views.project_figures, name="project_figures"),
    path(QUALITY, gold_views.quality_tasks, name="project_quality"),
    path(ONE, gold_views.quality_task, name="quality_task"),
    path(f"{ONE}retire", gold_views.retire_quality_task, name="retire_quality_task"),
    path(f"{ONE}enable", gold_views.enable_quality_task, name="enable_quality_task"),
]
