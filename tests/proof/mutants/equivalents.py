"""Mutants that no test can tell from the original, by their key, each with the reason."""

EQUIVALENT: dict[str, str] = {
    "labeling/eligibility.py:elsewhere: term pk=OuterRef('pk')": (
        "Whoever asks it of an attempt also asks whether the worker has had this item itself; a review is no attempt."
    ),
    "labeling/moving.py:step: term pk__gt=after": (
        "What was moved has the version, what was passed over has an assignment: no step finds either again, it only "
        "reads less."
    ),
    "labeling/previewing.py:preview: term open=True": (
        "An item that is not open has no places left to add up (work_item_open_while_places_left); an index holds the "
        "open ones alone."
    ),
    "labeling/recalling.py:offer_returned_first: term reserved_for__isnull=False": (
        "Whatever has a time for which it is kept has somebody for whom; an index holds those alone."
    ),
    "labeling/picking.py:prepared.build: term position=seen_position()": (
        "Terms are judged on SQLite, where one writer at a time moves nothing under a statement; on PostgreSQL "
        "tests/labeling/test_filling.py has a task that moves while a claim looks at it."
    ),
    "labeling/positions.py:advance: term pk=1": "The table has one row: SQLite's stand-in for a sequence.",
    "labeling/positions.py:tail: term pk=1": "The table has one row: SQLite's stand-in for a sequence.",
    "labeling/reopening.py:send_back: term current=True": (
        "The task's other versions are not current already: the term only spares writing them again."
    ),
    "labeling/pausing.py:end_due_pauses: term ended_at=None": (
        "Lifting a pause that is over is refused and passed over: the term only spares a look at all that ever were."
    ),
    "labeling/spending.py:unused: term used_micros__lt=F('granted_micros')": (
        "A token that is used up has nothing to give back and adds nothing to a sum: the term spares it a lock and a "
        "write of what it holds already."
    ),
    "labeling/resolving.py:passed_answers: term verdict__in=[Verdict.ACCEPTED, Verdict.FIXED]": (
        "A rejected answer counts no more, and what does not count is left out after the query."
    ),
    "labeling/resolving.py:decide: term current=True": (
        "Earlier versions are not current already: the term spares a write of what they hold."
    ),
    "labeling/reviewing.py:move_to_redo: term stage=0": (
        "A review has the round of the attempt behind it: the latest round of the task is one of its first stage."
    ),
    "labeling/timing.py:next_work: term begins_at__lte=after + IDLE_LIMIT": (
        "Its caller takes the earlier of it and the idle limit: the term only spares reading what began after that."
    ),
    "labeling/returning.py:skips_between: term status=AssignmentStatus.SKIPPED": (
        "Only a skip has one of these reasons; a partial index wants the term (tests/labeling/test_constraints.py)."
    ),
}
