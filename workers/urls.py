"""The pages about people, on the admin's side; config/urls.py puts them below /operations/."""

from django.urls import path

from workers import people, skills

operations = [
    path("people/", people.people, name="people"),
    path("people/invitations/", people.invitations, name="invitations"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<str:public_id>/withdraw/", people.withdraw, name="withdraw_invitation"),
    path("people/skills/", skills.skills, name="skills"),
    path("people/skills/<str:public_id>/", skills.skill, name="skill"),
    path("people/skills/<str:public_id>/retire/", skills.retire, name="retire_skill"),
    path("people/<str:public_id>/site-admin/end/", people.end_site_admin, name="end_site_admin"),
]
