"""Whether anything was handed out twice."""

from django.db import connection


def oversold() -> int:
    """Places handed out beyond those there are, over all work items: reserved, active and counted assignments."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(greatest(taken - places, 0)), 0) FROM labeling_workitem AS item JOIN (
                SELECT work_item_id, count(*) AS taken FROM labeling_assignment
                WHERE status IN ('reserved', 'active') OR counted GROUP BY work_item_id
            ) AS had ON had.work_item_id = item.id
            """
        )
        return int(cursor.fetchone()[0])
