from typing import Any

from django.db import migrations

# A task's project and organization are its batch's: one key says so and stands for three, which were checked for each
# task that is added. SQLite has no way to add a key to a table: there the three single ones stay.
UNIQUE = "ALTER TABLE projects_batch ADD CONSTRAINT batch_with_its_owners UNIQUE (id, project_id, organization_id)"
KEY = (
    "ALTER TABLE projects_task ADD CONSTRAINT task_like_its_batch FOREIGN KEY (batch_id, project_id, organization_id) "
    "REFERENCES projects_batch (id, project_id, organization_id) DEFERRABLE INITIALLY DEFERRED"
)
SINGLE = (["batch_id"], ["project_id"], ["organization_id"])


def tie(_apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "projects_task")
    for name, about in found.items():
        if about["foreign_key"] and about["columns"] in SINGLE:
            schema_editor.execute(f"ALTER TABLE projects_task DROP CONSTRAINT {connection.ops.quote_name(name)}")
    schema_editor.execute(UNIQUE)
    schema_editor.execute(KEY)


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0008_fewer_indexes"),
    ]

    operations = [
        migrations.RunPython(tie, migrations.RunPython.noop),
    ]
