"""The forms of the pages of callbacks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Mode
from core import limits
from core.errors import BusinessError
from delivery.addresses import check_address
from delivery.happenings import NAMES, TOLD
from delivery.models import DeliveryState

AGAIN = {DeliveryState.FAILED: _("What was given up"), "": _("Everything")}


class AddressField(forms.CharField):
    """A web address or an e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=limits.ADDRESS_CHARACTERS, **kwargs)

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if address:
            try:
                check_address(address)
            except BusinessError as error:
                raise ValidationError(error.message) from None
        return address


class MomentField(forms.DateTimeField):
    """A moment in the reader's time zone, by the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        control = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=control, **kwargs)


class CallbackFilter(forms.Form):
    mode = forms.ChoiceField(label=_("Mode"), choices=Mode.choices, required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("Every state")), *DeliveryState.choices], required=False
    )
    kind = forms.ChoiceField(label=_("What happened"), choices=[("", _("Everything")), *TOLD.items()], required=False)


class AgainForm(forms.Form):
    """A range of time, of what happened then."""

    since = MomentField(label=_("From"))
    until = MomentField(label=_("Up to"))
    state = forms.ChoiceField(
        label=_("Which"), choices=list(AGAIN.items()), initial=DeliveryState.FAILED, required=False
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=Mode.choices)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since >= until:
            self.add_error("until", _("The end has to be after the beginning."))
        return found


class DefaultAddressForm(forms.Form):
    address = AddressField(
        label=_("Address for callbacks"),
        help_text=_("A web address or an e-mail address. Empty: only tasks that name their own have a callback."),
        required=False,
    )


class WebhookChangeForm(forms.Form):
    address = AddressField(label=_("Address"), help_text=_("A web address or an e-mail address."))
    kinds = forms.MultipleChoiceField(
        label=_("Told of"), choices=list(NAMES.items()), widget=forms.CheckboxSelectMultiple
    )


class WebhookForm(WebhookChangeForm):
    mode = forms.ChoiceField(label=_("Mode"), choices=Mode.choices)
