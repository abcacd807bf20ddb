"""What has to be true when all is over: nothing lost, nothing doubled."""

import email
import email.policy
import json
from collections import Counter
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Count, Q

from core import jsonio
from events import sealing
from events.mailing import message_id
from events.models import Event, Job, JobState, Notice, Outbox, OutboxState
from labeling.models import Assignment, Review, Submission
from payments.models import LedgerLine, TransferKind
from projects.models import Enrollment, Pause, Task
from tests.proof.kills.diary import Diary
from tests.proof.kills.story import ROWS, TASKS, Cast

DECIDED = [TransferKind.ACCEPTED, TransferKind.SILENT, TransferKind.REJECTED]


def check_receipts(diary: Diary) -> None:
    """Each receipt has its submission or verdict with the same checksum."""
    for verb, stored in (("submit", Submission.objects.all()), ("review", Review.objects.all())):
        rows = {row.public_id: (row.assignment.public_id, row.checksum) for row in stored.select_related("assignment")}
        for heard in diary.receipts(verb):
            assert heard.receipt is not None
            assert rows.get(heard.receipt["id"]) == (heard.assignment, heard.receipt["checksum"]), heard


def check_attempts(diary: Diary) -> None:
    """What is stored was sent, by this person, with this content."""
    submits = {attempt.body["key"]: attempt for attempt in diary.attempts if attempt.verb == "submit"}
    for submission in Submission.objects.filter(fixes=None).select_related("assignment"):
        attempt = submits[submission.key]
        sent = (attempt.assignment, jsonio.checksum(attempt.body["response"]))
        assert (submission.assignment.public_id, submission.checksum) == sent
    reviews = {attempt.body["key"]: attempt.assignment for attempt in diary.attempts if attempt.verb == "review"}
    stored = Review.objects.values_list("key", "assignment__public_id")
    assert [row for row in stored if reviews.get(row[0]) != row[1]] == []


def check_ledger() -> None:
    """Whatever was counted when it came was earned once, and decided at most once."""
    lines = Assignment.objects.filter(rate_micros__gt=0).annotate(
        earned=Count("ledger_lines", filter=Q(ledger_lines__kind=TransferKind.EARNED)),
        decided=Count("ledger_lines", filter=Q(ledger_lines__kind__in=DECIDED)),
    )
    counts = Counter(lines.values_list("counted", "earned", "decided"))
    assert set(counts) <= {(False, 0, 0), (True, 2, 0), (True, 2, 2), (False, 2, 2)}, counts
    assert not LedgerLine.objects.filter(assignment=None).exists()


def check_notices(cast: Cast) -> None:
    """Everybody who may work there was told once of each stop and of each end, and nobody else."""
    people = set(Enrollment.objects.filter(project=cast.pictures).values_list("worker__user", flat=True))
    for group in Pause.objects.values_list("group", flat=True).distinct():
        for key in (f"pause:{group}", f"resume:{group}"):
            told = Counter(Notice.objects.filter(dedupe_key=key).values_list("user", flat=True))
            assert told == Counter(people), key


def check_outbox(folder: Path, *, most_doubled: int) -> int:
    """Each row was sent and lies in the mailbox; returns how many mails lie there twice.

    A sender that dies between the mail server's yes and its own note sends again, with the same Message-ID.
    """
    assert set(Outbox.objects.values_list("state", flat=True)) <= {OutboxState.SENT}
    keys = set(Outbox.objects.values_list("dedupe_key", flat=True))
    mailed = Notice.objects.exclude(dedupe_key__startswith="job:").values_list("dedupe_key", "user")
    assert keys == {f"{key}:{user}" for key, user in mailed}
    found = Counter(id_of(path) for path in folder.glob("*.log"))
    expected = {message_id(outbox).split("@")[0] for outbox in Outbox.objects.all()}
    assert set(found) - {""} == expected
    doubled = sum(found.values()) - len(found)
    assert doubled <= most_doubled
    return doubled


def id_of(path: Path) -> str:
    """The part of the Message-ID that does not depend on the address of the site; empty for a mail cut off."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return str(message["Message-ID"] or "").strip().split("@")[0]


def check_jobs(cast: Cast) -> None:
    """Import and export ended well, with everything once."""
    assert {job.kind: job.state for job in Job.objects.filter(pk__in=[job.pk for job in cast.jobs])} == {
        "import": JobState.DONE,
        "export": JobState.DONE,
    }
    letters = Task.objects.filter(project=cast.texts).values_list("content__params__attachment", flat=True)
    assert Counter(letters) == Counter(f"letter {number}" for number in range(ROWS))
    export = Job.objects.get(kind="export")
    with default_storage.open(export.result_key) as file:
        exported = [json.loads(line)["task_id"] for line in file.read().splitlines()]
    assert len(set(exported)) == len(exported) == TASKS


def check_events() -> None:
    """All are sealed, and each chain is whole."""
    sealing.seal()
    assert not Event.objects.filter(seq=None).exists()
    assert [broken for chain in sealing.organizations() if (broken := sealing.verify(chain))] == []
