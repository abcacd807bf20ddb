from pathlib import Path

import pytest

from core.errors import BusinessError
from leaving.label_studio import configuration, markup
from task_types import registry

EXPORTS = Path(__file__).parent / "label_studio"


def plan_of(inside: str):
    return configuration.plan(f"<View>{inside}</View>".encode())


def test_shapes_become_geometries_and_everything_else_attributes():
    plan = configuration.plan((EXPORTS / "street.xml").read_bytes())

    assert plan.type == "imageannotation"
    assert plan.params == {
        "geometries": {
            "box": {"objects_to_annotate": ["Car", {"choice": "truck", "display": "Lorry"}]},
            "polygon": {"objects_to_annotate": ["Lane"]},
            "point": {"objects_to_annotate": ["Lamp"]},
        },
        "annotation_attributes": {
            "hidden": {"type": "category", "choices": ["yes", "no"], "allow_multiple": False},
            "weather": {
                "type": "category", "choices": ["dry", "wet"], "allow_multiple": False, "global": True,
                "required": True,
            },
            "note": {"type": "text", "global": True},
            "sharp": {"type": "number", "min": 0, "max": 5, "global": True},
        },
    }  # fmt: skip
    assert plan.instruction == "Draw every car, lane and lamp."
    assert [(one.tag, one.name) for one in plan.unsupported] == [("EllipseLabels", "round"), ("BrushLabels", "mask")]


def test_one_question_of_choices_becomes_categories():
    plan = configuration.plan((EXPORTS / "mail.xml").read_bytes())

    assert (plan.type, plan.params) == (
        "categorization",
        {"categories": ["card", "transfer", "complaint"], "attachment_type": "text", "allow_multiple": True},
    )
    assert [(one.tag, one.name) for one in plan.unsupported] == [("Labels", "entity")]


def test_several_questions_become_a_form():
    plan = configuration.plan((EXPORTS / "form.xml").read_bytes())

    assert (plan.type, plan.unsupported) == ("textcollection", ())
    assert plan.params["fields"] == [
        {
            "type": "category", "field_id": "tone", "title": "tone", "required": True, "choices": ["kind", "cross"],
            "allow_multiple": False,
        },
        {"type": "text", "field_id": "summary", "title": "summary", "required": True},
        {"type": "number", "field_id": "clarity", "title": "clarity", "min": 0, "max": 5},
        {"type": "number", "field_id": "people", "title": "people", "min": 0, "max": 20},
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["street", "mail", "form"])
def test_the_params_are_what_the_kind_of_work_takes(name):
    plan = configuration.plan((EXPORTS / f"{name}.xml").read_bytes())

    assert registry.get(plan.type).check_params(plan.params) == []


def test_plain_shapes_take_the_labels_of_their_picture():
    plan = plan_of(
        '<Image name="i" value="$image"/><Labels name="what" toName="i"><Label value="A"/><Label value="B"/></Labels>'
        '<Rectangle name="r" toName="i"/><Polygon name="p" toName="i"/>'
    )

    labels = {"objects_to_annotate": ["A", "B"]}
    assert plan.params == {"geometries": {"box": labels, "polygon": labels}}


def test_two_tags_of_one_shape_share_a_geometry_and_conditions_name_labels():
    plan = plan_of(
        '<Image name="i" value="$image"/><RectangleLabels name="r" toName="i"><Label value="A"/></RectangleLabels>'
        '<RectangleLabels name="s" toName="i"><Label value="B"/><Label value="A"/></RectangleLabels>'
        '<Choices name="c" toName="i" perRegion="true" whenLabelValue="A, B"><Choice value="x"/></Choices>'
    )

    assert plan.params["geometries"] == {"box": {"objects_to_annotate": ["A", "B"]}}
    assert plan.params["annotation_attributes"]["c"]["conditions"] == {"label_condition": {"label": ["A", "B"]}}


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ('<Text name="t" value="$text"/><Labels name="l" toName="t"><Label value="A"/></Labels>', "Labels"),
        ('<Audio name="a" value="$audio"/><Choices name="c" toName="a"><Choice value="x"/></Choices>', "Choices"),
        ('<Image name="i" value="$image"/><RectangleLabels name="r" toName="i" value="$labels"/>', "RectangleLabels"),
        ("<Image/>", "toName"),
    ],
)
def test_what_we_have_no_kind_of_work_for_is_named(inside, named):
    with pytest.raises(BusinessError) as refused:
        plan_of(inside)

    assert refused.value.code == "nothing_to_ask"
    assert named in refused.value.message


BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [
  <!ENTITY lol "lol">
  <!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
  <!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">
  <!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">
  <!ENTITY lol4 "&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;">
  <!ENTITY lol5 "&lol4;&lol4;&lol4;&lol4;&lol4;&lol4;&lol4;&lol4;&lol4;&lol4;">
  <!ENTITY lol6 "&lol5;&lol5;&lol5;&lol5;&lol5;&lol5;&lol5;&lol5;&lol5;&lol5;">
  <!ENTITY lol7 "&lol6;&lol6;&lol6;&lol6;&lol6;&lol6;&lol6;&lol6;&lol6;&lol6;">
  <!ENTITY lol8 "&lol7;&lol7;&lol7;&lol7;&lol7;&lol7;&lol7;&lol7;&lol7;&lol7;">
  <!ENTITY lol9 "&lol8;&lol8;&lol8;&lol8;&lol8;&lol8;&lol8;&lol8;&lol8;&lol8;">
]>
<View><Header value="&lol9;"/></View>"""
FROM_ELSEWHERE = (
    '<!DOCTYPE View [<!ENTITY secret SYSTEM "file:///etc/passwd">]><View><Header value="x"/>&secret;</View>'
)
OTHER_DTD = '<!DOCTYPE View SYSTEM "http://127.0.0.1:9/view.dtd"><View/>'


@pytest.mark.parametrize("text", [BILLION_LAUGHS, FROM_ELSEWHERE, OTHER_DTD])
def test_document_types_and_entities_are_refused_before_they_are_read(text):
    with pytest.raises(BusinessError, match="document type") as refused:
        markup.read(text.encode())

    assert (refused.value.code, refused.value.status) == ("bad_configuration", 400)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"not XML", b"<View>", b"<View>&lol;</View>", b"<View/><View/>", b"\xff\xfe\x00",
        b"<View>" * 1000 + b"</View>" * 1000, b"<View>" + b"<A/>" * 30_000 + b"</View>", b" " * 1_000_001,
    ],
)  # fmt: skip
def test_what_is_no_configuration_gets_a_sentence(raw):
    with pytest.raises(BusinessError) as refused:
        markup.read(raw)

    assert refused.value.code == "bad_configuration"
