from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.text import slugify

from accounts import actions, keys
from accounts.models import KeyScope, Mode, Organization
from core.errors import BusinessError


class Command(BaseCommand):
    help = "Make an API key of an organization, which is created if there is none, and print the key, nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", help="its short name, as in its pages' addresses, or its name")
        parser.add_argument("--mode", choices=Mode.values, required=True)
        parser.add_argument("--scopes", type=scopes, default=KeyScope.values, help="read,write,admin (default: all)")
        parser.add_argument("--name", default="", help="what the key is for")
        parser.add_argument("--per-minute", type=int, help="requests in a minute (default: as the site allows)")

    def handle(self, organization: str, **options: Any) -> None:
        terms = keys.KeyTerms(
            mode=options["mode"],
            scopes=options["scopes"],
            name=options["name"],
            per_minute=options["per_minute"],
        )
        try:
            _key, text = keys.make(organization_named(organization), terms, by=None, at=timezone.now())
        except BusinessError as error:
            raise CommandError(error.message) from None
        self.stdout.write(text)


def scopes(text: str) -> list[str]:
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found or not set(found) <= set(KeyScope.values):
        raise ArgumentTypeError(f"one or several of {', '.join(KeyScope.values)}, with commas")
    return found


def organization_named(given: str) -> Organization:
    """By its slug, else by its name; else a new one."""
    slug = slugify(given)[:64]
    found = Organization.objects.filter(slug=slug).first() or Organization.objects.filter(name=given).first()
    if found is None and not slug:
        raise CommandError(f"“{given}” has no letter or digit of which an address could be made.")
    return found or actions.create_organization(given, slug=slug, by=None, at=timezone.now())
