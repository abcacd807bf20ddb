"""What happened to files, sent inside the transaction; receivers stand above this app and only insert."""

from django.dispatch import Signal

# sender File; file, at: it has been read, its renditions exist
file_ready = Signal()
# sender File; file, at: it cannot be read; file.error_code says why (files/reasons.py)
file_broken = Signal()
# sender Fetch; fetch, at: its file has been stored (it may not have been read yet)
fetched = Signal()
# sender Fetch; fetch, at: it cannot be fetched; fetch.error_code says why (files/reasons.py)
fetch_failed = Signal()
