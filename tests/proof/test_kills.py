"""Kill -9, at random moments, whatever a site is made of, browsers too: nothing is lost and nothing is doubled."""

import os
import random
import sys
from collections import Counter

import pytest
from django.db import connection

from tests import machine
from tests.proof import invariants
from tests.proof.kills import checks
from tests.proof.kills.site import LiveSite
from tests.proof.kills.story import Story, make_cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(machine.chromium() is None, reason=machine.NO_CHROMIUM),
]
LONGEST_LOSS_S = 5.0
SENDERS = {"worker", "worker process", "connection"}


@pytest.mark.slow(reason="a whole site, browsers, and minutes of work")
@pytest.mark.parametrize(
    ("kills", "contractors", "within_s"),
    [(4, 2, (2.0, 4.0)), pytest.param(50, 3, (2.0, 9.0), marks=pytest.mark.proof)],
)
def test_kills_lose_and_double_nothing(kills, contractors, within_s, tmp_path):
    seed = int(os.environ.get("PLUMBLINE_KILLS_SEED") or random.randrange(2**32))
    sys.stdout.write(f"PLUMBLINE_KILLS_SEED={seed}\n")
    cast = make_cast(contractors)
    with LiveSite() as site:
        story = Story(site, cast, tmp_path, random.Random(seed))
        with story.everybody_at_work():
            story.kill_many(kills, within_s=within_s)
            story.work_on(submissions=contractors)
        story.settle(in_a_hurry=kills < 10)
    diary = story.diary

    doubled = checks.check_outbox(
        site.data_dir / "mail", most_doubled=sum(kind in SENDERS for _at, kind, _what in diary.kills)
    )
    sys.stdout.write(report(story, doubled) + "\n")
    checks.check_receipts(diary)
    checks.check_attempts(diary)
    checks.check_ledger()
    checks.check_notices(cast)
    checks.check_jobs(cast)
    checks.check_events()
    for check in (invariants.check_places, invariants.check_people, invariants.check_answers, invariants.check_money):
        check()
    invariants.check_tasks()
    assert [loss for loss in diary.losses if loss.seconds > LONGEST_LOSS_S] == []
    assert diary.receipts("submit"), "nobody handed anything in"
    assert diary.conflicts == []


def report(story: Story, doubled: int) -> str:
    """What was measured."""
    diary = story.diary
    worst = max((loss.seconds for loss in diary.losses), default=0.0)
    boxes = sum(loss.boxes for loss in diary.losses)
    return (
        f"{len(diary.kills)} kills on {connection.vendor}: {dict(Counter(kind for _at, kind, _what in diary.kills))}; "
        f"{sum(map(len, diary.strokes.values()))} boxes drawn, {len(diary.receipts('submit'))} submissions and "
        f"{len(diary.receipts('review'))} reviews with receipts; {len(diary.losses)} tabs opened again, the worst lost "
        f"{worst:.1f} s, {boxes} boxes in all; {doubled} mails sent twice; {len(diary.conflicts)} drafts in conflict; "
        f"faults on pages: {Counter(fault for tab in story.tabs for fault in tab.faults)}"
    )
