from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from files import ingesting
from files.decoding import DecoderFailedError
from files.ingesting import CLAIM, claim, ingest, sweep
from files.models import File, FileState, Rendition
from files.signals import file_broken, file_ready
from tests.files.conftest import NOON, content_of, picture, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    heard = []

    def ready(sender, file, at, **_):
        heard.append(("ready", file, at))

    def broken(sender, file, at, **_):
        heard.append(("broken", file, at))

    file_ready.connect(ready)
    file_broken.connect(broken)
    yield heard
    file_ready.disconnect(ready)
    file_broken.disconnect(broken)


def test_ingest_makes_a_picture_ready(organization, told):
    file = stored(picture((500, 300)), organization)

    assert ingest(file.pk, at=NOON) == FileState.READY

    file.refresh_from_db()
    assert (file.type, file.width, file.height, file.frames, file.error_code) == ("image/png", 500, 300, 1, "")
    made = [(one.kind, one.type, one.width, one.height) for one in file.renditions.order_by("kind")]
    assert made == [("full", "image/jpeg", 500, 300), ("thumb", "image/jpeg", 320, 192)]
    for rendition in file.renditions.all():
        assert default_storage.size(rendition.key) == rendition.bytes
    assert told == [("ready", file, NOON)]


def test_ingest_keeps_a_text_without_its_mark(organization, told):
    file = stored("\ufeffgrün".encode(), organization, name="a.txt")

    assert ingest(file.pk, at=NOON) == FileState.READY

    rendition = file.renditions.get()
    assert (rendition.kind, rendition.type, rendition.width) == ("full", "text/plain", None)
    assert content_of(rendition.key) == "grün".encode()


def test_ingest_says_why_a_file_is_broken(organization, told):
    file = stored(picture()[:-30], organization)

    assert ingest(file.pk, at=NOON) == FileState.BROKEN

    file.refresh_from_db()
    assert (file.error_code, file.claimed_until, Rendition.objects.count()) == ("broken", None, 0)
    assert told == [("broken", file, NOON)]


def test_ingest_twice_tells_once(organization, told):
    file = stored(picture(), organization)

    assert [ingest(file.pk, at=NOON), ingest(file.pk, at=NOON)] == [FileState.READY, None]
    assert len(told) == 1


def test_ingest_of_a_deleted_file_does_nothing(db):
    assert ingest(0, at=NOON) is None


def test_claim_gives_the_file_to_one(organization):
    file = stored(picture(), organization)

    assert [bool(claim(file.pk, at=NOON)), bool(claim(file.pk, at=NOON))] == [True, False]
    assert claim(file.pk, at=NOON + CLAIM * 2) is not None


def test_a_late_reader_changes_nothing(organization, told):
    file = stored(picture(), organization)
    late = claim(file.pk, at=NOON)
    assert late
    assert ingest(file.pk, at=NOON + CLAIM * 2) == FileState.READY

    assert ingesting.break_file(late, "broken", {}, at=NOON) is None
    assert [kind for kind, _, _ in told] == ["ready"]


def test_a_fault_of_ours_is_tried_three_times(organization, told, monkeypatch):
    def fail(*_):
        raise DecoderFailedError("no memory for a process")

    monkeypatch.setattr(ingesting, "decode", fail)
    file = stored(picture(), organization)
    at, states = NOON, []
    for _ in range(4):
        states.append(ingest(file.pk, at=at))
        at += timedelta(hours=3)

    file.refresh_from_db()
    assert states == [FileState.UPLOADED] * 3 + [FileState.BROKEN]
    assert (file.error_code, len(told)) == ("not_read", 1)


def test_a_missing_original_is_not_tried_for_ever(organization):
    file = stored(picture(), organization)
    default_storage.delete(file.key)
    at = NOON
    for _ in range(3):
        with pytest.raises(FileNotFoundError):
            ingest(file.pk, at=at)
        at += timedelta(hours=3)

    assert ingest(file.pk, at=at) == FileState.BROKEN


def test_sweep_wakes_what_no_wake_up_reached(organization, monkeypatch):
    woken = []

    def publish(name, args):
        woken.append(args)
        return True

    monkeypatch.setattr(ingesting, "publish", publish)
    lost, claimed, ready = (stored(picture((n, n)), organization) for n in (5, 6, 7))
    File.objects.filter(pk=claimed.pk).update(claimed_until=NOON + timedelta(minutes=5))
    File.objects.filter(pk=ready.pk).update(state=FileState.READY)

    assert sweep(at=NOON + timedelta(seconds=20)) == 0
    assert sweep(at=NOON + timedelta(seconds=40)) == 1
    assert woken == [(lost.pk,)]
