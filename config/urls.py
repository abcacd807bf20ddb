"""Who answers where: /my/ is the contractor's side, /o/<organization>/ the customer's, /operations/ the admin's.

Several apps have pages on one side, and a namespace has one list: each app's urls.py offers the lists `my`, `customer`
or `operations`, and they are put together here.
"""

from django.urls import URLPattern, URLResolver, include, path

import accounts.urls
import automation.urls
import delivery.urls
import events.urls
import files.urls
import labeling.urls
import payments.urls
import projects.urls
import quality.urls
import workers.urls
from config.operating.views import readyz
from core import views

Routes = list[URLPattern | URLResolver]
my: Routes = [*labeling.urls.my, *events.urls.my, *payments.urls.my]
customer: Routes = [
    *accounts.urls.customer,
    *events.urls.customer,
    *files.urls.customer,
    *projects.urls.customer,
    *quality.urls.customer,
    *labeling.urls.customer,
    *delivery.urls.customer,
    *payments.urls.customer,
]
operations: Routes = [
    *automation.urls.operations,  # before labeling's: a pause's own page takes any one word
    *events.urls.operations,
    *labeling.urls.operations,
    *projects.urls.operations,
    *workers.urls.operations,
]

# In the order of how often they are asked for: a request is compared with each until one fits.
urlpatterns = [
    path("my/", include((my, "my"))),
    path("o/<slug:slug>/", include((customer, "customer"))),
    path("operations/", include((operations, "operations"))),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("accounts.urls")),
    path("", include("delivery.urls")),
    path("", include("api.urls")),
    path("", include("files.urls")),
    path("", include("events.urls")),
]
handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
