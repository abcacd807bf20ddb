"""Every hostile file by page and by ZIP: a reason for each bad one, the good ones kept, no error of the server."""

from html import escape
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from files.models import File
from projects.models import Batch, Import, Project, Task
from tests.hostile import corpus, expected, steps

pytestmark = pytest.mark.django_db
LISTS = (".csv", ".jsonl", ".zip")


def batch_of(project: Project) -> Batch:
    return Batch.objects.get(project=project, name=None)


def outcome(client: Client, project: Project, name: str, content: bytes) -> str:
    """By pieces, then read by the worker: `ready`, or the code of the reason that the page shows."""
    said = steps.by_pieces(client, project.organization, batch_of(project), name, content)
    if "refused" in said:
        return str(said["refused"])
    steps.read_all()
    return steps.shown_reason(client, Task.objects.get(public_id=said["task"]["id"]))


def test_every_single_file_by_itself_is_ready_or_has_a_reason(member, pictures):
    singles = {name: content for name, content in corpus.files().items() if not name.endswith(LISTS)}

    found = {name: outcome(member, pictures, name, content) for name, content in singles.items()}

    assert found == {name: expected.SINGLES[name] for name in singles}


def test_every_file_in_one_form_is_taken_or_has_a_reason(member, pictures):
    given = corpus.files() | {"good.png": corpus.good_picture()}
    uploads = [SimpleUploadedFile(name, content) for name, content in given.items()]

    answer = member.post(steps.address("project_data", pictures), {"files": uploads})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert [said.name for said in answer.context["answers"]] == list(given)
    assert all(escape(said.reason) in page for said in answer.context["answers"])
    taken = {said.name for said in answer.context["answers"] if not said.reason}
    assert taken == {"good.png", *(name for name in given if is_taken_by_form(name))}


def is_taken_by_form(name: str) -> bool:
    if name in expected.SINGLES:
        return expected.SINGLES[name] in expected.FOUND_BY_DECODING
    return name.endswith(LISTS) and name not in expected.LISTS_REFUSED_AT_ONCE


def test_every_list_of_texts_keeps_the_good_rows(member, texts):
    lists = {name: content for name, content in corpus.files().items() if name.endswith((".csv", ".jsonl"))}

    assert {name: listed(member, texts, name, content) for name, content in lists.items()} == {
        name: expected.LISTS[name] for name in lists
    }


def listed(client: Client, project: Project, name: str, content: bytes) -> tuple[int, list[str]] | str:
    """Tasks made and codes of the refused rows; or the code with which the whole list is refused."""
    said = steps.by_pieces(client, project.organization, batch_of(project), name, content)
    if "refused" in said:
        return str(said["refused"])
    if said["import"]["needs_column"]:
        choose_first(client, project, said["import"]["id"])
    (found,) = steps.run_imports(project)
    return found.made, [code for _number, _name, code in steps.refusals(client, found)]


def choose_first(client: Client, project: Project, public_id: str) -> None:
    waiting = Import.objects.get(public_id=public_id)
    answer = client.post(steps.address("import", project, public_id), {"column": waiting.columns[0]})
    assert answer.status_code == 302


def test_all_files_in_one_archive_keep_the_good_ones(member, pictures):
    given = corpus.files()
    goods = {f"good {number}.png": corpus.good_picture(color) for number, color in enumerate(["red", "blue", "lime"])}
    names = list(given)
    entries = {"good 0.png": goods["good 0.png"], **{name: given[name] for name in names[: len(names) // 2]}}
    entries |= {"good 1.png": goods["good 1.png"], **given, "good 2.png": goods["good 2.png"]}

    said = steps.by_pieces(member, pictures.organization, batch_of(pictures), "all.zip", corpus.zipped(entries))
    (found,) = steps.run_imports(pictures)
    steps.read_all()

    assert said["import"]["id"] == found.public_id
    refused = {name: code for _number, name, code in steps.refusals(member, found)}
    assert found.made + found.refused == len(entries)
    assert refused == {name: expected.ENTRIES[name] for name in given if name in expected.ENTRIES}
    assert not refused.keys() & goods.keys()
    ready = File.objects.filter(name__in=goods, state="ready").count()
    assert ready == Task.objects.filter(project=pictures, attachments__file__name__in=goods).count() == len(goods)
    broken = Task.objects.filter(project=pictures, status="error")
    tasks = member.get(steps.address("project_tasks", pictures), {"status": "error"}).content.decode()
    assert "attachment_broken" not in tasks
    assert tasks.count("The picture is damaged or cut off.") == broken.filter(attachments__error_code="broken").count()
    assert {steps.shown_reason(member, task) for task in broken} <= set(expected.SINGLES.values()) - {"ready"}


def test_every_archive_with_a_good_picture_behind_it(member, pictures):
    archives = {name: content for name, content in corpus.files().items() if name.endswith(".zip")}

    found = {name: listed(member, pictures, name, with_good(content)) for name, content in archives.items()}

    assert {
        name: told if isinstance(told, str) else (told[0], sorted(set(told[1]))) for name, told in found.items()
    } == {name: expected.ARCHIVES[name] for name in archives}


def with_good(archive: bytes) -> bytes:
    """The archive with one good picture as its last entry; as it is where nothing can be added."""
    target = BytesIO(archive)
    try:
        with ZipFile(target, "a") as opened:
            opened.writestr("good.png", corpus.good_picture())
    except BadZipFile:
        return archive
    return target.getvalue() if archive.startswith(b"PK") else archive
