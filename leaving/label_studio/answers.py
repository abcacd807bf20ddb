"""The results of one annotation or prediction as an answer of ours; what cannot be taken over comes back by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from leaving.label_studio.configuration import Control, Plan
from leaving.label_studio.shapes import Size, UnreadableError, shape, size_of
from task_types import registry
from task_types.finding import Finding

Json = dict[str, Any]
# An annotation may be older than the rule that something has to be filled in.
FORGIVEN = frozenset({"value_required", "attribute_required"})
Part = tuple[str, str]
"""A part of an answer: (region, ""), (region, one of its attributes), ("", a value of the whole); ("", "") is all."""


@dataclass(frozen=True)
class Left:
    """A result that is not in the answer as it was; `result` is kept in the task's metadata. Codes: leaving.reasons."""

    code: str
    params: Json
    result: Json


@dataclass
class Answer:
    """`response` is None where nothing in it can be an answer of the kind of work."""

    response: Json | None
    left: list[Left] = field(default_factory=list)


def answer(plan: Plan, results: Any, params: Json) -> Answer:
    """The answer as the project's params allow it: what its linter finds is left out, and said."""
    rows = [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    reading = Reading(plan)
    for result in rows:
        reading.read(result)
    reading.end()
    response = response_of(plan, reading)
    return checked(plan, response, reading, params) if response else Answer(None, reading.left)


class Reading:
    """The results, one after the other; those of one region belong together by their id."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.regions: dict[str, Json] = {}
        self.labels: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self.of_regions: list[tuple[str, str, Any, Json]] = []
        # What stands behind each part of the answer.
        self.sources: dict[Part, list[Json]] = {}
        self.size: Size | None = None
        self.left: list[Left] = []

    def read(self, result: Json) -> None:
        name = str(result.get("from_name", ""))
        control = self.plan.controls.get(name)
        value = result.get("value")
        if result.get("type") == "relation":
            self.leave("relation", result)
        elif control is None and (tag := self.plan.tag_of(name)):
            self.leave("tag_unsupported", result, tag=tag, name=name)
        elif control is None:
            self.leave("control_unknown", result, name=name[:100])
        elif not isinstance(value, dict):
            self.leave("unreadable", result)
        elif control.is_shape:
            self.read_shape(control, value, result)
        elif control.kind == "labels":
            self.labels[str(result.get("id"))] = first(value.get("labels"))
        else:
            self.read_value(control, value, result)

    def leave(self, code: str, result: Json, **params: Any) -> None:
        self.left.append(Left(code, params, result))

    def read_shape(self, control: Control, value: Json, result: Json) -> None:
        size = size_of(result)
        if size is None or result.get("image_rotation"):
            self.leave("picture_turned" if size else "size_missing", result)
            return
        try:
            members, is_as_it_was = shape(control.kind, value, size)
        except UnreadableError:
            self.leave("unreadable", result)
            return
        if not is_as_it_was:
            self.leave("box_turned", result)
        key = str(result.get("id") or f"region-{len(self.regions) + 1}")[:64]
        if key in self.regions:
            self.leave("id_twice", result)
            return
        names = value.get(f"{control.tag.name.lower()}")
        if isinstance(names, list) and len(names) > 1:
            self.leave("more_labels", result, label=first(names))
        label = first(names)
        self.size, self.sources[key, ""] = size, [result]
        self.regions[key] = {"uuid": key, "type": control.kind, "label": label, "attributes": {}, **members}

    def read_value(self, control: Control, value: Json, result: Json) -> None:
        found = plain_value(control, value)
        if found is None:
            self.leave("unreadable", result)
        elif control.per_region:
            self.of_regions.append((str(result.get("id")), control.name, found, result))
        else:
            self.values[control.name], self.sources["", control.name] = found, [result]

    def end(self) -> None:
        """Labels and values of regions go to their regions, which may stand behind them."""
        for key, region in self.regions.items():
            region["label"] = region["label"] or self.labels.get(key, "")
        for key, name, value, result in self.of_regions:
            if key in self.regions:
                self.regions[key]["attributes"][name] = value
                self.sources[key, name] = [result]
                self.sources[key, ""].append(result)
            else:
                self.leave("region_missing", result)


def first(names: Any) -> str:
    """The first of a list of names; empty for none."""
    return str(names[0]) if isinstance(names, list) and names else ""


def plain_value(control: Control, value: Json) -> Any:
    """A name or names, a text, or a number; None for what is not there."""
    match control.tag.name:
        case "Choices":
            names = value.get("choices")
            chosen = [str(one[-1] if isinstance(one, list) and one else one) for one in names or []]
            return chosen if control.takes_several else (chosen[0] if chosen else None)
        case "TextArea":
            texts = value.get("text")
            return "\n".join(map(str, texts)) if isinstance(texts, list) else texts if isinstance(texts, str) else None
        case "Rating":
            return value.get("rating")
        case _:
            return value.get("number")


def response_of(plan: Plan, reading: Reading) -> Json | None:
    """None where there is nothing that the kind of work could take; a picture without shapes is an answer."""
    if plan.type == "imageannotation":
        is_empty = not reading.regions and not reading.values
        if is_empty and reading.left:
            return None
        return {"annotations": list(reading.regions.values()), "global_attributes": reading.values, "links": []}
    if not reading.values:
        return None
    if plan.type == "categorization":
        (value,) = reading.values.values()
        return {"category": value}
    return {"annotations": {name: long_form(plan, name, value) for name, value in reading.values.items()}}


def long_form(plan: Plan, name: str, value: Any) -> Json:
    values = value if isinstance(value, list) else [value]
    return {"type": plan.controls[name].kind, "field_id": name, "response": [values]}


def checked(plan: Plan, response: Json, reading: Reading, params: Json) -> Answer:
    """Without the parts that the linter refuses, until it finds nothing more; each is said with the first finding."""
    while found := list(findings(plan, response, reading, params)):
        refused = dict(reversed(found))
        for (region, name), finding in refused.items():
            sources = reading.sources.get((region, name)) or [
                result for rows in reading.sources.values() for result in rows
            ]
            for source in sources:
                reading.leave("refused", source, why=finding.code, part=(name or region)[:100])
        rest = without(plan, response, set(refused))
        if rest is None:
            return Answer(None, reading.left)
        response = rest
    return Answer(response, reading.left)


def findings(plan: Plan, response: Json, reading: Reading, params: Json) -> Iterator[tuple[Part, Finding]]:
    """The part that it is about, and the finding."""
    sizes = [reading.size] if reading.size else []
    for finding in registry.get(plan.type).check(response, params, {}, sizes):
        if finding.code not in FORGIVEN:
            yield part_of(plan, response, finding), finding


def part_of(plan: Plan, response: Json, finding: Finding) -> Part:
    match finding.path:
        case ("annotations", int(index), "attributes", str(name), *_more) if plan.type == "imageannotation":
            return str(response["annotations"][index]["uuid"]), name
        case ("annotations", int(index), *_more) if plan.type == "imageannotation":
            return str(response["annotations"][index]["uuid"]), ""
        case ("global_attributes" | "annotations", str(name), *_more):
            return "", name
    return "", ""


def without(plan: Plan, response: Json, parts: set[Part]) -> Json | None:
    """None where nothing is left, or it is the whole that is refused."""
    if ("", "") in parts or plan.type == "categorization":
        return None
    if plan.type == "imageannotation":
        rest = [less(one, parts) for one in response["annotations"] if (one["uuid"], "") not in parts]
        values = {name: value for name, value in response["global_attributes"].items() if ("", name) not in parts}
        return {**response, "annotations": rest, "global_attributes": values} if rest or values else None
    fields = {name: value for name, value in response["annotations"].items() if ("", name) not in parts}
    return {"annotations": fields} if fields else None


def less(one: Json, parts: set[Part]) -> Json:
    """The region without the attributes that are refused."""
    rest = {name: value for name, value in one["attributes"].items() if (one["uuid"], name) not in parts}
    return {**one, "attributes": rest}
