"""What the database itself refuses: each constraint and partial index that the models of an app declare."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

APPS = ["labeling", "projects"]


@dataclass(frozen=True)
class Declared:
    """One constraint or partial index, which a run of the tests goes without."""

    model: str
    name: str
    kind: str

    @property
    def key(self) -> str:
        return f"{self.model}: {self.kind} {self.name}"


def declared() -> list[Declared]:
    """In the order of the models; Django is set up."""
    return [one for app in APPS for model in apps.get_app_config(app).get_models() for one in of_model(model)]


def of_model(model: type[models.Model]) -> list[Declared]:
    label = model._meta.label
    found = [Declared(label, str(one.name), "constraint") for one in model._meta.constraints]
    return found + [Declared(label, one.name, "index") for one in model._meta.indexes if one.condition is not None]


def drop(label: str, name: str) -> None:
    """From the database that the connection is on (PostgreSQL)."""
    from django.db import connection

    model: Any = apps.get_model(label)
    with connection.schema_editor() as editor:
        for one in model._meta.constraints:
            if one.name == name:
                editor.remove_constraint(model, one)
        for one in model._meta.indexes:
            if one.name == name:
                editor.remove_index(model, one)


def put_back(label: str, name: str) -> None:
    """After the tests have gone; rows that it would refuse have been rolled back."""
    from django.db import connection

    model: Any = apps.get_model(label)
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, model._meta.db_table)
    if name in there:
        return
    with connection.schema_editor() as editor:
        for one in model._meta.constraints:
            if one.name == name:
                editor.add_constraint(model, one)
        for one in model._meta.indexes:
            if one.name == name:
                editor.add_index(model, one)
