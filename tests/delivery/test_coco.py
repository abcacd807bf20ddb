import contextlib
import io
import json

import pytest
from hypothesis import given, settings
from pycocotools import mask
from pycocotools.coco import COCO

from delivery.formats import coco
from tests.task_types.golden import golden, sizes_of
from tests.task_types.responses import RESPONSES

CASE = golden("imageannotation")


def picture(number: int, response: object = CASE["response"]) -> coco.Picture:
    assert isinstance(response, dict)
    return coco.Picture(
        task_id=f"task-{number}", file_name=f"street {number}.jpg", width=640, height=480, response=response
    )


def written(pictures, *, labels=("Road", "Car", "Dog", "Cat", "Lane"), piece=100) -> str:
    """The whole file, with the pictures in pieces of that many."""
    state = coco.CocoState.for_labels(labels)
    pieces = [coco.pieces(pictures[start : start + piece], state) for start in range(0, len(pictures), piece)]
    images, annotations = (b"".join(found[stream] for found in pieces) for stream in (0, 1))
    return (coco.opening("Streets") + images + coco.BETWEEN + annotations + coco.closing(state)).decode()


def load(text: str, tmp_path) -> COCO:
    path = tmp_path / "export.coco.json"
    path.write_text(text, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def test_golden_coco():
    assert json.loads(written([picture(17)])) == CASE["coco"]


def test_pycocotools_loads_it_and_makes_the_mask(tmp_path):
    loaded = load(written([picture(1), picture(2, {"annotations": []})]), tmp_path)

    assert [loaded.imgs[number]["file_name"] for number in (1, 2)] == ["street 1.jpg", "street 2.jpg"]
    assert loaded.getCatIds(catNms=["Road"]) == [5]
    (road,) = loaded.loadAnns(loaded.getAnnIds(imgIds=[1], catIds=[5]))
    assert int(mask.area(loaded.annToRLE(road))) == pytest.approx(road["area"], rel=0.01)
    assert loaded.getAnnIds(imgIds=[2]) == []


def test_no_picture_at_all_is_a_valid_file(tmp_path):
    loaded = load(written([]), tmp_path)

    assert (loaded.imgs, loaded.anns, len(loaded.cats)) == ({}, {}, 5)


def test_a_label_that_no_version_has_gets_the_next_id():
    stray = {"uuid": "x", "type": "point", "label": "Eye", "x": 1, "y": 2}

    found = json.loads(written([picture(1, {"annotations": [stray]})], labels=["Car", "Ant"]))

    assert [(category["id"], category["name"]) for category in found["categories"]] == [
        (1, "Ant"),
        (2, "Car"),
        (3, "Eye"),
    ]
    assert found["categories"][2]["keypoints"] == ["point"]
    assert found["annotations"][0]["keypoints"] == [1, 2, 2]


def test_pieces_of_any_size_give_the_same_file():
    pictures = [picture(number) for number in range(7)]

    assert written(pictures, piece=1) == written(pictures, piece=3) == written(pictures)


@settings(max_examples=40, deadline=None)
@given(RESPONSES["imageannotation"](CASE["view"], sizes_of(CASE)))
def test_every_object_keeps_its_place(response):
    found = json.loads(written([picture(1, response)]))

    assert [item["uuid"] for item in found["annotations"]] == [item["uuid"] for item in response["annotations"]]
    for item, shape in zip(found["annotations"], response["annotations"], strict=True):
        left, top, width, height = item["bbox"]
        assert left >= 0
        assert top >= 0
        assert left + width <= 640 + 0.5
        assert top + height <= 480 + 0.5
        assert item["attributes"] == shape["attributes"]
        assert (item["area"] > 0) == (shape["type"] in {"box", "polygon"})
