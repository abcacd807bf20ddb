"""The pages of rules; config/urls.py puts the list below /operations/."""

from django.urls import path

from automation import views

operations = [
    path("pauses/rules/", views.rules, name="rules"),
    path("pauses/rules/new/", views.new_rule, name="new_rule"),
    path("pauses/rules/<str:public_id>/", views.rule, name="rule"),
    path("pauses/rules/<str:public_id>/change/", views.change_rule, name="change_rule"),
    path("pauses/rules/<str:public_id>/switch/", views.switch_rule, name="switch_rule"),
]
