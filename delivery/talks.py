"""Talks: the threads, turns, messages and annotations of an answer to a chat task, as Scale's second API shows them.

An annotation's id says where it stands: the task, the number of the answer, and its place in it, counted in reading
order. So it is found without a search, and stays what it was when the answer is given anew.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any

from core.ids import ID_CHARACTERS
from delivery.reading import DeliveredTask

Json = dict[str, Any]
# What the option `annotation_details` adds to an annotation's id, key, type and value.
DETAILS = ("title", "description", "labels", "not_applicable", "cannot_assess", "metadata", "justification",
           "possible_values")  # fmt: skip
# What is left of an attachment without the option `attachment_details`.
ATTACHMENT = ("url", "scale_url")
ROLES = {"system", "user", "assistant", "function"}
MOST_DIGITS = 6


class Talk:
    """One answer being shown. `where`: what its annotations' ids begin with."""

    def __init__(self, where: str, opts: Collection[str]) -> None:
        self.where, self.opts = where, opts
        self.places = count()

    def thread(self, thread: Json) -> Json:
        found = {
            "id": text(thread.get("id")),
            "turns": [self.turn(turn) for turn in objects(thread.get("turns"))],
            "annotations": self.annotations(thread),
        }
        if "submissions" in self.opts:
            # Who wrote it is not told: to the customer contractors have no names.
            found["submissions"] = objects(thread.get("submissions"))
        return found

    def turn(self, turn: Json) -> Json:
        return {
            "id": text(turn.get("id")),
            "messages": [self.message(message) for message in objects(turn.get("messages"))],
            "annotations": self.annotations(turn),
        }

    def message(self, message: Json) -> Json:
        content = message.get("content")
        found = {
            "role": message["role"] if message.get("role") in ROLES else "user",
            "content": self.content(content) if isinstance(content, Mapping) else {"text": text(content)},
            "source_id": text(message.get("source_id")),
            "annotations": self.annotations(message),
        }
        if "model_parameters" in self.opts and isinstance(message.get("model_parameters"), Mapping):
            found["model_parameters"] = message["model_parameters"]
        return found

    def content(self, content: Mapping[str, Any]) -> Json:
        found: Json = {"text": content["text"]} if isinstance(content.get("text"), str) else {}
        found |= {key: objects(content[key]) for key in ("reference_texts", "reasoning") if content.get(key)}
        if attachments := objects(content.get("attachments")):
            found["attachments"] = [self.attachment(one) for one in attachments]
        return found

    def attachment(self, attachment: Json) -> Json:
        if "attachment_details" in self.opts:
            return attachment
        return {key: attachment[key] for key in ATTACHMENT if key in attachment}

    def annotations(self, holder: Json) -> list[Json]:
        return [self.annotation(one) for one in objects(holder.get("annotations"))]

    def annotation(self, annotation: Json) -> Json:
        found = {key: value for key, value in annotation.items() if value is not None}
        if "annotation_details" not in self.opts:
            found = {key: value for key, value in found.items() if key not in DETAILS}
        return found | {"id": f"{self.where}-{next(self.places)}"}


def threads_of(delivered: DeliveredTask, opts: Collection[str] = ()) -> list[Json]:
    """Those of the current answer; none where there is no answer, or the kind of work has no talks."""
    if delivered.resolution is None:
        return []
    return shown(delivered.task.public_id, delivered.resolution.number, delivered.resolution.response, opts)


def shown(task_id: str, number: int, response: Json, opts: Collection[str] = ()) -> list[Json]:
    """The threads of the task's answer of that number."""
    talk = Talk(f"{task_id}-{number}", opts)
    return [talk.thread(thread) for thread in objects(response.get("threads"))]


def place_of(annotation_id: str) -> tuple[str, int, int] | None:
    """(task id, number of the answer, place in it); None for what is no annotation's id."""
    task_id, *numbers = annotation_id.split("-")
    if len(task_id) != ID_CHARACTERS or len(numbers) != 2:
        return None
    if not all(one.isascii() and one.isdigit() and len(one) <= MOST_DIGITS for one in numbers):
        return None
    return task_id, int(numbers[0]), int(numbers[1])


def annotations_in(threads: list[Json]) -> Iterator[Json]:
    """All of them, with whatever holds them."""
    for thread in threads:
        for turn in thread["turns"]:
            for message in turn["messages"]:
                yield from message["annotations"]
            yield from turn["annotations"]
        yield from thread["annotations"]


def objects(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""
