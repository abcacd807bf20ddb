"""The files that a task's data names: addresses on the web, or files in a folder that the caller has."""

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from files import buckets
from projects.contents import NotTakenError, refused

# Label Studio puts eight digits before the name of a file that was uploaded.
UPLOADED = re.compile(r"^[0-9a-f]{8}-")
OWN_PATHS = ("/data/upload/", "/data/local-files/")


@dataclass(frozen=True)
class Elsewhere:
    """An address that is fetched later, like any task's."""

    address: str


class Folder:
    """Files below a folder, found by path or name and never outside of it; links are not followed."""

    def __init__(self, root: Path | None) -> None:
        self.root = root
        self.by_path: dict[str, Path] = {}
        self.by_name: dict[str, list[Path]] = {}
        for parent, _folders, names in os.walk(root) if root else ():
            for name in sorted(names):
                path = Path(parent) / name
                if root and path.is_file() and not path.is_symlink():
                    self.by_path[path.relative_to(root).as_posix()] = path
                    self.by_name.setdefault(name, []).append(path)

    def find(self, wanted: str) -> Path:
        """By its whole path or the end of it, else by its name, with or without Label Studio's digits.

        Raises NotTakenError `media_missing`, `media_twice`.
        """
        parts = PurePosixPath(wanted.lstrip("/")).parts
        for start in range(len(parts)):
            if found := self.by_path.get("/".join(parts[start:])):
                return found
        name = parts[-1] if parts else ""
        for known in (name, UPLOADED.sub("", name)):
            paths = self.by_name.get(known, [])
            if len(paths) > 1:
                raise refused("media_twice", name=known[:255])
            if paths:
                return paths[0]
        raise refused("media_missing", name=name[:255])


def locate(address: str, folder: Folder, slug: str = "") -> Path | Elsewhere:
    """Where the file of a task is: the folder comes before a bucket of the organization's.

    Raises NotTakenError where it is nowhere.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        raise refused("media_missing", name=address[:255]) from None
    if parts.scheme == "data":
        raise refused("media_embedded")
    wanted = unquote(parts.path)
    if parts.path.endswith("/local-files/"):
        wanted = (parse_qs(parts.query).get("d") or [""])[0]
    if parts.scheme in {"http", "https"} and not parts.path.startswith(OWN_PATHS):
        return Elsewhere(address.strip())
    try:
        return folder.find(wanted)
    except NotTakenError:
        if buckets.is_open(address.strip(), slug):
            return Elsewhere(address.strip())
        raise
