"""Takes a multipart body apart: what is in it goes to the disk as it comes, and no more of it than is allowed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from core import jsonio, limits
from core.errors import BusinessError
from files.storing import too_large

# Headers and fields beside the file.
OVERHEAD = limits.MB
FIELD = "file"


class Capped(TemporaryFileUploadHandler):
    """A temporary file on the disk for each part; beyond the limit nothing is kept, and the rest is read away."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.received, self.is_full = 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > limits.FILE_BY_API:
            self.is_full = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


@contextmanager
def parts_of(request: HttpRequest) -> "Iterator[tuple[UploadedFile[Any], dict[str, str]]]":
    """(the file, the fields beside it by name); what came is gone from the disk afterwards.

    Raises BusinessError (400, 413 `too_large`).
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > limits.FILE_BY_API + OVERHEAD:
        raise too_large(limits.FILE_BY_API)
    handler = Capped(request)
    request.upload_handlers = [handler]
    try:
        yield read(request, handler)
    finally:
        request.close()
        # A part that was broken off is none of the request's files.
        if hasattr(handler, "file"):
            handler.file.close()


def read(request: HttpRequest, handler: Capped) -> "tuple[UploadedFile[Any], dict[str, str]]":
    try:
        files, fields = request.FILES, request.POST
    except MultiPartParserError:
        raise unreadable() from None
    if handler.is_full:
        raise too_large(limits.FILE_BY_API)
    file = files.get(FIELD)
    if not isinstance(file, UploadedFile):
        raise BusinessError(_('Parameter is invalid, reason: "file" is required'), code="no_file", status=400)
    found: dict[str, Any] = {name: fields[name] for name in fields}
    jsonio.check_texts(found)
    return file, found


def unreadable() -> BusinessError:
    sentence = _("This is no form with a file: send multipart/form-data with the part “file”.")
    return BusinessError(sentence, code="bad_form", status=400)
