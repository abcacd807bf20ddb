"""Instructions with pictures: rendered for one reader, because the addresses of pictures are signed for a person."""

from datetime import datetime, timedelta
from functools import lru_cache

from accounts.models import User
from core import markdown
from files.models import File, FileState, RenditionKind
from files.signing import sign
from projects.models import Project

PREFIX = "file:"
READ_FOR = timedelta(hours=2)


def render(project: Project, text: str, *, user: User, at: datetime, expires_at: datetime | None = None) -> str:
    """Safe HTML for the reader; pictures of the project's own organization and world only."""
    wanted, without_pictures = rendered(text)
    if not wanted:
        return without_pictures
    until = expires_at or at + READ_FOR
    return markdown.render(text, addresses(project.organization_id, project.mode, wanted, user=user, until=until))


@lru_cache(maxsize=64)
def rendered(text: str) -> tuple[list[str], str]:
    """The pictures that the text asks for, and its HTML where it asks for none: everybody reads the same few texts."""
    wanted = markdown.pictures_in(text)
    return wanted, "" if wanted else markdown.render(text)


def addresses(organization_id: int, mode: str, wanted: list[str], *, user: User, until: datetime) -> dict[str, str]:
    """What the text names by id: who writes another customer's id gets nothing."""
    ids = [name.removeprefix(PREFIX) for name in wanted]
    files = File.objects.filter(organization_id=organization_id, mode=mode, public_id__in=ids, state=FileState.READY)
    return {
        f"{PREFIX}{file.public_id}": sign(rendition, user=user, expires_at=until)
        for file in files.prefetch_related("renditions")
        for rendition in file.renditions.all()
        if rendition.kind == RenditionKind.FULL and file.width
    }
