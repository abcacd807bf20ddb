"""The server of the browser's tests, and how somebody gets in without typing."""

from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User


@dataclass(frozen=True)
class Site:
    url: str


def sign_in(page: Page, user: User) -> None:
    """Signed in as this person, by the cookie that the sign-in page would set."""
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": "localhost", "path": "/"}])
