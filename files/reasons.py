"""Why a file, an address, an archive's entry or a row was not taken: a closed list of codes, and their words."""

from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

FILE_REASONS: dict[str, Promise] = {
    "empty": _("The file is empty."),
    "too_large": _("The file is too large."),
    "unknown_type": _("This kind of file is not supported. Pictures (JPEG, PNG, GIF, WebP, TIFF, AVIF, BMP) are."),
    "svg_refused": _("SVG drawings can contain programs and are not taken. Export the drawing as PNG."),
    "heic_refused": _("HEIC pictures cannot be read. Export the picture as JPEG."),
    "markup_refused": _("Web pages and XML are not taken. Give plain text or a picture."),
    "not_utf8": _("The text is not in UTF-8."),
    "text_too_long": _("The text is too long."),
    "zero_size": _("The picture has no width or no height."),
    "too_many_pixels": _("The picture has too many pixels (%(pixels)s; at most %(limit)s)."),
    "animated_too_large": _("The animation has too many frames for its size."),
    "broken": _("The picture is damaged or cut off."),
    "too_slow": _("Reading the picture took too long."),
    "too_much_memory": _("Reading the picture took too much memory."),
    "not_read": _("The file could not be read because of a fault of this site. Upload it again."),
}
# What may end otherwise another day: a busy machine, a fault of ours. The rest is in the bytes and stays.
WORTH_ANOTHER_LOOK = frozenset({"too_slow", "too_much_memory", "not_read"})

FETCH_REASONS: dict[str, Promise] = {
    "address_unreadable": _("This is not a web address."),
    "address_too_long": _("The address is longer than %(limit)s characters."),
    "address_scheme": _(
        "Only addresses that begin with https:// or http:// are fetched, and files at s3:// or gs:// in buckets that "
        "those who run this site have opened for your organization. Ask them to, or give a pre-signed https address."
    ),
    "address_key": _(
        "Behind the bucket's name there has to be a file's name of 1024 bytes at most, without “.” or “..” between "
        "slashes."
    ),
    "address_credentials": _("The address contains a user name or password. Give a signed address instead."),
    "address_port": _("Nothing is fetched from port %(port)s."),
    "address_private": _("The address leads into a private network, where nothing is fetched."),
    "file_unknown": _("There is no such file among your files here."),
    "host_unknown": _("The server's name could not be found."),
    "not_reached": _("The server could not be reached."),
    "bad_certificate": _("The server's certificate is not valid for this address."),
    "fetch_too_slow": _("The server took too long."),
    "fetch_too_large": _("The file at this address is larger than %(limit)s MB."),
    "fetch_failed": _("The file could not be fetched because of a fault of this site. Order it again."),
    "bucket_denied": _(
        "The bucket did not give this file (status %(status)s): it has none of this name, or this site's key may not "
        "read it there."
    ),
    "bucket_setup": _("The way to this bucket is not set up rightly here. Tell those who run this site."),
    "http_status": _("The server did not give the file: it answered with status %(status)s."),
    "too_many_redirects": _("The address was redirected more than %(limit)s times."),
    "bad_answer": _("The server's answer could not be understood."),
    "encoded_answer": _("The server sends this file compressed. Have it send the file as it is."),
    "cut_off": _("The connection broke off before the whole file had come."),
}

ARCHIVE_REASONS: dict[str, Promise] = {
    "archive_broken": _("The archive is damaged or cut off."),
    "archive_empty": _("The archive has nothing in it."),
    "archive_too_many": _("The archive has more than %(limit)s entries."),
    "archive_too_large": _("Unpacked, the archive is too large."),
    "archive_ratio": _("The archive unpacks to suspiciously much; it is not taken."),
    "archive_path": _("The entry's name leads out of the archive."),
    "archive_name": _("The entry's name cannot be used."),
    "archive_link": _("The entry is a link or a device, not a file."),
    "archive_encrypted": _("The entry is encrypted."),
    "archive_method": _("The entry is compressed in a way that is not supported."),
    "archive_nested": _("The entry is an archive itself."),
    "archive_duplicate": _("The archive has several entries of this name."),
    "archive_lying": _("The entry is not what the archive's directory says."),
    "archive_entry_broken": _("The entry is damaged."),
}

ROW_REASONS: dict[str, Promise] = {
    "row_encoding": _("The line is not in UTF-8."),
    "row_too_long": _("The row is longer than %(limit)s bytes."),
    "row_columns": _("The row has %(found)s columns; the first row has %(expected)s."),
    "row_csv": _("The row is not well-formed CSV: a quotation mark is open or stands in the wrong place."),
    "row_nul": _("The row contains the character NUL."),
    "row_not_an_object": _("The row is not a JSON object ({…})."),
    "row_none": _("There are no rows."),
    "header_duplicate": _("Two columns are named “%(name)s”."),
    "header_empty": _("Column %(number)s has no name."),
    "header_too_many": _("There are more than %(limit)s columns."),
    "too_large": _("The row is too large."),
    "not_utf8": _("The row is not in UTF-8."),
    "not_json": _("The row is not JSON."),
    "too_deep": _("The row is nested too deeply."),
    "not_a_number": _("The row contains NaN, Infinity or a number that is too large."),
    "too_big": _("The row contains a whole number beyond 2⁵³."),
    "duplicate_key": _("The row has a key twice."),
    "nul": _("The row contains the character NUL."),
    "surrogate": _("The row contains half of a character (a lone surrogate)."),
}


def reason(code: str, params: dict[str, Any] | None = None) -> str:
    """The sentence in the reader's language. Codes of rows are asked for by `row_reason`."""
    return put_into_words(
        {**FILE_REASONS, **FETCH_REASONS, **ARCHIVE_REASONS}.get(code, FILE_REASONS["not_read"]), params
    )


def row_reason(line: int, code: str, params: dict[str, Any] | None = None) -> str:
    """The sentence with the number of the line before it."""
    sentence = put_into_words(ROW_REASONS.get(code, ROW_REASONS["not_json"]), params)
    return str(format_lazy(_("Line {line}: {sentence}"), line=line, sentence=sentence))


def put_into_words(sentence: Promise, params: dict[str, Any] | None) -> str:
    try:
        return str(sentence) % (params or {})
    except KeyError:
        return str(sentence).split("(", 1)[0].strip()
