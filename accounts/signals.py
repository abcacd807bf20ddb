"""What happened to people and organizations, sent inside the transaction; receivers stand above this app."""

from django.dispatch import Signal

# invitation, token (shown once), at
invitation_created = Signal()
# invitation, user, at
invitation_accepted = Signal()
# verb, actor (User or None), subject (model), organization (or None), data (dict), at
account_changed = Signal()
