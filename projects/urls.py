"""The customer's pages of projects. config/urls.py puts the list below /o/<organization>/."""

from django.urls import URLPattern, URLResolver, path

from projects.views import batches, data, listing, settings, tasks, versions, wizard

PROJECT = "projects/<str:project_id>/"
customer: list[URLPattern | URLResolver] = [
    path("projects/", listing.projects, name="projects"),
    path("projects/new/", wizard.new_project, name="new_project"),
    path("projects/drafts/<str:draft_id>/preview/", wizard.preview_draft, name="draft_preview"),
    path("projects/drafts/<str:draft_id>/forget/", wizard.forget_draft, name="forget_draft"),
    path("projects/drafts/<str:draft_id>/<str:step>/", wizard.draft_step, name="draft"),
    path(f"{PROJECT}data/", data.data, name="project_data"),
    path(f"{PROJECT}data/<str:import_id>/", data.one_import, name="import"),
    path(f"{PROJECT}data/<str:import_id>/refused.csv", data.refusals, name="import_refusals"),
    path(f"{PROJECT}tasks/", tasks.tasks, name="project_tasks"),
    path(f"{PROJECT}batches/", batches.batches, name="project_batches"),
    path(f"{PROJECT}batches/<str:batch_id>/move/", batches.move_batch, name="move_batch"),
    path(f"{PROJECT}batches/<str:batch_id>/launch/", batches.launch_batch, name="launch_batch"),
    path(f"{PROJECT}taxonomy/", versions.taxonomy, name="project_taxonomy"),
    path(f"{PROJECT}instructions/", versions.instruction, name="project_instructions"),
    path(f"{PROJECT}people/", settings.people, name="project_people"),
    path(f"{PROJECT}people/<str:worker_id>/end/", settings.take_off, name="end_enrollment"),
    path(f"{PROJECT}settings/", settings.settings, name="project_settings"),
    path(f"{PROJECT}archive/", settings.archive, name="archive_project"),
]
