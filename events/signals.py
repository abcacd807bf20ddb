"""What became of things, sent inside the transaction that records it; receivers stand above and only insert."""

from django.dispatch import Signal

# outbox, at: it was given up after its last try
given_up = Signal()
# job: its last write says how it ended
job_ended = Signal()
