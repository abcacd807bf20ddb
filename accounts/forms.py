"""What people type into the accounts' pages."""

import zoneinfo
from typing import TYPE_CHECKING, Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import InvitationRole, Organization, Role, User
from accounts.permissions import roles_to_give


def time_zones() -> list[str]:
    """Areas with their cities, without the old names of zones."""
    return sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))


if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:  # Django's own class knows no type parameter
    UserForm = forms.ModelForm


class ProfileForm(UserForm):
    language = forms.ChoiceField(label=_("Language"), choices=lambda: list(settings.LANGUAGES))

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme"]
        labels = {"name": _("Name"), "time_zone": _("Time zone"), "theme": _("Theme")}
        help_texts = {
            "name": _("Customers never see the name of a contractor."),
            "time_zone": _("Type a city, as in Africa/Nairobi. All times are shown in this zone."),
        }
        widgets = {"time_zone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """allauth's, in our words; the way to a new password stands below the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = self.fields["login"].widget.attrs["placeholder"] = _("E-mail address")
        self.fields["password"].help_text = ""


class AcceptForm(ProfileForm):
    """The first form of a new person."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ["name", "password", "language", "time_zone"]

    class Meta(ProfileForm.Meta):
        fields = ["name", "language", "time_zone"]

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.email = email

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        person = User(email=self.instance.email, name=self.cleaned_data.get("name", ""))
        password_validation.validate_password(password, person)
        return password


class InviteForm(forms.Form):
    """Whom and as what; the roles are those that the one who asks may give."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: list[InvitationRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["role"].initial = roles[-1].value

    def chosen(self) -> InvitationRole:
        return InvitationRole(self.cleaned_data["role"])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role)


def invitable(user: User, organization: Organization) -> list[InvitationRole]:
    """The roles for which the person may invite into the organization; contractors of its own among them."""
    roles = [InvitationRole(role.value) for role in roles_to_give(user, organization)]
    return [*roles, InvitationRole.WORKER] if roles else []
