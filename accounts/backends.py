"""Sign-in by e-mail and password."""

from allauth.account.auth_backends import AuthenticationBackend


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's; our users have no Django permissions, so nothing else is asked of it."""
