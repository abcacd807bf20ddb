"""Addresses that open one file of a bucket for a while: AWS Signature Version 4 in the form of a query. Pure.

Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", and for
the key "Calculating a signature" there. Google's store takes the same from its HMAC keys (Cloud Storage, "Signatures":
AWS4-HMAC-SHA256).
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "s3"
ENDING = "aws4_request"


@dataclass(frozen=True)
class SigningKey:
    """Whose signature it is; neither half is ever printed."""

    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def presigned(path: str, *, host: str, key: SigningKey, at: datetime, expires_s: int) -> str:
    """The path as it is asked for, with its query, for a GET.

    path: as people write it, from its slash on; it is encoded here, once. host: as the Host header says it.
    """
    moment = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{key.region}/{SERVICE}/{ENDING}"
    asked = quote(path, safe="/")
    # In the order of their names, as the signature has it.
    query = "&".join(
        f"{name}={quote(value, safe='')}"
        for name, value in (
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", f"{key.access_key}/{scope}"),
            ("X-Amz-Date", moment),
            ("X-Amz-Expires", str(expires_s)),
            ("X-Amz-SignedHeaders", "host"),
        )
    )
    request = "\n".join(("GET", asked, query, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"))
    to_sign = "\n".join((ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    signature = hmac.new(key_of_the_day(key, moment[:8]), to_sign.encode(), "sha256").hexdigest()
    return f"{asked}?{query}&X-Amz-Signature={signature}"


def key_of_the_day(key: SigningKey, day: str) -> bytes:
    found = f"AWS4{key.secret_key}".encode()
    for part in (day, key.region, SERVICE, ENDING):
        found = hmac.digest(found, part.encode(), "sha256")
    return found
