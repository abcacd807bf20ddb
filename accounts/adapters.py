"""What allauth asks us: nobody signs up by themselves."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The e-mail address and the password do not belong together."),
        "too_many_login_attempts": _("Too many wrong passwords. Signing in is locked for 5 minutes."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("The code is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth gives it)
        """Accounts are made by accepting an invitation, never here."""
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"Plumbline: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """By PUBLIC_URL: a request's Host header may carry any port, and the mail goes to somebody else."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "0", "key": "key"})
        return settings.PUBLIC_URL + path.replace("0-key", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        host = urlsplit(settings.PUBLIC_URL).netloc
        super().send_mail(template_prefix, email, {**context, "current_site": {"name": "Plumbline", "domain": host}})


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is wrong, or too old. Codes change every 30 seconds."),
    }
