"""Fields of forms that several pages use: names, lists, money."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import limits
from core.errors import BusinessError
from core.money import MICROS
from projects.naming import checked_name

GEOMETRIES = {"box": _("Box"), "polygon": _("Polygon"), "line": _("Line"), "point": _("Point")}
MOST_MONEY = Decimal(1_000_000_000)
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


class NameField(forms.CharField):
    """The name of a project or batch, by the rule of projects/naming.py."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Name"), max_length=limits.NAME_CHARACTERS, **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return checked_name(super().clean(value))
        except BusinessError as error:
            raise ValidationError(str(error)) from error


class LinesField(forms.CharField):
    """A list of names, one on a line; empty lines do not count."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


def plain_number(value: Any) -> Any:
    """Without spaces and separators of thousands, which people paste."""
    text = re.sub(r"\s", "", str(value or ""))
    return text.replace(",", "") if GROUPED.fullmatch(text) else text


class MoneyField(forms.DecimalField):
    """An amount of the organization's currency; cleaned into micros."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal(0), max_value=MOST_MONEY, max_digits=16, decimal_places=6, **kwargs)

    def clean(self, value: Any) -> int | None:
        amount = super().clean(plain_number(value))
        return None if amount is None else int(amount * MICROS)

    def prepare_value(self, value: Any) -> Any:
        """At least two decimals, more only where they say something."""
        if not isinstance(value, int):
            return value
        whole, _point, rest = f"{Decimal(value) / MICROS:.6f}".partition(".")
        return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"
