"""Run by Label Studio's own Python: its tables, an organization, people, and a token for each."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def main(count: int) -> None:
    found = find_spec("label_studio")
    assert found is not None
    assert found.origin is not None
    folder = str(Path(found.origin).parent)
    os.chdir(folder)
    sys.path.insert(0, folder)  # as its manage.py would have it
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    for token in tokens(count):
        print(f"token {token}")


def tokens(count: int) -> list[str]:
    from organizations.models import Organization  # type: ignore[import-not-found]
    from rest_framework.authtoken.models import Token  # type: ignore[import-not-found]
    from users.models import User  # type: ignore[import-not-found]

    people = [
        User.objects.create_user(email=f"person{number}@example.org", password=f"of person {number}, long enough")
        for number in range(count)
    ]
    organization = Organization.create_organization(created_by=people[0], title="Bench")
    for user in people[1:]:
        organization.add_user(user)
    for user in people:
        user.active_organization = organization
        user.save(update_fields=["active_organization"])
    # Long-lived tokens, the fastest way in, are off in new organizations.
    organization.jwt.legacy_api_tokens_enabled = True
    organization.jwt.save()
    return [Token.objects.get_or_create(user=user)[0].key for user in people]


if __name__ == "__main__":
    main(int(sys.argv[1]))
