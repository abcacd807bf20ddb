"""config/urls.py puts the lists of all apps below /my/, /o/<slug>/ and /operations/."""

from django.urls import path

from payments import cost_views, views

my = [
    path("wallet/", views.wallet, name="wallet"),
    path("wallet/purse/", views.purse, name="purse"),
    path("wallet/statement.csv", views.statement_csv, name="statement_csv"),
]
customer = [path("cost/", cost_views.cost, name="cost")]
