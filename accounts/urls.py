"""The pages of accounts. config/urls.py puts the lists of all apps below /o/<slug>/, /my/ and /operations/."""

from django.urls import include, path

from accounts.views import account, invitation, keys, members, start

accounts = [
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("account/sessions/end/", account.end_session, name="end_session"),
]
customer = [
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<str:public_id>/role/", members.change_role, name="change_role"),
    path("members/<str:public_id>/remove/", members.remove, name="remove_member"),
    path("api/", keys.listing, name="api"),
    path("api/keys/new/", keys.make, name="make_key"),
    path("api/keys/<str:public_id>/revoke/", keys.revoke, name="revoke_key"),
    path("invitations/<str:public_id>/withdraw/", members.withdraw, name="withdraw_invitation"),
]
urlpatterns = [
    path("", start.start, name="start"),
    path("account/", account.account, name="account"),
    path("", include((accounts, "accounts"))),
]
