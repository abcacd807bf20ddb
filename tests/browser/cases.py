"""Every page with who looks at it. Add a line for each page that you make: it is then looked at in all four looks,
by axe, for its console and its width.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.world import World


@dataclass(frozen=True)
class Case:
    """`who` as in World.person; `path` may need what is in the world."""

    name: str
    who: str
    path: str | Callable[[World], str]
    status: int = 200

    def address(self, world: World) -> str:
        return self.path if isinstance(self.path, str) else self.path(world)


ACCOUNTS = [
    Case("sign-in", "nobody", "/accounts/login/"),
    Case("sign-in-ended", "nobody", "/accounts/login/?ended=1"),
    Case("password-reset", "nobody", "/accounts/password/reset/"),
    Case("password-reset-sent", "nobody", "/accounts/password/reset/done/"),
    Case("invitation", "nobody", lambda world: f"/invitation/{world.token}/"),
    Case("invitation-over", "nobody", "/invitation/over/", status=410),
    Case("not-found", "nobody", "/nothing/", status=404),
    Case("no-side", "nowhere", "/"),
    Case("account", "customer", "/account/"),
    Case("password-change", "customer", "/accounts/password/change/"),
    Case("second-step", "customer", "/accounts/2fa/"),
    Case("sign-out", "customer", "/accounts/logout/"),
    Case("members", "customer", "/o/basalt/members/"),
    Case("invite-member", "customer", "/o/basalt/members/invite/"),
    Case("remove-member", "customer", lambda world: f"/o/basalt/members/{world.member.user.public_id}/remove/"),
    Case("people", "site_admin", "/operations/people/"),
    Case("people-nobody", "site_admin", "/operations/people/?find=zebra"),
    Case("invitations", "site_admin", "/operations/people/invitations/"),
    Case("invite-person", "site_admin", "/operations/people/invite/"),
]
CASES = [*ACCOUNTS]
