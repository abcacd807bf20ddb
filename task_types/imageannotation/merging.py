"""One answer out of several: objects that at least half of them have."""

import statistics
import uuid
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from core.geometry import Box
from task_types.imageannotation.comparing import compare
from task_types.imageannotation.likeness import Object, box_of, matched, shape_likeness
from task_types.kind import Json
from task_types.voting import majority, medoid, merge_values

SAME_OBJECT = 0.5
"""Shapes that are more alike than this may be the same object."""


def merge(responses: Sequence[Json]) -> tuple[dict[str, Any], float]:
    """Objects are clustered answer by answer, one of each per cluster; label and attributes are voted on.

    Boxes and points get the median of their coordinates; of polygons and lines the one most like the others is taken.
    The confidence is the mean agreement of the given answers with the merged one.
    """
    if not responses:
        raise ValueError("nothing to merge")
    if all(response == responses[0] for response in responses):
        return deepcopy(dict(responses[0])), 1.0
    clusters = _clusters([response.get("annotations", []) for response in responses])
    merged = {
        **deepcopy(dict(responses[0])),
        "annotations": _with_own_uuids(
            [merge_objects(found) for found in clusters if 2 * len(found) >= len(responses)]
        ),
        "global_attributes": merge_values([response.get("global_attributes") or {} for response in responses]),
    }
    return merged, statistics.fmean(compare(merged, response) for response in responses)


def _clusters(answers: Sequence[Sequence[Object]]) -> list[list[Object]]:
    """Each object in one cluster, at most one per answer; a cluster is known by the object that began it."""
    clusters: list[list[Object]] = []
    for answer in answers:
        found = matched([cluster[0] for cluster in clusters], answer, same_label=False, least=SAME_OBJECT)
        cluster_of = {index: cluster for cluster, index in found}
        for index, item in enumerate(answer):
            if index in cluster_of:
                clusters[cluster_of[index]].append(item)
            else:
                clusters.append([item])
    return clusters


def _with_own_uuids(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two answers may have used one uuid for different objects: the later one gets another, always the same."""
    seen: set[str] = set()
    for number, item in enumerate(objects):
        if item["uuid"] in seen:
            item["uuid"] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{item['uuid']}/{number}"))
        seen.add(item["uuid"])
    return objects


def merge_objects(cluster: Sequence[Object]) -> dict[str, Any]:
    """The uuid is the first one's."""
    first = cluster[0]
    merged: dict[str, Any] = deepcopy(dict(first))
    match first["type"]:
        case "box":
            merged |= _median_box([box_of(item) for item in cluster])
        case "point":
            merged |= _medians(cluster, ("x", "y"))
        case _:
            merged["vertices"] = deepcopy(medoid(cluster, shape_likeness)["vertices"])
    merged["label"] = majority([item["label"] for item in cluster])
    same = [item.get("attributes", {}) for item in cluster if item["label"] == merged["label"]]
    return {**merged, "attributes": merge_values(same)}


def _median_box(boxes: Sequence[Box]) -> dict[str, float]:
    """By the medians of the edges: those of widths could reach beyond all boxes."""
    left, top = (statistics.median(box[member] for box in boxes) for member in (0, 1))
    right, bottom = (statistics.median(box[member] + box[member + 2] for box in boxes) for member in (0, 1))
    return {"left": left, "top": top, "width": round(right - left, 6), "height": round(bottom - top, 6)}


def _medians(cluster: Sequence[Object], members: Sequence[str]) -> dict[str, float]:
    return {member: statistics.median(item[member] for item in cluster) for member in members}
