"""Settings: one file for a laptop and for production; the environment says which (docs/operations.md).

``ICE_EMBEDDED=1`` is set by ``make up`` and ``make test`` alone. Without it nothing has an unsafe default:
no secret key, no allowed hosts or a plain-http public address and the process does not start.
"""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

from config import env, field_api, limits, loggers, oidc, photos, sign_in

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED = env.flag("ICE_EMBEDDED")
DEBUG = False
PROCESS = env.text("ICE_PROCESS", "ice")
SHOWS_PAGES = PROCESS not in {"ice-worker", "ice-beat", "ice-watchdog"}

# --- who we are ------------------------------------------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
if not EMBEDDED and (len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure-")):
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if not EMBEDDED and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that are served, and not be *")
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")  # the address that mails link to
HTTPS = urlsplit(PUBLIC_URL).scheme == "https"
if not EMBEDDED and not HTTPS:
    raise ImproperlyConfigured("PUBLIC_URL must begin with https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
STATE_DIR = Path(env.text("STATE_DIR", str(BASE_DIR / ".state")))

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "incidents.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "tracker.apps.TrackerConfig",
    "incidents.apps.IncidentsConfig",
    "config.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.middleware.ContentPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.door.DoorMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.CompressedAnswersMiddleware",
    "config.pages.Sessions",
    "config.pages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.pages.SignedIn",
    "config.pages.PersonLanguage",
    "config.pages.Messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- the record: PostgreSQL ------------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL")
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False},
}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", "5")
DATABASES["default"]["OPTIONS"].setdefault("application_name", PROCESS)
KEEP_ASKING_S = 60.0  # for which /healthz, /readyz and /metrics keep the connection that nobody uses
# The role that owns the tables: for `manage.py provision` alone, the other processes do without.
if env.text("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = env.database("DATABASE_OWNER_URL")
# Heads of the chain over the journal are noted here, outside the database; put it on another machine's disk.
JOURNAL_ANCHORS = Path(env.text("JOURNAL_ANCHORS", str(STATE_DIR / "journal-anchors.txt")))

# --- the alarm clock and the doorbell: Celery and Redis --------------------------------------------------
CELERY_BROKER_URL = env.broker("REDIS_URL")
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "watch"
# The doorbell has a queue of its own: a burst of rings never keeps the clock waiting.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("watch", "bell")]
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
}

# --- how much one caller may ask ---------------------------------------------------------------------------
CACHES = {"default": env.cache("REDIS_URL")}
THROTTLES = limits.from_environment()
KEEP_ANSWERS_DAYS = env.integer("KEEP_ANSWERS_DAYS", 7, low=7, high=365)
ENROLMENT_CODE_MINUTES = env.integer("ENROLMENT_CODE_MINUTES", 15, low=1, high=60)
# Proxies between callers and us that write down whom they heard: X-Forwarded-For counts for as many as that.
TRUSTED_PROXIES = env.integer("BEHIND_PROXY", 0, low=0, high=5)
if not EMBEDDED and not env.text("BEHIND_PROXY", ""):
    raise ImproperlyConfigured("BEHIND_PROXY must say how many proxies are in front, 0 where there is none")

# --- mail, gateways, who watches the watcher -------------------------------------------------------------
EMAIL = env.mail("EMAIL_URL")
EMAIL_HOST: str = EMAIL["EMAIL_HOST"]
EMAIL_PORT: int = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER: str = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD: str = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_SSL: bool = EMAIL["EMAIL_USE_SSL"]
EMAIL_USE_TLS: bool = EMAIL["EMAIL_USE_TLS"]
# A second mail server, which is asked where the first refuses or is down.
EMAIL_FALLBACK = env.mail("EMAIL_FALLBACK_URL") if env.text("EMAIL_FALLBACK_URL", "") else None
EMAIL_TIMEOUT = 10  # a read; one mail in all is bounded by MAIL_DEADLINE_S
MAIL_DEADLINE_S = 20
HOOK_DEADLINE_S = 5  # one message to a gateway, all of it together
MAIL_DOMAIN = urlsplit(PUBLIC_URL).hostname or "localhost"  # right side of every Message-ID
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"ice-watch@{MAIL_DOMAIN}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
HEARTBEAT_URL = env.http("HEARTBEAT_URL")  # asked while all is clean; its silence alarms elsewhere
METRICS_TOKEN = env.token("METRICS_TOKEN")
METRICS_NETWORKS = env.networks("METRICS_NETWORKS", "127.0.0.0/8,::1/128")

# --- Chinese first ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

# --- pages -----------------------------------------------------------------------------------------------
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = EMBEDDED  # a laptop needs no collectstatic and has no folder for it
STATIC_ROOT = None if EMBEDDED else Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
PHOTOS = photos.limits()
STORAGES = {
    "photos": photos.store("PHOTOS_URL", folder=STATE_DIR / "photos"),
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
OIDC = oidc.from_environment(embedded=EMBEDDED)
globals().update(OIDC)  # under the names that mozilla-django-oidc reads; none where there is no provider
SIGN_IN = sign_in.from_environment(embedded=EMBEDDED, has_provider=bool(OIDC))
# What an open page asks for by itself: no sign of a person unless the page says that somebody was at it.
ASKED_BY_PAGES = frozenset({"/board/", "/board/watch/"})
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
if OIDC:
    AUTHENTICATION_BACKENDS.append("config.oidc_backend.CompanyAccounts")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},  # OWASP ASVS 5.0, 6.2.1
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
REST_FRAMEWORK, SPECTACULAR_SETTINGS = field_api.FRAMEWORK, field_api.SCHEMA

# --- safety ----------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_ENGINE = "incidents.web.sessions"
SESSION_COOKIE_AGE = int(SIGN_IN.longest.total_seconds())
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$", r"^api/"]  # probed from inside; refused by the door
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:  # only where a proxy overwrites the header, see docs/operations.md
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    },
}
# Tiles behind the map, as https://tiles.example/{z}/{x}/{y}.png; none by default. The policy is opened
# for its origin on the map's pages alone.
MAP_TILES = env.text("MAP_TILES", "")
if MAP_TILES and not (
    urlsplit(MAP_TILES).scheme in {"http", "https"}
    and all(part in MAP_TILES for part in ("{z}", "{x}", "{y}"))
):
    raise ImproperlyConfigured("MAP_TILES must be an http(s) address with {z}, {x} and {y}")
LOGGING = loggers.as_json(level=env.text("LOG_LEVEL", "INFO"))
