"""One answer out of several: entities and relations that at least half of them have."""

import statistics
import uuid
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from task_types.kind import Json
from task_types.namedentityrecognition.comparing import compare
from task_types.namedentityrecognition.likeness import Object, matched
from task_types.voting import majority, merge_values

SAME_OBJECT = 0.5
"""Entities of one label that are more alike than this are the same one."""

Cluster = list[tuple[int, Object]]
"""Entities that are the same one, each with the number of its answer."""


def merge(responses: Sequence[Json]) -> tuple[dict[str, Any], float]:
    """Entities are clustered within their label, one of each answer per cluster; their place is voted on as a whole.

    A relation stays when half of the answers have it between entities that stay. The confidence is the mean agreement
    of the given answers with the merged one.
    """
    if not responses:
        raise ValueError("nothing to merge")
    if all(response == responses[0] for response in responses):
        return deepcopy(dict(responses[0])), 1.0
    clusters = [found for found in _clusters(responses) if 2 * len(found) >= len(responses)]
    entities, names = _entities(clusters)
    merged = {
        **deepcopy(dict(responses[0])),
        "annotations": entities,
        "relationships": _relations(responses, names),
        "global_attributes": merge_values([response.get("global_attributes") or {} for response in responses]),
    }
    return merged, statistics.fmean(compare(merged, response) for response in responses)


def _clusters(responses: Sequence[Json]) -> list[Cluster]:
    clusters: list[Cluster] = []
    for number, response in enumerate(responses):
        answer = response.get("annotations", [])
        found = matched([cluster[0][1] for cluster in clusters], answer, least=SAME_OBJECT)
        cluster_of = {index: cluster for cluster, index in found}
        for index, item in enumerate(answer):
            if index in cluster_of:
                clusters[cluster_of[index]].append((number, item))
            else:
                clusters.append([(number, item)])
    return clusters


def _entities(clusters: Sequence[Cluster]) -> tuple[list[dict[str, Any]], dict[tuple[int, str], str]]:
    """One entity per cluster, and the id that each of the given ones has now: by answer and old id."""
    by_span: dict[tuple[int, int, str], dict[str, Any]] = {}
    names: dict[tuple[int, str], str] = {}
    taken: set[str] = set()
    for cluster in clusters:
        made = _entity([item for _number, item in cluster])
        # Two clusters may have come to the same place: they are one.
        entity = by_span.setdefault((made["start"], made["end"], made["label"]), made)
        if entity is made:
            made["id"] = _own(made["id"], taken)
        names |= {(number, item["id"]): entity["id"] for number, item in cluster}
    return list(by_span.values()), names


def _own(name: str, taken: set[str]) -> str:
    """Two answers may have used one id for different things: the later one gets another, always the same."""
    own = name if name not in taken else str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}/{len(taken)}"))
    taken.add(own)
    return own


def _entity(items: Sequence[Object]) -> dict[str, Any]:
    """The id is the first one's."""
    place = majority([(item["start"], item["end"]) for item in items])
    chosen = next(item for item in items if (item["start"], item["end"]) == place)
    merged = {**deepcopy(dict(chosen)), "id": items[0]["id"]}
    if any("attributes" in item for item in items):
        merged["attributes"] = merge_values([item.get("attributes", {}) for item in items])
    return merged


def _relations(responses: Sequence[Json], names: dict[tuple[int, str], str]) -> list[dict[str, Any]]:
    first: dict[tuple[str, str, str], dict[str, Any]] = {}
    votes: Counter[tuple[str, str, str]] = Counter()
    for number, response in enumerate(responses):
        here = {}
        for one in response.get("relationships", []):
            source, target = names.get((number, one["source_ref"])), names.get((number, one["target_ref"]))
            if source and target and source != target:
                here[source, target, one.get("name", "")] = {**one, "source_ref": source, "target_ref": target}
        votes.update(here.keys())
        first = here | first
    taken: set[str] = set()
    kept = [deepcopy(one) for key, one in first.items() if 2 * votes[key] >= len(responses)]
    return [{**one, "id": _own(one["id"], taken)} for one in kept]
