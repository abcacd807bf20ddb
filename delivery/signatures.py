"""How a receiver knows that a callback is ours and new. Pure."""

import hashlib
import hmac
import secrets

KEY_HEADER = "scale-callback-auth"
SIGNATURE_HEADER = "Plumbline-Signature"
DELIVERY_HEADER = "Plumbline-Delivery"


def new_key() -> str:
    return f"callback_{secrets.token_urlsafe(32)}"


def signature(key: str, body: bytes, *, at: int) -> str:
    """`at`: seconds since 1970. The signed text is that number, a dot, and the body as it is sent."""
    signed = hmac.new(key.encode(), b"%d.%b" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def headers_of(key: str, body: bytes, *, delivery_id: str, at: int) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        KEY_HEADER: key,
        SIGNATURE_HEADER: signature(key, body, at=at),
        DELIVERY_HEADER: delivery_id,
    }
