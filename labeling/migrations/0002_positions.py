"""Where positions come from, and room on the hot table's pages for updates in place."""

from typing import Any

from django.db import migrations


def make_positions(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE labeling_position_seq")
        schema_editor.execute("ALTER TABLE labeling_workitem SET (fillfactor = 70)")
    else:
        apps.get_model("labeling", "Position").objects.create(pk=1, last=0)


def drop_positions(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE labeling_position_seq")


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_first")]
    operations = [migrations.RunPython(make_positions, drop_positions)]
