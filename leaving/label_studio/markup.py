"""Reading a label configuration: XML from outside, without document types, entities or anything from elsewhere."""

from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

from core import limits
from core.errors import BusinessError

MOST_BYTES = limits.MB
MOST_TAGS = 20_000


@dataclass
class Tag:
    """One element with its attributes and the elements inside it; text between them says nothing here."""

    name: str
    attributes: dict[str, str]
    inside: list["Tag"] = field(default_factory=list)

    def all(self) -> list["Tag"]:
        """Itself and everything inside it, in order."""
        return [self, *(deeper for child in self.inside for deeper in child.all())]

    def get(self, name: str) -> str:
        """The attribute; empty where there is none."""
        return self.attributes.get(name, "").strip()

    def says(self, name: str) -> bool:
        return self.get(name).lower() == "true"


def read(raw: bytes) -> Tag:
    """The outermost element. Raises BusinessError `bad_configuration`, which says what is wrong and in which line."""
    if len(raw) > MOST_BYTES:
        refuse(_("it is larger than %(limit)s MB") % {"limit": MOST_BYTES // limits.MB})
    builder = Builder()
    try:
        builder.parser.Parse(raw, True)
    except expat.ExpatError as error:
        refuse(_("line %(line)s is not XML (%(what)s)") % {"line": error.lineno, "what": expat.ErrorString(error.code)})
    assert builder.root is not None  # XML without an element is an error
    return builder.root


def refuse(what: str) -> NoReturn:
    sentence = _("The label configuration cannot be read: %(what)s.") % {"what": what}
    raise BusinessError(sentence, code="bad_configuration", status=400)


class Builder:
    """Tags as they come. A document type is the only door for entities and for files from elsewhere: it is refused."""

    def __init__(self) -> None:
        self.root: Tag | None = None
        self.open: list[Tag] = []
        self.count = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.document_type
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def document_type(self, *_what: Any) -> NoReturn:
        refuse(_("it has a document type (DTD), which no label configuration needs"))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= limits.JSON_DEPTH or self.count > MOST_TAGS:
            refuse(_("it has too many elements, or too many inside one another"))
        tag = Tag(name, attributes)
        if self.open:
            self.open[-1].inside.append(tag)
        else:
            self.root = tag
        self.open.append(tag)

    def end(self, _name: str) -> None:
        self.open.pop()
