"""The pages and endpoints of work; config/urls.py puts the lists below /my/, /o/<slug>/ and /operations/."""

from django.urls import path

from labeling.views import (
    bench,
    console,
    corrections,
    kill_switch,
    ordering_pauses,
    own_pauses,
    pauses,
    people,
    project,
    task,
    time,
    work,
    workbench,
)
from labeling.views import operations as admin

my = [
    # What the workbench calls comes first: of these there are many a minute and person.
    path("work/next", workbench.take_next, name="next"),
    path("work/reserve", workbench.reserve, name="reserve"),
    path("assignments/<str:public_id>/heartbeat", workbench.heartbeat, name="heartbeat"),
    path("assignments/<str:public_id>/draft", workbench.save_draft, name="draft"),
    path("assignments/<str:public_id>/submit", workbench.submit, name="submit"),
    path("assignments/<str:public_id>/review", workbench.review, name="review"),
    path("assignments/<str:public_id>", workbench.show, name="assignment"),
    path("assignments/<str:public_id>/extend", workbench.extend, name="extend"),
    path("assignments/<str:public_id>/amend", workbench.amend, name="amend"),
    path("assignments/<str:public_id>/skip", workbench.skip, name="skip"),
    path("assignments/<str:public_id>/report", workbench.report, name="report"),
    path("assignments/<str:public_id>/release", workbench.release, name="release"),
    path("", work.work, name="work"),
    path("projects/<str:codename>/", work.look, name="look"),
    path("record/", work.record, name="record"),
    path("record/<str:public_id>/", work.submission, name="submission"),
    path("time/", time.today, name="time"),
    path("time/corrections/<str:public_id>/withdraw/", time.withdraw, name="withdraw_correction"),
    path("time/<str:day>/", time.day, name="day"),
    path("assignments/<str:public_id>/give-back/", work.release, name="give_back"),
    path("work/", bench.bench, name="bench"),
]
customer = [
    path("projects/<str:project_id>/", project.overview, name="project"),
    path("projects/<str:project_id>/pause/", own_pauses.pause, name="pause_project"),
    path("projects/<str:project_id>/pauses/<str:public_id>/resume/", own_pauses.resume, name="resume_project"),
    path("projects/<str:project_id>/tasks/<str:task_id>/", task.task, name="task"),
]

operations = [
    path("", admin.overview, name="overview"),
    path("projects/", admin.projects, name="projects"),
    path("projects/<str:public_id>/", people.project, name="project"),
    path("projects/<str:public_id>/enroll/", people.add, name="enroll"),
    path("projects/<str:public_id>/people/<str:worker_id>/end/", people.remove, name="end_enrollment"),
    path("customers/", admin.customers, name="customers"),
    path("customers/<str:public_id>/kill-switch/", kill_switch.switch, name="kill_switch"),
    path("reports/", admin.reports, name="reports"),
    path("reports/<str:public_id>/decide/", admin.decide_report, name="decide_report"),
    path("assignments/", console.assignments, name="assignments"),
    path("assignments/why/", console.why, name="why"),
    path("assignments/<str:public_id>/", console.assignment, name="assignment"),
    path("assignments/<str:public_id>/release/", console.take_back, name="take_back"),
    path("assignments/<str:public_id>/extend/", console.prolong, name="prolong_lease"),
    path("assignments/<str:public_id>/transfer/", console.transfer, name="transfer"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/<str:public_id>/decide/", corrections.decide, name="decide_correction"),
    path("pauses/", pauses.pauses, name="pauses"),
    path("pauses/new/", ordering_pauses.choose, name="choose_pause"),
    path("pauses/new/<str:kind>/", ordering_pauses.pause, name="pause_site"),
    path("pauses/new/<str:kind>/<str:public_id>/", ordering_pauses.pause, name="pause"),
    path("pauses/pauses.csv", pauses.history_csv, name="pauses_csv"),
    path("pauses/<str:public_id>/", pauses.history, name="pause_history"),
    path("pauses/<str:public_id>/resume/", pauses.resume, name="resume"),
    path("pauses/quiet-hours/<str:public_id>/end/", pauses.end_quiet_hours, name="end_quiet_hours"),
    path("pauses/<str:public_id>/prolong/", pauses.prolong, name="prolong"),
]
