"""Names that customers give, and codenames that contractors see."""

import re
import secrets
import unicodedata

from django.utils.translation import gettext as _

from core import limits
from core.errors import BusinessError
from projects.models import Project

# The public API has paths that end so; a name like this could not be addressed.
RESERVED_ENDINGS = (
    "/finalize", "/status", "/setMetadata", "/setParams", "/taskTemplates", "/groups", "/pause", "/resume", "/exports",
)  # fmt: skip
# Clients take them out of an address before they ask.
UNREACHABLE = {".", ".."}
# Of batches the API has paths with these in the place of a name.
PATHS = {"set_priorities", "reset_priorities"}
# Neutral in tone, short, and none of them is a brand, a person, a place of note or a kind of data.
FIRST_WORDS = [
    "Amber", "Brisk", "Calm", "Clear", "Copper", "Crisp", "Deep", "Early", "Even", "Fair", "Fine", "Gentle", "Golden",
    "Grand", "Green", "Hazel", "Hollow", "Ivory", "Keen", "Late", "Level", "Light", "Lone", "Long", "Mellow", "Mild",
    "Misty", "Narrow", "Northern", "Open", "Pale", "Plain", "Quiet", "Rapid", "Round", "Russet", "Sandy", "Sharp",
    "Silver", "Slate", "Slow", "Soft", "Southern", "Steady", "Still", "Stone", "Swift", "Tall", "Tidal", "Upper",
    "Velvet", "Warm", "Western", "Wide", "Winter", "Wooden",
]  # fmt: skip
SECOND_WORDS = [
    "Acorn", "Alder", "Anchor", "Basin", "Bay", "Beacon", "Birch", "Brook", "Canyon", "Cedar", "Cliff", "Cove", "Creek",
    "Delta", "Dune", "Elm", "Fen", "Ferry", "Field", "Finch", "Fjord", "Garden", "Glade", "Grove", "Harbour", "Heath",
    "Heron", "Hill", "Island", "Juniper", "Lagoon", "Lake", "Larch", "Lark", "Ledge", "Linden", "Maple", "Marsh",
    "Meadow", "Meridian", "Mesa", "Mill", "Moor", "Orchard", "Osprey", "Pebble", "Pine", "Plateau", "Pond", "Prairie",
    "Quarry", "Reef", "Ridge", "River", "Rowan", "Shore", "Spring", "Spruce", "Summit", "Thicket", "Valley", "Willow",
]  # fmt: skip
TRIES_WITHOUT_NUMBER = 20
MOST_TRIES = 100
LETTERS = re.compile(r"\w{3,}")


def checked_name(name: str) -> str:
    """The name as it is stored. Raises BusinessError `bad_name` (400) that says what is wrong with it."""
    name = name.strip()
    if not 1 <= len(name) <= limits.NAME_CHARACTERS:
        raise bad_name(_("A name has 1 to %(limit)s characters.") % {"limit": limits.NAME_CHARACTERS})
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        raise bad_name(_("A name has no control characters."))
    if name in UNREACHABLE:
        raise bad_name(_("A name says more than “%(name)s”.") % {"name": name})
    if name in PATHS:
        raise bad_name(_("“%(name)s” is a word of the API, and no name.") % {"name": name})
    if name.endswith(RESERVED_ENDINGS):
        raise bad_name(_("A name does not end in %(endings)s.") % {"endings": ", ".join(RESERVED_ENDINGS)})
    return name


def bad_name(sentence: str) -> BusinessError:
    return BusinessError(sentence, code="bad_name", status=400)


def new_codename(*secret_names: str) -> str:
    """Two neutral words, new on this site, sharing no word of three letters or more with the names to be hidden.

    Raises BusinessError `no_codename` when every word gives away.
    """
    hidden = {part.casefold() for name in secret_names for part in LETTERS.findall(name)}
    firsts = [word for word in FIRST_WORDS if not gives_away(word, hidden)]
    seconds = [word for word in SECOND_WORDS if not gives_away(word, hidden)]
    for attempt in range(MOST_TRIES if firsts and seconds else 0):
        words = f"{secrets.choice(firsts)} {secrets.choice(seconds)}"
        # 3,472 pairs: a full site goes on with a number behind them.
        codename = words if attempt < TRIES_WITHOUT_NUMBER else f"{words} {secrets.randbelow(9000) + 1000}"
        if not Project.objects.filter(codename=codename).exists():
            return codename
    raise BusinessError(_("No free codename was found. Try again."), code="no_codename")


def gives_away(word: str, hidden: set[str]) -> bool:
    folded = word.casefold()
    return any(part in folded or folded in part for part in hidden)
