"""What one person was told."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.ids import public_id_field


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> "NoticeQuerySet":
        return self.filter(user=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """What one person was told: a code with parameters, put into words in the reader's language when read."""

    public_id = public_id_field()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    dedupe_key = models.CharField(max_length=120)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "dedupe_key"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(fields=["user", "-id"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.code} to {self.user}"
