"""Why a callback did not arrive, and why an address is not taken: codes in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "refused": _("The server answered, but not with a status from 200 to 299."),
    "not_reached": _("The server could not be reached."),
    "host_unknown": _("The server's name could not be found."),
    "fetch_too_slow": _("The server did not answer within 15 seconds."),
    "cut_off": _("The server broke the connection off."),
    "bad_answer": _("The server's answer could not be understood."),
    "bad_certificate": _("The server's certificate is not valid for this address."),
    "address_private": _("The address leads into a private network, where nothing is sent."),
    "address_unreadable": _("This is neither a web address nor an e-mail address."),
    "address_too_long": _("The address is too long."),
    "address_scheme": _("Give an address that begins with https:// or http://, or an e-mail address."),
    "address_credentials": _("The address contains a user name or password. Use the key or the signature instead."),
    "address_port": _("Nothing is sent to the port of this address."),
    "mail_refused": _("The mail server did not take the mail."),
}


def reason_of(code: str) -> str:
    """In words; the code itself where there are none."""
    return str(REASONS.get(code, code))
