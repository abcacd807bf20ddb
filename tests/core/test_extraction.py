from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from core.extraction import extract_templates

ROOT = Path(__file__).parents[2]
TEMPLATE = """{% load i18n %}
<h1>{% translate "It’s you" %}</h1>
{% translate "Name" as label %}
{% blocktranslate count count=n trimmed %}
  {{ count }} thing
{% plural %}
  {{ count }} things
{% endblocktranslate %}
<p title="{% translate 'Short' %}">bare</p>
"""


def test_templates_are_read_with_their_lines():
    found = extract_templates(BytesIO(TEMPLATE.encode()), DEFAULT_KEYWORDS, [], {})

    assert [(line, message) for line, _function, message, _comments in found] == [
        (2, "It’s you"),
        (3, "Name"),
        (4, ("%(count)s thing", "%(count)s things")),
        (9, "Short"),
    ]


@pytest.mark.parametrize(
    ("config", "folder", "keywords", "sentence"),
    [
        ("babel.cfg", "core", DEFAULT_KEYWORDS, "This did not work and it is our fault"),
        ("babel-scripts.cfg", "frontend", {"t": None, "tn": (1, 2)}, "Submit"),
    ],
)
def test_the_configurations_find_our_sentences(config, folder, keywords, sentence):
    with (ROOT / config).open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, config)
    # Paths are matched below the folder that is given, as `pybabel extract` does.
    found = extract_from_dir(ROOT / folder, [(path, method) for path, method in methods], options, keywords)

    assert sentence in {message for _path, _line, message, _comments, _context in found}
