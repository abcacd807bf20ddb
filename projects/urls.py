"""The pages of projects; config/urls.py puts the lists below /o/<organization>/ and /operations/."""

from django.urls import URLPattern, URLResolver, path

from projects.views import batches, conditions, data, groups, listing, order, settings, tasks, versions, wizard, worker

PROJECT = "projects/<str:project_id>/"
customer: list[URLPattern | URLResolver] = [
    path("order/", order.order, name="order"),
    path("order/reset/", order.reset_order, name="reset_order"),
    path("order/<str:batch_id>/move/", order.move_in_order, name="move_in_order"),
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
    path(f"{PROJECT}batches/<str:batch_id>/people/", groups.batch_people, name="batch_people"),
    path(f"{PROJECT}taxonomy/", versions.taxonomy, name="project_taxonomy"),
    path(f"{PROJECT}instructions/", versions.instruction, name="project_instructions"),
    path(f"{PROJECT}people/", settings.people, name="project_people"),
    path(f"{PROJECT}people/<str:worker_id>/end/", settings.take_off, name="end_enrollment"),
    path(f"{PROJECT}people/groups/new/", groups.new_group, name="new_group"),
    path(f"{PROJECT}people/groups/<str:group_id>/", groups.group, name="group"),
    path(f"{PROJECT}people/groups/<str:group_id>/delete/", groups.delete_group, name="delete_group"),
    path(f"{PROJECT}settings/", settings.settings, name="project_settings"),
    path(f"{PROJECT}filling/", settings.change_filling, name="change_filling"),
    path(f"{PROJECT}archive/", settings.archive, name="archive_project"),
]

WORKER = "people/workers/<str:worker_id>/"
operations: list[URLPattern | URLResolver] = [
    path(WORKER, worker.worker, name="worker"),
    path(f"{WORKER}change/", worker.change_worker, name="change_worker"),
    path(f"{WORKER}skills/grant/", worker.grant_skill, name="grant_skill"),
    path(f"{WORKER}skills/<str:skill_id>/revoke/", worker.revoke_skill, name="revoke_skill"),
    path(f"{WORKER}hold/", worker.put_on_hold, name="put_on_hold"),
    path("holds/<str:public_id>/lift/", worker.lift_hold, name="lift_hold"),
    path("holds/<str:public_id>/end/", worker.change_hold_end, name="change_hold_end"),
    path("projects/<str:public_id>/requirements/", conditions.requirements, name="requirements"),
    path("customers/walls/", conditions.walls, name="walls"),
    path("customers/walls/new/", conditions.new_wall, name="new_wall"),
    path("customers/walls/<str:public_id>/end/", conditions.end, name="end_wall"),
]
