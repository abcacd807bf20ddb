from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy_from_batches(apps: Any, schema_editor: Any) -> None:
    batch = apps.get_model("projects", "Batch").objects.filter(pk=OuterRef("batch"))
    apps.get_model("labeling", "Lane").objects.update(
        project_id=Subquery(batch.values("project")[:1]), organization_id=Subquery(batch.values("organization")[:1])
    )


def key_to(model: str, **more: Any) -> Any:
    on_delete = django.db.models.deletion.DO_NOTHING
    return models.ForeignKey(db_constraint=False, on_delete=on_delete, related_name="+", to=model, **more)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_first"), ("labeling", "0003_time"), ("projects", "0005_conditions")]

    operations = [
        migrations.AddField("lane", "project", key_to("projects.project", null=True)),
        migrations.AddField("lane", "organization", key_to("accounts.organization", null=True)),
        migrations.RunPython(copy_from_batches, migrations.RunPython.noop),
        migrations.AlterField("lane", "project", key_to("projects.project")),
        migrations.AlterField("lane", "organization", key_to("accounts.organization")),
        migrations.AddIndex(
            "lane", models.Index(condition=models.Q(("maybe_open", True)), fields=["project"], name="lane_maybe_open")
        ),
    ]
