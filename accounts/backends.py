"""Sign-in by e-mail and password."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from accounts.models import User
from accounts.sessions import person_just_read
from core.prepared import PreparedObjects

PERSON = PreparedObjects(
    lambda person: User.objects.filter(pk=person).select_related(*settings.READ_WITH_PERSON), person=int
)


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's; our users have no Django permissions, so nothing else is asked of it."""

    def get_user(self, user_id: int) -> User | None:
        """Read for every request, so together with what most of them need of a person."""
        found: User | None = person_just_read(int(user_id)) or PERSON.first_object(person=int(user_id))
        return found if found is not None and self.user_can_authenticate(found) else None
