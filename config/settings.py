"""All settings, read top to bottom; values come from the environment (docs/guides/operators.md lists them)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core import env, limits

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

# DEV is what `make dev` sets, and nothing else: reload, Vite's server, a relaxed CSP.
DEV = env.boolean("DEV")
DEBUG = DEV
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret-key")

# Where people reach this site: decides hosts, CSRF origins, links in mails, Secure cookies and HSTS.
PUBLIC_URL = env.text("PUBLIC_URL", f"http://localhost:{env.integer('PORT', 8000)}").rstrip("/")
_site = urlsplit(PUBLIC_URL)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
IS_HTTPS = _site.scheme == "https"
IS_LOCAL = _site.hostname in LOOPBACK
if not IS_HTTPS and not IS_LOCAL and not env.boolean("INSECURE_HTTP"):
    raise ImproperlyConfigured(
        f"PUBLIC_URL is {PUBLIC_URL}: passwords would cross the network unprotected. "
        "Use https, or set INSECURE_HTTP=1 if you accept that."
    )
# Open pages hear of pauses from a process of its own (docs/decisions/0008-live-events.md): at LIVE_ORIGIN; or on the
# port that the local runtime names, where no proxy stands before it; else where the proxy sends /live/.
LIVE_EVENTS = env.boolean("LIVE_EVENTS", default=True)
LIVE_ORIGIN = env.text("LIVE_ORIGIN", "").rstrip("/")
_port = env.integer("PORT", 8000)
_live_hosts = sorted({"localhost", "127.0.0.1"} if IS_LOCAL else {_site.hostname or ""})
_is_bare = not LIVE_ORIGIN and not IS_HTTPS and _site.port == _port
LIVE_PORT = env.integer("LIVE_PORT", 0) if _is_bare else 0
LIVE_SOURCES = [LIVE_ORIGIN] if LIVE_ORIGIN else [f"http://{host}:{LIVE_PORT}" for host in _live_hosts if LIVE_PORT]
LIVE_READERS = [PUBLIC_URL, *(f"http://{host}:{_port}" for host in _live_hosts if _is_bare)]
ALLOWED_HOSTS = [_site.hostname or "localhost", *(LOOPBACK if IS_LOCAL else ())]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_vite",
    "csp",
    "rules",
    # Before allauth: its pages are ours.
    "core",
    "accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "events",
    "files",
    "workers",
    "projects",
    "labeling",
    "payments",
    "quality",
    "delivery",
    "automation",
    "leaving",
    "api",
    "config",
]
MIDDLEWARE = [
    "config.operating.obeying.first",
    "core.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.language_and_time_zone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.person",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.second_step",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.business_errors",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
            ],
        },
    }
]

# SQLite: WAL, and IMMEDIATE because a transaction that begins as a reader cannot wait to become a writer.
DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'plumbline.sqlite3'}")
DATABASES = {"default": env.database(DATABASE_URL)}
_database = DATABASES["default"]
if "sqlite3" in _database["ENGINE"]:
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000;"
            f"PRAGMA synchronous={env.text('SQLITE_SYNCHRONOUS', 'FULL')};"
        ),
    }
else:
    _database["OPTIONS"] |= {
        "server_side_binding": True,
        "prepare_threshold": None,  # core.libpq prepares what is worth it
        # Statements here are short: to compile one for the machine takes longer than to run it.
        "options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=10000 -c jit=off",
    }
    # A pool belongs to one process with threads: the web server sets this, Celery's forking pool does not.
    if env.boolean("DATABASE_POOL"):
        _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.integer("DATABASE_POOL_SIZE", 8), "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The database cache holds the limits of sign-in, so that it lives without the broker.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "limits": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_limits_cache"},
}

REDIS_URL = env.text("REDIS_URL", f"redis+socket://{DATA_DIR / 'broker.sock'}")
CELERY = {
    "broker_url": REDIS_URL,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    # What a killed process had in hand goes to another one after this long; nobody waits for its result.
    "worker_lost_wait": 1.0,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 600,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "max_retries": 1,
    },
    "timezone": "UTC",
}

AUTH_USER_MODEL = "accounts.User"
# One-to-one rows of a person that stand in apps above: read in the same statement at each request.
READ_WITH_PERSON = ["worker"]
# E-mail addresses are unique without regard to case, by an index that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend", "rules.permissions.ObjectPermissionBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_CACHE = "limits"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Plumbline"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
FRONT_DIR = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [("front", FRONT_DIR)] if FRONT_DIR.exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "media"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
DJANGO_VITE = {
    "default": {
        "dev_mode": DEV,
        "manifest_path": FRONT_DIR / "manifest.json",
        "static_url_prefix": "front",
        "dev_server_port": env.integer("VITE_PORT", 5173),
    }
}
# Customers' files are fetched from public addresses, and from private networks that are named here; on these ports.
FETCH_PRIVATE_NETWORKS = env.networks("FETCH_PRIVATE_NETWORKS")
FETCH_PORTS = env.integers("FETCH_PORTS", "80,443,8080,8443")
# Certificates of one's own authority (PEM) instead of the public ones.
FETCH_CA_FILE = env.text("FETCH_CA_FILE", "")
# Which organization's files are fetched from which bucket, and with what key: files/bucket_file.py reads it.
BUCKETS_FILE = env.text("BUCKETS_FILE", "")

# Browser tests look at the workbench's document through a hook on its page.
WORKBENCH_TEST_HOOK = env.boolean("WORKBENCH_TEST_HOOK")
MEDIA_ORIGIN = env.text("MEDIA_ORIGIN", "")
# nginx sends media itself: the name of its internal location that points at DATA_DIR/media.
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX", "")


def is_immutable_file(path: str, url: str) -> bool:
    """Vite puts a hash into every name below front/assets/."""
    return "/front/assets/" in url


WHITENOISE_IMMUTABLE_FILE_TEST = is_immutable_file

_vite = f"http://localhost:{env.integer('VITE_PORT', 5173)}"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, *([_vite] if DEV else [])],
        "style-src": [SELF, NONCE, *([_vite, "'unsafe-inline'"] if DEV else [])],
        "img-src": [SELF, "blob:", "data:", *([MEDIA_ORIGIN] if MEDIA_ORIGIN else [])],
        "media-src": [SELF, "blob:", *([MEDIA_ORIGIN] if MEDIA_ORIGIN else [])],
        "connect-src": [SELF, *LIVE_SOURCES, *([_vite, _vite.replace("http", "ws")] if DEV else [])],
        "worker-src": [SELF, "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

# Requests in a minute that one API key may make, where the key has no limit of its own.
API_PER_MINUTE = env.integer("API_PER_MINUTE", 30_000)

DATA_UPLOAD_MAX_MEMORY_SIZE = limits.API_BODY
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = limits.UPLOAD_CHUNK

# Mail goes to files that an admin can read on a page, until EMAIL_URL says otherwise.
EMAIL_URL = env.text("EMAIL_URL", "")
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"Plumbline <plumbline@{_site.hostname}>")
# How many mails one process hands over at the same time, each by a connection of its own.
EMAIL_CONNECTIONS = max(1, env.integer("EMAIL_CONNECTIONS", 4))
# Whom a customer who is cut off is told to write to; the sender of mails where it is empty.
CONTACT_EMAIL = env.text("CONTACT_EMAIL", "")
# Whether the kill switch of a customer is thrown, and lifted, by two people: one asks, another one confirms.
KILL_SWITCH_NEEDS_TWO = env.boolean("KILL_SWITCH_NEEDS_TWO")
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    if _mail.scheme not in {"smtp", "smtps", "smtp+tls"}:
        raise ImproperlyConfigured("EMAIL_URL has to begin with smtp://, smtp+tls:// or smtps://.")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "events.mailbox.MailFiles"

# Where `make run` looks for the pictures of a demo: drawn by seed, never downloaded.
DEMO_PASSWORDS_ALLOWED = IS_HTTPS is False and IS_LOCAL

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logging.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # Below that it writes whole addresses, and the signatures in them.
        "urllib3": {"level": "ERROR"},
    },
}
