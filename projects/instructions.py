"""Instructions with pictures: rendered for one reader, because the addresses of pictures are signed for a person."""

from datetime import datetime, timedelta

from accounts.models import User
from core import markdown
from files.models import File, FileState, RenditionKind
from files.signing import sign
from projects.models import Project

PREFIX = "file:"
READ_FOR = timedelta(hours=2)


def render(project: Project, text: str, *, user: User, at: datetime, expires_at: datetime | None = None) -> str:
    """Safe HTML for the reader; pictures of the project's own organization and world only."""
    wanted = markdown.pictures_in(text)
    if not wanted:
        return markdown.render(text)
    until = expires_at or at + READ_FOR
    return markdown.render(text, addresses(project.organization_id, project.mode, wanted, user=user, until=until))


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
