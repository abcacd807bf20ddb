"""The wallet: what did I earn, and when does it come."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.money import decimal_text
from core.paging import keyset_page
from core.tables import csv_response
from payments import statement
from workers.access import WorkerRequest, worker_required
from workers.models import Worker


def today() -> datetime:
    """Midnight in the active time zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


@require_GET
@worker_required
def wallet(request: WorkerRequest) -> HttpResponse:
    page = keyset_page(statement.statement(request.worker), request, key="pk")
    context = {
        "balances": statement.balances(request.worker, since=today()),
        "page": page,
        "rows": list(statement.rows(page.rows)),
    }
    return render(request, "payments/wallet.html", context)


@require_GET
@worker_required
def purse(request: WorkerRequest) -> HttpResponse:
    """The wallet's figures, for the page of another app to load."""
    return render(request, "payments/_purse.html", {"balances": statement.balances(request.worker, since=today())})


@require_GET
@worker_required
def statement_csv(request: WorkerRequest) -> HttpResponseBase:
    """Every line, oldest first, in UTC and with all digits."""
    return csv_response("statement.csv", statement_table(request.worker))


def statement_table(worker: Worker) -> Iterator[list[Any]]:
    yield ["at", "project", "kind", "amount", "currency", "receipt"]
    for entry in statement.rows(statement.statement(worker).order_by("pk").iterator(chunk_size=500)):
        line = entry.line
        receipt = getattr(getattr(line.assignment, "submission", None), "public_id", "")
        amount = Decimal(decimal_text(line.amount_micros))  # a number, which no spreadsheet takes for a formula
        yield [line.at.isoformat(), entry.codename, line.kind, amount, line.account.currency, receipt]
