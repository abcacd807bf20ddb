"""People, organizations, who belongs to whom, and who is cut off."""

from accounts.models.kill_switch import KillSwitch, KillSwitchQuerySet, cut_off, is_cut_off
from accounts.models.people import (
    ORGANIZATION_ROLES,
    AccessLog,
    ApiKey,
    ApiKeyQuerySet,
    Invitation,
    InvitationQuerySet,
    InvitationRole,
    Membership,
    MembershipQuerySet,
    Mode,
    Organization,
    OrganizationQuerySet,
    Role,
    User,
    UserManager,
    check_time_zone,
)

__all__ = [
    "ORGANIZATION_ROLES",
    "AccessLog",
    "ApiKey",
    "ApiKeyQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "InvitationRole",
    "KillSwitch",
    "KillSwitchQuerySet",
    "Membership",
    "MembershipQuerySet",
    "Mode",
    "Organization",
    "OrganizationQuerySet",
    "Role",
    "User",
    "UserManager",
    "check_time_zone",
    "cut_off",
    "is_cut_off",
]
