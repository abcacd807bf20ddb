from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone

from accounts.actions import make_site_admin
from accounts.models import User


class Command(BaseCommand):
    help = "Make a site admin and print a link to set the password (for an existing account: a new one)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, email: str, **_options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        user = make_site_admin(email, at=timezone.now())
        self.stdout.write(f"{user.email} is a site admin. Set the password here, within 3 days:")
        self.stdout.write(password_link(user))


def password_link(user: User) -> str:
    """The address where this person sets a password once."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _dash, token = key.partition("-")
    return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
