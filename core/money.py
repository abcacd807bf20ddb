"""Money as integers of 10⁻⁶ units of a currency (micros). Rounding happens only where money leaves the ledger."""

MICROS = 1_000_000
# ISO 4217: currencies whose smallest unit is not 1/100.
EXPONENTS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "UGX": 0,
    "RWF": 0,
    "KWD": 3,
    "BHD": 3,
    "OMR": 3,
    "JOD": 3,
    "TND": 3,
}
CURRENCIES = ["USD", "EUR", "GBP", "KES", "INR", "PHP", "NGN", "BRL", "CHF", "CAD", "AUD", *EXPONENTS]


def exponent(currency: str) -> int:
    """Digits after the point of the currency's smallest unit."""
    return EXPONENTS.get(currency, 2)


def rounded(amount_micros: int, currency: str) -> tuple[int, int]:
    """(what is paid, what stays in the ledger), both in micros; half-even to the currency's smallest unit."""
    unit = MICROS // 10 ** exponent(currency)
    whole, rest = divmod(amount_micros, unit)
    if 2 * rest > unit or (2 * rest == unit and whole % 2):
        whole += 1
    return whole * unit, amount_micros - whole * unit


def shares_up(amount_micros: int, parts: int) -> int:
    """One of `parts` equal shares, rounded up, so that the shares together never fall short."""
    return -(-amount_micros // parts)


def decimal_text(amount_micros: int) -> str:
    """All six digits with a point, for programs and for spreadsheets of any language."""
    units, micros = divmod(abs(amount_micros), MICROS)
    return f"{'-' if amount_micros < 0 else ''}{units}.{micros:06d}"
