"""What happened to work, sent inside the transaction. Receivers stand above this app and only insert."""

from django.dispatch import Signal

# assignment, at: a submission or a verdict was stored and fills its place
work_handed_in = Signal()
# assignment (of the attempt), at, review: the last review passed it
work_accepted = Signal()
# assignment (of the attempt), at, review
work_rejected = Signal()
# assignment, at: a pause took it from its worker before they could hand it in
work_taken = Signal()
# task, resolution, at
task_resolved = Signal()
# batch, at: its last task has ended
batch_completed = Signal()
