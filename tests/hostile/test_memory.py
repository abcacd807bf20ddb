"""The worker's memory: hostile files are decoded in a child, so that reading all of them leaves nothing behind."""

import gc
import os

import pytest

from files.ingesting import ingest
from files.models import File, FileState
from tests.factories import NOON
from tests.files.conftest import stored
from tests.hostile import corpus, steps
from tests.hostile.serving import resident_mb

pytestmark = pytest.mark.django_db
MOST_MB = 50


def test_reading_the_whole_corpus_leaves_the_worker_as_it_was(organization):
    assert ingest(stored(corpus.good_picture(), organization).pk, at=NOON) == FileState.READY
    gc.collect()
    before = resident_mb(os.getpid())

    for name, content in corpus.files().items():
        if content:
            stored(content, organization, name=name)
    steps.read_all()

    gc.collect()
    assert resident_mb(os.getpid()) - before < MOST_MB
    assert not File.objects.filter(state=FileState.UPLOADED).exists()
    assert not File.objects.filter(error_code="not_read").exists()
