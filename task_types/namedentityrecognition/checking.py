"""Whether params can be worked on, and whether an answer can be handed in."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import ValidationError

from task_types.attributes import Attribute, check_attributes, check_object
from task_types.finding import MOST_FINDINGS, Finding, FindingPath, findings_of
from task_types.kind import Json, MediaSizes
from task_types.labels import first_twice
from task_types.namedentityrecognition.params import Params
from task_types.namedentityrecognition.response import Entity, Relationship, Response
from task_types.values import check_asked

NOT_SHOWN = {"relationships": "relations_unsupported", "attributes": "attributes_unsupported"}
"""Scale does not say what stands in these: an order with another form than ours waits, it is not refused."""


def check_params(params: Json) -> list[Finding]:
    try:
        read = Params.model_validate(params)
    except ValidationError as error:
        found = findings_of(error, params)
        return [unsupported for finding in found for unsupported in _not_shown(finding)] or found
    names = [label.name for label in read.named_labels()]
    if not names:
        return [Finding("labels_missing", {}, ("labels",))]
    if (twice := first_twice(names)) is not None:
        return [Finding("name_twice", {"name": twice}, ("labels",))]
    found = list(_check_relations(read, set(names)))
    for name, attribute in [*read.of_task().items(), *read.of_objects()]:
        found += check_asked(attribute.asked(name), ("annotation_attributes", name))
    return found


def _not_shown(finding: Finding) -> Iterator[Finding]:
    for member, code in NOT_SHOWN.items():
        if member in finding.path:
            yield Finding(code, {}, finding.path)


def _check_relations(params: Params, labels: set[str]) -> Iterator[Finding]:
    for index, relation in enumerate(params.relationships):
        for member in ("source_label", "target_label"):
            label = getattr(relation, member)
            if label is not None and label not in labels:
                yield Finding("relation_label_unknown", {"label": label[:100]}, ("relationships", index, member))


def check(response: Any, params: Json, taxonomy: Json, media_sizes: MediaSizes) -> list[Finding]:
    """At most MOST_FINDINGS; the form is checked first, what it says only when the form is right."""
    try:
        answer = Response.model_validate(response)
    except ValidationError as error:
        return findings_of(error, response)
    return list(islice(_Checker(Params.model_validate(params)).findings(answer), MOST_FINDINGS))


class _Checker:
    """The params, prepared once for all entities of one answer."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.due: dict[str, dict[str, Attribute]] = {
            label.name: params.due(label.name) for label in params.named_labels()
        }

    def findings(self, answer: Response) -> Iterator[Finding]:
        ids: set[str] = set()
        spans: set[tuple[int, int, str]] = set()
        for index, entity in enumerate(answer.annotations):
            path: FindingPath = ("annotations", index)
            if entity.id in ids:
                yield Finding("id_twice", {"number": index + 1}, (*path, "id"))
            span = (entity.start, entity.end, entity.label)
            if span in spans:
                yield Finding("entity_twice", {"number": index + 1}, path)
            ids.add(entity.id)
            spans.add(span)
            yield from self._entity(entity, index + 1, path)
        yield from self._relations(answer)
        yield from check_attributes(answer.global_attributes, self.params.of_task(), ("global_attributes",))

    def _entity(self, entity: Entity, number: int, path: FindingPath) -> Iterator[Finding]:
        text = self.params.text
        if not entity.start < entity.end <= len(text):
            yield Finding("offsets_outside", {"number": number, "max": len(text)}, path)
        elif text[entity.start : entity.end] != entity.text:
            yield Finding("text_differs", {"number": number}, (*path, "text"))
        if entity.label in self.due:
            yield from check_object(entity.attributes, self.due[entity.label], path, number=number)
        else:
            yield Finding("label_unknown", {"number": number, "label": entity.label[:100]}, (*path, "label"))

    def _relations(self, answer: Response) -> Iterator[Finding]:
        labels = {entity.id: entity.label for entity in answer.annotations}
        ids: set[str] = set()
        seen: set[tuple[str, str, str]] = set()
        for index, relation in enumerate(answer.relationships):
            code = self._fault(relation, labels)
            if relation.id in ids or (relation.source_ref, relation.target_ref, relation.name) in seen:
                code = code or "relation_twice"
            ids.add(relation.id)
            seen.add((relation.source_ref, relation.target_ref, relation.name))
            if code:
                yield Finding(code, {"number": index + 1}, ("relationships", index))

    def _fault(self, relation: Relationship, labels: dict[str, str]) -> str | None:
        source, target = labels.get(relation.source_ref), labels.get(relation.target_ref)
        if source is None or target is None:
            return "relation_end_missing"
        if relation.source_ref == relation.target_ref:
            return "relation_to_itself"
        asked = [one for one in self.params.relationships if one.name == relation.name]
        return None if any(one.joins(source, target) for one in asked) else "relation_unasked"
