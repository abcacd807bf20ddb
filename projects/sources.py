"""Addresses of a task's files: found in Scale's params, and what each of them names."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q

from core.errors import BusinessError
from files import fetch_orders
from files.addresses import FetchError
from files.models import Fetch, FetchState, File
from files.reasons import reason
from projects.models import Asset, Batch, Project

DEFAULT_ROLE = "attachment"
CONTEXT_ROLE = "context_attachment"
OWN_SCHEME = "scaledata"
# What stands in `content` or `attachment` itself, or is shown where it is: never fetched.
NOT_FETCHED = frozenset({"text", "website"})


@dataclass(frozen=True)
class Source:
    """The address of a file of a task, as the customer wrote it."""

    address: str
    role: str = DEFAULT_ROLE


def sources_of(type_name: str, params: Mapping[str, Any]) -> list[Source]:
    """The addresses in the params of a task (the project's with the task's own over them), in order.

    Whether they can be fetched is not said. Where the content is a text nothing is an address; whatever has another
    shape than Scale's is left alone.
    """
    found: list[Source] = []
    if params.get("attachment_type", "") not in NOT_FETCHED:
        found += [Source(text) for text in texts([params.get("attachment")])]
        found += [Source(text) for text in texts(contents(params.get("attachments"), type_name))]
    context = params.get("context_attachments")
    if isinstance(context, list):
        given = [one.get("attachment") if isinstance(one, Mapping) else one for one in context]
        found += [Source(text, CONTEXT_ROLE) for text in texts(given)]
    return found


def texts(values: Iterable[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]


def contents(attachments: Any, type_name: str) -> Iterator[Any]:
    """Of a list of strings, or of {type, content}; textcollection's are texts unless they say what they are."""
    for one in attachments if isinstance(attachments, list) else []:
        if isinstance(one, Mapping):
            if one.get("type", "text") not in NOT_FETCHED:
                yield one.get("content")
        elif type_name != "textcollection":
            yield one


def check(source: Source, slug_of: Callable[[], str]) -> None:
    """Raises BusinessError (400) for what is not written as an address; whether anything is there is not asked.

    `slug_of` says whose it is, which decides over buckets.
    """
    try:
        if scheme_of(source.address) != OWN_SCHEME:
            fetch_orders.check(source.address, slug_of)
    except FetchError as error:
        raise refused(error.code, **error.params) from None


def check_for(place: Batch | Project, source: Source) -> None:
    """The same, and for an address of ours whether the file is there, which costs a query or two."""
    check(source, lambda: place.organization.slug)
    if scheme_of(source.address) == OWN_SCHEME:
        ours(place, {source.address}, hold=False)


def scheme_of(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def refused(code: str, **params: Any) -> BusinessError:
    return BusinessError(reason(code, params), code=code, status=400, params=params)


@dataclass(frozen=True)
class Sought:
    """What addresses name: `files` of ours by key, and `fetches` that bring the others."""

    files: dict[str, int]
    fetches: dict[str, Fetch]


def seek(batch: Batch, sources: Sequence[Source], *, at: datetime) -> Sought:
    """Inside the caller's transaction. Raises BusinessError (400) for no address, and for no file of ours."""
    for source in sources:
        check(source, lambda: batch.organization.slug)
    named = {source.address for source in sources}
    own = {address for address in named if scheme_of(address) == OWN_SCHEME}
    files, fetches = ours(batch, own, hold=True) if own else ({}, {})
    if others := named - own:
        fetches |= fetch_orders.order(batch.organization_id, mode=batch.mode, named=others, at=at)
    return Sought(files, fetches)


def ours(place: Batch | Project, named: set[str], *, hold: bool) -> tuple[dict[str, int], dict[str, Fetch]]:
    """By scaledata:// address, of the batch's organization and world alone: keys of files, and those on their way.

    Raises BusinessError (400) for one that is not there, and for one that could not be fetched.
    """
    prefix = f"{OWN_SCHEME}://{place.organization.public_id}/"
    ids = {address.removeprefix(prefix): address for address in named if address.startswith(prefix)}
    if len(ids) < len(named):
        raise refused("file_unknown")
    mine = {"organization": place.organization_id, "mode": place.mode, "public_id__in": ids}
    files = dict(File.objects.filter(**mine).values_list("public_id", "pk"))
    fetches: dict[str, Fetch] = {}
    if len(files) < len(ids):
        files |= Asset.objects.filter(**mine, fetch=None).values_list("public_id", "file_id")
        fetches = on_their_way(mine, hold=hold)
    if ids.keys() - files.keys() - fetches.keys():
        raise refused("file_unknown")
    for public_id, fetch in list(fetches.items()):
        if fetch.state == FetchState.FAILED:
            raise refused(fetch.error_code, **fetch.error_params)
        if fetch.file_id is not None:
            files[public_id] = fetch.file_id
            del fetches[public_id]
    return {ids[one]: key for one, key in files.items()}, {ids[one]: fetch for one, fetch in fetches.items()}


def on_their_way(mine: Mapping[str, Any], *, hold: bool) -> dict[str, Fetch]:
    """By their own public id, or that of an asset that waits for them.

    An order holds them like those that are fetched for it: whoever ends one meanwhile finds its attachments, or has
    ended before.
    """
    of_assets = dict(Asset.objects.filter(**mine, file=None).values_list("public_id", "fetch_id"))
    imported = Fetch.objects.filter(Q(pk__in=of_assets.values()) | Q(**mine)).order_by("pk")
    found = {fetch.pk: fetch for fetch in (imported.select_for_update(no_key=True) if hold else imported)}
    named = mine["public_id__in"]
    by_themselves = {str(fetch.public_id): fetch for fetch in found.values() if fetch.public_id in named}
    return by_themselves | {public_id: found[key] for public_id, key in of_assets.items() if key in found}
