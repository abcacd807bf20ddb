"""The forms that parameters of an order have. Each is tolerant where Scale is, and names the place that is wrong."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from task_types.finding import Finding, FindingPath

Form: TypeAlias = Callable[[Any, FindingPath], Iterator[Finding]]
"""(value, path to it) → what is wrong; nothing for a good one."""


def wrong(code: str, path: FindingPath, **params: Any) -> Finding:
    return Finding(code, {"name": dotted(path), **params}, path)


def dotted(path: FindingPath) -> str:
    """As the sentences name a place: `geometries.box.objects_to_annotate`."""
    return ".".join(str(part) for part in path)[:200]


def anything(_value: Any, _path: FindingPath) -> Iterator[Finding]:
    yield from ()


def text(value: Any, path: FindingPath) -> Iterator[Finding]:
    if not isinstance(value, str) or not value.strip():
        yield wrong("order_not_text", path)


def number(value: Any, path: FindingPath) -> Iterator[Finding]:
    """Also as a string: Scale takes `min_width="30"`."""
    try:
        good = not isinstance(value, bool) and -1e300 < float(value) < 1e300
    except (TypeError, ValueError, OverflowError):
        good = False
    if not good:
        yield wrong("order_not_number", path)


def flag(value: Any, path: FindingPath) -> Iterator[Finding]:
    if not isinstance(value, bool) and str(value).lower() not in {"true", "false", "0", "1"}:
        yield wrong("order_not_flag", path)


def mapping(value: Any, path: FindingPath) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        yield wrong("order_not_object", path)


def attachments(value: Any, path: FindingPath) -> Iterator[Finding]:
    """A list of addresses, or of objects that hold one as `attachment` or `content`."""
    if not isinstance(value, list) or not value:
        yield wrong("order_not_attachments", path)
        return
    for index, one in enumerate(value):
        where: FindingPath = (*path, index)
        if isinstance(one, Mapping):
            member = "content" if "content" in one else "attachment"
            where, one = (*where, member), one.get(member)  # noqa: PLW2901 (the address is what is looked at)
        if not isinstance(one, str) or not one.strip():
            yield wrong("order_not_text", where)


def one_attachment(value: Any, path: FindingPath) -> Iterator[Finding]:
    yield from attachments(value, path)
    if isinstance(value, list) and len(value) > 1:
        yield wrong("order_one_attachment", path)


def two_attachments(value: Any, path: FindingPath) -> Iterator[Finding]:
    yield from attachments(value, path)
    if isinstance(value, list) and len(value) == 1:
        yield wrong("order_two_attachments", path)


def typed_attachments(value: Any, path: FindingPath) -> Iterator[Finding]:
    """Text collection's: objects with `type` and `content`."""
    if not isinstance(value, list) or not value:
        yield wrong("order_not_attachments", path)
        return
    for index, one in enumerate(value):
        if not isinstance(one, Mapping):
            yield wrong("order_not_object", (*path, index))
            continue
        for member in ("type", "content"):
            yield from needed(one, member, text, (*path, index))


def needed(value: Mapping[str, Any], member: str, form: Form, path: FindingPath) -> Iterator[Finding]:
    if value.get(member) is None:
        yield wrong("order_missing", (*path, member))
    else:
        yield from form(value[member], (*path, member))


def labels(value: Any, path: FindingPath) -> Iterator[Finding]:
    """Names, or objects with `choice` and perhaps `subchoices`; at least one."""
    if not isinstance(value, list) or not value:
        yield wrong("order_not_labels", path)
        return
    for index, one in enumerate(value):
        if isinstance(one, Mapping):
            yield from _label(one, (*path, index))
        elif not isinstance(one, str) or not one.strip():
            yield wrong("order_not_label", (*path, index))


def _label(one: Mapping[str, Any], path: FindingPath) -> Iterator[Finding]:
    yield from needed(one, "choice", text, path)
    if one.get("subchoices"):
        yield from labels(one["subchoices"], (*path, "subchoices"))


def named_labels(value: Any, path: FindingPath) -> Iterator[Finding]:
    """Objects with `name`, as named entities have them; plain names and `choice` are taken too."""
    if not isinstance(value, list) or not value:
        yield wrong("order_not_labels", path)
        return
    for index, one in enumerate(value):
        if isinstance(one, Mapping):
            yield from needed(one, "choice" if "choice" in one else "name", text, (*path, index))
        elif not isinstance(one, str) or not one.strip():
            yield wrong("order_not_label", (*path, index))


def geometries(value: Any, path: FindingPath) -> Iterator[Finding]:
    """By name of the shape, each with labels."""
    if not isinstance(value, Mapping) or not value:
        yield wrong("order_not_geometries", path)
        return
    for name, one in value.items():
        if name not in GEOMETRIES:
            yield wrong("order_geometry_unknown", (*path, name))
        elif not isinstance(one, Mapping):
            yield wrong("order_not_object", (*path, name))
        else:
            yield from needed(one, "objects_to_annotate", labels, (*path, name))
            yield from sizes(one, (*path, name))


GEOMETRIES = ("box", "polygon", "line", "point", "cuboid", "ellipse")
SIZES = ("min_height", "min_width", "min_vertices", "max_vertices")


def sizes(value: Mapping[str, Any], path: FindingPath) -> Iterator[Finding]:
    for member in SIZES:
        if value.get(member) is not None:
            yield from number(value[member], (*path, member))


def attributes(value: Any, path: FindingPath) -> Iterator[Finding]:
    """By name, each an object; choices where it has some."""
    if not isinstance(value, Mapping):
        yield wrong("order_not_object", path)
        return
    for name, one in value.items():
        if not isinstance(one, Mapping):
            yield wrong("order_not_object", (*path, name))
        elif one.get("choices"):
            yield from labels(one["choices"], (*path, name, "choices"))


def taxonomies(value: Any, path: FindingPath) -> Iterator[Finding]:
    if not isinstance(value, Mapping) or not value:
        yield wrong("order_not_questions", path)
        return
    yield from attributes(value, path)


def form_fields(value: Any, path: FindingPath) -> Iterator[Finding]:
    """Text collection's: a list of objects with `field_id` and `type`."""
    if not isinstance(value, list) or not value:
        yield wrong("order_not_fields", path)
        return
    for index, one in enumerate(value):
        if not isinstance(one, Mapping):
            yield wrong("order_not_object", (*path, index))
            continue
        for member in ("field_id", "type"):
            yield from needed(one, member, text, (*path, index))


def named_fields(value: Any, path: FindingPath) -> Iterator[Finding]:
    """By name what each field asks for; a list of names or of objects is taken too."""
    if not isinstance(value, Mapping | list) or not value:
        yield wrong("order_not_questions", path)


def features(value: Any, path: FindingPath) -> Iterator[Finding]:
    """What is looked for in a document: objects with `type` and `label`."""
    if not isinstance(value, list) or not value:
        yield wrong("order_not_features", path)
        return
    for index, one in enumerate(value):
        if not isinstance(one, Mapping):
            yield wrong("order_not_object", (*path, index))
            continue
        for member in ("type", "label"):
            yield from needed(one, member, text, (*path, index))
