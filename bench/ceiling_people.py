"""`python -m bench.ceiling_people 32`: the ceiling's tables and people; prints a session's key for each."""

import sys

from bench.ceiling import site  # first: it configures Django
from bench.ceiling.statements import TABLES
from bench.sessions import sign_in

assert site.application is not None


def main(count: int) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for statement in TABLES.split(";")[:-1]:
            cursor.execute(statement)
    people = User.objects.bulk_create(User(username=f"person{number}") for number in range(count))
    for user in people:
        print(sign_in(user, "django.contrib.auth.backends.ModelBackend"))
    connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
