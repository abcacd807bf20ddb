"""One task of a Label Studio export as a task of ours: its data, its answers, and everything else as metadata."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import jsonio, limits
from leaving.label_studio.answers import Answer, Left, answer
from leaving.label_studio.configuration import Plan
from leaving.reporting import Remark
from projects.contents import refused

Json = dict[str, Any]
OF_ANNOTATION = ("id", "completed_by", "created_at", "updated_at", "lead_time", "ground_truth", "was_cancelled")


@dataclass(frozen=True)
class Read:
    """`addresses`: what is looked at and is no text, in order. `answers`: the last one counts."""

    id: str
    project: str
    params: Json
    metadata: Json
    addresses: tuple[str, ...]
    answers: tuple[Json, ...]
    remarks: tuple[Remark, ...]


@dataclass
class Taken:
    """What was made of the annotations and predictions of one task."""

    answers: list[Json] = field(default_factory=list)
    hypothesis: Json | None = None
    kept: list[Json] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def read(value: Any, plan: Plan, params: Json) -> Read:
    """`params`: the project's. Raises NotTakenError for what makes no task; its code is one of leaving.reasons."""
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise refused("not_a_task")
    if not isinstance(value.get("id"), int | str) or value["id"] == "":
        raise refused("id_missing")
    number, data = str(value["id"])[:64], value["data"]
    texts, addresses = contents(plan, data)
    taken = Taken()
    take_annotations(taken, plan, value, params)
    take_predictions(taken, plan, value, params)
    if value.get("drafts"):
        taken.remarks.append(Remark(number, "draft_left"))
    metadata = metadata_of(plan, value, taken)
    remarks = tuple(Remark(number, one.code, one.params) for one in dict.fromkeys(taken.remarks))
    own = content_params(plan, texts, len(addresses)) | ({"hypothesis": taken.hypothesis} if taken.hypothesis else {})
    return Read(number, str(value.get("project", ""))[:64], own, metadata, addresses, tuple(taken.answers), remarks)


def contents(plan: Plan, data: Json) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts, and the addresses of the pictures."""
    for one in plan.shown:
        if not isinstance(data.get(one.key), str) or not data[one.key].strip():
            raise refused("data_missing", key=one.key)
    texts = tuple(data[one.key] for one in plan.shown if one.kind == "text")
    if sum(len(text.encode()) for text in texts) > limits.PARAMS:
        raise refused("text_too_long")
    return texts, tuple(data[one.key] for one in plan.shown if one.kind == "image")


def content_params(plan: Plan, texts: Sequence[str], pictures: int) -> Json:
    if plan.type == "textcollection":
        parts = [{"type": "text", "content": text} for text in texts]
        return {"attachments": parts + [{"type": "image", "content": ""}] * pictures}
    return {"attachment": texts[0], "attachment_type": "text"} if texts else {}


def take_annotations(taken: Taken, plan: Plan, value: Json, params: Json) -> None:
    """Skipped ones are no answers. Of several the newest counts, of those with ground truth where one has it."""
    annotations = listed(value.get("annotations", value.get("completions")))
    counted = [one for one in annotations if not one.get("was_cancelled") and not one.get("skipped")]
    for one in sorted(counted, key=rank):
        found = answer(plan, one.get("result"), params)
        if found.response is None:
            taken.remarks.append(Remark("", "no_answer"))
        else:
            taken.answers.append(found.response)
        keep(taken, found, of=one.get("id"), kind="annotation")


def rank(annotation: Json) -> tuple[bool, str, str]:
    return (
        bool(annotation.get("ground_truth")),
        str(annotation.get("updated_at") or annotation.get("created_at")),
        str(annotation.get("id", "")),
    )


def take_predictions(taken: Taken, plan: Plan, value: Json, params: Json) -> None:
    """The newest one becomes the task's hypothesis; exports without a snapshot have only their ids."""
    given = value.get("predictions")
    predictions = listed(given)
    if isinstance(given, list) and len(predictions) < len(given):
        taken.remarks.append(Remark("", "prediction_is_an_id"))
    for one in sorted(predictions, key=rank):
        found = answer(plan, one.get("result"), params)
        if found.response is None:
            taken.remarks.append(Remark("", "prediction_not_taken"))
        else:
            taken.hypothesis = found.response
        keep(taken, found, of=one.get("id"), kind="prediction")


def listed(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def keep(taken: Taken, found: Answer, *, of: Any, kind: str) -> None:
    taken.kept += once([{kind: of, **one.result} for one in found.left])
    taken.remarks += [said(one) for one in found.left]


def said(one: Left) -> Remark:
    return Remark("", one.code, tuple(sorted(one.params.items())))


def once(rows: list[Json]) -> Iterator[Json]:
    """A result that was left for two reasons is kept once."""
    seen: set[bytes] = set()
    for row in rows:
        key = jsonio.canonical(row)
        if key not in seen:
            seen.add(key)
            yield row


def metadata_of(plan: Plan, value: Json, taken: Taken) -> Json:
    """The rest of the data at the top, everything of Label Studio's under its own name.

    What could not be taken over is left out, and said, where there is no room for it.
    """
    shown = {one.key for one in plan.shown}
    rest = {key: given for key, given in value["data"].items() if key not in shown}
    about: Json = {"task": value["id"], "project": value.get("project"), "created_at": value.get("created_at")}
    about["data"] = {one.key: value["data"][one.key] for one in plan.shown if one.kind == "image"}
    if value.get("meta"):
        about["meta"] = value["meta"]
    if annotations := listed(value.get("annotations", value.get("completions"))):
        about["annotations"] = [{name: one.get(name) for name in OF_ANNOTATION if name in one} for one in annotations]
    about = {key: given for key, given in about.items() if given not in (None, {})}
    metadata = {**rest, "label_studio": about}
    if taken.kept:
        whole = {**rest, "label_studio": {**about, "kept": taken.kept}}
        if size(whole) <= limits.METADATA:
            return whole
        taken.remarks.append(Remark("", "kept_too_large"))
    if size(metadata) > limits.METADATA:
        raise refused("metadata_too_large")
    return metadata


def size(metadata: Json) -> int:
    return len(jsonio.canonical(metadata))
