"""The wallet: what did I earn, and when does it come."""

import csv
from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.money import MICROS
from core.paging import keyset_page
from payments import statement
from workers.access import WorkerRequest, worker_required


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


class Echo:
    def write(self, value: str) -> str:
        return value


@require_GET
@worker_required
def statement_csv(request: WorkerRequest) -> HttpResponseBase:
    """Every line, oldest first, in UTC and with all digits."""
    response = StreamingHttpResponse(csv_lines(request), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="statement.csv"'
    return response


def csv_lines(request: WorkerRequest) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(["at", "project", "kind", "amount", "currency", "receipt"])
    for entry in statement.rows(statement.statement(request.worker).order_by("pk").iterator(chunk_size=500)):
        line = entry.line
        receipt = getattr(getattr(line.assignment, "submission", None), "public_id", "")
        amount = decimal_text(line.amount_micros)
        yield writer.writerow([line.at.isoformat(), entry.codename, line.kind, amount, line.account.currency, receipt])


def decimal_text(amount_micros: int) -> str:
    """All six digits with a point, for a spreadsheet of any language."""
    units, micros = divmod(abs(amount_micros), MICROS)
    return f"{'-' if amount_micros < 0 else ''}{units}.{micros:06d}"
