"""What happened to orders, sent inside the transaction; receivers stand above this app."""

from django.dispatch import Signal

# tasks (list of Task), at: every attachment is ready, work may be offered
tasks_ready = Signal()
# tasks (list of (key, priority)), batch, at: written just now and ready from the start; their rows say so already
tasks_begun = Signal()
# keys (of tasks), at: written just now in the test world, where they are done at once
test_tasks_ordered = Signal()
# project, version, by, at: a new version is in force
version_published = Signal()
# task, at: it ended with an error; its row says so already
task_errored = Signal()
