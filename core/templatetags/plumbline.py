"""The tags and filters of our templates: `{% load plumbline %}`."""

import zlib
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.http import QueryDict
from django.middleware.csrf import get_token
from django.template.context import Context, RequestContext
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString  # noqa: TID251 (only as the type of what Django renders)
from django_vite.core.exceptions import DjangoViteAssetNotFoundError, DjangoViteManifestError
from django_vite.templatetags.django_vite import vite_asset

from core import formats, icons, navigation
from core.catalogue import script_catalogue
from core.states import STATES

register = template.Library()
HUES = 5
CONTROL_CLASSES = {"text": "input", "select": "", "area": "area", "tick": "tick", "choices": "tick", "ticks": "tick"}


@register.inclusion_tag("components/_icon.html")
def icon(name: str) -> dict[str, Any]:
    """An outline of core/icons.py; it says nothing to a screen reader, the words beside it do."""
    return {"d": icons.ICONS[name]}


@register.inclusion_tag("components/_glyph.html")
def glyph(state: str) -> dict[str, Any]:
    """The shape of a state; an unknown state is an empty circle."""
    return {"shapes": icons.GLYPHS[STATES.get(str(state), ("empty", ""))[0]]}


@register.filter
def state_word(state: str) -> str | Promise:
    return STATES.get(str(state), ("", str(state)))[1]


@register.filter
def money(amount_micros: int | None, currency: str) -> str:
    return "" if amount_micros is None else formats.money(amount_micros, currency)


@register.filter
def number(value: float | None) -> str:
    return "" if value is None else formats.number(value)


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    return "" if share is None else formats.percent(share, decimals)


@register.filter
def size(count: int | None) -> str:
    return "" if count is None else formats.size(count)


@register.filter
def duration(span: timedelta | None) -> str:
    return "" if span is None else formats.duration(span)


@register.filter
def language(code: str) -> str:
    return formats.language(code)


@register.filter
def country(code: str) -> str:
    return formats.country(code)


@register.filter
def share(part: float, whole: float) -> str:
    """How wide a part is in an SVG of 100: a number with a point in every language, never above 100."""
    return f"{min(100.0, max(0.0, 100 * part / whole)):.1f}" if whole else "0.0"


@register.filter
def hue(subject: Any) -> int:
    """1 to 5, the same for one person everywhere; it means nothing."""
    return zlib.crc32(str(subject).encode()) % HUES + 1


@register.simple_tag
def when(at: datetime | None, style: str = "ago") -> str:
    """A time as people say it, the exact instant in its title.

    `style`: ago (relative up to a day), moment (date, hour and minute), day, or deadline (moment and what is left).
    """
    if at is None:
        return ""
    now = timezone.now()
    words = {"ago": formats.ago, "moment": formats.moment, "day": formats.day, "deadline": formats.moment}[style]
    said = format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), formats.instant(at), words(at, now=now)
    )
    rest = formats.left(at, now=now) if style == "deadline" else ""
    return format_html('{} <span class="left">({})</span>', said, rest) if rest else said


@register.filter
def kind(field: BoundField) -> str:
    """Which form a control takes: tick, choices, ticks, select, area or text."""
    widget = field.field.widget
    for known, name in (
        (CheckboxInput, "tick"),
        (CheckboxSelectMultiple, "ticks"),
        (RadioSelect, "choices"),
        (Select, "select"),
        (Textarea, "area"),
    ):
        if isinstance(widget, known):
            return name
    return "text"


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget with our class, and its hint or error as its description."""
    attrs: dict[str, Any] = {"class": CONTROL_CLASSES[kind(field)]}
    if str(field.field.widget.attrs.get("placeholder", "")).casefold() == str(field.label).casefold():
        attrs["placeholder"] = False  # allauth repeats the label there
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.auto_id}_error"}
    elif field.help_text:
        attrs["aria-describedby"] = f"{field.auto_id}_hint"
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("components/_rail.html", takes_context=True)
def rail(context: RequestContext) -> dict[str, Any]:
    """The navigation of the side that is open, and the way to the person's other sides."""
    request = context["request"]
    place = navigation.place_of(request)
    links = navigation.links(request, place) if place else []
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "user": request.user,
        "place": place,
        "places": navigation.places(request),
        "links": links,
        "beyond": [link for link in links if link.beyond],
    }


@register.simple_tag(takes_context=True)
def side(context: RequestContext) -> str:
    """The side of the open page, for `data-side`."""
    place = navigation.place_of(context["request"])
    return str(place.side) if place else ""


@register.simple_tag(takes_context=True)
def csrf(context: Context) -> SafeString | str:
    """The hidden field of a form in a component: `{% csrf_token %}` knows nothing there, because of `only`."""
    request = getattr(context, "request", None)
    if request is None:
        return ""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query with some parameters changed; None takes one away."""
    request = getattr(context, "request", None)
    params = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = value
    return f"?{params.urlencode()}"


@register.simple_tag
def page_assets(entry: str = "src/pages/main.ts") -> str:
    """Style sheet and script of a Vite entry; nothing where the front end has not been built (a check says so)."""
    try:
        return conditional_escape(vite_asset(entry))
    except (DjangoViteManifestError, DjangoViteAssetNotFoundError):
        return ""


@register.simple_tag
def unseen(count: int, most: int = 99) -> str:
    """A count beside a word; beyond the most it only says that."""
    return f"{most}+" if count > most else str(count)


@register.inclusion_tag("components/_catalogue.html")
def catalogue() -> dict[str, Any]:
    """The sentences of our TypeScript in the active language; nothing in English, which stands in the code."""
    return {"catalogue": script_catalogue(translation.get_language() or "en")}
