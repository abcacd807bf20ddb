from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from core import icons
from core.paging import KeysetPage
from core.states import STATES
from events.models import JobState, OutboxState
from files.models import FileState
from labeling.models import AssignmentStatus, Verdict
from projects.models import AttachmentState, BatchStatus, TaskStatus


class OrderForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the label.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")])
    way = forms.ChoiceField(label="Way", choices=[("x", "X"), ("y", "Y")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")


def render(source, **context):
    return " ".join(Template("{% load plumbline %}" + source).render(Context(context)).split())


@pytest.mark.parametrize(
    "enum", [AssignmentStatus, Verdict, BatchStatus, TaskStatus, AttachmentState, JobState, OutboxState, FileState]
)
def test_every_state_of_our_rows_has_a_glyph_and_a_word(enum):
    assert {value for value in enum.values if value not in STATES} == set()


def test_every_state_has_a_glyph_that_is_drawn():
    assert {glyph for glyph, _word in STATES.values()} <= icons.GLYPHS.keys()


def test_state_says_its_word_and_carries_its_value():
    html = render_to_string("components/state.html", {"state": "in_review", "boxed": True})

    assert 'data-state="in_review"' in html
    assert "data-boxed" in html
    assert "In review" in html
    assert 'aria-hidden="true"' in html


def test_a_state_may_have_other_words():
    html = render_to_string("components/state.html", {"state": "held", "label": "Hold, everywhere"})

    assert "Hold, everywhere" in html
    assert "On hold" not in html


def test_field_ties_label_hint_and_control():
    html = render_to_string("components/field.html", {"field": OrderForm()["name"]})

    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_hint"' in html
    assert 'id="id_name_hint"' in html
    assert "optional" not in html


def test_an_error_replaces_the_hint_and_what_was_typed_stays():
    form = OrderForm({"name": "", "note": "Keep me"})

    name = render_to_string("components/field.html", {"field": form["name"]})
    note = render_to_string("components/field.html", {"field": form["note"]})

    assert 'aria-invalid="true"' in name
    assert 'id="id_name_error"' in name
    assert "As on the label." not in name
    assert "Keep me" in note
    assert "optional" in note


@pytest.mark.parametrize(
    ("name", "part"),
    [("kind", '<span class="select">'), ("way", 'class="choices"'), ("sure", 'class="tick"'), ("note", 'class="area"')],
)
def test_each_control_has_its_form(name, part):
    assert part in render_to_string("components/field.html", {"field": OrderForm()[name]})


def test_errors_are_listed_with_links_from_two_on():
    form = OrderForm({"kind": "a", "way": "x"})

    html = render_to_string("components/errors.html", {"form": form})

    assert "2 things to fix" in html
    assert 'href="#id_name"' in html
    assert 'href="#id_sure"' in html


def test_one_error_needs_no_list():
    form = OrderForm({"kind": "a", "way": "x", "sure": "on"})

    assert render_to_string("components/errors.html", {"form": form}).strip() == ""


def test_meter_draws_shares():
    html = render_to_string(
        "components/meter.html", {"total": 52_000, "done": 38_412, "held": 1_926, "label": "38,412 of 52,000"}
    )

    assert 'class="done" width="73.9"' in " ".join(html.split())
    assert 'width="3.7"' in html
    assert 'aria-label="38,412 of 52,000"' in html


@pytest.mark.parametrize(("part", "whole", "width"), [(1, 4, "25.0"), (9, 3, "100.0"), (-1, 3, "0.0"), (1, 0, "0.0")])
def test_a_share_stays_inside_its_meter(part, whole, width):
    assert render("{{ part|share:whole }}", part=part, whole=whole) == width


def test_money_and_nothing():
    assert render("{{ micros|money:'USD' }}", micros=340_000) == "$0.34"
    assert render("{{ micros|money:'USD' }}", micros=None) == ""


def test_a_time_carries_its_exact_instant():
    at = timezone.now() - timedelta(minutes=5, seconds=5)

    html = render("{% when at %}", at=at)

    assert ">5 minutes ago</time>" in html
    assert f'datetime="{at.isoformat()}"' in html
    assert "UTC" in html
    assert render("{% when at %}", at=None) == ""


def test_a_deadline_says_when_and_what_is_left():
    html = render("{% when at 'deadline' %}.", at=timezone.now() + timedelta(minutes=22, seconds=30))

    assert "(22 minutes left)</span>." in html


def test_a_hue_is_the_same_for_one_person():
    hues = [render("{{ subject|hue }}", subject=f"worker {number}") for number in range(40)]

    assert set(hues) == {"1", "2", "3", "4", "5"}
    assert hues[0] == render("{{ subject|hue }}", subject="worker 0")


def test_the_pager_keeps_the_filter():
    request = RequestFactory().get("/people/", {"find": "ada", "after": "old"})
    page = KeysetPage(rows=[1, 2], after="next-key", before="first-key", size=50)

    html = render_to_string("components/pager.html", {"page": page, "count": 2}, request=request)

    assert 'href="?find=ada&amp;before=first-key"' in html
    assert 'href="?find=ada&amp;after=next-key"' in html
    assert "2 match" in html


def test_a_dialog_carries_the_token_of_its_form():
    request = RequestFactory().get("/")
    context = {"id": "stop", "title": "Pause Slate Harbour", "action": "/pause/", "label": "Pause", "kind": "danger"}

    html = render_to_string("components/dialog.html", context, request=request)

    assert 'name="csrfmiddlewaretoken"' in html
    assert "autofocus" in html.partition(">Cancel<")[0].rpartition("<button")[2]


def job(**fields):
    given = {
        "public_id": "abc",
        "state": "running",
        "done": 5,
        "total": 10,
        "created_at": datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        "cancel_requested_at": None,
        "by": None,
    }
    return SimpleNamespace(**(given | fields))


def test_long_work_asks_again_while_it_runs():
    running = render_to_string("components/job.html", {"job": job(), "title": "Export", "url": "/jobs/abc/"})
    done = render_to_string("components/job.html", {"job": job(state="done"), "title": "Export", "url": "/jobs/abc/"})

    assert 'hx-get="/jobs/abc/"' in running
    assert "5 of 10" in running
    assert "hx-get" not in done


def test_what_people_type_is_escaped():
    html = render_to_string("components/quote.html", {"text": "<script>alert(1)</script>"})

    assert "<script>" not in html
