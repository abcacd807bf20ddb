#!/usr/bin/env python
"""Django's command line for Plumbline."""

import os
import sys

import django
from django.core.management import execute_from_command_line

# What has to run while an order to cut a customer off waits: it throws, says what is wrong, or repairs.
ALWAYS = {"killswitch", "doctor", "migrate", "restore", "check", "help", "makemigrations", "collectstatic"}


def refuse_while_an_order_waits(command: str) -> None:
    if command in ALWAYS or command.startswith("-"):
        return
    django.setup()
    from config.operating import obeying

    if not obeying.obeyed():
        sys.exit("An order to cut a customer off waits to be carried out; nothing is begun before: manage.py doctor")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    refuse_while_an_order_waits(sys.argv[1] if len(sys.argv) > 1 else "help")
    execute_from_command_line(sys.argv)
