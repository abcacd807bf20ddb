"""People, organizations, and who belongs to whom."""

import zoneinfo
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core import limits
from core.ids import public_id_field


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Stores a person; without a password nobody can sign in as them until they set one."""
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def site_admins(self) -> models.QuerySet["User"]:
        """Those who can sign in."""
        return self.filter(is_site_admin=True, is_active=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What they may do follows from memberships, a Worker row or `is_site_admin`."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    public_id = public_id_field()
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=limits.NAME_CHARACTERS, blank=True)
    language = models.CharField(_("language"), max_length=16, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_time_zone])
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    is_site_admin = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email

    @cached_property
    def all_memberships(self) -> "list[Membership]":
        """With their organizations, by name, and whether these are cut off; asked of the database once per request."""
        from accounts.models.kill_switch import cut_off

        own = self.memberships.select_related("organization").annotate(is_cut_off=cut_off(OuterRef("organization")))
        return list(own.order_by("organization__name", "pk"))

    def role_in(self, organization: "Organization") -> "Role | None":
        """None for somebody who is not a member."""
        roles = (each.role for each in self.all_memberships if each.organization_id == organization.pk)
        return next((Role(role) for role in roles), None)


class Mode(models.TextChoices):
    """Two worlds that never meet: what is made with a test key is invisible to a live one."""

    LIVE = "live", _("Live")
    TEST = "test", _("Test")


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: User) -> "OrganizationQuerySet":
        """Those that the person is a member of; all of them for a site admin."""
        if user.is_site_admin:
            return self
        return self.filter(memberships__user=user)


class Organization(models.Model):
    """A customer."""

    public_id = public_id_field()
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=limits.NAME_CHARACTERS)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_time_zone])
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    ADMIN = "admin", _("Admin")
    MANAGER = "manager", _("Manager")
    MEMBER = "member", _("Member")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User) -> "MembershipQuerySet":
        """Everybody in the person's own organizations; all for a site admin."""
        if user.is_site_admin:
            return self
        return self.filter(organization__memberships__user=user)


class Membership(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"


class InvitationRole(models.TextChoices):
    ADMIN = "admin", _("Admin of the organization")
    MANAGER = "manager", _("Manager")
    MEMBER = "member", _("Member")
    WORKER = "worker", _("Contractor")
    SITE_ADMIN = "site_admin", _("Site admin")


ORGANIZATION_ROLES = frozenset({InvitationRole.ADMIN, InvitationRole.MANAGER, InvitationRole.MEMBER})


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: datetime) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)

    def visible_to(self, user: User) -> "InvitationQuerySet":
        """Those of the person's own organizations; all for a site admin."""
        if user.is_site_admin:
            return self
        return self.filter(organization__memberships__user=user)


class Invitation(models.Model):
    """The only way to get an account. The token is shown once and stored as its hash."""

    public_id = public_id_field()
    token_hash = models.CharField(max_length=64, unique=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="invitations", null=True, blank=True
    )
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=InvitationRole)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_organization_by_role",
                condition=Q(role__in=sorted(ORGANIZATION_ROLES), organization__isnull=False)
                | Q(role="site_admin", organization__isnull=True)
                | Q(role="worker"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class KeyScope(models.TextChoices):
    """What a key may do; each is apart from the others."""

    READ = "read", _("Read")
    WRITE = "write", _("Create and change projects, batches and tasks")
    ADMIN = "admin", _("People, pauses, exports and callbacks")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, *, at: datetime) -> "ApiKeyQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)

    def visible_to(self, user: User) -> "ApiKeyQuerySet":
        """Keys are shown to admins and managers of their organization only."""
        return self.filter(
            organization__memberships__user=user, organization__memberships__role__in=[Role.ADMIN, Role.MANAGER]
        )


class ApiKey(models.Model):
    """A key of an organization; only its SHA-256 is stored."""

    public_id = public_id_field()
    # What its owner calls it, such as the script that uses it.
    name = models.CharField(_("name"), max_length=limits.NAME_CHARACTERS, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="api_keys")
    mode = models.CharField(max_length=4, choices=Mode)
    prefix = models.CharField(max_length=16, unique=True)
    sha256 = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    # Requests in a minute; null: as many as the site allows.
    per_minute = models.PositiveIntegerField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    objects = ApiKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.prefix


class AccessLog(models.Model):
    """Who looked at a customer's media or opened a page on somebody's behalf: kept for 90 days."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True)
    what = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.user} {self.what} {self.subject}"
