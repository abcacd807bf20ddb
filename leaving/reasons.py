"""What an import could not take over, or not as it was: a closed list of codes, put into words when read."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from files import reasons as of_files
from projects import reasons as of_projects

REASONS: dict[str, Promise] = {
    # Tasks that were not taken.
    "not_a_task": _("This is no task of Label Studio's JSON export: it has no “data”. JSON-MIN and CSV do not do."),
    "id_missing": _("The task has no id, so that a second import would not know it."),
    "data_missing": _("The task's data has no “%(key)s”, or it is no text."),
    "media_missing": _("“%(name)s” is in no folder that was given."),
    "media_twice": _("There are several files called “%(name)s” in the folder that was given."),
    "media_embedded": _("The picture stands in the task itself, as a data: address; save it as a file."),
    "metadata_too_large": _("Its data and what could not be taken over are larger than 64 kB together."),
    "other_type": _("Its kind of work is %(type)s, and the project's is another."),
    "status_unknown": _("Its status “%(status)s” is none that this site knows."),
    "params_too_large": _("Its params are larger than 1 MB."),
    "attachment_elsewhere": _("Its file cannot be fetched from here: “%(name)s”. Give it an address on the web."),
    # Parts of tasks that were.
    "tag_unsupported": _("%(tag)s “%(name)s” cannot be shown here yet; the result is kept in the metadata."),
    "control_unknown": _("The label configuration has no “%(name)s”; the result is kept in the metadata."),
    "relation": _("A relation between regions cannot be shown here yet; it is kept in the metadata."),
    "unreadable": _("A result does not say what its kind needs; it is kept in the metadata."),
    "size_missing": _("A region does not say how large its picture is; it is kept in the metadata."),
    "picture_turned": _("A region was drawn on a turned picture; it is kept in the metadata."),
    "box_turned": _("A turned box came as the upright box around it; what it was is kept in the metadata."),
    "id_twice": _("Two regions have the same id; the second is kept in the metadata."),
    "region_missing": _("A value belongs to a region that is not there; it is kept in the metadata."),
    "more_labels": _("A region has several labels; it came with the first, “%(label)s”. The rest is in the metadata."),
    "refused": _("“%(part)s” is not what the project asks for (%(why)s); it is kept in the metadata."),
    "no_answer": _("Nothing of an annotation could be taken over as an answer."),
    "prediction_is_an_id": _(
        "The export has only the id of a prediction. Make a snapshot with full predictions in it to take it over."
    ),
    "prediction_not_taken": _("A prediction could not be taken over as a pre-label; it is kept in the metadata."),
    "kept_too_large": _("What could not be taken over is larger than 64 kB: it is only in the export."),
    "draft_left": _("A draft of an annotation was not taken over."),
    "answer_unlike": _("The answer is not what the kind of work takes here (%(why)s); it came as it was."),
    "response_missing": _("It is completed there, but without a response: it is open here."),
    "attachment_lost": _("It came with its answer, but its file cannot be fetched from here: “%(name)s”."),
    "unique_id_taken": _("Its unique_id belongs to another task here already; it came without one."),
    # Projects and batches.
    "project_unknown": _("There is no project of this name."),
    "project_refused": _("The project was not taken: %(why)s"),
    "version_refused": _("Version %(number)s of the project was left out: %(why)s"),
    "batch_refused": _("The batch was not taken, its tasks came without it: %(why)s"),
}
# After these the task is not here; after all others it is.
NOT_TAKEN = frozenset({
    "not_a_task", "id_missing", "data_missing", "media_missing", "media_twice", "media_embedded", "metadata_too_large",
    "other_type", "status_unknown", "params_too_large", "attachment_elsewhere", "project_refused",
})  # fmt: skip


def sentence(code: str, params: dict[str, Any]) -> str:
    """In the reader's language; codes of files and of JSON have their own lists, and may bring a sentence along."""
    if code in REASONS:
        return of_files.put_into_words(REASONS[code], params)
    return str(params.get("sentence") or of_projects.import_reason(code, params))
